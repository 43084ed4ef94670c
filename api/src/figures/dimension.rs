//! What figures are split and filtered by, as the wire says it: names, keys of groups, and words for people.

use std::collections::{BTreeMap, BTreeSet};

use ::analytics::{By, CROSSED, Filter, Level, Sex, Split, Value};
use chrono::NaiveDate;
use domain::{Characteristic, WindowKind};

use crate::base::problem::{Kind, Problem};
use crate::school::tenants::Phase;

/// What stands for a pupil whose sex is not recorded.
const UNRECORDED: &str = "unrecorded";

/// Everything that figures can be split by.
fn all() -> impl Iterator<Item = By> {
    let own = [By::School, By::Phase, By::YearGroup, By::Class, By::Sex];
    own.into_iter().chain(Characteristic::ALL.map(By::Characteristic))
}

/// Its name in `by` and in answers.
pub fn name(by: By) -> &'static str {
    match by {
        By::School => "school",
        By::Phase => "phase",
        By::YearGroup => "year_group",
        By::Class => "class",
        By::Sex => "sex",
        By::Characteristic(kind) => kind.text(),
    }
}

/// Its name as a filter.
fn filter_name(by: By) -> &'static str {
    match by {
        By::School => "schools",
        By::Phase => "phases",
        By::YearGroup => "year_groups",
        By::Class => "classes",
        By::Sex | By::Characteristic(_) => name(by),
    }
}

/// A value as the wire has it: a school's id, a phase, a year group, a class's id, or the name of a value.
pub fn key(value: Value) -> String {
    match value {
        Value::School(id) | Value::Class(id) => id.to_string(),
        Value::Phase(number) => phase(number).to_owned(),
        Value::YearGroup(year) => year.to_string(),
        Value::Sex(Sex::Female) => "F".to_owned(),
        Value::Sex(Sex::Male) => "M".to_owned(),
        Value::Sex(Sex::Unrecorded) => UNRECORDED.to_owned(),
        Value::Characteristic(kind, number) => {
            kind.value(number).map_or("unknown", |value| value.name).to_owned()
        }
    }
}

/// A value in words, as far as it has some of its own: schools and classes have names.
pub fn label(value: Value) -> Option<String> {
    match value {
        Value::School(_) | Value::Class(_) => None,
        Value::Phase(number) => Some(phase(number).replace('_', " ")),
        Value::YearGroup(0) => Some("Reception".to_owned()),
        Value::YearGroup(year) if year < 0 => Some("Nursery".to_owned()),
        Value::YearGroup(year) => Some(format!("Year {year}")),
        Value::Sex(Sex::Female) => Some("Female".to_owned()),
        Value::Sex(Sex::Male) => Some("Male".to_owned()),
        Value::Sex(Sex::Unrecorded) => Some("Sex not recorded".to_owned()),
        Value::Characteristic(kind, number) => {
            kind.value(number).map(|value| value.label.to_owned())
        }
    }
}

fn phase(number: u8) -> &'static str {
    Phase::from_number(number).map_or("unknown", Phase::as_str)
}

/// The opposite of [`key`].
fn value(by: By, text: &str) -> Option<Value> {
    match by {
        By::School => text.parse().ok().map(Value::School),
        By::Phase => Phase::parse(text).map(|phase| Value::Phase(phase.number())),
        By::YearGroup => text.parse().ok().map(Value::YearGroup),
        By::Class => text.parse().ok().map(Value::Class),
        By::Sex => {
            let all = [Sex::Female, Sex::Male, Sex::Unrecorded].map(Value::Sex);
            all.into_iter().find(|value| key(*value) == text)
        }
        By::Characteristic(kind) => {
            kind.number(text).map(|number| Value::Characteristic(kind, number))
        }
    }
}

/// What is expected of a filter.
fn expected(by: By) -> String {
    match by {
        By::School | By::Class => "ids with commas between".to_owned(),
        By::Phase => "phases such as primary,secondary".to_owned(),
        By::YearGroup => "year groups such as 7,8".to_owned(),
        By::Sex => format!("F, M or {UNRECORDED}, with commas between"),
        By::Characteristic(kind) => {
            let names: Vec<&str> = kind.values().iter().map(|value| value.name).collect();
            format!("{}, with commas between", names.join(" or "))
        }
    }
}

