//! Making a new cluster, so that a half-made one is never taken for a whole one.

use std::fs::{self, File};
use std::process::Output;

use super::SUPERUSER;
use super::account::Account;
use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::place::Place;

/// Locales to try: sorting by code point, with letters of all scripts known where possible.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes the data folder of `place`. It grows under another name and is renamed when it is complete:
/// what an interrupted attempt left behind is thrown away here.
pub(super) fn create(
    place: &Place,
    durable: bool,
    binaries: &Binaries,
    account: &Account,
) -> Result<(), EmbeddedError> {
    let initdb = binaries.program("initdb");
    let mut failed = None;
    for locale in LOCALES {
        if place.unfinished.exists() {
            fs::remove_dir_all(&place.unfinished)
                .map_err(EmbeddedError::io("remove", &place.unfinished))?;
        }
        let output = initdb_output(&initdb, place, durable, locale, account)?;
        if output.status.success() {
            return finish(place);
        }
        failed = Some(EmbeddedError::program(&initdb, &output));
        if !String::from_utf8_lossy(&output.stderr).contains("locale") {
            break;
        }
    }
    failed.map_or(Ok(()), Err)
}

fn initdb_output(
    initdb: &std::path::Path,
    place: &Place,
    durable: bool,
    locale: &str,
    account: &Account,
) -> Result<Output, EmbeddedError> {
    let mut command = account.command(initdb);
    command.arg("-D").arg(&place.unfinished).args(["-U", SUPERUSER, "-E", "UTF8"]);
    // By the socket, and as the user of the same name until it is said who else: there is no TCP.
    command.args(["--auth-local=peer", "--auth-host=reject"]);
    command.arg(format!("--locale={locale}")).env("LC_ALL", locale);
    if !durable {
        command.arg("--no-sync");
    }
    command.output().map_err(EmbeddedError::io("run", initdb))
}

/// Gives the folder its name, and makes the name last.
fn finish(place: &Place) -> Result<(), EmbeddedError> {
    fs::rename(&place.unfinished, &place.data)
        .map_err(EmbeddedError::io("rename", &place.unfinished))?;
    File::open(&place.folder)
        .and_then(|folder| folder.sync_all())
        .map_err(EmbeddedError::io("write", &place.folder))
}
