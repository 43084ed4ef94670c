//! The running server and the thread that keeps it.
//!
//! The system interrupts the server when the *thread* that started it ends, not only when the
//! process does. A server started from a passing thread (a test's, a request's) would vanish with
//! it. So one thread starts the server, waits until it is to stop, stops it, and ends.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::error::{EmbeddedError, last_lines};
use super::place::Place;
use super::{Options, PORT};

/// How long a start may take: after a crash the server first repeats what was not written out.
const START: Duration = Duration::from_secs(120);
/// How long a stop may take, in seconds, before the server is stopped the hard way.
const STOP_SECONDS: &str = "20";
/// How often to look whether the server is ready.
const LOOK: Duration = Duration::from_millis(10);

/// What a server says whose killed predecessor has processes left.
const STILL_HELD: &str = "is still in use";

/// How often to look whether the server still lives, when it is to be started again, or its predecessor's processes.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// Settings of every server here.
const STANDARD: [(&str, &str); 3] =
    [("listen_addresses", ""), ("timezone", "UTC"), ("log_timezone", "UTC")];
/// Settings that trade safety after a crash for speed.
const FAST: [(&str, &str); 5] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
];

/// Everything needed to start one server.
#[derive(Debug)]
pub(super) struct Launch {
    arguments: Vec<OsString>,
    data: PathBuf,
    log: PathBuf,
    binaries: Binaries,
    account: Account,
    again: Option<fn(&str)>,
}

impl Launch {
    /// The server of `place`.
    pub fn new(options: &Options, place: &Place, binaries: &Binaries, account: Account) -> Self {
        let mut arguments: Vec<OsString> = vec!["-D".into(), place.data.clone().into()];
        arguments.extend(["-p".into(), PORT.to_string().into()]);
        arguments.extend(["-k".into(), place.socket.clone().into()]);
        let fast = if options.durable { &[][..] } else { &FAST[..] };
        let own = options.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in STANDARD.into_iter().chain(fast.iter().copied()).chain(own) {
            arguments.extend(["-c".into(), format!("{name}={value}").into()]);
        }
        Self {
            arguments,
            data: place.data.clone(),
            log: place.log.clone(),
            binaries: binaries.clone(),
            account,
            again: options.again,
        }
    }

    fn spawn(&self) -> Result<Child, EmbeddedError> {
        let log = File::create(&self.log).map_err(EmbeddedError::io("write", &self.log))?;
        self.account.give(&self.log)?;
        let copy = log.try_clone().map_err(EmbeddedError::io("write", &self.log))?;
        let postgres = self.binaries.program("postgres");
        self.account
            .command(&postgres)
            .args(&self.arguments)
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(copy))
            .spawn()
            .map_err(EmbeddedError::io("run", &postgres))
    }

    /// Starts the server and waits until it takes connections. Processes of a server that was killed may still be at a
    /// statement, and let go of what they hold when it ends.
    fn start(&self) -> Result<Child, EmbeddedError> {
        let since = Instant::now();
        loop {
            match self.attempt() {
                Err(EmbeddedError::Start { said, .. })
                    if said.contains(STILL_HELD) && since.elapsed() < START =>
                {
                    thread::sleep(LOOK_AFTER);
                }
                started => return started,
            }
        }
    }

    fn attempt(&self) -> Result<Child, EmbeddedError> {
        let mut child = self.spawn()?;
        let since = Instant::now();
        let why = loop {
            if ready(&self.data, child.id()) {
                return Ok(child);
            }
            match child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => break status.to_string(),
                Err(error) => break error.to_string(),
            }
            if since.elapsed() > START {
                break format!("not ready after {} s", START.as_secs());
            }
            thread::sleep(LOOK);
        };
        let _ended = child.kill().and_then(|()| child.wait());
        let said = fs::read(&self.log).unwrap_or_default();
        let said = last_lines(&String::from_utf8_lossy(&said), 12);
        Err(EmbeddedError::Start { why, log: self.log.clone(), said })
    }

    fn stop(&self, mut child: Child) -> Result<(), EmbeddedError> {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return Ok(());
        }
        let stop = |mode| pg_ctl_stop(&self.data, &self.binaries, &self.account, mode);
        let clean = matches!(stop(Mode::Fast), Ok(true));
        if !clean && !matches!(stop(Mode::Immediate), Ok(true)) {
            let _killed = child.kill();
        }
        let _ended = child.wait();
        if clean { Ok(()) } else { Err(EmbeddedError::Stop) }
    }
}

