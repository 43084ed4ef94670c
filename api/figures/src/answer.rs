//! A trend as it goes over the wire: counts beside every rate, and everything one needs to check a figure.

use std::borrow::Cow;

use ::analytics::{CROSSED, Cell, Group, Level, Persistence, Trend, TrendWindow, Value};
use domain::{Definition, Rate, WindowKind};

use super::basis::basis;
use super::blocks::Built;
use super::dimension::{self, CountingLevel, Dimension};
use base::prelude::*;
use school::tenants::Version;

/// A trend.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendAnswer {
    /// What is counted, and by which rules.
    definition: DefinitionAnswer,
    /// The academic year.
    period: PeriodAnswer,
    /// How the series are divided: `trust`, or up to three dimensions with commas between.
    #[schema(example = "school")]
    by: String,
    /// How time is divided.
    window: words::WindowKind,
    /// What counts as one.
    level: CountingLevel,
    /// What a figure is counted over, in words.
    basis: String,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The version of each school's year that was counted; of an earlier instant, from which later facts were undone.
    versions: Vec<VersionAnswer>,
    /// Schools without a calendar for the year: they have no figures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    schools_without_calendar: Vec<SchoolId>,
    /// How much of what should be there is there, over all cells.
    completeness: Completeness,
    /// The windows, in the order of the cells.
    windows: Vec<WindowAnswer>,
    /// One series a group; each has a cell for every window.
    series: Vec<SeriesAnswer>,
}

/// A definition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DefinitionAnswer {
    /// Its name.
    name: words::Definition,
    /// It counts up when the definition changes.
    #[schema(example = 1)]
    version: u16,
    /// In plain English.
    text: Cow<'static, str>,
    /// Where it comes from.
    reference: Cow<'static, str>,
    /// The version of the code table.
    codes: u16,
    /// How percentages are brought to one decimal. Completeness is always cut.
    percentages: Percentages,
}

words! {
    /// How percentages are brought to one decimal.
    Percentages {
        Cut = "cut": "cut, as a pupil's are, so that none contradicts the band beside it",
        Rounded = "rounded": "rounded half up, as the DfE's are; attendance is 100.0 less the absence that is shown",
    }
}

/// An academic year.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PeriodAnswer {
    /// 2026 for 2026/27.
    #[schema(example = 2026)]
    year: i16,
    /// As people write it.
    #[schema(example = "2026/27")]
    label: String,
}

/// What was counted of a school.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VersionAnswer {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The version of its year.
    #[schema(example = 1204)]
    version: i64,
}

/// Half days of pupils on roll on which the school was open, and how many of them have a mark.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Completeness {
    /// Half days for which a mark is expected by now: today's once the school's day is over.
    expected: u64,
    /// Those that have one. A missing mark is neither present nor absent.
    marked: u64,
    /// `marked` of `expected` in percent, cut to one decimal; `null` when nothing is expected.
    #[schema(example = "99.7")]
    percent: Option<String>,
}

/// A window of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowAnswer {
    /// `2026-W37`, `half-term-1`, `term-1` or `year-to-date`; `term-2-of-6` for a term that is none of the usual three.
    #[schema(example = "half-term-1")]
    key: String,
    /// In words.
    #[schema(example = "Autumn term, first half")]
    label: String,
    /// First day; the earliest, where schools differ.
    from: NaiveDate,
    /// Last day; the latest, where schools differ.
    to: NaiveDate,
    /// Whether the schools' own dates differ: then each is counted over its own.
    dates_differ: bool,
    /// How many of the schools have it: the others have another kind of year, or no half terms, and nothing in it.
    #[schema(example = 12)]
    schools: usize,
}

/// A series.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesAnswer {
    /// What it is about.
    group: GroupAnswer,
    /// One cell a window.
    cells: Vec<CellAnswer>,
}

/// What a series is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupAnswer {
    /// `trust`, or the keys of its parts with commas between.
    #[schema(example = "7")]
    key: String,
    /// In words.
    #[schema(example = "Elm Bank Primary School")]
    label: String,
    /// What it is, for each dimension that the series are divided by.
    parts: Vec<PartAnswer>,
    /// The school, for a school or a class.
    #[serde(skip_serializing_if = "Option::is_none")]
    school_id: Option<SchoolId>,
}

