//! Selectors: which labels or fields an object must have, compiled once and asked often.

mod fields;
mod parse;

use crate::sort;
use std::cmp::Ordering;
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

pub use fields::{FieldSelector, FieldTerm};
pub use parse::parse_labels;

/// How a requirement compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The label has one of the values.
    In,
    /// The label is missing, or has none of the values.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is missing.
    DoesNotExist,
    /// The label is there, an integer, and greater than the one value.
    Gt,
    /// The label is there, an integer, and less than the one value.
    Lt,
}

/// One condition on one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Label key.
    pub key: String,
    /// Comparison.
    pub operator: Operator,
    /// Sorted, without repetitions; empty for `Exists` and `DoesNotExist`.
    pub values: Vec<String>,
    /// Whether it was written `key=value` or `key!=value`, which only changes how it is printed.
    pub plain: bool,
}

/// A conjunction of requirements, sorted by key; an empty one matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    requirements: Vec<Requirement>,
    nothing: bool,
}

impl Requirement {
    /// Builds a requirement, checking key, values and their number.
    ///
    /// # Errors
    /// Upstream's text, starting with the field that is wrong.
    // upstream: apimachinery/pkg/labels/selector.go NewRequirement
    pub fn new(
        key: &str,
        operator: Operator,
        mut values: Vec<String>,
    ) -> Result<Requirement, String> {
        if let Some(why) = crate::names::qualified_name_error(key) {
            return Err(format!("key: Invalid value: {key:?}: {why}"));
        }
        let wrong = |why: &str| {
            let list = values
                .iter()
                .map(|v| format!("{v:?}"))
                .collect::<Vec<_>>()
                .join(",");
            Err(format!("values: Invalid value: [{list}]: {why}"))
        };
        match operator {
            Operator::In | Operator::NotIn if values.is_empty() => {
                return wrong("for 'in', 'notin' operators, values set can't be empty");
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                return wrong("values set must be empty for exists and does not exist");
            }
            Operator::Gt | Operator::Lt if values.len() != 1 => {
                return wrong("for 'Gt', 'Lt' operators, exactly one value is required");
            }
            Operator::Gt | Operator::Lt if values[0].parse::<i64>().is_err() => {
                return Err(format!(
                    "values[0]: Invalid value: {:?}: for 'Gt', 'Lt' operators, the value must be an integer",
                    values[0]
                ));
            }
            _ => {}
        }
        for (i, value) in values.iter().enumerate() {
            if let Some(why) = crate::names::label_value_error(value) {
                return Err(format!(
                    "values[{i}][{key}]: Invalid value: {value:?}: {why}"
                ));
            }
        }
        sort::natural(&mut values);
        values.dedup();
        Ok(Requirement {
            key: key.to_string(),
            operator,
            values,
            plain: false,
        })
    }

    /// Whether a label value, `None` for a missing label, meets the requirement.
    // upstream: labels/selector.go Requirement.Matches
    pub fn matches(&self, label: Option<&str>) -> bool {
        let among = |value: &str| {
            self.values
                .binary_search_by(|had| had.as_str().cmp(value))
                .is_ok()
        };
        let compared = |want: Ordering| {
            let number = label.and_then(|value| value.parse::<i64>().ok());
            let bound = self
                .values
                .first()
                .and_then(|value| value.parse::<i64>().ok());
            number
                .zip(bound)
                .is_some_and(|(number, bound)| number.cmp(&bound) == want)
        };
        match self.operator {
            Operator::In => label.is_some_and(among),
            Operator::NotIn => !label.is_some_and(among),
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Gt => compared(Ordering::Greater),
            Operator::Lt => compared(Ordering::Less),
        }
    }
}

impl Selector {
    /// Matches every object.
    pub fn everything() -> Selector {
        Selector::default()
    }

    /// Matches no object.
    pub fn nothing() -> Selector {
        Selector {
            requirements: Vec::new(),
            nothing: true,
        }
    }

    /// All of `requirements` together.
    pub fn new(mut requirements: Vec<Requirement>) -> Selector {
        sort::by(&mut requirements, |a, b| a.key.cmp(&b.key));
        Selector {
            requirements,
            nothing: false,
        }
    }

    /// Equality on each pair, as in `spec.selector` of a Service. The values are not checked, as upstream does not.
    // upstream: labels/selector.go SelectorFromSet
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Selector {
        let equal = |(key, value): (&str, &str)| Requirement {
            key: key.to_string(),
            operator: Operator::In,
            values: vec![value.to_string()],
            plain: true,
        };
        Selector::new(pairs.into_iter().map(equal).collect())
    }

    /// Compiles `matchLabels` and `matchExpressions`. An absent selector matches nothing, an empty one everything.
    ///
    /// # Errors
    /// Upstream's text for a bad key, value or operator.
    // upstream: apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector
    pub fn from_label_selector(selector: Option<&LabelSelector>) -> Result<Selector, String> {
        let Some(selector) = selector else {
            return Ok(Selector::nothing());
        };
        let mut requirements = Vec::new();
        for (key, value) in selector.match_labels.iter().flatten() {
            let mut requirement = Requirement::new(key, Operator::In, vec![value.clone()])?;
            requirement.plain = true;
            requirements.push(requirement);
        }
        for expression in selector.match_expressions.iter().flatten() {
            let operator = match expression.operator.as_str() {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => return Err(format!("{other:?} is not a valid label selector operator")),
            };
            let values = expression.values.clone().unwrap_or_default();
            requirements.push(Requirement::new(&expression.key, operator, values)?);
        }
        Ok(Selector::new(requirements))
    }

