//! Which column of a file means what.
//!
//! Names are compared without regard to case, and to spaces, underscores and other separators.
//! Beside our own names, those stand here that the big school systems write into their exports.

use std::collections::BTreeSet;

use domain::Characteristic;

use super::characteristics;
use super::contact_columns::ContactColumn;
use super::done_columns::DoneColumn;
use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Problems, RowProblem, RowProblemKind, shown};
use super::sheet;

/// How many column names a notice or a problem lists.
const LISTED_NAMES: usize = 40;

/// A column that an import understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The unique pupil number.
    Upn,
    /// The surname.
    Surname,
    /// The forename.
    Forename,
    /// The day of birth.
    BirthDate,
    /// The sex.
    Sex,
    /// The class or tutor group.
    Class,
    /// The year group.
    YearGroup,
    /// The first day on roll.
    FirstDay,
    /// The last day on roll.
    LastDay,
    /// The day from which class and year group hold.
    From,
    /// What else is known of the pupil.
    Known(Characteristic),
    /// The school's unique reference number.
    Urn,
    /// The day of a mark.
    Date,
    /// The session of a mark.
    Session,
    /// A mark.
    Mark,
    /// The Monday of a week of marks.
    Week,
    /// A week's marks.
    Marks,
    /// A day's mark of the morning.
    Am,
    /// A day's mark of the afternoon.
    Pm,
    /// The academic year of a class.
    AcademicYear,
    /// What a file of parents says of somebody.
    Contact(ContactColumn),
    /// What a file of what was done says of it.
    Done(DoneColumn),
    /// A school's name.
    SchoolName,
    /// Whether a school is open.
    SchoolStatus,
    /// A school's phase of education.
    SchoolPhase,
    /// What type of school it is.
    SchoolType,
    /// The lowest age that a school may teach.
    LowAge,
    /// The highest age that a school may teach.
    HighAge,
    /// The group (trust) of a school.
    Group,
    /// The URN of a school that another is linked to.
    LinkUrn,
    /// The name of a school that another is linked to.
    LinkName,
    /// How two schools are linked.
    LinkType,
    /// Since when two schools are linked.
    LinkSince,
}

impl Column {
    /// The names it goes by, as [`folded`] writes them; the first is ours.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Upn => &["upn", "unique pupil number"],
            Self::Surname => {
                &["surname", "legal surname", "last name", "legal last name", "family name"]
            }
            Self::Forename => {
                &["forename", "legal forename", "first name", "legal first name", "given name"]
            }
            Self::BirthDate => &["birth date", "dob", "d o b", "date of birth", "birthdate"],
            Self::Sex => &["sex", "legal sex", "gender"],
            Self::Class => &[
                "class",
                "reg",
                "reg group",
                "reg form",
                "registration group",
                "registration form",
                "form",
                "form group",
                "tutor group",
            ],
            Self::YearGroup => {
                &["year group", "year", "nc year", "yeargroup", "national curriculum year"]
            }
            Self::FirstDay => {
                &["first day", "admission date", "date of admission", "entry date", "doa"]
            }
            Self::LastDay => &["last day", "leaving date", "date of leaving", "leave date", "dol"],
            Self::From => &["from", "from date", "effective from", "effective date"],
            Self::Known(kind) => characteristics::names(kind),
            Self::Urn => &["urn", "school urn"],
            Self::Date => &["date", "mark date", "attendance date", "session date"],
            Self::Session => &["session", "event", "am pm", "ampm"],
            Self::Mark => &["mark", "attendance mark", "mark code", "attendance code", "code"],
            Self::Week => &["week", "week commencing", "week beginning", "week starting", "w c"],
            Self::Marks => &["marks", "attendance marks", "week marks"],
            Self::Am => &["am", "am mark"],
            Self::Pm => &["pm", "pm mark"],
            Self::AcademicYear => &["academic year", "school year", "class year"],
            Self::Contact(column) => column.names(),
            Self::Done(column) => column.names(),
            // Those of Get Information About Schools have one name each.
            Self::SchoolName => &["establishmentname"],
            Self::SchoolStatus => &["establishmentstatus code"],
            Self::SchoolPhase => &["phaseofeducation code"],
            Self::SchoolType => &["typeofestablishment code"],
            Self::LowAge => &["statutorylowage"],
            Self::HighAge => &["statutoryhighage"],
            Self::Group => &["group uid", "trusts code"],
            Self::LinkUrn => &["linkurn", "link urn"],
            Self::LinkName => &["linkname", "link name"],
            Self::LinkType => &["linktype", "link type"],
            Self::LinkSince => &["linkestablisheddate", "link established date"],
        }
    }

    /// More names, those of the school census and the programs that write it among them.
    fn more_names(self) -> &'static [&'static str] {
        match self {
            Self::Surname => &["legal family name", "pupil surname"],
            Self::Forename => &["legal given name", "pupil forename"],
            Self::Sex => &["pupil sex", "sex current", "gender current"],
            Self::YearGroup => &[
                "nc year actual",
                "actual nc year",
                "nc year group",
                "national curriculum year group",
                "yr",
            ],
            Self::FirstDay => &["date of entry", "enrolment date"],
            _ => &[],
        }
    }

    /// Whether it goes by that name, written in one word or in several: `NCyearActual` is `nc year actual`.
    fn is_called(self, name: &str) -> bool {
        let names = self.names().iter().chain(self.more_names());
        let letters = |name: &str| name.replace(' ', "");
        let wanted = letters(name);
        names.into_iter().any(|one| letters(one) == wanted)
    }

    /// Our own name for it, as we write it in a header.
    pub fn name(self) -> String {
        self.names().first().copied().unwrap_or_default().replace(' ', "_")
    }
}

