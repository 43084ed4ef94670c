//! The rows of a file of marks, one after the other: whom they are about, when, and the numbers of their codes.

use chrono::{Days, NaiveDate};
use domain::{AcademicYear, CodeTable, HalfDay, NO_MARK, Session};

use super::cells::{self, half_day_words};
use super::codes::CodeReader;
use super::file_pupils::FilePupils;
use super::headers::Place;
use super::marks::{MarkRows, Places};
use super::pieces::Piecewise;
use super::problem::Fault;
use super::rows::Findings;
use super::said::{MarkSaid, WeekSaid, year_number};
use super::table::Row;
use super::week::{KnownWeeks, WEEK, written_week};

/// What the rows of a piece say.
pub(super) struct MarksRead<'c> {
    pub codes: CodeReader<'c>,
    known_weeks: KnownWeeks,
    pub pupils: FilePupils,
    pub weeks: Vec<WeekSaid>,
    pub marks: Vec<MarkSaid>,
}

impl<'c> MarksRead<'c> {
    /// Nothing yet.
    pub fn new(codes: &'c CodeTable) -> Self {
        Self {
            codes: CodeReader::new(codes),
            known_weeks: KnownWeeks::default(),
            pupils: FilePupils::default(),
            weeks: Vec::new(),
            marks: Vec::new(),
        }
    }
}

impl Piecewise for MarksRead<'_> {
    fn join(&mut self, next: Self) {
        self.codes.join(next.codes);
        let numbers = self.pupils.join(next.pupils);
        let number = |pupil| numbers.get(usize::try_from(pupil).ok()?).copied();
        let numbered = |pupil| number(pupil).unwrap_or_default();
        let weeks = next.weeks.into_iter();
        self.weeks.extend(weeks.map(|said| WeekSaid { pupil: numbered(said.pupil), ..said }));
        let marks = next.marks.into_iter();
        self.marks.extend(marks.map(|said| MarkSaid { pupil: numbered(said.pupil), ..said }));
    }
}

impl MarkRows<'_> {
    /// Reads a row. Nothing of a row with a problem is kept.
    pub fn read(&self, into: &mut MarksRead<'_>, row: &Row<'_>, findings: &mut Findings) {
        let before = findings.problems.total();
        let (weeks, marks) = (into.weeks.len(), into.marks.len());
        let school = findings.school(row, self.urn.as_ref(), self.own_school);
        let pupils = &mut into.pupils;
        let school = pupils.school(school);
        let pupil = findings.needed(row, &self.upn, |text| pupils.pupil(school, text));
        // Without a pupil the rest of the row is still checked.
        let about = MarkOf { pupil: pupil.unwrap_or_default(), line: row.line };
        match &self.places {
            Places::Mark { date, session, mark } => {
                let date = findings.needed(row, date, cells::date_on_record);
                let session = findings.needed(row, session, cells::session);
                if let Some((date, session)) = date.zip(session) {
                    let cell = about.mark(row, mark, (date, session), &mut into.codes, findings);
                    into.marks.extend(cell);
                }
            }
            Places::Day { date, am, pm } => {
                if let Some(date) = findings.needed(row, date, cells::date_on_record) {
                    for (place, session) in [(am, Session::Am), (pm, Session::Pm)] {
                        let when = (date, session);
                        let cell = about.mark(row, place, when, &mut into.codes, findings);
                        into.marks.extend(cell);
                    }
                }
            }
            Places::Grid(columns) => {
                for (heading, place) in columns {
                    let when = (heading.date, heading.session);
                    let cell = about.mark(row, place, when, &mut into.codes, findings);
                    into.marks.extend(cell.filter(|said| said.mark != NO_MARK));
                }
            }
            Places::Week { week, marks } => {
                let known = &mut into.known_weeks;
                let week = findings.needed(row, week, |text| known.monday(text));
                let numbers = about.numbers(row, marks, week, into, findings);
                if let Some((monday, numbers)) = week.zip(numbers) {
                    into.weeks.extend(about.week(monday, numbers).into_iter().flatten());
                }
            }
        }
        if findings.problems.total() > before {
            into.weeks.truncate(weeks);
            into.marks.truncate(marks);
        }
    }
}

/// Whom a row is about, and where it stands.
#[derive(Clone, Copy)]
struct MarkOf {
    pupil: u32,
    line: u64,
}

impl MarkOf {
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

    /// What the marks of a week say. One that lies in two academic years says something of both.
    fn week(self, monday: NaiveDate, numbers: [u8; WEEK]) -> [Option<WeekSaid>; 2] {
        let sunday = monday + Days::new(6);
        let (Some(year), Some(next)) = (AcademicYear::of(monday), AcademicYear::of(sunday)) else {
            return [None, None];
        };
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

    /// Reads the code numbers of a week's marks. Without a Monday it is still checked that they are a week's.
    fn numbers(
        self,
        row: &Row<'_>,
        place: &Place,
        monday: Option<NaiveDate>,
        into: &mut MarksRead<'_>,
        findings: &mut Findings,
    ) -> Option<[u8; WEEK]> {
        let (text, codes) = (row.raw(place.at), &mut into.codes);
        let era = monday.and_then(|monday| codes.era_of_week(monday));
        if let Some(known) = era.and_then(|era| into.known_weeks.marks(text, era)) {
            return Some(known);
        }
        let written = written_week(text.as_bytes());
        let written = written.map_err(|fault| findings.cell(self.line, place, text, fault)).ok()?;
        let days = monday?.iter_days();
        let before = findings.problems.total();
        let mut numbers = [NO_MARK; WEEK];
        for ((numbers, marks), date) in
            numbers.chunks_exact_mut(2).zip(written.chunks_exact(2)).zip(days)
        {
            let era = era.unwrap_or_else(|| codes.era(date));
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
        // Each use of a withdrawn code is counted.
        let is_plain = !numbers.iter().any(|number| codes.is_withdrawn(*number));
        if let Some(era) = era.filter(|_| is_plain && findings.problems.total() == before) {
            into.known_weeks.keep(text, era, numbers);
        }
        Some(numbers)
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
