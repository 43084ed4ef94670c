//! Schools side by side, with numbers worked out by hand.

use std::sync::Arc;

use domain::{Characteristic, Definition, WindowKind};

use super::stories::{day, pupil, school};
use super::{POOL, blocks};
use crate::{
    Block, By, Compared, Comparing, EnrolmentYear, Fact, Measure, SchoolYear, Share, Value, compare,
};

fn asked(measure: Measure) -> Comparing {
    let fsm = Some(By::Characteristic(Characteristic::Fsm));
    Comparing {
        definition: Definition::OnRoll,
        measure,
        window: WindowKind::HalfTerm,
        key: "half-term-1".to_owned(),
        standard: [fsm, None, None],
        floor: 95,
        least: 10,
    }
}

/// Schools of one phase with these enrolments, compared.
fn compared(schools: Vec<Vec<EnrolmentYear>>, asked: &Comparing) -> Vec<Compared> {
    let numbered = (1..).zip(schools);
    let schools: Vec<SchoolYear> = numbered
        .map(|(number, enrolments)| SchoolYear { school: number, ..school(enrolments) })
        .collect();
    let pairs: Vec<(Arc<Block>, Option<Arc<Block>>)> =
        blocks(&schools).into_iter().map(|block| (block, None)).collect();
    compare(&POOL, &pairs, asked).unwrap()
}

/// So many pupils who each missed so many of their 20 sessions.
fn pupils(count: usize, missed: usize) -> Vec<EnrolmentYear> {
    (0..count).map(|_| pupil().with("I", "2025-09-08", missed)).collect()
}

fn eligible(pupils: Vec<EnrolmentYear>) -> Vec<EnrolmentYear> {
    with_meals(pupils, 1)
}

fn not_eligible(pupils: Vec<EnrolmentYear>) -> Vec<EnrolmentYear> {
    with_meals(pupils, 0)
}

fn with_meals(mut pupils: Vec<EnrolmentYear>, value: u8) -> Vec<EnrolmentYear> {
    let fact = Fact { kind: Characteristic::Fsm, from: day("2024-09-02"), value };
    pupils.iter_mut().for_each(|pupil| pupil.facts = vec![fact]);
    pupils
}

#[test]
fn a_school_of_poor_pupils_is_expected_to_have_more_absence() {
    // Eligible pupils miss 4 of 20 in the first school and 2 in the second; the others 1 in both.
    let first = [eligible(pupils(30, 4)), not_eligible(pupils(10, 1))].concat();
    let second = [eligible(pupils(10, 2)), not_eligible(pupils(30, 1))].concat();
    let schools = compared(vec![first, second], &asked(Measure::Absence));
    // Together eligible pupils miss 140 of 800 sessions, 17.5%, the others 5%.
    let expected: Vec<_> = schools.iter().map(|school| school.expected).collect();
    assert_eq!(expected, [Some(143_750), Some(81_250)]);
    let share = |part, whole| Share { part, whole };
    assert_eq!(schools[0].share, share(130, 800));
    // With the half of both that is eligible: (20% + 5%) / 2 and (10% + 5%) / 2.
    let direct: Vec<_> = schools.iter().map(|school| school.direct).collect();
    assert_eq!(direct, [Some(125_000), Some(75_000)]);
    let eligible = Value::Characteristic(Characteristic::Fsm, 1);
    let gap = schools[0].gaps.iter().find(|gap| gap.value == eligible).unwrap();
    assert_eq!((gap.group.share, gap.rest.share), (share(120, 600), share(10, 200)));
    assert_eq!((gap.group.enrolments, gap.rest.enrolments), (30, 10));
}

#[test]
fn a_group_is_set_beside_the_rest_only_when_both_are_large_enough() {
    // One child in need who was never there, beside 40 who missed 1 of 20.
    let eligible_ones = |count| [eligible(pupils(count, 20)), not_eligible(pupils(40, 1))].concat();
    let schools = compared(
        vec![eligible_ones(1), eligible_ones(9), eligible_ones(10)],
        &asked(Measure::Absence),
    );
    let shown: Vec<bool> = schools.iter().map(|school| !school.gaps.is_empty()).collect();
    assert_eq!(shown, [false, false, true]);
}

#[test]
fn of_whom_nothing_is_recorded_is_in_no_gap_and_no_expectation() {
    // Twelve of each, and 20 away for a week of whom nobody said whether they are eligible.
    let known = [eligible(pupils(12, 4)), not_eligible(pupils(12, 1))].concat();
    let unknown = [known.clone(), pupils(20, 20)].concat();
    let schools = compared(vec![known, unknown], &asked(Measure::Absence));
    assert_eq!(schools[0].gaps, schools[1].gaps);
    assert_eq!(schools[0].expected, schools[1].expected);
    let share = |part, whole| Share { part, whole };
    assert_eq!((schools[1].share, schools[1].recorded), (share(260, 880), share(60, 480)));
    assert_eq!([schools[0].left_out, schools[1].left_out], [0, 20]);
    let meals = By::Characteristic(Characteristic::Fsm);
    let of = |school: &Compared| school.unrecorded.iter().find(|(by, _)| *by == meals).copied();
    assert_eq!((of(&schools[0]), of(&schools[1])), (None, Some((meals, 20))));
}

