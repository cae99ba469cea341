//! What goes wrong, in kubectl's words.

use podarium_cluster::Response;

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
    /// `Invalid`, `NotFound` …
    pub reason: String,
    /// The sentence.
    pub message: String,
    /// The kind that an `Invalid` is about.
    pub kind: String,
    /// The object.
    pub name: String,
    /// The fields at fault, each with its sentence.
    pub causes: Vec<(String, String)>,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// kubectl itself refuses.
    Local(String),
    /// The server refuses.
    Server {
        /// What was being done, as `creating "web.yaml"`; empty for nothing with a file.
        doing: String,
        /// What it said.
        error: ServerError,
    },
}

impl Failure {
    /// A refusal of the server while something was done with a file.
    // upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go AddSourceToErr
    pub fn server(doing: &str, source: &str, response: &Response) -> Self {
        let doing = if source.is_empty() {
            String::new()
        } else {
            format!("{doing} {source:?}")
        };
        let value = response.value();
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let details = &value["details"];
        let detail = |field: &str| details[field].as_str().unwrap_or_default().to_owned();
        let mut kind = detail("kind");
        let group = detail("group");
        if text("reason") != "Invalid" && !group.is_empty() {
            kind = format!("{kind}.{group}");
        }
        let causes = details["causes"].as_array();
        let causes = causes.into_iter().flatten().map(|cause| {
            let part = |field: &str| cause[field].as_str().unwrap_or_default().to_owned();
            (part("field"), part("message"))
        });
        Failure::Server {
            doing,
            error: ServerError {
                reason: text("reason"),
                message: text("message"),
                kind,
                name: detail("name"),
                causes: causes.collect(),
            },
        }
    }

    /// The sentence, with what was being done.
    pub fn sentence(&self) -> String {
        match self {
            Failure::Local(text) => text.clone(),
            Failure::Server { doing, error } if doing.is_empty() => error.message.clone(),
            Failure::Server { doing, error } => {
                format!("error when {doing}: {}", error.message)
            }
        }
    }

    /// As kubectl prints it among others.
    // upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go StandardErrorMessage
    fn among_others(&self) -> String {
        match self {
            Failure::Local(text) => format!("error: {text}"),
            Failure::Server { error, .. } if error.reason.is_empty() => {
                format!("Error from server: {}", self.sentence())
            }
            Failure::Server { error, .. } => {
                format!("Error from server ({}): {}", error.reason, self.sentence())
            }
        }
    }

    /// As kubectl prints it when it is the only one: what is invalid is listed by field.
    // upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go checkErr, MultilineError
    fn alone(&self) -> String {
        let Failure::Server { error, .. } = self else {
            return self.among_others();
        };
        if error.reason != "Invalid" {
            return self.among_others();
        }
        let mut text = "The request is invalid".to_owned();
        if !error.kind.is_empty() || !error.name.is_empty() {
            text = format!("The {} {:?} is invalid", error.kind, error.name);
        } else if error.causes.is_empty() {
            return format!("{text}: {}", error.message);
        }
        let mut causes: Vec<String> = Vec::new();
        for (field, message) in &error.causes {
            let cause = format!("{field}: {message}");
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        match causes.as_slice() {
            [] => text,
            [one] => format!("{text}: {one}"),
            many => {
                let each: Vec<_> = many.iter().map(|c| format!("\n* {c}")).collect();
                format!("{text}: {}", each.concat())
            }
        }
    }
}

/// All failures of one command, as kubectl prints them.
pub fn print(failures: &[&Failure]) -> Vec<String> {
    match failures {
        [one] => vec![one.alone()],
        many => many.iter().map(|f| f.among_others()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use podarium_api::status::{Cause, Status};

    fn invalid(causes: Vec<Cause>) -> Failure {
        let status = Status::invalid("apps", "Deployment", "web", causes);
        Failure::server("creating", "web.yaml", &Response::status(&status))
    }

    #[test]
    fn one_and_many() {
        let one = invalid(vec![Cause::required("spec.template", "")]);
        let two = invalid(vec![
            Cause::required("spec.template", ""),
            Cause::required("spec.selector", ""),
        ]);
        let missing = Status::not_found("", "namespaces", "shop");
        let missing = Failure::server("creating", "web.yaml", &Response::status(&missing));
        let local = Failure::Local("no".into());
        expect![[r#"
            The Deployment "web" is invalid: spec.template: Required value"#]]
        .assert_eq(&print(&[&one]).join("\n"));
        expect![[r#"
            The Deployment "web" is invalid: 
            * spec.template: Required value
            * spec.selector: Required value"#]]
        .assert_eq(&print(&[&two]).join("\n"));
        expect![[r#"
            Error from server (Invalid): error when creating "web.yaml": Deployment.apps "web" is invalid: spec.template: Required value
            Error from server (NotFound): error when creating "web.yaml": namespaces "shop" not found
            error: no"#]]
        .assert_eq(&print(&[&one, &missing, &local]).join("\n"));
    }
}
