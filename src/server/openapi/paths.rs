//! The paths of a group's version and what may be done there, from what discovery says of it.
// upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go registerResourceHandlers

use serde_json::{Map, Value, json};

use super::schemas::{Schemas, reference};

const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";
const FORMS: [&str; 2] = ["application/json", "application/yaml"];

/// A group's version: its resources as discovery lists them, and how its schemas are called.
pub struct Version<'a> {
    pub group: &'a str,
    pub version: &'a str,
    pub resources: &'a [Value],
    /// Whether strategic merge patches are taken.
    pub strategic: bool,
    /// The schema of a kind.
    pub schema: &'a dyn Fn(&str, &str, &str) -> Option<String>,
}

impl Version<'_> {
    /// `/api/v1`, `/apis/apps/v1`
    pub fn root(&self) -> String {
        if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        }
    }

    /// `CoreV1`, `RbacAuthorizationV1`
    fn title(&self) -> String {
        let group = self.group.strip_suffix(".k8s.io").unwrap_or(self.group);
        let group = if group.is_empty() { "core" } else { group };
        let parts = group.split(['.', '-']).chain([self.version]);
        parts.map(capital).collect()
    }

    fn tag(&self) -> String {
        let group = self.group.strip_suffix(".k8s.io").unwrap_or(self.group);
        let group = if group.is_empty() { "core" } else { group };
        let (first, rest) = group.split_once('.').unwrap_or((group, ""));
        let rest: String = rest
            .split('.')
            .filter(|part| !part.is_empty())
            .map(capital)
            .collect();
        format!("{first}{rest}_{}", self.version)
    }

    /// All paths.
    pub fn paths(&self) -> Map<String, Value> {
        let mut paths = Map::new();
        let root = self.root();
        let description = "get available resources";
        let id = format!("get{}APIResources", self.title());
        let mut get = self.operation(&id, description);
        get["responses"] = responses(&[200], &format!("{META}APIResourceList"));
        paths.insert(format!("{root}/"), json!({"get": get}));
        for resource in self.resources {
            self.resource(resource, &mut paths);
        }
        paths
    }

    fn operation(&self, id: &str, description: &str) -> Value {
        json!({"operationId": id, "description": description, "tags": [self.tag()]})
    }

    fn resource(&self, resource: &Value, paths: &mut Map<String, Value>) {
        let text = |field: &str| resource[field].as_str().unwrap_or_default();
        let namespaced = resource["namespaced"] == true;
        let (plural, sub) = text("name").split_once('/').unwrap_or((text("name"), ""));
        let (mut group, mut version, kind) = (text("group"), text("version"), text("kind"));
        if version.is_empty() {
            (group, version) = (self.group, self.version);
        }
        let owner = self.resources.iter().find(|r| r["name"] == plural);
        let owner = owner.and_then(|r| r["kind"].as_str()).unwrap_or(kind);
        let place = Place {
            of: self,
            gvk: json!({"group": group, "version": version, "kind": kind}),
            schema: (self.schema)(group, version, kind),
            list: (self.schema)(group, version, &format!("{kind}List")),
            kind,
            id: [
                self.title(),
                if namespaced { "Namespaced" } else { "" }.to_owned(),
                owner.to_owned(),
                sub.split('/').map(capital).collect(),
            ]
            .concat(),
        };
        let within = if namespaced {
            "/namespaces/{namespace}"
        } else {
            ""
        };
        let root = self.root();
        let has = |verb: &str| {
            resource["verbs"]
                .as_array()
                .is_some_and(|v| v.iter().any(|v| v == verb))
        };
        let mut collection = Map::new();
        let mut one = Map::new();
        if !sub.is_empty() && place.schema.is_none() {
            for (verb, method) in [
                ("get", "get"),
                ("create", "post"),
                ("update", "put"),
                ("patch", "patch"),
                ("delete", "delete"),
            ] {
                if has(verb) {
                    one.insert(method.into(), place.connect(method));
                }
            }
        } else {
            for (verb, method) in [
                ("get", "get"),
                ("update", "put"),
                ("patch", "patch"),
                ("delete", "delete"),
            ] {
                if has(verb) {
                    one.insert(method.into(), place.act(method));
                }
            }
            if has("create") {
                let there = if sub.is_empty() {
                    &mut collection
                } else {
                    &mut one
                };
                there.insert("post".into(), place.act("post"));
            }
            if has("list") {
                collection.insert("get".into(), place.list(""));
            }
            if has("deletecollection") {
                collection.insert("delete".into(), place.delete_collection());
            }
        }
        let mut common = Vec::new();
        if namespaced {
            common.push(in_path(
                "namespace",
                "object name and auth scope, such as for teams and projects",
            ));
        }
        let pretty = query(
            "pretty",
            "string",
            "whether the answer is indented, for people",
        );
        let mut insert =
            |path: String, mut item: Map<String, Value>, mut parameters: Vec<Value>| {
                if !item.is_empty() {
                    parameters.push(pretty.clone());
                    item.insert("parameters".into(), parameters.into());
                    paths.insert(path, item.into());
                }
            };
        if sub.is_empty() {
            insert(
                format!("{root}{within}/{plural}"),
                collection,
                common.clone(),
            );
            if namespaced && has("list") {
                let mut all = Map::new();
                all.insert("get".into(), place.list("ForAllNamespaces"));
                insert(format!("{root}/{plural}"), all, Vec::new());
            }
            // What only passes through is created, and at no place in particular.
        }
        common.insert(0, in_path("name", &format!("name of the {kind}")));
        let tail = if sub.is_empty() {
            String::new()
        } else {
            format!("/{sub}")
        };
        insert(
            format!("{root}{within}/{plural}/{{name}}{tail}"),
            one,
            common,
        );
    }
}

