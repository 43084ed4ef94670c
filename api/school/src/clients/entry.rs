//! A client comes in with its secret.

use super::rows::{self, ClientActs};
use base::db::Schools;
use base::prelude::*;
use base::tokens::client_name::ClientName;
use base::tokens::secret;

/// A client whose secret was right.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Its name.
    pub name: ClientName,
    /// Its role.
    pub role: String,
    /// For whom it acts.
    pub acts: ClientActs,
    /// What it is called at the trust's identity providers.
    pub audiences: Vec<String>,
    /// The schools that it may reach.
    pub schools: Schools,
    /// From then on it gets no token, by the machine's clock.
    pub expires_at: DateTime<Utc>,
}

/// Who comes in with this secret, from this address; nobody where the secret is not the client's, or does not hold, or
/// there is no such client. Which of them it was is not told.
pub fn enter(
    tx: &mut Tx,
    name: ClientName,
    secret: &str,
    from: Option<&str>,
) -> Result<Option<Entered>> {
    let Some(found) = rows::by_secret(tx, name.client, &secret::hash(secret))? else {
        return Ok(None);
    };
    rows::used(tx, name.client, from)?;
    let schools = match found.school_ids.as_slice() {
        [] => Schools::All,
        some => Schools::Only(some.to_vec()),
    };
    let expires_at = found.expires_at - tx.ahead();
    let rows::Found { role, acts, audiences, .. } = found;
    Ok(Some(Entered { name, role, acts, audiences, schools, expires_at }))
}
