//! The national limits for a child and each parent, and the notices so far.

use domain::national::{NextNotice, PenaltyNotice};

use super::limits::Counted;
use super::open::{support, to_do};
use crate::actions::ActionRow;
use crate::records::notices::{self as store, Amount, Missed, NoticeRow, ParentNotice, next};
use base::operation::*;
use figures::{Check, register_checks};
use roll::{parents, pupils};

/// A child's notices, and what the law says of the next one.
#[derive(Debug, Serialize, ToSchema)]
pub struct PupilNotices {
    /// The child.
    pupil_id: PupilId,
    /// The day as of which it is so.
    as_of: NaiveDate,
    /// The law.
    law: Law,
    /// For each parent: how near the threshold, and which notice would be the next.
    parents: Vec<ParentLimits>,
    /// What the registers of the weeks that a notice looks back over leave open: what is red should be settled before
    /// an authority is asked for a notice.
    registers: Vec<Check>,
    /// The support that the schools you may see have recorded for the child, a line each.
    support: Vec<String>,
    /// What somebody is still to do about the notices, with the role and the day.
    to_do: Vec<ActionRow>,
    /// The notices, earliest first.
    notices: Vec<ParentNotice>,
}

/// The national rule in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct Law {
    /// A notice is considered from so many sessions on,
    #[schema(example = 10)]
    sessions: usize,
    /// in so many rolling school weeks.
    #[schema(example = 10)]
    school_weeks: usize,
    /// At most so many notices to a parent for a child,
    #[schema(example = 2)]
    notices: usize,
    /// in so many years.
    #[schema(example = 3)]
    years: u32,
    /// Where it stands.
    reference: String,
}

/// Where one parent stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParentLimits {
    /// The parent.
    parent_id: ParentId,
    /// Whether the threshold is met: a person has to consider a notice.
    reached: bool,
    /// First day of the weeks with the most sessions; absent when the school has had no week yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<NaiveDate>,
    /// Last day of these weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<NaiveDate>,
    /// The sessions of unauthorised absence in them that no notice to this parent rests on.
    sessions: Vec<Missed>,
    /// 1 or 2: which notice the next one would be; absent when there may be none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u8>,
    /// What would be to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    /// The day before which there may be none.
    #[serde(skip_serializing_if = "Option::is_none")]
    none_before: Option<NaiveDate>,
}

impl From<&PenaltyNotice> for Law {
    fn from(law: &PenaltyNotice) -> Self {
        Self {
            sessions: law.sessions,
            school_weeks: law.school_weeks,
            notices: law.notices,
            years: law.years,
            reference: law.reference.clone(),
        }
    }
}

impl ParentLimits {
    fn of(counted: &Counted, notices: &[NoticeRow], parent_id: ParentId) -> Result<Self> {
        let watch = counted.watch(notices, parent_id, None)?;
        let turn = counted.next(notices, (parent_id, counted.day), None)?;
        let to_come = next(&counted.law, turn);
        let none_before = match turn {
            NextNotice::NoneBefore(day) => Some(day),
            NextNotice::First | NextNotice::Second => None,
        };
        let found = watch.iter().flat_map(|watch| &watch.sessions);
        let sessions = found.map(|(date, session)| Missed { date: *date, session: *session });
        Ok(Self {
            parent_id,
            reached: watch.as_ref().is_some_and(|watch| watch.reached),
            from: watch.as_ref().map(|watch| watch.window.from),
            to: watch.as_ref().map(|watch| watch.window.to),
            sessions: sessions.collect(),
            next: to_come.map(|(number, _)| number),
            amount: to_come.map(|(_, amount)| amount),
            none_before,
        })
    }
}

/// Read a child's penalty notices and limits
///
/// Counted from the marks as they stand now: when a mark is amended the threshold is met no more. What is met flags; a
/// person decides.
#[utoipa::path(tag = "notices", security(("token" = ["case:read"])),
    params(PupilId),
    responses((status = 200, description = "The limits and the notices.", body = PupilNotices),
        refusal::Invalid))]
#[get("/v1/pupils/{pupil_id}/notices")]
pub async fn notices_of_pupil(
    caller: May<ReadCase>,
    app: web::Data<App>,
    path: Path<PupilId>,
) -> Result<HttpResponse> {
    let (codes, whole) = (app.codes.clone(), caller.sees_confidential(&app));
    let answer = app.db.snapshot(caller.scope(), move |tx| {
        pupils::pupil(tx, path.0)?;
        let pupil_id = store::own_record(tx, path.0)?;
        let counted = Counted::read(tx, &codes, pupil_id, None)?;
        let mut rows = store::of_child(tx, pupil_id)?;
        if !store::sees(tx, pupil_id)? {
            rows.retain(|row| tx.scope().covers(row.asking_school));
        }
        let parents = parents::whom_to_ask(tx, pupil_id)?;
        let notices = rows.iter().map(|row| ParentNotice::shown(row, whole));
        let stays = pupils::stays_of(tx, pupil_id)?;
        let schools: BTreeSet<SchoolId> = stays.iter().map(|stay| stay.school_id).collect();
        let (mut given, mut open) = (Vec::new(), Vec::new());
        for school_id in &schools {
            given.extend(support(tx, *school_id, pupil_id)?);
            open.extend(to_do(tx, *school_id, pupil_id)?);
        }
        let registers = register_checks(tx, &codes, pupil_id, &schools, counted.days())?;
        let limits = parents.keys().map(|parent| ParentLimits::of(&counted, &rows, *parent));
        Ok(PupilNotices {
            pupil_id,
            as_of: counted.day,
            law: Law::from(&counted.law),
            parents: limits.collect::<Result<_, _>>()?,
            registers,
            support: given,
            to_do: open,
            notices: notices.collect::<Result<_, _>>()?,
        })
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}
