//! What a namespace's labels ask of its pods.
// upstream: staging/src/k8s.io/pod-security-admission/api/helpers.go

use std::fmt;

use podarium_api::status::Cause;
use serde_json::Value;

/// How strict a standard is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything is allowed.
    #[default]
    Privileged,
    /// What is known to lead out of the container is not.
    Baseline,
    /// What is not known to be harmless is not.
    Restricted,
}

/// A level as of a minor version of Kubernetes; the latest without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standard {
    /// How strict.
    pub level: Level,
    /// As of which version.
    pub version: Option<u32>,
}

/// The standards of a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What violates it is refused.
    pub enforce: Standard,
    /// What violates it goes on the record.
    pub audit: Standard,
    /// Who violates it is warned.
    pub warn: Standard,
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = LEVELS[self.level as usize];
        match self.version {
            None => write!(f, "{level}:latest"),
            Some(minor) => write!(f, "{level}:v1.{minor}"),
        }
    }
}

const LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];
const PREFIX: &str = "pod-security.kubernetes.io/";

impl Policy {
    /// Reads a namespace's labels. Labels that say nothing known are errors; such a namespace enforces the strictest standard,
    /// and warns of nothing.
    ///
    /// upstream: api/helpers.go PolicyToEvaluate
    pub fn read(labels: &Value) -> (Policy, Vec<Cause>) {
        let mut errors = Vec::new();
        let mut standard = |mode: &str, fallback: Level| {
            let mut level = None;
            let mut version = None;
            if let Some(text) = label(labels, mode, "") {
                let known = [Level::Privileged, Level::Baseline, Level::Restricted];
                level = known.into_iter().find(|l| LEVELS[*l as usize] == text);
                if level.is_none() {
                    level = Some(fallback);
                    let why = "must be one of privileged, baseline, restricted";
                    errors.push(invalid(mode, "", text, why));
                }
            }
            if let Some(text) = label(labels, mode, "-version") {
                version = Some(minor(text).unwrap_or_else(|()| {
                    let why = r#"must be "latest" or "v1.x""#;
                    errors.push(invalid(mode, "-version", text, why));
                    None
                }));
            }
            (level, version)
        };
        let enforce = standard("enforce", Level::Restricted);
        let understood = label(labels, "enforce", "").is_some_and(|l| LEVELS.contains(&l));
        let audit = standard("audit", Level::Privileged);
        let mut warn = standard("warn", Level::Privileged);
        // Who is told that their pods will be refused need not be told so by another label.
        if warn.0.is_none() && understood {
            warn = (enforce.0, warn.1.or(enforce.1));
        }
        let finish = |(level, version): (Option<Level>, Option<Option<u32>>)| Standard {
            level: level.unwrap_or_default(),
            version: version.flatten(),
        };
        let policy = Policy {
            enforce: finish(enforce),
            audit: finish(audit),
            warn: finish(warn),
        };
        (policy, errors)
    }
}

fn label<'a>(labels: &'a Value, mode: &str, tail: &str) -> Option<&'a str> {
    labels.get([PREFIX, mode, tail].concat())?.as_str()
}

fn invalid(mode: &str, tail: &str, value: &str, why: &str) -> Cause {
    Cause::invalid(
        &format!("metadata.labels[{PREFIX}{mode}{tail}]"),
        value,
        why,
    )
}

/// upstream: api/helpers.go ParseVersion
fn minor(text: &str) -> Result<Option<u32>, ()> {
    if text == "latest" {
        return Ok(None);
    }
    let number = text.strip_prefix("v1.").ok_or(())?;
    let plain = number.bytes().all(|b| b.is_ascii_digit());
    let canonical = plain && (number == "0" || !number.starts_with('0'));
    if !canonical {
        return Err(());
    }
    number.parse().map(Some).map_err(drop)
}
