//! Events of the core and of events.k8s.io: the same things under other names.
// upstream: pkg/apis/events/v1/conversion.go Convert_v1_Event_To_core_Event

use serde_json::{Map, Value};

use super::rename;

/// Names in the core, and in events.k8s.io.
const NAMES: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

pub fn to_new(fields: &mut Map<String, Value>) {
    for (core, new) in NAMES {
        rename(fields, core, new);
    }
}

pub fn to_core(fields: &mut Map<String, Value>) {
    for (core, new) in NAMES {
        rename(fields, new, core);
    }
}

#[cfg(test)]
mod tests {
    use crate::convert::convert;
    use serde_json::json;

    #[test]
    fn an_event_goes_both_ways() {
        let core = json!({
            "apiVersion": "v1", "kind": "Event", "metadata": {"name": "a"}, "involvedObject": {"kind": "Pod"}, "message": "m",
            "reason": "r", "source": {"component": "c"}, "count": 2, "firstTimestamp": "f", "lastTimestamp": "l",
            "reportingComponent": "c", "reportingInstance": "i", "type": "Normal", "series": {"count": 3},
        });
        let new = json!({
            "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "a"}, "regarding": {"kind": "Pod"},
            "note": "m", "reason": "r", "deprecatedSource": {"component": "c"}, "deprecatedCount": 2,
            "deprecatedFirstTimestamp": "f", "deprecatedLastTimestamp": "l", "reportingController": "c",
            "reportingInstance": "i", "type": "Normal", "series": {"count": 3},
        });
        assert_eq!(convert(&core, &json!("events.k8s.io/v1")), new);
        assert_eq!(convert(&new, &json!("v1")), core);
        assert_eq!(convert(&core, &json!("v1")), core);
    }
}
