//! The day's list worked out the obvious way, from every mark and everything that was said: what the real one is
//! compared with.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

/// What a pupil's half days say, in the order of time.
pub type Marks = Vec<(NaiveDate, bool, String)>;

/// A pupil as the list looks at them.
#[derive(Debug, Clone)]
pub struct Child {
    pub pupil: i32,
    pub class: i32,
    pub first_day: NaiveDate,
    pub last_day: Option<NaiveDate>,
    /// The smaller the earlier; 9 for nobody in particular.
    pub priority: u8,
}

impl Child {
    pub fn is_on_roll(&self, day: NaiveDate) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// The telephone numbers of the one parent of all these pupils.
pub const NUMBERS: [&str; 2] = ["07700 900123", "020 7946 0123"];

/// A report: key, pupil, first and last day, reason.
#[derive(Debug, Clone)]
pub struct Report(pub i64, pub i32, pub NaiveDate, pub NaiveDate, pub String);

/// Leave: pupil, first and last day, whether it was granted.
#[derive(Debug, Clone)]
pub struct Leave(pub i32, pub NaiveDate, pub NaiveDate, pub bool);

/// An attempt, in the order in which they were made.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub id: i64,
    pub pupil: i32,
    pub day: NaiveDate,
    pub at: DateTime<Utc>,
    pub kind: &'static str,
    /// Which of [`NUMBERS`] was rung.
    pub number: Option<usize>,
    pub reached: bool,
    pub accounts: bool,
    pub until: Option<NaiveDate>,
}

/// Everything that was said beside the marks.
#[derive(Debug, Default)]
pub struct Said {
    pub reports: Vec<Report>,
    pub leave: Vec<Leave>,
    pub attempts: Vec<Attempt>,
    /// When the register of a class was first saved, by day, in the morning or in the afternoon.
    pub saved: BTreeMap<(i32, NaiveDate, bool), DateTime<Utc>>,
}

/// What stands in the list about a pupil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub pupil: i32,
    pub since_morning: bool,
    pub question: &'static str,
    pub since: NaiveDate,
    pub day: u64,
    pub sessions: (u64, u64),
    /// A word of the reason, or that there is one.
    pub reason: Option<String>,
    pub attempts: Vec<i64>,
    pub due_at: Option<DateTime<Utc>>,
    pub overdue: bool,
}

fn missing(code: &str) -> bool {
    ["N", "I", "O", "C", "M"].contains(&code)
}

/// A session at which the pupil could have been.
fn possible(code: &str) -> bool {
    code != "X"
}

/// The list of a day at an instant.
pub fn list(
    children: &[Child],
    marks: &BTreeMap<i32, Marks>,
    said: &Said,
    (day, now): (NaiveDate, DateTime<Utc>),
) -> Vec<Entry> {
    let mut rows = Vec::new();
    for child in children.iter().filter(|child| child.is_on_roll(day)) {
        let own = &marks[&child.pupil];
        rows.extend(entry(child, own, said, (day, now)));
    }
    rows.sort_by_key(|(key, _)| *key);
    rows.into_iter().map(|(_, entry)| entry).collect()
}

type Key = (u8, u8, bool, bool, i32);

/// The days back from the last session missed today, until the pupil was there; the latest first.
fn days_away(marks: &Marks, last: (NaiveDate, bool)) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    for (date, afternoon, code) in marks.iter().rev() {
        if (*date, *afternoon) > last || !possible(code) {
            continue;
        }
        if !missing(code) {
            break;
        }
        days.push(*date);
    }
    days.dedup();
    days
}

/// Sessions absent and possible up to a day.
fn sessions(marks: &Marks, day: NaiveDate) -> (u64, u64) {
    let until_today = || marks.iter().filter(|(date, _, code)| *date <= day && possible(code));
    let absent = until_today().filter(|(_, _, code)| missing(code) || code == "U").count() as u64;
    (absent, until_today().count() as u64)
}

/// How urgent it is, and what is to be asked.
fn question(known: bool, uncoded: bool, persistent: bool) -> (u8, &'static str) {
    match (known, uncoded, persistent) {
        (false, ..) => (0, "why_away"),
        (true, true, _) => (1, "which_code"),
        (true, false, true) => (2, "ask_more"),
        (true, false, false) => (3, "nothing"),
    }
}

