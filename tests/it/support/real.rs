//! Material that nobody on the project wrote. It lies beside the checkout; a clone without it skips.

use std::path::PathBuf;

/// A file or folder of the real material, or `None` after saying that the test is skipped.
pub fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ROLLCALL_REAL").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/real")),
        PathBuf::from,
    );
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no real material ({name})");
    None
}
