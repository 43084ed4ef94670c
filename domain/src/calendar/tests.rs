//! What holds for every calendar, and a school year to look at.

use proptest::prelude::*;

use super::*;
use crate::ClosureKind;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn term(name: &str, from: &str, break_from: &str, break_to: &str, to: &str) -> Term {
    let half_term = Some(Days { from: date(break_from), to: date(break_to) });
    Term { name: name.to_owned(), from: date(from), to: date(to), half_term }
}

fn closed(day: &str, kind: ClosureKind) -> Closure {
    Closure { from: date(day), to: date(day), session: None, kind, note: None }
}

fn terms() -> Vec<Term> {
    vec![
        term("Autumn term", "2025-09-01", "2025-10-25", "2025-11-02", "2025-12-19"),
        term("Spring term", "2026-01-05", "2026-02-14", "2026-02-22", "2026-03-27"),
        term("Summer term", "2026-04-13", "2026-05-23", "2026-05-31", "2026-07-21"),
    ]
}

/// A plain year with a day of training at its start and the May bank holiday, 2025/26.
pub(crate) fn example() -> Calendar {
    calendar(vec![
        closed("2025-09-01", ClosureKind::Inset),
        closed("2026-05-04", ClosureKind::BankHoliday),
    ])
}

fn calendar(closures: Vec<Closure>) -> Calendar {
    let year = AcademicYear::new(2025).unwrap();
    Calendar::new(year, terms(), closures, SchoolWeek::default()).unwrap()
}

fn problems(terms: Vec<Term>, closures: Vec<Closure>, week: SchoolWeek) -> Vec<(String, String)> {
    let year = AcademicYear::new(2025).unwrap();
    let found = Calendar::new(year, terms, closures, week).err().unwrap_or_default();
    found.into_iter().map(|problem| (problem.place, problem.expected)).collect()
}

fn labels(calendar: &Calendar, kind: WindowKind) -> Vec<(String, String)> {
    calendar.windows(kind).into_iter().map(|window| (window.key, window.label)).collect()
}

#[test]
fn a_school_is_open_in_term_on_its_days_and_not_when_closed() {
    let mut closures = vec![closed("2025-09-01", ClosureKind::Inset)];
    closures.push(Closure {
        session: Some(Session::Pm),
        note: Some("carol service".to_owned()),
        ..closed("2025-12-19", ClosureKind::Closure)
    });
    let calendar = calendar(closures);
    let open = |day, session| calendar.is_open(date(day), session);
    assert!(!open("2025-09-01", Session::Am), "training");
    assert!(open("2025-09-02", Session::Am) && open("2025-09-02", Session::Pm));
    assert!(!open("2025-09-06", Session::Am), "Saturday");
    assert!(!open("2025-10-27", Session::Am), "half-term break");
    assert!(open("2025-12-19", Session::Am) && !open("2025-12-19", Session::Pm));
    assert!(calendar.is_school_day(date("2025-12-19")));
    assert!(!calendar.is_school_day(date("2025-12-22")), "between terms");
    assert!(!calendar.is_school_day(date("2026-09-02")), "another year");
    assert_eq!(example().open_half_days().count(), 390);
}

fn staggered(year_groups: &[i8], from: &str, to: &str) -> NotDue {
    let (from, to) = (date(from), date(to));
    NotDue { year_groups: year_groups.to_vec(), from, to, session: None, note: None }
}

fn with_not_due(not_due: Vec<NotDue>) -> Result<Calendar, Vec<CalendarProblem>> {
    let year = AcademicYear::new(2025).unwrap();
    let inset = vec![closed("2025-09-01", ClosureKind::Inset)];
    Calendar::with_not_due(year, terms(), inset, SchoolWeek::default(), not_due)
}

