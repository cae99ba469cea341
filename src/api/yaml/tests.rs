//! Tests of reading and writing YAML, against expectations and against a second reader.

use serde_json::json;

use super::*;

/// The values of the documents, or the first error as `line:column message`.
fn values(text: &str) -> Result<Vec<Value>, String> {
    let (documents, errors) = read(text);
    match errors.first() {
        None => Ok(documents
            .into_iter()
            .map(|document| document.value)
            .collect()),
        Some(error) => Err(format!(
            "{}:{} {}",
            error.start.line, error.start.column, error.message
        )),
    }
}

fn one(text: &str) -> Value {
    let mut all = values(text).unwrap_or_else(|why| panic!("{text:?}: {why}"));
    assert_eq!(all.len(), 1, "{text:?}");
    all.remove(0)
}

#[test]
fn traps_of_yaml_1_1() {
    assert_eq!(
        one(
            "mode: 0644\nnew: 0o644\nyes: on\nversion: 1.10\nstring: '0644'\nempty:\ntilde: ~\nbig: 1_000\n"
        ),
        json!({"mode": 420, "new": 420, "true": true, "version": 1.1, "string": "0644", "empty": null, "tilde": null, "big": 1000})
    );
    assert_eq!(
        one("a: !!str 12\nb: !!int '3'\nc: !local x\nd: !!binary aGk=\n"),
        json!({"a": "12", "b": 3, "c": "x", "d": "hi"})
    );
    assert_eq!(one("date: 2026-01-01\n"), json!({"date": "2026-01-01"}));
    assert_eq!(
        one("1: a\ntrue: b\n1.5: c\n"),
        json!({"1": "a", "true": "b", "1.5": "c"})
    );
    assert_eq!(
        values("a: .inf\n"),
        Err("1:4 json: unsupported value: .inf".into())
    );
    assert_eq!(
        values("a: !!int x\n"),
        Err("1:4 cannot decode !!str `x` as a !!int".into())
    );
}

#[test]
fn line_ends_marks_and_documents() {
    let want = json!({"a": {"b": "c\nd\n"}});
    for text in [
        "a:\n  b: |\n    c\n    d\n",
        "\u{feff}a:\r\n  b: |\r\n    c\r\n    d\r\n",
        "---\na:\n  b: |\n    c\n    d\n...\n",
    ] {
        assert_eq!(one(text), want, "{text:?}");
    }
    assert_eq!(
        values("a: 1\n---\n# nothing\n---\nb: 2\n"),
        Ok(vec![json!({"a": 1}), json!({"b": 2})])
    );
    assert_eq!(values(""), Ok(vec![]));
    assert_eq!(values("# only a comment\n"), Ok(vec![]));
}

#[test]
fn what_kubectl_s_parser_lets_pass() {
    // Brackets may close at the indentation of their key, quoted lines may begin anywhere, anchors may be given again.
    assert_eq!(
        one("a:\n  b: [\n    1,\n  ]\n  c: {\n  x: 2\n}\n"),
        json!({"a": {"b": [1], "c": {"x": 2}}})
    );
    assert_eq!(
        one("a:\n  b: \"one\n two\"\n"),
        json!({"a": {"b": "one two"}})
    );
    assert_eq!(
        one("a: &x 1\nb: &x 2\nc: *x\n"),
        json!({"a": 1, "b": 2, "c": 2})
    );
    assert_eq!(one("a: b\n c\n"), json!({"a": "b c"}));
}

