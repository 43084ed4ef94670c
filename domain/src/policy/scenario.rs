//! Scenarios: situations in plain sentences that show what each rule of a policy does.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::policy::case::{Case, Figure, Place, Sent, Target};
use crate::policy::facts::{Absentee, Class, Facts, Priority, Pupil, Rates, Shield};
use crate::policy::problem::Problem;
use crate::policy::reader::{File, Table};
use crate::policy::step::Happened;
use crate::policy::word::{Count, Outcome, Over};
use crate::{Percent, Rate};

/// The name of the file, in messages.
pub(crate) const FILE: &str = "scenarios.toml";

/// One situation and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The situation in a sentence.
    pub says: String,
    /// The ids of the rules it proves. Only what these rules do is looked at.
    pub proves: Vec<String>,
    /// What happens.
    pub given: Given,
    /// Who says yes to all that is proposed, and when; what is then recorded is looked at instead.
    pub decided: Option<(String, NaiveDate)>,
    /// All that these rules do, a line each.
    pub expect: Vec<String>,
    /// The line it stands on.
    pub line: usize,
}

/// What happens in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A day comes on which the policy may look at everybody.
    Day(NaiveDate, Box<Facts>),
    /// Something is recorded about the pupil's case.
    Happened(Box<Pupil>, Happened),
    /// A pupil is absent.
    Absent(NaiveDate, Box<Absentee>),
    /// Somebody asks for the band of a rate.
    BandOf(Rate),
    /// Somebody asks what a case at a stage waits for.
    Waits(String),
    /// Somebody asks what the policy promises.
    Promise,
}

/// Reads the scenarios of a policy.
pub fn scenarios(text: &str) -> (Vec<Scenario>, Vec<Problem>) {
    let file = File::new(FILE, text);
    let table = file.parse();
    let top = Table::new(&file, table.get_ref(), 1, "");
    let scenarios = top.tables("scenario").into_iter().map(scenario).collect();
    top.finish();
    drop(table);
    (scenarios, file.problems())
}

fn scenario(mut table: Table<'_, '_>) -> Scenario {
    let proves = table.texts("proves");
    table.rule = proves.join(", ");
    let scenario = Scenario {
        says: table.text("says"),
        proves,
        given: given(&table),
        decided: table.maybe_text("decided_by").zip(date(&table, "day")),
        expect: table.list("expect"),
        line: table.line,
    };
    one_situation(&table);
    if !table.has("expect") {
        table.report(table.line, "`expect` is missing; nothing expected is []".to_owned());
    }
    table.finish();
    scenario
}

/// Nothing in a scenario goes unheard.
fn one_situation(table: &Table<'_, '_>) {
    let asks = ["happens", "absent", "band_of", "stage"];
    if asks.iter().filter(|key| table.has(key)).count() > 1 {
        let says = "a scenario is one situation, with only one of `happens`, `absent`, `band_of` and `stage`";
        table.report(table.line, says.to_owned());
    }
    if table.has("pupil") && !table.has("day") && !table.has("happens") {
        let says = "`pupil` needs the `day` of a review or what `happens`";
        table.report(table.line, says.to_owned());
    }
    if table.has("decided_by") && !(table.has("day") && table.has("pupil")) {
        let says = "`decided_by` needs the `day` of the decision and the `pupil`";
        table.report(table.line, says.to_owned());
    }
}