#[test]
fn at_a_staggered_start_a_year_group_is_not_due_though_the_school_is_open() {
    let half_a_day = NotDue {
        session: Some(Session::Pm),
        note: Some("work experience talks".to_owned()),
        ..staggered(&[10], "2026-06-10", "2026-06-10")
    };
    let calendar =
        with_not_due(vec![staggered(&[8, 9, 10], "2025-09-01", "2025-09-03"), half_a_day]).unwrap();
    let due = |year_group, day, session| calendar.is_due(year_group, date(day), session);
    assert!(due(Some(7), "2025-09-02", Session::Am), "the new ones come first");
    assert!(!due(Some(8), "2025-09-02", Session::Am) && !due(Some(10), "2025-09-03", Session::Pm));
    assert!(due(Some(8), "2025-09-04", Session::Am));
    assert!(due(None, "2025-09-02", Session::Am), "of no known year group");
    assert!(due(Some(10), "2026-06-10", Session::Am) && !due(Some(10), "2026-06-10", Session::Pm));
    assert!(!due(Some(7), "2025-09-01", Session::Am), "the school is closed for all");
    assert!(!due(Some(7), "2026-09-02", Session::Am), "another year");
    assert!(calendar.is_open(date("2025-09-02"), Session::Am));
    let missed = |year_group: i8| {
        let left_out = |at: &HalfDay| calendar.year_groups_not_due(*at).contains(&year_group);
        HalfDay::all().filter(left_out).count()
    };
    assert_eq!([7, 8, 9, 10].map(missed), [0, 4, 4, 5], "the day of training was nobody's");
}

#[test]
fn a_year_group_that_nobody_is_in_and_days_of_another_year_are_refused() {
    let problems = with_not_due(vec![
        staggered(&[], "2025-09-02", "2025-09-03"),
        staggered(&[7, 15, -3], "2025-09-03", "2025-09-02"),
        staggered(&[7], "2024-09-03", "2025-09-03"),
    ])
    .unwrap_err();
    let places: Vec<&str> = problems.iter().map(|problem| problem.place.as_str()).collect();
    let expected = [
        "/not_due/0/year_groups",
        "/not_due/1/year_groups/1",
        "/not_due/1/year_groups/2",
        "/not_due/1/to",
        "/not_due/2/from",
    ];
    assert_eq!(places, expected);
}

#[test]
fn windows_have_the_keys_and_labels_people_use() {
    let calendar = example();
    let weeks = labels(&calendar, WindowKind::Week);
    assert_eq!(weeks.len(), 40);
    assert_eq!(weeks[1], ("2025-W37".to_owned(), "week of 8 September 2025".to_owned()));
    assert_eq!(weeks[15].0, "2026-W02", "the ISO year, not the calendar's");
    let half_terms = labels(&calendar, WindowKind::HalfTerm);
    assert_eq!(half_terms.len(), 6);
    assert_eq!(half_terms[0], ("half-term-1".to_owned(), "Autumn term, first half".to_owned()));
    assert_eq!(half_terms[5], ("half-term-6".to_owned(), "Summer term, second half".to_owned()));
    let spring = &calendar.windows(WindowKind::Term)[1];
    assert_eq!((spring.key.as_str(), spring.label.as_str()), ("term-2", "Spring term"));
    assert_eq!((spring.from, spring.to), (date("2026-01-05"), date("2026-03-27")));
    let year = &calendar.windows(WindowKind::YearToDate)[0];
    assert_eq!((year.key.as_str(), year.label.as_str()), ("year-to-date", "Year to date"));
    assert_eq!((year.from, year.to), (date("2025-09-01"), date("2026-07-31")));
}

#[test]
fn a_half_term_reaches_to_the_break_and_a_term_without_break_is_one() {
    let calendar = example();
    let half_terms = calendar.windows(WindowKind::HalfTerm);
    assert_eq!(half_terms[0].to, date("2025-10-24"));
    assert_eq!(half_terms[1].from, date("2025-11-03"));
    assert_eq!(calendar.half_term_of(date("2025-10-24")), Some(1));
    assert_eq!(calendar.half_term_of(date("2025-10-27")), None);
    assert_eq!(calendar.half_term_of(date("2026-06-01")), Some(6));

    let mut terms = terms();
    terms[0].half_term = None;
    let calendar =
        Calendar::new(calendar.year(), terms, Vec::new(), SchoolWeek::default()).unwrap();
    let half_terms = labels(&calendar, WindowKind::HalfTerm);
    assert_eq!(half_terms.len(), 5);
    assert_eq!(half_terms[0], ("half-term-1".to_owned(), "Autumn term".to_owned()));
}

