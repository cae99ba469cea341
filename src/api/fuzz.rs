//! Texts made at random of the pieces that real ones are made of: nothing that reads them panics, and what is read and printed
//! is read as the same again.

use crate::decode;
use crate::quantity::{Format, Quantity};
use crate::selector::{FieldSelector, parse_labels};

/// Numbers that are the same every time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % n
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        let many = self.below(most + 1);
        (0..many)
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

#[test]
fn quantities_are_read_as_they_are_printed() {
    let pieces = [
        "-",
        "+",
        ".",
        "0",
        "1",
        "5",
        "9",
        "99",
        "000",
        "1024",
        "9223372036854775807",
        "m",
        "n",
        "u",
        "k",
        "Ki",
        "M",
        "Mi",
        "G",
        "Gi",
        "E",
        "Ei",
        "e3",
        "e-9",
        "E2",
        "e",
        "é",
        " ",
    ];
    let mut dice = Dice(1);
    let mut read = 0;
    let mut last = Quantity::new(0, Format::DecimalSi);
    for _ in 0..100_000 {
        let text = dice.text(&pieces, 6);
        let Ok(quantity) = Quantity::parse(&text) else {
            continue;
        };
        read += 1;
        let printed = quantity.to_string();
        let again = Quantity::parse(&printed).unwrap_or_else(|e| panic!("{text} {printed}: {e}"));
        assert_eq!(
            again.cmp(&quantity),
            std::cmp::Ordering::Equal,
            "{text} {printed}"
        );
        assert_eq!(again.to_string(), printed, "{text}");
        assert_eq!(
            (again.milli(), again.value()),
            (quantity.milli(), quantity.value()),
            "{text}"
        );
        assert_eq!(quantity.cmp(&last), last.cmp(&quantity).reverse());
        let _ = (
            quantity.add(&last).to_string(),
            quantity.sub(&last).to_string(),
        );
        last = quantity;
    }
    assert!(read > 5_000, "{read}");
}

#[test]
fn selectors_are_read_as_they_are_printed() {
    let pieces = [
        "a",
        "b.c/d",
        "x-1",
        "!",
        "=",
        "==",
        "!=",
        " in ",
        " notin ",
        "(",
        ")",
        ",",
        " ",
        ">",
        "<",
        "1",
        "\\",
        "é",
        "in",
        "()",
        "a=b",
        "metadata.name",
    ];
    let mut dice = Dice(2);
    let mut read = [0, 0];
    for _ in 0..100_000 {
        let text = dice.text(&pieces, 7);
        if let Ok(selector) = parse_labels(&text) {
            read[0] += 1;
            let printed = selector.to_string();
            let again = parse_labels(&printed).map(|s| s.to_string());
            assert_eq!(again.as_ref(), Ok(&printed), "{text}");
        }
        if let Ok(selector) = FieldSelector::parse(&text) {
            read[1] += 1;
            let printed = selector.to_string();
            let again = FieldSelector::parse(&printed).map(|s| s.to_string());
            assert_eq!(again.as_ref(), Ok(&printed), "{text}");
        }
    }
    assert!(read.iter().all(|n| *n > 5_000), "{read:?}");
}

#[test]
fn no_manifest_panics() {
    let pieces = [
        "apiVersion: v1\n",
        "apiVersion: apps/v1\n",
        "kind: Pod\n",
        "kind: List\n",
        "kind: Event\n",
        "kind: Deployment\n",
        "metadata:\n",
        "metadata: {name: a}\n",
        "spec:\n",
        "items:\n",
        "  name: a\n",
        "  containers:\n",
        "  - name: a\n",
        "- ",
        "  ",
        "\t",
        "\n",
        "---\n",
        "...\n",
        "&a ",
        "*a ",
        "<<: ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        ",",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "# c\n",
        "0644",
        "1e400",
        "-.inf",
        "~",
        "yes",
        "é",
        "\u{feff}",
        "%YAML 1.1\n",
        "!!binary ",
        "? ",
        "$patch",
    ];
    let mut dice = Dice(3);
    let mut found = [0, 0];
    for _ in 0..20_000 {
        let mut text = dice.text(&pieces, 24);
        if dice.below(3) == 0 {
            text.insert_str(0, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
        }
        let decoded = decode::decode("fuzz.yaml", &text);
        found[0] += decoded.manifests.len();
        found[1] += decoded.problems.len();
    }
    assert!(found.iter().all(|n| *n > 50), "{found:?}");
}
