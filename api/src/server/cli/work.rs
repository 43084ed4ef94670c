//! `rollcall work`

use super::settings::{Reach, asked_to_stop, log};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
}

/// Does jobs until it is told to stop.
pub fn run(args: &Args) -> Result<(), String> {
    log("info");
    let rollcall = args.reach.rollcall(args.reach.database_url()?)?;
    let threads = args.reach.workers.max(1);
    let workers = rollcall.work(threads, true).map_err(|error| error.to_string())?;
    tracing::info!(threads, "working");
    let stopped = actix_web::rt::System::new().block_on(async {
        asked_to_stop()?.await;
        std::io::Result::Ok(())
    });
    workers.stop();
    stopped.map_err(|error| error.to_string())
}
