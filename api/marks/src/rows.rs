//! Owns: register_year, class_year, class_year_change, register_session, mark_event.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bytea, Integer, Nullable, SmallInt, Text, Timestamptz};
use domain::{HALF_DAYS, HalfDaySet};

use super::marking::{Author, Rectangle};
use base::prelude::*;
use schema::{class_year, mark_event, register_session, register_year};
use school::tenants::Version;

/// A class's register was taken here.
pub const TAKEN: u8 = 1;
/// A class's register came by an import.
pub const IMPORTED: u8 = 2;

/// Rows of one statement: enough to save round trips, few enough to keep a statement's memory small.
const BATCH: usize = 4_000;

/// A register year: 744 numbers of codes.
pub type YearMarks = Vec<u8>;

/// The marks of these enrolments in a year; enrolments without any are left out.
pub fn marks_of(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    enrolments: &[EnrolmentId],
) -> Result<BTreeMap<EnrolmentId, YearMarks>> {
    let mut found = BTreeMap::new();
    for some in enrolments.chunks(BATCH) {
        let rows: Vec<(EnrolmentId, Vec<u8>)> = register_year::table
            .filter(register_year::trust_id.eq(tx.trust()).and(register_year::year.eq(year)))
            .filter(
                register_year::school_id
                    .eq(school_id)
                    .and(register_year::enrolment_id.eq_any(some)),
            )
            .select((register_year::enrolment_id, register_year::marks))
            .load(tx.conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Every academic year in which an enrolment has marks, with them.
pub fn years_of(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
) -> Result<Vec<(i16, YearMarks)>> {
    let of_enrolment =
        register_year::school_id.eq(school_id).and(register_year::enrolment_id.eq(enrolment_id));
    Ok(register_year::table
        .filter(register_year::trust_id.eq(tx.trust()).and(of_enrolment))
        .select((register_year::year, register_year::marks))
        .order(register_year::year)
        .load(tx.conn)?)
}

/// The marks of every enrolment of these schools in a year.
pub fn marks_of_schools(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: i16,
) -> Result<BTreeMap<EnrolmentId, YearMarks>> {
    let rows: Vec<(EnrolmentId, Vec<u8>)> = register_year::table
        .filter(register_year::trust_id.eq(tx.trust()).and(register_year::year.eq(year)))
        .filter(register_year::school_id.eq_any(schools))
        .select((register_year::enrolment_id, register_year::marks))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// For each class of these schools, its school and the half days of a year on which its register was taken.
pub fn taken_of_schools(
    tx: &mut Tx,
    schools: &[SchoolId],
    year: i16,
) -> Result<Vec<(SchoolId, ClassId, YearMarks)>> {
    Ok(class_year::table
        .filter(class_year::trust_id.eq(tx.trust()).and(class_year::year.eq(year)))
        .filter(class_year::school_id.eq_any(schools))
        .select((class_year::school_id, class_year::class_id, class_year::taken))
        .load(tx.conn)?)
}

/// For each class of a school, the half days of a year on which its register was taken or came by an import.
pub fn taken_of_classes(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
) -> Result<BTreeMap<ClassId, YearMarks>> {
    let rows: Vec<TakenYear> = class_year::table
        .filter(class_year::trust_id.eq(tx.trust()).and(class_year::year.eq(year)))
        .filter(class_year::school_id.eq(school_id))
        .select((class_year::class_id, class_year::taken))
        .load(tx.conn)?;
    Ok(rows.into_iter().collect())
}

/// Writes whole register years. The caller holds the lock of the school's version.
pub(super) fn put_marks(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    rows: &[(EnrolmentId, &[u8])],
) -> Result<()> {
    for some in rows.chunks(BATCH) {
        diesel::sql_query(
            "INSERT INTO register_year (trust_id, year, school_id, enrolment_id, version, marks) \
             SELECT $1, $2, $3, u.enrolment_id, $4, u.marks FROM unnest($5, $6) AS u (enrolment_id, marks) \
             ON CONFLICT (trust_id, year, school_id, enrolment_id) \
             DO UPDATE SET marks = EXCLUDED.marks, version = EXCLUDED.version",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<SmallInt, _>(year)
        .bind::<Integer, _>(school_id)
        .bind::<BigInt, _>(version.number)
        .bind::<Array<Integer>, _>(some.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind::<Array<Bytea>, _>(some.iter().map(|row| row.1).collect::<Vec<_>>())
        .execute(tx.conn)?;
    }
    Ok(())
}

/// Appends to the history. Parts number the rows of one version.
pub(super) fn add_events(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    rectangles: &[Rectangle],
    author: &Author,
) -> Result<()> {
    if let [one] = rectangles {
        return add_event(tx, school_id, year, version, one, author);
    }
    let mut part = 0_i32;
    for some in rectangles.chunks(BATCH) {
        let parts: Vec<i32> = (part..).take(some.len()).collect();
        part = part.saturating_add(i32::try_from(some.len()).unwrap_or(i32::MAX));
        // Arrays of different lengths cannot be nested: each row takes its slice of all enrolments.
        let enrolments = some.iter().map(|r| r.enrolments.as_slice()).collect::<Vec<_>>().concat();
        let mut last = 0;
        let slice = |r: &Rectangle| {
            let first = last + 1;
            last += i32::try_from(r.enrolments.len()).unwrap_or(i32::MAX);
            (first, last)
        };
        let (firsts, lasts): (Vec<i32>, Vec<i32>) = some.iter().map(slice).unzip();
        diesel::sql_query(
            "INSERT INTO mark_event (trust_id, school_id, year, version, part, source, enrolment_ids, \
                 first_half_day, half_days, old, new, reason, job_id, recorded_at, recorded_by, role) \
             SELECT $1, $2, $3, $4, u.part, $5, \
                 ($11)[u.from_enrolment : u.to_enrolment], u.first, u.half_days, u.old, u.new, $6, $7, $8, $9, $10 \
             FROM unnest($12, $13, $14, $15, $16, $17, $18) \
                 AS u (part, from_enrolment, to_enrolment, first, half_days, old, new)",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<Integer, _>(school_id)
        .bind::<SmallInt, _>(year)
        .bind::<BigInt, _>(version.number)
        .bind::<Text, _>(author.source)
        .bind::<Nullable<Text>, _>(author.reason.as_deref())
        .bind::<Nullable<BigInt>, _>(author.job_id)
        .bind::<Timestamptz, _>(version.at)
        .bind::<Text, _>(&author.by)
        .bind::<Text, _>(&author.role)
        .bind::<Array<Integer>, _>(enrolments)
        .bind::<Array<Integer>, _>(parts)
        .bind::<Array<Integer>, _>(firsts)
        .bind::<Array<Integer>, _>(lasts)
        .bind::<Array<SmallInt>, _>(some.iter().map(|r| r.first).collect::<Vec<_>>())
        .bind::<Array<SmallInt>, _>(some.iter().map(|r| r.half_days).collect::<Vec<_>>())
        .bind::<Array<Bytea>, _>(some.iter().map(|r| r.old.as_slice()).collect::<Vec<_>>())
        .bind::<Array<Bytea>, _>(some.iter().map(|r| r.new.as_slice()).collect::<Vec<_>>())
        .execute(tx.conn)?;
    }
    Ok(())
}

fn add_event(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    rectangle: &Rectangle,
    author: &Author,
) -> Result<()> {
    diesel::insert_into(mark_event::table)
        .values((
            mark_event::trust_id.eq(tx.trust()),
            mark_event::school_id.eq(school_id),
            mark_event::year.eq(year),
            mark_event::version.eq(version.number),
            mark_event::part.eq(0),
            mark_event::source.eq(author.source),
            mark_event::enrolment_ids.eq(&rectangle.enrolments),
            mark_event::first_half_day.eq(rectangle.first),
            mark_event::half_days.eq(rectangle.half_days),
            mark_event::old.eq(&rectangle.old),
            mark_event::new.eq(&rectangle.new),
            mark_event::reason.eq(&author.reason),
            mark_event::job_id.eq(author.job_id),
            mark_event::recorded_at.eq(version.at),
            mark_event::recorded_by.eq(&author.by),
            mark_event::role.eq(&author.role),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// An entry of the history, as far as it touches one enrolment and half day.
pub struct Entry {
    /// How it came.
    pub source: super::Source,
    /// The code's number before.
    pub old: u8,
    /// The code's number since.
    pub new: u8,
    /// Why, for an amendment.
    pub reason: Option<String>,
    /// The import.
    pub job_id: Option<JobId>,
    /// When it was recorded (UTC).
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// In which role.
    pub role: String,
}

/// Every change of one mark, oldest first.
pub fn history(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    enrolment_id: EnrolmentId,
    half_day: HalfDay,
) -> Result<Vec<Entry>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        source: super::Source,
        #[diesel(sql_type = Integer)]
        old: i32,
        #[diesel(sql_type = Integer)]
        new: i32,
        #[diesel(sql_type = Nullable<Text>)]
        reason: Option<String>,
        #[diesel(sql_type = Nullable<BigInt>)]
        job_id: Option<JobId>,
        #[diesel(sql_type = Timestamptz)]
        recorded_at: DateTime<Utc>,
        #[diesel(sql_type = Text)]
        recorded_by: String,
        #[diesel(sql_type = Text)]
        role: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT source, get_byte(old, at) AS old, get_byte(new, at) AS new, reason, job_id, recorded_at, \
                recorded_by, role \
         FROM mark_event, \
              LATERAL (SELECT (array_position(enrolment_ids, $4) - 1) * half_days + $5 - first_half_day AS at) a \
         WHERE trust_id = $1 AND school_id = $2 AND year = $3 AND $4 = ANY (enrolment_ids) \
           AND $5 BETWEEN first_half_day AND first_half_day + half_days - 1 \
           AND get_byte(old, at) <> get_byte(new, at) \
         ORDER BY version, part",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Integer, _>(school_id)
    .bind::<SmallInt, _>(year)
    .bind::<Integer, _>(enrolment_id)
    .bind::<Integer, _>(i32::try_from(half_day.position()).unwrap_or(0))
    .load(tx.conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Entry {
            source: row.source,
            old: u8::try_from(row.old).unwrap_or(0),
            new: u8::try_from(row.new).unwrap_or(0),
            reason: row.reason,
            job_id: row.job_id,
            at: row.recorded_at,
            by: row.recorded_by,
            role: row.role,
        })
        .collect())
}

/// The header of a register that was taken here.
#[derive(Debug, Clone, HasQuery, Insertable, AsChangeset)]
#[diesel(table_name = register_session)]
pub struct Header {
    /// The trust.
    pub trust_id: TrustId,
    /// The school.
    pub school_id: SchoolId,
    /// The class.
    pub class_id: ClassId,
    /// The day.
    pub date: NaiveDate,
    /// 0 a.m., 1 p.m.
    pub session: i16,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By whom it was opened.
    pub opened_by: String,
    /// When it was first saved.
    pub taken_at: DateTime<Utc>,
    /// By whom it was first saved.
    pub taken_by: String,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom it was closed.
    pub closed_by: Option<String>,
    /// The version of the school's year at which it was last saved.
    pub version: i64,
}

/// The header, if the register was taken here.
pub fn header(
    tx: &mut Tx,
    class_id: ClassId,
    date: NaiveDate,
    session: Session,
) -> Result<Option<Header>> {
    let key = (tx.trust(), class_id, date, session_number(session));
    Ok(Header::query().find(key).first(tx.conn).optional()?)
}

/// Writes a header.
pub fn put_header(tx: &mut Tx, header: &Header) -> Result<()> {
    let key = (
        register_session::trust_id,
        register_session::class_id,
        register_session::date,
        register_session::session,
    );
    diesel::insert_into(register_session::table)
        .values(header)
        .on_conflict(key)
        .do_update()
        .set(header)
        .execute(tx.conn)?;
    Ok(())
}

/// As it stands in the database: 0 a.m., 1 p.m.
pub fn session_number(session: Session) -> i16 {
    i16::from(session == Session::Pm)
}

/// A class, with the half days of a year whose registers were taken or came by an import.
pub type TakenYear = (ClassId, Vec<u8>);

/// What changes when these half days of classes count as taken, or as imported: nothing where something was recorded
/// before.
pub fn newly_taken(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    new: &BTreeMap<ClassId, HalfDaySet>,
    source: super::Source,
) -> Result<Vec<TakenYear>> {
    let how = if source == super::Source::Import { IMPORTED } else { TAKEN };
    let classes: Vec<ClassId> = new.keys().copied().collect();
    let rows: Vec<TakenYear> = class_year::table
        .filter(class_year::trust_id.eq(tx.trust()).and(class_year::year.eq(year)))
        .filter(class_year::school_id.eq(school_id).and(class_year::class_id.eq_any(&classes)))
        .select((class_year::class_id, class_year::taken))
        .load(tx.conn)?;
    let mut known: BTreeMap<ClassId, Vec<u8>> = rows.into_iter().collect();
    let mut changed = Vec::new();
    for (class, half_days) in new {
        let mut taken = known.remove(class).unwrap_or_else(|| vec![0; HALF_DAYS]);
        let mut any = false;
        for at in half_days.iter() {
            if let Some(byte) = taken.get_mut(at.position()).filter(|byte| **byte == 0) {
                *byte = how;
                any = true;
            }
        }
        if any {
            changed.push((*class, taken));
        }
    }
    Ok(changed)
}

/// Records which registers were taken. The caller holds the lock of the school's version.
pub fn put_taken(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    rows: &[TakenYear],
    source: super::Source,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    // When a register was taken here, its header says so; an import or a closure leaves no headers.
    if source != super::Source::Register {
        keep_taken(tx, school_id, year, version, rows)?;
    }
    diesel::sql_query(
        "INSERT INTO class_year (trust_id, year, school_id, class_id, version, taken) \
         SELECT $1, $2, $3, u.class_id, $4, u.taken FROM unnest($5, $6) AS u (class_id, taken) \
         ON CONFLICT (trust_id, year, school_id, class_id) \
         DO UPDATE SET taken = EXCLUDED.taken, version = EXCLUDED.version",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<SmallInt, _>(year)
    .bind::<Integer, _>(school_id)
    .bind::<BigInt, _>(version.number)
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind::<Array<Bytea>, _>(rows.iter().map(|row| row.1.as_slice()).collect::<Vec<_>>())
    .execute(tx.conn)?;
    Ok(())
}

/// Keeps which registers of these classes counted as taken until now.
fn keep_taken(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    rows: &[TakenYear],
) -> Result<()> {
    diesel::sql_query(
        "INSERT INTO class_year_change (trust_id, year, school_id, class_id, recorded_at, old) \
         SELECT $1, $2, $3, u.class_id, $4, coalesce(c.taken, $6) FROM unnest($5) AS u (class_id) \
         LEFT JOIN class_year c \
             ON c.trust_id = $1 AND c.year = $2 AND c.school_id = $3 AND c.class_id = u.class_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<SmallInt, _>(year)
    .bind::<Integer, _>(school_id)
    .bind::<Timestamptz, _>(version.at)
    .bind::<Array<Integer>, _>(rows.iter().map(|row| row.0).collect::<Vec<_>>())
    .bind::<Bytea, _>(vec![0_u8; HALF_DAYS])
    .execute(tx.conn)?;
    Ok(())
}
