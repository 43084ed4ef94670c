//! From the text of a `policy.toml` to a policy, with every problem of the file at once.

mod actions;

use std::collections::BTreeMap;

use crate::policy::model::{
    BandRow, Body, Daily, Draw, EVERY_BAND, Moment, Next, Policy, Promise, Regular, Row, Setting,
    Settled, Stage, Step,
};
use crate::policy::notes::notes;
use crate::policy::parse::actions::{actions, must_do, school_weeks};
use crate::policy::problem::Problem;
use crate::policy::reader::{File, Table};
use crate::policy::word::{Count, Every, For, Improvement, Kind, On, Over, Trend};
use crate::word::{Word, or};
use crate::{Band, BandError, Bands, CodeTable, Roles};

/// The name of the file, in messages.
pub(crate) const FILE: &str = "policy.toml";

/// How the settings of a policy are answered.
#[derive(Debug, Clone, Copy)]
pub enum Answers<'a> {
    /// By their defaults, and by the examples of those a school must answer: for checking, the
    /// book and scenarios.
    Examples,
    /// By the school, and by the defaults for the rest.
    School(&'a BTreeMap<String, Vec<String>>),
}

/// Reads a policy. The policy is there even with problems, as far as it could be read, so that
/// what lies beyond the words can be checked in the same go.
pub fn parse(text: &str, answers: Answers<'_>) -> (Policy, Vec<Problem>) {
    let file = File::new(FILE, text);
    let table = file.parse();
    let top = Table::new(&file, table.get_ref(), 1, "");
    let settings = settings(&file, &top, answers);
    let mut policy = head(&top, settings);
    policy.stages = top.tables("stage").into_iter().map(stage).collect();
    for kind in Kind::ALL {
        policy.rows.extend(top.tables(kind.text()).into_iter().map(|table| row(kind, table)));
    }
    policy.rows.sort_by_key(|row| row.line);
    policy.bands = bands(&file, &policy.rows);
    policy.notes = notes(text);
    top.finish();
    for setting in &policy.settings {
        if !file.is_used(&setting.name) {
            let says = format!(
                "no row uses the setting {0:?}; write {{ setting = {0:?} }} where its answer is needed",
                setting.name
            );
            file.report(setting.line, None, says);
        }
    }
    drop(table);
    (policy, file.problems())
}

fn head(top: &Table<'_, '_>, settings: Vec<Setting>) -> Policy {
    let over = top.maybe_word("over").unwrap_or(Over::Year);
    Policy {
        name: top.text("name"),
        document: top.text("document"),
        improved: top.maybe_word("improved").unwrap_or(Improvement::SinceDecision),
        improved_rate: top.maybe_rate("improved_rate"),
        period: top.maybe_word("period").unwrap_or(over),
        over,
        few_sessions: top.maybe_count("few_sessions").unwrap_or(0),
        at_risk_sessions: top.maybe_count("at_risk_sessions").unwrap_or(0),
        settled: settled(top),
        roles: roles(top),
        settings,
        stages: Vec::new(),
        rows: Vec::new(),
        notes: Vec::new(),
        bands: None,
    }
}

/// What is settled for the rewards, by default where the policy does not say.
fn settled(top: &Table<'_, '_>) -> Settled {
    let usual = Settled::default();
    let neutral = top.list("neutral");
    let named = neutral.iter().filter(|code| *code != NO_CODE);
    for code in named.filter(|code| !is_code(code)) {
        let says = format!(
            "`neutral` names {code:?}, which is no attendance code; write {NO_CODE:?} for none"
        );
        top.report(1, says);
    }
    Settled {
        neutral: match neutral.as_slice() {
            [] => usual.neutral,
            [none] if none == NO_CODE => Vec::new(),
            _ => neutral,
        },
        least_sessions: top.maybe_count("least_sessions"),
        least_class: top.maybe_count("least_class").unwrap_or(usual.least_class),
        cut_off: top.maybe_count("cut_off_days").unwrap_or(usual.cut_off),
    }
}

