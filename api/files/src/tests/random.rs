//! Random files: what was written is read back.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::WINDOWS_1252;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What is written into a file, or read from it: code texts by school, pupil and half day.
type Said = BTreeMap<(Option<String>, String, NaiveDate, bool), String>;

/// A pupil's week: school, pupil, week of the register, marks.
type Week = (Option<u32>, u32, u64, Vec<Option<usize>>);

/// Codes that may be written in both sessions since August 2024; the two that may not are added
/// by session.
const WRITTEN: [&str; 12] = ["L", "C", "C1", "C2", "I", "M", "N", "U", "X", "Y1", "Y7", "#"];

fn code_text(mark: usize, morning: bool) -> &'static str {
    match (WRITTEN.get(mark), morning) {
        (Some(code), _) => code,
        (None, true) => "/",
        (None, false) => "\\",
    }
}

fn urn(school: u32) -> String {
    (100_001 + school).to_string()
}

fn weeks() -> impl Strategy<Value = Vec<Week>> {
    let mark = proptest::option::weighted(0.8, 0..WRITTEN.len() + 4);
    let week = (proptest::option::of(0..3_u32), 0..6_u32, 0..60_u64, vec(mark, 14));
    vec(week, 1..60).prop_map(|mut weeks| {
        let mut seen = BTreeSet::new();
        weeks.retain(|(school, pupil, week, _)| seen.insert((*school, *pupil, *week)));
        weeks
    })
}

/// The marks of a week by half day.
fn half_days(week: &Week) -> impl Iterator<Item = (NaiveDate, bool, Option<&'static str>)> + '_ {
    let monday = day(2024, 9, 2) + chrono::Days::new(7 * week.2);
    week.3.iter().enumerate().map(move |(place, mark)| {
        let date = monday + chrono::Days::new(place as u64 / 2);
        let morning = place % 2 == 0;
        (date, morning, mark.map(|mark| code_text(mark, morning)))
    })
}

fn said(weeks: &[Week]) -> Said {
    let mut said = Said::new();
    for week in weeks {
        for (date, morning, mark) in half_days(week) {
            let key = (week.0.map(urn), upn(week.1), date, morning);
            said.extend(mark.map(|mark| (key, mark.to_owned())));
        }
    }
    said
}

fn read_back(reading: &Reading<MarksFile>) -> Said {
    let mut said = Said::new();
    for pupil in reading.file.pupil_years() {
        for (position, mark) in (0..).zip(pupil.marks()) {
            let half_day = HalfDay::at(position).unwrap();
            let key = (
                pupil.urn().map(str::to_owned),
                pupil.upn().to_string(),
                half_day.date(pupil.year()),
                half_day.session() == Session::Am,
            );
            let text = CODES.text(mark).map(str::to_owned);
            assert_eq!(pupil.line_of(half_day).is_some(), text.is_some());
            said.extend(text.map(|text| (key, text)));
        }
    }
    said
}

fn long_rows(weeks: &[Week], separator: char, end: &str) -> String {
    let mut text = ["upn", "date", "session", "mark", "urn"].join(&separator.to_string()) + end;
    for week in weeks {
        for (date, morning, mark) in half_days(week).filter(|(_, _, mark)| mark.is_some()) {
            let cells = [
                upn(week.1),
                date.format("%d/%m/%Y").to_string(),
                if morning { "AM" } else { "PM" }.to_owned(),
                mark.unwrap_or("").to_owned(),
                week.0.map(urn).unwrap_or_default(),
            ];
            text += &(cells.join(&separator.to_string()) + end);
        }
    }
    text
}

fn week_rows(weeks: &[Week], separator: char, end: &str) -> String {
    let mut text = ["urn", "marks", "upn", "week"].join(&separator.to_string()) + end;
    for week in weeks {
        let marks: String = half_days(week).map(|(_, _, mark)| mark.unwrap_or(" ")).collect();
        let monday = half_days(week).next().map(|(date, _, _)| date.to_string());
        let cells =
            [week.0.map(urn).unwrap_or_default(), marks, upn(week.1), monday.unwrap_or_default()];
        text += &(cells.join(&separator.to_string()) + end);
    }
    text
}

fn layout() -> impl Strategy<Value = (char, &'static str)> {
    (
        prop_oneof![Just(','), Just(';'), Just('\t')],
        prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    )
}

/// Names as they may stand in a file; the second part is what Windows-1252 can write as well.
fn names() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-zÀ-ÖØ-öø-ÿ’\" ,;-]{1,30}", "[^\\p{Cc}]{1,60}", "\\PC{1,100}"]
        .prop_map(|name| domain::in_one_form(&name).into_owned())
        .prop_filter("a name is not blank and can be seen", |name| {
            !matches!(name.trim(), "" | "-")
                && name.chars().count() <= 100
                && !name.chars().any(domain::is_invisible)
        })
}

/// Names of classes: half as long.
fn classes() -> impl Strategy<Value = String> {
    names().prop_map(|name| name.trim().chars().take(50).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn marks_are_read_back_in_every_shape(weeks in weeks(), (separator, end) in layout()) {
        let expected = said(&weeks);
        let as_weeks = marks(week_rows(&weeks, separator, end));
        prop_assert_eq!(as_weeks.problem_count, 0, "{:?}", as_weeks.problems);
        prop_assert_eq!(read_back(&as_weeks), expected.clone());
        if !expected.is_empty() {
            let as_marks = marks(long_rows(&weeks, separator, end));
            prop_assert_eq!(as_marks.problem_count, 0, "{:?}", as_marks.problems);
            prop_assert_eq!(as_marks.rows, expected.len() as u64);
            prop_assert_eq!(read_back(&as_marks), expected);
        }
    }

    #[test]
    fn pupils_are_read_back_in_every_encoding(
        names in vec((names(), names(), proptest::option::of(classes())), 1..30),
        (separator, end) in layout(),
        mark in any::<bool>(),
    ) {
        let header = ["class", "surname", "forename", "upn", "birth_date", "year_group", "first_day"];
        let mut text = header.join(&separator.to_string()) + end;
        for (number, (surname, forename, class)) in (0..).zip(&names) {
            let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
            let class = class.as_deref().map(quoted).unwrap_or_default();
            let number = upn(number);
            let cells =
                [&class, &quoted(surname), &quoted(forename), &number, "2014-02-01", "Y4", "1/9/2018"];
            text += &(cells.join(&separator.to_string()) + end);
        }
        let utf16: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let utf8 = if mark { format!("\u{feff}{text}") } else { text.clone() }.into_bytes();
        let mut files = vec![utf8, utf16];
        let (windows, _, unmappable) = WINDOWS_1252.encode(&text);
        // A pair such as Â’ is well-formed UTF-8 by chance; such a file may be refused.
        let ambiguous = windows.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
        if !unmappable && !ambiguous {
            files.push(windows.into_owned());
        }
        for file in files {
            let reading = pupils(file);
            prop_assert_eq!(reading.problem_count, 0, "{:?}", reading.problems);
            prop_assert_eq!(reading.file.len(), names.len());
            for (row, (surname, forename, class)) in reading.file.iter().zip(&names) {
                prop_assert_eq!(&row.surname, surname.trim());
                prop_assert_eq!(&row.forename, forename.trim());
                prop_assert_eq!(row.class.as_deref(), class.as_deref().map(str::trim));
            }
        }
    }
}
