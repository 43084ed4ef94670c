//! Who has earned a reward: both ways on random schools, and stories with numbers worked out by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days as DayCount, NaiveDate};
use domain::policy::word::Over;
use domain::{Characteristic, Days, HalfDay, Percent};
use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::schools::cases;
use super::stories::{afternoon, day, pupil, school};
use super::{CODES, POOL, blocks};
use crate::{
    Adjustment, Eligibility, EnrolmentYear, Fact, Gap, GapKind, LeastSessions, Placement, Reach,
    RewardPeriod, RewardRow, RewardRules, RowAnswer, SchoolEligibility, SchoolYear, Share, Value,
    Whom, eligibility, eligibility_naive, fairness,
};

fn percent(text: &str) -> Percent {
    text.parse().unwrap()
}

fn reach(at_least: &str) -> Whom {
    Whom::Pupils(vec![Reach { at_least: percent(at_least), below: None }])
}

/// The numbers of some codes.
fn codes(codes: &[&str]) -> BTreeSet<u8> {
    let named = CODES.periods().filter(|period| codes.contains(&period.code.as_str()));
    named.map(|period| period.number.get()).collect()
}

fn rules() -> RewardRules {
    RewardRules {
        neutral: codes(&["C2", "M", "R", "T"]),
        adjustments: BTreeMap::new(),
        least: LeastSessions::HALF,
        least_class: 8,
        cut_off: 0,
    }
}

fn weekly(whom: Whom) -> RewardRow {
    RewardRow { period: RewardPeriod::Week, over: None, whom }
}

/// What the second week of September comes to at each of some schools, by one row.
fn second_week(
    schools: &[SchoolYear],
    row: RewardRow,
    rules: &RewardRules,
) -> Vec<(SchoolEligibility, RowAnswer)> {
    let all: BTreeSet<i32> = schools.iter().map(|school| school.school).collect();
    let ending = Days { from: day("2025-09-08"), to: day("2025-09-14") };
    let asked = Eligibility { schools: &all, rows: &[row], ending, rules };
    let found = eligibility(&POOL, &CODES, &blocks(schools), &asked).unwrap();
    assert_eq!(found, eligibility_naive(&CODES, schools, &asked));
    let one = |school: SchoolEligibility| {
        let answer = school.answers.first().cloned().unwrap();
        (school, answer)
    };
    found.into_iter().map(one).collect()
}

fn one_school(pupils: Vec<EnrolmentYear>, row: RewardRow) -> (SchoolEligibility, RowAnswer) {
    second_week(&[school(pupils)], row, &rules()).remove(0)
}

/// Pupils numbered from 1.
fn numbered(pupils: Vec<EnrolmentYear>) -> Vec<EnrolmentYear> {
    let number = |(number, pupil)| EnrolmentYear { enrolment: number, pupil: number, ..pupil };
    (1..).zip(pupils).map(number).collect()
}

#[test]
fn a_full_week_earns_and_one_missed_session_does_not() {
    let pupils = numbered(vec![
        pupil(),
        pupil().with("I", "2025-09-10", 1),
        pupil().with("L", "2025-09-10", 1),
        // The week before does not matter.
        pupil().with("I", "2025-09-03", 2),
    ]);
    let (found, answer) = one_school(pupils, weekly(reach("100%")));
    assert_eq!((answer.earned, answer.held), (vec![1, 3, 4], vec![]));
    assert_eq!(answer.period, "2025-W37");
    let stretch = &found.stretches[answer.stretch];
    assert_eq!((stretch.sessions, stretch.over, stretch.last), (10, true, Some(day("2025-09-12"))));
    let missed = stretch.pupils[1].reckoned;
    assert_eq!((missed.attended, missed.possible), (9, 10));
}

