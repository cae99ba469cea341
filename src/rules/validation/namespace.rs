//! Namespaces.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::qualified_name_error;

use super::meta::known_finalizer;
use crate::errors::Errors;
use crate::field::Field;

/// upstream: ValidateNamespace
pub fn namespace(namespace: &Field, errors: &mut Errors) {
    let list = namespace.at("spec.finalizers");
    for finalizer in list.items() {
        let finalizer = finalizer.called(&list.path);
        errors.named(&finalizer, qualified_name_error);
        known_finalizer(&finalizer, errors);
    }
}
