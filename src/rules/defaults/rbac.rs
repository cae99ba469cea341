//! rbac.authorization.k8s.io.
// upstream: pkg/apis/rbac/v1/defaults.go

use super::{Fields, below, each, said, text};

const GROUP: &str = "rbac.authorization.k8s.io";

/// upstream: SetDefaults_RoleBinding, SetDefaults_ClusterRoleBinding, SetDefaults_Subject
pub fn binding(fields: &mut Fields) {
    if let Some(reference) = below(fields, "roleRef") {
        text(reference, "apiGroup", GROUP);
    }
    for subject in each(fields, "subjects") {
        if matches!(said(subject, "kind"), "User" | "Group") {
            text(subject, "apiGroup", GROUP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn people_and_groups_are_of_the_group_of_roles() {
        let mut given = json!({
            "roleRef": {"kind": "Role", "name": "a", "apiGroup": ""},
            "subjects": [{"kind": "User", "name": "a"}, {"kind": "Group", "name": "b", "apiGroup": "x"}, {"kind": "ServiceAccount", "name": "c"}],
        });
        binding(given.as_object_mut().unwrap());
        assert_eq!(given["roleRef"]["apiGroup"], GROUP);
        assert_eq!(given["subjects"][0]["apiGroup"], GROUP);
        assert_eq!(given["subjects"][1]["apiGroup"], "x");
        assert_eq!(given["subjects"][2]["apiGroup"], Value::Null);
    }
}