#[test]
fn beside_other_schools_a_window_is_named_by_what_it_is() {
    let keys = |terms: Vec<Term>, kind| {
        let year = AcademicYear::new(2025).unwrap();
        let calendar = Calendar::new(year, terms, Vec::new(), SchoolWeek::default()).unwrap();
        let windows = calendar.windows_across_schools(kind);
        windows.into_iter().map(|window| window.key).collect::<Vec<_>>().join(" ")
    };
    let half_terms = |terms| keys(terms, WindowKind::HalfTerm);
    let all = "half-term-1 half-term-2 half-term-3 half-term-4 half-term-5 half-term-6";
    assert_eq!(half_terms(terms()), all);
    assert_eq!(keys(terms(), WindowKind::Term), "term-1 term-2 term-3");
    // A term without a break has no half terms, and those of the others keep their names.
    let mut unbroken = terms();
    unbroken[0].half_term = None;
    assert_eq!(half_terms(unbroken), "half-term-3 half-term-4 half-term-5 half-term-6");
    // A year of which only some terms are recorded yet.
    assert_eq!(half_terms(terms()[..1].to_vec()), "half-term-1 half-term-2");
    assert_eq!(keys(terms()[1..].to_vec(), WindowKind::Term), "term-2 term-3");
    // Six terms, and two.
    let whole = |from: &str, to: &str| Term {
        name: "Term".to_owned(),
        from: date(from),
        to: date(to),
        half_term: None,
    };
    let six = terms().into_iter().flat_map(|term| {
        let half_term = term.half_term.unwrap();
        let before = half_term.from.pred_opt().unwrap().to_string();
        let after = half_term.to.succ_opt().unwrap().to_string();
        [whole(&term.from.to_string(), &before), whole(&after, &term.to.to_string())]
    });
    let six: Vec<Term> = six.collect();
    let named = "term-1-of-6 term-2-of-6 term-3-of-6 term-4-of-6 term-5-of-6 term-6-of-6";
    assert_eq!(keys(six.clone(), WindowKind::Term), named);
    assert_eq!(half_terms(six), "");
    let two = vec![terms().remove(0), whole("2026-01-05", "2026-07-21")];
    assert_eq!(keys(two, WindowKind::Term), "term-1 term-2-of-2");
}

#[test]
fn the_review_day_is_the_wednesday_of_the_last_week_before_half_term() {
    let review = |closures, half_term| calendar(closures).review_day(half_term, Weekday::Wed);
    let inset = |day| closed(day, ClosureKind::Inset);
    assert_eq!(review(vec![], 1), Some(date("2025-10-22")));
    assert_eq!(review(vec![inset("2025-10-22")], 1), Some(date("2025-10-21")), "training that day");
    let three_days = ["2025-10-20", "2025-10-21", "2025-10-22"].map(inset).to_vec();
    assert_eq!(review(three_days, 1), None, "no school day is left before it in that week");
    let week = Closure { to: date("2025-10-24"), ..inset("2025-10-20") };
    assert_eq!(review(vec![week], 1), Some(date("2025-10-15")), "that week is no school week");
    assert_eq!(review(vec![], 6), Some(date("2026-07-21")), "the term ends on the Tuesday");
    assert_eq!(review(vec![], 0), None);
    assert_eq!(review(vec![], 7), None);
    assert_eq!(calendar(vec![]).review_day(2, Weekday::Sun), Some(date("2025-12-19")));
}

#[test]
fn all_problems_are_said_at_once_and_in_their_place() {
    let mut bad = terms();
    bad[0].from = date("2025-07-31");
    bad[1].from = date("2025-12-19");
    bad[1].name = " ".to_owned();
    bad[2].half_term = Some(Days { from: date("2026-06-09"), to: date("2026-06-08") });
    let closure = Closure { to: date("2026-04-30"), ..closed("2026-08-03", ClosureKind::Holiday) };
    let found = problems(bad, vec![closure], SchoolWeek([[false; 2]; 7]));
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        found,
        [
            ("/week", "at least one half day on which the school is open"),
            ("/terms/0/from", "a date from 2025-08-01 to 2026-07-31"),
            ("/terms/1/name", "a name, such as Autumn term"),
            ("/terms/2/half_term/to", "a date on or after 2026-06-09"),
            ("/terms/1/from", "a date after 2025-12-19, the last day of the term before"),
            ("/closures/0/from", "a date from 2025-08-01 to 2026-07-31"),
            ("/closures/0/to", "a date on or after 2026-08-03"),
        ]
    );
}

#[test]
fn a_year_needs_a_term_and_a_break_lies_inside_its_own() {
    let week = SchoolWeek::default();
    assert_eq!(problems(vec![], vec![], week)[0].0, "/terms");
    let mut at_the_edges = terms();
    at_the_edges[0].half_term = Some(Days { from: date("2025-09-01"), to: date("2025-12-19") });
    let places: Vec<String> =
        problems(at_the_edges, vec![], week).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["/terms/0/half_term/from", "/terms/0/half_term/to"]);
    let far = Closure { to: NaiveDate::MAX, ..closed("2025-09-01", ClosureKind::Inset) };
    assert_eq!(problems(terms(), vec![far], week)[0].0, "/closures/0/to");
}

