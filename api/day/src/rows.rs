//! Owns: contact_attempt, reported_absence, report_withdrawal.
//!
//! What parents reported, and every attempt to reach them; `leave.rs` has the leave that they asked for.

use diesel::prelude::*;

use super::attempt::{Attempt, AttemptKind, Professional};
use super::span::Span;
use schema::{contact_attempt, report_withdrawal, reported_absence};

use base::prelude::*;

/// Somebody told the school that a pupil is or will be away.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = reported_absence)]
pub struct ReportedAbsence {
    /// Rollcall's key.
    #[schema(example = 41)]
    pub report_id: ReportId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The first day away.
    pub first_day: NaiveDate,
    /// The last day away.
    pub last_day: NaiveDate,
    /// The reason, in their words.
    #[schema(example = "A temperature since the night")]
    pub reason: String,
    /// Who reported it, and how.
    #[schema(example = "Mother, by telephone")]
    pub reported_by: String,
    /// The day on which the pupil is expected back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_back: Option<NaiveDate>,
    /// When it was reported (UTC).
    pub reported_at: DateTime<Utc>,
    /// By whom it was taken in.
    pub recorded_by: String,
}

/// A report to be taken in.
pub(super) struct NewReport {
    pub school_id: SchoolId,
    pub pupil_id: PupilId,
    pub span: Span,
    pub reason: String,
    pub reported_by: String,
    pub expected_back: Option<NaiveDate>,
    pub reported_at: DateTime<Utc>,
}

/// Takes a report in.
pub(super) fn add_report(tx: &mut Tx, new: NewReport, caller: &Caller) -> Result<ReportedAbsence> {
    Ok(diesel::insert_into(reported_absence::table)
        .values((
            reported_absence::trust_id.eq(tx.trust()),
            reported_absence::school_id.eq(new.school_id),
            reported_absence::pupil_id.eq(new.pupil_id),
            reported_absence::first_day.eq(new.span.from),
            reported_absence::last_day.eq(new.span.to),
            reported_absence::reason.eq(new.reason),
            reported_absence::reported_by.eq(new.reported_by),
            reported_absence::expected_back.eq(new.expected_back),
            reported_absence::reported_at.eq(new.reported_at),
            reported_absence::recorded_at.eq(tx.now()),
            reported_absence::recorded_by.eq(caller.subject()),
            reported_absence::role.eq(caller.role()),
        ))
        .returning(ReportedAbsence::as_returning())
        .get_result(tx.conn)?)
}

/// One report, if the caller may see it.
pub(super) fn report(tx: &mut Tx, report_id: ReportId) -> Result<ReportedAbsence> {
    Ok(tx
        .rows::<ReportedAbsence>()
        .filter(reported_absence::report_id.eq(report_id))
        .first(tx.conn)?)
}

/// The reports of a school that touch these days and were not withdrawn, in the order in which they came.
pub(super) fn reports(
    tx: &mut Tx,
    school_id: SchoolId,
    days: Span,
) -> Result<Vec<ReportedAbsence>> {
    let trust = tx.trust();
    let withdrawn = report_withdrawal::table
        .filter(report_withdrawal::trust_id.eq(trust))
        .filter(report_withdrawal::report_id.eq(reported_absence::report_id));
    Ok(ReportedAbsence::query()
        .filter(reported_absence::trust_id.eq(trust).and(reported_absence::school_id.eq(school_id)))
        .filter(reported_absence::last_day.ge(days.from))
        .filter(reported_absence::first_day.le(days.to))
        .filter(diesel::dsl::not(diesel::dsl::exists(withdrawn)))
        .order(reported_absence::report_id)
        .load(tx.conn)?)
}