/// A server and its thread.
#[derive(Debug)]
pub(super) struct Server {
    pid: Arc<AtomicU32>,
    /// Closing this end tells the thread to stop the server.
    until: Option<Sender<()>>,
    thread: Option<JoinHandle<Result<(), EmbeddedError>>>,
}

impl Server {
    /// Starts the server on a thread of its own and returns when it takes connections.
    pub fn start(launch: Launch) -> Result<Self, EmbeddedError> {
        let program = launch.binaries.program("postgres");
        let (until, closed) = mpsc::channel();
        let (started, start) = mpsc::channel();
        let pid = Arc::new(AtomicU32::new(0));
        let told = pid.clone();
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || keep(&launch, &told, &started, &closed))
            .map_err(EmbeddedError::io("start a thread for", &program))?;
        start.recv().unwrap_or(Err(EmbeddedError::Stop))?;
        Ok(Self { pid, until: Some(until), thread: Some(thread) })
    }

    /// The server's process number; another one after it was started again.
    pub fn pid(&self) -> u32 {
        self.pid.load(Ordering::SeqCst)
    }

    /// Stops the server and waits for its end. A second time it does nothing.
    pub fn stop(&mut self) -> Result<(), EmbeddedError> {
        self.until = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(stopped)) => stopped,
            Some(Err(_panic)) => Err(EmbeddedError::Stop),
            None => Ok(()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is left to tell: a killed server recovers at its next start.
        let _stopped = self.stop();
    }
}

/// The thread's whole life: start, tell, wait, stop; and start again what died, where that is wanted.
fn keep(
    launch: &Launch,
    pid: &AtomicU32,
    started: &Sender<Result<(), EmbeddedError>>,
    closed: &Receiver<()>,
) -> Result<(), EmbeddedError> {
    let mut child = match launch.start() {
        Ok(child) => child,
        Err(error) => {
            let _heard = started.send(Err(error));
            return Ok(());
        }
    };
    pid.store(child.id(), Ordering::SeqCst);
    let _heard = started.send(Ok(()));
    // Nothing is ever sent: this ends when the other end closes.
    while matches!(closed.recv_timeout(LOOK_AFTER), Err(RecvTimeoutError::Timeout)) {
        let (Some(say), Ok(Some(status))) = (launch.again, child.try_wait()) else { continue };
        say(&format!("The database server ended ({status}): starting it again."));
        match launch.start() {
            Ok(again) => {
                pid.store(again.id(), Ordering::SeqCst);
                child = again;
            }
            // The next look tries again.
            Err(error) => say(&error.to_string()),
        }
    }
    launch.stop(child)
}

/// How `pg_ctl` is to stop a server.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    /// Cut off clients, write everything out.
    Fast,
    /// At once; the next start recovers.
    Immediate,
}

/// Stops the server of `data` and waits; `false` when it was still there at the end.
pub(super) fn pg_ctl_stop(
    data: &Path,
    binaries: &Binaries,
    account: &Account,
    mode: Mode,
) -> Result<bool, EmbeddedError> {
    let pg_ctl = binaries.program("pg_ctl");
    let mode = match mode {
        Mode::Fast => "fast",
        Mode::Immediate => "immediate",
    };
    let output = account
        .command(&pg_ctl)
        .args(["stop", "-w", "-t", STOP_SECONDS, "-m", mode, "-D"])
        .arg(data)
        .output()
        .map_err(EmbeddedError::io("run", &pg_ctl))?;
    Ok(output.status.success() || pid_of(data).is_none())
}

/// The process that `data` says it is served by.
pub(super) fn pid_of(data: &Path) -> Option<u32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Whether the server `pid` says that it takes connections: the eighth line of its file. The first
/// is compared, because an earlier server's file may still lie there.
fn ready(data: &Path, pid: u32) -> bool {
    let text = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines();
    let same = lines.next().and_then(|first| first.trim().parse().ok()) == Some(pid);
    same && lines.nth(6).is_some_and(|eighth| eighth.trim() == "ready")
}
