//! Clearing away what a process that was killed has left behind.
//!
//! The caller holds the folder's lock, so no living rollcall uses the folder: whatever server still
//! runs on it is an orphan.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::PORT;
use super::account::Account;
use super::binaries::Binaries;
use super::error::EmbeddedError;
use super::place::Place;
use super::server::{Mode, pg_ctl_stop, pid_of};

/// Stops a server that still runs on the data of `place`, and removes what would keep a new one from
/// starting.
pub(super) fn clear(
    place: &Place,
    binaries: &Binaries,
    account: &Account,
    say: &mut dyn FnMut(&str),
) -> Result<(), EmbeddedError> {
    let data = &place.data;
    if let Some(pid) = pid_of(data)
        && let Ok(command) = fs::read(format!("/proc/{pid}/cmdline"))
    {
        if serves(&command, data) {
            say("A database server from an earlier run is still there: stopping it.");
            let stop = |mode| pg_ctl_stop(data, binaries, account, mode);
            if !stop(Mode::Fast)? && !stop(Mode::Immediate)? {
                return Err(EmbeddedError::LeftOver { folder: data.clone(), pid });
            }
        } else {
            // The number was given out again, or its process is dead and nobody has asked how it
            // ended. The server would take it for its living predecessor and refuse to start. (A
            // number of no process stays: the server checks that its predecessor is gone.)
            remove(&data.join("postmaster.pid"))?;
        }
    }
    // The socket's own lock has the same weakness, and by now nobody can be behind the socket.
    for name in [format!(".s.PGSQL.{PORT}"), format!(".s.PGSQL.{PORT}.lock")] {
        remove(&place.socket.join(name))?;
    }
    Ok(())
}

fn remove(file: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(EmbeddedError::io("remove", file)(error))
        }
        _ => Ok(()),
    }
}

/// Whether a process with these arguments (as /proc gives them, each closed by a zero) is a server
/// of `data`.
pub(super) fn serves(command: &[u8], data: &Path) -> bool {
    let data = data.as_os_str().as_encoded_bytes();
    let mut arguments = command.split(|&byte| byte == 0);
    arguments.any(|argument| argument == b"-D") && arguments.next() == Some(data)
}
