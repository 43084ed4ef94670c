//! Files of marks.

use super::*;

#[test]
fn a_row_a_mark_is_read_with_the_names_of_the_big_systems() {
    for header in ["upn,date,session,mark", "UPN,Date,Event,Mark", "Upn,MARK DATE,AM/PM,Mark Code"]
    {
        let reading = marks(format!(
            "{header}\n{0},08/09/2025,Roll call AM,/\n{0},2025-09-08,p,\\\n{0},09/09/2025,am,c2\n\
             {0},09/09/2025,PM,-\n",
            upn(1)
        ));
        assert_eq!((reading.problem_count, reading.rows), (0, 4), "{:?}", reading.problems);
        let pupil = reading.file.pupil_years().next().unwrap();
        assert_eq!((pupil.urn(), pupil.upn().as_str()), (None, upn(1).as_str()));
        assert_eq!((pupil.year().number(), pupil.first_line()), (2025, 2));
        assert_eq!(mark_on(&pupil, day(2025, 9, 8), Session::Am), "/");
        assert_eq!(mark_on(&pupil, day(2025, 9, 8), Session::Pm), "\\");
        assert_eq!(mark_on(&pupil, day(2025, 9, 9), Session::Am), "C2");
        assert_eq!(mark_on(&pupil, day(2025, 9, 9), Session::Pm), "");
        assert_eq!(pupil.marks().iter().filter(|mark| **mark != 0).count(), 3);
    }
}

#[test]
fn a_row_a_day_has_a_column_for_each_session() {
    let reading = marks(format!(
        "Admission No,UPN,Full Name,Tutor Group,Date,AM,PM\n1,{},Ann,7B,08/09/2025,I,\\\n\
         2,{},Bob,7B,08/09/2025,,\\\n",
        upn(1),
        upn(2)
    ));
    assert_eq!(reading.problem_count, 0);
    assert_eq!(notices(&reading), [(NoticeKind::IgnoredColumns, 1, 3)]);
    let first = reading.file.pupil_years().find(|pupil| pupil.first_line() == 2).unwrap();
    assert_eq!(mark_on(&first, day(2025, 9, 8), Session::Am), "I");
    assert_eq!(mark_on(&first, day(2025, 9, 8), Session::Pm), "\\");
    assert_eq!(reading.file.column(day(2025, 9, 8), Session::Pm), "PM");
}

#[test]
fn a_row_a_week_keeps_every_space_of_its_marks() {
    let reading = marks(format!(
        "upn\tWeek Commencing\tmarks\n{0}\t08/09/2025\t/\\L\\C1C2I-  \n{0}\t15/09/2025\t          \n\
         {0}\t2025-09-22\t           I  \n",
        upn(1)
    ));
    assert_eq!(reading.problem_count, 0, "{:?}", reading.problems);
    let pupil = reading.file.pupil_years().next().unwrap();
    assert_eq!(mark_on(&pupil, day(2025, 9, 9), Session::Am), "L");
    assert_eq!(mark_on(&pupil, day(2025, 9, 10), Session::Pm), "C2");
    assert_eq!(mark_on(&pupil, day(2025, 9, 11), Session::Am), "I");
    assert_eq!(mark_on(&pupil, day(2025, 9, 27), Session::Pm), "I");
    assert_eq!(pupil.marks().iter().filter(|mark| **mark != 0).count(), 8);
}

