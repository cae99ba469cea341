//! What every verb may be told.

use podarium_cluster::sim::User;

/// Flags that many verbs share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `-n`; without it, objects go where they say, or to `default`.
    pub namespace: Option<String>,
    /// `--dry-run=server`.
    pub dry_run: bool,
    /// What a person typed, or would type: `kubectl apply -f web.yaml`. History and "why?" show it.
    pub command: String,
    /// As whom.
    pub user: User,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            namespace: None,
            dry_run: false,
            command: String::new(),
            user: User::admin(),
        }
    }
}

impl Options {
    /// Options for a command as it would be typed.
    pub fn command(command: impl Into<String>) -> Self {
        Options {
            command: command.into(),
            ..Options::default()
        }
    }
}