fn is_code(text: &str) -> bool {
    CodeTable::built_in()
        .is_ok_and(|codes| codes.periods().any(|period| period.code.as_str() == text))
}

/// What `neutral` says where every session counts.
const NO_CODE: &str = "no code";

/// The words at the top of the file, which nobody may be called.
const HEAD: &[&str] = &[
    "name",
    "document",
    "over",
    "improved",
    "improved_rate",
    "period",
    "few_sessions",
    "at_risk_sessions",
    "neutral",
    "least_sessions",
    "least_class",
    "cut_off_days",
];

/// The roles of the installation and of scheduled work: nobody at a school has them.
const NOBODY: &[&str] = &["platform_admin", "runner"];

/// The school's own names for people, each for a role of the product.
fn roles(top: &Table<'_, '_>) -> BTreeMap<String, String> {
    let built_in = Roles::built_in();
    let names = built_in.iter().flat_map(Roles::roles).map(|role| role.name.as_str());
    let known: Vec<&str> = names.filter(|name| !NOBODY.contains(name)).collect();
    let mut roles = BTreeMap::new();
    for (name, (role, line)) in top.map("roles") {
        if HEAD.contains(&name.as_str()) {
            let says = format!("{name:?} stands below [roles]; it belongs above, beside `name`");
            top.report(line, says);
            continue;
        }
        if !known.contains(&role.as_str()) {
            let known = or(known.iter().copied());
            let says = format!("the role {name:?} stands for {role:?}; it must be {known}");
            top.report(line, says);
        }
        roles.insert(name, role);
    }
    roles
}

fn settings(file: &File<'_>, top: &Table<'_, '_>, answers: Answers<'_>) -> Vec<Setting> {
    let mut settings = Vec::new();
    for table in top.tables("setting") {
        let mut setting = Setting {
            name: table.text("name"),
            asks: table.text("asks"),
            value: Vec::new(),
            required: table.has("example"),
            one_of: table.list("one_of"),
            line: table.line,
        };
        if settings.iter().any(|known: &Setting| known.name == setting.name) {
            let says = format!("there is a setting {:?} already", setting.name);
            table.report(table.line, says);
        }
        let (default, example) = (table.list("value"), table.list("example"));
        let own = match answers {
            Answers::School(own) => own.get(&setting.name).cloned().unwrap_or_default(),
            Answers::Examples => example,
        };
        setting.value = if own.is_empty() { default } else { own };
        if setting.value.is_empty() {
            let says = match answers {
                Answers::School(_) => "the school must answer the setting",
                Answers::Examples => {
                    "`value` is missing, or `example` where each school answers itself, for the setting"
                }
            };
            table.report(table.line, format!("{says} {:?}: {}", setting.name, setting.asks));
            continue;
        }
        let wrong = |value: &&String| !setting.one_of.is_empty() && !setting.one_of.contains(value);
        for value in setting.value.iter().filter(wrong) {
            let one_of = setting.one_of.join(", ");
            let says = format!("the setting {:?} cannot be {value:?}", setting.name);
            table.report(table.line, format!("{says}; it must be one of: {one_of}"));
        }
        file.setting(setting.name.clone(), setting.value.clone());
        settings.push(setting);
        table.finish();
    }
    settings
}

fn stage(table: Table<'_, '_>) -> Stage {
    let stage = Stage {
        name: table.text("name"),
        waits: table.word("waits").unwrap_or(crate::policy::word::Waits::Review),
        reviewed: table.flag("reviewed"),
        improved: table.maybe_word("improved"),
        improved_rate: table.maybe_rate("improved_rate"),
        school_weeks: school_weeks(&table),
        by: table.maybe_text("by"),
        asks: table.maybe_text("asks"),
        answers: table.list("answers"),
        line: table.line,
    };
    table.finish();
    stage
}

