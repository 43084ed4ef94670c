//! Owns: identity_providers, staff_identity, used_id_token.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};

use super::provider::{ISSUER, IdentityProvider, IdentityProviders};
use base::prelude::*;
use base::revocations;
use base::tokens::basis::About;
use schema::{identity_providers, staff_identity, used_id_token};

/// The most identities of a member of staff.
const MOST: usize = 10;

/// As whom a member of staff signs in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identities {
    /// None: they do not sign in.
    pub identities: Vec<Identity>,
}

/// Somebody at an identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, QueryableByName, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The provider's issuer.
    #[diesel(sql_type = Text)]
    #[schema(example = "https://login.example/larkrise")]
    pub issuer: String,
    /// What the provider calls the person, in the claim that the trust has said.
    #[diesel(sql_type = Text)]
    #[schema(example = "8d4d7c1e-5a3e-4f6e-9d1c-0f6a4c1b2e3d")]
    pub person: String,
}

impl Identities {
    /// Errors: every place that cannot be kept.
    pub(super) fn check(&self) -> Result<()> {
        let mut problem = Problem::new(Kind::Invalid);
        if self.identities.len() > MOST {
            problem = problem.and("/identities", format!("at most {MOST} identities"));
        }
        for (index, one) in self.identities.iter().enumerate() {
            let parts = [("issuer", &one.issuer, ISSUER), ("person", &one.person, name::LINE)];
            for (member, text, most) in parts {
                if name::kept(text, most).as_ref() != Some(text) {
                    problem = name::refuse(problem, &format!("/identities/{index}/{member}"), most);
                }
            }
        }
        if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
    }
}

/// The identity providers that stand.
pub fn providers(tx: &mut Tx) -> Result<Vec<IdentityProvider>> {
    Ok(latest(tx)?.map(|(_, stand)| stand.providers).unwrap_or_default())
}

fn latest(tx: &mut Tx) -> Result<Option<(i32, IdentityProviders)>> {
    let found = tx
        .of(identity_providers::table)
        .order(identity_providers::version.desc())
        .select((identity_providers::version, identity_providers::body));
    let row: Option<(i32, Value)> = found.first(tx.conn).optional()?;
    let read = |(version, body)| {
        serde_json::from_value(body).map(|body| (version, body)).map_err(Problem::internal)
    };
    row.map(read).transpose()
}

/// Replaces the identity providers. The same again changes nothing.
pub(super) fn put_providers(tx: &mut Tx, new: &IdentityProviders, by: &str) -> Result<()> {
    tx.take_turns("identity providers")?;
    let before = latest(tx)?;
    if before.as_ref().is_some_and(|(_, stand)| stand == new) {
        return Ok(());
    }
    diesel::insert_into(identity_providers::table)
        .values((
            identity_providers::trust_id.eq(tx.trust()),
            identity_providers::version.eq(before.map_or(0, |(version, _)| version) + 1),
            identity_providers::body.eq(serde_json::to_value(new).map_err(Problem::internal)?),
            identity_providers::recorded_at.eq(tx.now()),
            identity_providers::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    // Whoever came in through one that is gone is nobody from now on.
    revocations::take_back(tx, &About::AllStaff)
}

/// The member of staff who is this person at a provider.
pub fn member(tx: &mut Tx, issuer: &str, person: &str) -> Result<Option<StaffId>> {
    let found = tx
        .of(staff_identity::table)
        .filter(staff_identity::issuer.eq(issuer).and(staff_identity::person.eq(person)))
        .order(staff_identity::recorded_at.desc())
        .select(staff_identity::staff_id);
    Ok(found.first::<Option<StaffId>>(tx.conn).optional()?.flatten())
}

/// As whom a member of staff signs in.
pub(super) fn identities(tx: &mut Tx, staff_id: StaffId) -> Result<Identities> {
    let identities = diesel::sql_query(
        "SELECT issuer, person FROM ( \
             SELECT DISTINCT ON (issuer, person) * FROM staff_identity \
             WHERE trust_id = $1 ORDER BY issuer, person, recorded_at DESC) latest \
         WHERE staff_id = $2 ORDER BY issuer, person",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Nullable<Integer>, _>(Some(staff_id))
    .load(tx.conn)?;
    Ok(Identities { identities })
}

/// Replaces as whom a member of staff signs in. The caller takes turns. Errors: 409 when somebody else does so.
pub(super) fn put_identities(
    tx: &mut Tx,
    staff_id: StaffId,
    new: &Identities,
    by: &str,
) -> Result<()> {
    let before = identities(tx, staff_id)?.identities;
    for gone in before.iter().filter(|one| !new.identities.contains(one)) {
        append(tx, gone, None, by)?;
    }
    for (index, one) in new.identities.iter().enumerate() {
        match member(tx, &one.issuer, &one.person)? {
            None => append(tx, one, Some(staff_id), by)?,
            Some(who) if who == staff_id => {}
            Some(_) => {
                let expected = "a person as whom nobody else signs in";
                return Err(Problem::at(Kind::Taken, format!("/identities/{index}"), expected));
            }
        }
    }
    Ok(())
}

fn append(tx: &mut Tx, one: &Identity, staff_id: Option<StaffId>, by: &str) -> Result<()> {
    let last: Option<DateTime<Utc>> = tx
        .of(staff_identity::table)
        .filter(staff_identity::issuer.eq(&one.issuer).and(staff_identity::person.eq(&one.person)))
        .select(diesel::dsl::max(staff_identity::recorded_at))
        .first(tx.conn)?;
    diesel::insert_into(staff_identity::table)
        .values((
            staff_identity::trust_id.eq(tx.trust()),
            staff_identity::issuer.eq(&one.issuer),
            staff_identity::person.eq(&one.person),
            staff_identity::recorded_at.eq(tx.after(last)),
            staff_identity::staff_id.eq(staff_id),
            staff_identity::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes that an ID token was used, which nobody takes after `until`. `false`: it was used before.
pub fn use_once(tx: &mut Tx, sha256: &[u8; 32], until: DateTime<Utc>) -> Result<bool> {
    let over = used_id_token::until.lt(tx.machine_now());
    diesel::delete(tx.of(used_id_token::table).filter(over)).execute(tx.conn)?;
    let kept = diesel::insert_into(used_id_token::table)
        .values((
            used_id_token::trust_id.eq(tx.trust()),
            used_id_token::sha256.eq(sha256.as_slice()),
            used_id_token::until.eq(until),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(kept == 1)
}
