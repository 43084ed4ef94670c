//! The trend of a whole trust beside merely reading the same bytes, the rewards of a term beside the
//! trend, and building a block beside merely copying the same marks.
//!
//! Both sides of a comparison run in the same process, on the same threads and bytes, so that
//! their ratio says how far from the memory's speed the counting is, whatever the machine. Run
//! `cargo bench -p analytics`: the ratios stand above the tables.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]

mod trust;

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use analytics::{
    Block, By, Eligibility, Filter, LeastSessions, Level, Pool, Query, RewardRow, RewardRules,
    SchoolYear, Split, Value, eligibility, trend,
};
use chrono::NaiveDate;
use divan::Bencher;
use domain::policy::{built_in, check_folder};
use domain::{Characteristic, CodeTable, Days, Definition, WindowKind};
use trust::{PUPILS, SCHOOLS, day, school};

/// How often the two sides of a ratio are measured, in turn.
const RUNS: usize = 200;

/// The numbers of some codes that leave a session out.
const NEUTRAL: [u8; 4] = [9, 10, 11, 12];

/// School by school.
const SCHOOL: Split = [Some(By::School), None, None];
/// Class by class.
const CLASS_BY_CLASS: Split = [Some(By::Class), None, None];
/// By school, year group and eligibility for free school meals.
const CROSSED: Split =
    [Some(By::School), Some(By::YearGroup), Some(By::Characteristic(Characteristic::Fsm))];

const WEEK: WindowKind = WindowKind::Week;
const DAILY: Definition = Definition::DfeDaily;

/// School weeks of the year.
const WEEKS: usize = 39;
/// What is counted of a pupil in a week.
const COUNTS: usize = 7;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Trust {
    codes: CodeTable,
    pool: Pool,
    blocks: Vec<Arc<Block>>,
    school: SchoolYear,
    rows: Vec<RewardRow>,
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let codes = CodeTable::built_in().unwrap();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let build = |number| Arc::new(Block::build(&codes, school(number)));
    let blocks = (0..SCHOOLS).map(build).collect();
    let policy = check_folder(&built_in()["strategy"]).policy;
    let rows = policy.rows.iter().filter_map(|row| RewardRow::of(&policy, row)).collect();
    Trust { blocks, pool: Pool::new(threads).unwrap(), school: school(0), codes, rows }
});

fn main() {
    // With the name of a bench, only its table is asked for.
    if std::env::args().skip(1).all(|argument| argument.starts_with("--")) {
        compare_all();
    }
    divan::main();
}

/// Prints how many times as long as something else each piece of work takes, beside the bar that it is held against.
fn compare_all() {
    println!("the median of {RUNS} pairs, compiled for the widest vectors that this machine has:");
    let bytes = "reading its bytes";
    compare("trend by school and week", bytes, 1.0, by_school_and_week, read);
    compare("the same of those eligible for free meals", bytes, 2.0, of_some, read);
    compare("the same of pupils", bytes, 5.0, of_pupils_by_school_and_week, read);
    compare("trend by class and week", bytes, 4.0, || count(CLASS_BY_CLASS, WEEK, DAILY), read);
    compare("by school, year group and meals", bytes, 6.0, || count(CROSSED, WEEK, DAILY), read);
    compare("all rows of rewards at a term's end", "the same of some", 10.0, at_terms_end, of_some);
    let marks = &TRUST.school;
    compare(
        "building a school's block",
        "copying its marks",
        5.0,
        || drop(Block::build(&TRUST.codes, marks.clone())),
        || drop(black_box(marks.clone())),
    );
    let counts: usize = TRUST.blocks.iter().map(|block| block.bytes()).sum();
    let least = SCHOOLS as usize * PUPILS as usize * WEEKS * COUNTS;
    println!(
        "memory of the counts: {:.2} of a byte a pupil, week and count",
        counts as f64 / least as f64
    );
}

