//! `rollcall secrets`: seal all secrets anew, after a key was added.

use clap::Subcommand;

use super::settings::{Reach, log};
use base::platform;
use base::tokens::keys::Keys;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Seal every secret under the last of the keys, so that those before it can go
    Renew {
        #[command(flatten)]
        reach: Reach,
    },
}

/// Seals anew.
pub fn run(args: &Args) -> Result<(), String> {
    log("warn");
    let What::Renew { reach } = &args.what;
    let rollcall = reach.rollcall(reach.database_url()?)?;
    let words = |problem: base::problem::Problem| {
        problem.internal_text().unwrap_or("the database refused").to_owned()
    };
    let mut renewed = Keys::renew(&rollcall.app.db, &rollcall.app.envelope).map_err(words)?;
    for scope in platform::every_trust(&rollcall.app.db).map_err(words)? {
        let envelope = &rollcall.app.envelope;
        let anew = rollcall.app.db.run_job(&scope, |tx| rewards::draws::renew(tx, envelope));
        renewed += anew.map_err(words)?;
    }
    println!("sealed anew: {renewed}; the keys before the last are not needed any more");
    Ok(())
}
