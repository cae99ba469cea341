//! What several tests need.

use std::path::PathBuf;

/// A file of the folder of shared vectors and manifests (`PODARIUM_SHARED`, or `../shared`), if it is there.
pub fn shared(path: &str) -> Option<String> {
    let folder = std::env::var_os("PODARIUM_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    std::fs::read_to_string(folder.join(path)).ok()
}
