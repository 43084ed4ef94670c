//! Progress of long work: a bar on a terminal, a line a file elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::server::client::Client;

/// Shows how far imports are.
pub struct Progress {
    terminal: bool,
}

impl Progress {
    /// For this process's stderr.
    pub fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal() }
    }

    /// Sends a file and follows its job to the end. Errors: one sentence: the service does not answer, or refuses to
    /// take the file.
    pub fn send(
        &self,
        client: &Client,
        path: &str,
        key: Option<&str>,
        name: &str,
        bytes: &[u8],
    ) -> Result<Value, String> {
        let bar = self.bar(name);
        let taken = client.upload(path, key, bytes).map_err(|error| error.to_string())?;
        let place = format!("/v1/imports/{}", taken["import_id"]);
        loop {
            let import = client.get(&place).map_err(|error| error.to_string())?;
            let job = &import["job"];
            bar.set_length(job["total"].as_u64().unwrap_or(0).max(1));
            bar.set_position(job["done"].as_u64().unwrap_or(0));
            let stage = job["stage"].as_str().unwrap_or_default().to_owned();
            if matches!(job["state"].as_str(), Some("queued" | "running")) {
                bar.set_message(stage);
                std::thread::sleep(Duration::from_millis(100));
                continue;
            }
            bar.set_position(bar.length().unwrap_or(0));
            let rows = import["result"]["rows"].as_u64().unwrap_or(0);
            bar.finish_with_message(format!("{stage}, {rows} rows"));
            if !self.terminal {
                eprintln!("  {name}: {stage}, {rows} rows");
            }
            return Ok(import);
        }
    }

    fn bar(&self, name: &str) -> ProgressBar {
        if !self.terminal {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("  {prefix:34} {bar:24} {percent:>3}%  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name.to_owned());
        bar
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}
