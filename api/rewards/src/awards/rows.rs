//! Owns: award, award_event.

use diesel::prelude::*;
use domain::Rate;

use super::kind::{AwardKind, AwardState};
use base::prelude::*;
use schema::{award, award_event, award_now};

/// Rows that one statement adds: a statement can bind only so many values.
const AT_ONCE: usize = 1_000;

/// An award as it stands.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = award_now)]
pub struct AwardRow {
    /// Rollcall's key.
    #[schema(example = 118)]
    pub award_id: AwardId,
    /// The school at which it was earned.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The policy that gives it.
    #[schema(example = "strategy")]
    pub policy: String,
    /// Its version.
    #[schema(example = 1)]
    pub policy_version: i32,
    /// The row of the policy.
    #[schema(example = "S-07")]
    pub policy_row: String,
    /// The rule that the row says.
    #[schema(example = "S-07")]
    pub rule: String,
    /// The period that it was earned for.
    #[schema(example = "2026/term-1")]
    pub period: String,
    /// The first day that the rate was taken over.
    pub from_day: NaiveDate,
    /// The last day.
    pub to_day: NaiveDate,
    /// What it is.
    pub kind: AwardKind,
    /// What, in the policy's words.
    #[schema(example = "certificate for 100% in the term")]
    pub what: String,
    /// The role that gives it, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Attendance Lead")]
    pub role: Option<String>,
    /// The pupil; absent for a class's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 4711)]
    pub pupil_id: Option<PupilId>,
    /// The class that has it, or that the pupil was in on the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 31)]
    pub class_id: Option<ClassId>,
    /// Sessions attended, of those that counted when it was earned.
    #[schema(example = 130)]
    pub attended: i32,
    /// Sessions that counted.
    #[schema(example = 130)]
    pub possible: i32,
    /// How it stands.
    pub state: AwardState,
    /// What holds it, or why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The day on which it was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_on: Option<NaiveDate>,
    /// Whether marks that came later do not support it: what was given stays given.
    pub in_doubt: bool,
    /// The letter that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<LetterId>,
    /// Since when it stands so (UTC).
    pub state_at: DateTime<Utc>,
    /// By whom.
    pub state_by: String,
    /// Which of the row's items it is.
    #[serde(skip)]
    pub part: i16,
    /// The number of its last event.
    #[serde(skip)]
    pub seq: i32,
}

impl AwardRow {
    /// The rate that it was earned with.
    pub fn rate(&self) -> Option<Rate> {
        let count = |sessions: i32| u64::try_from(sessions).unwrap_or(0);
        Rate::of(count(self.attended), count(self.possible))
    }
}

/// An award to be.
#[derive(Debug, Clone)]
pub struct NewAward {
    /// The school.
    pub school_id: SchoolId,
    /// The policy.
    pub policy: String,
    /// Its version.
    pub policy_version: i32,
    /// The row of the policy.
    pub policy_row: String,
    /// The rule that it says.
    pub rule: String,
    /// Which of the row's items it is.
    pub part: i16,
    /// The period.
    pub period: String,
    /// The days that the rate was taken over.
    pub days: domain::Days,
    /// What it is.
    pub kind: AwardKind,
    /// What, in the policy's words.
    pub what: String,
    /// The role that gives it.
    pub role: Option<String>,
    /// The pupil; `None` for a class's.
    pub pupil_id: Option<PupilId>,
    /// The class.
    pub class_id: Option<ClassId>,
    /// Sessions attended.
    pub attended: i32,
    /// Sessions that counted.
    pub possible: i32,
    /// `None`: it is earned; else what holds it.
    pub held: Option<String>,
}

/// What becomes of an award.
#[derive(Debug, Clone)]
pub struct Change {
    /// How it stands.
    pub state: AwardState,
    /// What holds it, or why it was withdrawn.
    pub why: Option<String>,
    /// The day on which it was handed over.
    pub given_on: Option<NaiveDate>,
    /// Whether marks that came later do not support it.
    pub in_doubt: bool,
    /// The letter that was written.
    pub letter_id: Option<LetterId>,
}

impl Change {
    /// It comes to stand so.
    pub fn to(state: AwardState, why: Option<String>) -> Self {
        Self { state, why, given_on: None, in_doubt: false, letter_id: None }
    }
}

/// The awards of a row's period, whoever has them.
pub fn of_period(
    tx: &mut Tx,
    school_id: SchoolId,
    policy_row: &str,
    period: &str,
) -> Result<Vec<AwardRow>> {
    Ok(tx
        .rows::<AwardRow>()
        .filter(award_now::school_id.eq(school_id))
        .filter(award_now::policy_row.eq(policy_row).and(award_now::period.eq(period)))
        .order(award_now::award_id)
        .load(tx.conn)?)
}

/// An award that was added: its id, for whom it is, and which part of the row, of which period, it is.
type Added = (AwardId, Option<PupilId>, Option<ClassId>, i16, String, String);

