//! Installing Debian's PostgreSQL, for root on a machine that has none.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use super::account::{on_path, own_number};
use super::error::EmbeddedError;

/// Debian's switch for "do not make and start a cluster of the system's own": installing is our
/// doing, so it may not leave a service running that nobody asked for.
const SWITCH: &str = "/etc/postgresql-common/createcluster.d/rollcall.conf";

/// Whether this process may install: it is root and there is `apt-get`.
pub(super) fn possible() -> bool {
    matches!(own_number(), Ok(0)) && on_path("apt-get").is_some()
}

/// Installs the package `postgresql` and leaves no other trace.
pub(super) fn install() -> Result<(), EmbeddedError> {
    /// Two at once (tests) would take the switch away from each other.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let switch = Path::new(SWITCH);
    if let Some(folder) = switch.parent() {
        fs::create_dir_all(folder).map_err(EmbeddedError::io("make", folder))?;
    }
    fs::write(switch, "create_main_cluster = false\n")
        .map_err(EmbeddedError::io("write", switch))?;
    let installed = apt_get(&["update"])
        .and_then(|()| apt_get(&["install", "--yes", "--no-install-recommends", "postgresql"]));
    fs::remove_file(switch).map_err(EmbeddedError::io("remove", switch))?;
    installed
}

fn apt_get(arguments: &[&str]) -> Result<(), EmbeddedError> {
    let program = Path::new("apt-get");
    let output = Command::new(program)
        // Another apt-get (a machine's nightly upgrade) is waited for.
        .args(["-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .map_err(EmbeddedError::io("run", program))?;
    if output.status.success() { Ok(()) } else { Err(EmbeddedError::program(program, &output)) }
}