fn row(kind: Kind, mut table: Table<'_, '_>) -> Row {
    table.rule = table.text("rule");
    let body = match kind {
        Kind::Band => Body::Band(BandRow {
            name: band_name(&table),
            from: table.rate("from").unwrap_or(crate::Percent::ZERO),
            responsible: table.maybe_text("responsible"),
            shown: table.maybe_text("shown"),
        }),
        Kind::Daily => Body::Daily(Daily {
            when: table.word("when").unwrap_or(crate::policy::word::Absence::Unexplained),
            day: day_of_absence(&table),
            bands: band_names(&table),
            does: must_do(&table),
        }),
        Kind::Review | Kind::Response | Kind::Reward => Body::Regular(regular(kind, &table)),
        Kind::Step => Body::Step(Step {
            at: table.texts("at"),
            when: table.texts("when"),
            bands: band_names(&table),
            does: actions(&table),
            then: next(&table),
        }),
        Kind::Draw => Body::Draw(draw(&table)),
        Kind::Always => {
            Body::Always(Promise { text: table.text("promise"), keeps: table.maybe_word("keeps") })
        }
    };
    let row = Row { rule: table.rule.clone(), line: table.line, kind, body };
    table.finish();
    row
}

fn regular(kind: Kind, table: &Table<'_, '_>) -> Regular {
    let whom = table.maybe_word("for").unwrap_or(For::EachPupil);
    let (moment, on_entry) = moment(table, kind == Kind::Response && whom == For::EachPupil);
    let over = match moment.every {
        Every::Week => Over::Week,
        Every::Fortnight => Over::Fortnight,
        Every::HalfTerm | Every::HalfTermHoliday => Over::HalfTerm,
        Every::Term => Over::Term,
        Every::Day | Every::FourWeeks | Every::Year | Every::Entry => Over::Year,
    };
    let regular = Regular {
        moment,
        on_entry,
        bands: band_names(table),
        at: table.list("at"),
        comes_to: comes_to(table),
        when: table.maybe_word("when").unwrap_or(Trend::Any),
        at_least: table.maybe_rate("at_least"),
        below: table.maybe_rate("below"),
        over: table.maybe_word("over").unwrap_or(over),
        whom,
        decides: if kind == Kind::Review { table.maybe_text("decides") } else { None },
        does: if kind == Kind::Review { actions(table) } else { must_do(table) },
    };
    nothing_in_vain(table, kind, &regular);
    regular
}

/// Refuses what a row says and nothing would look at.
fn nothing_in_vain(table: &Table<'_, '_>, kind: Kind, regular: &Regular) {
    let whom = regular.whom;
    if !matches!(whom, For::EachPupil | For::Families | For::Teachers) {
        for key in ["band", "at", "when", "at_least", "below", "late", "unauthorised", "leave"]
            .into_iter()
            .filter(|key| table.has(key))
        {
            let says = format!("`{key}` looks at a pupil, but this row is for {:?}", whom.text());
            table.report(table.line, format!("{says}; leave one of the two out"));
        }
    }
    let rated = regular.at_least.or(regular.below).is_some() || whom == For::BestClass;
    let rated = rated || regular.comes_to.is_some();
    let rewarded = kind == Kind::Reward && (rated || !regular.bands.is_empty());
    if rewarded
        && matches!(regular.moment.every, Every::Day | Every::FourWeeks)
        && !table.has("over")
    {
        let every = regular.moment.every.text();
        let says = format!(
            "no rate is taken over {every:?} alone; say with `over` which days it is taken over"
        );
        table.report(table.line, says);
    }
    if table.has("over") && !rated && !rewarded {
        let says = "`over` belongs to `at_least`, to `below`, to what is counted or to \"the best class\"; other bands than those of rewards are taken over the days named by `over` at the top of the file";
        table.report(table.line, says.to_owned());
    }
}

fn draw(table: &Table<'_, '_>) -> Draw {
    let draw = Draw {
        moment: moment(table, false).0,
        tickets: table.maybe_text("tickets"),
        at_least: table.maybe_rate("at_least"),
        over: table.maybe_word("over").unwrap_or(Over::Term),
        prize: table.text("prize"),
    };
    if draw.tickets.is_none() && !table.has("at_least") {
        let says = "nobody enters this draw; name `tickets`, `at_least` a rate, or both";
        table.report(table.line, says.to_owned());
    }
    draw
}