fn compare(name: &str, beside: &str, limit: f64, run: impl Fn(), bar: impl Fn()) {
    let time = |run: &dyn Fn()| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let mut pairs: Vec<(f64, Duration, Duration)> = (0..RUNS)
        .map(|_| {
            let (run, bar) = (time(&run), time(&bar));
            (run.as_secs_f64() / bar.as_secs_f64(), run, bar)
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, run, bar) = pairs[RUNS / 2];
    let holds = if ratio <= limit { "holds" } else { "does not hold" };
    println!("{name} {run:?}, {beside} {bar:?}: {ratio:.2} times; at most {limit} {holds}");
}

fn read() {
    let sums = TRUST.pool.map(&TRUST.blocks, |block| block.add_up());
    black_box(sums).unwrap();
}

fn by_school_and_week() {
    count(SCHOOL, WEEK, DAILY);
}

/// A filter that no total answers: the bytes must be read.
fn of_some() {
    let eligible = Value::Characteristic(Characteristic::Fsm, 1);
    let values = BTreeMap::from([(eligible.by(), BTreeSet::from([eligible]))]);
    let filter = Filter { values, ..Filter::default() };
    let query =
        Query { definition: DAILY, level: Level::Enrolment, window: WEEK, by: SCHOOL, filter };
    black_box(trend(&TRUST.pool, &TRUST.blocks, black_box(&query))).unwrap();
}

fn of_pupils_by_school_and_week() {
    count_at(Level::Pupil, SCHOOL, WindowKind::Week, Definition::DfeDaily);
}

/// Every row of the policy that has most of them, each over the period of its own that ends with the autumn term.
fn at_terms_end() {
    rewards(day(2025, 12, 19));
}

/// The same for every period that ends from a day to the end of that term.
fn rewards(from: NaiveDate) {
    let Trust { codes, pool, blocks, rows, .. } = &*TRUST;
    let rules = RewardRules {
        neutral: NEUTRAL.into(),
        adjustments: BTreeMap::new(),
        least: LeastSessions::HALF,
        least_class: 8,
        cut_off: 3,
    };
    let schools = (0..SCHOOLS).collect();
    let ending = Days { from, to: day(2025, 12, 31) };
    let asked = Eligibility { schools: &schools, rows, ending, rules: &rules };
    black_box(eligibility(pool, codes, blocks, black_box(&asked))).unwrap();
}

#[divan::bench]
fn rewards_at_a_terms_end() {
    at_terms_end();
}

/// One of the rows is daily: 74 days, 16 weeks, and the term.
#[divan::bench(sample_count = 20)]
fn rewards_of_every_day_and_week_of_a_term() {
    rewards(day(2025, 9, 1));
}

fn count(by: Split, window: WindowKind, definition: Definition) {
    count_at(Level::Enrolment, by, window, definition);
}

fn count_at(level: Level, by: Split, window: WindowKind, definition: Definition) {
    let query = Query { definition, level, window, by, filter: Filter::default() };
    black_box(trend(&TRUST.pool, &TRUST.blocks, black_box(&query))).unwrap();
}

#[divan::bench]
fn reading_the_bytes() {
    read();
}

#[divan::bench(args = [
    [None; 3],
    SCHOOL,
    [Some(By::YearGroup), None, None],
    CLASS_BY_CLASS,
    CROSSED,
])]
fn by_week(by: Split) {
    count(by, WindowKind::Week, Definition::DfeDaily);
}

/// Pupils instead of enrolments: one in twenty-four has two.
#[divan::bench(args = [WindowKind::Week, WindowKind::HalfTerm])]
fn by_school_of_pupils(window: WindowKind) {
    count_at(Level::Pupil, SCHOOL, window, Definition::DfeDaily);
}

#[divan::bench(args = [WindowKind::HalfTerm, WindowKind::Term, WindowKind::YearToDate])]
fn by_school(window: WindowKind) {
    count(SCHOOL, window, Definition::DfeDaily);
}

#[divan::bench(args = Definition::ALL)]
fn by_school_and_week_as(definition: Definition) {
    count(SCHOOL, WindowKind::Week, definition);
}

#[divan::bench]
fn building_a_block(bencher: Bencher) {
    bencher
        .with_inputs(|| TRUST.school.clone())
        .bench_values(|school| Block::build(&TRUST.codes, school));
}

#[divan::bench]
fn copying_its_marks() -> SchoolYear {
    TRUST.school.clone()
}

#[divan::bench]
fn of_some_by_week() {
    of_some();
}
