//! The file of marks, in each of its shapes: a row a mark, a row a day, a row a week, or a column a
//! date and session.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::{AcademicYear, CodeTable, HalfDay, NO_MARK, Session};

use super::Reading;
use super::agree::agreed;
use super::cells::{self, half_day_words};
use super::codes::CodeReader;
use super::file_pupils::FilePupils;
use super::grid::{self, Heading};
use super::headers::{Column, Header, Place};
use super::marks_file::MarksFile;
use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Fault, RowProblem, RowProblemKind, shown};
use super::rows::{Findings, Progress, Sent, Stopped, each_row, school_place};
use super::said::{MarkColumns, MarkSaid, SaidRows, WeekSaid, year_number};
use super::table::Row;
use super::week::{WEEK, WrittenWeek, written_week};

/// Reads a file of marks.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_marks(
    sent: &Sent<'_>,
    codes: &CodeTable,
    progress: &mut Progress<'_>,
) -> Result<Reading<MarksFile>, Stopped> {
    let mut findings = Findings::default();
    let reader = each_row(
        sent,
        &mut findings,
        progress,
        |header, findings| MarksReader::open(header, sent, codes, findings),
        MarksReader::read,
    )?;
    let Some(reader) = reader else {
        let nothing = SaidRows::Marks(Vec::new());
        let file = MarksFile::new(FilePupils::default(), nothing, MarkColumns::default());
        return Ok(findings.finish(file));
    };
    findings.notices.extend(reader.codes.notices());
    let columns = reader.places.mark_columns();
    let rows = match reader.places {
        Places::Week { .. } => {
            SaidRows::Weeks(agreed(reader.weeks, &columns, codes, &mut findings))
        }
        Places::Mark { .. } | Places::Day { .. } | Places::Grid(_) => {
            SaidRows::Marks(agreed(reader.marks, &columns, codes, &mut findings))
        }
    };
    Ok(findings.finish(MarksFile::new(reader.pupils, rows, columns)))
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
enum Places {
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

/// A reader of rows, with the marks read so far.
struct MarksReader<'s> {
    own_school: Option<&'s str>,
    upn: Place,
    urn: Option<Place>,
    places: Places,
    codes: CodeReader<'s>,
    pupils: FilePupils,
    weeks: Vec<WeekSaid>,
    marks: Vec<MarkSaid>,
}

impl<'s> MarksReader<'s> {
    fn open(
        header: &Header,
        sent: &Sent<'s>,
        codes: &'s CodeTable,
        findings: &mut Findings,
    ) -> Option<Self> {
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
        problems.is_empty().then(|| Self {
            own_school: sent.own_school,
            upn,
            urn,
            places,
            codes: CodeReader::new(codes),
            pupils: FilePupils::default(),
            weeks: Vec::new(),
            marks: Vec::new(),
        })
    }

    /// Reads a row. Nothing of a row with a problem is kept.
    fn read(&mut self, row: &Row<'_>, findings: &mut Findings) {
        let before = findings.problems.total();
        let (weeks, marks) = (self.weeks.len(), self.marks.len());
        let school = findings.school(row, self.urn.as_ref(), self.own_school);
        let pupils = &mut self.pupils;
        let school = pupils.school(school);
        let pupil = findings.needed(row, &self.upn, |text| pupils.pupil(school, text));
        // Without a pupil the rest of the row is still checked.
        let about = About { pupil: pupil.unwrap_or_default(), line: row.line };
        match &self.places {
            Places::Mark { date, session, mark } => {
                let date = findings.needed(row, date, cells::date_on_record);
                let session = findings.needed(row, session, cells::session);
                if let Some((date, session)) = date.zip(session) {
                    let cell = about.mark(row, mark, (date, session), &mut self.codes, findings);
                    self.marks.extend(cell);
                }
            }
            Places::Day { date, am, pm } => {
                if let Some(date) = findings.needed(row, date, cells::date_on_record) {
                    for (place, session) in [(am, Session::Am), (pm, Session::Pm)] {
                        let when = (date, session);
                        let cell = about.mark(row, place, when, &mut self.codes, findings);
                        self.marks.extend(cell);
                    }
                }
            }
            Places::Grid(columns) => {
                for (heading, place) in columns {
                    let when = (heading.date, heading.session);
                    let cell = about.mark(row, place, when, &mut self.codes, findings);
                    self.marks.extend(cell.filter(|said| said.mark != NO_MARK));
                }
            }
            Places::Week { week, marks } => {
                let week = findings.needed(row, week, cells::week);
                let written = written_week(row.bytes(marks.at));
                let written = written
                    .map_err(|fault| findings.cell(row.line, marks, row.raw(marks.at), fault));
                if let (Some(monday), Ok(written)) = (week, written) {
                    let said = about.week(marks, monday, &written, &mut self.codes, findings);
                    self.weeks.extend(said.into_iter().flatten());
                }
            }
        }
        if findings.problems.total() > before {
            self.weeks.truncate(weeks);
            self.marks.truncate(marks);
        }
    }
}

/// Whom a row is about, and where it stands.
#[derive(Clone, Copy)]
struct About {
    pupil: u32,
    line: u64,
}

impl About {
    /// Reads the mark of one half day from a cell of its own. An empty cell, `-` and `.` say that
    /// there is none.
    fn mark(
        self,
        row: &Row<'_>,
        place: &Place,
        (date, session): (NaiveDate, Session),
        codes: &mut CodeReader<'_>,
        findings: &mut Findings,
    ) -> Option<MarkSaid> {
        let year = AcademicYear::of(date)?;
        let half_day = HalfDay::of(year, date, session)?;
        let mark = match row.cell(place.at) {
            "" | "-" | "." => NO_MARK,
            text => {
                let read = codes.number_of_text(text, session, (codes.era(date), date), self.line);
                match read {
                    Ok(number) => number,
                    Err(fault) => {
                        findings.cell(self.line, place, text, on(fault, date, session));
                        return None;
                    }
                }
            }
        };
        Some(MarkSaid {
            pupil: self.pupil,
            line: line_number(self.line),
            half_day: u16::try_from(half_day.position()).ok()?,
            year: year_number(year),
            mark,
        })
    }

    /// Reads the marks of a week. One that lies in two academic years says something of both.
    fn week(
        self,
        place: &Place,
        monday: NaiveDate,
        written: &WrittenWeek,
        codes: &mut CodeReader<'_>,
        findings: &mut Findings,
    ) -> [Option<WeekSaid>; 2] {
        let sunday = monday + Days::new(6);
        let (Some(year), Some(next)) = (AcademicYear::of(monday), AcademicYear::of(sunday)) else {
            return [None, None];
        };
        let numbers = self.numbers(place, monday, written, codes, findings);
        let said = |year: AcademicYear, marks| WeekSaid {
            pupil: self.pupil,
            line: line_number(self.line),
            year: year_number(year),
            week: week_number(year, monday),
            marks,
        };
        if year == next {
            return [Some(said(year, numbers)), None];
        }
        let days = usize::try_from((next.first_day() - monday).num_days()).unwrap_or_default();
        let (mut before, mut after) = (numbers, numbers);
        before.iter_mut().skip(2 * days).for_each(|mark| *mark = NO_MARK);
        after.iter_mut().take(2 * days).for_each(|mark| *mark = NO_MARK);
        let has_marks = |marks: &[u8; WEEK]| marks.iter().any(|mark| *mark != NO_MARK);
        [
            (has_marks(&before) || !has_marks(&after)).then(|| said(year, before)),
            has_marks(&after).then(|| said(next, after)),
        ]
    }

    /// The code numbers of a week's marks.
    fn numbers(
        self,
        place: &Place,
        monday: NaiveDate,
        written: &WrittenWeek,
        codes: &mut CodeReader<'_>,
        findings: &mut Findings,
    ) -> [u8; WEEK] {
        let mut numbers = [NO_MARK; WEEK];
        let eras = [codes.era(monday), codes.era(monday + Days::new(6))];
        let mut date = monday;
        for (day, (numbers, marks)) in
            numbers.chunks_exact_mut(2).zip(written.chunks_exact(2)).enumerate()
        {
            if day > 0 {
                date = date.succ_opt().unwrap_or(date);
            }
            let era = if eras[0] == eras[1] { eras[0] } else { codes.era(date) };
            for ((number, mark), session) in numbers.iter_mut().zip(marks).zip(Session::ALL) {
                let Some(mark) = *mark else { continue };
                match codes.number(mark, session, (era, date), self.line) {
                    Ok(read) => *number = read,
                    Err(fault) => {
                        let text: String =
                            [Some(mark.0), mark.1].into_iter().flatten().map(char::from).collect();
                        findings.cell(self.line, place, &text, on(fault, date, session));
                    }
                }
            }
        }
        numbers
    }
}

/// A fault of a mark, with the half day it is for.
fn on(fault: Fault, date: NaiveDate, session: Session) -> Fault {
    let when = half_day_words(date, session);
    Fault::new(fault.kind, format!("{}; the mark is for {when}", fault.expected))
}

/// Which week of the year's register starts on that Monday.
fn week_number(year: AcademicYear, monday: NaiveDate) -> u8 {
    let days = (monday - year.first_monday()).num_days();
    u8::try_from(days / 7).unwrap_or_default()
}

/// A line as the compact rows hold it: there are fewer than bytes, and of those fewer than 2^32.
fn line_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
