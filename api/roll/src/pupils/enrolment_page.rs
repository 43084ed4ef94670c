//! An enrolment as it is shown: days, classes, characteristics, and what is allowed but may be a mistake.

use diesel::prelude::*;
use diesel::sql_types::{Date, Integer, Nullable, SmallInt, Timestamptz};

use super::characteristics::CharacteristicWord;
use super::characteristics::characteristics_of_enrolment;
use super::enrolment_notices::{EnrolmentNotice, notices_of};
use super::{CharacteristicRow, EnrolmentRow, PlacementRow};

use base::prelude::*;

/// An enrolment with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolmentPage {
    /// The enrolment.
    #[serde(flatten)]
    pub(super) enrolment: EnrolmentRow,
    /// Class and year group, from each day on.
    pub(super) placements: Vec<PlacementRow>,
    /// Characteristics, from each day on.
    characteristics: Vec<CharacteristicFact>,
    /// What is allowed but may be a mistake.
    notices: Vec<EnrolmentNotice>,
}

impl EnrolmentPage {
    /// Where it can be read.
    pub(super) fn place(&self) -> String {
        format!("/v1/enrolments/{}", self.enrolment.enrolment_id)
    }
}

/// A characteristic of an enrolment from a day on.
#[derive(Debug, Serialize, ToSchema)]
pub struct CharacteristicFact {
    /// What it is.
    #[schema(value_type = words::Characteristic)]
    kind: String,
    /// From this day on.
    from_day: NaiveDate,
    /// One of the kind's values.
    #[schema(value_type = CharacteristicWord)]
    value: String,
}

impl From<CharacteristicRow> for CharacteristicFact {
    fn from(row: CharacteristicRow) -> Self {
        Self { kind: row.kind, from_day: row.from_day, value: row.value }
    }
}

/// An enrolment as it stands now. Errors: 404.
pub(super) fn enrolment_page(tx: &mut Tx, enrolment_id: EnrolmentId) -> Result<EnrolmentPage> {
    let mut page = enrolment_page_known(tx, enrolment_id, None)?;
    page.notices = notices_of(tx, &page.enrolment)?;
    Ok(page)
}

/// An enrolment as it was known on an instant (`None`: now), without notices. Errors: 404, also when it was not known
/// then.
pub(super) fn enrolment_page_known(
    tx: &mut Tx,
    enrolment_id: EnrolmentId,
    known: Option<DateTime<Utc>>,
) -> Result<EnrolmentPage> {
    let days: Days = diesel::sql_query(
        "SELECT e.school_id, d.first_day, d.last_day, coalesce(moved.old_pupil_id, e.pupil_id) AS pupil_id \
         FROM enrolment e \
         JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = $2 \
                AND ($3 IS NULL OR recorded_at <= $3) ORDER BY recorded_at DESC LIMIT 1) d ON true \
         LEFT JOIN LATERAL (SELECT old_pupil_id FROM enrolment_pupil \
              WHERE trust_id = $1 AND school_id = e.school_id AND enrolment_id = $2 \
                AND recorded_at > $3 ORDER BY recorded_at LIMIT 1) moved ON true \
         WHERE e.trust_id = $1 AND e.enrolment_id = $2",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(enrolment_id)
    .bind::<Nullable<Timestamptz>, _>(known)
    .get_result(tx.conn)?;
    let Days { school_id, pupil_id, first_day, last_day } = days;
    let characteristics = characteristics_of_enrolment(tx, school_id, enrolment_id, known)?;
    Ok(EnrolmentPage {
        enrolment: EnrolmentRow { enrolment_id, school_id, pupil_id, first_day, last_day },
        placements: placements(tx, school_id, enrolment_id, known)?,
        characteristics: characteristics.into_iter().map(Into::into).collect(),
        notices: Vec::new(),
    })
}

#[derive(QueryableByName)]
struct Days {
    #[diesel(sql_type = Integer)]
    school_id: SchoolId,
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
    #[diesel(sql_type = Date)]
    first_day: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    last_day: Option<NaiveDate>,
}

#[derive(QueryableByName)]
struct Placed {
    #[diesel(sql_type = Date)]
    from_day: NaiveDate,
    #[diesel(sql_type = Integer)]
    class_id: ClassId,
    #[diesel(sql_type = SmallInt)]
    year_group: i16,
}

fn placements(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
    known: Option<DateTime<Utc>>,
) -> Result<Vec<PlacementRow>> {
    let rows: Vec<Placed> = diesel::sql_query(
        "SELECT DISTINCT ON (from_day) from_day, class_id, year_group FROM placement \
         WHERE trust_id = $1 AND school_id = $2 AND enrolment_id = $3 AND ($4 IS NULL OR recorded_at <= $4) \
         ORDER BY from_day, recorded_at DESC",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(enrolment_id)
    .bind::<Nullable<Timestamptz>, _>(known)
    .load(tx.conn)?;
    let placement = |Placed { from_day, class_id, year_group }| PlacementRow {
        enrolment_id,
        from_day,
        class_id,
        year_group,
    };
    Ok(rows.into_iter().map(placement).collect())
}