#[test]
fn neutral_codes_and_adjustments_leave_sessions_out_and_nothing_is_not_everything() {
    let pupils = numbered(vec![
        pupil().with("M", "2025-09-10", 2),
        // Half of the week is left: enough; less is not, and nothing is never everything.
        pupil().with("C2", "2025-09-08", 5),
        pupil().with("C2", "2025-09-08", 6),
        pupil().with("M", "2025-09-08", 10),
        pupil().with("I", "2025-09-10", 2),
        pupil().with("I", "2025-09-10", 2),
        pupil().with("X", "2025-09-08", 10),
    ]);
    let days = Days { from: day("2025-09-10"), to: day("2025-09-10") };
    let adjustment = Adjustment { days, codes: codes(&["I"]) };
    let rules = RewardRules { adjustments: BTreeMap::from([(5, vec![adjustment])]), ..rules() };
    let found = second_week(&[school(pupils)], weekly(reach("100%")), &rules).remove(0);
    assert_eq!(found.1.earned, [1, 2, 5]);
    let reckoned = found.0.stretches[0].pupils[4].reckoned;
    assert_eq!((reckoned.attended, reckoned.possible, reckoned.left_out), (8, 8, 2));
}

#[test]
fn a_missing_mark_and_n_hold_whom_they_may_matter_to_and_name_the_register() {
    let pupils = numbered(vec![
        pupil(),
        pupil().with("no mark", "2025-09-11", 1),
        pupil().with("N", "2025-09-11", 1),
        // Whatever it was, this week is not full.
        pupil().with("I", "2025-09-08", 1).with("N", "2025-09-11", 1),
    ]);
    let (found, answer) = one_school(pupils, weekly(reach("100%")));
    assert_eq!((answer.earned, answer.held), (vec![1], vec![2, 3]));
    let half_day = afternoon("2025-09-11").unwrap().position() - 1;
    let half_day = HalfDay::at(u16::try_from(half_day).unwrap()).unwrap();
    let gap = Gap { pupil: 2, half_day, school: 1, class: Some(51), why: GapKind::NoMark };
    assert_eq!(found.gaps[0], gap);
    assert_eq!(found.gaps[1].why, GapKind::ReasonUnknown);
    // The last register of all was Thursday's: Friday holds everybody.
    let mut early = school(numbered(vec![pupil()]));
    early.cut = afternoon("2025-09-11");
    let (found, answer) = second_week(&[early], weekly(reach("100%")), &rules()).remove(0);
    assert_eq!((answer.earned, answer.held), (vec![], vec![1]));
    assert_eq!(found.gaps.len(), 2);
}

#[test]
fn a_week_that_is_not_over_says_so() {
    let mut begun = school(numbered(vec![pupil()]));
    (begun.today, begun.cut) = (day("2025-09-10"), afternoon("2025-09-10"));
    let (found, answer) = second_week(&[begun], weekly(reach("100%")), &rules()).remove(0);
    let stretch = &found.stretches[0];
    assert_eq!((stretch.over, stretch.sessions, answer.earned), (false, 6, vec![1]));
}

/// Eight pupils of a class, each away for so many sessions of the week.
fn class(class: i32, missed: usize) -> Vec<EnrolmentYear> {
    let placements = vec![Placement { from: day("2024-09-02"), class, year_group: 5 }];
    let one = EnrolmentYear { placements, ..pupil().with("I", "2025-09-08", missed) };
    vec![one; 8]
}

