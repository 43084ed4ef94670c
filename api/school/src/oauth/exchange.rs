//! Somebody who has signed in at their trust's identity provider gets a token of ours (token exchange, RFC 8693).
//!
//! The client identifies itself and shows the ID token. What comes out is the member of staff's: what their duties of today
//! allow, as far as the client's role and schools go.

use actix_web::Error;
use chrono::{Days, NaiveTime, TimeDelta};
use chrono_tz::Europe::London;
use domain::{Level, Roles};

use super::form::Form;
use super::refused::{OAuthErrorCode, OAuthRefusal};
use crate::clients::{ClientActs, Entered};
use crate::sign_in::{self, IdentityProvider};
use crate::staff::{self, Standing};
use base::db::{Schools, block};
use base::openid::{self, Expected};
use base::operation::*;
use base::platform;
use base::revocations;
use base::tokens::token::{AUDIENCE, Claims};

/// The kinds of token that come out and go in.
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// How long after its use an ID token is remembered: longer than it is taken.
const REMEMBERED: TimeDelta = TimeDelta::minutes(10);
/// What lasts no longer is not given.
const SHORTEST: TimeDelta = TimeDelta::minutes(1);

/// What the token of the person says who has signed in.
pub(super) async fn for_staff(
    app: &web::Data<App>,
    entered: Entered,
    form: &Form,
    lasts: TimeDelta,
) -> Result<Claims, Error> {
    if entered.acts != ClientActs::ForStaff {
        let why = "the client acts for itself, not for staff";
        return Err(OAuthRefusal::new(OAuthErrorCode::UnauthorizedClient, why).into());
    }
    let token = subject_token(form)?.to_owned();
    let door = platform::at_the_door(entered.name.trust);
    let providers = app.db.run(&door, sign_in::providers).await?;
    let issuer = openid::issuer_of(&token);
    let provider = providers.into_iter().find(|one| Some(&one.issuer) == issuer.as_ref());
    let provider =
        provider.ok_or_else(|| OAuthRefusal::request(openid::NotTaken::Issuer.to_string()))?;
    let person = person(app, &provider, &entered, &token).await?;
    let asked = Asked {
        roles: app.roles.clone(),
        issuer: app.keys.issuer().to_owned(),
        role: form.get("role").map(str::to_owned),
        used: openid::fingerprint(&token),
        lasts,
    };
    let given = app.db.run(&door, move |tx| given(tx, &provider, &person, &entered, &asked));
    Ok(given.await??)
}

/// The ID token, if it is asked for with it as it has to be.
fn subject_token(form: &Form) -> Result<&str, OAuthRefusal> {
    let token = form.need("subject_token", "subject_token is missing")?;
    if form.need("subject_token_type", "subject_token_type is missing")? != ID_TOKEN {
        return Err(OAuthRefusal::request("subject_token_type is that of an ID token"));
    }
    if form.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(OAuthRefusal::request("requested_token_type is that of an access token"));
    }
    if form.get("actor_token").is_some() {
        return Err(OAuthRefusal::request("the client itself acts: there is no actor_token"));
    }
    let elsewhere = form.get("audience").is_some_and(|audience| audience != AUDIENCE);
    if elsewhere || form.get("resource").is_some() {
        let why = "a token is for this API alone";
        return Err(OAuthRefusal::new(OAuthErrorCode::InvalidTarget, why));
    }
    Ok(token)
}

/// The person, as the provider calls them.
async fn person(
    app: &web::Data<App>,
    provider: &IdentityProvider,
    entered: &Entered,
    token: &str,
) -> Result<String, Error> {
    let issuer = provider.issuer.clone();
    let expected = Expected { issuer, audiences: entered.audiences.clone() };
    let (app, token) = (app.clone(), token.to_owned());
    let checked = block(move || Ok(app.openid.check(&token, &expected, app.clock.now()))).await?;
    let signed_in = checked.map_err(|why| OAuthRefusal::request(why.to_string()))?;
    let person = provider.person_of(signed_in);
    let why = "the ID token does not say who it is in the claim and directory of the trust";
    Ok(person.ok_or_else(|| OAuthRefusal::request(why))?)
}

