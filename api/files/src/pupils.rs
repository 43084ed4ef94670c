//! The file of pupils on roll: a row a pupil, or several with the days on which the class or the
//! year group changed.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use chrono::NaiveDate;
use domain::{Characteristic, Sex, Upn, YearGroup, folded_name_key};

use super::Reading;
use super::cells;
use super::characteristics::{self, Known};
use super::headers::{Column, Header, Place};
use super::notice::{NoticeKind, counted};
use super::problem::{Fault, RowProblem, RowProblemKind};
use super::rows::{Findings, Progress, Sent, Stopped, each_row, school_place};
use super::table::Row;

/// How many rows a file may have about one pupil. A pupil has a few dozen at most; without a limit
/// a hostile file would have each row compared with all others.
const ROWS_OF_A_PUPIL: usize = 200;

/// What stands for the forename of somebody who has one name.
const NO_FORENAME: &str = "-";

/// The columns that this file may have.
const COLUMNS: [Column; 11] = [
    Column::Upn,
    Column::Surname,
    Column::Forename,
    Column::BirthDate,
    Column::Sex,
    Column::Class,
    Column::YearGroup,
    Column::FirstDay,
    Column::LastDay,
    Column::From,
    Column::Urn,
];

/// A pupil's place on the roll of a school, as one row of the file says it.
#[derive(Clone, PartialEq, Eq)]
pub struct PupilRow {
    /// The line of the file on which the row starts, from 1.
    pub line: u64,
    /// The school's URN; `None` for the school that the import is for.
    pub urn: Option<String>,
    /// The unique pupil number.
    pub upn: Upn,
    /// The surname as written, 1 to 100 characters.
    pub surname: String,
    /// The forename as written, 1 to 100 characters.
    pub forename: String,
    /// The day of birth.
    pub birth_date: NaiveDate,
    /// The sex, when the file says it.
    pub sex: Option<Sex>,
    /// The class as written, when the file says it.
    pub class: Option<String>,
    /// The year group: reception 0, nursery -1. `None`: the one of the pupil's age.
    pub year_group: Option<i8>,
    /// The first day on the school's roll.
    pub first_day: NaiveDate,
    /// The last day on the school's roll; `None` while the pupil is on it.
    pub last_day: Option<NaiveDate>,
    /// The day from which class and year group hold, if the file says; otherwise it speaks of now.
    pub from: Option<NaiveDate>,
    /// What else the file says of the pupil; a characteristic whose cell is empty is not in it.
    pub known: Vec<Known>,
}

/// Says nothing of the pupil, so that a debug print can go to a log.
impl fmt::Debug for PupilRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PupilRow").field("line", &self.line).finish_non_exhaustive()
    }
}

impl PupilRow {
    /// The day from which class and year group hold: the first day when the file does not say.
    pub fn placed_from(&self) -> NaiveDate {
        self.from.unwrap_or(self.first_day)
    }

    /// Whether both rows say the same, wherever they stand.
    fn says_the_same(&self, other: &Self) -> bool {
        *self == Self { line: self.line, ..other.clone() }
    }

    /// Whether both rows name the same child; accents and case are spelling.
    fn is_of_the_same_name(&self, other: &Self) -> bool {
        let key = |row: &Self| folded_name_key(&row.surname, &row.forename);
        key(self) == key(other)
    }

    /// The stay of this row and that of another at the same school: whether they can both be.
    fn stay_fits(&self, other: &Self) -> bool {
        if self.first_day == other.first_day {
            return self.last_day == other.last_day;
        }
        let (first, second) =
            if self.first_day < other.first_day { (self, other) } else { (other, self) };
        first.last_day.is_some_and(|last_day| last_day < second.first_day)
    }
}