/// What a file calls its columns: for problems that are found once its rows are held against the
/// database.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Folded, and as they are safe to show.
    names: Vec<(String, String)>,
    is_sheet: bool,
}

impl Columns {
    /// The column's name in the file; ours when the file has no such column.
    pub fn name(&self, column: Column) -> String {
        let found = self.names.iter().find(|(name, _)| column.is_called(name));
        found.map_or_else(|| column.name(), |(_, shown)| shown.clone())
    }

    /// Gives a problem the name of its cell, such as `C17`, when the file is a workbook.
    pub fn place(&self, problem: &mut RowProblem) {
        let column = problem.column.as_ref().filter(|_| self.is_sheet);
        let at = column.and_then(|column| self.names.iter().position(|(_, shown)| shown == column));
        problem.cell = at.map(|at| sheet::cell_name(at, problem.line));
    }
}

/// A column name with its accidents taken away: lower case, a single space for each run of
/// characters that are neither letters nor digits.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// A column of a file: where its cells stand, and what the file calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The column's position from 0; past every row's end when the column is missing.
    pub at: usize,
    /// Its name in the file, as it is safe to show.
    pub name: String,
}

/// The columns of a file by their names.
#[derive(Debug)]
pub(super) struct Header {
    line: u64,
    names: Vec<String>,
    folded: Vec<String>,
}

impl Header {
    /// Takes the names of a table's columns.
    pub fn new(names: &[String], line: u64) -> Self {
        let folded = names.iter().map(|name| folded(name)).collect();
        Self { line, names: names.to_vec(), folded }
    }

    /// The line on which the header starts.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What the file calls its columns.
    pub fn columns(&self, is_sheet: bool) -> Columns {
        let shown = self.names.iter().map(|name| shown(name.trim()));
        Columns { names: self.folded.iter().cloned().zip(shown).collect(), is_sheet }
    }

    /// The names of all columns as they stand in the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the file has the column.
    pub fn has(&self, column: Column) -> bool {
        self.places(column).next().is_some()
    }

    /// The column, if the file has it. Two of it are a problem, unless one of them is the legal one.
    pub fn optional(&self, column: Column, problems: &mut Problems) -> Option<Place> {
        let places =
            self.legal(column).map_or_else(|| self.places(column).collect(), |at| vec![at]);
        if places.len() > 1 {
            let all = places.iter().map(|place| self.name(*place)).collect();
            let expected =
                format!("one column for {}; found several: {}", column.name(), listed(all));
            problems.add(|| self.problem(column, RowProblemKind::DoubledColumn, expected));
        }
        let at = *places.first()?;
        Some(Place { at, name: shown(self.name(at).trim()) })
    }

    /// The column. That it is missing is a problem, which lists what was found; every cell of it is
    /// then empty.
    pub fn needed(&self, column: Column, problems: &mut Problems) -> Place {
        if let Some(place) = self.optional(column, problems) {
            return place;
        }
        let aliases: Vec<_> = column.names().iter().skip(1).copied().collect();
        let found = listed(self.names.iter().map(String::as_str).collect());
        let expected = match aliases.is_empty() {
            true => format!("a column {}; found: {found}", column.name()),
            false => {
                format!("a column {} (or {}); found: {found}", column.name(), aliases.join(", "))
            }
        };
        problems.add(|| self.problem(column, RowProblemKind::MissingColumn, expected));
        Place { at: usize::MAX, name: column.name() }
    }

    /// A notice of the columns that are none of `known` and stand at none of the places `read`, if
    /// there are any.
    pub fn ignored(&self, known: &[Column], read: &BTreeSet<usize>) -> Option<Notice> {
        let is_known = |name: &str| known.iter().any(|column| column.is_called(name));
        let ignored: Vec<&str> = (0..self.names.len())
            .filter(|place| !read.contains(place))
            .filter(|place| !self.folded.get(*place).is_some_and(|name| is_known(name)))
            .map(|place| self.name(place))
            .collect();
        let count = ignored.len() as u64;
        (count > 0).then(|| Notice {
            kind: NoticeKind::IgnoredColumns,
            line: self.line,
            count,
            text: format!("{} left aside: {}", counted(count, "column"), listed(ignored)),
        })
    }

