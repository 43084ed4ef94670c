//! Marks are amended with a reason, and what rested on them is settled in the same transaction. The original entry
//! stays in the history; there is no limit on age.

use domain::CodeTable;

use crate::reviews::{Amending, Consequence, Rests, School};
use base::prelude::*;
use marks::{self, Author, Marking, Source, YearChange};
use roll::pupils::{self, Stay};
use school::{calendars, tenants};

/// Corrections of a pupil's marks, for one reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Why, 1 to 500 characters; it stands in the history.
    #[schema(example = "Medical letter seen on 12 November")]
    pub reason: String,
    /// The corrected marks.
    pub changes: Vec<AmendedMark>,
    /// The school whose register it is; needed only when the pupil is on two rolls that day.
    #[serde(default)]
    pub school_id: Option<SchoolId>,
}

/// A corrected mark.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendedMark {
    /// The date.
    pub date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    pub session: Session,
    /// The code that is right.
    #[schema(example = "M")]
    pub mark: String,
}

/// What an amendment did.
#[derive(Debug, Serialize, ToSchema)]
pub struct Amended {
    /// The pupil.
    #[schema(example = 4711)]
    pub(super) pupil_id: PupilId,
    /// Whether it was only looked at: nothing has changed.
    pub(super) preview: bool,
    /// Each mark before and after.
    pub(super) changes: Vec<AmendedFromTo>,
    /// The letters, stages, targets and proposals that rested on the marks as they were, and what becomes of them.
    pub(super) touched: Vec<Consequence>,
}

/// A mark before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct AmendedFromTo {
    /// The date.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// The school whose register it stands in.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The code before; `null` when there was none.
    from: Option<String>,
    /// The code after.
    to: Option<String>,
}

/// The stay that a change belongs to: on roll that day, and at the named school if one is named.
fn stay_of<'a>(
    stays: &'a [Stay],
    body: &Amendment,
    index: usize,
    change: &AmendedMark,
) -> Result<&'a Stay> {
    let mut covering = stays.iter().filter(|stay| {
        stay.covers(change.date) && body.school_id.is_none_or(|school| school == stay.school_id)
    });
    match (covering.next(), covering.next()) {
        (Some(stay), None) => Ok(stay),
        (None, _) => Err(Problem::at(
            Kind::NotOnRoll,
            format!("/changes/{index}/date"),
            "a day on which the pupil is on roll",
        )),
        (Some(_), Some(_)) => Err(Problem::at(
            Kind::Invalid,
            "/school_id",
            "the school: the pupil is on two rolls that day",
        )),
    }
}

/// Amends a pupil's marks, all of them or none, and keeps what stood there. Errors: a code, a day or the pupil's roll
/// that is not right, at its place in `body`.
pub fn amend(
    tx: &mut Tx,
    pupil_id: PupilId,
    body: &Amendment,
    codes: &CodeTable,
    caller: &Caller,
) -> Result<Amended> {
    if let Some(school_id) = body.school_id {
        tenants::school(tx, school_id)?;
    }
    let stays = pupils::stays_of(tx, pupil_id)?;
    let mut by_year: BTreeMap<(SchoolId, i16), Vec<Placed<'_>>> = BTreeMap::new();
    for (index, change) in body.changes.iter().enumerate() {
        let stay = stay_of(&stays, body, index, change)?;
        let year = AcademicYear::of(change.date).ok_or_else(Problem::not_found)?;
        let placed = Placed { index, change, enrolment_id: stay.enrolment_id };
        by_year.entry((stay.school_id, year.number())).or_default().push(placed);
    }
    let keys: Vec<(SchoolId, i16)> = by_year.keys().copied().collect();
    let locked = tenants::lock(tx, &keys)?;
    let why = body.reason.trim();
    let author = Author {
        source: Source::Amendment,
        by: caller.subject().to_owned(),
        role: caller.role().to_owned(),
        reason: Some(why.to_owned()),
        job_id: None,
    };
    let schools = schools(tx, &by_year)?;
    let mut rests = Vec::new();
    for (school, from) in &schools {
        rests.extend(Rests::on(tx, codes, school, (pupil_id, *from), None)?);
    }
    let mut all = Vec::new();
    let mut amended = Vec::new();
    for ((school_id, year), changes) in by_year {
        let (done, years) = apply(tx, school_id, year, &changes, codes)?;
        all.extend(done);
        amended.push(((school_id, year), years));
    }
    // What is right already is not amended: no new version, no entry in the history.
    let mut touched = Vec::new();
    if all.iter().any(|change| change.from != change.to) {
        let versions = locked.bump(tx)?;
        for (key, years) in amended {
            let version = *versions.get(&key).ok_or_else(|| Problem::internal("no version"))?;
            marks::store(tx, key.0, key.1, version, &years, &author)?;
        }
        for rests in rests {
            touched.extend(rests.settle(tx, &Amending { why, caller, codes })?);
        }
    }
    all.sort_by_key(|change| (change.date, change.session));
    Ok(Amended { pupil_id, preview: false, changes: all, touched })
}

/// The schools, each with what its reviews hang on since the first day that is amended.
fn schools(
    tx: &mut Tx,
    changes: &BTreeMap<(SchoolId, i16), Vec<Placed<'_>>>,
) -> Result<Vec<(School, NaiveDate)>> {
    let mut first: BTreeMap<SchoolId, NaiveDate> = BTreeMap::new();
    for ((school_id, _), placed) in changes {
        for date in placed.iter().map(|placed| placed.change.date) {
            let from = first.entry(*school_id).or_insert(date);
            *from = date.min(*from);
        }
    }
    let read = |(school_id, from)| Ok((School::read(tx, school_id, from)?, from));
    first.into_iter().map(read).collect()
}

/// A change with the enrolment that it belongs to.
struct Placed<'a> {
    index: usize,
    change: &'a AmendedMark,
    enrolment_id: EnrolmentId,
}

fn apply(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    changes: &[Placed<'_>],
    codes: &CodeTable,
) -> Result<(Vec<AmendedFromTo>, Vec<YearChange>)> {
    let academic = AcademicYear::new(year).ok_or_else(Problem::not_found)?;
    let calendar = calendars::of_year(tx, school_id, academic)?;
    let today = tenants::today(tx, school_id)?;
    let marking = Marking::new(codes, BTreeMap::from([(year, calendar)]), today);
    let mut done = Vec::new();
    let mut years: BTreeMap<EnrolmentId, YearChange> = BTreeMap::new();
    for Placed { index, change, enrolment_id } in changes {
        let pointer = format!("/changes/{index}/date");
        let at = marking.half_day(change.date, change.session, &pointer)?;
        if marking.is_staggered() {
            let year_group = pupils::year_group_on(tx, school_id, *enrolment_id, change.date)?;
            marking.check_due(year_group, change.date, change.session, &pointer)?;
        }
        let number = marking.number(
            &change.mark,
            change.session,
            change.date,
            &format!("/changes/{index}/mark"),
        )?;
        if !years.contains_key(enrolment_id) {
            let stored =
                marks::marks_of(tx, school_id, year, &[*enrolment_id])?.remove(enrolment_id);
            years.insert(*enrolment_id, YearChange::of(*enrolment_id, stored));
        }
        let Some(marks) = years.get_mut(enrolment_id) else { continue };
        let from = codes.text(marks.get(at)).map(str::to_owned);
        marks.set(at, number);
        let (date, session, to) =
            (change.date, change.session, codes.text(number).map(str::to_owned));
        done.push(AmendedFromTo { date, session, school_id, from, to });
    }
    Ok((done, years.into_values().collect()))
}
