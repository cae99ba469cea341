//! The catalogue of simulated images, read once from `static/images.yaml`.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::image::Image;
use super::pattern;
use crate::kubelet::reference::Reference;

/// Words in an image's name or tag that say that it is meant not to exist.
const IMPOSSIBLE: [&str; 6] = [
    "does-not-exist",
    "nonexistent",
    "invalid",
    "missing",
    "broken",
    "typo",
];

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = include_str!("../../../../static/images.yaml");
    Catalogue::read(text).expect("static/images.yaml is read by a test")
});

/// All images that somebody has described, and what an image that nobody has described does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    images: Vec<Arc<Image>>,
    unknown: Arc<Image>,
}

/// What there is no such one of, where a registry does not give out an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullError {
    /// The repository exists, the tag does not.
    Tag,
    /// The repository does not exist, or is private.
    Repository,
    /// The registry's host does not exist.
    Host,
}

/// The catalogue that the page ships with.
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

impl Catalogue {
    /// Reads a catalogue; the error says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        podarium_api::typed::read(&super::decode(text)?).map_err(|e| e.to_string())
    }

    /// The entry of an image.
    pub fn find(&self, reference: &Reference) -> &Arc<Image> {
        let path = reference
            .path
            .strip_prefix("library/")
            .unwrap_or(&reference.path);
        let named = |image: &&Arc<Image>| {
            image.names.iter().any(|name| {
                // A bare name is found below any owner too: `bitnami/nginx` is an nginx.
                pattern::glob(name, path)
                    || !name.contains('/')
                        && path
                            .rsplit_once('/')
                            .is_some_and(|(_, last)| pattern::glob(name, last))
            })
        };
        self.images.iter().find(named).unwrap_or(&self.unknown)
    }

    /// Whether a registry would give the image out.
    pub fn pull(&self, reference: &Reference) -> Result<&Arc<Image>, PullError> {
        let impossible = |text: &str| IMPOSSIBLE.iter().any(|word| text.contains(word));
        if reference.host.ends_with(".invalid") {
            return Err(PullError::Host);
        }
        if impossible(&reference.path) {
            return Err(PullError::Repository);
        }
        let image = self.find(reference);
        // Only the official images' tags are known, and those of the tutorials: others call their own as they like.
        let official = &*reference.host == "docker.io" && reference.path.starts_with("library/")
            || reference.path.starts_with("google-samples/");
        let tag_missing = |tag: &str| impossible(tag) || official && !image.has_tag(tag);
        if reference.digest.is_none() && reference.tag.as_deref().is_some_and(tag_missing) {
            return Err(PullError::Tag);
        }
        Ok(image)
    }

    /// The entry of images that nobody has described.
    pub fn unknown(&self) -> &Arc<Image> {
        &self.unknown
    }

    /// Every entry, the one for unknown images last.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Image>> {
        self.images.iter().chain([&self.unknown])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(image: &str) -> String {
        let reference = Reference::parse(image).unwrap();
        match catalogue().pull(&reference) {
            Ok(image) => image
                .names
                .first()
                .map_or("unknown".into(), |n| n.to_string()),
            Err(e) => format!("{e:?}"),
        }
    }

    #[test]
    fn images_are_found_by_name_and_refused_by_tag() {
        for (image, want) in [
            ("nginx", "nginx"),
            ("nginx:1.16.1", "nginx"),
            ("nginx:1.161", "Tag"),
            ("docker.io/bitnami/nginx:latest", "nginx"),
            ("registry.k8s.io/nginx-slim:0.8", "nginx"),
            ("nginx:does-not-exist", "Tag"),
            ("redis:7.2", "redis"),
            ("registry.k8s.io/redis:e2e", "redis"),
            ("postgres:15-alpine", "postgres"),
            ("example/own:1", "unknown"),
            ("example/nonexistent:1", "Repository"),
            ("registry.invalid/web:1", "Host"),
            ("registry.k8s.io/coredns/coredns:v1.12.1", "coredns"),
            (
                "us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo/frontend:v0.10.6",
                "*/microservices-demo/frontend",
            ),
            ("gcr.io/google-samples/gb-frontend:v5", "gb-frontend"),
        ] {
            assert_eq!(found(image), want, "{image}");
        }
    }
}