/// Three terms in any academic year, with or without breaks, any week and a few closures.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    let day = 0..365_u64;
    let days = proptest::collection::btree_set(day.clone(), 12);
    let breaks = proptest::array::uniform3(any::<bool>());
    let week = any::<[[bool; 2]; 7]>()
        .prop_filter("some half day is open", |week| week.iter().flatten().any(|open| *open));
    let closures = proptest::collection::vec((day, 0..5_u64, any::<Option<bool>>()), 0..6);
    (1990..2199_i16, days, breaks, week, closures).prop_map(
        |(number, days, breaks, week, closures)| {
            let year = AcademicYear::new(number).unwrap();
            let on = |day: u64| year.first_day() + DayCount::new(day);
            let days: Vec<u64> = days.into_iter().collect();
            let terms = days.chunks(4).zip(breaks).map(|(day, with_break)| Term {
                name: "Term".to_owned(),
                from: on(day[0]),
                half_term: with_break.then(|| Days { from: on(day[1]), to: on(day[2]) }),
                to: on(day[3]),
            });
            let closures = closures.into_iter().map(|(day, length, morning)| Closure {
                from: on(day),
                to: on(day + length).min(year.last_day()),
                session: morning.map(|morning| if morning { Session::Am } else { Session::Pm }),
                kind: ClosureKind::Closure,
                note: None,
            });
            Calendar::new(year, terms.collect(), closures.collect(), SchoolWeek(week)).unwrap()
        },
    )
}

proptest! {
    #[test]
    fn every_open_half_day_lies_in_exactly_one_window_of_each_kind(calendar in any_calendar()) {
        let open = calendar.open_half_days();
        for kind in WindowKind::ALL {
            let windows = calendar.windows(kind);
            prop_assert!(windows.iter().all(|window| window.from <= window.to));
            prop_assert!(windows.is_sorted_by(|before, after| before.to < after.from));
            for half_day in open.iter() {
                let day = half_day.date(calendar.year());
                prop_assert_eq!(windows.iter().filter(|window| window.contains(day)).count(), 1);
            }
        }
    }

    #[test]
    fn the_half_days_agree_with_the_dates(calendar in any_calendar()) {
        let year = calendar.year();
        let days = || year.first_day().iter_days().take_while(|day| *day <= year.last_day());
        let mut open = 0;
        for (day, session) in days().flat_map(|day| Session::ALL.map(|session| (day, session))) {
            let half_day = HalfDay::of(year, day, session).unwrap();
            let is_open = calendar.is_open(day, session);
            prop_assert_eq!(calendar.open_half_days().contains(half_day), is_open);
            prop_assert_eq!(calendar.opens(day, session), is_open);
            open += u32::from(is_open);
        }
        prop_assert_eq!(calendar.open_half_days().count(), open);
        let school_days: Vec<_> = days().filter(|day| calendar.is_school_day(*day)).collect();
        let weeks = calendar.school_weeks();
        prop_assert!(weeks.is_sorted_by(|before, after| before < after));
        prop_assert!(weeks.iter().all(|monday| monday.weekday() == Weekday::Mon));
        prop_assert!(school_days.iter().all(|day| weeks.contains(&monday_of(*day))));
    }

    #[test]
    fn a_review_day_is_the_last_school_day_up_to_that_weekday_of_the_last_week(
        calendar in any_calendar(),
        weekday in (0..7_u8).prop_map(|day| Weekday::try_from(day).unwrap()),
        number in 1..=6_usize,
    ) {
        let Some(review) = calendar.review_day(number, weekday) else { return Ok(()) };
        prop_assert!(calendar.is_school_day(review));
        prop_assert_eq!(calendar.half_term_of(review), Some(number));
        let sunday = monday_of(review) + DayCount::new(6);
        let year_end = calendar.year().last_day();
        for day in review.iter_days().skip(1).take_while(|day| *day <= year_end) {
            if calendar.half_term_of(day) == Some(number) && calendar.is_school_day(day) {
                prop_assert!(day <= sunday, "the review is not in the last week");
                prop_assert!(day.weekday().num_days_from_monday() > weekday.num_days_from_monday());
            }
        }
        prop_assert!(review.weekday().num_days_from_monday() <= weekday.num_days_from_monday());
    }
}
