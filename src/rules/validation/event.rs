//! Events.
// upstream: pkg/apis/core/validation/events.go

use podarium_api::names::dns1123_subdomain_error;

use crate::errors::Errors;
use crate::field::Field;

/// Of what a client says when it happened, nothing is kept, so that nothing of it is judged.
///
/// upstream: legacyValidateEvent
pub fn event(event: &Field, errors: &mut Errors) {
    let own = event.at("metadata.namespace");
    let about = event.at("involvedObject.namespace");
    let fits = match about.text() {
        "" => ["", "default", "kube-system"].contains(&own.text()),
        about => about == own.text(),
    };
    if !fits {
        errors.invalid_text(&about, "does not match event.namespace");
    }
    errors.named(&own.called("namespace"), dns1123_subdomain_error);
}
