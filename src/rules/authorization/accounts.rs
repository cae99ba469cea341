//! Service accounts: tokens for them, and whose a token is.
// upstream: pkg/registry/core/serviceaccount/storage/token.go, pkg/serviceaccount/claims.go

use podarium_api::meta::Time;
use podarium_api::time::EPOCH_UNIX_MS;
use serde_json::{Value, json};

use super::{bad_request, nameless, text, texts, token};
use crate::errors::Errors;
use crate::field::Field;
use crate::validation;

const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";
const POD_NAME: &str = "authentication.kubernetes.io/pod-name";
/// So long after its deletion an object still vouches for a token: clocks differ.
const LEEWAY_SECONDS: i64 = 60;
/// What a token may be bound to beside its account, as claims name it.
const BOUND: [(&str, &str); 3] = [("Pod", "pod"), ("Secret", "secret"), ("Node", "node")];

/// Answers what needs objects to be looked up: `{wants: [[kind, namespace, name]…]}` as long as they are not among what is
/// asked (`found`, null for what is not there), then `{object}`, `{user, audiences}` or `{refused}`.
///
/// What is asked is `{kind, key, micros, uid, found}`, and `{object, namespace, name}` of a TokenRequest, `{object}` of a
/// TokenReview, `{token}` otherwise.
pub fn answer(asked: &Value) -> Value {
    let answer = match text(&asked["kind"]) {
        "TokenRequest" => request(asked),
        "TokenReview" => review(asked),
        _ => authenticate(asked, text(&asked["token"]), &[])
            .map_err(|message| json!({"reason": "Unauthorized", "message": message})),
    };
    answer.unwrap_or_else(|refusal| json!({"refused": refusal}))
}

fn seconds(micros: &Value) -> i64 {
    EPOCH_UNIX_MS / 1_000 + micros.as_i64().unwrap_or_default() / 1_000_000
}

fn request(asked: &Value) -> Result<Value, Value> {
    let (namespace, name) = (text(&asked["namespace"]), text(&asked["name"]));
    let mut object = asked["object"].clone();
    if object["spec"]["expirationSeconds"].is_null() {
        object["spec"]["expirationSeconds"] = 3_600.into();
    }
    let reference = object["spec"]["boundObjectRef"].take();
    let (version, kind) = (text(&reference["apiVersion"]), text(&reference["kind"]));
    let known = BOUND.iter().find(|(known, _)| *known == kind);
    let bound = known.filter(|_| !version.contains('/'));
    let Some(found) = asked["found"].as_array() else {
        let mut wants = json!([["ServiceAccount", namespace, name]]);
        if bound.is_some() {
            let namespace = if kind == "Node" { "" } else { namespace };
            let more = json!([kind, namespace, reference["name"]]);
            wants.as_array_mut().expect("a list").push(more);
        }
        return Ok(json!({"wants": wants}));
    };
    let account = &found[0];
    if account.is_null() {
        return Err(missing("serviceaccounts", name));
    }
    let mut errors = Errors::default();
    validation::authorization::token_request(&Field::root(&object), &mut errors);
    if !errors.is_empty() {
        return Err(errors.refused("authentication.k8s.io", "TokenRequest", ""));
    }
    let named = |meta: &Value| json!({"name": meta["name"], "uid": meta["uid"]});
    let mut claims = json!({
        "namespace": namespace, "serviceaccount": named(&account["metadata"]),
    });
    match (reference.is_object(), bound) {
        (false, _) => {}
        (true, None) => {
            let (group, version) = version.split_once('/').unwrap_or(("", version));
            let text =
                format!("cannot bind token to object of type {group}/{version}, Kind={kind}");
            return Err(bad_request(text));
        }
        (true, Some((_, claim))) => {
            let (there, to) = (&found[1], text(&reference["name"]));
            if there.is_null() {
                return Err(missing(&[claim, "s"].concat(), to));
            }
            let runs_as = text(&there["spec"]["serviceAccountName"]);
            if kind == "Pod" && runs_as != name {
                return Err(bad_request(format!(
                    "cannot bind token for serviceaccount {name:?} to pod running with serviceaccount {runs_as:?}"
                )));
            }
            let (uid, have) = (text(&reference["uid"]), text(&there["metadata"]["uid"]));
            if !uid.is_empty() && uid != have {
                let message = format!(
                    "Operation cannot be fulfilled on {kind} {to:?}: the UID in the bound object reference ({uid}) does \
                     not match the UID in record ({have}). The object might have been deleted and then recreated"
                );
                return Err(
                    json!({"reason": "Conflict", "message": message, "kind": kind, "name": to}),
                );
            }
            claims[*claim] = named(&there["metadata"]);
        }
    }
    if texts(&object["spec"]["audiences"]).is_empty() {
        object["spec"]["audiences"] = json!([ISSUER]);
    }
    let lasts = object["spec"]["expirationSeconds"]
        .as_i64()
        .unwrap_or_default();
    let now = seconds(&asked["micros"]);
    let claims = json!({
        "aud": object["spec"]["audiences"], "exp": now + lasts, "iat": now, "iss": ISSUER, "jti": asked["uid"],
        "kubernetes.io": claims, "nbf": now, "sub": format!("system:serviceaccount:{namespace}:{name}"),
    });
    let micros = asked["micros"].as_u64().unwrap_or_default();
    let stamp = |after: i64| Time(micros + after.unsigned_abs() * 1_000_000).to_rfc3339();
    object["spec"]["boundObjectRef"] = reference;
    object["metadata"] = json!({
        "name": name, "namespace": namespace, "creationTimestamp": stamp(0),
    });
    object["status"] = json!({
        "token": token::issue(&claims, text(&asked["key"])), "expirationTimestamp": stamp(lasts),
    });
    Ok(json!({"object": object}))
}