/// Reads a file of pupils. Rows that mean the import's own school get `urn: None`.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_pupils(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<Vec<PupilRow>>, Stopped> {
    let mut findings = Findings::default();
    let reader = each_row(
        sent,
        &mut findings,
        progress,
        |header, findings| PupilsReader::open(header, sent.own_school, findings),
        |reader, row, findings| {
            if let Some(pupil) = reader.read(row, findings) {
                reader.keep(pupil, findings);
            }
        },
    )?;
    let Some(reader) = reader else { return Ok(findings.finish(Vec::new())) };
    findings.repeated(reader.repeated);
    let pupils = |count: u64| counted(count, "pupil");
    findings.told(NoticeKind::OneName, &reader.one_name, |count| {
        format!(
            "{} with one name: it is recorded as the surname, with `-` for the forename.",
            pupils(count)
        )
    });
    findings.told(NoticeKind::YearGroupByAge, &reader.by_age, |count| {
        format!("{} of year group X: the year group of the pupil's age is recorded.", pupils(count))
    });
    Ok(findings.finish(reader.rows))
}

/// Where the columns stand.
struct Places {
    upn: Place,
    surname: Place,
    forename: Place,
    birth_date: Place,
    sex: Option<Place>,
    class: Option<Place>,
    year_group: Place,
    first_day: Place,
    last_day: Option<Place>,
    from: Option<Place>,
    known: Vec<(Characteristic, Place)>,
    urn: Option<Place>,
}

/// A reader of rows, with what it must remember of the rows before.
struct PupilsReader<'s> {
    own_school: Option<&'s str>,
    places: Places,
    rows: Vec<PupilRow>,
    repeated: Vec<u64>,
    /// Lines of pupils with one name.
    one_name: Vec<u64>,
    /// Lines of pupils whose year group is that of their age.
    by_age: Vec<u64>,
    /// The rows of each pupil so far, by their place in `rows`.
    by_upn: HashMap<Upn, Vec<usize>>,
}

impl<'s> PupilsReader<'s> {
    fn open(header: &Header, own_school: Option<&'s str>, findings: &mut Findings) -> Option<Self> {
        let known = Characteristic::ALL.map(Column::Known);
        findings.notices.extend(header.ignored(&[&COLUMNS[..], &known].concat(), &BTreeSet::new()));
        let problems = &mut findings.problems;
        let places = Places {
            upn: header.needed(Column::Upn, problems),
            surname: header.needed(Column::Surname, problems),
            forename: header.needed(Column::Forename, problems),
            birth_date: header.needed(Column::BirthDate, problems),
            sex: header.optional(Column::Sex, problems),
            class: header.optional(Column::Class, problems),
            year_group: header.needed(Column::YearGroup, problems),
            first_day: header.needed(Column::FirstDay, problems),
            last_day: header.optional(Column::LastDay, problems),
            from: header.optional(Column::From, problems),
            known: Characteristic::ALL
                .into_iter()
                .filter_map(|kind| Some((kind, header.optional(Column::Known(kind), problems)?)))
                .collect(),
            urn: school_place(header, own_school, problems),
        };
        let named = [Column::Surname, Column::Forename, Column::Sex];
        findings.notices.extend(named.into_iter().filter_map(|column| header.legal_alone(column)));
        problems.is_empty().then(|| Self {
            own_school,
            places,
            rows: Vec::new(),
            repeated: Vec::new(),
            one_name: Vec::new(),
            by_age: Vec::new(),
            by_upn: HashMap::new(),
        })
    }

    /// Reads a row; `None` when there is a problem with it.
    fn read(&mut self, row: &Row<'_>, findings: &mut Findings) -> Option<PupilRow> {
        let before = findings.problems.total();
        let urn =
            findings.school(row, self.places.urn.as_ref(), self.own_school).map(str::to_owned);
        let upn = findings.needed(row, &self.places.upn, cells::upn);
        let (surname, forename) = self.names(row, findings);
        let places = &self.places;
        let birth_date = findings.needed(row, &places.birth_date, cells::date);
        let sex = findings.optional(row, places.sex.as_ref(), cells::sex).flatten();
        let class = findings.optional(row, places.class.as_ref(), cells::class);
        let year_group = findings.needed(row, &places.year_group, cells::year_group);
        let first_day = findings.needed(row, &places.first_day, cells::date_on_record);
        let last_day = findings.optional(row, places.last_day.as_ref(), cells::date_on_record);
        let from = findings.optional(row, places.from.as_ref(), cells::date_on_record);
        let known = places.known.iter().filter_map(|(kind, place)| {
            let read = |text: &str| characteristics::value(*kind, text);
            Some((*kind, findings.optional(row, Some(place), read)?))
        });
        let known = known.collect();
        if findings.problems.total() > before {
            return None;
        }
        let pupil = PupilRow {
            line: row.line,
            urn,
            upn: upn?,
            surname: surname?,
            forename: forename?,
            birth_date: birth_date?,
            sex,
            class,
            year_group: match year_group? {
                YearGroup::Of(group) => Some(group),
                YearGroup::ByAge => None,
            },
            first_day: first_day?,
            last_day,
            from,
            known,
        };
        self.check_dates(&pupil, row, findings);
        (findings.problems.total() == before).then_some(pupil)
    }

