//! What a token says, and when it holds.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::db::{Schools, Scope};
use crate::base::id::{SchoolId, TrustId};

/// `iss` of our tokens.
pub const ISSUER: &str = "rollcall";
/// `aud` of tokens that are made for this API.
pub const AUDIENCE: &str = "rollcall-api";

/// Seconds by which two machines' clocks may differ.
const LEEWAY: i64 = 30;

/// The schools of a token: `"*"` or a list of ids.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SchoolsClaim {
    /// These schools.
    Only(Vec<SchoolId>),
    /// `"*"`: every school of the trust.
    All(Star),
}

/// The string `*`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Star {
    /// `*`
    #[serde(rename = "*")]
    Star,
}

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// Who made the token.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// Who acts: a staff member's or client's id. It stands in the history of every mark.
    pub sub: String,
    /// Not valid from this second on (Unix).
    pub exp: i64,
    /// Not valid before this second (Unix).
    pub nbf: i64,
    /// Made at this second (Unix).
    pub iat: i64,
    /// The token's own id.
    pub jti: String,
    /// The trust; 0 for the platform's own staff, who see no children.
    pub trust: TrustId,
    /// The schools of the trust.
    pub schools: SchoolsClaim,
    /// A role of `domain/roles.toml`.
    pub role: String,
}

impl Claims {
    /// Claims for a new token, valid from now.
    pub fn new(
        trust: TrustId,
        schools: Schools,
        role: &str,
        subject: &str,
        now: DateTime<Utc>,
        lasts: TimeDelta,
    ) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject.to_owned(),
            exp: (now + lasts).timestamp(),
            nbf: now.timestamp(),
            iat: now.timestamp(),
            jti: Uuid::new_v4().to_string(),
            trust,
            schools: match schools {
                Schools::All => SchoolsClaim::All(Star::Star),
                Schools::Only(list) => SchoolsClaim::Only(list),
            },
            role: role.to_owned(),
        }
    }

    /// Whether the token holds at this instant.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        self.nbf <= now + LEEWAY && now < self.exp.saturating_add(LEEWAY)
    }

    pub(in crate::base) fn scope(&self) -> Scope {
        let schools = match &self.schools {
            SchoolsClaim::All(Star::Star) => Schools::All,
            SchoolsClaim::Only(list) => Schools::Only(list.clone()),
        };
        Scope::new(self.trust, schools)
    }
}
