//! What lists and watches ask beside their selectors: a revision, a page, initial events.

use serde_json::{Value, json};

use crate::errors::Errors;
use crate::field::Field;

/// What comes of a request's parameters: `{exact, least, start, limit, initial}`, or why they cannot be: `{causes}` of the
/// options as a whole, `{version}` of a watch's revision, or `{bad}`, a sentence.
///
/// `exact` is the revision to list at, 0 for the newest; `least` the one that must have come; `start` the key to begin with,
/// relative to the collection; `initial` whether a watch begins with what there is.
pub fn options(given: &Value) -> Value {
    let watch = given["watch"] == true;
    let causes = check(given, watch);
    if causes.count() > 0 {
        return json!({"causes": causes.into_value()});
    }
    read(given, watch).unwrap_or_else(|refusal| refusal)
}

// upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/internalversion/validation/validation.go ValidateListOptions, validateWatchOptions
fn check(given: &Value, watch: bool) -> Errors {
    let mut errors = Errors::default();
    let root = Field::root(given);
    let (matching, initial) = (
        root.get("resourceVersionMatch"),
        root.get("sendInitialEvents"),
    );
    let (has_match, has_initial) = (!matching.text().is_empty(), initial.value.is_string());
    let continued = !root.get("continue").text().is_empty();
    let exact = matching.text() == "Exact";
    let not_older = matching.text() == "NotOlderThan";
    if watch {
        if has_initial && !not_older {
            errors.forbidden(
                &matching,
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            );
        }
        if has_match && !has_initial {
            errors.forbidden(
                &matching,
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            );
        }
        if has_match {
            errors.one_of(&matching, &["NotOlderThan"]);
        }
    } else {
        let version = root.get("resourceVersion");
        if has_match && version.text().is_empty() {
            errors.forbidden(
                &matching,
                "resourceVersionMatch is forbidden unless resourceVersion is provided",
            );
        }
        if has_match && !exact && !not_older {
            errors.one_of(&matching, &["Exact", "NotOlderThan", ""]);
        }
        if exact && version.text() == "0" {
            errors.forbidden(
                &matching,
                "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
            );
        }
    }
    if has_match && continued {
        errors.forbidden(
            &matching,
            "resourceVersionMatch is forbidden when continue is provided",
        );
    }
    if !watch && has_initial {
        errors.forbidden(&initial, "sendInitialEvents is forbidden for list");
    }
    errors
}

// upstream: staging/src/k8s.io/apiserver/pkg/storage/interfaces.go ValidateListOptions; storage/cacher/delegator.go shouldDelegateList
fn read(given: &Value, watch: bool) -> Result<Value, Value> {
    let text = |name: &str| given[name].as_str().unwrap_or_default();
    let bad = |text: String| json!({"bad": text});
    let (version, token) = (text("resourceVersion"), text("continue"));
    let mut limit = match text("limit") {
        "" => 0,
        text => text.parse::<i64>().map_err(|_| bad(number(text, "Int")))?,
    };
    let parsed = match version {
        "" => 0,
        text => text.parse::<u64>().map_err(|_| {
            let mut errors = Errors::default();
            let wrong = number(text, "Uint");
            errors.invalid(&Field::root(given).get("resourceVersion"), &wrong);
            match watch {
                true => json!({"version": errors.into_value()}),
                false => bad(format!(
                    "invalid resource version: resourceVersion: Invalid value: {text:?}: {wrong}"
                )),
            }
        })?,
    };
    let initial = match given["sendInitialEvents"].as_str() {
        // What is asked at no revision begins with what there is.
        None => parsed == 0,
        Some(asked) => truth(asked),
    };
    if !token.is_empty() && !watch {
        let (revision, start) =
            decode(token).map_err(|e| bad(format!("invalid continue token: {e}")))?;
        if parsed > 0 {
            return Err(bad(
                "specifying resource version is not allowed when using continue".into(),
            ));
        }
        return Ok(
            json!({"exact": revision.max(0), "least": 0, "start": start, "limit": limit.max(0), "initial": initial}),
        );
    }
    if version == "0" {
        // What may be any revision comes from the cache, and the cache knows no pages.
        limit = 0;
    }
    let exact = match text("resourceVersionMatch") {
        "Exact" => parsed,
        "" if limit > 0 && !watch => parsed,
        _ => 0,
    };
    Ok(
        json!({"exact": exact, "least": parsed, "start": "", "limit": limit.max(0), "initial": initial}),
    )
}

