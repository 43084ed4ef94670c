//! One invented pupil: name, birth date, unique pupil number, and a place in the order of absence.

use chrono::{Days as DayCount, NaiveDate};
use domain::Upn;

use super::calendar::date;
use super::rng::Key;
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

impl Pupil {
    /// A new pupil. `None` when the numbers do not fit into a UPN, which the sizes of the
    /// schools rule out.
    pub(super) fn new(seed: Key, issue: Issue, rank: u64) -> Option<Self> {
        let Issue { la_code, establishment, cohort, serial } = issue;
        let rest =
            format!("{la_code:03}{establishment:04}{:02}{serial:03}", cohort.rem_euclid(100));
        let upn = format!("{}{rest}", Upn::check_letter(&rest)?);
        let key = seed.about(&upn);
        let (sex, forename, surname) = names::draw(key);
        let turned_four_from = date(i32::from(cohort) - 5, 9, 1);
        let birth_date = turned_four_from + DayCount::new(key.about("birth date").below(365));
        Some(Self { upn, surname, forename, birth_date, sex, rank, key })
    }
}

/// A rank for each number in turn, such that any run of numbers is spread evenly over all ranks
/// (a Weyl sequence). Even the special school, with 120 pupils, has its share of every rank.
pub(super) fn even_rank(school: Key, number: u64) -> u64 {
    let turn = school.about("rank").bits().wrapping_add(number.wrapping_mul(rng::GOLDEN));
    ((turn >> 32) * MILLION) >> 32
}
