//! Files of pupils.

use domain::Sex;

use super::*;

use crate::{PROGRESS_ROWS, Stopped};

const HEADER: &str = "upn,surname,forename,birth_date,year_group,first_day,last_day,from,class,urn";

fn file(rows: &[String]) -> String {
    [&[HEADER.to_owned()], rows].concat().join("\n")
}

#[test]
fn a_row_is_read_with_everything_it_says() {
    let reading = pupils(format!(
        "UPN;Legal Surname;Legal Forename;DOB;Gender;Reg;Year;Admission Date;Leaving Date;From;URN\n\
         {};O'Brien-Núñez; Zoë ;29/02/2012;f;9\\B;Year 9;01/09/2023;;2025-09-01;100001\r\n",
        upn(7)
    ));
    assert_eq!((reading.problem_count, reading.rows), (0, 1));
    assert!(reading.notices.is_empty());
    let pupil = &reading.file[0];
    assert_eq!(pupil.line, 2);
    assert_eq!(pupil.urn.as_deref(), Some("100001"));
    assert_eq!(pupil.upn.as_str(), upn(7));
    assert_eq!((pupil.surname.as_str(), pupil.forename.as_str()), ("O'Brien-Núñez", "Zoë"));
    assert_eq!((pupil.birth_date, pupil.sex), (day(2012, 2, 29), Some(Sex::Female)));
    assert_eq!((pupil.class.as_deref(), pupil.year_group), (Some("9\\B"), Some(9)));
    assert_eq!((pupil.first_day, pupil.last_day), (day(2023, 9, 1), None));
    assert_eq!(pupil.from, Some(day(2025, 9, 1)));
}

#[test]
fn what_the_file_leaves_out_has_a_default() {
    let reading = pupils(format!(
        "upn,surname,forename,birth_date,year_group,first_day\n{},Ali,Ada,2020-10-01,R,2025-09-01",
        upn(1)
    ));
    let pupil = &reading.file[0];
    assert_eq!((pupil.urn.as_ref(), pupil.class.as_ref(), pupil.sex), (None, None, None));
    assert_eq!((pupil.from, pupil.placed_from(), pupil.last_day), (None, pupil.first_day, None));
}

#[test]
fn the_import_s_own_school_may_be_named_or_not() {
    let rows = [
        format!("{},A,A,2015-01-01,4,2020-09-01,,,,100000", upn(1)),
        format!("{},A,A,2015-01-01,4,2020-09-01,,,,", upn(1)),
    ];
    let reading = pupils(file(&rows));
    assert_eq!((reading.file.len(), reading.file[0].urn.as_ref()), (1, None));
    assert_eq!(notices(&reading), [(NoticeKind::RepeatedRows, 3, 1)]);

    let whole_trust = read_pupils(&sent(file(&rows).as_bytes(), None), &mut |_| true).unwrap();
    assert_eq!(kinds(&whole_trust), [(3, "urn", RowProblemKind::MissingValue)]);
    assert_eq!(whole_trust.file[0].urn.as_deref(), Some("100000"));
}

#[test]
fn every_problem_of_every_row_is_reported_at_once() {
    let reading = pupils(file(&[
        "A801200005001,,Ann\u{7},31/02/2014,15,2020-09-01,,,,10".into(),
        "X,B,B,2014-01-01,4,01/09/20,,,,".into(),
        "too,few".into(),
        format!("{},C,C,2014-01-01,4,2020-09-01,2020-08-31,,,", upn(1)),
        format!("{},D,D,1914-01-01,4,2020-09-01,2021-07-20,2021-07-21,,", upn(2)),
    ]));
    use RowProblemKind::*;
    assert_eq!(
        kinds(&reading),
        [
            (2, "urn", BadUrn),
            (2, "upn", WrongUpnCheckLetter),
            (2, "forename", BadText),
            (2, "birth_date", BadDate),
            (2, "year_group", BadYearGroup),
            (3, "upn", BadUpnFormat),
            (3, "first_day", BadDate),
            (4, "", FieldCount),
            (5, "last_day", BadDate),
            (6, "birth_date", BadDate),
            (6, "from", BadDate),
        ]
    );
    assert_eq!(reading.problem_count, 11);
    assert!(reading.file.is_empty());
    assert_eq!(reading.problems[2].value.as_deref(), Some("Ann\u{fffd}"));
}

