//! How a pod resolves names.
// upstream: pkg/apis/core/validation/validation.go validatePodDNSConfig

use crate::address;
use crate::errors::Errors;
use crate::field::Field;
use crate::text::loose_subdomain_error;

const MOST_SERVERS: usize = 3;
const MOST_SEARCHES: usize = 32;
const LONGEST_SEARCHES: usize = 2048;

pub(super) fn config(spec: &Field, errors: &mut Errors) {
    let config = spec.get("dnsConfig");
    let (servers, searches) = (config.get("nameservers"), config.get("searches"));
    if spec.get("dnsPolicy").text() == "None" {
        if !config.is_set() {
            let detail = "must provide `dnsConfig` when `dnsPolicy` is None";
            return errors.required(&config, detail);
        }
        if servers.is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&servers, detail);
        }
    }
    if servers.len() > MOST_SERVERS {
        let detail = format!("must not have more than {MOST_SERVERS} nameservers");
        errors.invalid(&servers, &detail);
    }
    for server in servers.items() {
        address::any_ip(&server, errors);
    }
    if searches.len() > MOST_SEARCHES {
        let detail = format!("must not have more than {MOST_SEARCHES} search paths");
        errors.invalid(&searches, &detail);
    }
    let length: usize = searches.texts().map(|text| text.len() + 1).sum();
    if length > LONGEST_SEARCHES + 1 {
        let detail = format!(
            "must not have more than {LONGEST_SEARCHES} characters (including spaces) in the search list"
        );
        errors.invalid(&searches, &detail);
    }
    for search in searches.items().filter(|s| s.text() != ".") {
        let text = search.text();
        let text = text.strip_suffix('.').unwrap_or(text);
        if let Some(why) = loose_subdomain_error(text) {
            errors.invalid_as(&search, text, &why);
        }
    }
    for option in config.get("options").items() {
        if option.get("name").is_empty() {
            errors.required(&option, "must not be empty");
        }
    }
}