    /// Whether an object with these labels is selected; `label` looks a key up.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        !self.nothing
            && self
                .requirements
                .iter()
                .all(|requirement| requirement.matches(label(&requirement.key)))
    }

    /// Whether every object is selected.
    pub fn is_everything(&self) -> bool {
        !self.nothing && self.requirements.is_empty()
    }

    /// The conditions, sorted by key.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// A key and the only value that it may have, if the selector asks for one: what an index can be asked for.
    pub fn exact(&self) -> impl Iterator<Item = (&str, &str)> {
        self.requirements.iter().filter_map(|requirement| {
            match (requirement.operator, requirement.values.as_slice()) {
                (Operator::In, [value]) => Some((requirement.key.as_str(), value.as_str())),
                _ => None,
            }
        })
    }
}

impl fmt::Display for Requirement {
    // upstream: labels/selector.go Requirement.String
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, values) = (&self.key, self.values.join(","));
        match self.operator {
            Operator::In if self.plain => write!(f, "{key}={values}"),
            Operator::NotIn if self.plain => write!(f, "{key}!={values}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Exists => f.write_str(key),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::Gt => write!(f, "{key}>{values}"),
            Operator::Lt => write!(f, "{key}<{values}"),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, requirement) in self.requirements.iter().enumerate() {
            write!(f, "{}{requirement}", if i > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(json: serde_json::Value) -> Result<Selector, String> {
        let selector: LabelSelector =
            serde_json::from_value(json).expect("the test's selector is well formed");
        Selector::from_label_selector(Some(&selector))
    }

    fn ask(selector: &Selector, labels: &[(&str, &'static str)]) -> bool {
        selector.matches(|key| {
            labels
                .iter()
                .find(|(had, _)| *had == key)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn absent_selects_nothing_and_empty_everything() {
        let absent = Selector::from_label_selector(None).expect("no selector compiles");
        assert!(!ask(&absent, &[]) && !absent.is_everything());
        let empty = compile(serde_json::json!({})).expect("compiles");
        assert!(ask(&empty, &[]) && ask(&empty, &[("a", "b")]) && empty.is_everything());
    }

    #[test]
    fn labels_and_expressions() {
        let selector = compile(serde_json::json!({
            "matchLabels": {"app": "web"},
            "matchExpressions": [
                {"key": "tier", "operator": "NotIn", "values": ["db", "cache"]},
                {"key": "track", "operator": "Exists"},
                {"key": "old", "operator": "DoesNotExist"},
            ],
        }))
        .expect("compiles");
        assert_eq!(
            selector.to_string(),
            "app=web,!old,tier notin (cache,db),track"
        );
        assert!(ask(&selector, &[("app", "web"), ("track", "")]));
        assert!(ask(
            &selector,
            &[("app", "web"), ("track", "x"), ("tier", "front")]
        ));
        assert!(!ask(
            &selector,
            &[("app", "web"), ("track", "x"), ("tier", "db")]
        ));
        assert!(!ask(
            &selector,
            &[("app", "web"), ("track", "x"), ("old", "1")]
        ));
        assert!(!ask(&selector, &[("app", "web")]));
        assert!(!ask(&selector, &[("app", "api"), ("track", "x")]));
        assert_eq!(selector.exact().collect::<Vec<_>>(), [("app", "web")]);
    }

    #[test]
    fn numbers_compare_as_integers() {
        let gt = Selector::new(vec![
            Requirement::new("cores", Operator::Gt, vec!["8".into()]).expect("good"),
        ]);
        assert!(ask(&gt, &[("cores", "16")]) && !ask(&gt, &[("cores", "8")]));
        assert!(!ask(&gt, &[("cores", "many")]) && !ask(&gt, &[]));
        assert_eq!(gt.to_string(), "cores>8");
    }

    #[test]
    fn bad_selectors_in_upstream_s_words() {
        for (json, want) in [
            (
                serde_json::json!({"matchExpressions": [{"key": "a", "operator": "Like", "values": ["b"]}]}),
                "\"Like\" is not a valid label selector operator",
            ),
            (
                serde_json::json!({"matchExpressions": [{"key": "a", "operator": "In"}]}),
                "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
            ),
            (
                serde_json::json!({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}),
                "values: Invalid value: [\"b\"]: values set must be empty for exists and does not exist",
            ),
        ] {
            assert_eq!(compile(json).map(|s| s.to_string()), Err(want.to_string()));
        }
        let bad = compile(serde_json::json!({"matchLabels": {"a b": "c"}}))
            .expect_err("a space in a key");
        assert!(
            bad.starts_with("key: Invalid value: \"a b\": name part must consist of"),
            "{bad}"
        );
    }
}
