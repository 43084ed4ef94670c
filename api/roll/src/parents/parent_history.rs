//! What was recorded of a parent over time, when and by whom.

use diesel::prelude::*;

use super::address;
use super::link::Link;
use super::parents_of_pupil::sees_orders;
use super::person::Person;
use super::rows;
use super::safeguards::{Order, Safeguards};
use crate::visibility;
use base::operation::*;
use schema::{parent_change, parent_safeguard, pupil, pupil_parent};

/// A parent's history: each list from the earliest on.
#[derive(Serialize, ToSchema)]
pub struct ParentHistory {
    /// The parent.
    #[schema(example = 812)]
    parent_id: ParentId,
    /// Who they were and how they were reached, until it was changed.
    persons: Vec<PersonUntil>,
    /// What they were to each pupil, from when it was recorded.
    links: Vec<LinkSince>,
    /// What had to be respected, from when it was recorded. Only for those who lead on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    safeguards: Option<Vec<SafeguardsSince>>,
}

/// What stood in a parent's record until it was changed.
#[derive(Serialize, ToSchema)]
pub struct PersonUntil {
    /// Until when (UTC).
    until: DateTime<Utc>,
    /// Who changed it then.
    changed_by: String,
    /// What stood there.
    person: Person,
}

/// What was recorded of a parent and a pupil.
#[derive(Serialize, ToSchema)]
pub struct LinkSince {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// When (UTC).
    recorded_at: DateTime<Utc>,
    /// Who.
    recorded_by: String,
    /// What they are to the pupil since.
    link: Link,
}

/// What was recorded to be respected about a parent and a pupil.
#[derive(Serialize, ToSchema)]
pub struct SafeguardsSince {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// When (UTC).
    recorded_at: DateTime<Utc>,
    /// Who.
    recorded_by: String,
    /// What has to be respected since; an empty object when nothing has.
    safeguards: Safeguards,
    /// Why something was lifted, shortened or put otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(HasQuery)]
#[diesel(table_name = pupil_parent)]
struct LinkRow {
    pupil_id: PupilId,
    relationship: words::Relationship,
    priority: i16,
    responsibility: bool,
    lives_with: bool,
    last_day: Option<NaiveDate>,
    recorded_at: DateTime<Utc>,
    recorded_by: String,
}

impl From<LinkRow> for LinkSince {
    fn from(row: LinkRow) -> Self {
        let LinkRow { pupil_id, priority, responsibility, lives_with, last_day, .. } = row;
        let relationship = *row.relationship;
        let link = Link { relationship, priority, responsibility, lives_with, last_day };
        Self { pupil_id, recorded_at: row.recorded_at, recorded_by: row.recorded_by, link }
    }
}

#[derive(HasQuery)]
#[diesel(table_name = parent_safeguard)]
struct SafeguardRow {
    pupil_id: PupilId,
    court_order: Option<String>,
    court_order_from: Option<NaiveDate>,
    court_order_to: Option<NaiveDate>,
    no_contact: Option<String>,
    no_contact_from: Option<NaiveDate>,
    no_contact_to: Option<NaiveDate>,
    recorded_at: DateTime<Utc>,
    recorded_by: String,
    reason: Option<String>,
}

impl From<SafeguardRow> for SafeguardsSince {
    fn from(row: SafeguardRow) -> Self {
        let safeguards = Safeguards {
            court_order: Order::of(row.court_order, row.court_order_from, row.court_order_to),
            no_contact: Order::of(row.no_contact, row.no_contact_from, row.no_contact_to),
        };
        let SafeguardRow { pupil_id, recorded_at, recorded_by, reason, .. } = row;
        Self { pupil_id, recorded_at, recorded_by, safeguards, reason }
    }
}

/// Read a parent's history
///
/// As far as it is about pupils whom you may see.
#[utoipa::path(tag = "parents", security(("token" = ["parent:read"])), params(ParentId),
    responses((status = 200, description = "The history.", body = ParentHistory)))]
#[get("/v1/parents/{parent_id}/history")]
pub async fn parent_history(
    caller: May<ReadParent>,
    app: web::Data<App>,
    path: Path<ParentId>,
) -> Result<HttpResponse> {
    let parent_id = path.0;
    let leads = caller.sees_confidential(&app);
    let scope = caller.scope().clone();
    let (db, app) = (app.db.clone(), app.clone());
    let history = db.snapshot(&scope, move |tx| {
        rows::parent(tx, parent_id)?;
        let mut safeguards = leads.then(|| safeguards(tx, parent_id)).transpose()?;
        if let Some(all) = &mut safeguards {
            let pupils: Vec<PupilId> = all.iter().map(|since| since.pupil_id).collect();
            let standings = visibility::mine(tx, &pupils)?;
            all.retain(|since| sees_orders(&app, &caller, standings.get(&since.pupil_id).copied()));
        }
        let (persons, links) = (persons(tx, parent_id)?, links(tx, parent_id)?);
        Ok(ParentHistory { parent_id, persons, links, safeguards })
    });
    Ok(HttpResponse::Ok().json(history.await?))
}

fn persons(tx: &mut Tx, parent_id: ParentId) -> Result<Vec<PersonUntil>> {
    let rows: Vec<(DateTime<Utc>, String, Value)> = parent_change::table
        .filter(parent_change::trust_id.eq(tx.trust()).and(parent_change::parent_id.eq(parent_id)))
        .order(parent_change::recorded_at)
        .select((parent_change::recorded_at, parent_change::recorded_by, parent_change::old))
        .load(tx.conn)?;
    let person = |(until, changed_by, old): (_, _, Value)| {
        let person = serde_json::from_value(old).map_err(Problem::internal)?;
        Ok(PersonUntil { until, changed_by, person })
    };
    let mut persons = rows.into_iter().map(person).collect::<Result<Vec<PersonUntil>>>()?;
    // What a school whose child has left sees last is what it knew, not that somebody changed it then.
    if rows::present(tx, &[parent_id])?.is_empty() {
        persons.pop();
    }
    if address::elsewhere(tx, &[parent_id])?.contains(&parent_id) {
        for one in &mut persons {
            one.person.contacts.retain(|contact| !address::is_address(contact));
        }
    }
    Ok(persons)
}

fn links(tx: &mut Tx, parent_id: ParentId) -> Result<Vec<LinkSince>> {
    let trust = tx.trust();
    let seen = pupil::trust_id.eq(trust).and(pupil::pupil_id.eq(pupil_parent::pupil_id));
    let rows: Vec<LinkRow> = LinkRow::query()
        .filter(pupil_parent::trust_id.eq(trust).and(pupil_parent::parent_id.eq(parent_id)))
        .filter(diesel::dsl::exists(pupil::table.filter(seen)))
        .order((pupil_parent::recorded_at, pupil_parent::pupil_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

fn safeguards(tx: &mut Tx, parent_id: ParentId) -> Result<Vec<SafeguardsSince>> {
    let trust = tx.trust();
    let seen = pupil::trust_id.eq(trust).and(pupil::pupil_id.eq(parent_safeguard::pupil_id));
    let rows: Vec<SafeguardRow> = SafeguardRow::query()
        .filter(parent_safeguard::trust_id.eq(trust).and(parent_safeguard::parent_id.eq(parent_id)))
        .filter(diesel::dsl::exists(pupil::table.filter(seen)))
        .order((parent_safeguard::recorded_at, parent_safeguard::pupil_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
