//! What a school's registers say of one day, without anybody's other days.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, SmallInt};

use super::rows::Header;
use schema::register_session;

use crate::base::prelude::*;

/// The marks of a day, in the morning and in the afternoon, as numbers of codes; 0 where there is none.
pub type DayMarks = [u8; 2];

/// Where a day's two marks stand in a register year.
fn positions(date: NaiveDate) -> Result<(AcademicYear, i32), Problem> {
    let year = AcademicYear::of(date).ok_or_else(Problem::not_found)?;
    let morning = HalfDay::of(year, date, Session::Am).ok_or_else(Problem::not_found)?;
    Ok((year, i32::try_from(morning.position()).map_err(Problem::internal)?))
}

/// The marks of a day of the enrolments of these schools, or of some of them; those without a register year are left out.
pub fn marks_on(
    tx: &mut Tx<'_>,
    schools: &[SchoolId],
    date: NaiveDate,
    enrolments: Option<&[EnrolmentId]>,
) -> Result<BTreeMap<EnrolmentId, DayMarks>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        enrolment_id: EnrolmentId,
        #[diesel(sql_type = Integer)]
        am: i32,
        #[diesel(sql_type = Integer)]
        pm: i32,
    }
    let (year, morning) = positions(date)?;
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT enrolment_id, get_byte(marks, $4) AS am, get_byte(marks, $4 + 1) AS pm FROM register_year \
         WHERE trust_id = $1 AND year = $2 AND school_id = ANY ($3) AND ($5 IS NULL OR enrolment_id = ANY ($5))",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<SmallInt, _>(year.number())
    .bind::<Array<Integer>, _>(schools)
    .bind::<Integer, _>(morning)
    .bind::<Nullable<Array<Integer>>, _>(enrolments)
    .load(tx.conn)?;
    let mark = |byte: i32| u8::try_from(byte).unwrap_or(0);
    Ok(rows.into_iter().map(|row| (row.enrolment_id, [mark(row.am), mark(row.pm)])).collect())
}

/// The classes of a school whose registers of a day count as taken: of the morning, and of the afternoon.
pub fn taken_on(
    tx: &mut Tx<'_>,
    school_id: SchoolId,
    date: NaiveDate,
) -> Result<[BTreeSet<ClassId>; 2], Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        class_id: ClassId,
        #[diesel(sql_type = Integer)]
        am: i32,
        #[diesel(sql_type = Integer)]
        pm: i32,
    }
    let (year, morning) = positions(date)?;
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT class_id, get_byte(taken, $4) AS am, get_byte(taken, $4 + 1) AS pm FROM class_year \
         WHERE trust_id = $1 AND year = $2 AND school_id = $3",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<SmallInt, _>(year.number())
    .bind::<Integer, _>(school_id)
    .bind::<Integer, _>(morning)
    .load(tx.conn)?;
    let taken = |of: fn(&Row) -> i32| -> BTreeSet<ClassId> {
        rows.iter().filter(|row| of(row) != 0).map(|row| row.class_id).collect()
    };
    Ok([taken(|row| row.am), taken(|row| row.pm)])
}

/// The headers of the registers of a day that were taken here, of these classes.
pub fn headers_on(
    tx: &mut Tx<'_>,
    classes: &[ClassId],
    date: NaiveDate,
) -> Result<Vec<Header>, Problem> {
    let trust = tx.trust();
    Ok(register_session::table
        .filter(register_session::trust_id.eq(trust).and(register_session::date.eq(date)))
        .filter(register_session::class_id.eq_any(classes))
        .order((register_session::class_id, register_session::session))
        .select(Header::as_select())
        .load(tx.conn)?)
}