fn given(table: &Table<'_, '_>) -> Given {
    let day = date(table, "day");
    let pupil = table.inner("pupil").map(|row| pupil(row, day));
    let absent = table.inner("absent").map(absentee);
    let band = rate(table, "band_of");
    if let Some(outcome) = table.maybe_text("happens") {
        let happened = if outcome == Outcome::Otherwise.text() {
            let to = match table.text("goes").as_str() {
                "closed" => Place::Closed,
                stage => Place::At(stage.to_owned()),
            };
            let (reason, without) = (table.text("reason"), table.flag("without"));
            Happened::Otherwise { to, reason, without }
        } else {
            Happened::Outcome(outcome)
        };
        return Given::Happened(Box::new(pupil.unwrap_or_default()), happened);
    }
    if let Some(stage) = table.maybe_text("stage") {
        return Given::Waits(stage);
    }
    match (day, absent, band) {
        (Some(day), Some(absent), _) => Given::Absent(day, Box::new(absent)),
        (_, _, Some(rate)) => Given::BandOf(rate),
        (Some(day), None, None) => {
            let mut pupils: Vec<Pupil> = pupil.into_iter().collect();
            family(table, day, &mut pupils);
            let classes = classes(table);
            let silent_teachers = table.list("silent_teachers");
            Given::Day(day, Box::new(Facts { pupils, classes, silent_teachers }))
        }
        _ => {
            for key in ["absent", "classes"].into_iter().filter(|key| table.has(key)) {
                let says = format!("with `{key}` a scenario needs a `day`, such as \"2025-10-22\"");
                table.report(table.line, says);
            }
            Given::Promise
        }
    }
}

/// The pupil's brothers and sisters at the school, who are numbered after the pupil.
fn family(table: &Table<'_, '_>, day: NaiveDate, pupils: &mut Vec<Pupil>) {
    for (number, row) in (2..).zip(table.tables("siblings")) {
        pupils.push(Pupil { id: number, ..pupil(row, Some(day)) });
    }
    if pupils.len() > 1 {
        pupils.iter_mut().for_each(|pupil| pupil.family = Some(1));
    }
}

/// The classes with their rates over every period, and those that differ over one of them.
fn classes(table: &Table<'_, '_>) -> Vec<Class> {
    let everywhere = class_rates(table, "classes").into_iter();
    let mut classes: BTreeMap<String, Rates> =
        everywhere.map(|(name, rate)| (name, Rates::the_same(rate))).collect();
    if let Some(over) = table.inner("classes_over") {
        for (name, rate) in class_rates(&over, "week") {
            classes.entry(name).or_default().week = rate;
        }
        for (name, rate) in class_rates(&over, "fortnight") {
            classes.entry(name).or_default().fortnight = rate;
        }
        for (name, rate) in class_rates(&over, "half_term") {
            classes.entry(name).or_default().half_term = rate;
        }
        for (name, rate) in class_rates(&over, "term") {
            classes.entry(name).or_default().term = rate;
        }
        for (name, rate) in class_rates(&over, "year") {
            classes.entry(name).or_default().year = rate;
        }
        over.finish();
    }
    classes.into_iter().map(|(name, rates)| Class { name, rates }).collect()
}

fn class_rates(table: &Table<'_, '_>, key: &'static str) -> Vec<(String, Option<Rate>)> {
    let read = |(name, (text, line)): (String, (String, usize))| {
        let rate = read_rate(&text);
        if rate.is_none() {
            table.report(line, format!("{text:?} is no rate; write 290/300"));
        }
        (name, rate)
    };
    table.map(key).into_iter().map(read).collect()
}

fn pupil(table: Table<'_, '_>, day: Option<NaiveDate>) -> Pupil {
    let last = rate(&table, "last");
    let last_band = table.maybe_text("last_band");
    let day = day.unwrap_or_default();
    let since = date(&table, "since_day").unwrap_or_default();
    let target_rate = table.maybe_rate("target_rate").unwrap_or(Percent::HUNDRED);
    let running = |to: NaiveDate| Target { rate: target_rate, from: to, to };
    let target = rate(&table, "target");
    let to = date(&table, "target_to").unwrap_or(day);
    let letter = |then: Rate| Sent {
        letter: "the last letter".to_owned(),
        step: 1,
        day,
        figure: Some(Figure::from(then)),
    };
    let case = table.maybe_text("at").map(|stage| Case {
        place: Place::At(stage),
        since,
        steps: 1,
        figure: last.map(Figure::from),
        band: last_band.clone(),
        letters: rate(&table, "last_letter").map(letter).into_iter().collect(),
        flags: std::collections::BTreeSet::new(),
        lifted: std::collections::BTreeSet::new(),
        target: target.map(|_| running(to)),
        left: None,
    });
    let pupil = Pupil {
        id: 1,
        teacher: table.maybe_text("teacher"),
        rates: rates(&table),
        ends: None,
        before: table.inner("before").map_or_else(|| Rates::the_same(last), periods),
        last,
        last_band,
        band_since: date(&table, "band_since"),
        since: rate(&table, "since"),
        since_letter: rate(&table, "since_letter"),
        counts: counts(&table),
        family: None,
        left: table.maybe_text("left"),
        recent: rate(&table, "recent"),
        earlier: rate(&table, "earlier"),
        target,
        case,
        tickets: tickets(&table),
        shield: Shield {
            mitigation: table.maybe_text("mitigation"),
            letters_stopped: table.flag("letters_stopped"),
            not_compulsory_age: table.flag("not_compulsory_age"),
            unauthorised: table.maybe_count("unauthorised").unwrap_or(0),
        },
    };
    table.finish();
    pupil
}

