//! What containers and pods ask for and are held to.
// upstream: pkg/apis/core/validation/validation.go

use podarium_api::names::dns1123_label_error;
use podarium_api::quantity::Quantity;

use super::super::limits;
use super::Whole;
use crate::errors::Errors;
use crate::field::Field;

const HUGE: &str = "hugepages-";

/// upstream: ValidateContainerResourceRequirements
pub(super) fn of_container(resources: &Field, whole: &Whole, errors: &mut Errors) {
    requirements(resources, limits::container_resource_name, errors);
    claims(&resources.get("claims"), &whole.claims, errors);
}

/// upstream: validateOverhead
pub(super) fn overhead(overhead: &Field, errors: &mut Errors) {
    let limits = serde_json::json!({"limits": overhead.value});
    let resources = Field::root(&limits).called(&overhead.path);
    requirements(&resources, limits::container_resource_name, errors);
}

/// upstream: validateResourceRequirements
fn requirements(resources: &Field, named: fn(&str, &Field, &mut Errors), errors: &mut Errors) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    let (mut compute, mut huge) = (false, false);
    let mut note = |name: &str| {
        compute |= ["cpu", "memory"].contains(&name);
        huge |= name.starts_with(HUGE);
    };
    for (name, limit) in limits.entries() {
        named(name, &limit, errors);
        limits::amount(name, &limit, errors);
        whole_pages(name, &limit, errors);
        note(name);
    }
    for (name, request) in requests.entries() {
        named(name, &request, errors);
        limits::amount(name, &request, errors);
        let limit = limits.key(name);
        match (request.quantity(), limit.quantity()) {
            (Some(asked), Some(most)) => {
                let how = if asked != most && !overcommits(name) {
                    "must be equal to"
                } else if asked > most {
                    "must be less than or equal to"
                } else {
                    ""
                };
                if !how.is_empty() {
                    let detail = format!("{how} {name} limit of {most}");
                    errors.invalid_as(&requests, asked.to_string(), &detail);
                }
            }
            (_, None) if !overcommits(name) => errors.required(
                &limits,
                "Limit must be set for non overcommitable resources",
            ),
            _ => {}
        }
        whole_pages(name, &request, errors);
        note(name);
    }
    if huge && !compute {
        errors.forbidden(resources, "HugePages require cpu or memory");
    }
}

/// upstream: pkg/apis/core/helper/helpers.go IsOvercommitAllowed
fn overcommits(name: &str) -> bool {
    (!name.contains('/') || name.contains("kubernetes.io/")) && !name.starts_with(HUGE)
}

/// upstream: validateResourceQuantityHugePageValue
fn whole_pages(name: &str, amount: &Field, errors: &mut Errors) {
    let (Some(size), Some(amount_)) = (name.strip_prefix(HUGE), amount.quantity()) else {
        return;
    };
    let size = Quantity::parse(size).map_or(0, |size| match size.milli() % 1000 {
        0 => size.value(),
        _ => 0,
    });
    if size <= 0 || amount_.value() % size != 0 {
        let detail = format!("{amount_} is not positive integer multiple of {name}");
        errors.invalid_as(amount, amount_.to_string(), &detail);
    }
}

/// upstream: validateResourceClaimNames
fn claims(claims: &Field, known: &[&str], errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for claim in claims.items() {
        let (name, request) = (claim.get("name").text(), claim.get("request"));
        if name.is_empty() {
            errors.required(&claim, "");
            continue;
        }
        if seen.iter().any(|s| s == name) {
            errors.duplicate_as(&claim, name);
        } else {
            let mut key = name.to_owned();
            if !request.is_empty() {
                errors.named(&request, dns1123_label_error);
                key = format!("{name}/{}", request.text());
            }
            if seen.contains(&key) {
                errors.duplicate_as(&claim, key.as_str());
            } else if request.is_empty() {
                let of = |s: &&String| s.split_once('/').is_some_and(|(n, _)| n == name);
                for _ in seen.iter().filter(of) {
                    errors.duplicate_as(&claim, name);
                }
            }
            seen.push(key);
        }
        if !known.contains(&name) {
            let mut names = known.to_vec();
            names.sort_unstable();
            let which = match names.is_empty() {
                true => " which is empty".into(),
                false => format!(": {}", names.join(", ")),
            };
            let detail = format!("must be one of the names in pod.spec.resourceClaims{which}");
            errors.not_found_because(&claim, name, &detail);
        }
    }
}

