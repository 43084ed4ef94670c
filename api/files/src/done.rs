//! The file of what was done before a school came here: a row a letter, a stage, a target or a penalty notice.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use chrono::NaiveDate;
use domain::policy::{Doing, Done, Figure};
use domain::{Percent, Upn};

use super::Reading;
use super::cells;
use super::done_columns::DoneColumn;
use super::done_notice::{self, GivenNotice, NoticeReader};
use super::headers::{Column, Header, Place};
use super::problem::{Fault, RowProblemKind};
use super::rows::{Findings, Progress, Sent, Stopped, each_row, filled, school_place};
use super::table::Row;

/// What a file tells.
#[derive(Debug, Clone, Default)]
pub struct DoneFile {
    /// What was done under the policy.
    pub done: Vec<DoneRow<Done>>,
    /// The penalty notices.
    pub given: Vec<DoneRow<GivenNotice>>,
}

/// One thing that was done about a pupil.
#[derive(Clone, PartialEq, Eq)]
pub struct DoneRow<T> {
    /// The line of the file on which the row starts, from 1.
    pub line: u64,
    /// The school's URN; `None` for the school that the import is for.
    pub urn: Option<String>,
    /// The unique pupil number.
    pub upn: Upn,
    /// What was done.
    pub done: T,
}

/// Says nothing of the pupil, so that a debug print can go to a log.
impl<T> fmt::Debug for DoneRow<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoneRow").field("line", &self.line).finish_non_exhaustive()
    }
}

/// What sort of thing a row tells. Each has its cells; another sort is another name here and another arm in
/// [`DoneReader::told`].
#[derive(Clone, Copy)]
enum Sort {
    Letter,
    Stage,
    Target,
    Notice,
}

/// What a row tells.
#[derive(Clone, PartialEq, Eq)]
enum RowSays {
    Done(Done),
    Notice(GivenNotice),
}

/// Reads a file of what was done. Rows that mean the import's own school get `urn: None`.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_done(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<DoneFile>, Stopped> {
    let mut findings = Findings::default();
    let (mut file, mut repeated) = (DoneFile::default(), Vec::new());
    let mut of_pupil: HashMap<(Option<String>, Upn), Vec<RowSays>> = HashMap::new();
    each_row(
        sent,
        &mut findings,
        progress,
        |header, findings| DoneReader::open(header, sent.own_school, findings),
        |reader, row, findings| {
            let Some(DoneRow { line, urn, upn, done }) = reader.read(row, findings) else { return };
            let theirs = of_pupil.entry((urn.clone(), upn.clone())).or_default();
            if theirs.contains(&done) {
                repeated.push(line);
                return;
            }
            theirs.push(done.clone());
            match done {
                RowSays::Done(done) => file.done.push(DoneRow { line, urn, upn, done }),
                RowSays::Notice(done) => file.given.push(DoneRow { line, urn, upn, done }),
            }
        },
    )?;
    findings.repeated(repeated);
    Ok(findings.finish(file))
}

/// Where the columns stand.
struct DoneReader<'s> {
    own_school: Option<&'s str>,
    upn: Place,
    record: Place,
    name: Option<Place>,
    day: Place,
    to: Option<Place>,
    rate: Option<Place>,
    attended: Option<Place>,
    possible: Option<Place>,
    notice: NoticeReader,
    urn: Option<Place>,
}

impl<'s> DoneReader<'s> {
    fn open(header: &Header, own_school: Option<&'s str>, findings: &mut Findings) -> Option<Self> {
        let known = DoneColumn::ALL.map(Column::Done);
        let all = [&known[..], &done_notice::COLUMNS, &[Column::Upn, Column::Urn]].concat();
        findings.notices.extend(header.ignored(&all, &BTreeSet::new()));
        let problems = &mut findings.problems;
        let reader = Self {
            own_school,
            upn: header.needed(Column::Upn, problems),
            record: header.needed(Column::Done(DoneColumn::Record), problems),
            name: header.optional(Column::Done(DoneColumn::Name), problems),
            day: header.needed(Column::Done(DoneColumn::Day), problems),
            to: header.optional(Column::Done(DoneColumn::To), problems),
            rate: header.optional(Column::Done(DoneColumn::Rate), problems),
            attended: header.optional(Column::Done(DoneColumn::Attended), problems),
            possible: header.optional(Column::Done(DoneColumn::Possible), problems),
            notice: NoticeReader::open(header, problems),
            urn: school_place(header, own_school, problems),
        };
        problems.is_empty().then_some(reader)
    }

