//! A display list as an SVG document, for export and for looking at it without a browser's canvas.

use std::fmt::Write as _;

use crate::display::{
    Align, Color, Content, Dash, DisplayList, Fit, Icon, Item, Message, Paint, Shape, Stroke, Text,
};
use crate::geometry::{Point, Rect};
use crate::layout::text;

/// What the document needs that a display list does not know.
pub struct Style<'a> {
    /// A colour value for every token, in the order of [`Color::ALL`].
    pub colors: &'a [String; 25],
    /// Words for a message.
    pub words: &'a dyn Fn(&Message) -> String,
    /// The sans face's CSS `font-family`.
    pub sans: &'a str,
    /// The mono face's.
    pub mono: &'a str,
}

impl std::fmt::Debug for Style<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Style")
            .field("colors", self.colors)
            .finish_non_exhaustive()
    }
}

/// The whole stage as one SVG document.
pub fn svg(list: &DisplayList, style: &Style<'_>) -> String {
    let (w, h) = (list.width, list.height);
    let mut out = String::with_capacity(list.items().count() * 160);
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"><defs><filter id="raise" x="-5%" y="-5%" width="110%" height="115%"><feDropShadow dx="0" dy="1" stdDeviation="1.5" flood-opacity="0.10"/></filter></defs>"#
    );
    let ground = style.paint("fill", Color::Ground.into());
    let _ = write!(out, r#"<rect width="{w}" height="{h}"{ground}/>"#);
    for item in list.items() {
        style.item(&mut out, item);
    }
    out.push_str("</svg>\n");
    out
}

