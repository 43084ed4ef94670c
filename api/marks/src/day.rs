//! What a school's registers say of one day, without anybody's other days.

use diesel::prelude::*;
use diesel::sql_types::{Bytea, Integer};

use super::rows::Header;
use schema::{class_year, register_session, register_year};

use base::prelude::*;

diesel::define_sql_function! {
    /// The byte at a place, counted from 0.
    fn get_byte(bytes: Bytea, at: Integer) -> Integer;
}

/// The marks of a day, in the morning and in the afternoon, as numbers of codes; 0 where there is none.
pub type DayMarks = [u8; 2];

/// Where a day's two marks stand in a register year.
fn positions(date: NaiveDate) -> Result<(AcademicYear, i32)> {
    let year = AcademicYear::of(date).ok_or_else(Problem::not_found)?;
    let morning = HalfDay::of(year, date, Session::Am).ok_or_else(Problem::not_found)?;
    Ok((year, i32::try_from(morning.position()).map_err(Problem::internal)?))
}

/// The marks of a day of the enrolments of these schools, or of some of them; those without a register year are left
/// out.
pub fn marks_on(
    tx: &mut Tx,
    schools: &[SchoolId],
    date: NaiveDate,
    enrolments: Option<&[EnrolmentId]>,
) -> Result<BTreeMap<EnrolmentId, DayMarks>> {
    let (year, morning) = positions(date)?;
    let mut rows = register_year::table
        .filter(register_year::trust_id.eq(tx.trust()).and(register_year::year.eq(year.number())))
        .filter(register_year::school_id.eq_any(schools))
        .into_boxed();
    rows = rows.narrow(enrolments.map(|enrolments| register_year::enrolment_id.eq_any(enrolments)));
    let mark = |at| get_byte(register_year::marks, at);
    let rows: Vec<(EnrolmentId, i32, i32)> = rows
        .select((register_year::enrolment_id, mark(morning), mark(morning + 1)))
        .load(tx.conn)?;
    let code = |byte: i32| u8::try_from(byte).unwrap_or(0);
    Ok(rows.into_iter().map(|(enrolment, am, pm)| (enrolment, [code(am), code(pm)])).collect())
}

/// The classes of a school whose registers of a day count as taken: of the morning, and of the afternoon.
pub fn taken_on(
    tx: &mut Tx,
    school_id: SchoolId,
    date: NaiveDate,
) -> Result<[BTreeSet<ClassId>; 2]> {
    let (year, morning) = positions(date)?;
    let taken = |at| get_byte(class_year::taken, at);
    let rows: Vec<(ClassId, i32, i32)> = class_year::table
        .filter(class_year::trust_id.eq(tx.trust()).and(class_year::year.eq(year.number())))
        .filter(class_year::school_id.eq(school_id))
        .select((class_year::class_id, taken(morning), taken(morning + 1)))
        .load(tx.conn)?;
    let am = rows.iter().filter(|(_, am, _)| *am != 0).map(|(class, ..)| *class);
    let pm = rows.iter().filter(|(.., pm)| *pm != 0).map(|(class, ..)| *class);
    Ok([am.collect(), pm.collect()])
}

/// The headers of the registers of a day that were taken here, of these classes.
pub fn headers_on(tx: &mut Tx, classes: &[ClassId], date: NaiveDate) -> Result<Vec<Header>> {
    Ok(Header::query()
        .filter(register_session::trust_id.eq(tx.trust()).and(register_session::date.eq(date)))
        .filter(register_session::class_id.eq_any(classes))
        .order((register_session::class_id, register_session::session))
        .load(tx.conn)?)
}
