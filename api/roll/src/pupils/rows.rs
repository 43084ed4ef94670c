//! Owns: pupil, pupil_change, class, enrolment, enrolment_pupil, enrolment_days, placement, characteristic.
//!
//! What stands in them; `record.rs` writes it.

use diesel::prelude::*;

use super::known::Known;
use schema::{class, enrolment_now, placement_now, pupil};

use base::prelude::*;

/// A pupil.
#[derive(Clone, Serialize, HasQuery, QueryableByName, ToSchema)]
#[diesel(table_name = pupil)]
pub struct PupilRow {
    /// Rollcall's key. UPNs can change, be missing elsewhere or clash: they are never used as one.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Unique pupil number.
    #[schema(example = "H801200001001")]
    pub upn: String,
    /// Legal surname.
    #[schema(example = "Okafor-Lind")]
    pub surname: String,
    /// Legal forename.
    #[schema(example = "Zoë")]
    pub forename: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// The sex, as the school census has it; absent when it is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<words::Sex>,
}

/// A class (tutor group, registration group) of one academic year.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = class)]
pub struct ClassRow {
    /// Rollcall's key.
    #[schema(example = 31)]
    pub class_id: ClassId,
    /// Its school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// Its academic year: 2026 for 2026/27.
    #[schema(example = 2026)]
    pub year: i16,
    /// Name.
    #[schema(example = "7H1")]
    pub name: String,
}

/// A pupil's time on a school's roll.
#[derive(Debug, Clone, Serialize, HasQuery, QueryableByName, ToSchema)]
#[diesel(table_name = enrolment_now)]
pub struct EnrolmentRow {
    /// Rollcall's key. A pupil who leaves and returns has two.
    #[schema(example = 5120)]
    pub enrolment_id: EnrolmentId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// First day on roll.
    pub first_day: NaiveDate,
    /// Last day on roll; absent while on roll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
}

impl EnrolmentRow {
    /// Whether the pupil is on roll on that day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.first_day <= date && self.last_day.is_none_or(|last| date <= last)
    }
}

/// Class and year group of an enrolment from a day on.
#[derive(Debug, Clone, Serialize, HasQuery, QueryableByName, ToSchema)]
#[diesel(table_name = placement_now)]
pub struct PlacementRow {
    /// The enrolment.
    #[serde(skip)]
    pub enrolment_id: EnrolmentId,
    /// From this day on.
    pub from_day: NaiveDate,
    /// In this class.
    #[schema(example = 31)]
    pub class_id: ClassId,
    /// In this year group: 7 for Year 7, 0 for reception, -1 for nursery.
    #[schema(example = 7)]
    pub year_group: i16,
}

/// One pupil, if the caller may see it, as the caller knows it. Errors: 404.
pub fn pupil(tx: &mut Tx, pupil_id: PupilId) -> Result<PupilRow> {
    let (row, kept_by) = pupil::table
        .filter(pupil::trust_id.eq(tx.trust()).and(pupil::pupil_id.eq(pupil_id)))
        .select((PupilRow::as_select(), pupil::kept_by))
        .first(tx.conn)?;
    Ok(Known::read(tx, [(pupil_id, &kept_by)])?.pupil(row))
}

/// Whether the caller may know of this pupil.
pub fn pupil_is_visible(tx: &mut Tx, pupil_id: PupilId) -> Result<bool> {
    let found = pupil::table.filter(pupil::pupil_id.eq(pupil_id)).select(pupil::pupil_id);
    Ok(found.first::<PupilId>(tx.conn).optional()?.is_some())
}

/// Refuses a record that was merged into another: what is done to the pupil is done to the other one. The record is
/// locked, so that nobody merges it before this transaction has ended. Errors: 409, naming the other record; 404.
pub fn check_unmerged(tx: &mut Tx, pupil_id: PupilId) -> Result<()> {
    let found = pupil::table.filter(pupil::pupil_id.eq(pupil_id)).select(pupil::merged_into);
    match found.for_update().first::<Option<PupilId>>(tx.conn)? {
        None => Ok(()),
        Some(into) => Err(Problem::new(Kind::Merged)
            .detail(format!("The record of pupil {pupil_id} was merged into {into}."))
            .member("merged_into", into)),
    }
}

/// The record that a pupil's record was merged into. Errors: 404.
pub fn merged_into(tx: &mut Tx, pupil_id: PupilId) -> Result<Option<PupilId>> {
    let found = pupil::table.filter(pupil::pupil_id.eq(pupil_id)).select(pupil::merged_into);
    Ok(found.first(tx.conn)?)
}