    /// Reads a row; `None` when there is a problem with it.
    fn read(&self, row: &Row<'_>, findings: &mut Findings) -> Option<DoneRow<RowSays>> {
        let before = findings.problems.total();
        let urn = findings.school(row, self.urn.as_ref(), self.own_school).map(str::to_owned);
        let upn = findings.needed(row, &self.upn, cells::upn);
        let sort = findings.needed(row, &self.record, sort);
        let day = findings.needed(row, &self.day, cells::date_on_record);
        let figure = self.figure(row, findings);
        let told = self.told(sort?, (day, figure), row, findings);
        if findings.problems.total() > before {
            return None;
        }
        Some(DoneRow { line: row.line, urn, upn: upn?, done: told? })
    }

    /// What the row tells, by its sort.
    fn told(
        &self,
        sort: Sort,
        (day, figure): (Option<NaiveDate>, Option<Figure>),
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> Option<RowSays> {
        let what = match sort {
            Sort::Letter => Doing::Letter(self.name(row, findings)?),
            Sort::Stage => Doing::Stage(self.name(row, findings)?),
            Sort::Target => self.target(day, row, findings)?,
            Sort::Notice => return self.notice.read(day, row, findings).map(RowSays::Notice),
        };
        Some(RowSays::Done(Done { day: day?, what, figure }))
    }

    fn name(&self, row: &Row<'_>, findings: &mut Findings) -> Option<String> {
        let column = Column::Done(DoneColumn::Name);
        filled(row, self.name.as_ref(), column, cells::text, findings)
    }

    fn target(
        &self,
        day: Option<NaiveDate>,
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> Option<Doing> {
        let column = Column::Done(DoneColumn::Rate);
        let rate = filled(row, self.rate.as_ref(), column, rate, findings);
        let date = |text: &str| {
            let to = cells::date_on_record(text)?;
            match day.is_some_and(|day| to < day) {
                true => Err(Fault::new(
                    RowProblemKind::BadDate,
                    "a last day that is not before the first day",
                )),
                false => Ok(to),
            }
        };
        let column = Column::Done(DoneColumn::To);
        let to = filled(row, self.to.as_ref(), column, date, findings);
        Some(Doing::Target { rate: rate?, to: to? })
    }

    /// The counts behind it, when the file has them.
    fn figure(&self, row: &Row<'_>, findings: &mut Findings) -> Option<Figure> {
        let attended = findings.optional(row, self.attended.as_ref(), count);
        let read = |text: &str| {
            let possible = count(text)?;
            match attended {
                Some(attended) if possible > 0 && attended <= possible => Ok(possible),
                _ => {
                    let expected =
                        "possible sessions beside the attended ones, and not fewer than those";
                    Err(Fault::new(RowProblemKind::BadCount, expected))
                }
            }
        };
        let possible = findings.optional(row, self.possible.as_ref(), read);
        attended.zip(possible).map(|(attended, possible)| Figure { attended, possible, ends: None })
    }
}

fn sort(text: &str) -> Result<Sort, Fault> {
    match text.to_lowercase().as_str() {
        "letter" | "letter sent" => Ok(Sort::Letter),
        "stage" | "case" | "open stage" => Ok(Sort::Stage),
        "target" | "running target" => Ok(Sort::Target),
        "notice" | "penalty notice" => Ok(Sort::Notice),
        _ => Err(Fault::new(
            RowProblemKind::UnknownRecord,
            "what was done: letter, stage, target or notice",
        )),
    }
}

/// Reads a rate: `96%`, or `96` as a spreadsheet has it.
fn rate(text: &str) -> Result<Percent, Fault> {
    let whole = if text.ends_with('%') { text.to_owned() } else { format!("{text}%") };
    whole
        .parse()
        .map_err(|_| Fault::new(RowProblemKind::BadRate, "a rate as 96% or 92.5%, at most 100%"))
}

fn count(text: &str) -> Result<u64, Fault> {
    let digits =
        !text.is_empty() && text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let found = if digits { text.parse().ok() } else { None };
    found.ok_or_else(|| Fault::new(RowProblemKind::BadCount, "a count of sessions"))
}
