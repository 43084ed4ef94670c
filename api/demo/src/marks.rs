//! A pupil's marks, day after day.
//!
//! Absence comes in spells. Whether one begins is drawn for each pupil and day; how likely it is
//! depends on the season, the weekday, and on how far the pupil's absence so far is from the
//! pupil's own level, so that a year ends near it. Only the past is looked at, so marks that were
//! made stay when more days follow.

use super::code::Code;
use super::days::{ClassDay, Day};
use super::figures::{self, Part};
use super::habit::Habit;
use super::pupil::MILLION;
use super::rng::Key;
use super::season;

/// Sessions behind or ahead of the pupil's level that double or stop the beginning of spells.
const SLACK: i64 = 5;
/// The least and the most that the beginning of spells is slowed or sped up, per thousand.
const STEERING: (i64, i64) = (60, 3500);
/// Illness that begins at midday, per thousand.
const ILL_AT_MIDDAY: u64 = 120;
/// Unexplained absence of an afternoon only, per thousand.
const AFTERNOON_ONLY: u64 = 200;
/// Sessions without lessons for a pupil in the sixth form, per thousand.
const STUDY_PERIODS: u64 = 200;
/// One in 2^20.
const ONE: u64 = 1 << 20;

/// A stretch of absence.
#[derive(Debug, Clone, Copy)]
struct Spell {
    code: Code,
    days_left: u64,
    /// Which sessions of a day it takes, from now on and on the first day.
    sessions: [bool; 2],
    first: [bool; 2],
    over_weekend: bool,
    /// Until the end of this day, the reason is not known.
    unexplained_to: u64,
}

/// A walk through a pupil's year.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    habit: &'a Habit,
    /// The day the demonstration is made, as a number.
    today: u64,
    spell: Option<Spell>,
    /// Sessions that the pupil's level would have missed so far, in ten thousandths.
    expected: u64,
    absent: u64,
}

impl<'a> Walk<'a> {
    /// Starts on the pupil's first day in the year.
    pub(super) const fn new(habit: &'a Habit, today: u64) -> Self {
        Self { habit, today, spell: None, expected: 0, absent: 0 }
    }

    /// The marks of the next day.
    pub(super) fn day(&mut self, day: &Day, class: ClassDay) -> [Code; 2] {
        let draw = self.habit.key.with(day.number);
        let [am, pm] = if day.shut { [Code::Y4; 2] } else { self.school_day(day, class, draw) };
        let [open_am, open_pm] = day.open;
        let [missing_am, missing_pm] = class.missing;
        [
            if open_am && !missing_am { am } else { Code::None },
            if open_pm && !missing_pm { pm } else { Code::None },
        ]
    }

    fn school_day(&mut self, day: &Day, class: ClassDay, draw: Key) -> [Code; 2] {
        let [not_due_am, not_due_pm] = self.not_due(day, draw);
        let expected = [not_due_am.is_none(), not_due_pm.is_none()];
        let [absent_am, absent_pm] = self.absence(day, draw, expected);
        let [am, pm] = self.attending(day, class, draw);
        [not_due_am.or(absent_am).unwrap_or(am), not_due_pm.or(absent_pm).unwrap_or(pm)]
    }

    /// Why the pupil is not expected in a session; `None` when the session is possible.
    fn not_due(&self, day: &Day, draw: Key) -> [Option<Code>; 2] {
        let habit = self.habit;
        if habit.elsewhere(day.weekday) == Code::D {
            return [Some(Code::D); 2];
        }
        let transport = figures::of(figures::NO_TRANSPORT, habit.phase);
        if transport > 0 && draw.with(3).happens(transport, 100_000) {
            return [Some(Code::Y1); 2];
        }
        match habit.year_group {
            0 if day.settling_in => [None, Some(Code::X)],
            11 if day.after_exams => [Some(Code::X); 2],
            12.. => [0, 1].map(|session| {
                let period = habit.key.about("timetable").with(10 * session + day.weekday as u64);
                period.happens(STUDY_PERIODS, 1000).then_some(Code::X)
            }),
            _ => [None; 2],
        }
    }

    /// The codes of the sessions missed, and the count of what is behind and ahead.
    fn absence(&mut self, day: &Day, draw: Key, expected: [bool; 2]) -> [Option<Code>; 2] {
        let begins = self.spell.is_none();
        if begins {
            self.spell = self.begin(day, draw);
        }
        let mut codes = [None; 2];
        if let Some(spell) = &mut self.spell {
            let sessions = if begins { spell.first } else { spell.sessions };
            let unknown = self.today <= spell.unexplained_to;
            let code = Some(if unknown { Code::N } else { spell.code });
            let [am, pm] = sessions;
            codes = [if am { code } else { None }, if pm { code } else { None }];
            spell.days_left -= 1;
            if spell.days_left == 0 || (day.ends_week && !spell.over_weekend) {
                self.spell = None;
            }
        }
        let [open_am, open_pm] = day.open;
        let [expected_am, expected_pm] = expected;
        let [absent_am, absent_pm] = codes;
        self.count(open_am && expected_am, absent_am, day);
        self.count(open_pm && expected_pm, absent_pm, day);
        codes
    }