/// The records that were merged into these pupils'.
pub fn merged_records(tx: &mut Tx, pupils: &[PupilId]) -> Result<Vec<PupilId>> {
    let merged = pupil::trust_id.eq(tx.trust()).and(pupil::merged_into.eq_any(pupils));
    Ok(pupil::table
        .filter(merged.assume_not_null())
        .order(pupil::pupil_id)
        .select(pupil::pupil_id)
        .load(tx.conn)?)
}

/// One class, if the caller may see it. Errors: 404.
pub fn class(tx: &mut Tx, class_id: ClassId) -> Result<ClassRow> {
    Ok(class::table
        .filter(class::class_id.eq(class_id))
        .select(ClassRow::as_select())
        .first(tx.conn)?)
}

/// The classes of these schools in these academic years.
pub fn classes_of(tx: &mut Tx, schools: &[SchoolId], years: &[i16]) -> Result<Vec<ClassRow>> {
    let wanted = class::school_id.eq_any(schools).and(class::year.eq_any(years));
    Ok(class::table
        .filter(wanted)
        .order(class::class_id)
        .select(ClassRow::as_select())
        .load(tx.conn)?)
}

/// Every class of these schools.
pub fn classes_of_schools(tx: &mut Tx, schools: &[SchoolId]) -> Result<Vec<ClassRow>> {
    let rows = class::table.filter(class::school_id.eq_any(schools)).order(class::class_id);
    Ok(rows.select(ClassRow::as_select()).load(tx.conn)?)
}

/// One enrolment, if the caller may see it. Errors: 404.
pub fn enrolment(tx: &mut Tx, enrolment_id: EnrolmentId) -> Result<EnrolmentRow> {
    Ok(enrolment_now::table
        .filter(enrolment_now::enrolment_id.eq(enrolment_id))
        .select(EnrolmentRow::as_select())
        .first(tx.conn)?)
}

/// The enrolments of these schools that touch an academic year, or all of them.
pub fn enrolments_of(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: Option<AcademicYear>,
) -> Result<Vec<EnrolmentRow>> {
    let mut rows =
        enrolment_now::table.filter(enrolment_now::school_id.eq_any(schools)).into_boxed();
    if let Some(year) = year {
        let open_end =
            enrolment_now::last_day.is_null().or(enrolment_now::last_day.ge(year.first_day()));
        rows = rows
            .filter(enrolment_now::first_day.le(year.last_day()))
            .filter(open_end.assume_not_null());
    }
    Ok(rows
        .order((enrolment_now::school_id, enrolment_now::enrolment_id))
        .select(EnrolmentRow::as_select())
        .load(tx.conn)?)
}

/// As [`enrolments_of`], of one pupil at one school.
pub fn enrolments_of_pupil(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    year: AcademicYear,
) -> Result<Vec<EnrolmentRow>> {
    let open_end =
        enrolment_now::last_day.is_null().or(enrolment_now::last_day.ge(year.first_day()));
    Ok(enrolment_now::table
        .filter(enrolment_now::school_id.eq(school_id).and(enrolment_now::pupil_id.eq(pupil_id)))
        .filter(enrolment_now::first_day.le(year.last_day()))
        .filter(open_end.assume_not_null())
        .order(enrolment_now::enrolment_id)
        .select(EnrolmentRow::as_select())
        .load(tx.conn)?)
}

/// The placements of these enrolments at a school, in the order of enrolment and day.
pub fn placements_of_enrolments(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolments: &[EnrolmentId],
) -> Result<Vec<PlacementRow>> {
    let ours = placement_now::school_id.eq(school_id);
    Ok(PlacementRow::query()
        .filter(ours.and(placement_now::enrolment_id.eq_any(enrolments)))
        .order((placement_now::enrolment_id, placement_now::from_day))
        .load(tx.conn)?)
}

/// Every placement of these schools, in the order of enrolment and day.
pub fn placements_of(tx: &mut Tx, schools: &[SchoolId]) -> Result<Vec<PlacementRow>> {
    Ok(PlacementRow::query()
        .filter(placement_now::school_id.eq_any(schools))
        .order((placement_now::enrolment_id, placement_now::from_day))
        .load(tx.conn)?)
}

/// These pupils, in this order, as the caller knows them.
pub fn in_order(tx: &mut Tx, ids: &[PupilId]) -> Result<Vec<PupilRow>> {
    let rows: Vec<(PupilRow, Vec<SchoolId>)> = pupil::table
        .filter(pupil::trust_id.eq(tx.trust()).and(pupil::pupil_id.eq_any(ids)))
        .select((PupilRow::as_select(), pupil::kept_by))
        .load(tx.conn)?;
    let known = Known::read(tx, rows.iter().map(|(row, kept_by)| (row.pupil_id, kept_by)))?;
    let mut by_id: BTreeMap<PupilId, PupilRow> =
        rows.into_iter().map(|(row, _)| (row.pupil_id, known.pupil(row))).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}
