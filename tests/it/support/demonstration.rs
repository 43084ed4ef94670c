//! The demonstration trust in a small edition, as `rollcall demo` loads it on the first morning of a school year: loaded
//! once for all stories, and a copy of it for each.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::sync::{Arc, OnceLock};

use api::base::db::Schools;
use api::base::id::TrustId;
use api::server::client;
use api::server::demo::{SEED, SchoolNote, load};
use api::server::progress::Progress;
use chrono::{Days, NaiveDate};
use demo::{Plan, Size, files, plan};
use domain::{Calendar, Session};

use super::app::{Start, TestApp};
use super::postgres::TestDatabase;
use super::sql::Sql;

/// When it is loaded: the autumn term begins this day, with an INSET day.
pub const FIRST_MORNING: &str = "2026-09-01T06:00:00Z";
/// A day after the school year, when every mark of it is known.
const AFTERWARDS: &str = "2027-07-31";

/// The trust, before anything happens.
struct Loaded {
    database: Arc<TestDatabase>,
    trust: i32,
    schools: Vec<SchoolNote>,
}

/// Five schools, each of which follows another of the built-in policies.
fn size() -> Size {
    Size::new(5, Some(225)).unwrap()
}

fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let app = TestApp::start_with(Start { clockwork: false, ..Start::default() });
        app.clock.set(FIRST_MORNING);
        let client = |trust: TrustId, schools: Schools, role: &str| {
            let token = app.token(role, trust.number(), schools);
            Ok(client::Client::new(&app.base, &token))
        };
        let loaded = load(client, size(), app.today(), &Progress::new()).unwrap();
        // As autovacuum would, which the tests' server has not.
        Sql::of(&app.database).run("ANALYZE");
        let (database, keys) = (app.database.clone(), app.keys.clone());
        drop(app);
        fs::remove_dir_all(keys).unwrap();
        database.close();
        Loaded { database, trust: loaded.trust_id.number(), schools: loaded.schools }
    })
}

/// A copy of the trust with an application of its own, in which nothing falls due unless the story lets it.
pub fn demonstration() -> (TestApp, i32, &'static [SchoolNote]) {
    let Loaded { database, trust, schools } = loaded();
    let app = TestApp::start_on(database.copy(), Start { clockwork: false, ..Start::default() });
    app.clock.set(FIRST_MORNING);
    (app, *trust, schools)
}

/// Who of the families of a story is away, by their number from 1 and the number of the school day from 0: the code; who
/// is not is present.
pub type Away = Box<dyn Fn(usize, usize) -> Option<&'static str>>;

/// A school's own system, with the registers of the year that begins: those that the demonstration has on the same days,
/// but for the families of a story. Whoever joins or leaves in the course of the year is left out.
pub struct Registers {
    urn: String,
    calendar: Calendar,
    /// Its school days, in order.
    days: Vec<NaiveDate>,
    /// Ten marks a week, by UPN and Monday.
    weeks: BTreeMap<(String, NaiveDate), Vec<String>>,
    /// The UPNs of the families, from number 1.
    pub families: Vec<String>,
    away: Away,
    /// What teachers have put into a register themselves, by family and half day: it stands.
    by_hand: RefCell<BTreeMap<(usize, NaiveDate, usize), &'static str>>,
}

impl Registers {
    /// Of the school with this URN.
    pub fn of(urn: &str, away: Away) -> Self {
        let afterwards: NaiveDate = AFTERWARDS.parse().unwrap();
        let mut plan: Plan = plan(SEED, size(), afterwards);
        let school = plan.schools.iter_mut().find(|school| school.urn == urn).unwrap();
        let calendar = school.calendars.pop().unwrap();
        school.calendars = vec![calendar.clone()];
        let name = format!("marks-{urn}-{}.csv", calendar.year().number());
        let file = files(&plan, SEED, afterwards).find(|file| file.name == name).unwrap();
        let mut weeks = BTreeMap::new();
        for row in csv::Reader::from_reader(file.bytes.as_slice()).records() {
            let row = row.unwrap();
            weeks.insert((row[1].to_owned(), row[2].parse().unwrap()), split(&row[3]));
        }
        let year = calendar.year();
        let days = year.first_day().iter_days().take_while(|day| *day <= year.last_day());
        let days = days.filter(|day| calendar.is_school_day(*day)).collect();
        let (families, by_hand) = (Vec::new(), RefCell::default());
        Self { urn: urn.to_owned(), calendar, days, weeks, families, away, by_hand }
    }

    /// A teacher puts a mark of a family's child into the register of a session, 0 in the morning.
    pub fn put(&self, family: usize, date: NaiveDate, session: usize, mark: &'static str) {
        self.by_hand.borrow_mut().insert((family, date, session), mark);
    }

    /// The UPNs of those who are there from the first week to the last.
    pub fn all_year(&self) -> BTreeSet<&str> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for (upn, _) in self.weeks.keys() {
            *known.entry(upn.as_str()).or_default() += 1;
        }
        let most = known.values().copied().max();
        known.retain(|_, weeks| Some(*weeks) == most);
        known.into_keys().collect()
    }

    /// The file that the system exports of some pupils and days, the last one excluded.
    pub fn export(&self, upns: &BTreeSet<String>, from: NaiveDate, until: NaiveDate) -> String {
        let mut file = "urn,upn,week,marks\n".to_owned();
        let weeks = self.calendar.school_weeks().into_iter();
        for monday in weeks.filter(|monday| *monday < until && from < *monday + Days::new(7)) {
            for upn in upns {
                let mark = |place: usize| {
                    let date = monday + Days::new(place as u64 / 2);
                    let session = Session::ALL[place % 2];
                    match from <= date && date < until && self.calendar.is_open(date, session) {
                        true => self.mark(upn, (monday, place)),
                        false => "-",
                    }
                };
                let marks: String = (0..10).map(mark).collect();
                if marks.contains(|mark| mark != '-') {
                    writeln!(file, "{},{upn},{monday},{marks}", self.urn).unwrap();
                }
            }
        }
        file
    }

    /// The mark of a pupil at a place of a week in which the school is open.
    fn mark(&self, upn: &str, (monday, place): (NaiveDate, usize)) -> &str {
        match self.families.iter().position(|family| family == upn) {
            Some(family) => {
                let date = monday + Days::new(place as u64 / 2);
                let day = self.days.binary_search(&date).unwrap();
                let by_hand = self.by_hand.borrow().get(&(family + 1, date, place % 2)).copied();
                let said = by_hand.or_else(|| (self.away)(family + 1, day));
                said.unwrap_or(["/", "\\"][place % 2])
            }
            None => self.weeks.get(&(upn.to_owned(), monday)).map_or("-", |week| &week[place]),
        }
    }
}

/// The marks of a week: a digit belongs to the letter before it.
fn split(marks: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for mark in marks.chars() {
        match all.last_mut().filter(|_| mark.is_ascii_digit()) {
            Some(last) => last.push(mark),
            None => all.push(mark.to_string()),
        }
    }
    all
}
