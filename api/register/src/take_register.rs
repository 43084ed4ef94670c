//! A class's register is taken, or saved again while it is open.

use domain::{HalfDaySet, NO_MARK};

use super::page::{Register, RegisterNow};
use base::operation::*;
use marks::{self, Author, Changed, Header, Marking, Moved, Source, YearChange};
use roll::pupils;
use school::calendars;
use school::tenants::{self, Version};

/// A register to be saved: every pupil of the class who is due, once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterBody {
    /// A mark for every pupil who is in the class that day and whose year group is due.
    marks: Vec<PupilMark>,
    /// When the teacher opened the register (UTC); the moment of the first save when absent.
    #[serde(default)]
    opened_at: Option<DateTime<Utc>>,
    /// Close it: from then on a mark changes only by an amendment.
    #[serde(default)]
    close: bool,
}

/// A pupil's mark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PupilMark {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// An attendance code; `null` when there is no mark yet.
    #[schema(example = "/")]
    mark: Option<String>,
}

/// Take a register
///
/// Saves the whole register of a class for one session. Saving it again while it is open replaces the marks; every
/// change is kept in the history. Once closed, or once its day is over, a mark changes only by an amendment. What rests
/// on a mark that a review has counted and that is replaced is looked at again by a job, as after an amendment.
#[utoipa::path(tag = "register", security(("token" = ["register:take"])), request_body = RegisterBody,
    params(ClassId, ("date" = NaiveDate, Path, description = "The date."),
        ("session" = words::Session, Path, description = "The session."), IfMatch,
        ("If-None-Match" = Option<String>, Header, description = "Not if the register has this ETag.")),
    responses((status = 200, description = "The register as it stands now.", body = Register, headers(("ETag"))),
        refusal::UnknownCode, refusal::CodeNotInForce, refusal::CodeInWrongSession, refusal::ClosedDay,
        refusal::NotDue, refusal::NotOnRoll, refusal::FutureMark, refusal::NoCalendar, refusal::RegisterIncomplete,
        refusal::NamedTwice, refusal::NobodyInClass, refusal::RegisterClosed))]
#[put("/v1/classes/{class_id}/registers/{date}/{session}")]
pub async fn take_register(
    caller: May<TakeRegister>,
    app: web::Data<App>,
    path: Path<(ClassId, NaiveDate, Session)>,
    conditions: Conditions,
    body: Json<RegisterBody>,
) -> Result<HttpResponse> {
    let (class_id, date, session) = path.0;
    let codes = app.codes.clone();
    let saved = app.db.run(&caller.scope().clone(), move |tx| {
        let class = pupils::class(tx, class_id)?;
        let locked = tenants::lock(tx, &[(class.school_id, class.year)])?;
        let standing = RegisterNow::read(tx, class, date, session)?;
        let today = tenants::today(tx, standing.class.school_id)?;
        if date > today {
            return Err(
                Problem::new(Kind::FutureMark).detail(format!("{date} is after today, {today}."))
            );
        }
        let year = tenants_year(&standing)?;
        let calendar = match standing.calendar.clone() {
            Some(calendar) => calendar,
            None => calendars::of_year(tx, standing.class.school_id, year)?,
        };
        let marking = Marking::new(&codes, BTreeMap::from([(year.number(), calendar)]), today);
        marking.half_day(date, session, "")?;
        standing.check_anybody()?;
        standing.check_due()?;
        // Before the body: who has read another list of pupils is told to read again, not that somebody is missing.
        conditions.check_write(Some(&standing.tag()), standing.header.is_some())?;
        let marks = wanted(tx, &standing, &body.value, &marking)?;
        check_open(&standing, &marks, today)?;
        if is_as_wanted(&standing, &marks, body.value.close) {
            return Ok((standing.tag(), standing.page(&codes)));
        }
        let version =
            locked.bump(tx)?.into_values().next().ok_or_else(|| Problem::internal("no version"))?;
        save(tx, standing, &marks, &body.value, version, &caller).map(|s| (s.tag(), s.page(&codes)))
    });
    let (tag, page): (ETag, Register) = saved.await?;
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(page))
}

fn tenants_year(standing: &RegisterNow) -> Result<domain::AcademicYear> {
    domain::AcademicYear::new(standing.class.year)
        .ok_or_else(|| Problem::internal("a class of an impossible year"))
}

