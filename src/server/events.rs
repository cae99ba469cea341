//! The table of `kubectl get events -A`.
// upstream: pkg/printers/internalversion/printers.go printEvent

use podarium_api::event::EventBody;
use podarium_api::time::human_duration;
use podarium_cluster::World;

/// The table, oldest first.
pub fn table(world: &World) -> String {
    let mut events: Vec<_> = world.store().all::<EventBody>().collect();
    events.sort_by_key(|e| (e.body.last, e.meta.resource_version));
    let mut rows = vec![
        [
            "NAMESPACE",
            "LAST SEEN",
            "TYPE",
            "REASON",
            "OBJECT",
            "MESSAGE",
        ]
        .map(String::from),
    ];
    for event in events {
        let body = &event.body;
        let age = |time| human_duration((world.now() - time).as_millis() as i64);
        let seen = if body.count > 1 {
            format!(
                "{} (x{} over {})",
                age(body.last),
                body.count,
                age(body.first)
            )
        } else {
            age(body.last)
        };
        let kind = body.about.kind.info().singular;
        rows.push([
            event.meta.namespace.to_string(),
            seen,
            if body.warning { "Warning" } else { "Normal" }.into(),
            body.reason.to_string(),
            format!("{kind}/{}", body.about.name),
            body.message.trim_end().to_owned(),
        ]);
    }
    aligned(&rows)
}

/// Columns as wide as their widest cell, three spaces between them.
// upstream: staging/src/k8s.io/cli-runtime/pkg/printers/tabwriter.go GetNewTabWriter
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |i: usize| {
        rows.iter()
            .map(|r| r[i].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        for (i, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if i + 1 < N {
                let pad = widths[i] - cell.chars().count() + 3;
                out.extend(std::iter::repeat_n(' ', pad));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["A", "LONG"], ["wide é", "x"]].map(|r| r.map(String::from));
        assert_eq!(aligned(&rows), "A        LONG\nwide é   x\n");
    }
}
