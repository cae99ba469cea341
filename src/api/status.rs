//! The API's way to say no: a `Status` with upstream's reason, code, message and causes.

use serde_json::{Value, json};

/// Why a request failed, as `metav1.StatusReason` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 404
    NotFound,
    /// 409, on create
    AlreadyExists,
    /// 409, on a write to something that has changed meanwhile
    Conflict,
    /// 422
    Invalid,
    /// 400
    BadRequest,
    /// 403
    Forbidden,
    /// 405
    MethodNotAllowed,
    /// 406
    NotAcceptable,
    /// 410, of a watch or list at a compacted revision
    Expired,
    /// 415
    UnsupportedMediaType,
    /// 500
    InternalError,
    /// 503
    ServiceUnavailable,
}

impl Reason {
    /// The HTTP status code that goes with the reason.
    pub fn code(self) -> u16 {
        match self {
            Reason::BadRequest => 400,
            Reason::Forbidden => 403,
            Reason::NotFound => 404,
            Reason::MethodNotAllowed => 405,
            Reason::NotAcceptable => 406,
            Reason::AlreadyExists | Reason::Conflict => 409,
            Reason::Expired => 410,
            Reason::UnsupportedMediaType => 415,
            Reason::Invalid => 422,
            Reason::InternalError => 500,
            Reason::ServiceUnavailable => 503,
        }
    }
}

/// One field's part in an `Invalid` status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Upstream's `field.ErrorType` reason: `FieldValueInvalid`, `FieldValueRequired` …
    pub reason: &'static str,
    /// Path of the field, as `spec.template.metadata.labels`.
    pub field: String,
    /// `Invalid value: …: …`
    pub message: String,
}

/// The reasons of causes. upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go ErrorType
const REASONS: [&str; 10] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInternal",
    "FieldValueInvalid",
    "FieldValueNotFound",
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
];

impl Cause {
    /// A cause's reason by its name; `FieldValueInvalid` for a name that is none.
    pub fn known_reason(name: &str) -> &'static str {
        let known = REASONS.into_iter().find(|reason| *reason == name);
        known.unwrap_or("FieldValueInvalid")
    }

    /// upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go Invalid
    pub fn invalid(field: &str, value: impl Into<Value>, detail: &str) -> Self {
        let value = value.into();
        Cause {
            reason: "FieldValueInvalid",
            field: field.into(),
            message: format!("Invalid value: {value}: {detail}"),
        }
    }
    /// upstream: field/errors.go Required
    pub fn required(field: &str, detail: &str) -> Self {
        let message = if detail.is_empty() {
            "Required value".into()
        } else {
            format!("Required value: {detail}")
        };
        Cause {
            reason: "FieldValueRequired",
            field: field.into(),
            message,
        }
    }
    /// upstream: field/errors.go NotSupported
    pub fn not_supported(field: &str, value: &str, supported: &[&str]) -> Self {
        let quoted: Vec<_> = supported.iter().map(|s| format!("{s:?}")).collect();
        Cause {
            reason: "FieldValueNotSupported",
            field: field.into(),
            message: format!(
                "Unsupported value: {value:?}: supported values: {}",
                quoted.join(", ")
            ),
        }
    }
    /// upstream: field/errors.go Forbidden
    pub fn forbidden(field: &str, detail: &str) -> Self {
        Cause {
            reason: "FieldValueForbidden",
            field: field.into(),
            message: format!("Forbidden: {detail}"),
        }
    }
    /// upstream: field/errors.go Duplicate
    pub fn duplicate(field: &str, value: impl Into<Value>) -> Self {
        Cause {
            reason: "FieldValueDuplicate",
            field: field.into(),
            message: format!("Duplicate value: {}", value.into()),
        }
    }
}

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The machine's reason.
    pub reason: Reason,
    /// The person's sentence, in upstream's words.
    pub message: String,
    /// The object's name, where one is meant.
    pub name: String,
    /// Group of `kind`.
    pub group: String,
    /// Plural resource, or the kind for `Invalid`.
    pub kind: String,
    /// The fields at fault.
    pub causes: Vec<Cause>,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}

