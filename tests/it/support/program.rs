//! The program as people start it: a process with arguments, an environment and two outputs.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};

pub use rustix::process::Signal;

/// How long it may take to say what a story waits for, or to end. A story with a stricter view measures.
const PATIENCE: Duration = Duration::from_secs(300);

/// The program's file.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_rollcall-under-test");

/// `rollcall` with these arguments. Of our environment it is given only where programs and temporary files lie.
pub fn rollcall(arguments: &[&str]) -> Command {
    program(PROGRAM, arguments)
}

/// As [`rollcall`], from another file.
pub fn program(file: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(file);
    command.args(arguments).env_clear();
    for name in ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "ROLLCALL_PG_BIN"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

/// Sends a signal to a process.
#[track_caller]
pub fn send_signal(pid: u32, signal: Signal) {
    let process = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process number");
    kill_process(process, signal)
        .unwrap_or_else(|error| panic!("no process {pid} to send {signal:?} to: {error}"));
}

/// What a run that has ended said, and its exit code (none after a signal).
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs it to its end, `rollcall` or any other program.
pub fn run(command: &mut Command) -> Ended {
    Running::start(command).end()
}

/// What a program says on stdout that has to succeed.
#[track_caller]
pub fn said(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!(ended.code, Some(0), "{command:?}: {}", ended.err);
    ended.out
}

enum Line {
    Out(String),
    Err(String),
}

/// A running program; killed with this value.
pub struct Running {
    child: Child,
    lines: Receiver<Line>,
    out: String,
    err: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!(
                "{:?} is missing: `make test` looks for what the tests need, and says what to install",
                command.get_program()
            ),
            _ => panic!("{command:?}: {error}"),
        });
        let (tell, lines) = channel();
        follow(child.stdout.take().expect("piped"), tell.clone(), Line::Out);
        follow(child.stderr.take().expect("piped"), tell, Line::Err);
        Self { child, lines, out: String::new(), err: String::new() }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said on stdout so far, as far as it was waited for.
    pub fn out(&self) -> &str {
        &self.out
    }

    pub fn signal(&self, signal: Signal) {
        send_signal(self.pid(), signal);
    }

    /// Waits for a line with these words in it, and returns it.
    #[track_caller]
    pub fn wait_for(&mut self, words: &str) -> String {
        let since = Instant::now();
        loop {
            match self.next_line(since) {
                Ok(line) if line.contains(words) => return line,
                Ok(_) => {}
                Err(why) => panic!("{why:?} before {words:?} was said:\n{}{}", self.out, self.err),
            }
        }
    }

    /// Waits until it has ended by itself, and with it everything that it started and let write to its outputs.
    #[track_caller]
    pub fn end(mut self) -> Ended {
        let since = Instant::now();
        loop {
            match self.next_line(since) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it does not end:\n{}{}", self.out, self.err)
                }
            }
        }
        // Its outputs have ended, and so will it in a moment.
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its exit status") {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "it does not end:\n{}{}", self.out, self.err);
            std::thread::sleep(Duration::from_millis(5));
        };
        let code = status.code();
        let (out, err) = (std::mem::take(&mut self.out), std::mem::take(&mut self.err));
        Ended { code, out, err }
    }

    fn next_line(&mut self, since: Instant) -> Result<String, RecvTimeoutError> {
        let (kept, line) =
            match self.lines.recv_timeout(PATIENCE.saturating_sub(since.elapsed()))? {
                Line::Out(line) => (&mut self.out, line),
                Line::Err(line) => (&mut self.err, line),
            };
        kept.push_str(&line);
        kept.push('\n');
        Ok(line)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _killed = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn follow(output: impl Read + Send + 'static, tell: Sender<Line>, line: fn(String) -> Line) {
    std::thread::spawn(move || {
        for text in BufReader::new(output).lines().map_while(Result::ok) {
            let _heard = tell.send(line(text));
        }
    });
}
