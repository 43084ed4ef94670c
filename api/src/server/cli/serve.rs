//! `rollcall serve`

use std::net::TcpListener;

use super::settings::{Reach, asked_to_stop, log};
use crate::server::{Rollcall, operation};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
    /// Address to listen on
    #[arg(long, env = "ROLLCALL_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: String,
}

/// Serves until it is told to stop.
pub fn run(args: &Args) -> Result<(), String> {
    log("info");
    let rollcall = args.reach.rollcall(args.reach.database_url()?)?;
    let listener = listen(&args.listen)?;
    // Not what was asked for, which may be port 0: any that is free.
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tracing::info!(%address, "serving");
    until_stopped(&rollcall, listener, args.reach.workers, |_| Ok(()))
}

/// A listening socket, or one sentence why not.
pub fn listen(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{address} is in use; choose another with --listen ADDRESS")
        }
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// Serves and works until it is told to stop; `beside` runs on a thread of its own once requests are taken.
pub fn until_stopped(
    rollcall: &Rollcall,
    listener: TcpListener,
    workers: usize,
    beside: impl FnOnce(&str) -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    operation::install_metrics();
    let words = |error: std::io::Error| error.to_string();
    let address = format!("http://{}", listener.local_addr().map_err(words)?);
    let workers = rollcall.work(workers, workers > 0).map_err(words)?;
    let served = actix_web::rt::System::new().block_on(async {
        let server = rollcall.serve(listener)?;
        let handle = server.handle();
        let sweeping = rollcall.app.clone();
        actix_web::rt::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                sweeping.limits.sweep();
            }
        });
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
        std::io::Result::Ok(sentence)
    });
    workers.stop();
    match served.map_err(words)? {
        None => Ok(()),
        Some(sentence) => Err(sentence),
    }
}