#[test]
fn the_best_class_is_found_ties_share_and_movers_count_where_they_were() {
    let row = || weekly(Whom::BestClass);
    let best = |pupils: Vec<EnrolmentYear>| one_school(numbered(pupils), row()).1;
    assert_eq!(best([class(1, 1), class(2, 2), class(3, 1)].concat()).earned, [1, 3]);
    // A class of one is not compared.
    assert_eq!(best([class(1, 1), vec![class(2, 0).remove(0)]].concat()).earned, [1]);
    // A pupil of class 2 came from class 1 on Thursday, and was ill there on Monday.
    let mut pupils = [class(1, 0), class(2, 0)].concat();
    pupils[8] = pupils[8].clone().with("I", "2025-09-08", 1);
    pupils[8].placements.insert(0, Placement { from: day("2024-09-02"), class: 1, year_group: 5 });
    pupils[8].placements[1].from = day("2025-09-11");
    let (found, answer) = one_school(numbered(pupils.clone()), row());
    assert_eq!(answer.earned, [2]);
    let [one, two] = [0, 1].map(|class: usize| found.stretches[0].classes[class]);
    assert_eq!((one.pupils, one.reckoned.possible, one.reckoned.attended), (8, 86, 85));
    assert_eq!((two.pupils, two.reckoned.possible), (8, 74));
    // With a mark missing in class 2 nobody has won yet.
    pupils[9] = pupils[9].clone().with("no mark", "2025-09-12", 1);
    let held = best(pupils);
    assert_eq!((held.earned, held.held), (vec![], vec![2]));
}

#[test]
fn who_moved_is_one_pupil_and_earns_where_they_are() {
    let left = EnrolmentYear { last_day: Some(day("2025-09-09")), ..pupil() };
    let came = EnrolmentYear { enrolment: 2, first_day: day("2025-09-10"), ..pupil() };
    let other = |came| SchoolYear { school: 2, ..school(vec![came]) };
    let of = |schools: &[SchoolYear]| second_week(schools, weekly(reach("100%")), &rules());
    let found = of(&[school(vec![left.clone()]), other(came.clone())]);
    let earned: Vec<_> = found.iter().map(|(_, answer)| answer.earned.clone()).collect();
    assert_eq!(earned, [vec![], vec![1]]);
    assert_eq!(found[1].0.stretches[0].pupils[0].reckoned.possible, 10);
    // Away before the move: not full, although the second school saw every session.
    let ill = left.with("I", "2025-09-08", 1);
    let found = of(&[school(vec![ill]), other(came)]);
    assert!(found.iter().all(|(_, answer)| answer.earned.is_empty()));
    // On two rolls at once each half day counts once, and the main school's mark is the one.
    let second = Fact { kind: Characteristic::Registration, from: day("2024-09-02"), value: 2 };
    let guest = EnrolmentYear { enrolment: 2, facts: vec![second], ..pupil() };
    let found = of(&[school(vec![pupil()]), other(guest.with("I", "2025-09-08", 2))]);
    let earned: Vec<_> = found.iter().map(|(_, answer)| answer.earned.clone()).collect();
    assert_eq!(earned, [vec![1], vec![]]);
}

#[test]
fn every_kind_of_period_has_its_days() {
    let school = school(numbered(vec![pupil()]));
    let days = |period, over, from: &str, to: &str| {
        let row = RewardRow { period, over, whom: reach("95%") };
        let ending = Days { from: day(from), to: day(to) };
        let (all, rules) = (BTreeSet::from([1]), rules());
        let asked = Eligibility { schools: &all, rows: &[row], ending, rules: &rules };
        let blocks = blocks(std::slice::from_ref(&school));
        let found = eligibility(&POOL, &CODES, &blocks, &asked).unwrap();
        let text = |days: Days| format!("{} {}", days.from, days.to);
        let answers = found[0]
            .answers
            .iter()
            .map(|answer| (text(answer.days), text(found[0].stretches[answer.stretch].days)));
        answers.collect::<Vec<(String, String)>>()
    };
    let same = |text: &str| (text.to_owned(), text.to_owned());
    let term = ("2025-09-01", "2025-12-31");
    let one = |period, (from, to): (&str, &str)| days(period, None, from, to);
    let friday = ("2025-09-12", "2025-09-14");
    assert_eq!(one(RewardPeriod::Day, friday), [same("2025-09-12 2025-09-12")]);
    assert_eq!(one(RewardPeriod::Week, friday), [same("2025-09-08 2025-09-14")]);
    assert_eq!(one(RewardPeriod::Fortnight, friday), [same("2025-09-01 2025-09-14")]);
    assert_eq!(one(RewardPeriod::FourWeeks, friday), []);
    let halves = [same("2025-09-01 2025-10-26"), same("2025-11-01 2025-12-19")];
    assert_eq!(one(RewardPeriod::HalfTerm, term), halves);
    assert_eq!(one(RewardPeriod::HalfTermHoliday, term), halves[..1]);
    assert_eq!(one(RewardPeriod::Term, term), [same("2025-09-01 2025-12-19")]);
    assert_eq!(
        one(RewardPeriod::Year, ("2026-07-21", "2026-07-21")),
        [("2025-09-01 2026-07-31".to_owned(), "2025-09-01 2026-07-21".to_owned())]
    );
    // The term so far, at the end of a week.
    let so_far = days(RewardPeriod::Week, Some(Over::Term), "2025-09-19", "2025-09-19");
    assert_eq!(so_far, [("2025-09-15 2025-09-21".to_owned(), "2025-09-01 2025-09-21".to_owned())]);
}