impl Style<'_> {
    fn paint(&self, what: &str, paint: Paint) -> String {
        let value = &self.colors[paint.color.index()];
        if paint.alpha >= 0.999 {
            format!(r#" {what}="{value}""#)
        } else {
            format!(r#" {what}="{value}" {what}-opacity="{:.3}""#, paint.alpha)
        }
    }

    fn fill(&self, paint: Option<Paint>) -> String {
        paint.map_or_else(|| r#" fill="none""#.into(), |p| self.paint("fill", p))
    }

    fn stroke(&self, stroke: Stroke) -> String {
        let dash = match stroke.dash {
            Dash::Solid => "",
            Dash::Dashed => r#" stroke-dasharray="4 3""#,
            Dash::Dotted => r#" stroke-dasharray="0.1 5""#,
        };
        let cap = if stroke.dash == Dash::Dashed {
            "butt"
        } else {
            "round"
        };
        format!(
            r#"{} stroke-width="{}" stroke-linecap="{cap}"{dash}"#,
            self.paint("stroke", stroke.paint),
            stroke.width
        )
    }

    fn item(&self, out: &mut String, item: &Item) {
        match &item.shape {
            Shape::Rect {
                rect,
                radius,
                fill,
                stroke,
                shadow,
            } => {
                let line = stroke.map(|s| self.stroke(s)).unwrap_or_default();
                let raise = if *shadow {
                    r#" filter="url(#raise)""#
                } else {
                    ""
                };
                let _ = write!(
                    out,
                    r#"<rect{} rx="{radius}"{}{line}{raise}/>"#,
                    place(*rect),
                    self.fill(*fill)
                );
            }
            Shape::Circle {
                center,
                r,
                fill,
                stroke,
            } => {
                let line = stroke.map(|s| self.stroke(s)).unwrap_or_default();
                self.circle(out, *center, *r, &(self.fill(*fill) + &line));
            }
            Shape::Arc {
                center,
                r,
                from,
                sweep,
                stroke,
            } => {
                self.arc(out, *center, *r, *from, *sweep, *stroke);
            }
            Shape::Curve {
                from,
                c1,
                c2,
                to,
                stroke,
                arrow,
            } => {
                let d = format!("M{} C{} {} {}", xy(*from), xy(*c1), xy(*c2), xy(*to));
                let _ = write!(
                    out,
                    r#"<path d="{d}" fill="none"{}/>"#,
                    self.stroke(*stroke)
                );
                if *arrow {
                    self.arrow(out, *c2, *to, *stroke);
                }
            }
            Shape::Text(text) => self.text(out, text),
            Shape::Icon {
                icon,
                center,
                r,
                paint,
                mark,
            } => self.icon(out, *icon, *center, *r, *paint, *mark),
            Shape::Packet {
                center,
                r,
                paint,
                hollow,
            } => {
                let look = if *hollow {
                    self.fill(Some(Color::Panel.at(paint.alpha)))
                        + &self.stroke(Stroke::solid(*paint, 1.5))
                } else {
                    self.fill(Some(*paint))
                };
                self.circle(out, *center, *r, &look);
            }
            Shape::Callout(callout) => {
                let r = callout.rect;
                let from = Point::new(
                    callout.tip.x.clamp(r.x + 10.0, r.right() - 10.0),
                    if callout.tip.y < r.y { r.y } else { r.bottom() },
                );
                let line = self.stroke(Stroke::dashed(Color::Crash.at(0.7), 1.0));
                let _ = write!(
                    out,
                    r#"<path d="M{} L{}"{line}/>"#,
                    xy(callout.tip),
                    xy(from)
                );
                let look = self.fill(Some(Color::Panel.into()))
                    + &self.stroke(Stroke::solid(Color::Crash, 1.25));
                let _ = write!(
                    out,
                    r#"<rect{} rx="10"{look} filter="url(#raise)"/>"#,
                    place(r)
                );
                for (message, y, size, bold, color) in [
                    (&callout.title, 19.0, 13.0, true, Color::Ink1),
                    (&callout.detail, 35.0, 11.0, false, Color::Ink2),
                ] {
                    self.text(
                        out,
                        &Text {
                            at: Point::new(r.x + 12.0, r.y + y),
                            content: Content::Plain((self.words)(message).into()),
                            size,
                            bold,
                            mono: false,
                            paint: color.into(),
                            align: Align::Start,
                            max_width: r.w - 24.0,
                            fit: Fit::Ellipsis,
                        },
                    );
                }
            }
        }
    }

    fn circle(&self, out: &mut String, c: Point, r: f32, look: &str) {
        let _ = write!(
            out,
            r#"<circle cx="{:.2}" cy="{:.2}" r="{r:.2}"{look}/>"#,
            c.x, c.y
        );
    }

    fn arc(&self, out: &mut String, c: Point, r: f32, from: f32, sweep: f32, stroke: Stroke) {
        if sweep.abs() >= std::f32::consts::TAU - 0.01 {
            let look = self.fill(None) + &self.stroke(stroke);
            return self.circle(out, c, r, &look);
        }
        let on = |a: f32| xy(Point::new(c.x + r * a.cos(), c.y + r * a.sin()));
        let large = i32::from(sweep > std::f32::consts::PI);
        let _ = write!(
            out,
            r#"<path d="M{} A{r} {r} 0 {large} 1 {}" fill="none"{}/>"#,
            on(from),
            on(from + sweep),
            self.stroke(stroke)
        );
    }

    fn arrow(&self, out: &mut String, before: Point, tip: Point, stroke: Stroke) {
        let d = before.distance(tip).max(0.001);
        let (ux, uy) = ((tip.x - before.x) / d, (tip.y - before.y) / d);
        let wing = |side: f32| tip.shift(-6.0 * ux - side * 3.0 * uy, -6.0 * uy + side * 3.0 * ux);
        let _ = write!(
            out,
            r#"<path d="M{} L{} L{}" fill="none"{}/>"#,
            xy(wing(1.0)),
            xy(tip),
            xy(wing(-1.0)),
            self.stroke(stroke)
        );
    }

    fn icon(&self, out: &mut String, icon: Icon, c: Point, r: f32, paint: Paint, mark: Paint) {
        let p = |x: f32, y: f32| xy(c.shift(x * r, y * r));
        let disc = |out: &mut String| self.circle(out, c, r, &self.fill(Some(paint)));
        let line = |out: &mut String, d: String, paint: Paint, width: f32| {
            let _ = write!(
                out,
                r#"<path d="{d}" fill="none"{} stroke-linejoin="round"/>"#,
                self.stroke(Stroke::solid(paint, width))
            );
        };
        let w = (r * 0.28).max(1.0);
        match icon {
            Icon::Tick => {
                disc(out);
                line(
                    out,
                    format!("M{} L{} L{}", p(-0.42, 0.04), p(-0.1, 0.36), p(0.44, -0.3)),
                    mark,
                    w,
                );
            }
            Icon::Cross => {
                disc(out);
                let d = format!(
                    "M{} L{} M{} L{}",
                    p(-0.34, -0.34),
                    p(0.34, 0.34),
                    p(0.34, -0.34),
                    p(-0.34, 0.34)
                );
                line(out, d, mark, w);
            }
            Icon::Hollow => {
                let look = self.fill(Some(Color::Panel.at(paint.alpha)))
                    + &self.stroke(Stroke::solid(paint, w * 1.1));
                self.circle(out, c, r - w / 2.0, &look);
            }
            Icon::Warning => {
                disc(out);
                line(out, format!("M{} L{}", p(0.0, -0.5), p(0.0, 0.12)), mark, w);
                self.circle(out, c.shift(0.0, 0.5 * r), w * 0.62, &self.fill(Some(mark)));
            }
            Icon::Stop => {
                disc(out);
                let side = r * 0.76;
                let square = Rect::new(c.x - side / 2.0, c.y - side / 2.0, side, side);
                let _ = write!(
                    out,
                    r#"<rect{} rx="1"{}/>"#,
                    place(square),
                    self.fill(Some(mark))
                );
            }
            Icon::Flag => {
                disc(out);
                line(
                    out,
                    format!("M{} L{}", p(-0.3, 0.55), p(-0.3, -0.55)),
                    mark,
                    w * 0.8,
                );
                let _ = write!(
                    out,
                    r#"<path d="M{} L{} L{} Z"{}/>"#,
                    p(-0.3, -0.55),
                    p(0.5, -0.25),
                    p(-0.3, 0.08),
                    self.fill(Some(mark))
                );
            }
            Icon::Bar => {
                disc(out);
                line(
                    out,
                    format!("M{} L{}", p(-0.5, 0.0), p(0.5, 0.0)),
                    mark,
                    w * 1.2,
                );
            }
            Icon::Internet => {
                let thin = Stroke::solid(paint, 1.25);
                self.circle(out, c, r, &(self.fill(None) + &self.stroke(thin)));
                let _ = write!(
                    out,
                    r#"<ellipse cx="{:.2}" cy="{:.2}" rx="{:.2}" ry="{r:.2}" fill="none"{}/>"#,
                    c.x,
                    c.y,
                    r * 0.45,
                    self.stroke(thin)
                );
                line(
                    out,
                    format!("M{} L{}", p(-1.0, 0.0), p(1.0, 0.0)),
                    paint,
                    1.25,
                );
            }
            Icon::LoadBalancer => {
                let d = format!(
                    "M{} L{} M{} C{} {} {} M{} C{} {} {} M{} L{} L{} M{} L{} L{}",
                    p(-0.9, 0.0),
                    p(-0.3, 0.0),
                    p(-0.3, 0.0),
                    p(0.1, 0.0),
                    p(0.1, -0.6),
                    p(0.75, -0.6),
                    p(-0.3, 0.0),
                    p(0.1, 0.0),
                    p(0.1, 0.6),
                    p(0.75, 0.6),
                    p(0.5, -0.9),
                    p(0.85, -0.6),
                    p(0.5, -0.3),
                    p(0.5, 0.3),
                    p(0.85, 0.6),
                    p(0.5, 0.9),
                );
                line(out, d, paint, 1.25);
            }
        }
    }

    fn text(&self, out: &mut String, text: &Text) {
        let words = match &text.content {
            Content::Plain(text) => text.to_string(),
            Content::Message(message) => (self.words)(message),
        };
        let natural = text::width(&words, text.size, text.bold, text.mono);
        let mut squeeze = String::new();
        let words = match text.fit {
            Fit::Squeeze if natural > text.max_width => {
                squeeze = format!(
                    r#" textLength="{}" lengthAdjust="spacingAndGlyphs""#,
                    text.max_width
                );
                words
            }
            Fit::Squeeze => words,
            Fit::Ellipsis => cut(&words, text, |w, keep| {
                [&w.chars().take(keep).collect::<String>(), "…"].concat()
            }),
            Fit::Middle => cut(&words, text, |w, keep| {
                let tail = keep / 2;
                let count = w.chars().count();
                let head: String = w.chars().take(keep - tail).collect();
                let end: String = w.chars().skip(count - tail).collect();
                [&head, "…", &end].concat()
            }),
        };
        let anchor = match text.align {
            Align::Start => "start",
            Align::Middle => "middle",
            Align::End => "end",
        };
        let family = if text.mono { self.mono } else { self.sans };
        let weight = if text.bold { 600 } else { 400 };
        let _ = write!(
            out,
            r#"<text x="{:.2}" y="{:.2}" font-family="{family}" font-size="{}" font-weight="{weight}" text-anchor="{anchor}"{}{squeeze}>{}</text>"#,
            text.at.x,
            text.at.y,
            text.size,
            self.paint("fill", text.paint),
            escape(&words)
        );
    }
}

fn cut(words: &str, text: &Text, how: impl Fn(&str, usize) -> String) -> String {
    let fits = |w: &str| text::width(w, text.size, text.bold, text.mono) <= text.max_width;
    if fits(words) {
        return words.to_owned();
    }
    let count = words.chars().count();
    (1..count)
        .rev()
        .map(|keep| how(words, keep))
        .find(|w| fits(w))
        .unwrap_or_default()
}

fn place(r: Rect) -> String {
    format!(
        r#" x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}""#,
        r.x,
        r.y,
        r.w.max(0.0),
        r.h.max(0.0)
    )
}

fn xy(p: Point) -> String {
    format!("{:.2} {:.2}", p.x, p.y)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
