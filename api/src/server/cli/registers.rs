//! `rollcall registers`: the demonstration goes on, as far as its clock was moved.

use chrono::TimeDelta;

use super::settings::DataFolder;
use crate::server::client::Client;
use crate::server::demo::{self, Notes};
use crate::server::progress::Progress;
use base::clock::Clock;
use base::db::Schools;
use base::tokens::keys::Keys;
use base::tokens::token::Claims;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataFolder,
}

/// Sends the running demonstration what its schools would have recorded up to its clock, where nobody else has.
pub fn run(args: &Args) -> Result<(), String> {
    let folder = args.data.path();
    let mut notes = Notes::read(&folder).filter(|notes| notes.loaded).ok_or_else(|| {
        format!("there is no demonstration in {}: `rollcall demo` starts one", folder.display())
    })?;
    let keys = Keys::load_or_create(&args.data.keys()).map_err(|error| error.to_string())?;
    let role = "trust_admin";
    let (now, lasts) = (Clock::system().now(), TimeDelta::hours(1));
    let claims = Claims::new(notes.trust_id, Schools::All, role, "cli-registers", now, lasts);
    let token = keys.sign(&claims).map_err(|error| error.to_string())?;
    let client = Client::new(&notes.address, &token);
    let today = demo::go_on(&client, &notes, &Progress::new())?;
    notes.sent_to = Some(today);
    notes.write(&folder).map_err(|error| error.to_string())?;
    println!(
        "The registers of every school day before {today} are there. What you have recorded stays as it is."
    );
    Ok(())
}
