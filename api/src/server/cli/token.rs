//! `rollcall token`: for whoever holds the signing key. Each carries an id, and `rollcall revoke` takes it back.

use chrono::TimeDelta;
use domain::{Level, Roles};

use super::settings::DataFolder;
use crate::server::demo::Notes;
use base::clock::Clock;
use base::db::Schools;
use base::id::{SchoolId, TrustId};
use base::tokens::keys::Keys;
use base::tokens::token::Claims;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    data: DataFolder,
    /// A role of domain/roles.toml, such as trust_officer
    #[arg(long)]
    role: String,
    /// The trust; the demonstration trust when there is one
    #[arg(long)]
    trust: Option<TrustId>,
    /// The schools, with commas between; * for all, unless the role is a school's; what the role usually has when absent
    #[arg(long)]
    schools: Option<String>,
    /// Who acts: stands in the history of every mark
    #[arg(long)]
    subject: Option<String>,
    /// How many hours it is valid: a day at most, of the demonstration or another sandbox a year
    #[arg(long, default_value = "12")]
    hours: u16,
    /// The trust is a sandbox
    #[arg(long)]
    sandbox: bool,
}

/// The longest that a token of a real trust is valid.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Prints a token.
pub fn run(args: &Args) -> Result<(), String> {
    let roles = Roles::built_in().map_err(|errors| format!("roles.toml: {errors:?}"))?;
    let Some(role) = roles.role(&args.role) else {
        let names: Vec<&str> = roles.roles().iter().map(|role| role.name.as_str()).collect();
        return Err(format!("no role is called {}; there are: {}", args.role, names.join(", ")));
    };
    let notes = Notes::read(&args.data.path());
    let platform = role.level == Level::Platform;
    let trust = match (platform, args.trust, &notes) {
        (true, trust, _) => trust.unwrap_or(TrustId::PLATFORM),
        (false, Some(trust), _) => trust,
        (false, None, Some(notes)) => notes.trust_id,
        (false, None, None) => {
            return Err(
                "say which trust: --trust ID (there is no demonstration trust here)".to_owned()
            );
        }
    };
    let schools = match (&args.schools, role.level, &notes) {
        (Some(text), _, _) => schools(text)?,
        (None, Level::School, Some(notes)) if args.trust.is_none() => {
            Schools::Only(notes.schools.iter().take(1).map(|school| school.school_id).collect())
        }
        (None, Level::School, _) => return Err("say which schools: --schools 1,2".to_owned()),
        (None, _, _) => Schools::All,
    };
    let subject = args.subject.clone().unwrap_or_else(|| format!("cli-{}", role.name));
    let lasts = TimeDelta::hours(i64::from(args.hours));
    let claims = Claims::new(trust, schools, &role.name, &subject, Clock::system().now(), lasts);
    claims.fit(Some(role.level)).map_err(|unfit| unfit.to_string())?;
    let demonstration = notes.is_some_and(|notes| notes.trust_id == trust);
    if lasts > LONGEST && !args.sandbox && !demonstration {
        return Err("a token lasts for 24 hours at most; of a sandbox, say --sandbox".to_owned());
    }
    let keys = Keys::load_or_create(&args.data.keys()).map_err(|error| error.to_string())?;
    println!("{}", keys.sign(&claims).map_err(|error| error.to_string())?);
    Ok(())
}

fn schools(text: &str) -> Result<Schools, String> {
    if text == "*" {
        return Ok(Schools::All);
    }
    let ids: Result<Vec<SchoolId>, _> = text.split(',').map(|id| id.trim().parse()).collect();
    ids.map(Schools::Only)
        .map_err(|_| format!("--schools takes ids with commas between, or *; not {text}"))
}
