//! A reason was given: the marks that say that none is known become the code that a person has chosen, by an amendment.

use domain::{CodeTable, REASON_UNKNOWN};

use super::attempt::check_family;
use super::record_attempt::pupils_on;
use super::span::Span;
use base::operation::*;
use casework::amendments::{Amended, AmendedMark, Amendment, amend};
use marks::{self, Marking};
use roll::pupils;
use school::tenants;

/// The reason for the absence of one pupil, or of brothers and sisters.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// The pupils.
    pupil_ids: Vec<PupilId>,
    /// The code that a person has chosen for it.
    #[schema(example = "I")]
    code: String,
    /// The reason and who gave it; it stands in the history of the marks.
    #[schema(example = "Mother, by telephone: a temperature")]
    reason: String,
    /// The first day that it explains; the day itself when absent.
    #[serde(default)]
    from: Option<NaiveDate>,
}

/// What was amended.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonGiven {
    /// Pupil by pupil; no mark was changed where none said that the reason is unknown.
    pupils: Vec<Amended>,
}

/// Give a reason
///
/// Every mark of these days that says that the reason is not established yet becomes the code chosen, as an amendment:
/// the original entry stays in the history. Other marks stay as they are. Needs `mark:amend` and `contact:record`.
#[utoipa::path(tag = "day", security(("token" = ["mark:amend"])), request_body = ReasonBody,
    params(SchoolId, ("date" = NaiveDate, Path, description = "The day of absence."), Idempotency),
    responses((status = 201, description = "What was amended.", body = ReasonGiven, headers(("Location"))),
        refusal::UnknownCode, refusal::CodeNotInForce, refusal::CodeInWrongSession, refusal::ClosedDay,
        refusal::NotDue, refusal::NotOnRoll, refusal::FutureMark, refusal::NoCalendar))]
#[post("/v1/schools/{school_id}/contacts/{date}/reasons")]
pub async fn give_reason(
    caller: May<AmendMark>,
    _may: May<RecordContact>,
    app: web::Data<App>,
    path: Path<(SchoolId, NaiveDate)>,
    key: Idempotency,
    mut body: Json<ReasonBody>,
) -> Result<HttpResponse> {
    let (school_id, date) = path.0;
    check_family(&mut body.value.pupil_ids)?;
    let reason = name::words(&body.value.reason, "/reason", name::REASON)?;
    let days = days(&body.value, date)?;
    let codes = app.codes.clone();
    let [morning, afternoon] =
        Session::ALL.map(|session| check(&body.value.code, session, date, &codes));
    morning.or(afternoon)?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        let explained = pupils_on(tx, (school_id, date), &body.value.pupil_ids)?;
        let operation = format!("give_reason/{school_id}/{date}");
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            hold(tx, &explained, days)?;
            let mut pupils = Vec::new();
            for (school, pupil_id) in explained {
                let changes = unexplained(tx, (school, pupil_id), days, &body.value.code, &codes)?;
                let amendment =
                    Amendment { reason: reason.clone(), changes, school_id: Some(school) };
                pupils.push(amend(tx, pupil_id, &amendment, &codes, &caller)?);
            }
            let place = format!("/v1/schools/{school_id}/contacts/{date}");
            Reply::created(place, &ReasonGiven { pupils })
        })
    });
    Ok(reply.await?.answer())
}

/// The days that the reason explains, all of one academic year.
fn days(body: &ReasonBody, date: NaiveDate) -> Result<Span> {
    let from = body.from.unwrap_or(date);
    if from <= date && AcademicYear::of(from) == AcademicYear::of(date) {
        return Ok(Span { from, to: date });
    }
    let expected = format!("a day of the same school year, up to {date}");
    Err(Problem::at(Kind::Invalid, "/from", expected))
}

/// Locks the schools of all these pupils at once, in the order in which everybody locks them.
fn hold(tx: &mut Tx, pupils: &[(SchoolId, PupilId)], days: Span) -> Result<()> {
    let year = AcademicYear::of(days.to).ok_or_else(Problem::not_found)?;
    let mut keys: Vec<(SchoolId, i16)> =
        pupils.iter().map(|(school, _)| (*school, year.number())).collect();
    keys.sort_unstable();
    keys.dedup();
    // The amendment of each pupil bumps its school's version.
    tenants::lock(tx, &keys).map(drop)
}

/// The half days whose mark says that the reason is not established, with the code that they are to have.
fn unexplained(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    days: Span,
    code: &str,
    codes: &CodeTable,
) -> Result<Vec<AmendedMark>> {
    let year = AcademicYear::of(days.to).ok_or_else(Problem::not_found)?;
    let on = pupils::on_roll(tx, Some(school_id), days.to, Some(&[pupil_id]))?;
    let enrolments: Vec<EnrolmentId> = on.iter().map(|on| on.enrolment_id).collect();
    let mut changes = Vec::new();
    for marks in marks::marks_of(tx, school_id, year.number(), &enrolments)?.into_values() {
        for date in days.from.iter_days().take_while(|day| *day <= days.to) {
            for session in Session::ALL {
                let at = HalfDay::of(year, date, session).map(HalfDay::position);
                let mark = at.and_then(|at| marks.get(at)).and_then(|mark| codes.text(*mark));
                if mark == Some(REASON_UNKNOWN) {
                    check(code, session, date, codes)?;
                    changes.push(AmendedMark { date, session, mark: code.to_owned() });
                }
            }
        }
    }
    Ok(changes)
}

/// Refuses what is no code for that half day, at its place in this body.
fn check(code: &str, session: Session, date: NaiveDate, codes: &CodeTable) -> Result<()> {
    let marking = Marking::new(codes, BTreeMap::new(), date);
    marking.number(code, session, date, "/code").map(drop)
}
