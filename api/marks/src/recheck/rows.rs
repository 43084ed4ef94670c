//! Owns: second_look.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Timestamptz};
use serde::de::DeserializeOwned;

use super::{Look, Moved};
use schema::{review, second_look};

use base::prelude::*;

/// A pupil about whom there is something to look at again.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = second_look)]
pub struct LookRow {
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// Reviews from that day on counted something else.
    pub from_day: NaiveDate,
    /// When the change was recorded.
    pub changed_at: DateTime<Utc>,
    /// What was changed, in plain English.
    pub why: String,
}

/// The pupils of these enrolments about whom something rests on marks from the day on: an item of a review that nobody
/// has decided or that was sent, or a penalty notice. In the order of schools and pupils.
pub fn resting(tx: &mut Tx, moved: &[Moved]) -> Result<Vec<Look>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        school_id: SchoolId,
        #[diesel(sql_type = Integer)]
        pupil_id: PupilId,
        #[diesel(sql_type = Date)]
        from_day: NaiveDate,
        #[diesel(sql_type = Array<Integer>)]
        enrolments: Vec<EnrolmentId>,
    }
    // Two questions and not one with OR: each of them can be answered for a whole trust at once.
    let rows: Vec<Row> = diesel::sql_query(
        "WITH p AS ( \
             SELECT e.school_id, e.pupil_id, min(m.from_day) AS from_day, \
                    array_agg(m.enrolment_id) AS enrolments \
             FROM unnest($2, $3) AS m (enrolment_id, from_day) \
             JOIN enrolment e ON e.trust_id = $1 AND e.enrolment_id = m.enrolment_id \
             GROUP BY e.school_id, e.pupil_id) \
         SELECT p.school_id, p.pupil_id, p.from_day, p.enrolments FROM p \
         WHERE EXISTS (SELECT FROM review_item i JOIN review r ON r.trust_id = $1 AND r.review_id = i.review_id \
             WHERE i.trust_id = $1 AND i.school_id = p.school_id AND i.pupil_id = p.pupil_id \
               AND i.state IN ('listed', 'proposed', 'sent') AND r.day >= p.from_day) \
         UNION \
         SELECT p.school_id, p.pupil_id, p.from_day, p.enrolments FROM p \
         WHERE EXISTS (SELECT FROM penalty_notice n LEFT JOIN pupil c ON c.trust_id = $1 AND c.pupil_id = n.pupil_id \
             WHERE n.trust_id = $1 AND coalesce(c.merged_into, n.pupil_id) = p.pupil_id AND n.day >= p.from_day) \
         ORDER BY school_id, pupil_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Array<Integer>, _>(moved.iter().map(|one| one.enrolment_id).collect::<Vec<_>>())
    .bind::<Array<Date>, _>(moved.iter().map(|one| one.from).collect::<Vec<_>>())
    .load(tx.conn)?;
    let look = |row: Row| Look {
        school_id: row.school_id,
        pupil_id: row.pupil_id,
        from: row.from_day,
        enrolments: row.enrolments,
    };
    Ok(rows.into_iter().map(look).collect())
}

/// The days from one to another of which a school has a review.
pub fn reviewed(
    tx: &mut Tx,
    school_id: SchoolId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<BTreeSet<NaiveDate>> {
    let reviews = tx.of(review::table).filter(review::school_id.eq(school_id));
    let days: Vec<NaiveDate> =
        reviews.filter(review::day.between(from, to)).select(review::day).load(tx.conn)?;
    Ok(days.into_iter().collect())
}

/// The enrolments whose days were recorded at an instant and were others before, each with the first day on which the
/// roll is another.
pub fn days_recorded_at(tx: &mut Tx, at: DateTime<Utc>) -> Result<Vec<Moved>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        enrolment_id: EnrolmentId,
        #[diesel(sql_type = Date)]
        from_day: NaiveDate,
    }
    // The later of two last days counts for nothing: the roll is the same up to the earlier one.
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT enrolment_id, from_day FROM ( \
             SELECT d.enrolment_id, least( \
                 CASE WHEN d.first_day <> b.first_day THEN least(d.first_day, b.first_day) END, \
                 CASE WHEN d.last_day IS DISTINCT FROM b.last_day THEN least(d.last_day, b.last_day) + 1 END) AS from_day \
             FROM enrolment_days d \
             JOIN LATERAL (SELECT first_day, last_day FROM enrolment_days \
                  WHERE trust_id = $1 AND school_id = d.school_id AND enrolment_id = d.enrolment_id AND recorded_at < $2 \
                  ORDER BY recorded_at DESC LIMIT 1) b ON true \
             WHERE d.trust_id = $1 AND d.recorded_at = $2) moved \
         WHERE from_day IS NOT NULL ORDER BY enrolment_id",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(at)
    .load(tx.conn)?;
    let moved = |row: Row| Moved { enrolment_id: row.enrolment_id, from: row.from_day };
    Ok(rows.into_iter().map(moved).collect())
}

/// Keeps whom a job is to look at again.
pub fn add(
    tx: &mut Tx,
    job_id: JobId,
    looks: &[Look],
    (changed_at, why, source): (DateTime<Utc>, &str, Option<JobId>),
) -> Result<()> {
    for some in looks.chunks(4_000) {
        let rows: Vec<_> = some
            .iter()
            .map(|look| {
                (
                    second_look::trust_id.eq(tx.trust()),
                    second_look::job_id.eq(job_id),
                    second_look::school_id.eq(look.school_id),
                    second_look::pupil_id.eq(look.pupil_id),
                    second_look::from_day.eq(look.from),
                    second_look::changed_at.eq(changed_at),
                    second_look::why.eq(why),
                    second_look::source_job_id.eq(source),
                )
            })
            .collect();
        diesel::insert_into(second_look::table).values(rows).execute(tx.conn)?;
    }
    Ok(())
}

/// Whom a job has still to look at, in the order of schools and pupils; and how many there were in all.
pub fn left(tx: &mut Tx, job_id: JobId) -> Result<(Vec<LookRow>, i64)> {
    let ours = tx.of(second_look::table).filter(second_look::job_id.eq(job_id));
    let left = ours.filter(second_look::done_at.is_null());
    let left = left.order((second_look::school_id, second_look::pupil_id));
    Ok((left.select(LookRow::as_select()).load(tx.conn)?, ours.count().get_result(tx.conn)?))
}

/// Keeps what became of it.
pub fn keep(tx: &mut Tx, job_id: JobId, look: &LookRow, touched: &impl Serialize) -> Result<()> {
    let ours = second_look::job_id.eq(job_id);
    let this =
        second_look::school_id.eq(look.school_id).and(second_look::pupil_id.eq(look.pupil_id));
    let touched = serde_json::to_value(touched).map_err(Problem::internal)?;
    diesel::update(tx.of(second_look::table).filter(ours.and(this)))
        .set((second_look::touched.eq(touched), second_look::done_at.eq(tx.now())))
        .execute(tx.conn)?;
    Ok(())
}

/// What became of those whose marks an import or undo changed, a pupil each; `None` for one at whom nobody has looked.
pub fn of_source<T: DeserializeOwned>(tx: &mut Tx, source: JobId) -> Result<Vec<Option<T>>> {
    let rows: Vec<Option<Value>> = tx
        .of(second_look::table)
        .filter(second_look::source_job_id.eq(source))
        .select(second_look::touched)
        .load(tx.conn)?;
    let read = |row: Option<Value>| row.map(serde_json::from_value).transpose();
    rows.into_iter().map(read).collect::<Result<_, _>>().map_err(Problem::internal)
}