    fn count(&mut self, possible: bool, absent: Option<Code>, day: &Day) {
        if possible {
            self.expected += self.habit.level * day.season / 1000;
            self.absent += u64::from(absent.is_some());
        }
    }

    /// The spell that begins on this day, if one does.
    fn begin(&self, day: &Day, draw: Key) -> Option<Spell> {
        let habit = self.habit;
        if day.observance.is_some() && day.observance == habit.observing {
            return Some(Spell::of(Code::R, 1));
        }
        let study_leave = figures::of(figures::STUDY_LEAVE, habit.phase);
        if habit.year_group == 11 && day.exams && draw.with(4).happens(study_leave, 1000) {
            return Some(Spell::of(Code::S, 1));
        }
        if day.starts_week && draw.with(5).happens(habit.holiday * day.holidays / MILLION, MILLION)
        {
            let days = draw.with(6).weighted(figures::HOLIDAY_DAYS)?;
            return Some(Spell { over_weekend: false, ..Spell::of(Code::G, days) });
        }
        let weekday = season::BEGINS.get(day.weekday).copied().unwrap_or(1000);
        let chance = habit.chance * day.season / 1000 * weekday / 1000 * self.steering() / 1000;
        if draw.bits() % ONE >= chance.min(ONE * 9 / 10) {
            return None;
        }
        self.draw_spell(day, draw.with(1))
    }

    fn draw_spell(&self, day: &Day, draw: Key) -> Option<Spell> {
        let reason = self.habit.reason(draw)?;
        let days = draw.with(1).weighted(reason.days)?;
        let half = draw.with(2).happens(1, 2);
        let sessions = match reason.part {
            Part::Whole => [true, true],
            Part::Morning => [true, false],
            Part::Afternoon => [false, true],
            Part::OneHalf => [half, !half],
        };
        let midday = match reason.code {
            Code::I => ILL_AT_MIDDAY,
            Code::O => AFTERNOON_ONLY,
            _ => 0,
        };
        let first = if draw.with(3).happens(midday, 1000) { [false, true] } else { sessions };
        let longer = if days > 1 { self.habit.spell_days(days) } else { days };
        let wait = if reason.asked_for {
            draw.with(4).weighted(figures::DAYS_UNTIL_EXPLAINED).unwrap_or(0)
        } else {
            0
        };
        let unexplained_to = if wait > 0 { day.number + wait } else { 0 };
        let over_weekend = reason.over_weekend;
        Some(Spell {
            code: reason.code,
            days_left: longer,
            sessions,
            first,
            over_weekend,
            unexplained_to,
        })
    }

    /// How much likelier a spell is because of the past, per thousand.
    fn steering(&self) -> u64 {
        let expected = i64::try_from(self.expected).unwrap_or(i64::MAX);
        let absent = i64::try_from(self.absent).unwrap_or(0) * 10_000;
        let (least, most) = STEERING;
        let steering = (1000 + (expected - absent) / (SLACK * 10)).clamp(least, most);
        steering.unsigned_abs()
    }

    /// What the pupil does when not absent.
    fn attending(&self, day: &Day, class: ClassDay, draw: Key) -> [Code; 2] {
        let habit = self.habit;
        if let code @ (Code::B | Code::K) = habit.elsewhere(day.weekday) {
            return [code; 2];
        }
        if day.work_experience && habit.work_experience {
            return [Code::W; 2];
        }
        if class.visit {
            return [Code::V; 2];
        }
        // Fresh bits of the day's draw: 20 were used for spells.
        let bits = draw.bits() >> 20;
        let [late_am, late_pm] = habit.late;
        let am = if bits % (1 << 16) < late_am { Code::L } else { Code::Am };
        let late = (bits >> 16) % (1 << 16) < late_pm;
        let sport = draw.with(7).happens(figures::of(figures::SPORT, habit.phase), 100_000);
        let pm = match (late, sport) {
            (_, true) => Code::P,
            (true, _) => Code::L,
            _ => Code::Pm,
        };
        [am, pm]
    }
}

impl Spell {
    /// Whole days, with a reason that is known from the start.
    const fn of(code: Code, days: u64) -> Self {
        let (sessions, first) = ([true; 2], [true; 2]);
        Self { code, days_left: days, sessions, first, over_weekend: true, unexplained_to: 0 }
    }
}
