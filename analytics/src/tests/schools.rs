//! Random schools of all the odd shapes that a real one may have, and random questions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days as DayCount, Months, TimeDelta};
use domain::{
    AcademicYear, Calendar, Characteristic, Closure, ClosureKind, Days, Definition, HALF_DAYS,
    HalfDay, NO_MARK, NotDue, SchoolWeek, Session, Term, WindowKind,
};
use proptest::collection::{btree_set, vec};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::CODES;
use crate::{
    By, EnrolmentYear, Fact, Filter, Level, Placement, Query, SchoolYear, Sex, Split, Value,
};

/// Some schools of one academic year, a filter for them and what to split by. The years hold the first and last days
/// of coronavirus, and the day on which the codes changed.
pub(super) fn cases() -> impl Strategy<Value = (Vec<SchoolYear>, Filter, Vec<Split>)> {
    select(vec![2020, 2021, 2024, 2025]).prop_flat_map(|number| {
        let year = AcademicYear::new(number).unwrap();
        let schools = (school(year, 1), vec(school(year, 2), 0..2), vec(school(year, 3), 0..2));
        let schools = schools.prop_map(|(one, two, three)| [vec![one], two, three].concat());
        let pupils = vec(1..40i32, 1..300).prop_map(|pupils| pupils.into_iter().cycle());
        let schools = (schools, pupils).prop_map(|(schools, pupils)| on_rolls(schools, pupils));
        (schools, filters(year), splits())
    })
}

/// Numbers the enrolments and says whose they are: some pupils have several, at one school or at several, one after the
/// other or at once.
fn on_rolls(
    mut schools: Vec<SchoolYear>,
    mut pupils: impl Iterator<Item = i32>,
) -> Vec<SchoolYear> {
    let enrolments = schools.iter_mut().flat_map(|school| &mut school.enrolments);
    for (number, enrolment) in (1..).zip(enrolments) {
        // Every other pupil has an enrolment alone.
        let pupil = pupils.next().filter(|pupil| pupil % 2 == 0);
        enrolment.enrolment = number;
        enrolment.pupil = pupil.unwrap_or(1_000 + number);
    }
    schools
}

fn school(year: AcademicYear, school: i32) -> impl Strategy<Value = SchoolYear> {
    let size = prop_oneof![
        1 => Just(0..=0usize),
        20 => Just(1..=9usize),
        2 => Just(63..=66usize),
        1 => Just(129..=130usize),
    ];
    let size = size.prop_flat_map(|size| size);
    let enrolments = size.prop_flat_map(move |size| vec(enrolment(year, school), size));
    let cut = weighted(0.9, 0..HALF_DAYS as u16).prop_map(|at| at.and_then(HalfDay::at));
    let today = (prop_oneof![3 => 0..380u64, 1 => Just(400)], any::<bool>());
    (calendar(year), 0..3u8, cut, today, enrolments).prop_map(
        move |(calendar, phase, cut, (today, day_is_over), enrolments)| {
            let today = year.first_day() - DayCount::new(10) + DayCount::new(today);
            let registers = BTreeMap::new();
            SchoolYear { school, phase, calendar, cut, registers, today, day_is_over, enrolments }
        },
    )
}