#[test]
fn rows_about_a_pupil_must_not_contradict_each_other() {
    let row = |birth: &str, year: &str, stay: &str, from: &str, urn: &str| {
        format!("{},A,A,{birth},{year},{stay},{from},,{urn}", upn(1))
    };
    let reading = pupils(file(&[
        row("2014-01-01", "4", "2018-09-01,", "", ""),
        // A later day from which another year group holds, and another school: both fine.
        row("2014-01-01", "5", "2018-09-01,", "2019-09-01", ""),
        row("2014-01-01", "4", "2018-09-01,", "", "100001"),
        // The same day with another year group.
        row("2014-01-01", "6", "2018-09-01,", "2019-09-01", ""),
        // Another birth date, at any school.
        row("2014-01-02", "4", "2018-09-01,", "", "100002"),
        // A stay that overlaps, and the same stay with another end.
        row("2014-01-01", "7", "2019-01-01,", "2019-01-01", ""),
        row("2014-01-01", "7", "2018-09-01,2021-01-01", "2020-09-01", ""),
    ]));
    let disagree = RowProblemKind::RowsDisagree;
    assert_eq!(
        kinds(&reading),
        [(5, "", disagree), (6, "", disagree), (7, "", disagree), (8, "", disagree)]
    );
    assert!(reading.problems[0].expected.contains("line 3"));
    assert_eq!(reading.file.len(), 3);
}

#[test]
fn a_pupil_may_leave_and_come_back() {
    let reading = pupils(file(&[
        format!("{},A,A,2014-01-01,5,2020-09-01,,,,", upn(1)),
        format!("{},A,A,2014-01-01,4,2018-09-01,2019-07-20,,,", upn(1)),
    ]));
    assert_eq!((reading.problem_count, reading.file.len()), (0, 2));
}

#[test]
fn one_pupil_with_thousands_of_rows_is_refused_quickly() {
    let start = day(2018, 9, 1);
    let rows: Vec<String> = (0..3_000)
        .map(|n| {
            let from = start + chrono::Days::new(n);
            format!("{},A,A,2014-01-01,4,2018-09-01,,{from},,", upn(1))
        })
        .collect();
    let reading = pupils(file(&rows));
    assert_eq!((reading.file.len(), reading.problem_count), (200, 2_800));
    assert_eq!(reading.problems.len(), 1_000);
    assert_eq!(kinds(&reading)[0], (202, "", RowProblemKind::TooManyRows));
}

#[test]
fn a_header_that_will_not_do_is_one_set_of_problems() {
    let reading = pupils("Adno,Surname,Last Name,Forename\n1,2,3,4\n");
    use RowProblemKind::*;
    assert_eq!(
        kinds(&reading),
        [
            (1, "upn", MissingColumn),
            (1, "surname", DoubledColumn),
            (1, "birth_date", MissingColumn),
            (1, "year_group", MissingColumn),
            (1, "first_day", MissingColumn),
        ]
    );
    assert!(reading.problems[0].expected.ends_with("found: Adno, Surname, Last Name, Forename"));
    assert_eq!(notices(&reading), [(NoticeKind::IgnoredColumns, 1, 1)]);
    assert_eq!(reading.rows, 0);
}

#[test]
fn a_file_without_rows_is_a_problem() {
    for text in ["", "\n \n", HEADER, &format!("{HEADER}\n\n")] {
        assert_eq!(kinds(&pupils(text)), [(1, "", RowProblemKind::EmptyFile)], "{text:?}");
    }
    assert_eq!(kinds(&pupils(b"upn\0")), [(1, "", RowProblemKind::NotText)]);
}

#[test]
fn progress_is_told_and_can_stop_the_reading() {
    let rows: Vec<String> =
        (0..25_000).map(|n| format!("{},A,A,2014-01-01,4,2018-09-01,,,,", upn(n))).collect();
    let mut told = Vec::new();
    let reading = read_pupils(&sent(file(&rows).as_bytes(), Some("")), &mut |rows| {
        told.push(rows);
        true
    });
    assert_eq!(reading.unwrap().file.len(), 25_000);
    assert_eq!(told, [PROGRESS_ROWS, 2 * PROGRESS_ROWS]);
    let stopped = read_pupils(&sent(file(&rows).as_bytes(), Some("")), &mut |_| false);
    assert_eq!(stopped.err(), Some(Stopped));
}

#[test]
fn a_debug_print_says_nothing_of_the_pupil() {
    let reading = pupils(file(&[format!("{},Núñez,Zoë,2014-01-01,4,2018-09-01,,,4B,", upn(1))]));
    let print = format!("{reading:?}");
    for hidden in ["Núñez", "Zoë", "2014", "4B", &upn(1)] {
        assert!(!print.contains(hidden), "{print}");
    }
}