/// What is counted beside attendance, the same over every period: `late` by now, `late_before` by the review before.
fn counts(table: &Table<'_, '_>) -> BTreeMap<(Count, Over), [u32; 2]> {
    let Some(table) = table.inner("counts") else { return BTreeMap::new() };
    let before = ["late_before", "unauthorised_before", "leave_before"];
    let mut counts = BTreeMap::new();
    for (count, before) in Count::ALL.into_iter().zip(before) {
        let pair = [count.text(), before].map(|key| table.maybe_count(key).unwrap_or(0));
        counts.extend(Over::ALL.map(|over| ((count, over), pair)));
    }
    table.finish();
    counts
}

/// The rates of a table that holds nothing else.
fn periods(table: Table<'_, '_>) -> Rates {
    let rates = rates(&table);
    table.finish();
    rates
}

fn rates(table: &Table<'_, '_>) -> Rates {
    Rates {
        week: rate(table, "week"),
        fortnight: rate(table, "fortnight"),
        half_term: rate(table, "half_term"),
        term: rate(table, "term"),
        year: rate(table, "year"),
    }
}

fn tickets(table: &Table<'_, '_>) -> BTreeMap<String, u32> {
    let read = |(name, (count, line)): (String, (String, usize))| match count.parse() {
        Ok(count) => Some((name, count)),
        Err(_not_a_number) => {
            let says = format!("`tickets` of {name:?} is {count:?}, but must be a whole number");
            table.report(line, says);
            None
        }
    };
    table.map("tickets").into_iter().filter_map(read).collect()
}

fn absentee(table: Table<'_, '_>) -> Absentee {
    let absentee = Absentee {
        id: 1,
        band: table.maybe_text("band"),
        reported: table.maybe_text("reported"),
        unanswered: table.flag("unanswered"),
        day: table.maybe_count("day_of_absence").unwrap_or(1),
        no_contact: table.flag("no_contact"),
        no_call_until: date(&table, "no_call_until"),
        priority: table.flag("protected").then_some(Priority::InCare),
        persistent: table.flag("persistent"),
        accounted: false,
        uncoded: false,
    };
    table.finish();
    absentee
}

fn date(table: &Table<'_, '_>, key: &'static str) -> Option<NaiveDate> {
    let (text, line) = table.maybe(key)?;
    let date = text.parse().ok();
    if date.is_none() {
        table.report(line, format!("`{key}` is {text:?}, but must be a date such as 2025-10-22"));
    }
    date
}

/// `89/100`: sessions attended of sessions possible.
fn rate(table: &Table<'_, '_>, key: &'static str) -> Option<Rate> {
    let (text, line) = table.maybe(key)?;
    let rate = read_rate(&text);
    if rate.is_none() {
        let says = format!(
            "`{key}` is {text:?}, but must be sessions attended of sessions possible, such as 89/100"
        );
        table.report(line, says);
    }
    rate
}

fn read_rate(text: &str) -> Option<Rate> {
    let (part, whole) = text.split_once('/')?;
    Rate::of(part.trim().parse().ok()?, whole.trim().parse().ok()?)
}
