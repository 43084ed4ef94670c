//! Whole files through the readers.

mod marks;
mod pupils;
mod random;
mod real;
mod strange;

use std::sync::LazyLock;

use ::analytics::Pool;
use chrono::NaiveDate;
use domain::{AcademicYear, CodeTable, HalfDay, Session, Upn};

use super::{
    MarksFile, NoticeKind, PupilRow, PupilYear, Reading, RowProblemKind, Sent, read_marks,
    read_pupils,
};

static CODES: LazyLock<CodeTable> = LazyLock::new(|| CodeTable::built_in().unwrap());
static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(2).unwrap());

/// The `number`th of a row of well-formed unique pupil numbers.
fn upn(number: u32) -> String {
    let rest = format!("{:012}", 801_200_000_000_u64 + u64::from(number));
    format!("{}{rest}", Upn::check_letter(&rest).unwrap())
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A file that came on 18 November 2026.
fn sent<'a>(bytes: &'a [u8], own_school: Option<&'a str>) -> Sent<'a> {
    Sent { bytes, sheet: None, own_school, today: day(2026, 11, 18), wide: false }
}

/// Reads a file of pupils for the school with the URN 100000.
fn pupils(bytes: impl AsRef<[u8]>) -> Reading<Vec<PupilRow>> {
    read_pupils(&sent(bytes.as_ref(), Some("100000")), &mut |_| true).unwrap()
}

/// Reads a file of marks for the school with the URN 100000.
fn marks(bytes: impl AsRef<[u8]>) -> Reading<MarksFile> {
    read_marks(&sent(bytes.as_ref(), Some("100000")), &CODES, &POOL, &mut |_| true).unwrap()
}

/// The problems as lines, columns and kinds.
fn kinds<T>(reading: &Reading<T>) -> Vec<(u64, &str, RowProblemKind)> {
    reading
        .problems
        .iter()
        .map(|problem| (problem.line, problem.column.as_deref().unwrap_or(""), problem.kind))
        .collect()
}

/// The notices as kinds, lines and counts.
fn notices<T>(reading: &Reading<T>) -> Vec<(NoticeKind, u64, u64)> {
    reading.notices.iter().map(|notice| (notice.kind, notice.line, notice.count)).collect()
}

/// The mark of a date and session, as it would be written; empty for none.
fn mark_on(pupil: &PupilYear<'_>, date: NaiveDate, session: Session) -> String {
    let half_day = HalfDay::of(AcademicYear::of(date).unwrap(), date, session).unwrap();
    CODES.text(pupil.marks()[half_day.position()]).unwrap_or("").to_owned()
}