#[test]
fn what_is_wrong_is_told_in_the_parser_s_words() {
    for (text, want) in [
        (
            "a: b: c\n",
            "1:5 mapping values are not allowed in this context",
        ),
        (
            "a: [1, 2\nb: 3\n",
            "2:2 did not find expected ',' or ']', while parsing a flow sequence that began at line 1",
        ),
        (
            "a: 'b\n",
            "1:6 found unexpected end of stream, while scanning a quoted scalar",
        ),
        (
            "a:\n  - b\n c\n",
            "3:2 did not find expected key, while parsing a block mapping that began at line 1",
        ),
        (
            "a: @b\n",
            "1:4 found character that cannot start any token, while scanning for the next token",
        ),
        ("a: b\n\u{1}\n", "2:1 control characters are not allowed"),
    ] {
        assert_eq!(values(text), Err(want.to_string()), "{text:?}");
    }
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    let (documents, errors) = read("a: 1\n---\nb: [1, 2\n---\nc: 3\n---\nd: 4\nd: 5\n---\ne: 6\n");
    let good: Vec<_> = documents
        .iter()
        .map(|d| (d.index, d.value.to_string()))
        .collect();
    assert_eq!(
        good,
        [
            (0, r#"{"a":1}"#.into()),
            (2, r#"{"c":3}"#.into()),
            (4, r#"{"e":6}"#.into())
        ]
    );
    let bad: Vec<_> = errors.iter().map(|e| (e.document, e.start.line)).collect();
    assert_eq!(bad, [(1, 3), (3, 8)]);
}

#[test]
fn anchors_and_merge_keys() {
    let text = "base: &b {x: 1, w: 2}\nlist: &l [1, *b]\nuse: *l\nmerged:\n  <<: *b\n  w: 3\nmany:\n  <<: [{x: 7}, *b]\n  z: &s text\nagain: *s\n";
    assert_eq!(
        one(text),
        json!({
            "base": {"x": 1, "w": 2}, "list": [1, {"x": 1, "w": 2}], "use": [1, {"x": 1, "w": 2}],
            "merged": {"x": 1, "w": 3}, "many": {"x": 7, "w": 2, "z": "text"}, "again": "text",
        })
    );
    assert_eq!(
        values("a: &a [*a]\n"),
        Err("1:8 anchor 'a' value contains itself".into())
    );
    assert!(values("a: *nope\n").is_err());
    assert_eq!(
        values("a:\n  <<: 1\n").map_err(|e| e.split_once(' ').unwrap_or_default().1.to_string()),
        Err("map merge requires map or sequence of maps as the value".into())
    );
    // A key may be given after the merge, and the merge is no repetition of it.
    assert_eq!(
        one("a: &a {k: 1}\nb: {<<: *a, k: 2}\n")["b"],
        json!({"k": 2})
    );
    assert_eq!(one("'<<': 1\n"), json!({"<<": 1}));
}

#[test]
fn repeated_keys_name_both_places() {
    let (documents, errors) = read("a:\n  b: 1\n  c: 2\n  b: {x: 3}\n  c: 4\n");
    assert!(documents.is_empty());
    let said: Vec<_> = errors
        .iter()
        .map(|e| format!("{}:{} {}", e.start.line, e.start.column, e.message))
        .collect();
    assert_eq!(
        said,
        [
            "4:3 key \"b\" already set in map (first at line 2, column 3)",
            "5:3 key \"c\" already set in map (first at line 3, column 3)",
        ]
    );
}

#[test]
fn tabs_are_named() {
    let (_, errors) = read("a:\n  b: 1\n\tc: 2\n");
    let error = &errors[0];
    assert_eq!(
        (error.start, error.end),
        (Mark { line: 3, column: 1 }, Mark { line: 3, column: 2 })
    );
    assert!(
        error.message.contains("a tab indents this line"),
        "{}",
        error.message
    );
    assert_eq!(error.replacement.as_deref(), Some("  "));
    assert_eq!(one("a:\tb\t# tab\n"), json!({"a": "b"}));
}

#[test]
fn json_text() {
    assert_eq!(
        one("{\"a\": [1, 2.5, -3e2, true, null, \"\\u00e9\\ud83d\\ude00\"]}"),
        json!({"a": [1, 2.5, -300.0, true, null, "é😀"]})
    );
    assert_eq!(
        values("{\"a\":1}\n{\"b\":2}"),
        Ok(vec![json!({"a": 1}), json!({"b": 2})])
    );
    // JSON strings are text whatever they look like; YAML in braces is read as YAML.
    assert_eq!(one("{\"a\": \"yes\"}"), json!({"a": "yes"}));
    assert_eq!(one("{a: yes}"), json!({"a": true}));
    assert_eq!(
        values("{\"a\": 1, \"a\": 2}"),
        Err("1:10 key \"a\" already set in map (first at line 1, column 2)".into())
    );
    let (documents, _) = read("{\n\t\"é\": {\"b\": 1}\n}\n");
    let place = documents[0]
        .positions
        .exact(&["é", "b"])
        .expect("it is there");
    assert_eq!(
        (place.at, place.value),
        (
            Mark { line: 2, column: 8 },
            Mark {
                line: 2,
                column: 13
            }
        )
    );
}

#[test]
fn places() {
    let text = "kind: Pod\nspec:\n  containers:\n  - name: web\n    image: \"nginx\"\n    args: [a, b]\n  - &c\n    name: side\n";
    let (documents, _) = read(text);
    let positions = &documents[0].positions;
    let at = |path: &str| {
        positions.place_of(path).map(|p| {
            (
                p.at.line,
                p.at.column,
                p.value.line,
                p.value.column,
                p.end.line,
                p.end.column,
            )
        })
    };
    assert_eq!(at("kind"), Some((1, 1, 1, 7, 1, 10)));
    assert_eq!(at("spec.containers[0].image"), Some((5, 5, 5, 12, 5, 19)));
    assert_eq!(
        at("spec.containers[0].args[1]"),
        Some((6, 15, 6, 15, 6, 16))
    );
    assert_eq!(at("spec.containers[1].name").map(|p| p.0), Some(8));
    assert_eq!(at("spec.containers[0]"), Some((4, 5, 4, 5, 6, 17)));
    // What the text does not say is told by the nearest value above.
    assert_eq!(
        positions.line_of(&["spec", "containers", "0", "ports", "0"]),
        4
    );
    assert_eq!(positions.line_of(&["spec", "restartPolicy"]), 2);
    assert_eq!(positions.exact(&["spec", "restartPolicy"]), None);
    assert_eq!(Positions::default().line_of(&["spec"]), 0);
    let (documents, _) = read("kind: List\nitems:\n- a: 1\n- b:\n    c: 2\n");
    let items = documents[0].positions.items("items");
    assert_eq!(
        items
            .iter()
            .map(|item| item.line_of(&["b", "c"]))
            .collect::<Vec<_>>(),
        [3, 5]
    );
    assert!(documents[0].positions.items("none").is_empty());
    // Merged and aliased fields stand where they were written.
    let (documents, _) = read("a: &a {x: 1}\nb:\n  <<: *a\nc: *a\n");
    let positions = &documents[0].positions;
    assert_eq!(
        (
            positions.line_of(&["b", "x"]),
            positions.line_of(&["c", "x"]),
            positions.line_of(&["c"])
        ),
        (1, 1, 4)
    );
    assert_eq!(
        super::positions::split_path("metadata.labels[a.b/c].d[0][1]"),
        ["metadata", "labels", "a.b/c", "d", "0", "1"]
    );
}

#[test]
fn bombs_and_towers() {
    let mut bomb = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_string();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb += &format!(
            "{to}: &{to} [{}]\n",
            vec![format!("*{from}"); 10].join(", ")
        );
    }
    assert!(values(&bomb).is_err_and(|e| e.ends_with("document contains excessive aliasing")));
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(100_000),
        vec!["*a"; 1000].join(",")
    );
    assert!(values(&long).is_err_and(|e| e.ends_with("document contains excessive aliasing")));
    for (open, close) in [
        ("[", "]"),
        ("{a: ", "}"),
        ("{\"a\":", "}"),
        ("- ", ""),
        ("? ", ""),
        ("&a [", "]"),
    ] {
        let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let why = values(&text).expect_err("too deep");
        assert!(
            why.ends_with("nested more than 120 levels deep") || why.contains("invalid map key"),
            "{open}: {why}"
        );
    }
    let steps: String = (0..2000)
        .map(|n| format!("{}a:\n", " ".repeat(n)))
        .collect();
    assert_eq!(
        values(&steps),
        Err("121:121 nested more than 120 levels deep".into())
    );
    // At the limit itself everything works.
    let text = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert_eq!(to_yaml(&one(&text)).len(), 2 * MAX_DEPTH + 2);
    assert!(serde_json::from_str::<Value>(&one(&text).to_string()).is_ok());
}

#[test]
fn large_texts_are_read() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a-name-of-some-length\n  labels: {app: web}\n---\n";
    let many = pod.repeat(5_000_000 / pod.len());
    assert_eq!(read(&many).0.len(), 5_000_000 / pod.len());
    let flat: String = (0..300_000).map(|n| format!("k{n}: v\n")).collect();
    assert_eq!(one(&flat).as_object().map(Map::len), Some(300_000));
    let line = format!("{{\"a\": [{}1]}}", "1,".repeat(1_000_000));
    assert_eq!(one(&line)["a"].as_array().map(Vec::len), Some(1_000_001));
}

