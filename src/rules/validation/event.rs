//! Events.
// upstream: pkg/apis/core/validation/events.go

use podarium_api::names::{dns1123_subdomain_error, qualified_name_error};

use crate::errors::Errors;
use crate::field::Field;

const UNSET: &str = "needs to be unset";

/// upstream: legacyValidateEvent
pub fn event(event: &Field, errors: &mut Errors) {
    let own = event.at("metadata.namespace");
    let about = event.at("involvedObject.namespace");
    let timed = event.get("eventTime").is_set();
    let fits = match about.text() {
        "" if timed => ["default", "kube-system"].contains(&own.text()),
        "" => ["", "default"].contains(&own.text()),
        about => timed || about == own.text(),
    };
    if !fits {
        errors.invalid_text(&about, "does not match event.namespace");
    }
    if timed {
        let controller = event
            .get("reportingComponent")
            .called("reportingController");
        errors.needed(&controller);
        errors.named(&controller, qualified_name_error);
        for (name, most) in [("reportingInstance", 128), ("action", 128), ("reason", 128)] {
            errors.needed(&event.get(name));
            short(&event.get(name), most, errors);
        }
        short(&event.get("message"), 1_024, errors);
    }
    errors.named(&own.called("namespace"), dns1123_subdomain_error);
}

fn short(field: &Field, most: usize, errors: &mut Errors) {
    if field.text().len() > most {
        let detail = format!("can have at most {most} characters");
        errors.invalid_as(field, "", &detail);
    }
}

/// What is asked of an event beyond that where it is made by way of events.k8s.io.
///
/// upstream: ValidateEventCreate
pub fn strict(new: &Field, errors: &mut Errors) {
    event(new, errors);
    series(new, errors);
    errors.needed(&new.get("eventTime"));
    let kind = new.get("type");
    if !["Normal", "Warning"].contains(&kind.text()) {
        let detail = ["has invalid value: ", kind.text()].concat();
        errors.invalid_as(&kind, "", &detail);
    }
    for name in ["firstTimestamp", "lastTimestamp", "count"] {
        let field = new.get(name);
        if field.is_set() && *field.value != 0 {
            errors.invalid_as(&field, "", UNSET);
        }
    }
    let source = new.get("source");
    if source.get("component").text() != "" || source.get("host").text() != "" {
        errors.invalid_as(&source, "", UNSET);
    }
}

/// upstream: validateV1EventSeries
fn series(event: &Field, errors: &mut Errors) {
    let series = event.get("series");
    if series.is_set() {
        if series.get("count").int() < 2 {
            errors.invalid_as(&series.get("count"), "", "should be at least 2");
        }
        errors.needed(&series.get("lastObservedTime"));
    }
}

/// What may change of an event by way of events.k8s.io: its series.
///
/// upstream: ValidateEventUpdate
pub fn strict_update(new: &Field, old: &Field, errors: &mut Errors) {
    event(new, errors);
    if new.get("series").value != old.get("series").value {
        series(new, errors);
    }
    for (name, called) in [
        ("involvedObject", "involvedObject"),
        ("reason", "reason"),
        ("message", "message"),
        ("source", "source"),
        ("firstTimestamp", "firstTimestamp"),
        ("lastTimestamp", "lastTimestamp"),
        ("count", "count"),
        ("reason", "reason"),
        ("type", "type"),
        ("eventTime", "eventTime"),
        ("action", "action"),
        ("related", "related"),
        ("reportingComponent", "reportingController"),
        ("reportingInstance", "reportingInstance"),
    ] {
        errors.immutable(&new.get(name).called(called), &old.get(name).called(called));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::{Value, json};

    /// As it is kept, but judged by what is asked of the version.
    fn event(api_version: &str) -> Value {
        json!({
            "apiVersion": api_version, "kind": "Event", "metadata": {"name": "a", "namespace": "default"},
            "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}, "reason": "r", "message": "m",
            "type": "Normal", "action": "a", "reportingComponent": "example.com/c", "reportingInstance": "i",
            "eventTime": "2026-01-01T00:00:00.000000Z", "firstTimestamp": null, "lastTimestamp": null, "source": {},
        })
    }

    // upstream: pkg/apis/core/validation/events_test.go
    #[test]
    fn what_an_event_may_be() {
        let long = "x".repeat(129);
        creates(
            &event("v1"),
            &[
                json!({}),
                json!({"eventTime": null, "involvedObject.namespace": "other"}),
                json!({"eventTime": null, "action": null, "reportingComponent": null, "type": "Odd", "count": 3}),
                json!({"action": null, "reason": long, "reportingComponent": "a b"}),
            ],
            expect![[r#"
                {}
                {"eventTime":null,"involvedObject.namespace":"other"}
                  involvedObject.namespace: Invalid value: "other": does not match event.namespace
                {"action":null,"count":3,"eventTime":null,"reportingComponent":null,"type":"Odd"}
                {"action":null,"reason":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","reportingComponent":"a b"}
                  reportingController: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
                  action: Required value
                  reason: Invalid value: "": can have at most 128 characters"#]],
        );
        creates(
            &event("events.k8s.io/v1"),
            &[
                json!({}),
                json!({"eventTime": null, "type": "Odd", "count": 3, "firstTimestamp": "2026-01-01T00:00:00Z"}),
                json!({"series": {"count": 1}, "source.component": "c"}),
            ],
            expect![[r#"
                {}
                {"count":3,"eventTime":null,"firstTimestamp":"2026-01-01T00:00:00Z","type":"Odd"}
                  eventTime: Required value
                  type: Invalid value: "": has invalid value: Odd
                  firstTimestamp: Invalid value: "": needs to be unset
                  count: Invalid value: "": needs to be unset
                {"series":{"count":1},"source.component":"c"}
                  series.count: Invalid value: "": should be at least 2
                  series.lastObservedTime: Required value
                  source: Invalid value: "": needs to be unset"#]],
        );
    }

    #[test]
    fn what_may_change_of_an_event() {
        updates(
            &event("events.k8s.io/v1"),
            &[
                json!({"series": {"count": 2, "lastObservedTime": "2026-01-01T00:01:00.000000Z"}}),
                json!({"message": "n", "reportingComponent": "example.com/d", "series": {}}),
            ],
            expect![[r#"
                {"series":{"count":2,"lastObservedTime":"2026-01-01T00:01:00.000000Z"}}
                {"message":"n","reportingComponent":"example.com/d","series":{}}
                  series.count: Invalid value: "": should be at least 2
                  series.lastObservedTime: Required value
                  message: Invalid value: "n": field is immutable
                  reportingController: Invalid value: "example.com/d": field is immutable"#]],
        );
        updates(
            &event("v1"),
            &[json!({"message": "n", "count": 2})],
            expect![[r#"{"count":2,"message":"n"}"#]],
        );
    }
}
