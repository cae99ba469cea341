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
    /// 410, of what will not come back
    Gone,
    /// 401
    Unauthorized,
    /// 413
    RequestEntityTooLarge,
    /// 429
    TooManyRequests,
    /// 500, of what may go better a little later
    ServerTimeout,
    /// 504
    Timeout,
    /// 415
    UnsupportedMediaType,
    /// 500
    InternalError,
    /// 503
    ServiceUnavailable,
    /// 500, of an error that upstream gives no reason for
    Unknown,
}

impl Reason {
    /// The HTTP status code that goes with the reason.
    pub fn code(self) -> u16 {
        match self {
            Reason::BadRequest => 400,
            Reason::Unauthorized => 401,
            Reason::Forbidden => 403,
            Reason::NotFound => 404,
            Reason::MethodNotAllowed => 405,
            Reason::NotAcceptable => 406,
            Reason::AlreadyExists | Reason::Conflict => 409,
            Reason::Expired | Reason::Gone => 410,
            Reason::RequestEntityTooLarge => 413,
            Reason::UnsupportedMediaType => 415,
            Reason::Invalid => 422,
            Reason::TooManyRequests => 429,
            Reason::InternalError | Reason::ServerTimeout | Reason::Unknown => 500,
            Reason::ServiceUnavailable => 503,
            Reason::Timeout => 504,
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
const REASONS: [&str; 11] = [
    "FieldManagerConflict",
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
    /// What is wrong with a request as a whole. upstream: metav1.StatusCause without a field
    pub fn whole(reason: &'static str, message: impl Into<String>) -> Self {
        Cause {
            reason,
            field: String::new(),
            message: message.into(),
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
    /// The fields at fault; a cause without a field is about the request as a whole.
    pub causes: Vec<Cause>,
    /// Seconds after which to try again; 0 where trying again is no remedy.
    pub retry_after: u32,
    /// A token with which a list that has expired goes on at the newest revision; empty for everything else.
    pub continue_token: String,
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
            retry_after: 0,
            continue_token: String::new(),
        }
    }

    /// `Timeout: …`
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewTimeoutError
    pub fn timeout(detail: &str, retry_after: u32) -> Self {
        Status {
            retry_after,
            ..Status::new(Reason::Timeout, ["Timeout: ", detail].concat())
        }
    }

    /// `Internal error occurred: …`
    ///
    /// upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewInternalError
    pub fn internal(detail: &str) -> Self {
        let mut status = Status::new(
            Reason::InternalError,
            ["Internal error occurred: ", detail].concat(),
        );
        status.causes.push(Cause::whole("", detail));
        status
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
        // upstream: staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go ToAggregate says nothing twice
        let mut each: Vec<String> = Vec::new();
        for cause in &causes {
            let text = format!("{}: {}", cause.field, cause.message);
            if !each.contains(&text) {
                each.push(text);
            }
        }
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
            name: name.into(),
            group: group.into(),
            kind: kind.into(),
            ..Status::new(
                reason,
                format!("{} {name:?} {text}", qualified(group, kind)),
            )
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
            let causes = self.causes.iter().map(|c| {
                let mut cause = json!({"message": c.message});
                for (key, text) in [("reason", c.reason), ("field", &c.field)] {
                    if !text.is_empty() {
                        cause[key] = text.into();
                    }
                }
                cause
            });
            details["causes"] = Value::Array(causes.collect());
        }
        if self.retry_after > 0 {
            details["retryAfterSeconds"] = self.retry_after.into();
        }
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.reason.code(),
        });
        if self.reason != Reason::Unknown {
            status["reason"] = format!("{:?}", self.reason).into();
        }
        if !self.continue_token.is_empty() {
            status["metadata"]["continue"] = self.continue_token.as_str().into();
        }
        // upstream: of what names no object, only NewGenericServerResponse and NewForbidden leave an empty list of details.
        let generic = matches!(
            self.reason,
            Reason::NotFound | Reason::MethodNotAllowed | Reason::Invalid | Reason::Forbidden
        );
        if generic || details != json!({}) {
            status["details"] = details;
        }
        status
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

    #[test]
    fn details_say_only_what_is_known() {
        let details = |status: &Status| status.to_value()["details"].clone();
        assert_eq!(details(&Status::new(Reason::BadRequest, "no")), Value::Null);
        assert_eq!(details(&Status::new(Reason::NotFound, "no")), json!({}));
        let mut late = Status::timeout("Too late", 1);
        late.causes
            .push(Cause::whole("ResourceVersionTooLarge", "Too large"));
        assert_eq!(late.message, "Timeout: Too late");
        assert_eq!(
            details(&late),
            json!({"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large"}], "retryAfterSeconds": 1})
        );
        assert_eq!(
            details(&Status::internal("gone")),
            json!({"causes": [{"message": "gone"}]})
        );
    }
}
