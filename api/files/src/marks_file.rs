//! What a file of marks says, put together by pupil and academic year.

use std::fmt;
use std::ops::Range;

use chrono::NaiveDate;
use domain::{AcademicYear, HALF_DAYS, HalfDay, NO_MARK, Session, Upn};

use super::file_pupils::{FilePupil, FilePupils};
use super::headers::Column;
use super::said::{MarkColumns, Said, SaidRows, line_of, overlaid, year_of};

/// The rows of one pupil and academic year.
struct Group {
    pupil: u32,
    year: AcademicYear,
    first_line: u32,
    rows: Range<usize>,
}

/// The marks of a file: by school, pupil and academic year.
///
/// It holds 24 bytes for each row of a week and 12 for each row of a mark; the marks of a year are
/// laid out only when they are asked for.
pub struct MarksFile {
    schools: Vec<String>,
    pupils: Vec<FilePupil>,
    rows: SaidRows,
    groups: Vec<Group>,
    columns: MarkColumns,
}

/// The marks that a file says for one pupil at one school in one academic year.
#[derive(Clone, Copy)]
pub struct PupilYear<'f> {
    file: &'f MarksFile,
    group: &'f Group,
    pupil: &'f FilePupil,
}

impl MarksFile {
    /// Puts the rows together. They must stand in the order of pupils and years.
    pub(super) fn new(pupils: FilePupils, rows: SaidRows, columns: MarkColumns) -> Self {
        let FilePupils { schools, pupils, .. } = pupils;
        let mut file = Self { schools, pupils, rows, groups: Vec::new(), columns };
        file.group();
        file
    }

    /// The URNs that the file names, apart from that of the import's own school, in the order in
    /// which they first stand there.
    pub fn schools(&self) -> &[String] {
        &self.schools
    }

    /// The column in which the mark of a half day stands, as the file calls it: for problems with it.
    pub fn column(&self, date: NaiveDate, session: Session) -> &str {
        self.columns.of(date, session)
    }

    /// The column that says when: a week's Monday, or the day.
    pub fn when(&self) -> Column {
        match self.rows {
            SaidRows::Weeks(_) => Column::Week,
            SaidRows::Marks(_) => Column::Date,
        }
    }

    /// How many pupil years the file has.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether the file says nothing.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The pupil years in order: the import's own school first and then by URN, within a school by
    /// unique pupil number, within a pupil by year.
    pub fn pupil_years(&self) -> impl Iterator<Item = PupilYear<'_>> {
        self.groups.iter().filter_map(|group| {
            let pupil = self.pupils.get(usize::try_from(group.pupil).ok()?)?;
            Some(PupilYear { file: self, group, pupil })
        })
    }
}

impl<'f> PupilYear<'f> {
    /// The school's URN; `None` for the school that the import is for.
    pub fn urn(&self) -> Option<&'f str> {
        self.file.urn(self.pupil)
    }

    /// The unique pupil number.
    pub fn upn(&self) -> &'f Upn {
        &self.pupil.upn
    }

    /// The academic year.
    pub fn year(&self) -> AcademicYear {
        self.group.year
    }

    /// The first line of the file that is about this pupil and year.
    pub fn first_line(&self) -> u64 {
        u64::from(self.group.first_line)
    }

    /// The code numbers by position in the register year; 0 where the file says nothing.
    pub fn marks(&self) -> [u8; HALF_DAYS] {
        let mut marks = [NO_MARK; HALF_DAYS];
        match &self.file.rows {
            SaidRows::Weeks(rows) => overlaid(self.own(rows), &mut marks),
            SaidRows::Marks(rows) => overlaid(self.own(rows), &mut marks),
        }
        marks
    }

    /// The line that says the mark of a half day; `None` when the file says none.
    pub fn line_of(&self, half_day: HalfDay) -> Option<u64> {
        match &self.file.rows {
            SaidRows::Weeks(rows) => line_of(self.own(rows), half_day),
            SaidRows::Marks(rows) => line_of(self.own(rows), half_day),
        }
    }

    fn own<'r, S>(&self, rows: &'r [S]) -> &'r [S] {
        rows.get(self.group.rows.clone()).unwrap_or_default()
    }
}

/// Says only how much there is.
impl fmt::Debug for MarksFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarksFile").field("pupil_years", &self.len()).finish_non_exhaustive()
    }
}

/// Says nothing of the pupil.
impl fmt::Debug for PupilYear<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PupilYear").field("first_line", &self.first_line()).finish_non_exhaustive()
    }
}

impl MarksFile {
    fn urn(&self, pupil: &FilePupil) -> Option<&str> {
        let place = usize::try_from(pupil.school).ok()?.checked_sub(1)?;
        self.schools.get(place).map(String::as_str)
    }

    /// Finds the pupil years in rows that stand in order, and orders them.
    fn group(&mut self) {
        let mut groups = match &self.rows {
            SaidRows::Weeks(rows) => groups_of(rows),
            SaidRows::Marks(rows) => groups_of(rows),
        };
        groups.sort_by_cached_key(|group| {
            let place = usize::try_from(group.pupil).unwrap_or(usize::MAX);
            let pupil = self.pupils.get(place);
            (
                pupil.and_then(|pupil| self.urn(pupil)).map(str::to_owned),
                pupil.map(|pupil| pupil.upn.clone()),
                group.year,
            )
        });
        self.groups = groups;
    }
}

fn groups_of<S: Said>(rows: &[S]) -> Vec<Group> {
    let mut start = 0;
    let groups = rows.chunk_by(|a, b| (a.pupil(), a.year()) == (b.pupil(), b.year()));
    groups
        .filter_map(|rows| {
            let range = start..start + rows.len();
            start = range.end;
            let first = rows.first()?;
            let first_line = rows.iter().map(Said::line).min()?;
            let (pupil, year) = (first.pupil(), year_of(first.year())?);
            Some(Group { pupil, year, first_line, rows: range })
        })
        .collect()
}
