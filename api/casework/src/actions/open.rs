//! An action is opened, goes on at another school, or is to be done no more.

use diesel::prelude::*;
use diesel::sql_types::{Date, Integer};
use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Action, school_days_after};

use super::lists::strike_off;
use super::rows::{ActionRow, is_open};
use base::prelude::*;
use schema::action;
use school::calendars;

/// School days after which somebody calls, when no date is agreed for a meeting.
const DAYS_TO_AGREE: u32 = 5;
/// School days within which is done what a rule gives no time for.
const DAYS_TO_DO: u32 = 5;
/// Who does what nobody is named for, where no policy says who leads.
const LEAD: &str = "Attendance Lead";

/// What an action is about.
#[derive(Debug, Clone, Copy)]
pub struct ActionSubject {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: Option<PupilId>,
    /// The case.
    pub case_id: Option<CaseId>,
    /// The review.
    pub review_id: Option<ReviewId>,
}

/// Opens an action of a rule on a day.
pub fn open(
    tx: &mut Tx,
    about: ActionSubject,
    rule: &str,
    what: &Action,
    day: NaiveDate,
    calendars: &[Calendar],
) -> Result<()> {
    let says = what.to_string();
    let due = due(what, day, None, calendars);
    let (says, role) = (says.as_str(), what.by.as_deref());
    add(tx, about, &New { rule, kind: what.kind, says, role, opened_on: day, due })
}

/// The day by which something is to be done that is asked for on a day: within the school days that its rule gives; else
/// within five, or by the day on which the same is asked `again` where that is earlier.
pub fn due(
    what: &Action,
    day: NaiveDate,
    again: Option<NaiveDate>,
    calendars: &[Calendar],
) -> NaiveDate {
    let usual = || school_days_after(day, DAYS_TO_DO, calendars);
    match what.within {
        Some(days) => school_days_after(day, days, calendars),
        None => again.map_or_else(usual, |again| again.min(usual())),
    }
}

/// Opens a task that no rule's own words describe: something has happened that a person is to know of.
pub fn tell(
    tx: &mut Tx,
    about: ActionSubject,
    rule: &str,
    says: &str,
    (role, day): (Option<&str>, NaiveDate),
) -> Result<()> {
    let calendars = calendars::around(tx, about.school_id, day)?;
    let due = school_days_after(day, DAYS_TO_DO, &calendars);
    add(tx, about, &New { rule, kind: Do::Task, says, role, opened_on: day, due })
}

/// An action to be opened.
struct New<'a> {
    rule: &'a str,
    kind: Do,
    says: &'a str,
    role: Option<&'a str>,
    opened_on: NaiveDate,
    due: NaiveDate,
}

fn add(tx: &mut Tx, about: ActionSubject, new: &New<'_>) -> Result<()> {
    diesel::insert_into(action::table)
        .values((
            action::trust_id.eq(tx.trust()),
            action::school_id.eq(about.school_id),
            action::pupil_id.eq(about.pupil_id),
            action::case_id.eq(about.case_id),
            action::review_id.eq(about.review_id),
            action::rule.eq(new.rule),
            action::kind.eq(As(new.kind)),
            action::says.eq(new.says),
            action::role.eq(new.role.unwrap_or(LEAD)),
            action::opened_on.eq(new.opened_on),
            action::due.eq(new.due),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Opens the call that agrees a date, of the rule that asked for a meeting.
pub fn open_call_for_a_date(tx: &mut Tx, asked: &ActionRow, pupil_id: PupilId) -> Result<()> {
    let call = Action {
        kind: Do::Call,
        what: "agree a date to meet".to_owned(),
        by: asked.role.clone(),
        to: None,
        with: Vec::new(),
        within: Some(DAYS_TO_AGREE),
        before: None,
        only_if: None,
        unless: Some("a date is agreed".to_owned()),
        rate: None,
        school_weeks: None,
        unauthorised_at_least: None,
    };
    let ActionRow { school_id, case_id, review_id, .. } = *asked;
    let about = ActionSubject { school_id, pupil_id: Some(pupil_id), case_id, review_id };
    let day = tx.clock().today();
    let calendars = calendars::around(tx, school_id, day)?;
    open(tx, about, &asked.rule, &call, day, &calendars)
}

/// What is still open of a case is to be done at another school, for the case that goes on there. Who does it there is
/// for that school to say.
pub fn carry(
    tx: &mut Tx,
    from_case: CaseId,
    (school_id, case_id): (SchoolId, CaseId),
    day: NaiveDate,
) -> Result<()> {
    diesel::sql_query(
        "INSERT INTO action (trust_id, school_id, pupil_id, case_id, rule, kind, says, role, opened_on, due) \
         SELECT trust_id, $3, pupil_id, $4, rule, kind, says, role, $5, due FROM action \
         WHERE trust_id = $1 AND case_id = $2 AND done_at IS NULL AND overtaken_at IS NULL AND lapsed_by IS NULL ORDER BY action_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(from_case)
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(case_id)
    .bind::<Date, _>(day)
    .execute(tx.conn)?;
    Ok(())
}

/// Withdraws what a review opened about a pupil by these rules and nobody has done yet, on lists too.
pub fn overtake(
    tx: &mut Tx,
    (review_id, pupil_id): (ReviewId, PupilId),
    rules: &[String],
) -> Result<()> {
    let these = action::review_id.eq(review_id).and(action::pupil_id.eq(pupil_id));
    diesel::update(
        tx.of(action::table).filter(these.and(action::rule.eq_any(rules)).and(is_open())),
    )
    .set(action::overtaken_at.eq(tx.now()))
    .execute(tx.conn)?;
    strike_off(tx, pupil_id, Some((review_id, rules)))
}