/// Reads `by`: nothing or `trust` for one series, or up to three different things with commas between.
///
/// # Errors
/// Anything else.
pub fn split(text: Option<&str>) -> Result<Split, Problem> {
    match text {
        None | Some("trust") => Ok([None; CROSSED]),
        Some(text) => several(text, "?by", "trust, or up to", |_| true),
    }
}

/// Reads what schools are made alike by: up to three different things about pupils, with commas between.
///
/// # Errors
/// Anything else.
pub fn standard(text: &str) -> Result<Split, Problem> {
    several(text, "?standard", "up to", |by| !matches!(by, By::School | By::Phase | By::Class))
}

fn several(
    text: &str,
    place: &str,
    up_to: &str,
    among: impl Fn(By) -> bool,
) -> Result<Split, Problem> {
    let mut split = [None; CROSSED];
    let names: Vec<&str> = all().filter(|by| among(*by)).map(name).collect();
    let expected = format!("{up_to} {CROSSED} of {}, with commas between", names.join(", "));
    let wrong = || Problem::at(Kind::BadQuery, place, expected.clone());
    for (number, part) in text.split(',').enumerate() {
        let by = all().find(|by| among(*by) && name(*by) == part.trim()).ok_or_else(wrong)?;
        if split.contains(&Some(by)) {
            return Err(Problem::at(Kind::BadQuery, place, format!("{} only once", name(by))));
        }
        *split.get_mut(number).ok_or_else(wrong)? = Some(by);
    }
    Ok(split)
}

/// Its name in `level` and in answers.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Enrolment => "enrolment",
        Level::Pupil => "pupil",
    }
}

/// Reads `level`: enrolments when absent.
///
/// # Errors
/// It is none.
pub fn level(text: Option<&str>) -> Result<Level, Problem> {
    let mut all = [Level::Enrolment, Level::Pupil].into_iter();
    let Some(text) = text else { return Ok(Level::default()) };
    let found = all.find(|level| level_name(*level) == text);
    found.ok_or_else(|| Problem::at(Kind::BadQuery, "?level", "enrolment or pupil"))
}

/// Reads the key of a window.
///
/// # Errors
/// It is none.
pub fn window(key: &str) -> Result<WindowKind, Problem> {
    WindowKind::of_key(key).ok_or_else(|| {
        let expected =
            "year-to-date, or a half term, term or week such as half-term-1, term-1 or 2026-W37";
        Problem::at(Kind::BadQuery, "?window", expected)
    })
}

/// The filters of some parameters, each with what it filters by.
macro_rules! given {
    ($params:expr) => {{
        use ::analytics::By;
        use ::domain::Characteristic;
        [
            (By::School, &$params.schools),
            (By::Phase, &$params.phases),
            (By::YearGroup, &$params.year_groups),
            (By::Class, &$params.classes),
            (By::Sex, &$params.sex),
            (By::Characteristic(Characteristic::Fsm), &$params.fsm),
            (By::Characteristic(Characteristic::Sen), &$params.sen),
            (By::Characteristic(Characteristic::Eal), &$params.eal),
            (By::Characteristic(Characteristic::LookedAfter), &$params.looked_after),
            (By::Characteristic(Characteristic::ChildInNeed), &$params.child_in_need),
            (By::Characteristic(Characteristic::ServiceChild), &$params.service_child),
            (By::Characteristic(Characteristic::Boarder), &$params.boarder),
            (By::Characteristic(Characteristic::Registration), &$params.registration),
        ]
    }};
}
pub(super) use given;

/// Reads the filters that were given.
///
/// # Errors
/// A value that is none of its kind.
pub fn filter(
    given: &[(By, &Option<String>)],
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Filter, Problem> {
    let mut values = BTreeMap::new();
    for (by, text) in given {
        let Some(text) = text else { continue };
        let kept: Option<BTreeSet<Value>> =
            text.split(',').map(|part| value(*by, part.trim())).collect();
        let place = format!("?{}", filter_name(*by));
        let kept = kept.ok_or_else(|| Problem::at(Kind::BadQuery, place, expected(*by)))?;
        values.insert(*by, kept);
    }
    Ok(Filter { values, from, to })
}

/// The ids of the schools, or the classes, that a filter keeps; `None` when it keeps all.
pub fn ids(filter: &Filter, by: By) -> Option<BTreeSet<i32>> {
    let id = |value: &Value| match value {
        Value::School(id) | Value::Class(id) => Some(*id),
        _ => None,
    };
    filter.values.get(&by).map(|values| values.iter().filter_map(id).collect())
}
