//! A client to be, as it comes in, and how far whoever gives it may let it reach.

use chrono::TimeDelta;
use domain::{Level, Role, Roles};

use super::rows::{ClientActs, NewRow};
use base::db::Schools;
use base::prelude::*;

/// The longest that a client gets tokens.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// The most audiences of a client.
const AUDIENCES: usize = 10;
/// The role of scheduled work, which no client has.
const RUNNER: &str = "runner";

/// A client to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// 1 to 200 characters.
    #[schema(example = "Register app of Elm Bank")]
    name: String,
    /// What it is for, 1 to 500 characters.
    #[schema(example = "Teachers take registers")]
    purpose: String,
    /// For whom it acts.
    acts: ClientActs,
    /// Its role, no more than your own; or where it acts for staff, the most that it may do for anybody.
    #[schema(example = "school_office")]
    role: String,
    /// For a client that acts for staff, what it is called at the trust's identity providers: 1 to 10 audiences of ID tokens
    /// that it may exchange.
    #[serde(default)]
    #[schema(example = json!([]))]
    audiences: Vec<String>,
    /// The schools that it may reach, of yours; none for every school of the trust.
    #[schema(example = json!([7]))]
    school_ids: Vec<SchoolId>,
    /// From then on it gets no token: a year from now at most.
    expires_at: DateTime<Utc>,
}

impl NewClient {
    /// As it is kept. Errors: every member with which the client could not be, or would reach beyond its giver.
    pub(super) fn check(
        &self,
        roles: &Roles,
        giver: &Caller,
        now: DateTime<Utc>,
    ) -> Result<NewRow> {
        let mut problem = Problem::new(Kind::Invalid);
        let name = name::kept(&self.name, name::LINE);
        if name.is_none() {
            problem = name::refuse(problem, "/name", name::LINE);
        }
        let purpose = name::kept(&self.purpose, name::REASON);
        if purpose.is_none() {
            problem = name::refuse(problem, "/purpose", name::REASON);
        }
        let may_be = may_be(roles, giver, self.acts);
        let role = may_be.iter().find(|role| role.name == self.role);
        if role.is_none() {
            let names: Vec<&str> = may_be.iter().map(|role| role.name.as_str()).collect();
            problem = problem.and("/role", format!("one of {}", names.join(", ")));
        }
        if let Some(expected) = role.and_then(|role| lacks_schools(role, &self.school_ids, giver)) {
            problem = problem.and("/school_ids", expected);
        }
        if let Some((pointer, expected)) = self.lacks_audiences() {
            problem = problem.and(pointer, expected);
        }
        if self.expires_at <= now || self.expires_at > now + LONGEST {
            problem = problem.and("/expires_at", "an instant from now on, within a year");
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let school_ids: BTreeSet<SchoolId> = self.school_ids.iter().copied().collect();
        Ok(NewRow {
            name: name.unwrap_or_default(),
            purpose: purpose.unwrap_or_default(),
            acts: self.acts,
            role: self.role.clone(),
            audiences: self.audiences.clone(),
            school_ids: school_ids.into_iter().collect(),
            expires_at: self.expires_at,
        })
    }

    /// The place among the audiences that is not right, and what is expected there.
    fn lacks_audiences(&self) -> Option<(String, &'static str)> {
        let (at, count) = ("/audiences".to_owned(), self.audiences.len());
        if self.acts == ClientActs::Itself {
            return (count > 0).then_some((at, "none: the client acts for itself"));
        }
        if !(1..=AUDIENCES).contains(&count) {
            return Some((at, "1 to 10 audiences"));
        }
        let is_kept = |one: &String| name::kept(one, name::LINE).as_ref() == Some(one);
        let wrong = self.audiences.iter().position(|one| !is_kept(one))?;
        Some((
            format!("{at}/{wrong}"),
            "an audience of 1 to 200 characters, all of which can be seen",
        ))
    }

    /// The schools, as they came.
    pub(super) fn school_ids(&self) -> &[SchoolId] {
        &self.school_ids
    }
}

/// The roles that a client may be given. One that acts for itself may do nothing that its giver could not: whoever knows
/// its secret is not always the giver, but the giver always does. One that acts for staff does what their duties allow.
fn may_be<'a>(roles: &'a Roles, giver: &Caller, acts: ClientActs) -> Vec<&'a Role> {
    let whole_trust = *giver.scope().schools() == Schools::All;
    let own = roles.role(giver.role());
    let fits = roles.roles().iter().filter(|role| {
        let level = match role.level {
            Level::School | Level::Authority => true,
            Level::Trust => whole_trust && role.name != RUNNER,
            Level::Platform => false,
        };
        let within = own.is_some_and(|own| role.permissions.is_subset(&own.permissions));
        level && (acts == ClientActs::ForStaff || within)
    });
    fits.collect()
}

/// What is expected of the schools of a role, where these are not it.
fn lacks_schools(role: &Role, schools: &[SchoolId], giver: &Caller) -> Option<&'static str> {
    match (schools.is_empty(), giver.scope().schools()) {
        (true, _) if role.level == Level::School => Some("the schools, for a role of a school"),
        (true, Schools::Only(_)) => Some("at least one of your schools"),
        _ => None,
    }
}