/// What a series is about, in one dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartAnswer {
    /// What it is divided by.
    by: Dimension,
    /// The school's id, the phase, the year group, the class's id, or the name of the value.
    #[schema(example = "7")]
    key: String,
    /// In words.
    #[schema(example = "Elm Bank Primary School")]
    label: String,
}

/// The figures of a group in a window.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CellAnswer {
    /// Possible sessions.
    possible: u64,
    /// Sessions absent.
    absent: u64,
    /// Sessions absent with leave or good reason.
    authorised: u64,
    /// Sessions absent without.
    unauthorised: u64,
    /// Sessions late (L and U).
    late: u64,
    /// Sessions at an approved educational activity.
    approved_activity: u64,
    /// Attendance in percent, rounded to one decimal: 100.0 less the absence; `null` without a possible session.
    #[schema(example = "93.1")]
    attendance_percent: Option<String>,
    /// Overall absence in percent.
    #[schema(example = "6.8")]
    absence_percent: Option<String>,
    /// Authorised absence in percent.
    authorised_percent: Option<String>,
    /// Unauthorised absence in percent.
    unauthorised_percent: Option<String>,
    /// Lateness in percent.
    late_percent: Option<String>,
    /// Persistent and severe absence over the window itself. `null` for a week: it is a measure over time.
    persistence: Option<PersistenceAnswer>,
    /// Persistent and severe absence from the start of the year to the end of the window.
    persistence_to_date: PersistenceAnswer,
    /// How much of what should be there is there.
    completeness: Completeness,
    /// Counted by pupil: sessions that are left out here, since the pupil has one at another school for the same half
    /// day. `GET /v1/schools/{school_id}/double-marks` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    doubled: Option<u64>,
}

/// Persistent and severe absence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersistenceAnswer {
    /// Enrolments with a possible session; counted by pupil, pupils.
    enrolments: u32,
    /// Of these, absent for 10% or more of their own possible sessions.
    persistent: u32,
    /// Of these, absent for 50% or more. They are among the persistent.
    severe: u32,
    /// `persistent` of `enrolments` in percent, rounded to one decimal.
    #[schema(example = "18.8")]
    persistent_percent: Option<String>,
    /// `severe` of `enrolments` in percent, rounded to one decimal.
    severe_percent: Option<String>,
}

/// What a trend was asked with.
pub struct TrendAsked {
    /// The definition.
    pub definition: Definition,
    /// What counts as one.
    pub level: Level,
    /// How the series are divided.
    pub by: String,
    /// How time is divided.
    pub window: WindowKind,
    /// The version of the code table.
    pub codes: u16,
    /// Names of classes.
    pub classes: BTreeMap<ClassId, (SchoolId, String)>,
}

/// A share in percent, rounded half up to one decimal; `None` of nothing.
pub(super) fn percent(part: u64, whole: u64) -> Option<String> {
    Rate::of(part, whole).map(Rate::rounded)
}

/// How much of what should be there is there, cut: what is not complete is never shown as 100.0%.
pub(super) fn complete(part: u64, whole: u64) -> Option<String> {
    Rate::of(part, whole).map(Rate::cut)
}

impl TrendAnswer {
    /// The answer to a question.
    pub fn of(asked: &TrendAsked, built: &Built, trend: Trend) -> Self {
        let Trend { windows, series } = trend;
        let series: Vec<SeriesAnswer> = series
            .into_iter()
            .map(|series| SeriesAnswer {
                group: group(&series.group, asked, built),
                cells: series.cells.iter().map(|cell| CellAnswer::at(asked.level, cell)).collect(),
            })
            .collect();
        let cells = || series.iter().flat_map(|series| &series.cells);
        let expected = cells().map(|cell| cell.completeness.expected).sum();
        let marked = cells().map(|cell| cell.completeness.marked).sum();
        Self {
            definition: DefinitionAnswer::of(asked.definition, asked.codes, Percentages::Rounded),
            period: PeriodAnswer::of(built.year),
            by: asked.by.clone(),
            window: As(asked.window),
            level: As(asked.level),
            basis: basis(asked.level),
            as_known_on: built.at,
            versions: versions(&built.versions),
            schools_without_calendar: built.without_calendar.clone(),
            completeness: Completeness { expected, marked, percent: complete(marked, expected) },
            windows: windows.into_iter().map(WindowAnswer::from).collect(),
            series,
        }
    }
}

