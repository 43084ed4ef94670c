//! The proof of a policy: by going through every count of sessions, every stage, trend and window.
//!
//! A scenario shows one situation. The proof goes through all of them, up to [`SESSIONS`] possible sessions: each has
//! exactly one outcome, no family is spoken to with two voices, more absence is never answered more mildly, and every
//! stage has an end. Bounds cut the counts into few cells within which the engine cannot tell one count from another;
//! that they do is itself gone through, count by count. What then depends on several figures at once is gone through
//! cell by cell. A situation that fails is told as a scenario.

mod cells;
mod ends;
mod example;
mod look;
mod milder;
mod outcomes;
mod voices;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::policy::folder::Folder;
use crate::policy::letter::Letter;
use crate::policy::model::Policy;
use crate::policy::moment::due_days;
use crate::policy::parse::{Answers, parse};
use crate::policy::play::example_calendars;
use crate::policy::problem::Problem;
use crate::policy::prove::cells::Cells;
use crate::{Calendar, Rate, words};

/// Up to so many possible sessions every count is gone through: a school year has 380.
pub const SESSIONS: u64 = 400;

words! {
    /// What is proven of a policy.
    Claim {
        Cells = "bounds alone decide": "between two bounds of the policy no count of sessions is looked at in another way than its neighbour",
        OneOutcome = "exactly one outcome": "every figure at every stage has one outcome, and one step answers it",
        OneVoice = "one voice": "no review writes a family two letters about one child, or says good and bad in one",
        NeverMilder = "never milder": "more absence is never answered more mildly, and never rewarded",
        Ends = "every stage ends": "each stage is looked at, and a case that is there can end",
    }
}

/// A situation in which a policy does what it must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// What it contradicts.
    pub claim: Claim,
    /// What is wrong, in a sentence.
    pub says: String,
    /// The situation, as it stands in `scenarios.toml`, with what the policy does in it now. One that compares two has
    /// both.
    pub scenarios: Vec<String>,
}

/// What the proof of a policy came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The policy's name.
    pub name: String,
    /// Counts of attended and possible sessions.
    pub counts: u64,
    /// The cells into which its bounds cut them.
    pub cells: usize,
    /// How many situations each claim was held against.
    pub situations: BTreeMap<Claim, u64>,
    /// What contradicts it, the first of each kind at each place.
    pub counterexamples: Vec<Counterexample>,
}

static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(example_calendars);

/// What a proof is about.
struct Ground<'a> {
    policy: &'a Policy,
    letters: &'a BTreeMap<String, Letter>,
    calendars: &'a [Calendar],
    cells: Cells,
    /// A day on which cases are judged.
    day: NaiveDate,
}

/// A day late in the example year: the last on which the policy decides cases.
fn judging_day(policy: &Policy) -> NaiveDate {
    let deciding = policy.regular().filter(|(_, regular)| regular.decides.is_some());
    let first = CALENDARS.get(..1).unwrap_or_default();
    let days = deciding.flat_map(|(_, regular)| due_days(regular.moment, first));
    days.max().or(NaiveDate::from_ymd_opt(2026, 7, 15)).unwrap_or_default()
}

/// What one part of the proof came to: how many situations it went through, and what it found.
type Found = (u64, Vec<Counterexample>);

/// Proves a policy whose words can be read; whether its scenarios come out is not asked. Errors: what cannot be read.
pub fn prove(folder: &Folder) -> Result<Proof, Vec<Problem>> {
    let (policy, mut problems) = parse(&folder.policy, Answers::Examples);
    let mut letters = BTreeMap::new();
    for (name, text) in &folder.letters {
        let (letter, found) = Letter::read(name, text);
        letters.insert(name.clone(), letter);
        problems.extend(found);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let cells = Cells::of(&policy);
    let day = judging_day(&policy);
    let ground = Ground { policy: &policy, letters: &letters, calendars: &CALENDARS, cells, day };
    let parts = [
        (Claim::Cells, cells::hold(&ground)),
        (Claim::OneOutcome, outcomes::one_each(&ground)),
        (Claim::NeverMilder, milder::never(&ground)),
        (Claim::Ends, ends::everywhere(&ground)),
    ];
    let mut proof = Proof {
        name: policy.name.clone(),
        counts: all_counts().count() as u64,
        cells: ground.cells.all().len(),
        situations: BTreeMap::new(),
        counterexamples: Vec::new(),
    };
    let (voices, tones) = voices::on_every_kind_of_day(&ground);
    let all = parts.into_iter().chain([(Claim::OneVoice, voices), (Claim::NeverMilder, tones)]);
    for (claim, (situations, found)) in all {
        *proof.situations.entry(claim).or_default() += situations;
        proof.counterexamples.extend(found);
    }
    proof.counterexamples.sort_by_key(|found| found.claim);
    Ok(proof)
}

/// Every count of attended and possible sessions.
fn all_counts() -> impl Iterator<Item = Rate> {
    (1..=SESSIONS).flat_map(counts_of)
}

/// The counts of so many possible sessions, the best first.
fn counts_of(possible: u64) -> impl Iterator<Item = Rate> {
    (0..=possible).rev().filter_map(move |attended| Rate::of(attended, possible))
}

/// Goes through all numbers of possible sessions on all cores, and puts together what was found.
fn on_all_cores(ask: impl Fn(u64) -> Found + Sync) -> Found {
    let numbers: Vec<u64> = (1..=SESSIONS).collect();
    let found = shared(&numbers, |number| ask(*number)).into_iter();
    let (asked, mut found) = found.fold((0, Vec::new()), joined);
    found.sort_by(|a: &Counterexample, b| (&a.says, &a.scenarios).cmp(&(&b.says, &b.scenarios)));
    found.dedup_by(|later, first| later.says == first.says);
    (asked, found)
}

/// Asks about each, on all cores. A share that panics does so here too: what nobody looked at is not proven.
fn shared<A: Sync, T: Send>(all: &[A], ask: impl Fn(&A) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = |core: usize| {
        let ask = &ask;
        move || all.iter().skip(core).step_by(cores).map(ask).collect::<Vec<T>>()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(share(core))).collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended.flat_map(|share| share.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

fn joined((asked, mut all): Found, (more, found): Found) -> Found {
    all.extend(found);
    (asked + more, all)
}
