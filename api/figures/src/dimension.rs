//! What figures are split and filtered by, as the wire says it: names, keys of groups, and words for people.

use ::analytics::{By, CROSSED, Filter, LeftOut, Level, Measure, Sex, Split, Value};
use domain::{Characteristic, Phase, WindowKind, Word};

use base::prelude::*;

/// The key of the group for which nothing is recorded.
const UNRECORDED: &str = "unrecorded";

/// Everything that figures can be split by.
fn all() -> impl Iterator<Item = By> {
    let own = [By::School, By::Phase, By::YearGroup, By::Class, By::Sex];
    own.into_iter().chain(Characteristic::ALL.map(By::Characteristic))
}

/// What is counted as one.
pub type CountingLevel = As<Level>;

/// Why a half day is in no figure.
pub type LeftOutReason = As<LeftOut>;

/// What is compared.
pub type MeasureName = As<Measure>;

words! {
    /// What figures are divided by.
    Dimension {
        Trust = "trust": "nothing: one series for everything",
        School = "school": "school by school",
        Phase = "phase": "by phase of education",
        YearGroup = "year_group": "by year group at the window's end",
        Class = "class": "by class: for sessions on their date, for persistent absence at the window's end",
        Sex = "sex": "by sex",
        Fsm = "fsm": "by eligibility for free school meals",
        Sen = "sen": "by special educational needs",
        Eal = "eal": "by English as an additional language",
        LookedAfter = "looked_after": "by being in the care of a local authority",
        ChildInNeed = "child_in_need": "by being a child in need",
        ServiceChild = "service_child": "by a parent in the armed forces",
        Boarder = "boarder": "by boarding",
        Registration = "registration": "by registration at one school or two",
    }
}

words! {
    /// A pupil's sex, where figures are divided by it.
    SexGroup {
        Female = "F": "female",
        Male = "M": "male",
        Unrecorded = "unrecorded": "not recorded",
    }
}

words! {
    /// Whether a characteristic holds.
    YesOrNo {
        Yes = "yes": "it holds",
        No = "no": "it does not",
        Unrecorded = "unrecorded": "nothing is recorded",
    }
}

words! {
    /// Special educational needs.
    SenGroup {
        None = "none": "none",
        Support = "support": "SEN support",
        Ehcp = "ehcp": "an education, health and care plan",
        Unrecorded = "unrecorded": "nothing is recorded",
    }
}

words! {
    /// How a pupil is registered.
    RegistrationGroup {
        Single = "single": "at this school alone",
        Main = "main": "at two schools, this is the main one",
        Subsidiary = "subsidiary": "at two schools, this is the subsidiary one",
        Unrecorded = "unrecorded": "nothing is recorded",
    }
}

impl Dimension {
    /// The word for it.
    pub fn of(by: By) -> Self {
        match by {
            By::School => Self::School,
            By::Phase => Self::Phase,
            By::YearGroup => Self::YearGroup,
            By::Class => Self::Class,
            By::Sex => Self::Sex,
            By::Characteristic(Characteristic::Fsm) => Self::Fsm,
            By::Characteristic(Characteristic::Sen) => Self::Sen,
            By::Characteristic(Characteristic::Eal) => Self::Eal,
            By::Characteristic(Characteristic::LookedAfter) => Self::LookedAfter,
            By::Characteristic(Characteristic::ChildInNeed) => Self::ChildInNeed,
            By::Characteristic(Characteristic::ServiceChild) => Self::ServiceChild,
            By::Characteristic(Characteristic::Boarder) => Self::Boarder,
            By::Characteristic(Characteristic::Registration) => Self::Registration,
        }
    }
}

fn name(by: By) -> &'static str {
    Dimension::of(by).text()
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
        Value::Sex(Sex::Female) => SexGroup::Female.to_string(),
        Value::Sex(Sex::Male) => SexGroup::Male.to_string(),
        Value::Sex(Sex::Unrecorded) => UNRECORDED.to_owned(),
        Value::Characteristic(_, Characteristic::UNRECORDED) => UNRECORDED.to_owned(),
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
        Value::Characteristic(kind, Characteristic::UNRECORDED) => {
            Some(format!("{}: not recorded", kind.label()))
        }
        Value::Characteristic(kind, number) => {
            kind.value(number).map(|value| value.label.to_owned())
        }
    }
}

fn phase(number: u8) -> &'static str {
    Phase::from_number(number).map_or("unknown", Phase::text)
}

/// The opposite of [`key`].
fn value(by: By, text: &str) -> Option<Value> {
    match by {
        By::School => text.parse().ok().map(Value::School),
        By::Phase => Phase::read(text).map(|phase| Value::Phase(phase.number())),
        By::YearGroup => text.parse().ok().map(Value::YearGroup),
        By::Class => text.parse().ok().map(Value::Class),
        By::Sex => {
            let all = [Sex::Female, Sex::Male, Sex::Unrecorded].map(Value::Sex);
            all.into_iter().find(|value| key(*value) == text)
        }
        By::Characteristic(kind) => {
            let unrecorded = (text == UNRECORDED).then_some(Characteristic::UNRECORDED);
            let number = kind.number(text).or(unrecorded);
            number.map(|number| Value::Characteristic(kind, number))
        }
    }
}

