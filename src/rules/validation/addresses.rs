//! networking.k8s.io: the addresses of Services and the ranges that they come from.
// upstream: pkg/apis/networking/validation/validation.go

use podarium_api::names::dns1123_subdomain_error;

use crate::address::{Range, strict_ip, strict_range};
use crate::errors::Errors;
use crate::field::Field;
use crate::text::path_segment;

/// upstream: ValidateIPAddressName, validateIPAddressParentReference
pub fn ip_address(address: &Field, errors: &mut Errors) {
    errors.named(&address.at("metadata.name"), strict_ip);
    let parent = address.at("spec.parentRef");
    if !errors.needed(&parent) {
        return;
    }
    if !parent.get("group").is_empty() {
        errors.named(&parent.get("group"), dns1123_subdomain_error);
    }
    errors.needed_as(&parent.get("resource"), path_segment);
    errors.needed_as(&parent.get("name"), path_segment);
    errors.named(&parent.get("namespace"), path_segment);
}

/// upstream: ValidateIPAddressUpdate
pub fn ip_address_update(new: &Field, old: &Field, errors: &mut Errors) {
    errors.immutable(&new.at("spec.parentRef"), &old.at("spec.parentRef"));
}

/// upstream: validateServiceCIDRSpec
pub fn service_cidr(object: &Field, errors: &mut Errors) {
    let ranges = object.at("spec.cidrs");
    if ranges.is_empty() {
        return errors.required(&ranges, "at least one CIDR required");
    }
    if ranges.len() > 2 {
        let printed = serde_json::json!({"CIDRs": ranges.value});
        return errors.invalid_as(&ranges, printed, "may only hold up to 2 values");
    }
    for range in ranges.items() {
        strict_range(&range, errors);
    }
    let read: Vec<_> = ranges.texts().filter_map(Range::read).collect();
    if let [first, second] = read.as_slice()
        && first.ip.is_ipv4() == second.ip.is_ipv4()
    {
        errors.invalid(
            &ranges,
            "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64",
        );
    }
}

/// upstream: ValidateServiceCIDRUpdate
pub fn service_cidr_update(new: &Field, old: &Field, errors: &mut Errors) {
    let (new_ranges, old) = (new.at("spec.cidrs"), old.at("spec.cidrs"));
    let changed = new_ranges
        .items()
        .zip(old.items())
        .filter(|(a, b)| a.value != b.value);
    let changed: Vec<Field> = changed.map(|(a, _)| a).collect();
    let grows = old.len() == 1 && new_ranges.len() == 2;
    if new_ranges.len() != old.len() && !grows {
        return errors.invalid(&new_ranges, "field is immutable");
    }
    for range in changed {
        errors.invalid(&range, "field is immutable");
    }
    if grows {
        service_cidr(new, errors);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{creates, updates};
    use expect_test::expect;
    use serde_json::json;

    // upstream: pkg/apis/networking/validation/validation_test.go TestValidateIPAddress
    #[test]
    fn an_address_belongs_to_something() {
        let parent = json!({"resource": "services", "name": "a", "namespace": "b"});
        let address = json!({"apiVersion": "networking.k8s.io/v1", "kind": "IPAddress", "metadata": {"name": "10.0.0.1"}, "spec": {"parentRef": parent}});
        let cases = [
            json!({}),
            json!({"metadata.name": "010.0.0.1"}),
            json!({"spec": {}}),
            json!({"spec.parentRef.group": "A", "spec.parentRef.resource": "", "spec.parentRef.name": "a/b"}),
        ];
        creates(
            &address,
            &cases,
            expect![[r#"
            {}
            {"metadata.name":"010.0.0.1"}
              metadata.name: Invalid value: "010.0.0.1": must not have leading 0s
            {"spec":{}}
              spec.parentRef: Required value
            {"spec.parentRef.group":"A","spec.parentRef.name":"a/b","spec.parentRef.resource":""}
              spec.parentRef.group: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
              spec.parentRef.resource: Required value
              spec.parentRef.name: Invalid value: "a/b": may not contain '/'"#]],
        );
        updates(
            &address,
            &[json!({"spec.parentRef.name": "c"})],
            expect![[r#"
                {"spec.parentRef.name":"c"}
                  spec.parentRef: Invalid value: {"name":"c","namespace":"b","resource":"services"}: field is immutable"#]],
        );
    }

    // upstream: pkg/apis/networking/validation/validation_test.go TestValidateServiceCIDR, TestValidateServiceCIDRUpdate
    #[test]
    fn a_range_is_canonical_and_stays() {
        let cidr = json!({"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": "a"}, "spec": {"cidrs": ["10.0.0.0/24"]}});
        let of = |ranges: &[&str]| json!({"spec.cidrs": ranges});
        creates(
            &cidr,
            &[
                of(&["10.0.0.0/24", "fd00::/64"]),
                of(&[]),
                of(&["a"]),
                of(&["10.0.0.0/24", "11.0.0.0/24"]),
                of(&["10.0.0.1/24"]),
                of(&["10.0.0.0/24", "fd00::/64", "11.0.0.0/8"]),
            ],
            expect![[r#"
                {"spec.cidrs":["10.0.0.0/24","fd00::/64"]}
                {"spec.cidrs":[]}
                  spec.cidrs: Required value: at least one CIDR required
                {"spec.cidrs":["a"]}
                  spec.cidrs[0]: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)
                {"spec.cidrs":["10.0.0.0/24","11.0.0.0/24"]}
                  spec.cidrs: Invalid value: ["10.0.0.0/24","11.0.0.0/24"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64
                {"spec.cidrs":["10.0.0.1/24"]}
                  spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length
                {"spec.cidrs":["10.0.0.0/24","fd00::/64","11.0.0.0/8"]}
                  spec.cidrs: Invalid value: {"CIDRs":["10.0.0.0/24","fd00::/64","11.0.0.0/8"]}: may only hold up to 2 values"#]],
        );
        updates(
            &cidr,
            &[
                of(&["10.0.0.0/24", "fd00::/64"]),
                of(&["10.0.0.0/16"]),
                of(&["10.0.0.0/16", "fd00::/64"]),
                of(&[]),
            ],
            expect![[r#"
                {"spec.cidrs":["10.0.0.0/24","fd00::/64"]}
                {"spec.cidrs":["10.0.0.0/16"]}
                  spec.cidrs[0]: Invalid value: "10.0.0.0/16": field is immutable
                {"spec.cidrs":["10.0.0.0/16","fd00::/64"]}
                  spec.cidrs[0]: Invalid value: "10.0.0.0/16": field is immutable
                {"spec.cidrs":[]}
                  spec.cidrs: Invalid value: null: field is immutable"#]],
        );
    }
}
