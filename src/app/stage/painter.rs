//! The painter: display lists onto a canvas.

use std::collections::HashMap;
use std::f64::consts::TAU;

use podarium_scene::display::{
    Align, Callout, Color, Content, Dash, Fit, Icon, Item, Message, Paint, Shape, Stroke, Text,
};
use podarium_scene::{DisplayList, Point, Rect};
use wasm_bindgen::JsValue;

use super::canvas::Context;
use super::palette::Palette;
use crate::texts;

/// How many cut texts are remembered before all are forgotten.
const MOST_CUTS: usize = 4_000;

/// Paints display lists; remembers what the canvas was last set to, since every setting is a call into JavaScript.
pub struct Painter {
    palette: Palette,
    fonts: HashMap<(u32, bool, bool), JsValue>,
    cuts: HashMap<(String, u32, bool, bool, u32), String>,
    round: JsValue,
    dashes: [JsValue; 3],
    aligns: [JsValue; 3],
}

/// What a canvas is set to just now.
#[derive(Default)]
struct Settings {
    fill: Option<Color>,
    stroke: Option<Color>,
    alpha: Option<f32>,
    width: Option<f32>,
    dash: Option<Dash>,
    font: Option<(u32, bool, bool)>,
    align: Option<Align>,
}

struct Brush<'a> {
    painter: &'a mut Painter,
    context: &'a Context,
    set: Settings,
}

impl Painter {
    /// A painter in the colours of the page.
    pub fn new() -> Self {
        let dash = |lengths: &[f64]| -> JsValue {
            let array = js_sys::Array::new();
            lengths.iter().for_each(|n| {
                array.push(&JsValue::from_f64(*n));
            });
            array.into()
        };
        Painter {
            palette: Palette::read(),
            fonts: HashMap::new(),
            cuts: HashMap::new(),
            round: "round".into(),
            dashes: [dash(&[]), dash(&[4.0, 4.0]), dash(&[0.1, 5.0])],
            aligns: ["left".into(), "center".into(), "right".into()],
        }
    }

    /// Takes colours and faces anew: the theme has changed, or fonts have arrived.
    pub fn refresh(&mut self) {
        self.palette = Palette::read();
        self.fonts.clear();
        self.cuts.clear();
    }

    /// Clears a canvas of that many CSS pixels at that density, and paints items on it.
    pub fn paint(
        &mut self,
        context: &Context,
        list: &DisplayList,
        items: &[Item],
        size: (f64, f64),
        density: f64,
    ) {
        context.transform(density, 0.0, 0.0, density, 0.0, 0.0);
        context.clear(0.0, 0.0, size.0, size.1);
        let scale = f64::from(list.scale) * density;
        let (dx, dy) = (
            f64::from(list.offset.x) * density,
            f64::from(list.offset.y) * density,
        );
        context.transform(scale, 0.0, 0.0, scale, dx, dy);
        context.line_cap(&self.round);
        context.line_join(&self.round);
        let mut brush = Brush {
            painter: self,
            context,
            set: Settings::default(),
        };
        for item in items {
            brush.shape(&item.shape);
        }
    }

    /// A text cut to a width, in the present font.
    fn cut(&mut self, context: &Context, text: &str, style: &Text) -> String {
        let key = (
            text.to_owned(),
            style.size.to_bits(),
            style.bold,
            style.mono,
            style.max_width.to_bits(),
        );
        if let Some(cut) = self.cuts.get(&key) {
            return cut.clone();
        }
        let most = f64::from(style.max_width);
        let cut = if context.width_of(text) <= most {
            text.to_owned()
        } else {
            shorten(text, style.fit, |cut| context.width_of(cut) <= most)
        };
        if self.cuts.len() >= MOST_CUTS {
            self.cuts.clear();
        }
        self.cuts.insert(key, cut.clone());
        cut
    }
}