#[test]
fn the_rows_of_the_built_in_policies_ask_what_they_say() {
    let policies = domain::policy::built_in();
    let rows = |folder: &str| {
        let policy = &domain::policy::check_folder(&policies[folder]).policy;
        let rows = policy
            .rows
            .iter()
            .filter_map(|row| Some((row.rule.clone(), RewardRow::of(policy, row)?)));
        rows.collect::<Vec<_>>()
    };
    let found = rows("strategy");
    let of = |rule: &str, period| {
        let mut rows = found.iter().filter(|(id, row)| id == rule && row.period == period);
        rows.next().map(|(_, row)| row.clone())
    };
    // S-06: a full week in one of the two upper bands, judged over the same week.
    let ticket = of("S-06", RewardPeriod::Week).unwrap();
    assert_eq!(ticket.over, None);
    let hundred = Reach { at_least: Percent::HUNDRED, below: None };
    assert!(
        matches!(&ticket.whom, Whom::Pupils(ranges) if ranges.contains(&hundred)),
        "{ticket:?}"
    );
    assert_eq!(of("S-15", RewardPeriod::Term).unwrap().whom, reach("95%"));
    assert_eq!(
        of("S-12", RewardPeriod::Year).unwrap(),
        RewardRow { period: RewardPeriod::Year, over: None, whom: reach("100%") }
    );
    assert_eq!(of("S-14", RewardPeriod::Term).unwrap().whom, Whom::BestClass);
}

/// Rows of any kind.
fn rows() -> impl Strategy<Value = Vec<RewardRow>> {
    let ends = (select(vec!["0%", "50%", "80%", "95%", "100%"]), of(select(vec!["60%", "96%"])));
    let range = ends.prop_map(|(at_least, below)| Reach {
        at_least: percent(at_least),
        below: below.map(percent),
    });
    let whom = prop_oneof![
        3 => vec(range, 1..3).prop_map(Whom::Pupils),
        1 => Just(Whom::BestClass),
    ];
    let row = (select(RewardPeriod::ALL.to_vec()), of(select(Over::ALL.to_vec())), whom);
    vec(row.prop_map(|(period, over, whom)| RewardRow { period, over, whom }), 1..6)
}