/// upstream: staging/src/k8s.io/component-helpers/resource/helpers.go IsSupportedPodLevelResource
pub fn of_whole_pods(name: &str) -> bool {
    ["cpu", "memory"].contains(&name) || name.starts_with(HUGE)
}

/// upstream: validatePodResourceName
fn pod_resource_name(name: &str, field: &Field, errors: &mut Errors) {
    let before = errors.count();
    limits::resource_name(name, field, errors);
    if errors.count() == before && !of_whole_pods(name) {
        errors.unsupported(field, name, &["cpu", "memory"]);
    }
}

/// upstream: validatePodResources
pub(super) fn of_pod(spec: &Field, whole: &Whole, errors: &mut Errors) {
    let resources = spec.get("resources");
    if !resources.is_set() {
        return;
    }
    let own = resources.get("claims");
    if own.is_set() {
        errors.forbidden(&own, "claims cannot be set for Resources at pod-level");
    }
    requirements(&resources, pod_resource_name, errors);
    claims(&own, &whole.claims, errors);
    consistent(spec, &resources, errors);
}

/// upstream: validatePodResourceConsistency
fn consistent(spec: &Field, resources: &Field, errors: &mut Errors) {
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    for (name, sum) in sums(spec, "requests") {
        let own = requests.key(name);
        let given = own.quantity().unwrap_or(Quantity::ZERO);
        if sum > given {
            let detail =
                format!("must be greater than or equal to aggregate container requests of {sum}");
            errors.invalid_as(&own, given.to_string(), &detail);
        }
    }
    for (i, container) in spec.get("containers").items().enumerate() {
        for (name, limit) in container.at("resources.limits").entries() {
            if let (Some(limit), Some(most)) = (limit.quantity(), limits.key(name).quantity())
                && limit > most
            {
                let path = format!("{}.containers[{i}][{name}].limits", resources.path);
                let detail = format!("must be less than or equal to pod limits of {most}");
                errors.invalid_as(&resources.called(&path), limit.to_string(), &detail);
            }
        }
    }
}

/// What all containers of a pod ask for together, or may use, of each resource that the pod may ask for as a whole.
pub fn sums<'a>(spec: &Field<'a>, list: &str) -> Vec<(&'a str, Quantity)> {
    let of = |c: Field<'a>| c.get("resources").get(list).entries();
    let requests = super::containers(spec).flat_map(of);
    let names = requests.map(|(name, _)| name).filter(|n| of_whole_pods(n));
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let sums = names.into_iter().map(|name| (name, sum(spec, list, name)));
    sums.collect()
}

/// What all containers of a pod ask for together; init containers run one after the other, beside the sidecars before them.
///
/// upstream: staging/src/k8s.io/component-helpers/resource/helpers.go AggregateContainerRequests, AggregateContainerLimits
fn sum(spec: &Field, list: &str, name: &str) -> Quantity {
    let of = |container: &Field| {
        let amount = container.get("resources").get(list).key(name).quantity();
        amount.unwrap_or(Quantity::ZERO)
    };
    let mut total = Quantity::ZERO;
    for container in spec.get("containers").items() {
        total = total.add(&of(&container));
    }
    let (mut sidecars, mut most) = (Quantity::ZERO, Quantity::ZERO);
    for container in spec.get("initContainers").items() {
        let now = of(&container).add(&sidecars);
        if container.get("restartPolicy").text() == "Always" {
            total = total.add(&of(&container));
            sidecars = now;
        }
        most = most.max(now);
    }
    total.max(most)
}
