//! "Did you mean": the nearest of a few known names.

/// The candidate nearest to `typed`, if it is near enough to be what was meant: equal but for case, or at most a third
/// of the typed letters away (insert, delete, replace, or swap of two neighbours). Ties go to the first candidate.
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = lower(typed);
    // Longer words are never one of the short names we compare with, and would only cost time.
    if typed.is_empty() || typed.len() > 64 {
        return None;
    }
    let limit = (typed.len() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = lower(candidate);
        if other.len().abs_diff(typed.len()) > limit {
            continue;
        }
        let distance = distance(&typed, &other);
        if distance <= limit && best.is_none_or(|(had, _)| distance < had) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn lower(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_ascii_lowercase()).collect()
}

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_and_far_names() {
        let fields = [
            "replicas",
            "selector",
            "template",
            "name",
            "namespace",
            "image",
        ];
        for (typed, want) in [
            ("replcas", Some("replicas")),
            ("Replicas", Some("replicas")),
            ("relpicas", Some("replicas")),
            ("replica", Some("replicas")),
            ("nmae", Some("name")),
            ("namespce", Some("namespace")),
            ("img", None),
            ("imag", Some("image")),
            ("", None),
            ("x", None),
            ("somethingElse", None),
        ] {
            assert_eq!(nearest(typed, fields), want, "{typed}");
        }
        assert_eq!(nearest(&"é".repeat(5000), fields), None);
    }
}
