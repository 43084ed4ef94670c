//! `rollcall serve`

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web;

use super::settings::{Reach, asked_to_stop, log};
use crate::server::{Rollcall, metrics};
use base::platform;
use base::state::App;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    doors: Doors,
}

/// Where it can be reached.
#[derive(clap::Args, Clone)]
pub struct Doors {
    /// Address to listen on
    #[arg(long, env = "ROLLCALL_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
    /// Address to serve measurements on (/metrics), which only those should reach who operate the service; none when absent
    #[arg(long, env = "ROLLCALL_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<String>,
}

/// The sockets that somebody listens on.
pub struct Listeners {
    /// For requests.
    pub requests: TcpListener,
    /// For measurements.
    pub metrics: Option<TcpListener>,
}

impl Doors {
    /// Opened, or one sentence why not.
    pub fn open(&self) -> Result<Listeners, String> {
        let requests = listen(&self.listen, "--listen")?;
        let metrics = self.metrics_listen.as_ref();
        let metrics = metrics.map(|address| listen(address, "--metrics-listen")).transpose()?;
        Ok(Listeners { requests, metrics })
    }
}

/// Serves until it is told to stop.
pub fn run(args: &Args) -> Result<(), String> {
    log("info");
    let rollcall = args.reach.rollcall(args.reach.database_url()?)?;
    let listeners = args.doors.open()?;
    // Not what was asked for, which may be port 0: any that is free.
    let address = |listener: &TcpListener| listener.local_addr().map_err(|error| error.to_string());
    if let Some(metrics) = &listeners.metrics {
        tracing::info!(address = %address(metrics)?, "measuring");
    }
    tracing::info!(address = %address(&listeners.requests)?, "serving");
    until_stopped(&rollcall, listeners, args.reach.workers, |_| Ok(()))
}

fn listen(address: &str, option: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{address} is in use; choose another with {option} ADDRESS")
        }
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// Serves and works until it is told to stop; `beside` runs on a thread of its own once requests are taken.
pub fn until_stopped(
    rollcall: &Rollcall,
    listeners: Listeners,
    workers: usize,
    beside: impl FnOnce(&str) -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let words = |error: std::io::Error| error.to_string();
    let address = format!("http://{}", listeners.requests.local_addr().map_err(words)?);
    if listeners.metrics.is_some() {
        metrics::install();
    }
    let workers = rollcall.work(workers, workers > 0).map_err(words)?;
    let served = actix_web::rt::System::new().block_on(async {
        let server = rollcall.serve(listeners.requests)?;
        let handle = server.handle();
        let measuring = listeners.metrics.map(metrics::serve).transpose()?;
        let measured = measuring.as_ref().map(Server::handle);
        measuring.map(actix_web::rt::spawn);
        actix_web::rt::spawn(sweep(rollcall.app.clone()));
        // Before anything is said: who reads it may already want us to stop.
        let stopped = asked_to_stop()?;
        let (tell, mut heard) = tokio::sync::oneshot::channel::<String>();
        std::thread::spawn(move || {
            if let Err(sentence) = beside(&address) {
                let _ = tell.send(sentence);
            }
        });
        let running = actix_web::rt::spawn(server);
        let sentence = tokio::select! {
            () = stopped => None,
            // Only a failure is heard; when all went well we go on serving.
            Ok(sentence) = &mut heard => Some(sentence),
        };
        handle.stop(true).await;
        let _ = running.await;
        if let Some(measured) = measured {
            measured.stop(false).await;
        }
        std::io::Result::Ok(sentence)
    });
    workers.stop();
    match served.map_err(words)? {
        None => Ok(()),
        Some(sentence) => Err(sentence),
    }
}

/// Every minute forgets what is not needed any more.
async fn sweep(app: web::Data<App>) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        app.limits.sweep();
        app.revocations.sweep();
        if let Err(problem) = platform::forget_revoked(&app.db).await {
            tracing::debug!(why = problem.internal_text(), "what was revoked cannot be forgotten");
        }
        metrics::tidy();
    }
}