/// Rules, with adjustments for some of the pupils there are.
fn any_rules(start: NaiveDate) -> impl Strategy<Value = RewardRules> {
    let numbers: Vec<u8> = CODES.periods().map(|period| period.number.get()).collect();
    let some = btree_set(select(numbers), 0..8);
    let adjustment = (1..40i32, 0..300u64, 0..90u64, some.clone()).prop_map(
        move |(pupil, from, length, codes)| {
            let from = start + DayCount::new(from);
            let days = Days { from, to: from + DayCount::new(length) };
            (pupil, vec![Adjustment { days, codes }])
        },
    );
    let least = prop_oneof![
        (0..20u32).prop_map(LeastSessions::Sessions),
        (1..4u32).prop_map(|of| LeastSessions::Part { of, whole: 4 }),
    ];
    let adjustments = vec(adjustment, 0..4).prop_map(|all| all.into_iter().collect());
    (some, adjustments, least, 0..4u32, 0..6usize).prop_map(
        |(neutral, adjustments, least, least_class, cut_off)| RewardRules {
            neutral,
            adjustments,
            least,
            least_class,
            cut_off,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every figure, list and gap, for every kind of row and period.
    #[test]
    fn the_fast_reckoning_is_the_slow_reckoning(
        (schools, rows, rules, from, length) in cases().prop_flat_map(|(schools, _, _)| {
            let start = schools[0].calendar.year().first_day();
            (Just(schools), rows(), any_rules(start), 0..360u64, 0..120u64)
        }),
        asked in btree_set(1..4i32, 1..4),
    ) {
        let start = schools[0].calendar.year().first_day();
        let from = start + DayCount::new(from);
        let ending = Days { from, to: from + DayCount::new(length) };
        let asked = Eligibility { schools: &asked, rows: &rows, ending, rules: &rules };
        let fast = eligibility(&POOL, &CODES, &blocks(&schools), &asked).unwrap();
        prop_assert_eq!(fast, eligibility_naive(&CODES, &schools, &asked));
    }
}

#[test]
fn fairness_shows_whom_a_row_would_reach_and_whom_illness_kept_from_it() {
    let eligible = Fact { kind: Characteristic::Fsm, from: day("2024-09-02"), value: 1 };
    let looked_after =
        Fact { kind: Characteristic::LookedAfter, from: day("2024-09-02"), value: 1 };
    // Of 20 pupils eligible for free meals 10 were ill for a session of each of two weeks; of 20 others 2 were away.
    let pupils = (0..40).map(|number| {
        let facts = match number {
            0 => vec![eligible, looked_after],
            1..20 => vec![eligible],
            _ => vec![],
        };
        let one = EnrolmentYear { facts, ..pupil() };
        match number {
            0..10 => one.with("I", "2025-09-03", 1).with("I", "2025-09-10", 1),
            20..22 => one.with("O", "2025-09-10", 1),
            _ => one,
        }
    });
    let schools = [school(numbered(pupils.collect()))];
    let (all, rules, rows) = (BTreeSet::from([1]), rules(), [weekly(reach("100%"))]);
    let ending = Days { from: day("2025-09-01"), to: day("2025-09-14") };
    let asked = Eligibility { schools: &all, rows: &rows, ending, rules: &rules };
    let found = fairness(&POOL, &CODES, &blocks(&schools), &asked, &codes(&["I"])).unwrap();
    let share = |part, whole| Share { part, whole };
    let all = found[0].all;
    assert_eq!((all.pupils, all.earned, all.neutral), (40, share(58, 80), share(78, 80)));
    assert_eq!(all.prevented, 10);
    let of = |kind, value| {
        let value = Value::Characteristic(kind, value);
        found[0].groups.iter().find(|(group, _)| *group == value).map(|(_, reached)| *reached)
    };
    let poor = of(Characteristic::Fsm, 1).unwrap();
    assert_eq!((poor.pupils, poor.earned, poor.neutral), (20, share(20, 40), share(40, 40)));
    let interval = poor.interval.unwrap();
    assert!(interval.lower < 500_000 && 500_000 < interval.upper, "{interval:?}");
    let others = of(Characteristic::Fsm, Characteristic::UNRECORDED).unwrap();
    assert_eq!(others.earned, share(38, 40));
    assert_eq!(of(Characteristic::LookedAfter, 1), None, "one child alone");
}
