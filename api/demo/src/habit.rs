//! How one pupil attends in one year: how much is missed, for which reasons, and how often late.

use super::code::Code;
use super::figures::{self, Part, REASONS, Reason};
use super::levels;
use super::pupil::Pupil;
use super::rng::Key;
use super::roll::Registration;
use super::schools::{Phase, Profile};

/// School days of a week that a pupil on two rolls spends at the subsidiary school.
const DAYS_AT_SUBSIDIARY: u64 = 2;
/// From this level on, spells last twice as long.
const LONG_SPELLS_FROM: u64 = 3000;

/// A pupil's habits in a year.
#[derive(Debug)]
pub(super) struct Habit {
    pub(super) key: Key,
    pub(super) phase: Phase,
    pub(super) year_group: i16,
    /// Sessions missed per ten thousand possible, as the year's aim.
    pub(super) level: u64,
    /// The running sum of how often spells begin for each of [`REASONS`].
    begins: [u64; REASONS.len()],
    /// Chance in 2^20 that a spell begins on an ordinary day.
    pub(super) chance: u64,
    /// Chance in 2^16 of being late in the morning and in the afternoon.
    pub(super) late: [u64; 2],
    pub(super) holiday: u64,
    /// Which of the pairs of days of religious observance the family keeps, if any.
    pub(super) observing: Option<u64>,
    pub(super) work_experience: bool,
    /// On which weekdays the pupil is elsewhere, and with which code.
    elsewhere: [Code; 5],
}

impl Habit {
    /// The habits of a pupil at a school in a year and year group.
    pub(super) fn of(
        pupil: &Pupil,
        registration: Registration,
        school: &Profile,
        seed: Key,
        (year, group): (i16, i16),
    ) -> Self {
        let phase = school.phase;
        let level = level(pupil.rank, school, seed, year, group);
        let begins = begins(level, phase, group);
        let key = pupil.key.year(year);
        let late = lateness(pupil.key, phase);
        let observing = pupil.home.key.about("observing");
        let observes = observing.happens(figures::of(figures::OBSERVING, phase), 1000);
        Self {
            key,
            phase,
            year_group: group,
            level,
            begins: running_sum(begins),
            chance: chance(level, &begins),
            late: [late * 3 / 2, late / 2],
            holiday: holiday(level, phase),
            observing: observes.then(|| observing.with(1).below(figures::OBSERVANCES)),
            work_experience: group == 10
                && key.about("work").happens(figures::of(figures::WORK_EXPERIENCE, phase), 1000),
            elsewhere: elsewhere(pupil, registration, phase),
        }
    }

    /// A reason for a spell of absence.
    pub(super) fn reason(&self, key: Key) -> Option<&'static Reason> {
        let all = self.begins.last().copied().unwrap_or(0);
        let draw = key.below(all.max(1));
        REASONS.iter().zip(self.begins).find(|(_, sum)| draw < *sum).map(|(reason, _)| reason)
    }

    /// The code for being elsewhere on a weekday (Monday is 0); [`Code::None`] on most.
    pub(super) fn elsewhere(&self, weekday: usize) -> Code {
        self.elsewhere.get(weekday).copied().unwrap_or_default()
    }

    /// How many days a spell lasts that is drawn as `days`.
    pub(super) const fn spell_days(&self, days: u64) -> u64 {
        if self.level >= LONG_SPELLS_FROM { 2 * days } else { days }
    }
}

/// The sessions that a pupil of this rank misses, per ten thousand.
fn level(rank: u64, school: &Profile, seed: Key, year: i16, group: i16) -> u64 {
    // A school does up to 2% better or worse than its usual self.
    let drift = 980 + seed.about(&school.urn).about("drift").year(year).below(41);
    levels::level(school.phase, group, rank, school.level * drift)
}

