//! Files with something wrong in them: every problem is named, and nothing of the file is applied.

use serde_json::json;

use super::{Office, counts, notices, problems};
use crate::support::build::upn;
use crate::support::sql::Sql;

/// A valid UPN's twelve other characters with a check letter that does not fit.
fn wrong_letter(number: u32) -> String {
    let letter = if upn(number).starts_with('A') { "B" } else { "A" };
    format!("{letter}{}", &upn(number)[1..])
}

#[test]
fn every_wrong_mark_is_named_at_once_and_no_right_one_is_applied() {
    let office = Office::open();
    office.pupil(1);
    let before = Sql::of(&office.app.database).facts();

    let (ann, wrong) = (upn(1), wrong_letter(1));
    let rows = [
        ("ANN,2026-11-16,AM,/", "", ""),
        ("WRONG,2026-11-16,AM,/", "upn WRONG wrong-upn-check-letter", "check letter"),
        ("A123,2026-11-16,AM,/", "upn A123 bad-upn-format", "13 characters"),
        (",2026-11-16,AM,/", "upn  missing-value", "a value in this column"),
        ("ANN,31/11/2026,PM,/", "date 31/11/2026 bad-date", "a day that exists"),
        ("ANN,11/13/2026,PM,/", "date 11/13/2026 bad-date", "the day before the month"),
        ("ANN,2026-11-16,3,/", "session 3 bad-session", "AM or PM"),
        ("ANN,2026-11-16,PM,!", "mark ! unknown-code", "an attendance code"),
        ("ANN,2026-11-16,PM,/", "mark / code-in-wrong-session", "\\ for PM"),
        ("ANN,2023-09-11,AM,C2", "mark C2 code-not-in-force", "from 19 August 2024 on"),
        ("ANN,2026-11-16,PM", "- - field-count", "4 cells as in the header; this row has 3"),
        ("ANN,\"2026-11-16,PM,/", "- - broken-quotes", "closing mark"),
    ];
    let cell = |text: &str| text.replace("ANN", &ann).replace("WRONG", &wrong);
    let mut file = "upn,date,session,mark\n".to_owned();
    let mut expected = Vec::new();
    for ((row, problem, _), line) in rows.iter().zip(2..) {
        file.push_str(&format!("{}\n", cell(row)));
        if !problem.is_empty() {
            expected.push(format!("{line} {}", cell(problem)));
        }
    }
    let import = office.refused("marks", file);
    assert_eq!(problems(&import), expected);
    let words = rows.iter().map(|(_, _, word)| word).filter(|word| !word.is_empty());
    for (problem, word) in import["result"]["problems"].as_array().unwrap().iter().zip(words) {
        assert!(problem["expected"].as_str().unwrap().contains(word), "{problem}: {word}");
    }
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn what_the_roll_and_the_calendar_say_against_a_mark_is_named_too() {
    let office = Office::open();
    office.pupil(1);
    let before = Sql::of(&office.app.database).facts();
    let rows = [
        (1, "2026-11-14,AM,/", "mark / on 2026-11-14 AM closed-day", "the school is open"),
        (1, "2026-11-27,AM,I", "mark I on 2026-11-27 AM closed-day", "the school is open"),
        (1, "2026-11-19,AM,/", "mark / on 2026-11-19 AM future-mark", "only absence"),
        (9, "2026-11-16,AM,/", "upn UPN unknown-pupil", "the UPN of a pupil"),
        (1, "2025-11-17,AM,/", "date 2025-11-17 no-calendar", "2025/26"),
    ];
    let mut file = "upn,date,session,mark\n".to_owned();
    let mut expected = Vec::new();
    for ((number, row, problem, _), line) in rows.iter().zip(2..) {
        file.push_str(&format!("{},{row}\n", upn(*number)));
        expected.push(format!("{line} {}", problem.replace("UPN", &upn(*number))));
    }
    let import = office.refused("marks", file);
    assert_eq!(problems(&import), expected);
    for (problem, (_, _, _, word)) in
        import["result"]["problems"].as_array().unwrap().iter().zip(rows)
    {
        assert!(problem["expected"].as_str().unwrap().contains(word), "{problem}: {word}");
    }
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn a_mark_needs_the_pupil_on_roll_that_day() {
    let office = Office::open();
    let header = "upn,surname,forename,birth_date,year_group,first_day,last_day,class";
    let roll = format!("{header}\n{},Ali,Ann,2015-03-14,6,2026-11-04,2026-11-10,6A\n", upn(1));
    office.applied("pupils", roll);
    // Wednesday to the Tuesday after: marks on the Tuesday before and the Wednesday after are wrong.
    let weeks = format!(
        "upn,week,marks\n{0},2026-11-02,--I-/\\/\\/\\\n{0},2026-11-09,/\\/\\--/---\n",
        upn(1)
    );
    let import = office.refused("marks", weeks);
    assert_eq!(
        problems(&import),
        ["2 marks I on 2026-11-03 AM not-on-roll", "3 marks / on 2026-11-12 AM not-on-roll",]
    );
}

#[test]
fn leave_that_is_known_before_the_day_is_taken() {
    let office = Office::open();
    let ann = office.pupil(1);
    let file = format!("upn,date,am,pm\n{},2026-11-19,C,M\n", upn(1));
    assert_eq!(counts(&office.applied("marks", file)), "marks_added 2");
    assert_eq!(office.marks(ann), ["2026-11-19 AM C", "2026-11-19 PM M"]);
}

#[test]
fn a_closed_day_that_is_marked_as_closed_is_accepted_and_nothing_is_kept_of_it() {
    let office = Office::open();
    let ann = office.pupil(1);
    // The Friday of the week before half term, the holiday week, and the INSET day to come.
    let file = format!(
        "upn,week,marks\n{0},2026-10-19,/\\/\\/\\/\\/\\\n{0},2026-10-26,##########\n{0},2026-11-23,--------##\n",
        upn(1)
    );
    assert_eq!(counts(&office.applied("marks", file)), "marks_added 10");
    assert_eq!(office.marks(ann).len(), 10);
}

#[test]
fn a_planned_closure_on_an_open_day_is_accepted_and_told_as_in_a_register() {
    let office = Office::open();
    let (ann, ben) = (office.pupil(1), office.pupil(2));
    let file = format!(
        "upn,week,marks\n{},2026-11-09,/\\/\\/\\/\\/\\\n{},2026-11-09,/\\##/\\/\\/#\n",
        upn(1),
        upn(2)
    );
    let import = office.applied("marks", file);
    assert_eq!(notices(&import), ["3 planned-closure 3"]);
    let text = import["result"]["notices"][0]["text"].as_str().unwrap();
    assert!(text.contains("3 marks, the first on line 3: an unplanned one is Y4"), "{text}");
    assert_eq!((office.marks(ann).len(), office.marks(ben).len()), (10, 10));
    assert!(office.marks(ben).contains(&"2026-11-10 AM #".to_owned()));
}

#[test]
fn a_week_that_is_not_written_as_one_is_named() {
    let office = Office::open();
    let file = format!(
        "upn,week,marks\n{0},2026-11-09,/\\/\\\n{0},2026-11-11,/\\/\\/\\/\\/\\\n{0},2026-11-09,1\\/\\/\\/\\/\\\n\
         {0},2026-11-16,/\\/!/\\/\\/\\\n",
        upn(1)
    );
    let import = office.refused("marks", file);
    assert_eq!(
        problems(&import),
        [
            "2 marks /\\/\\ bad-week-string",
            "3 week 2026-11-11 week-not-monday",
            "4 marks 1\\/\\/\\/\\/\\ bad-week-string",
            "5 marks ! unknown-code",
        ]
    );
    let expected = |at: usize| import["result"]["problems"][at]["expected"].as_str().unwrap();
    assert!(expected(0).contains("10 marks") && expected(0).ends_with("found 4"));
    assert!(expected(1).contains("the week of 2026-11-09"));
    assert!(expected(3).contains("Tuesday 17 November 2026, PM"));
}

#[test]
fn rows_that_disagree_are_a_problem_and_rows_that_repeat_are_a_notice() {
    let office = Office::open();
    let ann = office.pupil(1);
    let row = |mark: &str| format!("{},2026-11-16,AM,{mark}\n", upn(1));
    let header = "upn,date,session,mark\n";
    let file = [header, &row("/"), &row("I"), &row("/")].concat();
    let import = office.refused("marks", file);
    assert_eq!(problems(&import), ["3 mark I rows-disagree"]);
    let expected = import["result"]["problems"][0]["expected"].as_str().unwrap();
    assert!(expected.starts_with("/ as on line 2 for the same pupil"), "{expected}");

    let import = office.applied("marks", [header, &row("/"), &row("/")].concat());
    assert_eq!(
        (notices(&import), counts(&import)),
        (vec!["3 repeated-rows 1".into()], "marks_added 1".into())
    );
    assert_eq!(office.marks(ann), ["2026-11-16 AM /"]);
}

#[test]
fn codes_withdrawn_in_august_2024_are_accepted_afterwards_with_a_notice_each() {
    let office = Office::open();
    let ann = office.pupil(1);
    let file =
        format!("upn,week,marks\n{0},2026-11-09,HHJJYYFF/\\\n{0},2026-11-16,H---------\n", upn(1));
    let import = office.applied("marks", file);
    assert_eq!(
        notices(&import),
        ["2 withdrawn-code 2", "2 withdrawn-code 3", "2 withdrawn-code 2", "2 withdrawn-code 2"]
    );
    assert_eq!(counts(&import), "marks_added 11");
    assert_eq!(office.marks(ann)[0], "2026-11-09 AM H");
    // They count as they used to: J is attendance, H and F are leave, Y is no possible session.
    let trend = office.office.get("/v1/analytics/trend?window=year_to_date").expect(200);
    let cell = &trend["series"][0]["cells"][0];
    let figures = ["possible", "authorised", "approved_activity"].map(|name| &cell[name]);
    assert_eq!(figures, [&json!(9), &json!(5), &json!(2)]);
}

#[test]
fn a_file_that_cannot_be_read_at_all_is_one_problem() {
    let office = Office::open();
    let row = format!("{},2026-11-16,AM,/\n", upn(1));
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0xff; 400]].concat();
    for (file, problem) in [
        (Vec::new(), "1 - - empty-file"),
        (b"\n\n".to_vec(), "1 - - empty-file"),
        (b"upn,date,session,mark\n".to_vec(), "1 - - empty-file"),
        (png, "3 - - not-text"),
        (b"PK\x03\x04\x14\x00\x06\x00".to_vec(), "1 - - bad-workbook"),
        (format!("upn,date,am_pm,when\n{row}").into_bytes(), "1 mark - missing-column"),
        (format!("upn,date,session,event,mark\n{row}").into_bytes(), "1 session - doubled-column"),
    ] {
        let import = office.refused("marks", &file);
        assert_eq!(problems(&import)[0], problem, "{:?}", String::from_utf8_lossy(&file));
    }
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM mark_event"), 0);
}
