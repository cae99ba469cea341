//! How wide a text will be, near enough to lay boxes out: the painter has the last word and fits what is too wide.

/// The width of `text` in pixels at a size, within a tenth or so of what a humanist sans gives.
pub fn width(text: &str, size: f32, bold: bool, mono: bool) -> f32 {
    if mono {
        return text.chars().count() as f32 * size * 0.602;
    }
    let ems: f32 = text.chars().map(advance).sum();
    ems * size * if bold { 1.07 } else { 1.0 }
}

fn advance(c: char) -> f32 {
    match c {
        'i' | 'l' | 'j' | '.' | ',' | ':' | '\'' | '|' => 0.26,
        'f' | 't' | 'r' | '-' | '(' | ')' | '/' | ' ' | 'I' => 0.36,
        's' | 'c' | 'z' | 'k' | 'v' | 'x' | 'y' | 'J' => 0.51,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.86,
        'A'..='Z' => 0.66,
        _ => 0.57,
    }
}