/// When a row is due, and whether it is also due on a pupil's entry into the band, which can only
/// be asked `for_each` pupil.
fn moment(table: &Table<'_, '_>, for_each: bool) -> (Moment, bool) {
    let (entry, cadences): (Vec<Every>, Vec<Every>) =
        table.words::<Every>("every").into_iter().partition(|every| *every == Every::Entry);
    let on_entry = !entry.is_empty();
    if on_entry && !for_each {
        let says = "belongs to responses for each pupil";
        table.report(table.line, format!("`every` {:?} {says}", Every::Entry.text()));
    }
    if cadences.len() > 1 {
        let says = "`every` names one cadence, and beside it at most";
        table.report(table.line, format!("{says} {:?}", Every::Entry.text()));
    }
    let every = cadences.first().or(entry.first()).copied().unwrap_or(Every::Term);
    if matches!(every, Every::Day | Every::Entry) && table.has("on") {
        let says = format!("`on` says nothing when `every` is {:?}; leave it out", every.text());
        table.report(table.line, says);
    }
    (Moment { every, on: table.maybe_word("on").unwrap_or(On::LastDay) }, on_entry)
}

fn band_name(table: &Table<'_, '_>) -> String {
    let name = table.text("name");
    if name == EVERY_BAND {
        table.report(table.line, format!("no band can have the name {EVERY_BAND:?}"));
    }
    name
}

/// The bands that a row names; every band is no limit.
fn band_names(table: &Table<'_, '_>) -> Vec<String> {
    let names = table.list("band");
    if names == [EVERY_BAND] { Vec::new() } else { names }
}

fn next(table: &Table<'_, '_>) -> Next {
    match table.text("then").as_str() {
        "stay" => Next::Stay,
        "closed" => Next::Closed,
        "where the person says" => Next::PersonSays,
        "the stage that was left" => Next::Left,
        stage => Next::Stage(stage.to_owned()),
    }
}

/// The school day of an absence, from 1.
fn day_of_absence(table: &Table<'_, '_>) -> Option<u32> {
    let day = table.maybe_count("day")?;
    if day == 0 {
        table.report(table.line, "`day` cannot be 0; the first day of an absence is 1".to_owned());
    }
    Some(day)
}

/// So many of what is counted beside attendance.
fn comes_to(table: &Table<'_, '_>) -> Option<(Count, u32)> {
    let counts = Count::ALL.map(|count| Some((count, table.maybe_count(count.text())?)));
    let counts: Vec<(Count, u32)> = counts.into_iter().flatten().collect();
    if counts.len() > 1 {
        let list = Count::list();
        table.report(table.line, format!("a row counts one of {list}"));
    }
    for (count, _) in counts.iter().filter(|(_, least)| *least == 0) {
        table.report(table.line, format!("`{count}` cannot be 0; everybody has come to that"));
    }
    counts.first().copied()
}

fn bands(file: &File<'_>, rows: &[Row]) -> Option<Bands> {
    if file.has_reported("from") {
        return None;
    }
    let report = |error: BandError| {
        let wrong = |band: &BandRow| match &error {
            BandError::SameName(name) => band.name == *name,
            BandError::SameStart(from) | BandError::Gap(from) | BandError::NoName(from) => {
                band.from == *from
            }
            BandError::Empty => false,
        };
        let row =
            rows.iter().rev().find(|row| matches!(&row.body, Body::Band(band) if wrong(band)));
        let (line, rule) = row.map_or((1, ""), |row| (row.line, row.rule.as_str()));
        file.report(line, Some(rule), format!("the bands are not whole: {error}"));
    };
    Bands::new(bands_of(rows)).map_err(report).ok()
}

/// The bands that the rows name. A band may stand in two rows, for two rules; it is one band.
pub(crate) fn bands_of(rows: &[Row]) -> Vec<Band> {
    let mut list: Vec<Band> = Vec::new();
    for row in rows {
        if let Body::Band(band) = &row.body
            && !list.iter().any(|known| known.name == band.name && known.from == band.from)
        {
            list.push(Band { name: band.name.clone(), from: band.from });
        }
    }
    list
}