/// Withdraws a report; a second time changes nothing.
pub(super) fn withdraw(
    tx: &mut Tx,
    report: &ReportedAbsence,
    reason: &str,
    by: &str,
) -> Result<()> {
    diesel::insert_into(report_withdrawal::table)
        .values((
            report_withdrawal::trust_id.eq(tx.trust()),
            report_withdrawal::school_id.eq(report.school_id),
            report_withdrawal::report_id.eq(report.report_id),
            report_withdrawal::reason.eq(reason),
            report_withdrawal::recorded_at.eq(tx.now()),
            report_withdrawal::recorded_by.eq(by),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn)?;
    Ok(())
}

/// An attempt to reach somebody about a pupil's absence.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = contact_attempt)]
pub struct ContactAttempt {
    /// Rollcall's key.
    #[schema(example = 93)]
    pub attempt_id: AttemptId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil it was about.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// The day of absence it was about.
    pub day: NaiveDate,
    /// The parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 812)]
    pub parent_id: Option<ParentId>,
    /// Somebody else, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Social worker")]
    pub whom: Option<String>,
    /// What that somebody else is, where they are a professional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub professional: Option<Professional>,
    /// How.
    pub kind: AttemptKind,
    /// Which telephone number was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "07700 900123")]
    pub number: Option<String>,
    /// Whether they were reached: they answered, or were met.
    pub reached: bool,
    /// Whether a responsible adult has accounted for the child, or the child was seen.
    pub accounts_for: bool,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Whether there is cause for concern.
    pub concern: bool,
    /// It was agreed that nobody calls about further days until this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_call_until: Option<NaiveDate>,
    /// When it was made (UTC).
    pub made_at: DateTime<Utc>,
    /// By whom it was recorded.
    pub recorded_by: String,
}

/// Keeps an attempt, a row for each of the pupils it was about: school and pupil.
pub(super) fn add_attempt(
    tx: &mut Tx,
    pupils: &[(SchoolId, PupilId)],
    day: NaiveDate,
    attempt: &Attempt,
    caller: &Caller,
) -> Result<Vec<ContactAttempt>> {
    let (trust, now) = (tx.trust(), tx.now());
    let rows: Vec<_> = pupils
        .iter()
        .map(|(school_id, pupil_id)| {
            (
                (contact_attempt::trust_id.eq(trust), contact_attempt::school_id.eq(school_id)),
                (contact_attempt::pupil_id.eq(pupil_id), contact_attempt::day.eq(day)),
                contact_attempt::parent_id.eq(attempt.parent_id),
                contact_attempt::whom.eq(&attempt.whom),
                contact_attempt::professional.eq(attempt.professional),
                contact_attempt::kind.eq(attempt.kind),
                contact_attempt::number.eq(&attempt.number),
                contact_attempt::reached.eq(attempt.reached),
                contact_attempt::accounts_for.eq(attempt.accounts_for),
                contact_attempt::says.eq(&attempt.says),
                contact_attempt::concern.eq(attempt.concern),
                contact_attempt::no_call_until.eq(attempt.no_call_until),
                contact_attempt::made_at.eq(attempt.made_at.unwrap_or(now)),
                contact_attempt::recorded_at.eq(now),
                contact_attempt::recorded_by.eq(caller.subject()),
                contact_attempt::role.eq(caller.role()),
            )
        })
        .collect();
    Ok(diesel::insert_into(contact_attempt::table)
        .values(rows)
        .returning(ContactAttempt::as_returning())
        .get_results(tx.conn)?)
}

/// The attempts of a school about these pupils and days, in the order in which they were made.
pub(super) fn attempts(
    tx: &mut Tx,
    school_id: SchoolId,
    days: Span,
    pupils: &[PupilId],
) -> Result<Vec<ContactAttempt>> {
    Ok(ContactAttempt::query()
        .filter(
            contact_attempt::trust_id.eq(tx.trust()).and(contact_attempt::school_id.eq(school_id)),
        )
        .filter(contact_attempt::day.between(days.from, days.to))
        .filter(contact_attempt::pupil_id.eq_any(pupils))
        .order((contact_attempt::made_at, contact_attempt::attempt_id))
        .load(tx.conn)?)
}
