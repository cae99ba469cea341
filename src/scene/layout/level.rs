//! How closely pods are packed, and what a node's box looks like inside at each closeness.

use crate::geometry::Rect;

/// Semantic zoom: from pods with names to a node as a grid of specks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Pods with short names.
    #[default]
    Large,
    /// Pods with short names in low slots, and where there is no room for those, with signs only.
    Medium,
    /// Pods as coloured shapes; nodes without a foot.
    Small,
    /// Pods as specks: a node is a heat map.
    Heat,
}

impl Level {
    /// All levels, the most spacious first.
    pub const ALL: [Level; 4] = [Level::Large, Level::Medium, Level::Small, Level::Heat];

    /// The widths and heights that a slot may have, the most spacious first: those with names before those without.
    pub fn slots(self) -> &'static [(f32, f32)] {
        match self {
            Level::Large => &[(52.0, 52.0), (44.0, 44.0)],
            Level::Medium => &[
                (52.0, 30.0),
                (44.0, 28.0),
                (44.0, 22.0),
                (34.0, 34.0),
                (28.0, 28.0),
            ],
            Level::Small => &[(24.0, 24.0), (21.0, 21.0), (18.0, 18.0)],
            Level::Heat => &[
                (14.0, 14.0),
                (12.0, 12.0),
                (10.0, 10.0),
                (8.0, 8.0),
                (7.0, 7.0),
            ],
        }
    }

    /// Between two slots.
    pub fn gap(self) -> f32 {
        match self {
            Level::Large => 6.0,
            Level::Medium => 4.0,
            Level::Small => 3.0,
            Level::Heat => 2.0,
        }
    }

    /// Around the slots.
    pub fn pad(self) -> f32 {
        match self {
            Level::Large => 12.0,
            Level::Medium => 10.0,
            Level::Small => 8.0,
            Level::Heat => 6.0,
        }
    }

    /// Above the slots: name, address, resources.
    pub fn head(self) -> f32 {
        match self {
            Level::Large => 58.0,
            Level::Medium => 44.0,
            Level::Small => 28.0,
            Level::Heat => 18.0,
        }
    }

    /// Below the slots: kubelet and kube-proxy.
    pub fn foot(self) -> f32 {
        match self {
            Level::Large => 42.0,
            Level::Medium => 32.0,
            Level::Small => 8.0,
            Level::Heat => 6.0,
        }
    }

    /// The least width of a node.
    pub fn min_width(self) -> f32 {
        match self {
            Level::Large => 186.0,
            Level::Medium => 126.0,
            Level::Small => 104.0,
            Level::Heat => 58.0,
        }
    }

    /// The height that a node takes when there is room.
    pub fn usual_height(self) -> f32 {
        match self {
            Level::Large => 214.0,
            Level::Medium => 188.0,
            Level::Small => 150.0,
            Level::Heat => 110.0,
        }
    }

    /// Where kubelet and kube-proxy are in a node's box.
    pub fn processes(self, node: Rect) -> (Rect, Rect) {
        let (x, bottom) = (node.x + self.pad(), node.bottom());
        match self {
            Level::Large => (
                Rect::new(x, bottom - 34.0, 64.0, 22.0),
                Rect::new(x + 72.0, bottom - 34.0, 82.0, 22.0),
            ),
            Level::Medium => {
                // In a narrow node the two share what there is.
                let room = (node.w - 2.0 * self.pad() - 4.0).min(128.0);
                let (kubelet, proxy) = ((room * 0.43).round(), (room * 0.57).round());
                (
                    Rect::new(x, bottom - 28.0, kubelet, 20.0),
                    Rect::new(x + kubelet + 4.0, bottom - 28.0, proxy, 20.0),
                )
            }
            Level::Small => (
                Rect::new(node.right() - 26.0, node.y + 9.0, 8.0, 8.0),
                Rect::new(node.right() - 16.0, node.y + 9.0, 8.0, 8.0),
            ),
            Level::Heat => (
                Rect::new(node.right() - 15.0, node.y + 6.0, 4.0, 4.0),
                Rect::new(node.right() - 9.0, node.y + 6.0, 4.0, 4.0),
            ),
        }
    }
}

/// How the slots of a node are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Packing {
    /// What the node's box looks like.
    pub level: Level,
    /// A slot's width.
    pub slot: f32,
    /// A slot's height.
    pub tall: f32,
}

impl Packing {
    /// All packings, the most spacious first.
    pub fn all() -> impl Iterator<Item = Packing> {
        let of = |level: Level| {
            level
                .slots()
                .iter()
                .map(move |&(slot, tall)| Packing { level, slot, tall })
        };
        Level::ALL.into_iter().flat_map(of)
    }

    /// From one slot to the next: sideways and down.
    pub fn pitch(self) -> (f32, f32) {
        (self.slot + self.level.gap(), self.tall + self.level.gap())
    }

    /// How many slots stand side by side in a node of that width.
    pub fn per_row(self, width: f32) -> usize {
        let room = width - 2.0 * self.level.pad() + self.level.gap();
        ((room / self.pitch().0) as usize).max(1)
    }

    /// How many rows of slots a node of that height holds.
    pub fn rows(self, height: f32) -> usize {
        let room = height - self.level.head() - self.level.foot() + self.level.gap();
        ((room / self.pitch().1) as usize).max(1)
    }

    /// The least height of a node with that many rows.
    pub fn height(self, rows: usize) -> f32 {
        let rows = rows.max(1) as f32;
        self.level.head() + rows * self.pitch().1 - self.level.gap() + self.level.foot()
    }

    /// Where a slot is in a node's box.
    pub fn slot_rect(self, node: Rect, per_row: usize, index: usize) -> Rect {
        let (row, column) = (index / per_row.max(1), index % per_row.max(1));
        let (across, down) = self.pitch();
        Rect::new(
            node.x + self.level.pad() + column as f32 * across,
            node.y + self.level.head() + row as f32 * down,
            self.slot,
            self.tall,
        )
    }
}
