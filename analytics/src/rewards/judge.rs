//! What sessions come to: whether a rate is reached, cannot be, or may yet be.

use domain::{Percent, Rate, words};

use super::period::Judged;
use super::{
    ClassFigure, Eligibility, LeastSessions, Reach, RewardRules, RowAnswer, Stretch, Whom,
};

/// Sessions, as a reward counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reckoned {
    /// Possible sessions that are known and not left out.
    pub possible: u32,
    /// Those of them that were attended.
    pub attended: u32,
    /// Possible sessions that a neutral code leaves out.
    pub left_out: u32,
    /// Half days of which it is not known: without a mark, or with the code N.
    pub unknown: u32,
}

words! {
    /// Where a pupil stands.
    Standing as "RewardStanding" {
        Earned = "earned": "the rate is reached",
        NotReached = "not_reached": "the rate is not reached, whatever the missing marks will be",
        Held = "held": "a mark is missing, or says N, that may decide it",
        TooFew = "too_few": "there are too few possible sessions for the period",
        NonePossible = "none_possible": "there was no possible session",
    }
}

impl Reckoned {
    /// Adds others.
    pub(crate) fn add(&mut self, other: Self) {
        self.possible += other.possible;
        self.attended += other.attended;
        self.left_out += other.left_out;
        self.unknown += other.unknown;
    }

    /// Where a pupil with these stands, where a rate in one of some ranges is needed.
    pub fn standing(self, sessions: u32, least: LeastSessions, ranges: &[Reach]) -> Standing {
        let all = self.possible + self.unknown;
        if all == 0 {
            return Standing::NonePossible;
        }
        if !least.met_by(all, sessions) {
            return Standing::TooFew;
        }
        // The lowest and the highest that the rate can come to.
        let (low, high) = (self.attended, self.attended + self.unknown);
        let reached = ranges.iter().any(|range| {
            reaches(high, all, range.at_least)
                && range.below.is_none_or(|below| !reaches(low, all, below))
        });
        if !reached {
            return Standing::NotReached;
        }
        // Whatever the missing marks will be, a session that counts or none.
        let certain = ranges.iter().any(|range| {
            reaches(low, all, range.at_least)
                && range.below.is_none_or(|below| !reaches(high, all, below))
        });
        let enough = least.met_by(self.possible, sessions);
        if certain && enough { Standing::Earned } else { Standing::Held }
    }
}

/// [`Rate::at_least`], where there are no more than a year's sessions: this is asked for every pupil and row.
fn reaches(part: u32, whole: u32, percent: Percent) -> bool {
    let hundred = Percent::HUNDRED.thousandths();
    u64::from(part) * u64::from(hundred) >= u64::from(whole) * u64::from(percent.thousandths())
}

/// What each row comes to in each of its periods, with the place of the stretch that it is taken over.
pub(crate) fn answers(
    asked: &Eligibility<'_>,
    judged: &[(Judged, usize)],
    stretches: &[Stretch],
) -> Vec<RowAnswer> {
    let mut answers: Vec<RowAnswer> = Vec::with_capacity(judged.len());
    for (one, place) in judged {
        let Some((row, stretch)) = asked.rows.get(one.row).zip(stretches.get(*place)) else {
            continue;
        };
        // Policies give several rewards for one thing.
        let same = |answer: &&RowAnswer| {
            let whom = asked.rows.get(answer.row).map(|row| &row.whom);
            answer.stretch == *place && whom == Some(&row.whom)
        };
        let known = answers.iter().find(same).map(|same| (same.earned.clone(), same.held.clone()));
        let (earned, held) = known.unwrap_or_else(|| reached(asked.rules, &row.whom, stretch));
        let (period, days) = (one.key.clone(), one.days);
        answers.push(RowAnswer { row: one.row, period, days, stretch: *place, earned, held });
    }
    answers
}

/// Who has earned something over a stretch, and who may yet.
fn reached(rules: &RewardRules, whom: &Whom, stretch: &Stretch) -> (Vec<i32>, Vec<i32>) {
    let ranges = match whom {
        Whom::BestClass => return best(&stretch.classes, rules.least_class),
        Whom::Pupils(ranges) => ranges,
    };
    let (mut earned, mut held) = (Vec::new(), Vec::new());
    // A policy's bands may leave nothing to reach.
    for figure in stretch.pupils.iter().filter(|_| !ranges.is_empty()) {
        match figure.reckoned.standing(stretch.sessions, rules.least, ranges) {
            Standing::Earned => earned.push(figure.pupil),
            Standing::Held => held.push(figure.pupil),
            Standing::NotReached | Standing::TooFew | Standing::NonePossible => {}
        }
    }
    (earned, held)
}