/// What is asked for.
struct Asked {
    roles: Roles,
    issuer: String,
    /// The role, where somebody has several.
    role: Option<String>,
    used: [u8; 32],
    lasts: TimeDelta,
}

/// What somebody is given. Nothing is written where it is refused.
fn given(
    tx: &mut Tx,
    provider: &IdentityProvider,
    person: &str,
    entered: &Entered,
    asked: &Asked,
) -> Result<Result<Claims, OAuthRefusal>> {
    let Some(staff_id) = sign_in::member(tx, &provider.issuer, person)? else {
        return Ok(Err(OAuthRefusal::request("nobody of the trust's staff signs in so")));
    };
    // Before the duties: what changes in between is newer than what the token knows.
    let knows = revocations::last_change(tx, staff_id)?;
    let standing = staff::standing(tx, staff_id)?;
    let may = match chosen(&standing, entered, asked) {
        Ok(may) => may,
        Err(refused) => return Ok(Err(refused)),
    };
    let now = tx.machine_now();
    let ends = may.until.map(midnight_after).map(|end| end - tx.ahead());
    if ends.is_some_and(|end| end < now + SHORTEST) {
        return Ok(Err(OAuthRefusal::request(NO_DUTY)));
    }
    if !sign_in::use_once(tx, &asked.used, now + REMEMBERED)? {
        return Ok(Err(OAuthRefusal::request("the ID token was used before")));
    }
    let lasts = asked.lasts.min(entered.expires_at - now);
    let name = entered.name;
    let claims = Claims::new(name.trust, may.schools, &may.role, &standing.subject, now, lasts);
    let claims = claims.of_client(name, &asked.issuer).for_staff(staff_id, knows);
    Ok(Ok(ends.into_iter().fold(claims, Claims::until)))
}

const NO_DUTY: &str = "no duty that the person has today lies within the client's role and schools";

/// What somebody may do for a while.
struct Rights {
    role: String,
    schools: Schools,
    /// The last day on which all of it holds.
    until: Option<NaiveDate>,
}

/// The one role of somebody's duties of today, of those that lie within the client's role and schools.
fn chosen(standing: &Standing, entered: &Entered, asked: &Asked) -> Result<Rights, OAuthRefusal> {
    let most = asked.roles.role(&entered.role).map(|role| &role.permissions);
    let within = |name: &str| {
        let role = asked.roles.role(name)?;
        most.is_some_and(|most| role.permissions.is_subset(most)).then_some(role.level)
    };
    let reaches = |school: &SchoolId| match &entered.schools {
        Schools::All => true,
        Schools::Only(list) => list.contains(school),
    };
    let mut roles: BTreeMap<&str, (Level, Vec<SchoolId>, Option<NaiveDate>)> = BTreeMap::new();
    for duty in &standing.duties {
        let Some(level) = within(&duty.role) else { continue };
        if level == Level::School && !reaches(&duty.school_id) {
            continue;
        }
        let (_, schools, until) = roles.entry(&duty.role).or_insert((level, Vec::new(), None));
        schools.push(duty.school_id);
        *until = until.iter().copied().chain(duty.to_day).min();
    }
    if let Some(role) = &asked.role {
        roles.retain(|name, _| name == role);
    }
    let names: Vec<&str> = roles.keys().copied().collect();
    let Some((role, (level, mut schools, until))) = roles.pop_first() else {
        return Err(OAuthRefusal::request(NO_DUTY));
    };
    if names.len() > 1 {
        let why = format!("name one of the person's roles with `role`: {}", names.join(", "));
        return Err(OAuthRefusal::request(why));
    }
    schools.sort_unstable();
    schools.dedup();
    let schools = match level {
        Level::School => Schools::Only(schools),
        _ => entered.schools.clone(),
    };
    Ok(Rights { role: role.to_owned(), schools, until })
}

/// When a day is over, in England.
fn midnight_after(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let midnight = next.and_time(NaiveTime::MIN);
    midnight.and_local_timezone(London).earliest().map_or(midnight.and_utc(), |at| at.to_utc())
}