    /// The surname and the forename. Somebody with one name has it as the surname, and `-` for the forename.
    fn names(
        &mut self,
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> (Option<String>, Option<String>) {
        let Places { surname, forename, .. } = &self.places;
        let only = match (row.cell(surname.at), row.cell(forename.at)) {
            ("", "") => None,
            (_, "" | "-") => Some(surname),
            ("" | "-", _) => Some(forename),
            _ => None,
        };
        let Some(only) = only else {
            let surname = findings.needed(row, surname, cells::text);
            return (surname, findings.needed(row, forename, cells::text));
        };
        self.one_name.push(row.line);
        (findings.needed(row, only, cells::text), Some(NO_FORENAME.to_owned()))
    }

    /// Checks the dates of a row against each other.
    fn check_dates(&self, pupil: &PupilRow, row: &Row<'_>, findings: &mut Findings) {
        let mut fault = |place: Option<&Place>, fault: Fault| {
            if let Some(place) = place {
                findings.cell(row.line, place, row.cell(place.at), fault);
            }
        };
        let places = &self.places;
        if let Err(wrong) = cells::check_age(pupil.birth_date, pupil.first_day) {
            fault(Some(&places.birth_date), wrong);
        }
        if pupil.last_day.is_some_and(|last_day| last_day < pupil.first_day) {
            let expected = "a last day that is not before the first day";
            fault(places.last_day.as_ref(), Fault::new(RowProblemKind::BadDate, expected));
        } else if pupil.placed_from() < pupil.first_day
            || pupil.last_day.is_some_and(|last_day| last_day < pupil.placed_from())
        {
            let expected = "a day on which the pupil is on roll: from the first day to the last";
            fault(places.from.as_ref(), Fault::new(RowProblemKind::BadDate, expected));
        }
    }

    /// Keeps a row, unless an earlier one says the same or something that cannot be true as well.
    fn keep(&mut self, pupil: PupilRow, findings: &mut Findings) {
        let others = self.by_upn.entry(pupil.upn.clone()).or_default();
        for earlier in others.iter().filter_map(|place| self.rows.get(*place)) {
            let same_school = earlier.urn == pupil.urn;
            if earlier.says_the_same(&pupil) {
                self.repeated.push(pupil.line);
                return;
            }
            let line = earlier.line;
            let expected = if earlier.birth_date != pupil.birth_date {
                format!(
                    "the same birth date for the same UPN as on line {line}; two children cannot \
                     have one UPN"
                )
            } else if !earlier.is_of_the_same_name(&pupil) {
                format!(
                    "the same name for the same UPN as on line {line}; two children cannot have one \
                     UPN"
                )
            } else if same_school && earlier.placed_from() == pupil.placed_from() {
                format!(
                    "the same facts as on line {line}, which is about the same pupil, school and \
                     day, or another day in from"
                )
            } else if same_school && !earlier.stay_fits(&pupil) {
                format!(
                    "the same first and last day as on line {line}, or a time at the school that \
                     does not overlap with it"
                )
            } else {
                continue;
            };
            findings
                .problems
                .add(|| RowProblem::of_row(pupil.line, RowProblemKind::RowsDisagree, expected));
            return;
        }
        if others.len() >= ROWS_OF_A_PUPIL {
            let expected = format!("at most {ROWS_OF_A_PUPIL} rows about one pupil");
            findings
                .problems
                .add(|| RowProblem::of_row(pupil.line, RowProblemKind::TooManyRows, expected));
            return;
        }
        if pupil.year_group.is_none() {
            self.by_age.push(pupil.line);
        }
        others.push(self.rows.len());
        self.rows.push(pupil);
    }
}
