//! An object as a Table sees it: fields by path, ages against virtual time, selectors as texts.

use podarium_api::quantity::Quantity;
use podarium_api::time;
use serde_json::Value;

/// An object, and the instant at which somebody looks.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The object.
    pub object: &'a Value,
    /// Microseconds since the cluster's epoch.
    pub now: i64,
}

/// What stands at a path of fields' names with dots between; null where nothing does.
pub fn at<'a>(mut value: &'a Value, path: &str) -> &'a Value {
    for field in path.split('.') {
        value = value.get(field).unwrap_or(&Value::Null);
    }
    value
}

/// The items of a list; none where there is no list.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text, or the empty one.
pub fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

impl<'a> Seen<'a> {
    /// What stands at a path.
    pub fn at(&self, path: &str) -> &'a Value {
        at(self.object, path)
    }

    /// The text at a path, or the empty one.
    pub fn text(&self, path: &str) -> &'a str {
        text(self.object, path)
    }

    /// The first of several texts that is not empty.
    pub fn first(&self, paths: &[&str]) -> &'a str {
        let texts = paths.iter().map(|path| self.text(path));
        texts
            .into_iter()
            .find(|t| !t.is_empty())
            .unwrap_or_default()
    }

    /// The number at a path, or 0.
    pub fn int(&self, path: &str) -> i64 {
        self.at(path).as_i64().unwrap_or_default()
    }

    /// The items at a path.
    pub fn items(&self, path: &str) -> &'a [Value] {
        items(self.at(path))
    }

    /// How many items or entries stand at a path.
    pub fn count(&self, path: &str) -> usize {
        let entries = self.at(path).as_object().map_or(0, serde_json::Map::len);
        self.items(path).len() + entries
    }

    /// The texts of a list in one.
    pub fn join(&self, path: &str, between: &str) -> String {
        let texts: Vec<_> = self.items(path).iter().filter_map(Value::as_str).collect();
        texts.join(between)
    }

    /// Whether deletion was asked for.
    pub fn terminating(&self) -> bool {
        !self.at("metadata.deletionTimestamp").is_null()
    }

    /// How long ago the instant at a path was; none where no instant is.
    ///
    /// upstream: pkg/printers/internalversion/printers.go translateTimestampSince
    pub fn since(&self, path: &str) -> Option<String> {
        Some(ago(self.now, self.instant(path)?))
    }

    /// The instant at a path, in microseconds since the cluster's epoch.
    pub fn instant(&self, path: &str) -> Option<i64> {
        time::parse_rfc3339(self.text(path))
    }

    /// The condition of a type, in a list of conditions.
    pub fn condition(&self, list: &str, kind: &str) -> Option<&'a Value> {
        self.items(list).iter().find(|c| text(c, "type") == kind)
    }

    /// The quantity at a path in its canonical form.
    pub fn quantity(&self, path: &str) -> Option<String> {
        quantity(self.at(path))
    }
}

/// The time from an instant to now, as people say it.
pub fn ago(now: i64, then: i64) -> String {
    time::human_duration(now.saturating_sub(then) / 1000)
}

/// A quantity in its canonical form, whether it was written as text or number.
pub fn quantity(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(Quantity::parse(&text).map_or(text, |q| q.to_string()))
}

/// At most three texts, and how many more there are.
///
/// upstream: pkg/printers/internalversion/printers.go listWithMoreString
pub fn some(all: &[String], none: &str) -> String {
    match all.len() {
        0 => none.into(),
        n @ 1..=3 => all[..n].join(","),
        n => format!("{} + {} more...", all[..3].join(","), n - 3),
    }
}

/// Labels as `a=b,c=d`.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/labels/labels.go FormatLabels
pub fn labels(map: &Value) -> String {
    let pairs: Vec<_> = map
        .as_object()
        .into_iter()
        .flatten()
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()))
        .collect();
    or_none(pairs.join(","))
}

/// A text, or `<none>` for the empty one.
pub fn or_none(text: String) -> String {
    if text.is_empty() {
        "<none>".into()
    } else {
        text
    }
}

/// A label selector as kubectl's `-l` takes it, its terms by key; none when an operator is unknown.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector
pub fn selector(selector: &Value) -> Option<String> {
    let mut terms: Vec<(&str, String)> = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        terms.push((key, format!("{key}={}", value.as_str().unwrap_or_default())));
    }
    for one in items(&selector["matchExpressions"]) {
        let key = text(one, "key");
        let mut values: Vec<_> = items(&one["values"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let values = values.join(",");
        let term = match text(one, "operator") {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        };
        terms.push((key, term));
    }
    terms.sort_by_key(|(key, _)| *key);
    let terms: Vec<_> = terms.into_iter().map(|(_, term)| term).collect();
    Some(terms.join(","))
}

/// A label selector as text, with words for the empty one and for a wrong one.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go FormatLabelSelector
pub fn selector_or_none(value: &Value) -> String {
    selector(value).map_or("<error>".into(), or_none)
}
