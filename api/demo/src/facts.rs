//! What is known of a pupil beside name and class, and from when: free school meals, special needs and the like.
//!
//! Who has what is drawn by the pupil's place in the order of absence, so that the groups are as far apart as DfE's
//! figures of autumn 2024/25 say: absence 10.0% with free school meals against 5.2% without; 13.1% with an education,
//! health and care plan, 10.1% with SEN support, 5.8% with neither.

use chrono::{Days as DayCount, NaiveDate};

use super::calendar::date;
use super::figures::between;
use super::pupil::MILLION;
use super::rng::Key;
use super::schools::Phase;

/// Pupils in order of absence, per ten thousand, and how many of a thousand at that place have something.
type Chances = [(u64, u64)];

/// Free school meals. Fitted.
const FSM: &Chances =
    &[(0, 135), (5000, 225), (7500, 345), (8800, 455), (9500, 540), (10_000, 590)];
/// Pupils of special schools who have free school meals, per thousand.
const FSM_IN_SPECIAL: u64 = 470;
/// An education, health and care plan in a mainstream school. Fitted.
const EHCP: &Chances = &[(0, 24), (5000, 27), (8000, 32), (9000, 45), (9700, 92), (10_000, 240)];
/// Pupils of special schools who have a plan, per thousand; the others are being assessed.
const EHCP_IN_SPECIAL: u64 = 980;
/// SEN support. Fitted.
const SUPPORT: &Chances = &[(0, 90), (5000, 112), (7500, 157), (9000, 216), (10_000, 315)];
/// A child in need.
const IN_NEED: &Chances = &[(0, 12), (8000, 35), (10_000, 130)];
/// Looked-after children, per thousand.
const LOOKED_AFTER: u64 = 8;
/// Children of parents in the armed forces, per thousand.
const SERVICE: u64 = 9;
/// Of those who have free school meals, how many of a thousand began while at school. Nobody loses them: transitional
/// protection.
const FSM_BEGAN_LATER: u64 = 200;

/// What holds from which day on; `None` where it never does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    fsm: Option<NaiveDate>,
    support: Option<NaiveDate>,
    ehcp: Option<NaiveDate>,
    pub(super) looked_after: Option<NaiveDate>,
    in_need: Option<NaiveDate>,
    service: bool,
    eal: bool,
}

impl Facts {
    /// What the file of pupils calls them, in the order of [`Facts::on`].
    pub(super) const COLUMNS: [&str; 6] =
        ["fsm", "sen", "eal", "looked_after", "child_in_need", "service_child"];

    /// The facts of a pupil at a place (of a million) in the order of absence, who was in reception in the year
    /// `cohort`.
    pub(super) fn of(pupil: Key, phase: Phase, rank: u64, cohort: i16, eal: bool) -> Self {
        let place = rank * 10_000 / MILLION;
        let special = phase == Phase::Special;
        let start = date(i32::from(cohort), 9, 1);
        let within_years = |what: &str, years: u64| {
            start + DayCount::new(pupil.about(what).about("from").below(365 * years))
        };
        let has = |what: &str, chance: u64| pupil.about(what).happens(chance, 1000);
        let fsm_chance = if special { FSM_IN_SPECIAL } else { between(FSM, place) };
        let fsm_from =
            if has("meals later", FSM_BEGAN_LATER) { within_years("meals", 12) } else { start };
        let plan = if special { EHCP_IN_SPECIAL } else { between(EHCP, place) };
        let needs = pupil.about("needs").below(1000);
        let supported = needs < plan + between(SUPPORT, place);
        let supported_from = if special { start } else { within_years("needs", 4) };
        let planned_from = if special { start } else { supported_from + DayCount::new(280) };
        Self {
            fsm: has("meals", fsm_chance).then_some(fsm_from),
            support: supported.then_some(supported_from),
            ehcp: (needs < plan).then_some(planned_from),
            looked_after: has("care", LOOKED_AFTER).then(|| within_years("care", 10)),
            in_need: has("in need", between(IN_NEED, place)).then(|| within_years("in need", 10)),
            service: has("service", SERVICE),
            eal,
        }
    }

    /// What a file says of a day.
    pub(super) fn on(&self, day: NaiveDate) -> [&'static str; 6] {
        let since = |from: Option<NaiveDate>| from.is_some_and(|from| from <= day);
        let yes = |holds: bool| if holds { "Y" } else { "N" };
        let sen = match (since(self.support), since(self.ehcp)) {
            (_, true) => "E",
            (true, false) => "K",
            (false, false) => "N",
        };
        [
            yes(since(self.fsm)),
            sen,
            yes(self.eal),
            yes(since(self.looked_after)),
            yes(since(self.in_need)),
            yes(self.service),
        ]
    }

    /// The days on which something changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = NaiveDate> {
        [self.fsm, self.support, self.ehcp, self.looked_after, self.in_need].into_iter().flatten()
    }
}