fn missing(resource: &str, name: &str) -> Value {
    let message = format!("{resource} {name:?} not found");
    json!({"reason": "NotFound", "message": message, "kind": resource, "name": name})
}

/// upstream: pkg/registry/authentication/tokenreview/storage.go Create
fn review(asked: &Value) -> Result<Value, Value> {
    let mut object = nameless(&asked["object"]);
    let token = text(&asked["object"]["spec"]["token"]);
    if token.is_empty() {
        let text = "token is required for TokenReview in authentication";
        return Err(bad_request(text.into()));
    }
    let audiences = texts(&asked["object"]["spec"]["audiences"]);
    object["status"] = match authenticate(asked, token, &audiences) {
        Ok(answer) if answer["wants"].is_array() => return Ok(answer),
        Ok(answer) => json!({
            "authenticated": true, "user": answer["user"], "audiences": answer["audiences"],
        }),
        Err(error) => json!({"user": {}, "error": error}),
    };
    Ok(json!({"object": object}))
}

/// Whose token it is, if it is for one of these; for the API server where none are said.
fn authenticate(asked: &Value, token: &str, audiences: &[&str]) -> Result<Value, String> {
    let bad = |text: &str| format!("[invalid bearer token, {text}]");
    let Some(claims) = token::read(token, text(&asked["key"])) else {
        return Err("invalid bearer token".into());
    };
    let ours = if audiences.is_empty() {
        &[ISSUER][..]
    } else {
        audiences
    };
    let has = texts(&claims["aud"]);
    let fits: Vec<_> = has.iter().filter(|aud| ours.contains(*aud)).collect();
    if fits.is_empty() {
        return Err(bad(&format!(
            "token audiences {has:?} is invalid for the target audiences {ours:?}"
        )
        .replace(", \"", " \"")));
    }
    let now = seconds(&asked["micros"]);
    if claims["exp"]
        .as_i64()
        .is_some_and(|end| now > end + LEEWAY_SECONDS)
    {
        return Err(bad("service account token has expired"));
    }
    let own = &claims["kubernetes.io"];
    let namespace = text(&own["namespace"]);
    let bound: Vec<_> = BOUND
        .iter()
        .filter(|(_, claim)| own[*claim].is_object())
        .collect();
    let Some(found) = asked["found"].as_array() else {
        let mut wants = vec![json!([
            "ServiceAccount",
            namespace,
            own["serviceaccount"]["name"]
        ])];
        wants.extend(bound.iter().map(|(kind, claim)| {
            let namespace = if *kind == "Node" { "" } else { namespace };
            json!([kind, namespace, own[*claim]["name"]])
        }));
        return Ok(json!({"wants": wants}));
    };
    let account = text(&own["serviceaccount"]["name"]);
    let uid = |object: &Value| object["metadata"]["uid"].clone();
    let gone = |object: &Value| {
        let deleted = Time::parse(text(&object["metadata"]["deletionTimestamp"]));
        deleted.is_some_and(|at| seconds(&(at.0.into())) < now - LEEWAY_SECONDS)
    };
    if found[0].is_null() {
        return Err(bad(&format!("serviceaccounts {account:?} not found")));
    }
    if gone(&found[0]) {
        return Err(bad(&format!(
            "service account {namespace}/{account} has been deleted"
        )));
    }
    if uid(&found[0]) != own["serviceaccount"]["uid"] {
        return Err(bad(&format!(
            "service account UID ({}) does not match claim ({})",
            text(&uid(&found[0])),
            text(&own["serviceaccount"]["uid"])
        )));
    }
    for ((_, claim), object) in bound.iter().zip(&found[1..]) {
        if object.is_null() || gone(object) {
            return Err(bad("service account token has been invalidated"));
        }
        if uid(object) != own[*claim]["uid"] {
            return Err(bad(&format!(
                "{claim} UID ({}) does not match service account {claim} ref claim ({})",
                text(&uid(object)),
                text(&own[*claim]["uid"])
            )));
        }
    }
    let mut extra = json!({
        "authentication.kubernetes.io/credential-id": [format!("JTI={}", text(&claims["jti"]))],
    });
    for (claim, name) in [
        ("pod", POD_NAME),
        ("node", "authentication.kubernetes.io/node-name"),
    ] {
        if own[claim].is_object() {
            extra[name] = json!([own[claim]["name"]]);
            extra[name.replace("-name", "-uid")] = json!([own[claim]["uid"]]);
        }
    }
    let groups = json!([
        "system:serviceaccounts",
        format!("system:serviceaccounts:{namespace}"),
        "system:authenticated",
    ]);
    let user = json!({
        "username": claims["sub"], "uid": own["serviceaccount"]["uid"], "groups": groups, "extra": extra,
    });
    Ok(json!({"user": user, "audiences": fits}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn thing(name: &str, uid: &str) -> Value {
        json!({"metadata": {"name": name, "namespace": "shop", "uid": uid}})
    }

    fn pod(account: &str) -> Value {
        json!({"metadata": {"name": "web", "uid": "p1"}, "spec": {"serviceAccountName": account}})
    }

    fn request(spec: Value, found: Value) -> Value {
        answer(&json!({
            "kind": "TokenRequest", "key": "k", "micros": 7_000_000, "uid": "u-u", "namespace": "shop", "name": "builder",
            "object": {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}, "found": found,
        }))
    }

    #[test]
    fn a_token_says_whose_it_is_and_for_how_long() {
        let reference =
            json!({"boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "web"}});
        let wants = request(reference.clone(), Value::Null);
        assert_eq!(
            wants,
            json!({"wants": [["ServiceAccount", "shop", "builder"], ["Pod", "shop", "web"]]})
        );
        let mut made = request(reference, json!([thing("builder", "s1"), pod("builder")]));
        let token = made["object"]["status"]["token"].take();
        expect![[r#"{"object":{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","metadata":{"creationTimestamp":"2026-01-01T00:00:07Z","name":"builder","namespace":"shop"},"spec":{"audiences":["https://kubernetes.default.svc.cluster.local"],"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"web"},"expirationSeconds":3600},"status":{"expirationTimestamp":"2026-01-01T01:00:07Z","token":null}}}"#]].assert_eq(&made.to_string());
        let claims = token::read(text(&token), "k").unwrap();
        expect![[r#"{"aud":["https://kubernetes.default.svc.cluster.local"],"exp":1767229207,"iat":1767225607,"iss":"https://kubernetes.default.svc.cluster.local","jti":"u-u","kubernetes.io":{"namespace":"shop","pod":{"name":"web","uid":"p1"},"serviceaccount":{"name":"builder","uid":"s1"}},"nbf":1767225607,"sub":"system:serviceaccount:shop:builder"}"#]].assert_eq(&claims.to_string());
        // Whose it is, as long as all of that is there.
        let mut said = String::new();
        for (micros, found) in [
            (
                8_000_000_u64,
                json!([thing("builder", "s1"), pod("builder")]),
            ),
            (
                3_670_000_000,
                json!([thing("builder", "s1"), pod("builder")]),
            ),
            (8_000_000, json!([null, pod("builder")])),
            (8_000_000, json!([thing("builder", "s2"), pod("builder")])),
            (8_000_000, json!([thing("builder", "s1"), null])),
            (
                8_000_000,
                json!([thing("builder", "s1"), thing("web", "p2")]),
            ),
        ] {
            let asked = json!({"key": "k", "token": token, "micros": micros, "found": found});
            said += &format!("{}\n", answer(&asked));
        }
        let review = |spec: Value, found: Value| {
            answer(
                &json!({"kind": "TokenReview", "key": "k", "micros": 8, "object": {"spec": spec}, "found": found}),
            )
        };
        let found = json!([thing("builder", "s1"), pod("builder")]);
        let asked = |audience: &str| json!({"token": token, "audiences": [audience]});
        let status =
            |answer: Value| format!("{} {}\n", answer["object"]["status"], answer["refused"]);
        said += &status(review(asked(ISSUER), found.clone()));
        said += &status(review(asked("vault"), found.clone()));
        said += &status(review(json!({"token": "x"}), found.clone()));
        said += &status(review(json!({}), found));
        expect![[r#"
            {"audiences":["https://kubernetes.default.svc.cluster.local"],"user":{"extra":{"authentication.kubernetes.io/credential-id":["JTI=u-u"],"authentication.kubernetes.io/pod-name":["web"],"authentication.kubernetes.io/pod-uid":["p1"]},"groups":["system:serviceaccounts","system:serviceaccounts:shop","system:authenticated"],"uid":"s1","username":"system:serviceaccount:shop:builder"}}
            {"refused":{"message":"[invalid bearer token, service account token has expired]","reason":"Unauthorized"}}
            {"refused":{"message":"[invalid bearer token, serviceaccounts \"builder\" not found]","reason":"Unauthorized"}}
            {"refused":{"message":"[invalid bearer token, service account UID (s2) does not match claim (s1)]","reason":"Unauthorized"}}
            {"refused":{"message":"[invalid bearer token, service account token has been invalidated]","reason":"Unauthorized"}}
            {"refused":{"message":"[invalid bearer token, pod UID (p2) does not match service account pod ref claim (p1)]","reason":"Unauthorized"}}
            {"audiences":["https://kubernetes.default.svc.cluster.local"],"authenticated":true,"user":{"extra":{"authentication.kubernetes.io/credential-id":["JTI=u-u"],"authentication.kubernetes.io/pod-name":["web"],"authentication.kubernetes.io/pod-uid":["p1"]},"groups":["system:serviceaccounts","system:serviceaccounts:shop","system:authenticated"],"uid":"s1","username":"system:serviceaccount:shop:builder"}} null
            {"error":"[invalid bearer token, token audiences [\"https://kubernetes.default.svc.cluster.local\"] is invalid for the target audiences [\"vault\"]]","user":{}} null
            {"error":"invalid bearer token","user":{}} null
            null {"message":"token is required for TokenReview in authentication","reason":"BadRequest"}
        "#]].assert_eq(&said);
    }

    #[test]
    fn what_no_token_is_given_for() {
        let bound = |kind: &str, uid: &str| json!({"boundObjectRef": {"apiVersion": "v1", "kind": kind, "name": "web", "uid": uid}});
        let account = thing("builder", "s1");
        let mut said = String::new();
        for (spec, found) in [
            (json!({}), json!([null])),
            (json!({"expirationSeconds": 599}), json!([account])),
            (json!({"expirationSeconds": 1_u64 << 33}), json!([account])),
            (bound("ConfigMap", ""), json!([account])),
            (bound("Secret", ""), json!([account, null])),
            (bound("Pod", ""), json!([account, pod("default")])),
            (bound("Pod", "p2"), json!([account, pod("builder")])),
        ] {
            said += &format!("{}\n", request(spec, found)["refused"]);
        }
        expect![[r#"
            {"kind":"serviceaccounts","message":"serviceaccounts \"builder\" not found","name":"builder","reason":"NotFound"}
            {"causes":[{"field":"spec.expirationSeconds","message":"Invalid value: 599: may not specify a duration less than 10 minutes","reason":"FieldValueInvalid"}],"group":"authentication.k8s.io","kind":"TokenRequest","message":"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes","name":"","reason":"Invalid"}
            {"causes":[{"field":"spec.expirationSeconds","message":"Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds","reason":"FieldValueInvalid"}],"group":"authentication.k8s.io","kind":"TokenRequest","message":"TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds","name":"","reason":"Invalid"}
            {"message":"cannot bind token to object of type /v1, Kind=ConfigMap","reason":"BadRequest"}
            {"kind":"secrets","message":"secrets \"web\" not found","name":"web","reason":"NotFound"}
            {"message":"cannot bind token for serviceaccount \"builder\" to pod running with serviceaccount \"default\"","reason":"BadRequest"}
            {"kind":"Pod","message":"Operation cannot be fulfilled on Pod \"web\": the UID in the bound object reference (p2) does not match the UID in record (p1). The object might have been deleted and then recreated","name":"web","reason":"Conflict"}
        "#]].assert_eq(&said);
    }
}
