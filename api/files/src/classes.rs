//! The file of classes: a row a class, or a row a pupil in a class.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use chrono::NaiveDate;
use domain::{AcademicYear, Upn, class_key};

use super::Reading;
use super::cells;
use super::headers::{Column, Header, Place};
use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Fault, RowProblem, RowProblemKind};
use super::rows::{Findings, Progress, Sent, Stopped, each_row, school_place};
use super::table::Row;

/// The columns that this file may have.
const COLUMNS: [Column; 6] = [
    Column::Class,
    Column::AcademicYear,
    Column::Upn,
    Column::YearGroup,
    Column::From,
    Column::Urn,
];

/// A class, and a pupil who is in it if the row names one.
#[derive(Clone, PartialEq, Eq)]
pub struct ClassFileRow {
    /// The line of the file on which the row starts, from 1.
    pub line: u64,
    /// The school's URN; `None` for the school that the import is for.
    pub urn: Option<String>,
    /// The class as written.
    pub class: String,
    /// Its academic year; `None`: the present one, or that of the pupil's day.
    pub year: Option<AcademicYear>,
    /// Who is in it.
    pub member: Option<ClassMember>,
}

/// A pupil in a class.
#[derive(Clone, PartialEq, Eq)]
pub struct ClassMember {
    /// The unique pupil number.
    pub upn: Upn,
    /// The year group; `None`: the one that the pupil is in.
    pub year_group: Option<i8>,
    /// The day from which it holds, if the file says.
    pub from: Option<NaiveDate>,
}

/// Says nothing of the pupil, so that a debug print can go to a log.
impl fmt::Debug for ClassFileRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClassFileRow").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Reads a file of classes. Rows that mean the import's own school get `urn: None`.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_classes(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<Vec<ClassFileRow>>, Stopped> {
    let mut findings = Findings::default();
    let reader = each_row(
        sent,
        &mut findings,
        progress,
        |header, findings| ClassesReader::open(header, sent.own_school, findings),
        |reader, row, findings| {
            if let Some(class) = reader.read(row, findings) {
                reader.keep(class, findings);
            }
        },
    )?;
    let Some(reader) = reader else { return Ok(findings.finish(Vec::new())) };
    findings.repeated(reader.repeated);
    if let Some(line) = reader.year_groups.first() {
        let count = reader.year_groups.len() as u64;
        let text = format!(
            "{} with a year group and no pupil: a year group stands with the pupil and not with the class.",
            counted(count, "row")
        );
        let kind = NoticeKind::YearGroupLeft;
        findings.notices.push(Notice { kind, line: *line, count, text });
    }
    Ok(findings.finish(reader.rows))
}

/// A pupil's place: school, pupil, academic year and day.
type About = (Option<String>, Upn, Option<AcademicYear>, Option<NaiveDate>);

/// A reader of rows, with what it must remember of the rows before.
struct ClassesReader<'s> {
    own_school: Option<&'s str>,
    class: Place,
    year: Option<Place>,
    upn: Option<Place>,
    year_group: Option<Place>,
    from: Option<Place>,
    urn: Option<Place>,
    rows: Vec<ClassFileRow>,
    repeated: Vec<u64>,
    /// Lines that name a year group and no pupil.
    year_groups: Vec<u64>,
    /// The rows about each pupil so far, by their place in `rows`.
    placed: HashMap<About, usize>,
    named: BTreeSet<(Option<String>, String, Option<i16>)>,
}

impl<'s> ClassesReader<'s> {
    fn open(header: &Header, own_school: Option<&'s str>, findings: &mut Findings) -> Option<Self> {
        findings.notices.extend(header.ignored(&COLUMNS, &BTreeSet::new()));
        let problems = &mut findings.problems;
        let reader = Self {
            own_school,
            class: header.needed(Column::Class, problems),
            year: header.optional(Column::AcademicYear, problems),
            upn: header.optional(Column::Upn, problems),
            year_group: header.optional(Column::YearGroup, problems),
            from: header.optional(Column::From, problems),
            urn: school_place(header, own_school, problems),
            rows: Vec::new(),
            repeated: Vec::new(),
            year_groups: Vec::new(),
            placed: HashMap::new(),
            named: BTreeSet::new(),
        };
        problems.is_empty().then_some(reader)
    }

    /// Reads a row; `None` when there is a problem with it.
    fn read(&mut self, row: &Row<'_>, findings: &mut Findings) -> Option<ClassFileRow> {
        let before = findings.problems.total();
        let urn = findings.school(row, self.urn.as_ref(), self.own_school).map(str::to_owned);
        let class = findings.needed(row, &self.class, cells::class);
        let year = findings.optional(row, self.year.as_ref(), cells::academic_year);
        let upn = findings.optional(row, self.upn.as_ref(), cells::upn);
        let year_group = findings.optional(row, self.year_group.as_ref(), cells::plain_year_group);
        let from = findings.optional(row, self.from.as_ref(), cells::date_on_record);
        if let (Some(year), Some(day), Some(place)) = (year, from, &self.from)
            && AcademicYear::of(day) != Some(year)
        {
            let expected =
                format!("a day of the class's academic year, which begins on {}", year.first_day());
            let fault = Fault::new(RowProblemKind::BadDate, expected);
            findings.cell(row.line, place, row.cell(place.at), fault);
        }
        if findings.problems.total() > before {
            return None;
        }
        if upn.is_none() && year_group.is_some() {
            self.year_groups.push(row.line);
        }
        let member = upn.map(|upn| ClassMember { upn, year_group, from });
        Some(ClassFileRow { line: row.line, urn, class: class?, year, member })
    }

    /// Keeps a row, unless an earlier one says the same or something that cannot be true as well.
    fn keep(&mut self, row: ClassFileRow, findings: &mut Findings) {
        let Some(member) = &row.member else {
            let year = row.year.map(AcademicYear::number);
            if self.named.insert((row.urn.clone(), class_key(&row.class), year)) {
                self.rows.push(row);
            } else {
                self.repeated.push(row.line);
            }
            return;
        };
        let about = (row.urn.clone(), member.upn.clone(), row.year, member.from);
        let earlier = self.placed.get(&about).and_then(|place| self.rows.get(*place));
        match earlier {
            None => {
                self.placed.insert(about, self.rows.len());
                self.rows.push(row);
            }
            Some(earlier)
                if class_key(&earlier.class) == class_key(&row.class)
                    && earlier.member == row.member =>
            {
                self.repeated.push(row.line);
            }
            Some(earlier) => {
                let expected = format!(
                    "the same class and year group as on line {}: a pupil is in one class at a time, the one in which \
                     the registers are taken; leave teaching groups out",
                    earlier.line
                );
                let kind = RowProblemKind::RowsDisagree;
                findings.problems.add(|| RowProblem::of_row(row.line, kind, expected));
            }
        }
    }
}