#[test]
fn written_as_kubectl_writes() {
    let value = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "labels": {}, "finalizers": []},
        "data": {
            "bool": "true", "number": "8080", "octal": "0644", "empty": "", "null": "null", "date": "2026-01-01",
            "script": "#!/bin/sh\necho hi\n", "noend": "a\nb", "many": "a\n\n", "indented": "  a\nb\n", "trailing": "a \nb\n",
            "tab": "a\tb", "star": "*", "colon": "a: b", "time": "12:30:45", "url": "http://x/y", "quote": "it's", "hash": "a #b",
            "unicode": "é", "dash": "-", "space": " a", "braces": "{}",
            "key2": "b", "key10": "a",
            "long": "The node was low on resource: memory. Threshold quantity is 100Mi, available is 92Mi and more words follow.",
        },
        "list": [1, 1.5, null, true, [1, [2]], {"a": 1, "b": [{"c": 2}]}, [], {}, "x\ny\n"],
    });
    expect_test::expect![[r#"
        apiVersion: v1
        data:
          bool: "true"
          braces: '{}'
          colon: 'a: b'
          dash: '-'
          date: "2026-01-01"
          empty: ""
          hash: 'a #b'
          indented: |2
              a
            b
          key2: b
          key10: a
          long: 'The node was low on resource: memory. Threshold quantity is 100Mi, available
            is 92Mi and more words follow.'
          many: |+
            a

          noend: |-
            a
            b
          "null": "null"
          number: "8080"
          octal: "0644"
          quote: it's
          script: |
            #!/bin/sh
            echo hi
          space: ' a'
          star: '*'
          tab: "a\tb"
          time: "12:30:45"
          trailing: "a \nb\n"
          unicode: é
          url: http://x/y
        kind: ConfigMap
        list:
        - 1
        - 1.5
        - null
        - true
        - - 1
          - - 2
        - a: 1
          b:
          - c: 2
        - []
        - {}
        - |
          x
          y
        metadata:
          finalizers: []
          labels: {}
          name: a
    "#]]
    .assert_eq(&to_yaml(&value));
    for (value, want) in [
        (json!("a"), "a\n"),
        (json!([]), "[]\n"),
        (json!({}), "{}\n"),
        (json!(null), "null\n"),
    ] {
        assert_eq!(to_yaml(&value), want);
    }
}

/// Random values, by a generator of our own so that every run is the same.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 40] = [
            "a", "b ", " ", "  ", "\n", "\n\n", "\t", ":", ": ", "#", " #", "-", "- ", "'", "\"",
            "\\", "{", "}", "[", "]", ",", "yes", "no", "0", "12", "1.5", "e3", "null", "~", "&",
            "*", "!", "|", ">", "%", "@", "`", "é", "😀", "\u{85}",
        ];
        let length = self.below(6) * self.below(6);
        (0..length)
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => json!(null),
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(1000) as i64 - 500),
            3 => json!(self.below(1000) as f64 / 16.0 + 0.03125),
            4 | 5 => json!(self.text()),
            6 | 7 => (0..self.below(4))
                .map(|_| (self.text(), self.value(depth - 1)))
                .collect::<Map<_, _>>()
                .into(),
            _ => (0..self.below(4))
                .map(|_| self.value(depth - 1))
                .collect::<Vec<_>>()
                .into(),
        }
    }
}

