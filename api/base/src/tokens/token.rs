//! What a token says, and when it holds.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Level;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::basis::{Basis, Knows};
use super::client_name::ClientName;
use crate::db::{Schools, Scope};
use crate::id::{SchoolId, StaffId, TrustId};

/// `iss` of our tokens.
pub const ISSUER: &str = "rollcall";
/// `aud` of tokens that are made for this API.
pub const AUDIENCE: &str = "rollcall-api";
/// The longest that a token may last.
pub const LONGEST: TimeDelta = TimeDelta::days(366);

/// The most characters of a subject.
const SUBJECT: usize = 200;
/// Seconds by which two machines' clocks may differ.
pub const LEEWAY: i64 = 30;

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
    /// The client that was given it (RFC 9068); none on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientName>,
    /// The member of staff for whom the client acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// The last change of the staff member's duties that the token knows of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knows: Option<i64>,
}

/// What a token says that none of ours may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The subject cannot be kept in a history.
    #[error("a subject has 1 to {SUBJECT} characters, all of which can be seen")]
    Subject,
    /// It ends before it begins, or lasts for too long.
    #[error("a token lasts for an hour or more, and for no longer than a year")]
    Lasts,
    /// A role of the platform with a trust or schools.
    #[error(
        "a role of the platform stands outside every trust: it is given no trust and no schools"
    )]
    Platform,
    /// The trust is none.
    #[error("a trust's id is a number from 1 on")]
    Trust,
    /// A school is none, or there is no school.
    #[error("a school's id is a number from 1 on, and a list of schools names one at least")]
    School,
    /// A role of a school with `"*"`.
    #[error("a role of a school is given the schools by their ids, not all that there are")]
    AllSchools,
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
            client_id: None,
            staff: None,
            knows: None,
        }
    }

    /// The same of a client, which another issuer than the command line names.
    #[must_use]
    pub fn of_client(self, client: ClientName, issuer: &str) -> Self {
        Self { client_id: Some(client), iss: issuer.to_owned(), ..self }
    }

    /// The same for a member of staff, whose duties stand as after this change of them.
    #[must_use]
    pub fn for_staff(self, staff: StaffId, knows: i64) -> Self {
        Self { staff: Some(staff), knows: Some(knows), ..self }
    }

    /// The same, ending at this instant or before.
    #[must_use]
    pub fn until(self, end: DateTime<Utc>) -> Self {
        Self { exp: self.exp.min(end.timestamp() - LEEWAY), ..self }
    }

    /// What has to stand for the token to hold.
    pub fn basis(&self) -> Basis {
        let staff = self.staff.map(|id| Knows { staff_id: id, change: self.knows.unwrap_or(0) });
        Basis { token: self.jti.clone(), client: self.client_id, staff }
    }

    /// Whether the token holds at this instant.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp();
        let begun = self.nbf.max(self.iat) <= now.saturating_add(LEEWAY);
        begun && now < self.exp.saturating_add(LEEWAY)
    }

    /// Whether a token may say this of somebody whose role has this level; `None` is a role that does not exist, and may
    /// do nothing.
    ///
    /// A role of the trust may be given for some of its schools: that is less than it could be.
    ///
    /// # Errors
    /// What it says that it may not.
    pub fn fit(&self, level: Option<Level>) -> Result<(), Unfit> {
        let fits = (1..=SUBJECT).contains(&self.sub.chars().count());
        if !fits || self.sub.chars().any(domain::is_invisible) {
            return Err(Unfit::Subject);
        }
        let lasts = self.exp.saturating_sub(self.iat);
        if !(1..=LONGEST.num_seconds()).contains(&lasts) {
            return Err(Unfit::Lasts);
        }
        let trust = self.trust.number();
        match (level, &self.schools) {
            (Some(Level::Platform), SchoolsClaim::All(Star::Star)) if trust == 0 => Ok(()),
            (Some(Level::Platform), _) => Err(Unfit::Platform),
            _ if trust < 1 => Err(Unfit::Trust),
            (Some(Level::School), SchoolsClaim::All(Star::Star)) => Err(Unfit::AllSchools),
            (_, SchoolsClaim::All(Star::Star)) => Ok(()),
            (_, SchoolsClaim::Only(list)) => {
                let are_ids = !list.is_empty() && list.iter().all(|school| school.number() > 0);
                if are_ids { Ok(()) } else { Err(Unfit::School) }
            }
        }
    }

    pub(crate) fn scope(&self) -> Scope {
        let schools = match &self.schools {
            SchoolsClaim::All(Star::Star) => Schools::All,
            SchoolsClaim::Only(list) => Schools::Only(list.clone()),
        };
        Scope::new(self.trust, schools)
    }
}