/// The longest shortened form that fits, found by halving.
fn shorten(text: &str, fit: Fit, fits: impl Fn(&str) -> bool) -> String {
    let letters: Vec<char> = text.chars().collect();
    let form = |kept: usize| -> String {
        let (head, tail) = match fit {
            Fit::Middle => (kept / 2, kept - kept / 2),
            Fit::Ellipsis | Fit::Squeeze => (kept, 0),
        };
        letters[..head]
            .iter()
            .chain(&['…'])
            .chain(&letters[letters.len() - tail..])
            .collect()
    };
    let (mut low, mut high) = (0, letters.len().saturating_sub(1));
    while low < high {
        let middle = (low + high).div_ceil(2);
        if fits(&form(middle)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    form(low)
}

impl Brush<'_> {
    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect {
                rect,
                radius,
                fill,
                stroke,
                shadow,
            } => {
                if *shadow {
                    self.rect_path(
                        Rect {
                            y: rect.y + 1.5,
                            ..*rect
                        },
                        *radius,
                    );
                    self.fill(Color::Ink1.at(0.07));
                }
                self.rect_path(*rect, *radius);
                self.finish(*fill, *stroke);
            }
            Shape::Circle {
                center,
                r,
                fill,
                stroke,
            } => {
                self.circle_path(*center, *r);
                self.finish(*fill, *stroke);
            }
            Shape::Arc {
                center,
                r,
                from,
                sweep,
                stroke,
            } => {
                let (from, to) = (f64::from(*from), f64::from(from + sweep));
                self.context.begin();
                self.context
                    .arc(center.x.into(), center.y.into(), (*r).into(), from, to);
                self.stroke(*stroke);
            }
            Shape::Curve {
                from,
                c1,
                c2,
                to,
                stroke,
                arrow,
            } => {
                self.context.begin();
                self.context.move_to(from.x.into(), from.y.into());
                self.context.curve_to(
                    c1.x.into(),
                    c1.y.into(),
                    c2.x.into(),
                    c2.y.into(),
                    to.x.into(),
                    to.y.into(),
                );
                self.stroke(*stroke);
                if *arrow {
                    self.arrow_head(*c2, *to, *stroke);
                }
            }
            Shape::Text(text) => self.text(text),
            Shape::Icon {
                icon,
                center,
                r,
                paint,
                mark,
            } => self.icon(*icon, *center, *r, *paint, *mark),
            Shape::Packet {
                center,
                r,
                paint,
                hollow,
            } => {
                self.circle_path(*center, *r);
                if *hollow {
                    self.finish(
                        Some(Color::Panel.at(paint.alpha)),
                        Some(Stroke::solid(*paint, 1.5)),
                    );
                } else {
                    self.fill(*paint);
                }
            }
            Shape::Callout(callout) => self.callout(callout),
        }
    }

    fn rect_path(&self, rect: Rect, radius: f32) {
        let (x, y, w, h) = (
            rect.x.into(),
            rect.y.into(),
            rect.w.max(0.0).into(),
            rect.h.max(0.0).into(),
        );
        self.context.begin();
        if radius > 0.0 {
            self.context.round_rect(x, y, w, h, radius.into());
        } else {
            self.context.rect(x, y, w, h);
        }
    }

    fn circle_path(&self, center: Point, r: f32) {
        self.context.begin();
        self.context.arc(
            center.x.into(),
            center.y.into(),
            r.max(0.0).into(),
            0.0,
            TAU,
        );
    }

    fn finish(&mut self, fill: Option<Paint>, stroke: Option<Stroke>) {
        if let Some(paint) = fill {
            self.fill(paint);
        }
        if let Some(stroke) = stroke {
            self.stroke(stroke);
        }
    }

    fn alpha(&mut self, alpha: f32) {
        if self.set.alpha != Some(alpha) {
            self.context.alpha(alpha.into());
            self.set.alpha = Some(alpha);
        }
    }

    fn fill_color(&mut self, paint: Paint) {
        self.alpha(paint.alpha);
        if self.set.fill != Some(paint.color) {
            self.context
                .fill_style(self.painter.palette.color(paint.color));
            self.set.fill = Some(paint.color);
        }
    }

    fn fill(&mut self, paint: Paint) {
        self.fill_color(paint);
        self.context.fill();
    }

    fn stroke(&mut self, stroke: Stroke) {
        self.alpha(stroke.paint.alpha);
        if self.set.stroke != Some(stroke.paint.color) {
            self.context
                .stroke_style(self.painter.palette.color(stroke.paint.color));
            self.set.stroke = Some(stroke.paint.color);
        }
        if self.set.width != Some(stroke.width) {
            self.context.line_width(stroke.width.into());
            self.set.width = Some(stroke.width);
        }
        if self.set.dash != Some(stroke.dash) {
            self.context
                .line_dash(&self.painter.dashes[stroke.dash as usize]);
            self.set.dash = Some(stroke.dash);
        }
        self.context.stroke();
    }

    fn arrow_head(&mut self, before: Point, tip: Point, stroke: Stroke) {
        // The direction, turned by 149 degrees to each side.
        const COS: f32 = -0.857;
        const SIN: f32 = 0.515;
        let (dx, dy) = (tip.x - before.x, tip.y - before.y);
        let size = (4.0 + stroke.width) / (dx * dx + dy * dy).sqrt().max(f32::EPSILON);
        self.context.begin();
        for sin in [-SIN, SIN] {
            self.context.move_to(tip.x.into(), tip.y.into());
            let x = tip.x + size * (dx * COS - dy * sin);
            let y = tip.y + size * (dx * sin + dy * COS);
            self.context.line_to(x.into(), y.into());
        }
        self.stroke(Stroke {
            dash: Dash::Solid,
            ..stroke
        });
    }

    fn text(&mut self, text: &Text) {
        match &text.content {
            Content::Plain(words) => self.words(words, text),
            Content::Message(message) => self.words(&sentence(message), text),
        }
    }

    fn words(&mut self, words: &str, text: &Text) {
        let font = (text.size.to_bits(), text.bold, text.mono);
        if self.set.font != Some(font) {
            let palette = &self.painter.palette;
            let face = self
                .painter
                .fonts
                .entry(font)
                .or_insert_with(|| palette.font(text.size, text.bold, text.mono).into());
            self.context.set_font(face);
            self.set.font = Some(font);
        }
        if self.set.align != Some(text.align) {
            self.context
                .text_align(&self.painter.aligns[text.align as usize]);
            self.set.align = Some(text.align);
        }
        self.fill_color(text.paint);
        let (x, y) = (text.at.x.into(), text.at.y.into());
        if text.fit == Fit::Squeeze {
            self.context
                .fill_text_within(words, x, y, text.max_width.into());
        } else {
            let words = self.painter.cut(self.context, words, text);
            self.context.fill_text(&words, x, y);
        }
    }

    /// A line through places given in units of the icon's radius.
    fn mark(&mut self, center: Point, r: f32, places: &[(f32, f32)], paint: Paint, width: f32) {
        self.context.begin();
        for (i, (x, y)) in places.iter().enumerate() {
            let (x, y) = ((center.x + x * r).into(), (center.y + y * r).into());
            if i == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
        self.stroke(Stroke::solid(paint, width));
    }

    fn icon(&mut self, icon: Icon, center: Point, r: f32, paint: Paint, mark: Paint) {
        let width = (r * 0.3).max(1.0);
        match icon {
            Icon::Hollow => {
                self.circle_path(center, r - 0.75);
                return self.finish(Some(mark), Some(Stroke::solid(paint, 1.5)));
            }
            Icon::Internet => {
                self.circle_path(center, r);
                self.stroke(Stroke::solid(paint, 1.2));
                let (x, y, r) = (center.x.into(), center.y.into(), f64::from(r));
                self.context.begin();
                self.context.ellipse(x, y, r * 0.42, r, 0.0, 0.0, TAU);
                self.stroke(Stroke::solid(paint, 1.2));
                return self.mark(center, r as f32, &[(-1.0, 0.0), (1.0, 0.0)], paint, 1.2);
            }
            Icon::LoadBalancer => {
                for way in [-1.0, 1.0] {
                    self.mark(
                        center,
                        r,
                        &[(-0.9, 0.0), (0.0, 0.0), (0.8, 0.7 * way)],
                        paint,
                        1.2,
                    );
                    self.mark(
                        center,
                        r,
                        &[(0.3, 0.75 * way), (0.8, 0.7 * way), (0.7, 0.2 * way)],
                        paint,
                        1.2,
                    );
                }
                return;
            }
            _ => {
                self.circle_path(center, r);
                self.fill(paint);
            }
        }
        match icon {
            Icon::Tick => self.mark(
                center,
                r,
                &[(-0.42, 0.04), (-0.1, 0.36), (0.45, -0.3)],
                mark,
                width,
            ),
            Icon::Cross => {
                self.mark(center, r, &[(-0.34, -0.34), (0.34, 0.34)], mark, width);
                self.mark(center, r, &[(0.34, -0.34), (-0.34, 0.34)], mark, width);
            }
            Icon::Warning => {
                self.mark(center, r, &[(0.0, -0.5), (0.0, 0.1)], mark, width);
                self.mark(center, r, &[(0.0, 0.5), (0.0, 0.5)], mark, width);
            }
            Icon::Stop => {
                self.rect_path(
                    Rect::new(center.x - r * 0.36, center.y - r * 0.36, r * 0.72, r * 0.72),
                    0.0,
                );
                self.fill(mark);
            }
            Icon::Flag => {
                self.mark(
                    center,
                    r,
                    &[(-0.3, 0.6), (-0.3, -0.55), (0.45, -0.25), (-0.3, 0.05)],
                    mark,
                    width * 0.8,
                );
            }
            Icon::Bar => self.mark(center, r, &[(-0.45, 0.0), (0.45, 0.0)], mark, width),
            Icon::Hollow | Icon::Internet | Icon::LoadBalancer => {}
        }
    }

    fn callout(&mut self, callout: &Callout) {
        let Callout {
            rect,
            tip,
            title,
            detail,
        } = callout;
        let middle = tip.x.clamp(rect.x + 12.0, rect.right() - 12.0);
        let edge = if tip.y < rect.y {
            rect.y
        } else {
            rect.bottom()
        };
        self.context.begin();
        self.context.move_to(tip.x.into(), tip.y.into());
        self.context.line_to(middle.into(), edge.into());
        self.stroke(Stroke::dashed(Color::Crash.at(0.8), 1.0));
        self.shape(&Shape::Rect {
            rect: *rect,
            radius: 8.0,
            fill: Some(Color::Panel.into()),
            stroke: Some(Stroke::solid(Color::Crash, 1.0)),
            shadow: true,
        });
        let line = |at: f32, size: f32, bold: bool, color: Color| Text {
            at: Point::new(rect.x + 12.0, rect.y + at),
            content: Content::Plain("".into()),
            size,
            bold,
            mono: false,
            paint: color.into(),
            align: Align::Start,
            max_width: rect.w - 24.0,
            fit: Fit::Ellipsis,
        };
        self.words(&sentence(title), &line(18.0, 13.0, true, Color::Ink1));
        self.words(&sentence(detail), &line(34.0, 11.0, false, Color::Ink2));
    }
}

/// The sentence of a message of the scene.
pub fn sentence(message: &Message) -> String {
    texts::format(message.id, &message.args)
}
