//! The few letters that fit a slot and still tell workloads apart.

use podarium_api::meta::Str;
use podarium_api::object::Key;
use podarium_api::ordered::OrdMap;

use crate::layout::text;

/// How wide a short name may be, in pixels of the small bold face.
const ROOM: f32 = 37.0;

/// How wide a whole word may be that is drawn a little narrower to fit: better than a cut one.
const SQUEEZED: f32 = 47.0;

/// Endings that say nothing about which workload it is.
const ENDINGS: [&str; 6] = [
    "-service",
    "service",
    "-deployment",
    "-server",
    "-svc",
    "-app",
];

/// Short names in use. A workload keeps its own while it has a pod.
#[derive(Clone, Debug, Default)]
pub struct Names {
    used: OrdMap<Key, (Str, u32)>,
}

impl Names {
    /// The short name of a workload: the one it has, or a new one that no other has if that can be.
    pub fn short(&self, workload: &Key) -> Str {
        if let Some((short, _)) = self.used.get(workload) {
            return short.clone();
        }
        let all = candidates(&workload.name);
        let free = |c: &&String| !self.used.values().any(|(s, _)| **s == ***c);
        all.iter()
            .find(free)
            .or(all.first())
            .map_or_else(|| workload.name.clone(), |s| s.as_str().into())
    }

    /// One more pod of the workload.
    pub fn hold(&mut self, workload: &Key) {
        let short = self.short(workload);
        self.used.entry(workload.clone()).or_insert((short, 0)).1 += 1;
    }

    /// One pod fewer.
    pub fn release(&mut self, workload: &Key) {
        if let Some((_, count)) = self.used.get_mut(workload) {
            *count -= 1;
            if *count == 0 {
                self.used.remove(workload);
            }
        }
    }
}

/// Short names, best first.
fn candidates(name: &str) -> Vec<String> {
    let stem = ENDINGS
        .iter()
        .find_map(|e| name.strip_suffix(e).filter(|s| s.len() > 1))
        .unwrap_or(name);
    let parts: Vec<&str> = stem.split(['-', '.']).filter(|p| !p.is_empty()).collect();
    let (first, last) = (
        parts.first().copied().unwrap_or(name),
        parts.last().copied().unwrap_or(name),
    );
    let take = |s: &str, n: usize| s.chars().take(n).collect::<String>();
    let whole = text::width(stem, 11.0, true, false) <= SQUEEZED;
    let mut all = Vec::new();
    if whole {
        all.push(stem.to_owned());
    }
    all.push(fit(first));
    if parts.len() > 1 {
        all.push(fit(last));
        all.push(fit(&[&take(first, 3), "-", &take(last, 2)].concat()));
    }
    all.push([take(first, 3), name.chars().rev().take(1).collect()].concat());
    for n in 2..10 {
        all.push([take(first, 3), n.to_string()].concat());
    }
    all
}

/// As much of the beginning as fits.
fn fit(name: &str) -> String {
    let mut cut = name.to_owned();
    while text::width(&cut, 11.0, true, false) > ROOM {
        cut.pop();
    }
    cut.truncate(cut.trim_end_matches(['-', '.']).len());
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use podarium_api::kinds::KindId;

    #[test]
    fn short_names_tell_workloads_apart() {
        let mut names = Names::default();
        let mut shorts = Vec::new();
        for name in [
            "web",
            "cart",
            "cartservice",
            "checkoutservice",
            "redis-cart",
            "frontend",
            "adservice",
            "recommendationservice",
            "productcatalogservice",
            "coredns",
            "shop-web",
            "shop-api",
            "shop-db",
            "x",
        ] {
            let key = Key::new(KindId::DEPLOYMENT, "default", name);
            names.hold(&key);
            shorts.push(names.short(&key).to_string());
        }
        expect_test::expect![[r#"
            [
                "web",
                "cart",
                "care",
                "check",
                "redis",
                "frontend",
                "ad",
                "recom",
                "produ",
                "coredns",
                "shop",
                "shop-api",
                "shop-db",
                "x",
            ]
        "#]]
        .assert_debug_eq(&shorts);
        let mut unique = shorts.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), shorts.len());
    }

    #[test]
    fn a_name_is_free_again_when_its_last_pod_is_gone() {
        let (a, b) = (
            Key::new(KindId::DEPLOYMENT, "a", "web"),
            Key::new(KindId::DEPLOYMENT, "b", "web"),
        );
        let mut names = Names::default();
        names.hold(&a);
        assert_ne!(&*names.short(&b), "web");
        names.release(&a);
        assert_eq!(&*names.short(&b), "web");
    }
}