/// Whether a parameter that is there says yes.
///
/// upstream: staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go Convert_Slice_string_To_bool
pub fn truth(text: &str) -> bool {
    !(text == "0" || text.eq_ignore_ascii_case("false"))
}

/// Go's sentence for a text that is no number. upstream: strconv NumError
pub fn number(text: &str, kind: &str) -> String {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let signed = digits.len() < text.len() && kind == "Uint";
    let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !signed;
    let why = if all {
        "value out of range"
    } else {
        "invalid syntax"
    };
    format!("strconv.Parse{kind}: parsing {text:?}: {why}")
}

/// The token with which a list goes on after `last`, a key relative to the collection.
///
/// upstream: staging/src/k8s.io/apiserver/pkg/storage/continue.go EncodeContinue
pub fn encode(revision: &Value, last: &Value) -> Value {
    let start = json!([last.as_str().unwrap_or_default(), "\0"].concat());
    let text = format!(r#"{{"v":"meta.k8s.io/v1","rv":{revision},"start":{start}}}"#);
    base64(text.as_bytes()).into()
}

// upstream: staging/src/k8s.io/apiserver/pkg/storage/continue.go DecodeContinue
fn decode(token: &str) -> Result<(i64, String), String> {
    const WRONG: &str = "continue key is not valid";
    let bytes =
        bytes(token).map_err(|at| format!("{WRONG}: illegal base64 data at input byte {at}"))?;
    let value = podarium_api::typed::parse(&bytes).map_err(|e| format!("{WRONG}: {e}"))?;
    let version = value["v"].as_str().unwrap_or_default();
    if version != "meta.k8s.io/v1" {
        return Err(format!(
            "{WRONG}: server does not recognize this encoded version {version}"
        ));
    }
    let revision = value["rv"].as_i64().unwrap_or_default();
    if revision == 0 {
        return Err(format!(
            "{WRONG}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"
        ));
    }
    let start = value["start"].as_str().unwrap_or_default();
    if start.is_empty() {
        return Err(format!(
            "{WRONG}: encoded start key empty (version meta.k8s.io/v1)"
        ));
    }
    let relative = start.strip_prefix('/').unwrap_or(start);
    if relative
        .split('/')
        .any(|part| matches!(part, "" | "." | ".."))
    {
        return Err(format!("{WRONG}: {start}"));
    }
    Ok((revision, relative.into()))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 for URLs, without padding.
fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        let letter = |i: usize| char::from(ALPHABET[(group >> (18 - 6 * i)) as usize & 63]);
        out.extend((0..=chunk.len()).map(letter));
    }
    out
}

