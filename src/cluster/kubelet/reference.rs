//! Image references: registry, repository, tag and digest, and what a registry would say of them.
// upstream: github.com/distribution/reference ParseNormalizedNamed

use podarium_api::meta::Str;

/// A reference taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The registry's host, `docker.io` where none is given.
    pub host: Str,
    /// The path below it, `library/nginx` for a bare name.
    pub path: Str,
    /// The tag, `latest` where neither tag nor digest is given.
    pub tag: Option<Str>,
    /// The digest, with its algorithm.
    pub digest: Option<Str>,
}

impl Reference {
    /// Reads a reference; the error is the reference parser's sentence.
    pub fn parse(text: &str) -> Result<Reference, String> {
        if text.is_empty() {
            return Err("invalid reference format".into());
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        if let Some(digest) = digest {
            let hex = digest.strip_prefix("sha256:");
            if hex.is_none_or(|h| h.len() != 64 || !h.bytes().all(|b| b.is_ascii_hexdigit())) {
                return Err("invalid reference format".into());
            }
        }
        // A colon after the last slash begins a tag; one before it, a port.
        let slash = name.rfind('/').map_or(0, |i| i + 1);
        let (name, tag) = match name[slash..].find(':') {
            Some(colon) => (&name[..slash + colon], Some(&name[slash + colon + 1..])),
            None => (name, None),
        };
        let (host, path) = match name.split_once('/') {
            Some((host, path))
                if host.contains(['.', ':'])
                    || host == "localhost"
                    || host.bytes().any(|b| b.is_ascii_uppercase()) =>
            {
                (host, path.to_owned())
            }
            Some(_) => ("docker.io", name.to_owned()),
            None => ("docker.io", format!("library/{name}")),
        };
        if path.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(format!(
                "invalid reference format: repository name ({path}) must be lowercase"
            ));
        }
        let tag_ok = tag.is_none_or(|t| {
            !t.is_empty()
                && t.len() <= 128
                && !t.starts_with(['.', '-'])
                && t.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        });
        let part_ok = |part: &str| {
            let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            !part.is_empty()
                && part.bytes().all(|b| inner(b) || b"._-".contains(&b))
                && inner(part.as_bytes()[0])
                && part.bytes().last().is_some_and(inner)
        };
        let host_ok = host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        if !tag_ok || !host_ok || !path.split('/').all(part_ok) {
            return Err("invalid reference format".into());
        }
        let tag = match (tag, digest) {
            (Some(tag), _) => Some(tag.into()),
            (None, None) => Some("latest".into()),
            (None, Some(_)) => None,
        };
        Ok(Reference {
            host: host.into(),
            path: path.into(),
            tag,
            digest: digest.map(Str::from),
        })
    }
}

impl std::fmt::Display for Reference {
    /// The reference in full, as containerd names images.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.host, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_in_full() {
        let digest = format!("busybox:1.38.0@sha256:{}", "a".repeat(64));
        let full = format!("docker.io/library/{digest}");
        for (text, want) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("bitnami/nginx:1.27", "docker.io/bitnami/nginx:1.27"),
            ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
            ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
            (&digest, &full),
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), want);
        }
    }

    #[test]
    fn malformed_references_are_told_as_the_parser_does() {
        for (text, want) in [
            ("", "invalid reference format"),
            (
                "NGINX",
                "invalid reference format: repository name (library/NGINX) must be lowercase",
            ),
            ("nginx:", "invalid reference format"),
            ("nginx::1", "invalid reference format"),
            ("<your-private-image>", "invalid reference format"),
            ("a//b", "invalid reference format"),
            ("nginx@sha256:12", "invalid reference format"),
        ] {
            assert_eq!(Reference::parse(text), Err(want.to_owned()), "{text:?}");
        }
    }
}
