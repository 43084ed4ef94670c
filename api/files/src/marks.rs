//! The file of marks, in each of its shapes: a row a mark, a row a day, a row a week, or a column a
//! date and session.

use std::collections::BTreeMap;

use ::analytics::Pool;
use chrono::NaiveDate;
use domain::{CodeTable, Session};

use super::Reading;
use super::agree::agreed;
use super::cells::half_day_words;
use super::file_pupils::FilePupils;
use super::grid::{self, Heading};
use super::headers::{Column, Header, Place};
use super::mark_rows::MarksRead;
use super::marks_file::MarksFile;
use super::notice::{Notice, NoticeKind, counted};
use super::pieces::{Unread, each_piece};
use super::problem::{RowProblem, RowProblemKind, shown};
use super::rows::{Findings, Progress, Sent, school_place};
use super::said::{MarkColumns, SaidRows};

/// Reads a file of marks, several of its pieces at a time in the pool.
///
/// # Errors
/// Only when `progress` returns `false`, or the pool fails. Whatever is wrong with the file is in the [`Reading`].
pub fn read_marks(
    sent: &Sent<'_>,
    codes: &CodeTable,
    pool: &Pool,
    progress: &mut Progress<'_>,
) -> Result<Reading<MarksFile>, Unread> {
    let mut findings = Findings::default();
    let read = each_piece(
        sent,
        &mut findings,
        (pool, progress),
        |header, findings| MarkRows::open(header, sent, findings),
        || MarksRead::new(codes),
        MarkRows::read,
    )?;
    let Some((rows, read)) = read else {
        let nothing = SaidRows::Marks(Vec::new());
        let file = MarksFile::new(FilePupils::default(), nothing, MarkColumns::default());
        return Ok(findings.finish(file));
    };
    findings.notices.extend(read.codes.notices());
    let columns = rows.places.mark_columns();
    let said = match rows.places {
        Places::Week { .. } => SaidRows::Weeks(agreed(read.weeks, &columns, codes, &mut findings)),
        Places::Mark { .. } | Places::Day { .. } | Places::Grid(_) => {
            SaidRows::Marks(agreed(read.marks, &columns, codes, &mut findings))
        }
    };
    Ok(findings.finish(MarksFile::new(read.pupils, said, columns)))
}

/// What a row of the file is.
#[derive(Clone, Copy)]
enum Shape {
    Mark,
    Day,
    Week,
    Grid,
}

impl Shape {
    /// Those that are told by the names of their columns.
    const NAMED: [Self; 3] = [Self::Mark, Self::Day, Self::Week];

    /// The columns that it needs beside the pupil's.
    const fn columns(self) -> &'static [Column] {
        match self {
            Self::Mark => &[Column::Date, Column::Session, Column::Mark],
            Self::Day => &[Column::Date, Column::Am, Column::Pm],
            Self::Week => &[Column::Week, Column::Marks],
            Self::Grid => &[],
        }
    }

    fn found(self, header: &Header) -> usize {
        self.columns().iter().filter(|column| header.has(**column)).count()
    }

    fn is_complete(self, header: &Header) -> bool {
        self.found(header) == self.columns().len()
    }

    /// The shape that a header has, or else the one it comes closest to.
    fn of(header: &Header, findings: &mut Findings) -> Self {
        if Self::NAMED.into_iter().filter(|shape| shape.is_complete(header)).count() > 1 {
            let expected = "marks in one shape only: date, session and mark; or date, am and pm; \
                            or week and marks";
            let (line, kind) = (header.line(), RowProblemKind::DoubledColumn);
            findings.problems.add(|| RowProblem::of_row(line, kind, expected));
        }
        let closeness = |shape: &Self| (shape.is_complete(header), shape.found(header));
        // The last of equals is taken, so a header without any of the columns is asked for marks.
        Self::NAMED.into_iter().rev().max_by_key(closeness).unwrap_or(Self::Mark)
    }
}

