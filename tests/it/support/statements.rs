//! Every statement that an application under test sends is heard, and names its trust.
//!
//! Diesel tells of a statement before it is sent, so nothing is asked of the server and nothing is lost between stories.
//! A text is read once, when it is first heard. Whoever made an application say a wrong one is told at the end of the
//! application; `house::statements` is told of all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, Once, OnceLock, PoisonError};

use api::base::migrate::APPLICATION;
use diesel::connection::{
    DebugQuery, Instrumentation, InstrumentationEvent, set_default_instrumentation,
};

mod names_trust;

pub use names_trust::faults;

use super::postgres::fresh_database;
use super::sql::Sql;

/// Tables with a `trust_id` that statements name without it, each with the reason.
pub const OUTSIDE: &[(&str, &str)] = &[
    ("job_queue", "a worker that has no trust yet finds its work here; ids and times only"),
    ("revocation", "a token of any trust may come; ids and times only"),
];

/// What an application says that asks nothing of a table.
const OF_NO_TABLE: [&str; 7] =
    ["SET ", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT ", "RELEASE ", "SHOW "];

/// How diesel adds no row, where a list of new rows is empty: it asks for nothing.
const OF_NO_ROW: &str = " WHERE 1=0";

/// What was heard, each text with what is wrong with it.
#[derive(Default)]
struct Heard {
    texts: HashMap<String, Arc<[String]>>,
    /// Of the texts with which something is wrong: the databases to which they were sent.
    wrong: BTreeMap<String, BTreeSet<String>>,
}

fn heard() -> MutexGuard<'static, Heard> {
    static HEARD: OnceLock<Mutex<Heard>> = OnceLock::new();
    HEARD.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tables and views in which every row is some trust's, but for those outside.
pub fn tables() -> &'static BTreeSet<String> {
    static TABLES: OnceLock<BTreeSet<String>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let there = Sql::of(&fresh_database()).texts(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'trust_id'
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')",
        );
        let outside = |name: &String| OUTSIDE.iter().any(|(table, _)| table == name);
        there.into_iter().filter(|name| !outside(name)).collect()
    })
}

/// From now on every connection of the application's role is listened to.
pub fn listen() {
    static INSTALLED: Once = Once::new();
    tables();
    INSTALLED.call_once(|| {
        set_default_instrumentation(|| Some(Box::new(Ear::default()))).expect("nobody else set it");
    });
}

/// Listens to a connection no longer: what is said on it is a story's own.
pub fn ignore(connection: &mut impl diesel::Connection) {
    connection.set_instrumentation(|_: InstrumentationEvent<'_>| {});
}

/// Panics when an application on a database has said what names no trust.
pub fn check(url: &str) {
    let database = place(url);
    let heard = heard();
    let of_database = heard.wrong.iter().filter(|(_, sent_to)| sent_to.contains(database));
    let wrong: Vec<String> = of_database.map(|(text, _)| told(text, &heard.texts)).collect();
    drop(heard);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Every text that was heard, and what was wrong with any, each with its statement.
pub fn all() -> (Vec<String>, Vec<String>) {
    let heard = heard();
    let wrong = heard.wrong.keys().map(|text| told(text, &heard.texts)).collect();
    (heard.texts.keys().cloned().collect(), wrong)
}

fn told(text: &str, texts: &HashMap<String, Arc<[String]>>) -> String {
    let faults = texts.get(text).map(|faults| faults.join("; and ")).unwrap_or_default();
    format!("A statement does not name its trust: {faults}.\n    {text}")
}

/// Where a database is, without how it is connected to.
fn place(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// Hears what is said on one connection, if it is the application's.
#[derive(Default)]
struct Ear {
    database: Option<String>,
}

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                let application = url.contains(&format!("//{APPLICATION}@"));
                self.database = application.then(|| place(url).to_owned());
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                if let Some(database) = &self.database {
                    hear(database, query);
                }
            }
            _ => {}
        }
    }
}

fn hear(database: &str, query: &dyn DebugQuery) {
    let text = text_of(query);
    let of_no_table = OF_NO_TABLE.iter().any(|beginning| text.starts_with(beginning));
    if of_no_table || text.ends_with(OF_NO_ROW) {
        return;
    }
    let known = heard().texts.get(&text).cloned();
    let faults = known.unwrap_or_else(|| {
        let faults: Arc<[String]> = read(&text).into();
        heard().texts.insert(text.clone(), faults.clone());
        faults
    });
    if !faults.is_empty() {
        heard().wrong.entry(text).or_default().insert(database.to_owned());
    }
}

/// Reads a text where there is room: the parser goes deep, and the threads of requests are shallow.
fn read(text: &str) -> Vec<String> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(32 * 1024 * 1024);
        let read = reader.spawn_scoped(scope, || faults(text, tables())).expect("a thread");
        read.join().unwrap_or_else(|_| vec!["it cannot be read: the reader panicked".to_owned()])
    })
}

/// The text of a statement, without the values that are bound; of many new rows only the first.
fn text_of(query: &dyn DebugQuery) -> String {
    /// Ends the writing where the values begin.
    struct UntilValues(String);

    impl Write for UntilValues {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            if part.starts_with(" -- binds: ") {
                return Err(fmt::Error);
            }
            self.0.push_str(part);
            Ok(())
        }
    }

    let mut text = UntilValues(String::new());
    let _until_values = write!(text, "{query}");
    first_row(&text.0)
}

fn first_row(text: &str) -> String {
    let Some((before, rows)) = text.split_once(" VALUES (") else { return text.to_owned() };
    let Some((first, mut rest)) = rows.split_once(')') else { return text.to_owned() };
    while let Some((_, after)) = rest.strip_prefix(", (").and_then(|row| row.split_once(')')) {
        rest = after;
    }
    format!("{before} VALUES ({first}){rest}")
}
