//! Boxes of natural widths in rows, as words in lines.

use std::ops::Range;

/// A box: its natural width, and the space after it unless it ends its row.
pub type Item = (f32, f32);

/// As few rows as there must be, of widths as equal as may be.
pub fn rows(items: &[Item], most: f32) -> Vec<Range<usize>> {
    let fill = |limit: f32| {
        let mut rows: Vec<Range<usize>> = Vec::new();
        for i in 0..items.len() {
            match rows.last_mut() {
                Some(row) if width(&items[row.start..=i]) <= limit => row.end = i + 1,
                _ => rows.push(i..i + 1),
            }
        }
        rows
    };
    let fewest = fill(most);
    let even = width(items) / fewest.len().max(1) as f32;
    let tries = (0..20).map(|i| even + (most - even) * i as f32 / 20.0);
    let found = tries.map(fill).find(|rows| rows.len() == fewest.len());
    found.unwrap_or(fewest)
}

/// The width of a row.
pub fn width(row: &[Item]) -> f32 {
    let all: f32 = row.iter().map(|(width, gap)| width + gap).sum();
    all - row.last().map_or(0.0, |(_, gap)| *gap)
}
