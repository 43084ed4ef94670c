//! What this process logs, at every level, while a test listens.
//!
//! A process has one log, so it is installed once; other tests' lines come along while they run beside.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

/// How many tests listen; without one nothing is even composed.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);
static HEARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Listens as long as it lives.
pub struct Listener(());

struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Listener {
    pub fn start() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // ureq is the tests' own client: what it logs of a request is no line of the service.
            let wanted = dynamic_filter_fn(|event, _| {
                LISTENERS.load(Ordering::Relaxed) > 0 && !event.target().starts_with("ureq")
            });
            let lines = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_span_events(FmtSpan::FULL)
                .with_writer(|| Ear)
                .with_filter(wanted);
            tracing_subscriber::registry().with(lines).init();
        });
        LISTENERS.fetch_add(1, Ordering::Relaxed);
        Self(())
    }

    /// All that was logged since somebody began to listen.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&HEARD.lock().unwrap()).into_owned()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if LISTENERS.fetch_sub(1, Ordering::Relaxed) == 1 {
            HEARD.lock().unwrap().clear();
        }
    }
}