#[test]
fn a_day_is_due_when_it_is_over() {
    let mut morning = school(pupils(40, 0));
    morning.day_is_over = false;
    let noon = |school: SchoolYear| {
        let pair = (blocks(&[school])[0].clone(), None);
        compare(&POOL, &[pair], &asked(Measure::Absence)).unwrap()[0].completeness
    };
    let over = SchoolYear { day_is_over: true, ..morning.clone() };
    assert_eq!((noon(morning).whole, noon(over).whole), (40 * 18, 40 * 20));
}

#[test]
fn a_gap_is_certain_only_where_chance_does_not_explain_it() {
    let certain = |poor: Vec<EnrolmentYear>, others: Vec<EnrolmentYear>| {
        let schools = compared(
            vec![[eligible(poor), not_eligible(others)].concat()],
            &asked(Measure::Absence),
        );
        let of = Value::Characteristic(Characteristic::Fsm, 1);
        let gap = *schools[0].gaps.iter().find(|gap| gap.value == of).unwrap();
        assert!(gap.group.share.millionths() > gap.rest.share.millionths());
        gap.is_certain()
    };
    let half = |missed| [pupils(6, 0), pupils(6, missed)].concat();
    assert!(!certain(half(4), half(3)));
    assert!(certain(pupils(60, 8), pupils(60, 1)));
}

#[test]
fn small_schools_are_not_ranked_by_luck() {
    // 3 of 60 pupils persistently absent, 30 of 60, and both small ones in between by chance.
    let many = |persistent| [pupils(persistent, 4), pupils(60 - persistent, 0)].concat();
    let few = |persistent| [pupils(persistent, 4), pupils(6 - persistent, 0)].concat();
    let schools = compared(vec![many(3), many(30), few(1), few(0)], &asked(Measure::Persistent));
    let ranks: Vec<_> = schools.iter().map(|school| school.rank).collect();
    assert_eq!(ranks, [Some((1, 3)), Some((2, 4)), Some((1, 4)), Some((1, 4))]);
}

#[test]
fn without_three_schools_or_without_the_marks_there_is_no_place() {
    let two = compared(vec![pupils(60, 0), pupils(60, 4)], &asked(Measure::Absence));
    assert!(two.iter().all(|school| school.interval.is_some() && school.rank.is_none()));
    let unmarked: Vec<_> = (0..40).map(|_| pupil().with("no mark", "2025-09-08", 2)).collect();
    let three = vec![pupils(60, 0), pupils(60, 4), unmarked.clone()];
    let three = compared(three, &asked(Measure::Absence));
    assert!(three.iter().all(|school| school.rank.is_none()), "one has 90% of its marks");
    let lower = Comparing { floor: 90, ..asked(Measure::Absence) };
    let three = compared(vec![pupils(60, 0), pupils(60, 4), unmarked], &lower);
    assert!(three.iter().all(|school| school.rank.is_some()));
}

#[test]
fn attendance_is_better_the_more_there_is_of_it() {
    let schools = vec![pupils(60, 1), pupils(60, 5), pupils(60, 10)];
    let spread = |schools: Vec<Vec<EnrolmentYear>>, measure| {
        let ranks = compared(schools, &asked(measure));
        ranks.iter().map(|school| school.rank).collect::<Vec<_>>()
    };
    let attendance = spread(schools.clone(), Measure::Attendance);
    assert_eq!(attendance, spread(schools, Measure::Absence));
    assert_eq!(attendance, [Some((1, 1)), Some((2, 2)), Some((3, 3))]);
}

#[test]
fn pupils_move_between_bands_and_last_year_is_as_many_days() {
    let year = |missed: usize, until: &str| {
        // 2 to 13 September 2025 is the first half term so far; the second has 20 half days too.
        let one = pupil().with("I", "2025-09-08", missed).with("I", "2025-11-03", 8);
        let mut school = school(vec![one]);
        (school.cut, school.today) = (super::stories::afternoon(until), day(until));
        school
    };
    let second = Comparing { key: "half-term-2".to_owned(), ..asked(Measure::Absence) };
    let this = blocks(&[year(1, "2025-11-07")]);
    // "Last year" is the same year known up to its end: only the first five days are compared.
    let last = blocks(&[year(0, "2025-12-19")]);
    let pair = (this[0].clone(), Some(last[0].clone()));
    let found = compare(&POOL, &[pair], &second).unwrap();
    let (from, to, then) = found[0].last_year.unwrap();
    assert_eq!((from, to), (day("2025-11-03"), day("2025-11-07")));
    assert_eq!(
        (then, found[0].share),
        (Share { part: 8, whole: 10 }, Share { part: 8, whole: 10 })
    );
    let (since, movement) = found[0].movement.clone().unwrap();
    // Under 5% in the first half term, 80% in the second.
    assert_eq!((since.as_str(), movement[0][3]), ("half-term-1", 1));
    assert_eq!(movement.iter().flatten().sum::<u32>(), 1);
}