#[test]
fn a_week_in_two_academic_years_is_split() {
    // 1 August 2025 is a Friday.
    let reading = marks(format!("upn,week,marks\n{},2025-07-28,/\\/\\/\\/\\I\\U-N-\n", upn(1)));
    assert_eq!(reading.problem_count, 0);
    let years: Vec<_> = reading.file.pupil_years().collect();
    assert_eq!(years.iter().map(|year| year.year().number()).collect::<Vec<_>>(), [2024, 2025]);
    assert_eq!(mark_on(&years[0], day(2025, 7, 31), Session::Pm), "\\");
    assert_eq!(years[0].marks().iter().filter(|mark| **mark != 0).count(), 8);
    assert_eq!(mark_on(&years[1], day(2025, 8, 1), Session::Am), "I");
    assert_eq!(mark_on(&years[1], day(2025, 8, 3), Session::Am), "N");
    assert_eq!(years[1].marks().iter().filter(|mark| **mark != 0).count(), 4);
    assert_eq!(years.iter().map(PupilYear::first_line).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn pupil_years_come_by_school_and_pupil_and_name_the_line_of_a_mark() {
    let reading = marks(format!(
        "upn,week,marks,urn\n{1},2025-09-08,/\\/\\/\\/\\/\\,100002\n{0},2025-09-15,-\\/\\/\\/\\/\\,100002\n\
         {1},2025-09-08,/\\/\\/\\/\\/\\,100000\n{0},2025-09-08,/\\/\\/\\/\\/\\,100002\n\
         {0},2025-09-15,I---------,100002\n{1},2024-09-09,/---------,\n",
        upn(10),
        upn(20),
    ));
    assert_eq!(reading.problem_count, 0, "{:?}", reading.problems);
    assert_eq!(reading.file.schools(), ["100002"]);
    let mut expected = vec![
        (None, upn(20), 2024, 7),
        (None, upn(20), 2025, 4),
        (Some("100002"), upn(10), 2025, 3),
        (Some("100002"), upn(20), 2025, 2),
    ];
    expected.sort();
    let found: Vec<_> = reading
        .file
        .pupil_years()
        .map(|p| (p.urn(), p.upn().as_str().to_owned(), p.year().number(), p.first_line()))
        .collect();
    assert_eq!(found, expected);
    let pupil = reading.file.pupil_years().find(|p| p.urn().is_some() && p.first_line() == 3);
    let pupil = pupil.unwrap();
    let line = |date, session| pupil.line_of(HalfDay::of(pupil.year(), date, session).unwrap());
    assert_eq!(line(day(2025, 9, 15), Session::Am), Some(6));
    assert_eq!(line(day(2025, 9, 15), Session::Pm), Some(3));
    assert_eq!(line(day(2025, 9, 8), Session::Am), Some(5));
    assert_eq!(line(day(2025, 9, 13), Session::Am), None);
    assert_eq!(line(day(2025, 9, 22), Session::Am), None);
}

#[test]
fn every_problem_of_every_row_is_reported_at_once() {
    use RowProblemKind::*;
    let week = marks(format!(
        "upn,week,marks\n{0},2025-09-08,\\!C2\\/\\/\\/\\\nA801200005001,09/09/2025,////\n\
         {0},2023-09-11,C2--------Y1\n{0},2023-09-11,C2---------\n",
        upn(1)
    ));
    assert_eq!(
        kinds(&week),
        [
            (2, "marks", CodeInWrongSession),
            (2, "marks", UnknownCode),
            (3, "upn", WrongUpnCheckLetter),
            (3, "week", WeekNotMonday),
            (3, "marks", BadWeekString),
            (4, "marks", CodeNotInForce),
            (4, "marks", CodeNotInForce),
            (5, "marks", CodeNotInForce),
        ]
    );
    let long = marks(format!(
        "upn,date,session,mark\n{0},08/09/2025,AM,\\\n{0},08/09/2025,PM,X01\n{0},8/9/25,1,/\n\
         {0},2023-09-11,AM,Y1\n{0},,AM,/\n",
        upn(1)
    ));
    assert_eq!(
        kinds(&long),
        [
            (2, "mark", CodeInWrongSession),
            (3, "mark", UnknownCode),
            (4, "date", BadDate),
            (4, "session", BadSession),
            (5, "mark", CodeNotInForce),
            (6, "date", MissingValue),
        ]
    );
    assert!(long.file.is_empty());
    assert!(long.problems[4].expected.contains("19 August 2024"));
    assert!(long.problems[4].expected.ends_with("the mark is for Monday 11 September 2023, AM"));
}

#[test]
fn a_withdrawn_code_is_one_notice_however_often_it_is_used() {
    let row = |monday: &str, pupil: u32| format!("{},{monday},HHHHHHHHHH", upn(pupil));
    let reading = marks(
        [
            "upn,week,marks".to_owned(),
            row("2024-06-03", 1),
            row("2024-09-09", 1),
            row("2024-09-09", 2),
        ]
        .join("\n"),
    );
    assert_eq!(reading.problem_count, 0);
    assert_eq!(notices(&reading), [(NoticeKind::WithdrawnCode, 3, 20)]);
}

#[test]
fn rows_that_say_the_same_are_counted_and_rows_that_differ_are_problems() {
    let reading = marks(format!(
        "upn,week,marks\n{0},2025-09-08,/\\/\\/\\/\\/\\\n{0},2025-09-08,/\\/\\/\\/\\/\\\n\
         {1},2025-09-08,/\\/\\/\\/\\/\\\n{0},2025-09-08,/\\/N/\\/\\/\\\n{0},2025-09-08,----------\n",
        upn(1),
        upn(2)
    ));
    assert_eq!(kinds(&reading), [(5, "marks", RowProblemKind::RowsDisagree)]);
    let problem = &reading.problems[0];
    assert_eq!(problem.value.as_deref(), Some("N"));
    assert_eq!(
        problem.expected,
        "\\ as on line 2 for the same pupil; the mark is for Tuesday 9 September 2025, PM"
    );
    assert_eq!(notices(&reading), [(NoticeKind::RepeatedRows, 3, 2)]);

    let reading = marks(format!(
        "upn,date,am,pm\n{0},2025-09-08,/,\\\n{0},2025-09-08,/,N\n{0},2025-09-08,/,\\\n",
        upn(1)
    ));
    assert_eq!(kinds(&reading), [(3, "pm", RowProblemKind::RowsDisagree)]);
    assert!(reading.problems[0].expected.starts_with("\\ as on line 2"));
}

#[test]
fn the_same_half_day_at_two_schools_is_no_contradiction() {
    let reading = marks(format!(
        "upn,date,session,mark,urn\n{0},2025-09-08,AM,/,\n{0},2025-09-08,AM,D,100001\n",
        upn(1)
    ));
    assert_eq!((reading.problem_count, reading.file.len()), (0, 2));
}

#[test]
fn the_shape_is_seen_from_the_header() {
    use RowProblemKind::*;
    let missing = |header: &str| {
        let reading = marks(format!("{header}\n"));
        let kinds = kinds(&reading);
        assert!(kinds.iter().all(|(_, _, kind)| *kind == MissingColumn), "{kinds:?}");
        kinds.iter().map(|(_, column, _)| (*column).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(missing("upn,date,mark"), ["session"]);
    assert_eq!(missing("upn,week"), ["marks"]);
    assert_eq!(missing("upn,date,pm"), ["am"]);
    assert_eq!(missing("name,form"), ["upn", "date", "session", "mark"]);
    let both = marks("upn,week,marks,date,session,mark\n");
    assert_eq!(kinds(&both)[0], (1, "", DoubledColumn));
    // A week beside complete rows of marks is only another column that is left aside.
    let extra = marks(format!("upn,week,date,session,mark\n{},1,2025-09-08,AM,/\n", upn(1)));
    assert_eq!((extra.problem_count, extra.file.len()), (0, 1));
}

#[test]
fn a_debug_print_says_nothing_of_the_pupil() {
    let reading = marks(format!("upn,date,session,mark\n{},2025-09-08,AM,/\n", upn(1)));
    let pupil = reading.file.pupil_years().next().unwrap();
    for print in [format!("{reading:?}"), format!("{pupil:?}")] {
        assert!(!print.contains(&upn(1)[4..]), "{print}");
    }
}

/// What a reading says, with everything that a piece of the file could have lost.
fn told(reading: &Reading<MarksFile>) -> impl PartialEq + std::fmt::Debug {
    let years = reading.file.pupil_years().map(|pupil| {
        let said: Vec<_> = HalfDay::all().map(|at| pupil.line_of(at)).collect();
        let of = (pupil.urn().map(str::to_owned), pupil.upn().to_string(), pupil.year());
        (of, pupil.first_line(), pupil.marks().to_vec(), said)
    });
    let problems: Vec<_> = reading
        .problems
        .iter()
        .map(|problem| (problem.line, problem.kind, problem.expected.clone()))
        .collect();
    let notices: Vec<_> =
        reading.notices.iter().map(|notice| (notice.line, notice.count, &notice.text)).collect();
    let notices = format!("{notices:?}");
    (years.collect::<Vec<_>>(), problems, reading.problem_count, notices, reading.rows)
}

#[test]
fn a_large_file_says_in_pieces_what_it_says_as_a_whole() {
    let mut rows = String::from("upn,week,marks,urn\n");
    for row in 0..40_000_u32 {
        let (pupil, week) = (row % 1_000, row / 1_000);
        let monday = day(2024, 9, 2) + chrono::Days::new(7 * u64::from(week));
        let school = 100_000 + pupil % 7;
        let marks = match row % 997 {
            // A withdrawn code; no code; a mark too few.
            0..300 => "/\\/\\HH/\\/\\",
            300 => "/\\/\\!!/\\/\\",
            301 => "/\\/\\/\\/\\/",
            _ => "/\\/\\/\\/\\LI",
        };
        rows += &format!("{},{monday},{marks},{school}\r\n", upn(pupil));
        if row % 1_999 == 0 {
            // Once more, and then otherwise.
            rows += &format!("{},{monday},{marks},{school}\r\n\r\n", upn(pupil));
            rows += &format!("{},{monday},CCCCCCCCCC,{school}\r\n", upn(pupil));
        }
    }
    // A quotation mark in the last row keeps the file in one piece.
    let last = |urn: &str| format!("{rows}{},2024-09-02,----------,{urn}\r\n", upn(5_000));
    let (pieces, whole) = (marks(last("100000")), marks(last("\"100000\"")));
    assert!(pieces.problem_count > 80 && pieces.notices.len() == 2, "{:?}", pieces.notices);
    assert!(told(&pieces) == told(&whole));
}