/// Adds awards. One that is there already, as of a child who earned it at another school, is not added again.
pub fn add(tx: &mut Tx, new: &[NewAward], run_id: Option<RunId>, by: &str) -> Result<()> {
    let (trust, now) = (tx.trust(), tx.now());
    for some in new.chunks(AT_ONCE) {
        let row = |one: &NewAward| {
            (
                (
                    award::trust_id.eq(trust),
                    award::school_id.eq(one.school_id),
                    award::policy.eq(one.policy.clone()),
                    award::policy_version.eq(one.policy_version),
                    award::policy_row.eq(one.policy_row.clone()),
                    award::rule.eq(one.rule.clone()),
                    award::part.eq(one.part),
                    award::period.eq(one.period.clone()),
                    award::from_day.eq(one.days.from),
                ),
                (
                    award::to_day.eq(one.days.to),
                    award::kind.eq(one.kind),
                    award::what.eq(one.what.clone()),
                    award::role.eq(one.role.clone()),
                    award::pupil_id.eq(one.pupil_id),
                    award::class_id.eq(one.class_id),
                    award::attended.eq(one.attended),
                    award::possible.eq(one.possible),
                    award::recorded_at.eq(now),
                ),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        let added: Vec<Added> = diesel::insert_into(award::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((
                award::award_id,
                award::pupil_id,
                award::class_id,
                award::part,
                award::policy_row,
                award::period,
            ))
            .get_results(tx.conn)?;
        let events: Vec<_> = added
            .into_iter()
            .filter_map(|(id, pupil, class, part, row, period)| {
                let same = |one: &&NewAward| {
                    (one.pupil_id, one.class_id, one.part) == (pupil, class, part)
                        && one.policy_row == row
                        && one.period == period
                };
                let new = some.iter().find(same)?;
                let state = new.held.as_ref().map_or(AwardState::Earned, |_| AwardState::Held);
                Some((
                    award_event::trust_id.eq(trust),
                    award_event::school_id.eq(new.school_id),
                    award_event::award_id.eq(id),
                    award_event::seq.eq(1),
                    award_event::state.eq(state),
                    award_event::why.eq(new.held.clone()),
                    award_event::run_id.eq(run_id),
                    award_event::recorded_at.eq(now),
                    award_event::recorded_by.eq(by.to_owned()),
                ))
            })
            .collect();
        diesel::insert_into(award_event::table).values(events).execute(tx.conn)?;
    }
    Ok(())
}

/// Records what became of an award, which nobody else has changed since it was read. Errors: 412 when somebody has.
pub fn change(
    tx: &mut Tx,
    row: &AwardRow,
    change: &Change,
    run_id: Option<RunId>,
    by: &str,
) -> Result<()> {
    let added = diesel::insert_into(award_event::table)
        .values((
            award_event::trust_id.eq(tx.trust()),
            award_event::school_id.eq(row.school_id),
            award_event::award_id.eq(row.award_id),
            award_event::seq.eq(row.seq + 1),
            award_event::state.eq(change.state),
            award_event::why.eq(&change.why),
            award_event::given_on.eq(change.given_on),
            award_event::in_doubt.eq(change.in_doubt),
            award_event::letter_id.eq(change.letter_id),
            award_event::run_id.eq(run_id),
            award_event::recorded_at.eq(tx.now()),
            award_event::recorded_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    match added {
        1 => Ok(()),
        _ => Err(Problem::new(Kind::StaleTag).detail("Somebody has changed the award since.")),
    }
}

/// One award, if the caller may see it. Errors: 404.
pub fn award(tx: &mut Tx, award_id: AwardId) -> Result<AwardRow> {
    Ok(tx.rows::<AwardRow>().filter(award_now::award_id.eq(award_id)).first(tx.conn)?)
}

/// An event of an award.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = award_event)]
pub struct AwardEvent {
    /// How it came to stand.
    pub state: AwardState,
    /// What held it, or why it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The day on which it was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_on: Option<NaiveDate>,
    /// Whether marks that came later did not support it.
    pub in_doubt: bool,
    /// When (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// All that has become of an award, in order.
pub fn events(tx: &mut Tx, award_id: AwardId) -> Result<Vec<AwardEvent>> {
    let rows = tx.rows::<AwardEvent>().filter(award_event::award_id.eq(award_id));
    Ok(rows.order(award_event::seq).load(tx.conn)?)
}

/// Which awards.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AwardFilter {
    /// The school.
    pub school_id: Option<SchoolId>,
    /// The class.
    pub class_id: Option<ClassId>,
    /// The pupil.
    pub pupil_id: Option<PupilId>,
    /// The role that gives it.
    pub role: Option<String>,
    /// How it stands.
    pub state: Option<AwardState>,
    /// What it is.
    pub kind: Option<AwardKind>,
    /// The period.
    pub period: Option<String>,
}

/// Awards in the order in which they were earned, after `after`. Those that were withdrawn are among them only when they
/// are asked for.
pub fn list(
    tx: &mut Tx,
    filter: &AwardFilter,
    after: Option<AwardId>,
    most: i64,
) -> Result<Vec<AwardRow>> {
    let mut rows = tx.rows::<AwardRow>().order(award_now::award_id).limit(most).into_boxed();
    rows = rows.narrow(filter.school_id.map(|one| award_now::school_id.eq(one)));
    rows = rows.narrow(filter.class_id.map(|one| award_now::class_id.eq(one)));
    rows = rows.narrow(filter.pupil_id.map(|one| award_now::pupil_id.eq(one)));
    rows = rows.narrow(filter.role.clone().map(|one| award_now::role.eq(one)));
    rows = rows.narrow(filter.kind.map(|one| award_now::kind.eq(one)));
    rows = rows.narrow(filter.period.clone().map(|one| award_now::period.eq(one)));
    rows = rows.narrow(after.map(|after| award_now::award_id.gt(after)));
    rows = match filter.state {
        Some(state) => rows.filter(award_now::state.eq(state)),
        None => rows.filter(award_now::state.ne(AwardState::Withdrawn)),
    };
    Ok(rows.load(tx.conn)?)
}