/// Calendars of three ordinary terms at odd dates, and of a few terms with or without breaks.
fn calendar(year: AcademicYear) -> impl Strategy<Value = Calendar> {
    let ordinary = (vec(-7..7i64, 12)).prop_map(|by| {
        let at = |day: i64, number: usize| u64::try_from(day + by[number]).unwrap();
        vec![
            ((at(34, 0), at(140, 1)), Some((at(83, 2), at(91, 3).max(at(83, 2))))),
            ((at(155, 4), at(240, 5)), Some((at(195, 6), at(203, 7).max(at(195, 6))))),
            ((at(258, 8), at(350, 9)), Some((at(297, 10), at(305, 11).max(at(297, 10))))),
        ]
    });
    let term = (1..30u64, 1..80u64, of((1..60u64, 0..12u64)));
    let odd = vec(term, 1..5).prop_map(|terms| {
        let mut start = 0;
        let mut days = Vec::new();
        for (gap, length, half_term) in terms {
            let (from, to) = (start + gap, start + gap + length);
            start = to + 1;
            days.push(((from, to), half_term.map(|(at, length)| (from + at, from + at + length))));
        }
        days
    });
    let terms = prop_oneof![ordinary, odd];
    let half_day = of(select(Session::ALL.to_vec()));
    let closures = vec((0..360u64, 0..9u64, half_day.clone()), 0..6);
    let not_due = vec((vec(0..4i8, 1..3), 0..360u64, 0..9u64, half_day), 0..4);
    (terms, closures, not_due, weeks()).prop_map(move |(terms, closures, not_due, week)| {
        let last = (year.last_day() - year.first_day()).num_days().unsigned_abs();
        let date = |day: u64| year.first_day() + DayCount::new(day.min(last));
        let closures = closures.into_iter().map(|(from, length, session)| {
            let (from, to, kind) = (date(from), date(from + length), ClosureKind::Inset);
            Closure { from, to, session, kind, note: None }
        });
        let not_due = not_due.into_iter().map(|(year_groups, from, length, session)| {
            let (from, to) = (date(from), date(from + length));
            NotDue { year_groups, from, to, session, note: None }
        });
        let terms =
            terms.into_iter().filter(|((_, to), _)| *to <= last).map(|(term, half_term)| {
                let inside = half_term.filter(|(from, to)| term.0 < *from && *to < term.1);
                let half_term = inside.map(|(from, to)| Days { from: date(from), to: date(to) });
                let name = format!("Term of day {}", term.0);
                Term { name, from: date(term.0), to: date(term.1), half_term }
            });
        let mut terms: Vec<Term> = terms.collect();
        if terms.is_empty() {
            let (from, to) = (date(40), date(90));
            terms.push(Term { name: "Only term".to_owned(), from, to, half_term: None });
        }
        let (closures, not_due) = (closures.collect(), not_due.collect());
        Calendar::with_not_due(year, terms, closures, week, not_due).unwrap()
    })
}

/// The ordinary week, one without Friday afternoons, one with Saturday mornings, and any other.
fn weeks() -> impl Strategy<Value = SchoolWeek> {
    let SchoolWeek(ordinary) = SchoolWeek::default();
    let (mut short, mut long) = (ordinary, ordinary);
    short[4][1] = false;
    long[5][0] = true;
    let any = any::<[[bool; 2]; 7]>()
        .prop_filter("a week without school", |week| week.iter().flatten().any(|open| *open));
    prop_oneof![4 => Just(ordinary), 1 => Just(short), 1 => Just(long), 1 => any]
        .prop_map(SchoolWeek)
}

fn enrolment(year: AcademicYear, school: i32) -> impl Strategy<Value = EnrolmentYear> {
    let start = year.first_day();
    let birth_date = (select(vec![3, 4, 5, 10, 14, 15, 16]), 0..365u64, any::<bool>()).prop_map(
        move |(age, days, exact)| {
            let birthday = year.age_day() - Months::new(12 * age);
            birthday - DayCount::new(if exact { 0 } else { days })
        },
    );
    let first_day = prop_oneof![
        3 => Just(start - DayCount::new(300)),
        2 => (0..360u64).prop_map(move |days| start + DayCount::new(days)),
    ];
    let stay = weighted(0.3, 0..300u64);
    let placements = vec((-20..250i64, 1..4i32, 0..4i8), 0..4);
    let sex = select(vec![Sex::Female, Sex::Male, Sex::Unrecorded]);
    (birth_date, first_day, stay, placements, any::<bool>(), marks(), sex, facts(year)).prop_map(
        move |(birth_date, first_day, stay, placements, placed, marks, sex, facts)| {
            let on_roll_from = first_day.max(start);
            let mut placements: Vec<Placement> = placements
                .into_iter()
                .map(|(days, class, year_group)| Placement {
                    from: on_roll_from + TimeDelta::days(days),
                    class: 10 * school + class,
                    year_group,
                })
                .collect();
            placements.sort_by_key(|placement| placement.from);
            if let Some(first) = placements.first_mut().filter(|_| placed) {
                first.from = first.from.min(first_day);
            }
            let last_day = stay.map(|days| on_roll_from + DayCount::new(days));
            let (enrolment, pupil) = (1, 1);
            EnrolmentYear {
                enrolment,
                pupil,
                birth_date,
                sex,
                first_day,
                last_day,
                placements,
                facts,
                marks,
            }
        },
    )
}