/// Whether something that finds a missing child should have been done by now.
fn late(
    today: &[&&Attempt],
    (urgent, gone): (bool, Option<DateTime<Utc>>),
    (day, now): (NaiveDate, DateTime<Utc>),
) -> bool {
    let at = |hour, minute| day.and_hms_opt(hour, minute, 0).unwrap().and_utc();
    let (noon, is_late) = (at(12, 0), |due: DateTime<Utc>| due <= now);
    let in_round = |one: &&&&Attempt| now < noon || one.at >= noon;
    let rung = |calls: &[&&Attempt]| {
        let mut rung = [false; NUMBERS.len()];
        for call in calls.iter().filter(|one| one.kind == "call") {
            let next = rung.iter().position(|done| !done);
            call.number.or(next).into_iter().for_each(|number| rung[number] = true);
        }
        rung
    };
    let this_round: Vec<&&Attempt> = today.iter().filter(in_round).copied().collect();
    let (before, round) = (rung(today), rung(&this_round));
    let again = |tried: bool| match gone {
        Some(gone) => gone,
        None if tried && now >= noon => at(14, 0),
        None => at(9, 30),
    };
    let calls = (0..NUMBERS.len()).any(|number| !round[number] && is_late(again(before[number])));
    let texted = |all: &[&&Attempt]| all.iter().any(|one| one.kind == "text");
    let text = !texted(&this_round) && is_late(again(texted(today)));
    let decides = urgent || now >= at(10, 30) || round.iter().all(|done| *done);
    let by = if urgent { at(9, 30) } else { at(10, 30) };
    calls || text || (decides && is_late(gone.unwrap_or(by)))
}

fn entry(
    child: &Child,
    marks: &Marks,
    said: &Said,
    (day, now): (NaiveDate, DateTime<Utc>),
) -> Option<(Key, Entry)> {
    let code = |afternoon: bool| {
        let found = marks.iter().find(|(date, pm, _)| *date == day && *pm == afternoon);
        found.map(|(_, _, code)| code.as_str())
    };
    let (am, pm) = (code(false), code(true));
    let today: Vec<&str> = [am, pm].into_iter().flatten().filter(|code| missing(code)).collect();
    let last_pm = pm.is_some_and(missing);
    today.first()?;
    let since_morning = !am.is_some_and(missing) && am.is_some_and(possible);

    let days = days_away(marks, (day, last_pm));
    let since = *days.last().unwrap();

    let sessions = sessions(marks, day);
    let persistent = 10 * sessions.0 >= sessions.1;

    let mine: Vec<&Report> = said
        .reports
        .iter()
        .filter(|report| report.1 == child.pupil && report.2 <= day && since <= report.3)
        .collect();
    let covers = mine.iter().rfind(|report| day <= report.3);
    let leave = said.leave.iter().rfind(|one| one.0 == child.pupil && one.1 <= day && day <= one.2);
    let says_nothing = today.iter().any(|code| ["N", "O"].contains(code));
    let by_code = (!says_nothing).then(|| "a code".to_owned());
    let granted = leave.filter(|one| one.3).map(|_| "leave was granted".to_owned());
    let reason = covers.map(|report| report.4.clone()).or(granted).or(by_code);

    let attempts: Vec<&Attempt> = said
        .attempts
        .iter()
        .filter(|one| one.pupil == child.pupil && since <= one.day && one.day <= day)
        .collect();
    let of_today: Vec<&&Attempt> = attempts.iter().filter(|one| one.day == day).collect();
    let agreed = attempts.iter().rev().find_map(|one| one.until).is_some_and(|until| day < until);
    let contact = reason.is_some() || !mine.is_empty() || attempts.iter().any(|one| one.reached);

    let known = reason.is_some() || agreed || of_today.iter().any(|one| one.accounts);
    let (rank, question) = question(known, today.contains(&"N"), persistent);
    let half_past_nine = day.and_hms_opt(9, 30, 0).unwrap().and_utc();
    let register = said.saved.get(&(child.class, day, true)).copied();
    let due = if since_morning { register } else { Some(half_past_nine) };
    let due_at = due.filter(|_| rank == 0);
    let urgent = since_morning || [0, 1, 3].contains(&child.priority);
    let gone = register.filter(|_| since_morning);
    let key = (rank, child.priority, contact, !persistent, child.pupil);
    let entry = Entry {
        pupil: child.pupil,
        since_morning,
        question,
        since,
        day: days.len() as u64,
        sessions,
        reason,
        attempts: of_today.iter().map(|one| one.id).collect(),
        due_at,
        overdue: rank == 0 && late(&of_today, (urgent, gone), (day, now)),
    };
    Some((key, entry))
}
