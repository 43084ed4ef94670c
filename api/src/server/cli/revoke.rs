//! `rollcall revoke`

use super::settings::Reach;
use base::platform;
use base::revocations;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
    /// A token that `rollcall token` made
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true)]
    token: String,
}

/// Takes a token back: every process refuses it within a second.
pub fn run(args: &Args) -> Result<(), String> {
    let app = args.reach.rollcall(args.reach.database_url()?)?.app;
    let claims = app.keys.verify(&args.token, app.clock.now());
    let claims = claims.map_err(|refused| format!("no token of ours that holds: {refused}"))?;
    let (door, id) = (platform::at_the_door(claims.trust), claims.jti.clone());
    let taken = app.db.run_job(&door, |tx| revocations::take_back_token(tx, claims));
    taken.map_err(|problem| problem.to_string())?;
    println!("The token {id} does not hold any more.");
    Ok(())
}
