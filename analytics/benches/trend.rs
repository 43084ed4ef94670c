//! The trend of a whole trust beside merely reading the same bytes, the rewards of a term beside the
//! trend, and building a block beside merely copying the same marks.
//!
//! Both sides of a comparison run in the same process, on the same threads and bytes, so that
//! their ratio says how far from the memory's speed the counting is, whatever the machine. Run
//! `cargo bench -p analytics`: the ratios stand above the tables.

#![expect(clippy::unwrap_used, reason = "a bench that cannot start has nothing to say")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use analytics::{
    Block, By, Eligibility, EnrolmentYear, Fact, Filter, LeastSessions, Level, Placement, Pool,
    Query, RewardRow, RewardRules, SchoolYear, Sex, Split, eligibility, trend,
};
use chrono::{Days as DayCount, NaiveDate};
use divan::Bencher;
use domain::policy::{built_in, check_folder};
use domain::{
    AcademicYear, Calendar, Characteristic, CodeTable, Days, Definition, HALF_DAYS, HalfDay,
    SchoolWeek, Session, Term, WindowKind,
};

/// Schools of a large trust.
const SCHOOLS: i32 = 150;
/// Pupils in each of them: 60,000 in all.
const PUPILS: i32 = 400;
/// Pupils in a class.
const CLASS: i32 = 30;
/// How often the ratios above the tables are measured; the shortest time counts.
const RUNS: usize = 200;

/// The numbers of some codes that leave a session out.
const NEUTRAL: [u8; 4] = [9, 10, 11, 12];

/// School by school.
const SCHOOL: Split = [Some(By::School), None, None];

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
    println!("the shortest of {RUNS} runs:");
    compare("trend by school and week", "reading its bytes", by_school_and_week, read);
    compare("the same of pupils", "reading its bytes", of_pupils_by_school_and_week, read);
    compare("all rows of rewards at a term's end", "the trend", at_terms_end, by_school_and_week);
    let marks = &TRUST.school;
    compare(
        "building a school's block",
        "copying its marks",
        || drop(Block::build(&TRUST.codes, marks.clone())),
        || drop(black_box(marks.clone())),
    );
    divan::main();
}

fn compare(name: &str, beside: &str, run: impl Fn(), bar: impl Fn()) {
    let shortest = |run: &dyn Fn()| {
        let time = || {
            let start = Instant::now();
            run();
            start.elapsed()
        };
        (0..RUNS).map(|_| time()).min().unwrap_or(Duration::MAX)
    };
    let (run, bar) = (shortest(&run), shortest(&bar));
    let ratio = run.as_nanos() as f64 / bar.as_nanos() as f64;
    println!("{name} {run:?}, {beside} {bar:?}: {ratio:.1} times");
}

fn read() {
    let sums = TRUST.pool.map(&TRUST.blocks, |block| block.add_up());
    black_box(sums).unwrap();
}

fn by_school_and_week() {
    count(SCHOOL, WindowKind::Week, Definition::DfeDaily);
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
    [Some(By::Class), None, None],
    [Some(By::School), Some(By::YearGroup), Some(By::Characteristic(Characteristic::Fsm))],
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

/// A school of 400 pupils whose half terms begin within a week; the year is over.
fn school(number: i32) -> SchoolYear {
    let year = AcademicYear::new(2025).unwrap();
    let last = HalfDay::of(year, day(2026, 7, 21), Session::Pm);
    SchoolYear {
        school: number,
        phase: u8::try_from(number % 3).unwrap(),
        calendar: calendar(year),
        cut: last,
        registers: BTreeMap::new(),
        today: day(2026, 7, 31),
        enrolments: (0..PUPILS).map(|pupil| enrolment(year, number, pupil)).collect(),
    }
}

fn calendar(year: AcademicYear) -> Calendar {
    let term = |name: &str, from, to, half_term| Term {
        name: name.to_owned(),
        from,
        to,
        half_term: Some(half_term),
    };
    let days = |from, to| Days { from, to };
    let terms = vec![
        term(
            "Autumn term",
            day(2025, 9, 2),
            day(2025, 12, 19),
            days(day(2025, 10, 25), day(2025, 11, 4)),
        ),
        term(
            "Spring term",
            day(2026, 1, 5),
            day(2026, 3, 27),
            days(day(2026, 2, 14), day(2026, 2, 22)),
        ),
        term(
            "Summer term",
            day(2026, 4, 13),
            day(2026, 7, 21),
            days(day(2026, 5, 23), day(2026, 5, 31)),
        ),
    ];
    Calendar::new(year, terms, vec![], SchoolWeek::default()).unwrap()
}

/// A pupil of 4 to 15 who misses about one session in fifteen, and one pupil in fifty who changes
/// class in the middle of a week. One in four is eligible for free school meals.
fn enrolment(year: AcademicYear, school: i32, pupil: i32) -> EnrolmentYear {
    let year_group = pupil * 12 / PUPILS;
    let age = u64::try_from(year_group + 4).unwrap();
    let class = school * 100 + pupil / CLASS;
    let placement = |from, class| Placement { from, class, year_group: year_group as i8 };
    let mut placements = vec![placement(day(2025, 9, 1), class)];
    if pupil % 50 == 0 {
        placements.push(placement(day(2026, 1, 14), class + 1));
    }
    let eligible = Fact { kind: Characteristic::Fsm, from: day(2024, 9, 1), value: 1 };
    let facts = if pupil % 4 == 0 { vec![eligible] } else { vec![] };
    let mut state = u64::from((school * PUPILS + pupil).unsigned_abs());
    let mut chance = |of: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % of == 0
    };
    let mark = |position: usize| if chance(15) { 16 } else { 1 + (position % 2) as u8 };
    // Of the pupils of every other school one in twelve came from the school before.
    let (number, moves) = (school * PUPILS + pupil, pupil % 12 == 0);
    let (came, left) = (moves && school % 2 == 1, moves && school % 2 == 0);
    EnrolmentYear {
        enrolment: number,
        pupil: if came { number - PUPILS } else { number },
        birth_date: year.age_day() - DayCount::new(age * 366),
        sex: [Sex::Female, Sex::Male][usize::from(pupil % 2 == 0)],
        first_day: if came { day(2026, 1, 12) } else { day(2025, 9, 1) },
        last_day: left.then(|| day(2026, 1, 9)),
        placements,
        facts,
        marks: (0..HALF_DAYS).map(mark).collect(),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}