/// The classes that share the best rate; and while a class may yet be as good, that class and no winner.
fn best(classes: &[ClassFigure], least: u32) -> (Vec<i32>, Vec<i32>) {
    let large = || classes.iter().filter(|class| class.pupils >= least);
    let known = || {
        large().filter(|class| class.reckoned.unknown == 0).filter_map(|class| {
            let Reckoned { attended, possible, .. } = class.reckoned;
            Some((class.class, Rate::of(attended.into(), possible.into())?))
        })
    };
    let top = known().map(|(_, rate)| rate).max();
    let may_win = |class: &&ClassFigure| {
        let Reckoned { attended, possible, unknown, .. } = class.reckoned;
        let highest = Rate::of(u64::from(attended + unknown), u64::from(possible + unknown));
        unknown > 0 && highest.is_some_and(|highest| top.is_none_or(|top| highest >= top))
    };
    let held: Vec<i32> = large().filter(may_win).map(|class| class.class).collect();
    if !held.is_empty() {
        return (Vec::new(), held);
    }
    (known().filter(|(_, rate)| Some(*rate) == top).map(|(class, _)| class).collect(), held)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_comparison_is_that_of_rates(
            (part, whole) in (1..=744u32).prop_flat_map(|whole| (0..=whole, Just(whole))),
            thousandths in 0..=100_000u32,
        ) {
            let text = format!("{}.{:03}%", thousandths / 1000, thousandths % 1000);
            let percent: Percent = text.parse().unwrap();
            let rate = Rate::of(part.into(), whole.into()).unwrap();
            prop_assert_eq!(reaches(part, whole, percent), rate.at_least(percent));
        }
    }

    fn class(class: i32, pupils: u32, attended: u32, possible: u32, unknown: u32) -> ClassFigure {
        let reckoned = Reckoned { attended, possible, unknown, left_out: 0 };
        ClassFigure { class, pupils, reckoned }
    }

    #[test]
    fn the_best_class_is_large_enough_and_ties_share() {
        let classes =
            [class(1, 8, 95, 100, 0), class(2, 30, 190, 200, 0), class(3, 7, 100, 100, 0)];
        assert_eq!(best(&classes, 8), (vec![1, 2], vec![]));
        // One of 200 marks is missing in a class that would be as good with it, and in one that cannot be.
        let waiting = [class(1, 8, 95, 100, 0), class(2, 30, 189, 199, 1), class(4, 9, 80, 99, 1)];
        assert_eq!(best(&waiting, 8), (vec![], vec![2]));
        assert_eq!(best(&waiting, 31), (vec![], vec![]));
        assert_eq!(best(&[class(5, 9, 0, 0, 0)], 8), (vec![], vec![]), "no session, no rate");
    }

    #[test]
    fn what_cannot_matter_holds_nobody() {
        let full = [Reach { at_least: Percent::HUNDRED, below: None }];
        let standing = |attended, possible, unknown| {
            let reckoned = Reckoned { attended, possible, unknown, left_out: 0 };
            reckoned.standing(10, LeastSessions::HALF, &full)
        };
        assert_eq!(standing(10, 10, 0), Standing::Earned);
        assert_eq!(standing(9, 9, 1), Standing::Held);
        assert_eq!(standing(8, 9, 1), Standing::NotReached);
        assert_eq!(standing(4, 4, 0), Standing::TooFew);
        assert_eq!(standing(5, 5, 0), Standing::Earned);
        assert_eq!(standing(0, 0, 0), Standing::NonePossible);
        let middle = ["90%", "95%"].map(|text| text.parse().unwrap());
        let band = [Reach { at_least: middle[0], below: Some(middle[1]) }];
        let of = |attended, possible, unknown| {
            let reckoned = Reckoned { attended, possible, unknown, left_out: 0 };
            reckoned.standing(20, LeastSessions::Sessions(1), &band)
        };
        assert_eq!(of(19, 20, 0), Standing::NotReached, "95% is above the band");
        assert_eq!((of(18, 20, 0), of(18, 19, 1)), (Standing::Earned, Standing::Held));
        assert_eq!(of(73, 79, 1), Standing::Earned, "91.2% or 92.5%, whatever the mark will be");
    }
}
