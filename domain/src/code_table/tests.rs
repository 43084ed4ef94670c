//! The built-in code table against the regulations and the Department for Education's counting.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::Category;

/// Every number ever given to a code. Stored marks are only numbers: a line here may be added,
/// never changed or removed.
const FROZEN: [(u8, &str); 38] = [
    (1, "/"),
    (2, "\\"),
    (3, "L"),
    (4, "B"),
    (5, "C"),
    (6, "D"),
    (7, "E"),
    (8, "G"),
    (9, "I"),
    (10, "M"),
    (11, "N"),
    (12, "O"),
    (13, "P"),
    (14, "R"),
    (15, "S"),
    (16, "T"),
    (17, "U"),
    (18, "V"),
    (19, "W"),
    (20, "X"),
    (21, "Z"),
    (22, "#"),
    (23, "F"),
    (24, "H"),
    (25, "J"),
    (26, "Y"),
    (27, "K"),
    (28, "Q"),
    (29, "C1"),
    (30, "C2"),
    (31, "J1"),
    (32, "Y1"),
    (33, "Y2"),
    (34, "Y3"),
    (35, "Y4"),
    (36, "Y5"),
    (37, "Y6"),
    (38, "Y7"),
];

fn table() -> CodeTable {
    CodeTable::built_in().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The session that a code may be used in.
fn session_of(code: &str) -> Session {
    if code == "\\" { Session::Pm } else { Session::Am }
}

/// The codes in force on a day that pass a test, by number.
fn codes(on: &str, test: impl Fn(Counts) -> bool) -> String {
    let (table, on) = (table(), date(on));
    let in_force = table.periods().filter(|period| !period.withdrawn && period.contains(on));
    let codes: Vec<&str> =
        in_force.filter(|period| test(period.counts)).map(|period| period.code.as_str()).collect();
    codes.join(" ")
}

#[test]
fn a_number_is_never_given_to_another_code() {
    let table = table();
    let numbers: BTreeSet<(u8, &str)> =
        table.periods().map(|period| (period.number.get(), period.code.as_str())).collect();
    assert!(numbers.into_iter().eq(FROZEN));
    for (number, code) in FROZEN {
        assert_eq!(table.text(number), Some(code));
    }
    assert_eq!(table.text(NO_MARK), None);
    assert_eq!(table.text(u8::MAX), None);
}

#[test]
fn codes_count_as_the_department_counts_them_since_august_2024() {
    let today = |test: fn(Counts) -> bool| codes("2025-11-03", test);
    assert_eq!(today(Counts::approved), "B P V W K");
    assert_eq!(today(|counts| counts.attended() && !counts.approved()), "/ \\ L");
    assert_eq!(today(Counts::authorised), "C E I M R S T C1 C2 J1");
    assert_eq!(today(Counts::unauthorised), "G N O U");
    assert_eq!(today(Counts::late), "L U");
    assert_eq!(today(|counts| counts == Counts::NONE), "D X Z # Q Y1 Y2 Y3 Y4 Y5 Y6 Y7");
}

#[test]
fn codes_count_as_the_department_counted_them_before() {
    let then = |test: fn(Counts) -> bool| codes("2019-11-04", test);
    assert_eq!(then(Counts::approved), "B P V W J");
    assert_eq!(then(Counts::authorised), "C E I M R S T H");
    assert_eq!(then(Counts::unauthorised), "G N O U");
    assert_eq!(then(Counts::late), "L U");
    assert_eq!(then(|counts| counts == Counts::NONE), "D X Z # Y");
    assert_eq!(codes("2013-03-01", Counts::authorised), "C E I M R S T F H");
}

#[test]
fn possible_sessions_are_attendance_and_absence_taken_together() {
    for period in table().periods() {
        let counts = period.counts;
        assert!(!(counts.attended() && counts.absent()), "{}", period.code);
        if period.category != Category::Coronavirus {
            assert_eq!(counts.possible(), counts.attended() || counts.absent(), "{}", period.code);
        }
        assert!(!period.meaning.is_empty() && !period.reference.is_empty(), "{}", period.code);
    }
}

#[test]
fn the_periods_of_a_code_cover_every_date_from_its_first_day_once() {
    let table = table();
    let days = || date("2012-09-01").iter_days().take_while(|day| *day <= date("2027-08-31"));
    for (number, code) in FROZEN {
        let periods: Vec<&CodePeriod> =
            table.periods().filter(|period| period.number.get() == number).collect();
        for day in days() {
            let now = periods.iter().filter(|period| period.contains(day)).count();
            let begun = periods[0].from.is_none_or(|from| from <= day);
            assert_eq!(now, usize::from(begun), "{code} on {day}");
        }
    }
}

#[test]
fn the_new_codes_begin_on_19_august_2024() {
    let (before, first) = (date("2024-08-18"), date("2024-08-19"));
    for code in ["K", "Q", "C1", "C2", "J1", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"] {
        let read = |date| table().read(code, Session::Am, date);
        assert_eq!(read(before), Err(CodeError::NotYet { code: code.to_owned(), from: first }));
        let number = read(first).unwrap().number.get();
        assert_eq!(table().counts(number, before), Counts::NONE);
    }
}

#[test]
fn a_withdrawn_code_is_accepted_with_a_warning_and_counts_as_before() {
    for (code, last_day, counts) in [
        ("H", "2024-08-18", Category::Authorised.counts()),
        ("J", "2024-08-18", Category::ApprovedActivity.counts()),
        ("Y", "2024-08-18", Counts::NONE),
        ("F", "2013-08-31", Category::Authorised.counts()),
    ] {
        let table = table();
        let last_day = date(last_day);
        let on_time = table.read(code, Session::Pm, last_day).unwrap();
        assert_eq!(on_time.withdrawn, None, "{code}");
        let next_day = last_day.succ_opt().unwrap();
        let late = table.read(code, Session::Pm, next_day).unwrap();
        assert_eq!(late, Read { withdrawn: Some(last_day), ..on_time }, "{code}");
        for day in [last_day, next_day, date("2026-01-05")] {
            assert_eq!(table.counts(late.number.get(), day), counts, "{code} on {day}");
        }
        let after = table.periods().filter(|period| period.withdrawn && period.code == code);
        assert_eq!(after.map(|period| period.from).collect::<Vec<_>>(), [Some(next_day)]);
    }
    let withdrawn = table().periods().filter(|period| period.withdrawn).count();
    assert_eq!(withdrawn, 4);
}

#[test]
fn x_was_possible_but_no_absence_during_coronavirus() {
    let counts = |day| table().counts(20, date(day));
    assert_eq!(counts("2020-08-31"), Counts::NONE);
    assert_eq!(counts("2020-09-01"), Counts::POSSIBLE);
    assert_eq!(counts("2022-04-17"), Counts::POSSIBLE);
    assert_eq!(counts("2022-04-18"), Counts::NONE);
}

#[test]
fn the_strokes_belong_to_their_own_session() {
    let read = |code, session| table().read(code, session, date("2025-09-01"));
    assert_eq!(read("/", Session::Am).unwrap().number.get(), 1);
    assert_eq!(read("\\", Session::Pm).unwrap().number.get(), 2);
    let error = read("/", Session::Pm).unwrap_err();
    assert_eq!(error, CodeError::WrongSession { code: "/".to_owned(), session: Session::Am });
    assert_eq!(
        error.to_string(),
        "/ is for the AM session only; expected / in the morning or \\ in the afternoon"
    );
    assert!(read("\\", Session::Am).is_err());
}

#[test]
fn codes_are_read_in_any_case_and_sub_codes_of_other_systems_are_unknown() {
    let read = |text: &str| table().read(text, Session::Am, date("2025-09-01"));
    assert_eq!(read(" y2 ").unwrap().number.get(), 33);
    assert_eq!(read("i").unwrap().number.get(), 9);
    for text in ["", "-", "!", "A", "X01", "I02", "//", "Y8", "C 1", "İ", "é"] {
        assert_eq!(read(text), Err(CodeError::Unknown { text: text.to_owned() }));
    }
    let long = read(&"a".repeat(5000)).unwrap_err().to_string();
    assert!(long.len() < 120, "{long}");
}

/// Marks by code in 624 registers of 9 to 13 September 2024, and what the Department for Education
/// published for them (pupil attendance in schools, 2024 week 37, Open Government Licence v3.0).
/// It holds withdrawn codes as well.
#[test]
fn a_week_of_published_registers_is_counted_to_the_last_session() {
    let marks = "/ 367890 \\ 368991 L 6563 I 25791 M 7438 R 24 S 2 T 69 H 536 E 911 C 13299 C1 25 \
        J1 12 C2 8046 B 5749 J 1 P 195 V 796 W 129 K 692 G 4646 U 1647 O 17466 N 2731 D 764 Q 460 \
        Y 155 Y1 2952 Y2 8 Y3 290 Y4 746 Y5 86 Y6 6 Y7 1173 # 1294 Z 2347";
    let (table, day) = (table(), date("2024-09-09"));
    let words: Vec<&str> = marks.split_whitespace().collect();
    let counted: Vec<(Counts, u32)> = words
        .chunks(2)
        .map(|pair| {
            let number = table.read(pair[0], session_of(pair[0]), day).unwrap().number.get();
            (table.counts(number, day), pair[1].parse().unwrap())
        })
        .collect();
    let sum = |test: fn(Counts) -> bool| -> u32 {
        counted.iter().filter(|(counts, _)| test(*counts)).map(|(_, sessions)| sessions).sum()
    };
    assert_eq!(sum(Counts::possible), 833_649);
    assert_eq!(sum(Counts::attended), 751_006);
    assert_eq!(sum(Counts::approved), 7_562);
    assert_eq!(sum(Counts::absent), 82_643);
    assert_eq!(sum(Counts::authorised), 56_153);
    assert_eq!(sum(Counts::unauthorised), 26_490);
    assert_eq!(sum(Counts::late), 8_210);
}

proptest! {
    #[test]
    fn a_code_that_is_read_is_written_the_same(
        place in 0..FROZEN.len(), day in 0..6000_u64,
    ) {
        let (number, code) = FROZEN[place];
        let table = table();
        let day = date("2012-09-01") + chrono::Days::new(day);
        if let Ok(read) = table.read(&code.to_ascii_lowercase(), session_of(code), day) {
            prop_assert_eq!(read.number.get(), number);
            prop_assert_eq!(table.text(number), Some(code));
            prop_assert_eq!(table.counts_on(day)[usize::from(number)], table.counts(number, day));
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        let _either_way_is_fine = table().read(&text, Session::Pm, date("2025-09-01"));
    }
}

#[test]
fn the_lookup_row_of_a_date_agrees_with_every_number() {
    let table = table();
    for day in ["2013-03-01", "2021-02-01", "2024-08-18", "2024-08-19", "2026-01-05"].map(date) {
        for (number, counts) in (0..=u8::MAX).zip(table.counts_on(day)) {
            assert_eq!(counts, table.counts(number, day), "{number} on {day}");
        }
    }
}
