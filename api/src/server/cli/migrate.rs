//! `rollcall migrate`

use diesel::connection::Connection;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use base::database_url::secured;
use base::migrate;
use roll::name_keys;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// The owner's database, such as postgres://rollcall_owner@localhost/rollcall
    #[arg(long, env = "MIGRATE_URL", hide_env_values = true, value_name = "URL")]
    migrate_url: String,
    /// The application role's database: its role becomes a member of rollcall_app
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
}

/// Brings the database up to date.
pub fn run(args: &Args) -> Result<(), String> {
    up(&args.migrate_url, args.database_url.as_deref())?;
    println!("The database is up to date.");
    Ok(())
}

/// As the owner at `owner`; the role of `application` becomes a member of the group that may use it.
pub fn up(owner: &str, application: Option<&str>) -> Result<(), String> {
    let variable = |name: &str| std::env::var(name).ok();
    let owner = secured(owner, &variable)?;
    let application = match application {
        None => None,
        Some(url) => Some(role(&secured(url, &variable)?)?),
    };
    migrate::migrate(&owner, application.as_deref()).map_err(|error| error.to_string())?;
    name_keys::fold_anew(&owner).map_err(|error| error.to_string())
}

/// The role that an address logs in as.
fn role(url: &str) -> Result<String, String> {
    let mut conn =
        PgConnection::establish(url).map_err(|error| format!("DATABASE_URL: {error}"))?;
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("current_user::text"))
        .get_result(&mut conn)
        .map_err(|error| format!("DATABASE_URL: {error}"))
}
