//! Owns: joining_draft.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Jsonb, Text, Timestamptz};

use crate::parents::{Contact, NewParent};
use crate::pupils;
use crate::visibility;
use base::prelude::*;
use schema::joining_draft;

/// What a school has been told of a pupil who is yet to come.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The surname, where it is to be another from the first day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Okafor-Lind")]
    pub surname: Option<String>,
    /// The forename, where it is to be another from the first day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Zoë")]
    pub forename: Option<String>,
    /// Parents whom nobody has recorded yet.
    #[serde(default)]
    pub new_parents: Vec<NewParent>,
    /// More ways to reach parents who are on record; they come after those there are.
    #[serde(default)]
    pub contacts: Vec<MoreContacts>,
}

/// More ways to reach a parent.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreContacts {
    /// The parent.
    #[schema(example = 812)]
    pub parent_id: ParentId,
    /// The ways.
    pub contacts: Vec<Contact>,
}

/// A draft that has not gone live.
#[derive(QueryableByName)]
pub struct Waiting {
    /// The school whose draft it is.
    #[diesel(sql_type = Integer)]
    pub school_id: SchoolId,
    /// The pupil.
    #[diesel(sql_type = Integer)]
    pub pupil_id: PupilId,
    #[diesel(sql_type = Jsonb)]
    draft: Value,
    /// Who wrote it.
    #[diesel(sql_type = Text)]
    pub recorded_by: String,
    /// When (UTC).
    #[diesel(sql_type = Timestamptz)]
    pub recorded_at: DateTime<Utc>,
}

impl Waiting {
    /// The draft itself.
    pub(super) fn draft(&self) -> Result<Draft> {
        serde_json::from_value(self.draft.clone()).map_err(Problem::internal)
    }
}

/// Every draft that the caller may see and that has not gone live.
fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>> {
    Ok(diesel::sql_query(
        "SELECT school_id, pupil_id, draft, recorded_by, recorded_at FROM ( \
             SELECT DISTINCT ON (school_id, pupil_id) * FROM joining_draft WHERE trust_id = $1 \
             ORDER BY school_id, pupil_id, recorded_at DESC) latest \
         WHERE NOT live ORDER BY school_id, pupil_id",
    )
    .bind::<Integer, _>(tx.trust())
    .load(tx.conn)?)
}

/// The drafts whose first day has come: the pupil, or the one whose record this one has become, is on the roll of the
/// school.
pub fn due(tx: &mut Tx) -> Result<Vec<Waiting>> {
    let today = tx.clock().today();
    let mut drafts = waiting(tx)?;
    let pupils: Vec<PupilId> = drafts.iter().map(|draft| draft.pupil_id).collect();
    let records = visibility::records(tx, &pupils)?.into_iter();
    let children: BTreeMap<PupilId, PupilId> =
        records.map(|one| (one.pupil_id, one.merged_into.unwrap_or(one.pupil_id))).collect();
    let stays = pupils::stays_of_pupils(tx, &children.values().copied().collect::<Vec<_>>())?;
    let here: BTreeSet<(SchoolId, PupilId)> = stays
        .into_iter()
        .filter(|stay| stay.covers(today))
        .map(|stay| (stay.school_id, stay.pupil_id))
        .collect();
    drafts.retain(|draft| {
        let child = children.get(&draft.pupil_id);
        child.is_some_and(|child| here.contains(&(draft.school_id, *child)))
    });
    Ok(drafts)
}

/// A school's draft about a pupil, unless it has gone live.
pub(super) fn of_pupil(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
) -> Result<Option<Waiting>> {
    let mut drafts = waiting(tx)?.into_iter();
    Ok(drafts.find(|one| (one.school_id, one.pupil_id) == (school_id, pupil_id)))
}

/// Keeps a draft, in place of the one before; or that it has gone live.
pub(super) fn keep(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    (draft, live): (&Draft, bool),
    by: &str,
) -> Result<()> {
    let trust = tx.trust();
    let ours = joining_draft::school_id.eq(school_id).and(joining_draft::pupil_id.eq(pupil_id));
    let last = joining_draft::table
        .filter(joining_draft::trust_id.eq(trust).and(ours))
        .select(diesel::dsl::max(joining_draft::recorded_at))
        .first(tx.conn)?;
    diesel::insert_into(joining_draft::table)
        .values((
            joining_draft::trust_id.eq(trust),
            joining_draft::school_id.eq(school_id),
            joining_draft::pupil_id.eq(pupil_id),
            joining_draft::draft.eq(serde_json::to_value(draft).map_err(Problem::internal)?),
            joining_draft::live.eq(live),
            joining_draft::recorded_at.eq(tx.after(last)),
            joining_draft::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}