/// A resource or subresource, whose operations are made.
struct Place<'a> {
    of: &'a Version<'a>,
    gvk: Value,
    kind: &'a str,
    schema: Option<String>,
    list: Option<String>,
    id: String,
}

impl Place<'_> {
    fn operation(&self, verb: &str, action: &str, description: &str) -> Value {
        let mut value = self
            .of
            .operation(&format!("{verb}{}", self.id), description);
        value["x-kubernetes-action"] = action.into();
        value["x-kubernetes-group-version-kind"] = self.gvk.clone();
        value
    }

    fn act(&self, method: &str) -> Value {
        let kind = self.kind;
        let schema = self.schema.as_deref().unwrap_or_default();
        let status = format!("{META}Status");
        match method {
            "get" => {
                let mut value =
                    self.operation("read", "get", &format!("read the specified {kind}"));
                value["responses"] = responses(&[200], schema);
                value
            }
            "post" => {
                let mut value = self.operation("create", "post", &format!("create a {kind}"));
                value["parameters"] = writing(false).into();
                value["requestBody"] = body(&["*/*"], schema, true);
                value["responses"] = responses(&[200, 201, 202], schema);
                value
            }
            "put" => {
                let mut value =
                    self.operation("replace", "put", &format!("replace the specified {kind}"));
                value["parameters"] = writing(false).into();
                value["requestBody"] = body(&["*/*"], schema, true);
                value["responses"] = responses(&[200, 201], schema);
                value
            }
            "patch" => {
                let mut value = self.operation(
                    "patch",
                    "patch",
                    &format!("partially update the specified {kind}"),
                );
                value["parameters"] = writing(true).into();
                let mut forms = vec![
                    "application/apply-patch+yaml",
                    "application/json-patch+json",
                    "application/merge-patch+json",
                ];
                if self.of.strategic {
                    forms.push("application/strategic-merge-patch+json");
                }
                value["requestBody"] = body(&forms, &format!("{META}Patch"), true);
                value["responses"] = responses(&[200, 201], schema);
                value
            }
            _ => {
                let mut value = self.operation("delete", "delete", &format!("delete a {kind}"));
                value["parameters"] = deleting().into();
                value["requestBody"] = body(&["*/*"], &format!("{META}DeleteOptions"), false);
                // upstream: what goes at once is answered by what it was, for the kinds that say so.
                let whole = [
                    "Pod",
                    "Service",
                    "ServiceAccount",
                    "PersistentVolumeClaim",
                    "PersistentVolume",
                    "ResourceQuota",
                    "PodTemplate",
                ];
                let answer = if whole.contains(&kind) {
                    schema
                } else {
                    &status
                };
                value["responses"] = responses(&[200, 202], answer);
                value
            }
        }
    }

    fn list(&self, across: &str) -> Value {
        let id = if across.is_empty() {
            format!("list{}", self.id)
        } else {
            format!("list{}{across}", self.id.replacen("Namespaced", "", 1))
        };
        let mut value = self.operation(
            "list",
            "list",
            &format!("list or watch objects of kind {}", self.kind),
        );
        value["operationId"] = id.into();
        value["parameters"] = listing().into();
        let forms = [
            "application/json",
            "application/json;stream=watch",
            "application/yaml",
        ];
        let schema = reference(self.list.as_deref().unwrap_or_default());
        let content: Map<String, Value> = forms
            .iter()
            .map(|form| ((*form).to_owned(), json!({"schema": schema})))
            .collect();
        value["responses"] = json!({"200": {"description": "OK", "content": content}, "401": {"description": "Unauthorized"}});
        value
    }

    fn delete_collection(&self) -> Value {
        let mut value = self.operation(
            "deleteCollection",
            "deletecollection",
            &format!("delete collection of {}", self.kind),
        );
        let mut parameters = deleting();
        parameters.extend(listing().into_iter().filter(|p| {
            let name = p["name"].as_str().unwrap_or_default();
            !["watch", "allowWatchBookmarks"].contains(&name)
        }));
        value["parameters"] = parameters.into();
        value["requestBody"] = body(&["*/*"], &format!("{META}DeleteOptions"), false);
        value["responses"] = responses(&[200], &format!("{META}Status"));
        value
    }

    /// A stream or a proxy.
    fn connect(&self, method: &str) -> Value {
        let verb = capital(method);
        let title = self.of.title();
        let rest = self.id.strip_prefix(&title).unwrap_or(&self.id);
        let mut value = self.operation(
            "connect",
            "connect",
            &format!(
                "connect {} requests to {}",
                method.to_uppercase(),
                self.kind
            ),
        );
        value["operationId"] = format!("connect{title}{verb}{rest}").into();
        let text = json!({"*/*": {"schema": {"type": "string"}}});
        value["responses"] = json!({"200": {"description": "OK", "content": text}, "401": {"description": "Unauthorized"}});
        value
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn responses(codes: &[u16], schema: &str) -> Value {
    let mut out = Map::new();
    for code in codes {
        let said = match code {
            200 => "OK",
            201 => "Created",
            _ => "Accepted",
        };
        let content: Map<String, Value> = FORMS
            .iter()
            .map(|form| ((*form).to_owned(), json!({"schema": reference(schema)})))
            .collect();
        out.insert(
            code.to_string(),
            json!({"description": said, "content": content}),
        );
    }
    out.insert("401".into(), json!({"description": "Unauthorized"}));
    out.into()
}

fn body(forms: &[&str], schema: &str, required: bool) -> Value {
    let content: Map<String, Value> = forms
        .iter()
        .map(|form| ((*form).to_owned(), json!({"schema": reference(schema)})))
        .collect();
    let mut value = json!({"content": content});
    if required {
        value["required"] = true.into();
    }
    value
}

fn in_path(name: &str, description: &str) -> Value {
    json!({
        "name": name, "in": "path", "description": description, "required": true,
        "schema": {"type": "string", "uniqueItems": true},
    })
}

fn query(name: &str, kind: &str, description: &str) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": {"type": kind, "uniqueItems": true}})
}