use serde_json::Map;

#[test]
fn what_is_written_reads_back_the_same_here_and_elsewhere() {
    let mut random = Random(7);
    for round in 0..1500 {
        let value = random.value(4);
        let text = to_yaml(&value);
        let (documents, errors) = read(&text);
        assert!(
            errors.is_empty(),
            "round {round}: {errors:?}\n{text}\n{value}"
        );
        let own = documents
            .first()
            .map_or(&Value::Null, |document| &document.value);
        assert_eq!(own, &value, "round {round}\n{text}");
        let other: Value = serde_yaml_ng::from_str(&text)
            .unwrap_or_else(|why| panic!("round {round}: {why}\n{text}"));
        assert_eq!(other, value, "round {round}\n{text}");
    }
}

#[test]
fn no_text_panics() {
    let seed = include_str!("../schema/fields.txt")
        .lines()
        .take(40)
        .collect::<Vec<_>>()
        .join("\n");
    let seeds = [
        "a: &x [1, {b: *x}]\n<<: {c: d}\n---\n- - ? k\n    : |\n     text\n  - !!str 1\n",
        "{\"a\": [1, \"\\u0041\"]}",
        &seed,
    ];
    let mut random = Random(11);
    for round in 0..3000 {
        let mut text: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=random.below(6) {
            let at = random.below(text.len() + 1);
            match random.below(3) {
                0 if at < text.len() => {
                    text.remove(at);
                }
                1 => {
                    let piece = random.text();
                    text.splice(at..at, piece.chars());
                }
                _ => text.truncate(at.max(8)),
            }
        }
        let text: String = text.into_iter().collect();
        let (documents, errors) = read(&text);
        for error in errors {
            assert!(
                error.start.line >= 1 && error.start.column >= 1 && error.start <= error.end,
                "{text:?} {error:?}"
            );
        }
        for document in documents {
            to_yaml(&document.value);
        }
    }
}