/// Marks with few or many absences, of every code there is and some that there are not.
fn marks() -> impl Strategy<Value = Box<[u8]>> {
    let numbers: BTreeSet<u8> = CODES.periods().map(|period| period.number.get()).collect();
    let others: Vec<u8> = numbers.into_iter().chain([NO_MARK, 200, u8::MAX]).collect();
    let number_of = |code: &str| {
        let mut periods = CODES.periods();
        periods.find(|period| period.code == code).map(|period| period.number.get()).unwrap()
    };
    let usual = [number_of("/"), number_of("\\")];
    let length = prop_oneof![9 => Just(HALF_DAYS), 1 => 0..HALF_DAYS];
    (length, any::<u64>(), select(vec![0, 2, 10, 50, 100])).prop_map(
        move |(length, seed, unusual)| {
            // One seed instead of 744 strategies: marks need no shrinking, and many are wanted.
            let mut state = seed;
            let mut next = move |below: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(seed | 1);
                (state >> 33) % below
            };
            (0..length)
                .map(|position| {
                    if next(100) < unusual {
                        others[next(others.len() as u64) as usize]
                    } else {
                        usual[position % 2]
                    }
                })
                .collect()
        },
    )
}

/// A few facts of any kind, at most one of a kind for a day, as the tables have them.
fn facts(year: AcademicYear) -> impl Strategy<Value = Vec<Fact>> {
    let fact = (select(Characteristic::ALL.to_vec()), -30..300i64, any::<u8>());
    vec(fact, 0..5).prop_map(move |facts| {
        let facts = facts.into_iter().map(|(kind, days, value)| {
            let value = value % u8::try_from(kind.values().len()).unwrap();
            ((kind, year.first_day() + TimeDelta::days(days)), value)
        });
        let facts: BTreeMap<_, _> = facts.collect();
        facts.into_iter().map(|((kind, from), value)| Fact { kind, from, value }).collect()
    })
}

/// Every dimension that an answer can be split by.
fn dimensions() -> Vec<By> {
    let own = [By::School, By::Phase, By::YearGroup, By::Class, By::Sex];
    own.into_iter().chain(Characteristic::ALL.map(By::Characteristic)).collect()
}

/// By nothing, by each dimension alone, and by some of them crossed.
fn splits() -> impl Strategy<Value = Vec<Split>> {
    vec((select(dimensions()), of(select(dimensions())), of(select(dimensions()))), 2..5).prop_map(
        |crossed| {
            let crossed = crossed.into_iter().map(|(one, two, three)| [Some(one), two, three]);
            let alone = [By::School, By::Phase, By::YearGroup, By::Class];
            let alone = alone.map(|by| [Some(by), None, None]);
            [[None; 3]].into_iter().chain(alone).chain(crossed).collect()
        },
    )
}

fn filters(year: AcademicYear) -> impl Strategy<Value = Filter> {
    let date = || {
        let days = weighted(0.2, 0..370u64);
        days.prop_map(move |days| days.map(|days| year.first_day() + DayCount::new(days)))
    };
    let characteristic = (
        select(Characteristic::ALL.to_vec()),
        btree_set(select(vec![0, 1, 2, Characteristic::UNRECORDED]), 0..3),
    );
    let values = (
        weighted(0.2, btree_set((1..5i32).prop_map(Value::School), 0..4)),
        weighted(0.2, btree_set((0..4u8).prop_map(Value::Phase), 0..4)),
        weighted(0.3, btree_set((0..5i8).prop_map(Value::YearGroup), 0..4)),
        weighted(0.3, btree_set((10..35i32).prop_map(Value::Class), 0..20)),
        weighted(0.1, Just(BTreeSet::from([Value::Sex(Sex::Female)]))),
        weighted(0.3, characteristic),
    );
    let values = values.prop_map(|(schools, phases, year_groups, classes, sexes, facts)| {
        let own = [By::School, By::Phase, By::YearGroup, By::Class, By::Sex];
        let mut values: BTreeMap<By, BTreeSet<Value>> = own
            .into_iter()
            .zip([schools, phases, year_groups, classes, sexes])
            .filter_map(|(by, kept)| Some((by, kept?)))
            .collect();
        if let Some((kind, numbers)) = facts {
            let kept = numbers.into_iter().map(|number| Value::Characteristic(kind, number));
            values.insert(By::Characteristic(kind), kept.collect());
        }
        values
    });
    (values, date(), date()).prop_map(|(values, from, to)| Filter { values, from, to })
}

/// All the ways to ask with one filter.
pub(super) fn queries(filter: &Filter, splits: &[Split]) -> Vec<Query> {
    let mut queries = Vec::new();
    for definition in Definition::ALL {
        for window in WindowKind::ALL {
            for by in splits {
                for level in [Level::Enrolment, Level::Pupil] {
                    let filter = filter.clone();
                    queries.push(Query { definition, level, window, by: *by, filter });
                }
            }
        }
    }
    queries
}