fn writing(patch: bool) -> Vec<Value> {
    let mut out = vec![
        query("dryRun", "string", "All: everything is done but storing"),
        query(
            "fieldManager",
            "string",
            "who is said to own the fields that are set",
        ),
        query(
            "fieldValidation",
            "string",
            "what unknown and duplicate fields come to: Ignore, Warn or Strict",
        ),
    ];
    if patch {
        out.push(query(
            "force",
            "boolean",
            "whether an apply takes fields over that others own",
        ));
    }
    out
}

fn deleting() -> Vec<Value> {
    vec![
        query("dryRun", "string", "All: everything is done but storing"),
        query(
            "gracePeriodSeconds",
            "integer",
            "seconds before the object goes; zero is at once",
        ),
        query(
            "orphanDependents",
            "boolean",
            "deprecated: see propagationPolicy",
        ),
        query(
            "propagationPolicy",
            "string",
            "what becomes of what the object owns: Orphan, Background or Foreground",
        ),
    ]
}

fn listing() -> Vec<Value> {
    vec![
        query(
            "allowWatchBookmarks",
            "boolean",
            "whether a watch may send bookmarks",
        ),
        query(
            "continue",
            "string",
            "where the list goes on, as the page before said",
        ),
        query("fieldSelector", "string", "a selector by fields"),
        query("labelSelector", "string", "a selector by labels"),
        query("limit", "integer", "how many objects at most"),
        query(
            "resourceVersion",
            "string",
            "the revision that is asked for",
        ),
        query(
            "resourceVersionMatch",
            "string",
            "how the revision is meant: Exact or NotOlderThan",
        ),
        query(
            "sendInitialEvents",
            "boolean",
            "whether a watch begins with what there is",
        ),
        query(
            "timeoutSeconds",
            "integer",
            "how long a list or watch lasts at most",
        ),
        query(
            "watch",
            "boolean",
            "whether changes follow, instead of a list",
        ),
    ]
}

/// The schema of a built-in kind.
pub fn built_in(schemas: &Schemas, group: &str, version: &str, kind: &str) -> Option<String> {
    let api_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    schemas.of_kind(&api_version, kind).map(str::to_owned)
}
