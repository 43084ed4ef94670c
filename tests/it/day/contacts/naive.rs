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
    pub kind: &'static str,
    pub reached: bool,
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
fn question(has_reason: bool, persistent: bool) -> (u8, &'static str) {
    match (has_reason, persistent) {
        (false, _) => (0, "why_away"),
        (true, true) => (1, "ask_more"),
        (true, false) => (2, "nothing"),
    }
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
    let by_code = (!today.contains(&"N")).then(|| "a code".to_owned());
    let granted = leave.filter(|one| one.3).map(|_| "leave was granted".to_owned());
    let reason = covers.map(|report| report.4.clone()).or(granted).or(by_code);

    let attempts: Vec<&Attempt> = said
        .attempts
        .iter()
        .filter(|one| one.pupil == child.pupil && since <= one.day && one.day <= day)
        .collect();
    let of_today: Vec<&&Attempt> = attempts.iter().filter(|one| one.day == day).collect();
    let reached = of_today.iter().any(|one| one.reached);
    let tried = |kind| reached || of_today.iter().any(|one| one.kind == kind);
    let in_vain = !reached && of_today.iter().any(|one| one.kind == "call");
    let agreed = attempts.iter().rev().find_map(|one| one.until).is_some_and(|until| day < until);
    let contact = reason.is_some() || !mine.is_empty() || attempts.iter().any(|one| one.reached);

    let (rank, question) = question(reason.is_some(), persistent);
    let half_past_nine = day.and_hms_opt(9, 30, 0).unwrap().and_utc();
    let register = said.saved.get(&(child.class, day, true)).copied();
    let due = if since_morning { register } else { Some(half_past_nine) };
    let due_at = due.filter(|_| rank == 0);
    let open = rank == 0 && !agreed && (!tried("call") || (in_vain && !tried("text")));
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
        overdue: open && due_at.is_some_and(|due| due <= now),
    };
    Some((key, entry))
}
