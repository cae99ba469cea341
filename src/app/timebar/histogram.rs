//! Marks of what happened of late: one bar a second of virtual time, control plane and failures told apart.

use std::collections::VecDeque;

use leptos::html;
use leptos::prelude::*;
use podarium_cluster::Cluster;
use podarium_cluster::sim::{RecordId, What};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::dom;
use crate::page::Page;
use crate::texts::t;

/// How many bars there are at most.
const BARS: usize = 240;

/// Virtual microseconds a bar.
const WIDTH: u64 = 1_000_000;

/// Counts by second; taken on from where the log was last read.
#[derive(Default)]
struct Counts {
    /// Second, writes, other records.
    bars: VecDeque<(u64, u32, u32)>,
    read: u32,
}

impl Counts {
    fn sync(&mut self, cluster: &Cluster) {
        let log = cluster.world().log();
        if (log.len() as u32) < self.read {
            *self = Counts::default();
        }
        // A log of millions is not read from its beginning for the last minutes' sake.
        let first = self.read.max((log.len() as u32).saturating_sub(50_000));
        for (_, record) in log.since(RecordId(first)) {
            let second = record.time.0 / WIDTH;
            if self.bars.back().is_none_or(|bar| bar.0 != second) {
                self.bars.push_back((second, 0, 0));
                if self.bars.len() > BARS {
                    self.bars.pop_front();
                }
            }
            if let Some(bar) = self.bars.back_mut() {
                match record.what {
                    What::Write { .. } | What::Command(_) => bar.1 += 1,
                    What::Note(_) => bar.2 += 1,
                }
            }
        }
        self.read = log.len() as u32;
    }
}

/// The marks.
#[component]
pub fn Histogram() -> impl IntoView {
    let page = Page::here();
    let canvas = NodeRef::<html::Canvas>::new();
    let counts = StoredValue::new(Counts::default());
    Effect::new(move |_| {
        // Measuring makes the browser lay out the document at once: not before there is something to draw.
        let nothing_yet = page.engine.version.get() == 0;
        page.theme.dark.track();
        if let Some(canvas) = canvas.get().filter(|_| !nothing_yet) {
            counts.update_value(|counts| {
                let now = page.engine.read(|cluster| {
                    counts.sync(cluster);
                    cluster.now().0
                });
                let _ = draw(&canvas, counts, now);
            });
        }
    });
    view! { <canvas class="histogram" node_ref=canvas role="img" aria-label=t!("histogram")></canvas> }
}

fn draw(canvas: &HtmlCanvasElement, counts: &Counts, now: u64) -> Option<()> {
    let density = dom::window().device_pixel_ratio();
    let (width, height) = (
        f64::from(canvas.client_width()),
        f64::from(canvas.client_height()),
    );
    canvas.set_width((width * density) as u32);
    canvas.set_height((height * density) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    let style = dom::window().get_computed_style(canvas).ok()??;
    let color = |name: &str| style.get_property_value(name).unwrap_or_default();
    let (pulse, other, line) = (color("--pulse"), color("--ink-3"), color("--line-strong"));
    context.scale(density, density).ok()?;
    context.set_fill_style_str(&line);
    context.fill_rect(0.0, height - 1.0, width, 1.0);
    let step = 6.0;
    // Square roots, so that quiet seconds are seen beside busy ones.
    let tall = |count: u32| (f64::from(count).sqrt() * 3.0).min(height - 4.0);
    for (second, writes, notes) in &counts.bars {
        let ago = (now as f64 - (*second * WIDTH) as f64) / WIDTH as f64;
        let x = width - ago * step;
        if x < 0.0 {
            continue;
        }
        let x = x.floor().min(width - 3.0);
        let base = height - 2.0;
        let (low, high) = (tall(*notes), tall(*writes + *notes));
        context.set_fill_style_str(&other);
        context.fill_rect(x, base - low, 3.0, low);
        context.set_fill_style_str(&pulse);
        context.fill_rect(x, base - high, 3.0, high - low);
    }
    Some(())
}
