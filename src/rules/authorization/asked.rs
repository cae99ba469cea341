//! Who asks, and what for, as authorizers see it.

use std::borrow::Cow;

use serde_json::Value;

use super::{items, text, texts};

/// Somebody who asks.
#[derive(Clone, Debug, Default)]
pub struct User<'a> {
    /// As `jane`.
    pub name: &'a str,
    /// All of them.
    pub groups: Vec<Cow<'a, str>>,
}

impl<'a> User<'a> {
    /// From the form that reviews have: `{username, groups}`.
    pub fn read(user: &'a Value) -> Self {
        User {
            name: text(&user["username"]),
            groups: texts(&user["groups"]).into_iter().map(Cow::from).collect(),
        }
    }

    /// Whether they are in a group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|have| have == group)
    }
}

/// A verb, and what it is about.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go Attributes
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked<'a> {
    /// As `list`; the method in lower case for what is no resource.
    pub verb: &'a str,
    /// The API group; empty for the core's.
    pub group: &'a str,
    /// As `pods`.
    pub resource: &'a str,
    /// As `log`; empty for the resource itself.
    pub sub: &'a str,
    /// Empty for all namespaces, and for what has none.
    pub namespace: &'a str,
    /// Empty for all names, and where the name is not known yet.
    pub name: &'a str,
    /// Where it is no resource.
    pub path: Option<&'a str>,
    /// The field selector of a list or watch.
    pub fields: &'a str,
}

impl<'a> Asked<'a> {
    /// What `{method, path, watch, fields}` asks for, whether there is such a resource or not, or what `{verb, group,
    /// resource, sub, namespace, name}` says.
    ///
    /// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo
    pub fn read(request: &'a Value) -> Self {
        let field = |name: &str| text(&request[name]);
        let (method, path) = (field("method"), field("path"));
        if method.is_empty() {
            return Asked {
                verb: field("verb"),
                group: field("group"),
                resource: field("resource"),
                sub: field("sub"),
                namespace: field("namespace"),
                name: field("name"),
                ..Asked::default()
            };
        }
        let no_resource = Asked {
            verb: match method {
                "GET" => "get",
                "POST" => "post",
                "PUT" => "put",
                "PATCH" => "patch",
                _ => "delete",
            },
            path: Some(path),
            ..Asked::default()
        };
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let group = match parts.next() {
            Some("api") => Some(""),
            Some("apis") => parts.next(),
            _ => None,
        };
        let (Some(group), Some(_version), Some(mut resource)) = (group, parts.next(), parts.next())
        else {
            return no_resource;
        };
        let mut name = parts.next().unwrap_or_default();
        let (mut sub, mut namespace) = (parts.next().unwrap_or_default(), "");
        if resource == "namespaces" {
            namespace = name;
            if !matches!(sub, "" | "status" | "finalize") {
                resource = sub;
                name = parts.next().unwrap_or_default();
                sub = parts.next().unwrap_or_default();
            }
        }
        let (mut verb, mut fields) = (no_resource.verb, "");
        match method {
            "GET" if name.is_empty() => {
                fields = field("fields");
                name = exactly(fields, "metadata.name").unwrap_or_default();
                verb = "list";
                if request["watch"].is_string()
                    && !matches!(field("watch"), "0" | "f" | "false" | "False")
                {
                    verb = "watch";
                }
            }
            "POST" => verb = "create",
            "PUT" => verb = "update",
            "DELETE" if name.is_empty() => verb = "deletecollection",
            _ => {}
        }
        Asked {
            verb,
            group,
            resource,
            sub,
            namespace,
            name,
            path: None,
            fields,
        }
    }

    /// As `pods/log`.
    pub fn combined(&self) -> String {
        match self.sub {
            "" => self.resource.into(),
            sub => [self.resource, sub].join("/"),
        }
    }
}

/// The value that a field selector demands of a field.
pub fn exactly<'a>(selector: &'a str, field: &str) -> Option<&'a str> {
    let mut terms = selector.split(',');
    terms.find_map(|term| {
        let value = term.strip_prefix(field)?.strip_prefix('=')?;
        Some(value.strip_prefix('=').unwrap_or(value))
    })
}

/// The pods of what is asked, where a node asks.
pub fn pods(request: &Value) -> &[Value] {
    items(&request["pods"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_taken_apart_as_upstream_does() {
        let of = |text: &str| {
            let mut words = text.split(' ');
            let mut next = || words.next();
            let (method, path, watch, fields) = (next(), next(), next(), next());
            let request = json!({"method": method, "path": path, "watch": watch.filter(|w| *w != "-"), "fields": fields});
            let asked = Asked::read(&request);
            let (verb, what) = (asked.verb, asked.combined());
            match asked.path {
                Some(path) => format!("{verb} {path}"),
                None => format!(
                    "{verb} {what} {:?} {:?} {:?}",
                    asked.group, asked.namespace, asked.name
                ),
            }
        };
        for (request, means) in [
            ("GET /version", "get /version"),
            ("POST /x", "post /x"),
            ("GET /api/v1", "get /api/v1"),
            ("GET /apis/apps/v1", "get /apis/apps/v1"),
            ("GET /apis/apps", "get /apis/apps"),
            ("GET /api/v1/pods", r#"list pods "" "" """#),
            ("GET /api/v1/pods true", r#"watch pods "" "" """#),
            ("GET /api/v1/pods 1", r#"watch pods "" "" """#),
            ("GET /api/v1/pods false", r#"list pods "" "" """#),
            (
                "GET /api/v1/pods - spec.nodeName=a,metadata.name=web",
                r#"list pods "" "" "web""#,
            ),
            ("GET /api/v1/namespaces", r#"list namespaces "" "" """#),
            (
                "GET /api/v1/namespaces/shop",
                r#"get namespaces "" "shop" "shop""#,
            ),
            (
                "PUT /api/v1/namespaces/shop/finalize",
                r#"update namespaces/finalize "" "shop" "shop""#,
            ),
            (
                "GET /api/v1/namespaces/shop/pods",
                r#"list pods "" "shop" """#,
            ),
            (
                "POST /api/v1/namespaces/shop/pods",
                r#"create pods "" "shop" """#,
            ),
            (
                "POST /api/v1/namespaces/shop/pods/web/exec",
                r#"create pods/exec "" "shop" "web""#,
            ),
            (
                "GET /api/v1/namespaces/shop/pods/web/exec",
                r#"get pods/exec "" "shop" "web""#,
            ),
            (
                "PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale",
                r#"patch deployments/scale "apps" "shop" "web""#,
            ),
            (
                "DELETE /apis/apps/v1/namespaces/shop/deployments",
                r#"deletecollection deployments "apps" "shop" """#,
            ),
            (
                "DELETE /apis/no.such/v9/things/a",
                r#"delete things "no.such" "" "a""#,
            ),
        ] {
            assert_eq!(of(request), means, "{request}");
        }
    }
}