impl DefinitionAnswer {
    /// A definition, with the version of the code table.
    pub fn of(definition: Definition, codes: u16, percentages: Percentages) -> Self {
        Self {
            name: As(definition),
            version: definition.version(),
            text: definition.explained().into(),
            reference: definition.reference().into(),
            codes,
            percentages,
        }
    }
}

impl PeriodAnswer {
    /// An academic year.
    pub(super) fn of(year: AcademicYear) -> Self {
        Self { year: year.number(), label: year.label() }
    }
}

/// The versions of schools' years.
pub(super) fn versions(versions: &BTreeMap<SchoolId, Version>) -> Vec<VersionAnswer> {
    let answer = |(school_id, v): (&SchoolId, &Version)| VersionAnswer {
        school_id: *school_id,
        version: v.number,
    };
    versions.iter().map(answer).collect()
}

fn group(group: &Group, asked: &TrendAsked, built: &Built) -> GroupAnswer {
    if *group == [None; CROSSED] {
        let (key, label) = ("trust".to_owned(), "The trust".to_owned());
        return GroupAnswer { key, label, parts: vec![], school_id: None };
    }
    let part = |value: &Value| PartAnswer {
        by: Dimension::of(value.by()),
        key: dimension::key(*value),
        label: label(*value, asked, built),
    };
    let school = |value: &Value| match value {
        Value::School(id) => Some(SchoolId::new(*id)),
        Value::Class(id) => asked.classes.get(&ClassId::new(*id)).map(|(school, _)| *school),
        _ => None,
    };
    let parts: Vec<PartAnswer> = group.iter().flatten().map(part).collect();
    let joined = |text: fn(&PartAnswer) -> &str, between| {
        parts.iter().map(text).collect::<Vec<_>>().join(between)
    };
    GroupAnswer {
        key: joined(|part| &part.key, ","),
        label: joined(|part| &part.label, ", "),
        school_id: group.iter().flatten().find_map(school),
        parts,
    }
}

fn label(value: Value, asked: &TrendAsked, built: &Built) -> String {
    let school = |id: &SchoolId| {
        built.schools.get(id).map_or_else(String::new, |school| school.name.clone())
    };
    match value {
        Value::School(id) => school(&SchoolId::new(id)),
        Value::Class(id) => match asked.classes.get(&ClassId::new(id)) {
            Some((of, name)) => format!("{name}, {}", school(of)),
            None => String::new(),
        },
        _ => dimension::label(value).unwrap_or_default(),
    }
}

impl From<TrendWindow> for WindowAnswer {
    fn from(window: TrendWindow) -> Self {
        let TrendWindow { key, label, from, to, dates_differ, schools } = window;
        Self { key, label, from, to, dates_differ, schools }
    }
}

impl CellAnswer {
    fn at(level: Level, cell: &Cell) -> Self {
        let doubled = (level == Level::Pupil).then_some(cell.doubled.into());
        Self { doubled, ..cell.into() }
    }
}

impl From<&Cell> for CellAnswer {
    fn from(cell: &Cell) -> Self {
        let [possible, absent, unauthorised, late, approved_activity, marked, expected] =
            cell.sessions().map(u64::from);
        let authorised = u64::from(cell.authorised());
        let of_possible = |part| percent(part, possible);
        Self {
            possible,
            absent,
            authorised,
            unauthorised,
            late,
            approved_activity,
            attendance_percent: Rate::of(absent, possible).map(Rate::attendance_rounded),
            absence_percent: of_possible(absent),
            authorised_percent: of_possible(authorised),
            unauthorised_percent: of_possible(unauthorised),
            late_percent: of_possible(late),
            persistence: cell.window.as_ref().map(PersistenceAnswer::from),
            persistence_to_date: PersistenceAnswer::from(&cell.to_date),
            completeness: Completeness { expected, marked, percent: complete(marked, expected) },
            doubled: None,
        }
    }
}

impl From<&Persistence> for PersistenceAnswer {
    fn from(p: &Persistence) -> Self {
        let of_enrolments = |part: u32| percent(u64::from(part), u64::from(p.enrolments));
        Self {
            enrolments: p.enrolments,
            persistent: p.persistent,
            severe: p.severe,
            persistent_percent: of_enrolments(p.persistent),
            severe_percent: of_enrolments(p.severe),
        }
    }
}
