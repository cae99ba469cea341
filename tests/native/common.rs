//! What several tests need.

use std::path::PathBuf;

/// A file of the folder of shared vectors and manifests (`PODARIUM_SHARED`, or `../shared`), if it is there.
pub fn shared(path: &str) -> Option<String> {
    std::fs::read_to_string(shared_folder()?.join(path)).ok()
}

/// That folder, if it is there.
pub fn shared_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("PODARIUM_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    folder.canonicalize().ok()
}
