//! The trend beside what people would pick instead: numpy, DuckDB, Polars and ClickHouse (chDB), each on its own best
//! layout of the same counts. `make bench` installs them, and `peers.py` says which layouts these are.
//!
//! The question: for every school and week, possible sessions, absences, unauthorised absences, and how many pupils are
//! persistently and severely absent so far. It is asked of everybody, which Rollcall answers from totals that it keeps, and
//! of those eligible for free school meals, which no kept total answers. All answers must add up to the same.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]

mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use analytics::{Block, By, Filter, Level, Pool, Query, Trend, Value, trend};
use domain::{Characteristic, CodeTable, Definition, WindowKind};
use serde::Deserialize;
use trust::{SCHOOLS, school};

/// How often each question is asked; the middle time counts.
const RUNS: usize = 101;

/// The questions, and how many times as long as Rollcall a peer is to take at least.
const QUESTIONS: [&str; 2] = ["everybody", "some"];
const BARS: [(&str, &str, f64); 4] = [
    ("everybody", "numpy", 10.0),
    ("some", "numpy", 4.0),
    ("everybody", "Polars", 150.0),
    ("everybody", "ClickHouse", 150.0),
];

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a peer answered.
#[derive(Deserialize)]
struct Answer {
    peer: String,
    question: String,
    milliseconds: f64,
    sums: [u64; 5],
}

fn main() {
    let python = std::env::var_os("ROLLCALL_PEERS").map(PathBuf::from);
    let Some(python) = python.filter(|python| python.is_file()) else {
        println!(
            "peers left out: ROLLCALL_PEERS names no Python; `make bench` makes one where there is python3"
        );
        return;
    };
    let codes = CodeTable::built_in().unwrap();
    let build = |number| Arc::new(Block::build(&codes, school(number)));
    let blocks: Vec<Arc<Block>> = (0..SCHOOLS).map(build).collect();
    let folder = std::env::temp_dir().join(format!("rollcall-peers-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    write(&folder, &blocks);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
    let out = Command::new(python).arg(here).arg(&folder).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let answers: Vec<Answer> = serde_json::from_slice(&out.stdout).unwrap();
    for (question, name) in QUESTIONS.into_iter().enumerate() {
        let (own, sums) = ask(&blocks, question);
        println!("{name}: {own:?}");
        for answer in answers.iter().filter(|answer| answer.question == name) {
            assert_eq!(answer.sums, sums, "{} counts otherwise", answer.peer);
            let ratio = answer.milliseconds / (own.as_secs_f64() * 1000.0);
            let bar = BARS.iter().find(|(q, peer, _)| *q == name && answer.peer.starts_with(peer));
            let verdict = bar.map_or(String::new(), |(.., bar)| {
                format!(
                    "; at least {bar} {}",
                    if ratio >= *bar { "holds" } else { "does not hold" }
                )
            });
            println!(
                "  {}: {:.1} ms, {ratio:.1} times as long{verdict}",
                answer.peer, answer.milliseconds
            );
        }
    }
}

/// What is asked: of everybody, or of those eligible for free school meals.
fn query(question: usize) -> Query {
    let eligible = Value::Characteristic(Characteristic::Fsm, 1);
    let values = match question {
        0 => BTreeMap::new(),
        _ => BTreeMap::from([(eligible.by(), BTreeSet::from([eligible]))]),
    };
    Query {
        definition: Definition::DfeDaily,
        level: Level::Enrolment,
        window: WindowKind::Week,
        by: [Some(By::School), None, None],
        filter: Filter { values, ..Filter::default() },
    }
}

/// The middle time, and what the answer adds up to.
fn ask(blocks: &[Arc<Block>], question: usize) -> (Duration, [u64; 5]) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (pool, query) = (Pool::new(threads).unwrap(), query(question));
    let run = || {
        let start = Instant::now();
        let answer = black_box(trend(&pool, black_box(blocks), &query)).unwrap();
        (start.elapsed(), answer)
    };
    let mut times: Vec<Duration> = (0..RUNS).map(|_| run().0).collect();
    times.sort_unstable();
    (times[RUNS / 2], sums(&run().1))
}

fn sums(trend: &Trend) -> [u64; 5] {
    let mut sums = [0; 5];
    for cell in trend.series.iter().flat_map(|series| series.cells.iter()) {
        let counts = [cell.possible, cell.absent, cell.unauthorised];
        let counts = counts.into_iter().chain([cell.to_date.persistent, cell.to_date.severe]);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(count));
    }
    sums
}

/// Writes what each enrolment has in each week, as bytes `[count][week][enrolment]`, with the school and the eligibility
/// for free school meals of each enrolment.
fn write(folder: &Path, blocks: &[Arc<Block>]) {
    let weeks = trend(&Pool::new(1).unwrap(), blocks, &query(0)).unwrap().windows;
    let mut counts: [Vec<Vec<u8>>; 3] = Default::default();
    for week in &weeks {
        let mut rows: [Vec<u8>; 3] = Default::default();
        for one in
            blocks.iter().flat_map(|b| b.individuals(Definition::DfeDaily, week.from, week.to))
        {
            let own = [one.possible, one.absent, one.unauthorised];
            rows.iter_mut().zip(own).for_each(|(row, n)| row.push(u8::try_from(n).unwrap()));
        }
        counts.iter_mut().zip(rows).for_each(|(counts, row)| counts.push(row));
    }
    let schools = blocks.iter().flat_map(|block| block.members().map(|_| block.school()));
    let eligible = Value::Characteristic(Characteristic::Fsm, 1);
    let day = weeks.last().unwrap().to;
    let members = blocks.iter().flat_map(|block| block.members());
    let some = members.map(|one| u8::from(one.value(eligible.by(), day) == Some(eligible)));
    fs::write(folder.join("counts"), counts.concat().concat()).unwrap();
    fs::write(folder.join("schools"), schools.flat_map(i32::to_le_bytes).collect::<Vec<u8>>())
        .unwrap();
    fs::write(folder.join("some"), some.collect::<Vec<u8>>()).unwrap();
}
