//! storagemigration.k8s.io: StorageVersionMigrations.
// upstream: pkg/apis/storagemigration/validation/validation.go

use crate::errors::Errors;
use crate::field::Field;

/// upstream: ValidateStorageVersionMigration
pub fn migration(migration: &Field, errors: &mut Errors) {
    let name = migration.at("spec.resource.resource");
    if name.is_empty() {
        errors.required(&name, "resource is required to be set");
    }
}

/// upstream: ValidateStorageVersionMigrationUpdate
pub fn migration_update(new: &Field, old: &Field, errors: &mut Errors) {
    migration(new, errors);
    for name in ["group", "resource"] {
        let field = new.at("spec.resource").get(name);
        errors.immutable(&field, &old.at("spec.resource").get(name));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn what_is_migrated_stays() {
        let migration = json!({
            "apiVersion": "storagemigration.k8s.io/v1", "kind": "StorageVersionMigration", "metadata": {"name": "a"},
            "spec": {"resource": {"group": "apps", "resource": "deployments"}},
        });
        creates(
            &migration,
            &[json!({}), json!({"spec.resource.resource": ""})],
            expect![[r#"
                {}
                {"spec.resource.resource":""}
                  spec.resource.resource: Required value: resource is required to be set"#]],
        );
        updates(
            &migration,
            &[json!({"spec.resource.resource": "daemonsets"})],
            expect![[r#"
                {"spec.resource.resource":"daemonsets"}
                  spec.resource.resource: Invalid value: "daemonsets": field is immutable"#]],
        );
    }
}