impl Status {
    /// A status with a message and nothing else known.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Status {
            reason,
            message: message.into(),
            name: String::new(),
            group: String::new(),
            kind: String::new(),
            causes: Vec::new(),
        }
    }

    /// `deployments.apps "web" not found`
    pub fn not_found(group: &str, plural: &str, name: &str) -> Self {
        Status::about(Reason::NotFound, group, plural, name, "not found")
    }

    /// `deployments.apps "web" already exists`
    pub fn already_exists(group: &str, plural: &str, name: &str) -> Self {
        Status::about(Reason::AlreadyExists, group, plural, name, "already exists")
    }

    /// `Operation cannot be fulfilled on deployments.apps "web": …`
    pub fn conflict(group: &str, plural: &str, name: &str, detail: &str) -> Self {
        let resource = qualified(group, plural);
        Status {
            message: format!("Operation cannot be fulfilled on {resource} {name:?}: {detail}"),
            ..Status::about(Reason::Conflict, group, plural, name, "")
        }
    }

    /// `pods "web" is forbidden: …`
    pub fn forbidden(group: &str, plural: &str, name: &str, detail: &str) -> Self {
        let detail = format!("is forbidden: {detail}");
        Status::about(Reason::Forbidden, group, plural, name, &detail)
    }

    /// `Deployment.apps "web" is invalid: spec.replicas: Invalid value: …`
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewInvalid
    pub fn invalid(group: &str, kind: &str, name: &str, causes: Vec<Cause>) -> Self {
        let each: Vec<_> = causes
            .iter()
            .map(|c| format!("{}: {}", c.field, c.message))
            .collect();
        let list = match each.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let mut status = Status::about(
            Reason::Invalid,
            group,
            kind,
            name,
            &format!("is invalid: {list}"),
        );
        status.causes = causes;
        status
    }

    fn about(reason: Reason, group: &str, kind: &str, name: &str, text: &str) -> Self {
        Status {
            reason,
            message: format!("{} {name:?} {text}", qualified(group, kind)),
            name: name.into(),
            group: group.into(),
            kind: kind.into(),
            causes: Vec::new(),
        }
    }

    /// The `Status` object as the API prints it.
    pub fn to_value(&self) -> Value {
        let mut details = json!({});
        for (key, value) in [
            ("name", &self.name),
            ("group", &self.group),
            ("kind", &self.kind),
        ] {
            if !value.is_empty() {
                details[key] = value.as_str().into();
            }
        }
        if !self.causes.is_empty() {
            let causes = self
                .causes
                .iter()
                .map(|c| json!({"reason": c.reason, "message": c.message, "field": c.field}));
            details["causes"] = Value::Array(causes.collect());
        }
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": format!("{:?}", self.reason),
            "details": details, "code": self.reason.code(),
        })
    }
}

fn qualified(group: &str, name: &str) -> String {
    if group.is_empty() {
        name.into()
    } else {
        format!("{name}.{group}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_upstreams() {
        for (status, code, text) in [
            (
                Status::not_found("apps", "deployments", "web"),
                404,
                r#"deployments.apps "web" not found"#,
            ),
            (
                Status::already_exists("", "pods", "a"),
                409,
                r#"pods "a" already exists"#,
            ),
            (
                Status::invalid(
                    "apps",
                    "Deployment",
                    "web",
                    vec![Cause::invalid(
                        "spec.replicas",
                        -1,
                        "must be greater than or equal to 0",
                    )],
                ),
                422,
                r#"Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"#,
            ),
            (
                Status::invalid(
                    "",
                    "Pod",
                    "a",
                    vec![
                        Cause::required("spec.x", ""),
                        Cause::duplicate("spec.y", "b"),
                    ],
                ),
                422,
                r#"Pod "a" is invalid: [spec.x: Required value, spec.y: Duplicate value: "b"]"#,
            ),
        ] {
            assert_eq!(
                (status.reason.code(), status.message.as_str()),
                (code, text)
            );
            assert_eq!(status.to_value()["code"], code);
        }
    }
}
