//! Facts about pupils that have no operation yet, written as an operation would: recorded at an instant, with the
//! versions bumped that figures are counted at.

use chrono::{DateTime, NaiveDate, Utc};

use super::sql::Sql;

/// Records a characteristic of an enrolment from a day on; without a value takes back what was recorded for that day.
pub fn characteristic(
    sql: &mut Sql,
    enrolment: i32,
    kind: &str,
    from: NaiveDate,
    value: Option<&str>,
    at: DateTime<Utc>,
) {
    let at = bump(sql, enrolment, at);
    let value = value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
    sql.run(&format!(
        "INSERT INTO characteristic SELECT trust_id, school_id, enrolment_id, '{kind}', '{from}', {value}, '{at}', 'test' \
         FROM enrolment WHERE enrolment_id = {enrolment}; COMMIT"
    ));
}

/// Corrects the days on roll of an enrolment.
pub fn days(sql: &mut Sql, enrolment: i32, first_day: &str, last_day: &str, at: DateTime<Utc>) {
    let at = bump(sql, enrolment, at);
    sql.run(&format!(
        "INSERT INTO enrolment_days SELECT trust_id, school_id, enrolment_id, '{first_day}', '{last_day}', '{at}', 'test' \
         FROM enrolment WHERE enrolment_id = {enrolment}; COMMIT"
    ));
}

/// Corrects the date of birth or the sex of an enrolment's pupil.
pub fn pupil_field(sql: &mut Sql, enrolment: i32, field: &str, new: &str, at: DateTime<Utc>) {
    let at = bump(sql, enrolment, at);
    let pupil = format!("(SELECT pupil_id FROM enrolment WHERE enrolment_id = {enrolment})");
    sql.run(&format!(
        "INSERT INTO pupil_change SELECT trust_id, pupil_id, '{at}', '{field}', {field}::text, '{new}', 'Seen', 'test' \
         FROM pupil WHERE pupil_id = {pupil}; UPDATE pupil SET {field} = '{new}' WHERE pupil_id = {pupil}; COMMIT"
    ));
}

/// Gives an enrolment to another pupil, as when two records turn out to be mixed up.
pub fn enrolment_pupil(sql: &mut Sql, enrolment: i32, pupil: i32, at: DateTime<Utc>) {
    let at = bump(sql, enrolment, at);
    sql.run(&format!(
        "INSERT INTO enrolment_pupil SELECT trust_id, school_id, enrolment_id, '{at}', pupil_id, {pupil}, 'Mixed up', \
         'test' FROM enrolment WHERE enrolment_id = {enrolment}; \
         UPDATE enrolment SET pupil_id = {pupil} WHERE enrolment_id = {enrolment}; \
         UPDATE pupil p SET school_ids = p.school_ids || e.school_id FROM enrolment e \
         WHERE p.pupil_id = {pupil} AND e.enrolment_id = {enrolment} AND e.school_id <> ALL (p.school_ids); COMMIT"
    ));
}

/// Bumps every year of the schools of the enrolment's trust, any of which may have the pupil too; the instant at which it
/// is recorded.
fn bump(sql: &mut Sql, enrolment: i32, at: DateTime<Utc>) -> String {
    let trust = format!("(SELECT trust_id FROM enrolment WHERE enrolment_id = {enrolment})");
    let last = format!(
        "(SELECT max(at) + interval '1 microsecond' FROM school_version WHERE trust_id = {trust})"
    );
    // Until the fact is there too nobody may see the new version.
    sql.run("BEGIN");
    sql.run(&format!(
        "UPDATE school_version SET version = version + 1, at = greatest('{at}', {last}) WHERE trust_id = {trust}"
    ));
    sql.texts(&format!("SELECT max(at) FROM school_version WHERE trust_id = {trust}")).concat()
}