/// How often spells begin for each reason, against each other.
fn begins(level: u64, phase: Phase, year_group: i16) -> [u64; REASONS.len()] {
    REASONS.each_ref().map(|reason| {
        // A part-time timetable (C2) is only for pupils of compulsory school age.
        let too_young_or_old = reason.code == Code::C2 && !(1..=11).contains(&year_group);
        if level < reason.from_level || too_young_or_old {
            return 0;
        }
        let sessions = figures::of(reason.share, phase) * figures::of(reason.lift, phase);
        let steepness = if reason.steep { level.clamp(50, 6000) } else { 1000 };
        sessions * steepness / sessions_in_spell(reason)
    })
}

/// The average number of sessions in a spell, per hundred.
fn sessions_in_spell(reason: &Reason) -> u64 {
    let weights: u64 = reason.days.iter().map(|(weight, _)| weight).sum();
    let days: u64 = reason.days.iter().map(|(weight, days)| weight * days).sum();
    let sessions = if reason.part == Part::Whole { 2 } else { 1 };
    100 * sessions * days / weights.max(1)
}

/// The chance in 2^20 that a spell begins on a day: such that, spells taken together, `level` of
/// the sessions are missed.
fn chance(level: u64, begins: &[u64; REASONS.len()]) -> u64 {
    let spells: u64 = begins.iter().sum();
    let sessions: u64 =
        REASONS.iter().zip(begins).map(|(reason, n)| n * sessions_in_spell(reason)).sum();
    let average = (sessions / spells.max(1)).max(100);
    let longer = if level >= LONG_SPELLS_FROM { 2 } else { 1 };
    ((level * 2 * 100) << 20) / ((10_000 - level) * average * longer)
}

/// Few pupils make most of the lateness: the share of the average each pupil has.
fn lateness(pupil: Key, phase: Phase) -> u64 {
    const SPREAD: &[(u64, u64)] =
        &[(0, 0), (5000, 150), (8000, 900), (9500, 3500), (10_000, 15_000)];
    let own = figures::between(SPREAD, pupil.about("late").below(10_001));
    ((figures::of(figures::LATE, phase) * own) << 16) / (100_000 * 1000)
}

/// Chance per million that the pupil has a holiday in term this year.
fn holiday(level: u64, phase: Phase) -> u64 {
    if level < figures::HOLIDAY_FROM_LEVEL {
        return 0;
    }
    let days = figures::HOLIDAY_DAYS;
    let weights: u64 = days.iter().map(|(weight, _)| weight).sum();
    let sessions: u64 = days.iter().map(|(weight, days)| 2 * weight * days).sum();
    let in_year = 380 * figures::of(figures::HOLIDAY_SHARE, phase) * weights * 10 / sessions;
    in_year * figures::of(figures::HOLIDAY_LIFT, phase) / 1000
}

/// Where a pupil spends some weekdays instead of at this school, if anywhere.
fn elsewhere(pupil: &Pupil, registration: Registration, phase: Phase) -> [Code; 5] {
    let first = pupil.key.about("weekday").below(5);
    let on = |code: Code, days: u64| {
        let away = |weekday: u64| (weekday + 5 - first) % 5 < days;
        [0, 1, 2, 3, 4].map(|day| if away(day) { code } else { Code::None })
    };
    match registration {
        Registration::Main => on(Code::D, DAYS_AT_SUBSIDIARY),
        Registration::Subsidiary => on(Code::D, DAYS_AT_SUBSIDIARY)
            .map(|code| if code == Code::None { Code::D } else { Code::None }),
        Registration::Single => {
            let mut left = pupil.spread;
            for (code, pupils) in [(Code::B, figures::OFF_SITE), (Code::K, figures::ARRANGED)] {
                let pupils = figures::of(pupils, phase);
                if left < pupils {
                    return on(code, 1);
                }
                left -= pupils;
            }
            [Code::None; 5]
        }
    }
}

fn running_sum(numbers: [u64; REASONS.len()]) -> [u64; REASONS.len()] {
    let mut sum = 0;
    numbers.map(|number| {
        sum += number;
        sum
    })
}