    /// A notice that of several columns for this the legal one is read.
    pub fn legal_alone(&self, column: Column) -> Option<Notice> {
        let legal = self.legal(column).filter(|_| self.places(column).count() > 1)?;
        let others: Vec<&str> =
            self.places(column).filter(|at| *at != legal).map(|at| self.name(at)).collect();
        let count = others.len() as u64;
        let text = format!(
            "{} is recorded; left aside: {}",
            shown(self.name(legal).trim()),
            listed(others)
        );
        Some(Notice { kind: NoticeKind::LegalName, line: self.line, count, text })
    }

    /// The one column for this that says that it is the legal one.
    fn legal(&self, column: Column) -> Option<usize> {
        let is_legal =
            |at: &usize| self.folded.get(*at).is_some_and(|name| name.starts_with("legal"));
        let mut legal = self.places(column).filter(is_legal);
        legal.next().filter(|_| legal.next().is_none())
    }

    fn places(&self, column: Column) -> impl Iterator<Item = usize> + '_ {
        let places = self.folded.iter().enumerate();
        places.filter(move |(_, name)| column.is_called(name)).map(|(place, _)| place)
    }

    fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }

    fn problem(&self, column: Column, kind: RowProblemKind, expected: String) -> RowProblem {
        let column = Some(column.name());
        RowProblem { line: self.line, column, cell: None, value: None, kind, expected }
    }
}

/// Column names for a message, as they are safe to show.
fn listed(names: Vec<&str>) -> String {
    let more = names.len().saturating_sub(LISTED_NAMES);
    let mut text = names
        .into_iter()
        .take(LISTED_NAMES)
        .map(|name| match name.trim() {
            "" => "(no name)".to_owned(),
            name => shown(name),
        })
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Header {
        Header::new(&names.split(',').map(str::to_owned).collect::<Vec<_>>(), 1)
    }

    #[test]
    fn names_match_in_any_case_and_with_any_separator() {
        let mut problems = Problems::new();
        let header = header("UPN,Legal Surname,D.O.B.,YEAR_GROUP,am/pm,W/C,\u{a0}Tutor  Group ");
        for (place, column) in [
            Column::Upn,
            Column::Surname,
            Column::BirthDate,
            Column::YearGroup,
            Column::Session,
            Column::Week,
            Column::Class,
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(header.needed(column, &mut problems).at, place);
        }
        assert!(problems.is_empty());
        assert_eq!(header.needed(Column::BirthDate, &mut problems).name, "D.O.B.");
        assert_eq!(header.needed(Column::FirstDay, &mut problems).name, "first_day");
    }

    #[test]
    fn a_missing_column_names_what_was_looked_for_and_what_was_found() {
        let mut problems = Problems::new();
        header("Adno,,Surname").needed(Column::Upn, &mut problems);
        let (listed, _) = problems.finish();
        assert_eq!(listed[0].kind, RowProblemKind::MissingColumn);
        assert_eq!(
            listed[0].expected,
            "a column upn (or unique pupil number); found: Adno, (no name), Surname"
        );
    }

    #[test]
    fn a_doubled_column_names_both() {
        let mut problems = Problems::new();
        let header = header("Surname,Last Name");
        assert_eq!(header.optional(Column::Surname, &mut problems).unwrap().at, 0);
        let (listed, _) = problems.finish();
        assert_eq!(listed[0].kind, RowProblemKind::DoubledColumn);
        assert!(listed[0].expected.ends_with("Surname, Last Name"));
    }

    #[test]
    fn a_legal_name_stands_before_another_and_it_is_said() {
        let mut problems = Problems::new();
        let header = header("upn,Surname,Legal Surname");
        assert_eq!(header.optional(Column::Surname, &mut problems).unwrap().at, 2);
        assert!(problems.is_empty());
        let notice = header.legal_alone(Column::Surname).unwrap();
        assert_eq!(notice.text, "Legal Surname is recorded; left aside: Surname");
        assert_eq!(header.legal_alone(Column::Upn), None);
    }

    #[test]
    fn unknown_columns_are_noticed_once() {
        let notice = header("upn,Adno,House").ignored(&[Column::Upn], &BTreeSet::new()).unwrap();
        assert_eq!(notice.text, "2 columns left aside: Adno, House");
        assert_eq!(header("upn").ignored(&[Column::Upn], &BTreeSet::new()), None);
    }

    #[test]
    fn no_two_columns_share_a_name() {
        use Column::{
            Am, BirthDate, Class, Date, FirstDay, Forename, From, LastDay, Mark, Marks, Pm,
            Session, Sex, Surname, Upn, Urn, Week, YearGroup,
        };
        let all = [
            Upn, Surname, Forename, BirthDate, Sex, Class, YearGroup, FirstDay, LastDay, From, Urn,
            Date, Session, Mark, Week, Marks, Am, Pm,
        ];
        let known = Characteristic::ALL.map(Column::Known);
        let all = all.iter().chain(&known);
        let mut names: Vec<&str> = all
            .flat_map(|column| column.names().iter().chain(column.more_names()))
            .copied()
            .collect();
        assert!(names.iter().all(|name| folded(name) == *name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