/// What is expected of a filter.
fn expected(by: By) -> String {
    match by {
        By::School | By::Class => "ids with commas between".to_owned(),
        By::Phase => format!("{}, with commas between", Phase::list()),
        By::YearGroup => "year groups such as 7,8".to_owned(),
        By::Sex => "F, M or unrecorded, with commas between".to_owned(),
        By::Characteristic(kind) => {
            let names: Vec<&str> = kind.values().iter().map(|value| value.name).collect();
            format!("{} or {UNRECORDED}, with commas between", names.join(" or "))
        }
    }
}

/// Reads `by`: nothing or `trust` for one series, or up to three different dimensions with commas between.
pub fn split(text: Option<&str>) -> Result<Split> {
    match text {
        None | Some("trust") => Ok([None; CROSSED]),
        Some(text) => several(text, "?by", "trust, or up to", |_| true),
    }
}

/// Reads what schools are made alike by: up to three different characteristics of pupils, with commas between.
pub fn standard(text: &str) -> Result<Split> {
    several(text, "?standard", "up to", |by| !matches!(by, By::School | By::Phase | By::Class))
}

fn several(text: &str, place: &str, up_to: &str, among: impl Fn(By) -> bool) -> Result<Split> {
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

/// Reads the key of a window. Errors: it is none.
pub fn window(key: &str) -> Result<WindowKind> {
    WindowKind::of_key(key).ok_or_else(|| {
        let expected =
            "year-to-date, or a half term, term or week such as half-term-1, term-1 or 2026-W37";
        Problem::at(Kind::BadQuery, "?window", expected)
    })
}

/// Makes a question of its own parameters and of those that say whom it is about; [`given`] reads these.
macro_rules! filtered {
    ($(#[$about:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        pub struct $name {
            $($own)*
            /// Only these schools: ids with commas between.
            schools: Option<String>,
            /// Only schools of these phases, with commas between.
            #[param(style = Form, explode = false, value_type = Option<Vec<words::Phase>>)]
            phases: Option<String>,
            /// Only these year groups, with commas between: 0 is reception.
            year_groups: Option<String>,
            /// Only these classes: ids with commas between.
            classes: Option<String>,
            /// Only pupils of this sex. As for all that follow, some with commas between.
            #[param(style = Form, explode = false, value_type = Option<Vec<SexGroup>>)]
            sex: Option<String>,
            /// Only pupils who are eligible for free school meals, or are not, or of whom it is not recorded.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            fsm: Option<String>,
            /// Only pupils with these special educational needs.
            #[param(style = Form, explode = false, value_type = Option<Vec<SenGroup>>)]
            sen: Option<String>,
            /// Only pupils with English as an additional language, or without.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            eal: Option<String>,
            /// Only pupils in the care of a local authority, or not.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            looked_after: Option<String>,
            /// Only children in need, or others.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            child_in_need: Option<String>,
            /// Only children of the armed forces, or others.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            service_child: Option<String>,
            /// Only boarders, or day pupils.
            #[param(style = Form, explode = false, value_type = Option<Vec<YesOrNo>>)]
            boarder: Option<String>,
            /// Only pupils registered here alone, or at two schools: here as the main or the subsidiary one.
            #[param(style = Form, explode = false, value_type = Option<Vec<RegistrationGroup>>)]
            registration: Option<String>,
        }
    };
}
pub(super) use filtered;

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

/// Reads the filters that were given. Errors: a value that is none of its kind.
pub fn filter(
    given: &[(By, &Option<String>)],
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Filter> {
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

/// The schools that a filter keeps; `None` when it keeps all.
pub fn schools(filter: &Filter) -> Option<BTreeSet<SchoolId>> {
    let id = |value: &Value| match value {
        Value::School(id) => Some(SchoolId::new(*id)),
        _ => None,
    };
    filter.values.get(&By::School).map(|values| values.iter().filter_map(id).collect())
}

/// The classes that a filter keeps; `None` when it keeps all.
pub fn classes(filter: &Filter) -> Option<BTreeSet<ClassId>> {
    let id = |value: &Value| match value {
        Value::Class(id) => Some(ClassId::new(*id)),
        _ => None,
    };
    filter.values.get(&By::Class).map(|values| values.iter().filter_map(id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values<W: Word>(by: By) {
        for word in W::WORDS {
            let read = value(by, word.text());
            assert_eq!(read.map(key).as_deref(), Some(word.text()), "{by:?}");
        }
    }

    #[test]
    fn what_the_document_lists_is_what_a_filter_takes() {
        use Characteristic::{
            Boarder, ChildInNeed, Eal, Fsm, LookedAfter, Registration, Sen, ServiceChild,
        };
        values::<Phase>(By::Phase);
        values::<SexGroup>(By::Sex);
        for kind in [Fsm, Eal, LookedAfter, ChildInNeed, ServiceChild, Boarder] {
            values::<YesOrNo>(By::Characteristic(kind));
        }
        values::<SenGroup>(By::Characteristic(Sen));
        values::<RegistrationGroup>(By::Characteristic(Registration));
        let named: Vec<&str> = std::iter::once("trust").chain(all().map(name)).collect();
        assert_eq!(named, Dimension::ALL.map(Dimension::text));
    }
}