/// The columns of a shape.
pub(super) enum Places {
    Mark { date: Place, session: Place, mark: Place },
    Day { date: Place, am: Place, pm: Place },
    Week { week: Place, marks: Place },
    Grid(Vec<(Heading, Place)>),
}

impl Places {
    fn mark_columns(&self) -> MarkColumns {
        let (am, pm) = match self {
            Self::Grid(columns) => return MarkColumns::of_grid(columns),
            Self::Mark { mark, .. } => (mark, mark),
            Self::Day { am, pm, .. } => (am, pm),
            Self::Week { marks, .. } => (marks, marks),
        };
        MarkColumns { am: am.name.clone(), pm: pm.name.clone(), grid: BTreeMap::new() }
    }
}

/// The columns of a wide grid; none when the header has no column that is a date and session. Two
/// of the same half day are a problem.
fn grid_columns(
    header: &Header,
    today: NaiveDate,
    findings: &mut Findings,
) -> Vec<(Heading, Place)> {
    let mut columns: Vec<(Heading, Place)> = Vec::new();
    let mut seen: BTreeMap<(NaiveDate, Session), String> = BTreeMap::new();
    for (at, name) in header.names().iter().enumerate() {
        let Some(heading) = grid::heading(name, today) else { continue };
        let name = shown(name.trim());
        if let Some(first) = seen.insert((heading.date, heading.session), name.clone()) {
            let when = half_day_words(heading.date, heading.session);
            let expected = format!("one column for {when}; found several: {first}, {name}");
            let (line, kind) = (header.line(), RowProblemKind::DoubledColumn);
            findings.problems.add(|| RowProblem::of_row(line, kind, expected));
        }
        columns.push((heading, Place { at, name }));
    }
    let found: Vec<NaiveDate> =
        columns.iter().filter(|(heading, _)| heading.year_found).map(|(h, _)| h.date).collect();
    if let (Some(first), Some(last)) = (found.iter().min(), found.iter().max()) {
        let count = found.len() as u64;
        let columns = counted(count, "column");
        let text = format!("{columns} without a year: taken as {first} to {last}.");
        findings.notices.push(Notice {
            kind: NoticeKind::YearFound,
            line: header.line(),
            count,
            text,
        });
    }
    columns
}

/// The rows of a file of marks: where its columns stand.
pub(super) struct MarkRows<'s> {
    pub own_school: Option<&'s str>,
    pub upn: Place,
    pub urn: Option<Place>,
    pub places: Places,
}

impl<'s> MarkRows<'s> {
    /// Finds the columns; `None` after adding a problem when they are not there.
    fn open(header: &Header, sent: &Sent<'s>, findings: &mut Findings) -> Option<Self> {
        let grid = grid_columns(header, sent.today, findings);
        let shape = if grid.is_empty() { Shape::of(header, findings) } else { Shape::Grid };
        let known = [&[Column::Upn, Column::Urn], shape.columns()].concat();
        let read = grid.iter().map(|(_, place)| place.at).collect();
        findings.notices.extend(header.ignored(&known, &read));
        let problems = &mut findings.problems;
        let upn = header.needed(Column::Upn, problems);
        let urn = school_place(header, sent.own_school, problems);
        let mut needed = |column| header.needed(column, problems);
        let places = match shape {
            Shape::Grid => Places::Grid(grid),
            Shape::Mark => Places::Mark {
                date: needed(Column::Date),
                session: needed(Column::Session),
                mark: needed(Column::Mark),
            },
            Shape::Day => Places::Day {
                date: needed(Column::Date),
                am: needed(Column::Am),
                pm: needed(Column::Pm),
            },
            Shape::Week => {
                Places::Week { week: needed(Column::Week), marks: needed(Column::Marks) }
            }
        };
        problems.is_empty().then_some(Self { own_school: sent.own_school, upn, urn, places })
    }
}
