//! The questions that go enrolment by enrolment, on random schools: they must agree with the trend.

use std::collections::BTreeMap;

use domain::{Definition, WindowKind, persistent, severe};
use proptest::prelude::*;

use super::schools::cases;
use super::{CODES, POOL, blocks};
use crate::{
    Asking, Block, By, Comparing, Explanation, Filter, Group, LeftOut, Level, Measure, Persistence,
    Query, SchoolYear, Value, compare, explain, trend_naive,
};

/// Every definition with every level.
fn definitions_and_levels() -> impl Iterator<Item = (Definition, Level)> {
    let levels = [Level::Enrolment, Level::Pupil];
    Definition::ALL.into_iter().flat_map(move |one| levels.map(|level| (one, level)))
}

/// The enrolments behind a cell that nothing is left out of, and the pupils with several of them.
fn persistence(said: &Explanation) -> Persistence {
    let enrolments = said.enrolments.iter().map(|((_, enrolment), one)| match one.together {
        Some(all) => ((one.pupil, 0), (all.absent, all.possible)),
        None => ((one.pupil, *enrolment), (one.absent, one.possible)),
    });
    let mut sum = Persistence::default();
    for (absent, possible) in enrolments.collect::<BTreeMap<_, _>>().into_values() {
        sum.enrolments += u32::from(possible > 0);
        sum.persistent += u32::from(persistent(absent, possible));
        sum.severe += u32::from(severe(absent, possible));
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every half day of a cell is counted or left out for one reason, and those that are counted
    /// are those of the trend.
    #[test]
    fn an_explanation_adds_up_to_its_cell((schools, filter, _) in cases()) {
        let filter = Filter { from: None, to: None, ..filter };
        let built = blocks(&schools);
        for (definition, level) in definitions_and_levels() {
            for window in WindowKind::ALL {
                let by = [None; 3];
                let query = Query { definition, level, window, by, filter: filter.clone() };
                let trend = trend_naive(&CODES, &schools, &query);
                for (at, cell) in trend.windows.iter().zip(trend.series[0].cells.iter()) {
                    let key = &at.key;
                    let asking = Asking { definition, level, window, key, filter: &filter };
                    let said = explain(&POOL, &CODES, &built, &asking).unwrap();
                    prop_assert_eq!((said.possible, said.absent), (cell.possible.into(), cell.absent.into()));
                    let doubled = said.left_out.get(&LeftOut::Doubled).copied();
                    prop_assert_eq!(doubled.unwrap_or(0), u64::from(cell.doubled));
                    if let Some(window) = cell.window.filter(|_| filter.values.is_empty()) {
                        prop_assert_eq!(persistence(&said), window);
                    }
                    let coded: u64 = said.codes.values().sum();
                    let not_possible = said.left_out.get(&LeftOut::NotPossible).unwrap_or(&0);
                    prop_assert_eq!(coded, said.possible + not_possible);
                    let left_out: u64 = said.left_out.values().sum();
                    let of_pupils = said.enrolments.values();
                    let of_pupils: u64 = of_pupils.map(|one| u64::from(one.left_out)).sum();
                    prop_assert_eq!(left_out, of_pupils);
                }
            }
        }
    }

    /// The half days of all registers that were due are those that the trend expects a mark for.
    #[test]
    fn the_registers_that_are_due_are_those_that_the_trend_expects((schools, _, _) in cases()) {
        let query = Query {
            definition: Definition::OnRoll,
            level: Level::Enrolment,
            window: WindowKind::YearToDate,
            by: [Some(By::School), Some(By::Class), None],
            filter: Filter::default(),
        };
        for school in &schools {
            // Today's registers are listed while they can still be taken, and expected once the day is over.
            let school = &SchoolYear { day_is_over: true, ..school.clone() };
            let mut expected: BTreeMap<i32, u64> = BTreeMap::new();
            for series in trend_naive(&CODES, std::slice::from_ref(school), &query).series {
                if let Some(Value::Class(class)) = series.group[1] {
                    let half_days: u32 = series.cells.iter().map(|cell| cell.expected).sum();
                    expected.insert(class, u64::from(half_days));
                }
            }
            expected.retain(|_, half_days| *half_days > 0);
            let year = school.calendar.year();
            let block = Block::build(&CODES, school.clone());
            let mut found: BTreeMap<i32, u64> = BTreeMap::new();
            for register in block.registers(year.first_day(), year.last_day()) {
                prop_assert!(!register.taken && register.marked <= register.pupils);
                *found.entry(register.class).or_default() += u64::from(register.pupils);
            }
            prop_assert_eq!(found, expected);
        }
    }

    /// A school's figure beside others is the figure that the trend has.
    #[test]
    fn a_comparison_has_the_trends_figures((mut schools, _, _) in cases()) {
        for (number, school) in (1..).zip(&mut schools) {
            school.school = number;
        }
        let pairs: Vec<_> = blocks(&schools).into_iter().map(|block| (block, None)).collect();
        for window in WindowKind::ALL {
            let definition = Definition::DfeDaily;
            let by = [Some(By::School), None, None];
            let level = Level::Enrolment;
            let query = Query { definition, level, window, by, filter: Filter::default() };
            let trend = trend_naive(&CODES, &schools, &query);
            for (place, at) in trend.windows.iter().enumerate() {
                for measure in [Measure::Absence, Measure::Persistent] {
                    let key = at.key.clone();
                    let standard = by;
                    let asked = Comparing { definition, measure, window, key, standard, floor: 0, least: 1 };
                    for school in compare(&POOL, &pairs, &asked).unwrap() {
                        let group: Group = [Some(Value::School(school.school)), None, None];
                        let series = trend.series.iter().find(|one| one.group == group).unwrap();
                        let cell = series.cells[place];
                        let share = (school.share.part, school.share.whole);
                        match (measure, cell.window) {
                            _ if school.days.is_none() => prop_assert_eq!(cell.possible, 0),
                            (Measure::Absence, _) => {
                                prop_assert_eq!(share, (u64::from(cell.absent), u64::from(cell.possible)));
                                let complete = school.completeness;
                                prop_assert_eq!((complete.part, complete.whole), (u64::from(cell.marked), u64::from(cell.expected)));
                            }
                            (_, Some(window)) => {
                                let whole = (window.persistent.into(), window.enrolments.into());
                                prop_assert_eq!(share, whole);
                            }
                            (_, None) => {}
                        }
                        for gap in &school.gaps {
                            let (group, rest) = (gap.group.share, gap.rest.share);
                            let sum = (group.part + rest.part, group.whole + rest.whole);
                            let by = gap.value.by();
                            match school.unrecorded.iter().find(|(unknown, _)| *unknown == by) {
                                None => prop_assert_eq!(sum, share),
                                Some(_) => prop_assert!(sum.0 <= share.0 && sum.1 < share.1),
                            }
                        }
                    }
                }
            }
        }
    }
}