/// The mark of each member, in their order: every member once, nobody else, every code right.
fn wanted(
    tx: &mut Tx,
    standing: &RegisterNow,
    body: &RegisterBody,
    marking: &Marking<'_>,
) -> Result<Vec<u8>> {
    let members: BTreeMap<PupilId, usize> =
        standing.members.iter().enumerate().map(|(at, m)| (m.pupil_id, at)).collect();
    let mut marks = vec![None; standing.members.len()];
    let mut problem: Option<Problem> = None;
    let mut seen = BTreeSet::new();
    for (index, given) in body.marks.iter().enumerate() {
        let pointer = format!("/marks/{index}");
        let refused = match members.get(&given.pupil_id) {
            None if standing.not_due.contains(&given.pupil_id) => Some(Problem::at(
                Kind::NotDue,
                format!("{pointer}/pupil_id"),
                "a pupil whose year group is due for this session",
            )),
            None => Some(stranger(tx, given.pupil_id, &pointer)?),
            Some(_) if !seen.insert(given.pupil_id) => Some(Problem::at(
                Kind::NamedTwice,
                format!("{pointer}/pupil_id"),
                "each pupil once",
            )),
            Some(at) => match number(given, standing, marking, &pointer) {
                Ok(number) => {
                    if let Some(slot) = marks.get_mut(*at) {
                        *slot = Some(number);
                    }
                    None
                }
                Err(refused) => Some(refused),
            },
        };
        problem = match (problem, refused) {
            (None, refused) => refused,
            (Some(first), None) => Some(first),
            (Some(first), Some(next)) => Some(
                next.errors()
                    .iter()
                    .fold(first, |all, e| all.and(e.pointer.clone(), e.expected.clone())),
            ),
        };
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let missing: Vec<PupilId> = standing
        .members
        .iter()
        .zip(&marks)
        .filter(|(_, mark)| mark.is_none())
        .map(|(member, _)| member.pupil_id)
        .collect();
    if !missing.is_empty() {
        return Err(Problem::at(
            Kind::RegisterIncomplete,
            "/marks",
            "every pupil of the class, once",
        )
        .member("missing_pupil_ids", missing));
    }
    Ok(marks.into_iter().flatten().collect())
}

/// A pupil who is not in this class that day; one whom the caller may not know of is not there at all.
fn stranger(tx: &mut Tx, pupil_id: PupilId, pointer: &str) -> Result<Problem> {
    if !pupils::pupil_is_visible(tx, pupil_id)? {
        return Err(Problem::not_found());
    }
    Ok(Problem::at(
        Kind::NotOnRoll,
        format!("{pointer}/pupil_id"),
        "a pupil who is in this class that day",
    ))
}

fn number(
    given: &PupilMark,
    standing: &RegisterNow,
    marking: &Marking<'_>,
    pointer: &str,
) -> Result<u8> {
    match &given.mark {
        None => Ok(NO_MARK),
        Some(text) => {
            marking.number(text, standing.session, standing.date, &format!("{pointer}/mark"))
        }
    }
}

/// A closed register, or one of a day that is over, keeps the marks that it has; a blank may still be filled.
fn check_open(standing: &RegisterNow, marks: &[u8], today: NaiveDate) -> Result<()> {
    let closed = standing.header.as_ref().is_some_and(|header| header.closed_at.is_some());
    let over = standing.date < today;
    let present = standing.marks();
    let overwrites = present.iter().zip(marks).any(|(old, new)| old != new && *old != NO_MARK);
    let changes = present != marks;
    if (closed && changes) || (over && overwrites) {
        return Err(Problem::new(Kind::RegisterClosed));
    }
    Ok(())
}

fn is_as_wanted(standing: &RegisterNow, marks: &[u8], close: bool) -> bool {
    let header = standing.header.as_ref();
    let closed = header.is_some_and(|header| header.closed_at.is_some());
    header.is_some() && standing.marks() == marks && (closed || !close)
}

fn save(
    tx: &mut Tx,
    mut standing: RegisterNow,
    marks: &[u8],
    body: &RegisterBody,
    version: Version,
    caller: &Caller,
) -> Result<RegisterNow> {
    let (school, year, at) = (standing.class.school_id, standing.class.year, standing.at);
    let mut changes = Vec::with_capacity(marks.len());
    for ((member, stored), mark) in standing.members.iter().zip(standing.years.drain(..)).zip(marks)
    {
        let mut change = YearChange::of(member.enrolment_id, stored);
        change.set(at, *mark);
        changes.push(change);
    }
    let author = Author {
        source: Source::Register,
        by: caller.subject().to_owned(),
        role: caller.role().to_owned(),
        reason: None,
        job_id: None,
    };
    marks::store(tx, school, year, version, &changes, &author)?;
    let taken = BTreeMap::from([(standing.class.class_id, HalfDaySet::from_iter([at]))]);
    let taken = marks::newly_taken(tx, school, year, &taken, Source::Register)?;
    marks::put_taken(tx, school, year, version, &taken, Source::Register)?;
    let academic = tenants_year(&standing)?;
    let reviewed = marks::reviewed(tx, school, (standing.date, standing.date))?;
    let moved = changes.iter().filter_map(|change| change.moved(academic, &reviewed));
    let moved: Vec<Moved> = moved.collect();
    let why = format!("the register of {} {} was saved again", standing.date, standing.session);
    let changed = Changed { at: version.at, why: &why, source: None };
    marks::look_again(tx, &moved, changed, caller)?;
    let header = header(tx, &standing, body, version, caller);
    marks::put_header(tx, &header)?;
    standing.years = changes.into_iter().map(|change| Some(change.new)).collect();
    standing.header = Some(header);
    Ok(standing)
}

/// Opened, taken and closed are each written once; later saves leave them.
fn header(
    tx: &Tx,
    standing: &RegisterNow,
    body: &RegisterBody,
    version: Version,
    caller: &Caller,
) -> Header {
    let by = caller.subject().to_owned();
    let mut header = standing.header.clone().unwrap_or_else(|| Header {
        trust_id: tx.trust(),
        school_id: standing.class.school_id,
        class_id: standing.class.class_id,
        date: standing.date,
        session: marks::session_number(standing.session),
        opened_at: body.opened_at.map_or(version.at, |opened| opened.min(version.at)),
        opened_by: by.clone(),
        taken_at: version.at,
        taken_by: by.clone(),
        closed_at: None,
        closed_by: None,
        version: version.number,
    });
    header.version = version.number;
    if body.close && header.closed_at.is_none() {
        header.closed_at = Some(version.at);
        header.closed_by = Some(by);
    }
    header
}
