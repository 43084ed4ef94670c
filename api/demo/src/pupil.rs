//! One invented pupil: name, birth date, unique pupil number, and a place in the order of absence.

use chrono::{Days as DayCount, NaiveDate};
use domain::Upn;

use super::calendar::date;
use super::facts::Facts;
use super::figures;
use super::home::Home;
use super::rng::Key;
use super::schools::Phase;
use super::{names, rng};

/// Parts of a whole that ranks and levels are said in.
pub(super) const MILLION: u64 = 1_000_000;

/// What stays with a pupil through every school.
#[derive(Debug)]
pub(super) struct Pupil {
    pub(super) upn: String,
    pub(super) surname: &'static str,
    pub(super) forename: &'static str,
    pub(super) birth_date: NaiveDate,
    pub(super) sex: &'static str,
    /// Where the pupil stands when all are ordered by absence, from 0 to a million.
    pub(super) rank: u64,
    /// Where the pupil stands in another even order, from 0 to ten thousand, that rare things are dealt out by.
    pub(super) spread: u64,
    /// What is known besides.
    pub(super) facts: Facts,
    pub(super) home: Home,
    /// Everything that is drawn for this pupil.
    pub(super) key: Key,
}

/// What a UPN says: where and when it was issued.
#[derive(Debug, Clone, Copy)]
pub(super) struct Issue {
    pub(super) la_code: u16,
    pub(super) establishment: u16,
    /// The academic year in which the pupil was in reception.
    pub(super) cohort: i16,
    pub(super) serial: u16,
}

/// What decides about a pupil.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lot {
    pub(super) phase: Phase,
    /// Pupils in a year group of the school.
    pub(super) intake: u16,
    pub(super) rank: u64,
    pub(super) spread: u64,
}

impl Pupil {
    /// A new pupil. `None` when the numbers do not fit into a UPN, which the sizes of the
    /// schools rule out.
    pub(super) fn new(seed: Key, issue: Issue, lot: Lot) -> Option<Self> {
        let Issue { la_code, establishment, cohort, serial } = issue;
        let rest =
            format!("{la_code:03}{establishment:04}{:02}{serial:03}", cohort.rem_euclid(100));
        let upn = format!("{}{rest}", Upn::check_letter(&rest)?);
        let key = seed.about(&upn);
        let home = Home::of(seed, issue, lot.intake);
        let (sex, forename, surname) = names::draw(key, home.key);
        let turned_four_from = date(i32::from(cohort) - 5, 9, 1);
        let birth_date = turned_four_from + DayCount::new(key.about("birth date").below(365));
        let Lot { phase, rank, spread, .. } = lot;
        let facts = Facts::of(key, phase, rank, cohort, home.language != "en");
        Some(Self { upn, surname, forename, birth_date, sex, rank, spread, facts, home, key })
    }
}

impl Pupil {
    /// Whether the pupil is on the roll of another school too while at one of this phase.
    pub(super) fn is_on_two_rolls(&self, phase: Phase) -> bool {
        let single = figures::of(figures::OFF_SITE, phase) + figures::of(figures::ARRANGED, phase);
        (single..single + figures::of(figures::DUAL, phase)).contains(&self.spread)
    }
}

/// A rank for each number in turn, such that any run of numbers is spread evenly over all ranks
/// (a Weyl sequence): every year group of the trust, and nearly so every school, has its share of every rank.
pub(super) fn even_rank(phase: Key, number: u64) -> u64 {
    even(phase.about("rank"), number, rng::GOLDEN, MILLION)
}

/// The same, below ten thousand, in an order that has nothing to do with the ranks.
pub(super) fn even_spread(phase: Key, number: u64) -> u64 {
    /// 2^64 divided by the square of the plastic number, made odd.
    const PLASTIC: u64 = 0x91E1_0DA5_C79E_7801;
    even(phase.about("spread"), number, PLASTIC, 10_000)
}

fn even(from: Key, number: u64, step: u64, end: u64) -> u64 {
    let turn = from.bits().wrapping_add(number.wrapping_mul(step));
    ((turn >> 32) * end) >> 32
}
