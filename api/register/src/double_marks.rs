//! Marks that say at two schools that one child was expected there, for one and the same half day.
//!
//! A pupil on two rolls has D at the school where they are not due; two real marks count the child twice. They are
//! reported and never added up in silence.

use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable};
use domain::{CodeTable, NO_MARK};

use base::prelude::*;

/// A half day on which a pupil has real marks at two schools.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoubleMark {
    /// The date.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// The two marks.
    marks: Vec<SchoolMark>,
}

impl DoubleMark {
    /// The date.
    pub(super) fn date(&self) -> NaiveDate {
        self.date
    }
}

/// A mark at a school.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SchoolMark {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The enrolment.
    #[schema(example = 5120)]
    enrolment_id: EnrolmentId,
    /// The code.
    #[schema(example = "/")]
    mark: String,
}

/// Two enrolments of a pupil that overlap at two schools, with the days on which they do.
#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Integer)]
    one: EnrolmentId,
    #[diesel(sql_type = Integer)]
    one_school: SchoolId,
    #[diesel(sql_type = Integer)]
    other: EnrolmentId,
    #[diesel(sql_type = Integer)]
    other_school: SchoolId,
    #[diesel(sql_type = Date)]
    first_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
}

/// The double marks of a year by pupil: of one pupil, of all who are or were at one school, or of everybody. Only
/// schools that the caller may see are compared.
pub(super) fn double_marks(
    tx: &mut Tx,
    codes: &CodeTable,
    year: AcademicYear,
    (pupil, school): (Option<PupilId>, Option<SchoolId>),
) -> Result<BTreeMap<PupilId, Vec<DoubleMark>>> {
    let pairs = pairs(tx, year, (pupil, school))?;
    let mut enrolments: BTreeMap<SchoolId, BTreeSet<EnrolmentId>> = BTreeMap::new();
    for pair in &pairs {
        enrolments.entry(pair.one_school).or_default().insert(pair.one);
        enrolments.entry(pair.other_school).or_default().insert(pair.other);
    }
    let mut marks = BTreeMap::new();
    for (school, enrolments) in enrolments {
        let enrolments: Vec<EnrolmentId> = enrolments.into_iter().collect();
        marks.extend(marks::marks_of(tx, school, year.number(), &enrolments)?);
    }
    let mut found: BTreeMap<PupilId, Vec<DoubleMark>> = BTreeMap::new();
    for pair in &pairs {
        if let (Some(one), Some(other)) = (marks.get(&pair.one), marks.get(&pair.other)) {
            let doubled = compare(pair, year, codes, (one, other));
            if !doubled.is_empty() {
                found.entry(pair.pupil_id).or_default().extend(doubled);
            }
        }
    }
    for doubled in found.values_mut() {
        doubled.sort_by_key(|mark| (mark.date, mark.session));
    }
    Ok(found)
}

fn pairs(
    tx: &mut Tx,
    year: AcademicYear,
    (pupil, school): (Option<PupilId>, Option<SchoolId>),
) -> Result<Vec<Pair>> {
    let pairs = diesel::sql_query(
        "SELECT a.pupil_id, a.enrolment_id AS one, a.school_id AS one_school, \
             b.enrolment_id AS other, b.school_id AS other_school, \
             greatest(a.first_day, b.first_day) AS first_day, least(a.last_day, b.last_day) AS last_day \
         FROM enrolment_now a \
         JOIN enrolment_now b ON b.trust_id = $1 AND b.pupil_id = a.pupil_id AND b.school_id <> a.school_id \
         WHERE a.trust_id = $1 AND CASE WHEN $3 IS NULL THEN a.school_id < b.school_id ELSE a.school_id = $3 END \
           AND ($2 IS NULL OR a.pupil_id = $2) \
           AND greatest(a.first_day, b.first_day) <= $5 \
           AND greatest(a.first_day, b.first_day, $4) <= least(a.last_day, b.last_day, $5) \
         ORDER BY a.pupil_id, one, other",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Nullable<Integer>, _>(pupil)
    .bind::<Nullable<Integer>, _>(school)
    .bind::<Date, _>(year.first_day())
    .bind::<Date, _>(year.last_day())
    .load(tx.conn)?;
    Ok(pairs)
}

/// The half days of a pair on which both marks count as possible sessions.
fn compare(
    pair: &Pair,
    year: AcademicYear,
    codes: &CodeTable,
    (one, other): (&[u8], &[u8]),
) -> Vec<DoubleMark> {
    let mark = |school_id, enrolment_id, number| {
        let mark = codes.text(number).unwrap_or_default().to_owned();
        SchoolMark { school_id, enrolment_id, mark }
    };
    let mut found = Vec::new();
    for ((half_day, one), other) in HalfDay::all().zip(one).zip(other) {
        if *one == NO_MARK || *other == NO_MARK {
            continue;
        }
        let date = half_day.date(year);
        let at_both = pair.first_day <= date && pair.last_day.is_none_or(|last| date <= last);
        if at_both && codes.counts(*one, date).possible() && codes.counts(*other, date).possible() {
            let marks = vec![
                mark(pair.one_school, pair.one, *one),
                mark(pair.other_school, pair.other, *other),
            ];
            found.push(DoubleMark { date, session: half_day.session(), marks });
        }
    }
    found
}