fn bytes(text: &str) -> Result<Vec<u8>, usize> {
    let (mut bits, mut held, mut out) = (0u32, 0, Vec::new());
    for (at, letter) in text.bytes().enumerate() {
        let six = ALPHABET.iter().position(|a| *a == letter).ok_or(at)?;
        bits = bits << 6 | six as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn told(given: Value) -> String {
        let answer = options(&given);
        let causes = answer["causes"].as_array().or(answer["version"].as_array());
        let lines = causes.into_iter().flatten().map(|c| {
            let text = |field: &str| c[field].as_str().unwrap().to_owned();
            [text("field"), text("message")].join(": ")
        });
        match (causes, answer["bad"].as_str()) {
            (Some(_), _) => lines.collect::<Vec<_>>().join("; "),
            (_, Some(bad)) => bad.into(),
            _ => answer.to_string(),
        }
    }

    #[test]
    fn what_may_be_asked_of_a_list() {
        let token = |text: &str| base64(text.as_bytes());
        let lines: Vec<String> = [
            json!({}),
            json!({"resourceVersion": "0", "limit": "5"}),
            json!({"resourceVersion": "7"}),
            json!({"resourceVersion": "7", "limit": "5"}),
            json!({"resourceVersion": "7", "limit": "5", "resourceVersionMatch": "NotOlderThan"}),
            json!({"resourceVersion": "7", "resourceVersionMatch": "Exact"}),
            json!({"resourceVersionMatch": "Exact"}),
            json!({"resourceVersion": "0", "resourceVersionMatch": "Exact"}),
            json!({"resourceVersion": "7", "resourceVersionMatch": "Never", "continue": "a", "sendInitialEvents": "1"}),
            json!({"resourceVersion": "x"}),
            json!({"limit": "x"}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1","rv":9,"start":"web\u0000"}"#), "limit": "2"}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1","rv":-1,"start":"web\u0000"}"#), "resourceVersion": "0"}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1","rv":9,"start":"web"}"#), "resourceVersion": "3"}),
            json!({"continue": "%"}),
            json!({"continue": token("{")}),
            json!({"continue": token(r#"{"v":"v2"}"#)}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1"}"#)}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1","rv":9}"#)}),
            json!({"continue": token(r#"{"v":"meta.k8s.io/v1","rv":9,"start":"a/../b"}"#)}),
        ]
        .map(told)
        .into();
        expect![[r#"
            {"exact":0,"initial":true,"least":0,"limit":0,"start":""}
            {"exact":0,"initial":true,"least":0,"limit":0,"start":""}
            {"exact":0,"initial":false,"least":7,"limit":0,"start":""}
            {"exact":7,"initial":false,"least":7,"limit":5,"start":""}
            {"exact":0,"initial":false,"least":7,"limit":5,"start":""}
            {"exact":7,"initial":false,"least":7,"limit":0,"start":""}
            resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided
            resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"
            resourceVersionMatch: Unsupported value: "Never": supported values: "Exact", "NotOlderThan", ""; resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided; sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list
            invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax
            strconv.ParseInt: parsing "x": invalid syntax
            {"exact":9,"initial":true,"least":0,"limit":2,"start":"web\u0000"}
            {"exact":0,"initial":true,"least":0,"limit":0,"start":"web\u0000"}
            specifying resource version is not allowed when using continue
            invalid continue token: continue key is not valid: illegal base64 data at input byte 0
            invalid continue token: continue key is not valid: EOF while parsing an object at line 1 column 1
            invalid continue token: continue key is not valid: server does not recognize this encoded version v2
            invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)
            invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)
            invalid continue token: continue key is not valid: a/../b"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn what_may_be_asked_of_a_watch() {
        let watch = |mut given: Value| {
            given["watch"] = true.into();
            told(given)
        };
        let lines: Vec<String> = [
            json!({}),
            json!({"resourceVersion": "7"}),
            json!({"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "resourceVersion": "7"}),
            json!({"sendInitialEvents": "false", "resourceVersionMatch": "NotOlderThan"}),
            json!({"sendInitialEvents": "true"}),
            json!({"resourceVersionMatch": "Exact"}),
            json!({"resourceVersion": "-1"}),
            json!({"resourceVersion": "99999999999999999999"}),
        ]
        .map(watch)
        .into();
        expect![[r#"
            {"exact":0,"initial":true,"least":0,"limit":0,"start":""}
            {"exact":0,"initial":false,"least":7,"limit":0,"start":""}
            {"exact":0,"initial":true,"least":7,"limit":0,"start":""}
            {"exact":0,"initial":false,"least":0,"limit":0,"start":""}
            resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan
            resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided; resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"
            resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax
            resourceVersion: Invalid value: "99999999999999999999": strconv.ParseUint: parsing "99999999999999999999": value out of range"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn tokens_are_upstreams() {
        let token = encode(&json!(12), &json!("shop/web"));
        assert_eq!(
            token,
            "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIsInN0YXJ0Ijoic2hvcC93ZWJcdTAwMDAifQ"
        );
        assert_eq!(
            decode(token.as_str().unwrap()),
            Ok((12, "shop/web\0".into()))
        );
    }
}
