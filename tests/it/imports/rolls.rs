//! Files of pupils: who is on roll, from when to when, in which class.

use serde_json::json;

use super::{Office, counts, problems};
use crate::support::build::{class, upn};
use crate::support::sql::Sql;

const HEADER: &str = "upn,surname,forename,birth_date,sex,year_group,class,first_day,last_day,from";

fn file(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("{HEADER}\n{rows}")
        .replace("ANN", &upn(1))
        .replace("BEN", &upn(2))
        .replace("CAT", &upn(3))
}

#[test]
fn pupils_classes_and_enrolments_come_in_one_file() {
    let office = Office::open();
    let import = office.applied(
        "pupils",
        file(&[
            "ANN,Ali,Ann,2015-03-14,F,6,6B,2026-09-02,,",
            "BEN,Bo,Ben,14/04/2022,M,R,,02/09/2026,,",
        ]),
    );
    assert_eq!(
        counts(&import),
        "classes_added 2, enrolments_added 2, placements_added 2, pupils_added 2"
    );
    assert_eq!(office.names(), ["Ali Ann 2015-03-14", "Bo Ben 2022-04-14"]);
    let path = format!("/v1/classes?school_id={}&year=2026", office.school);
    let classes = office.office.get(&path).expect(200);
    let names = classes["items"].as_array().unwrap().iter().map(|class| &class["name"]);
    // Who is in no class by the file is in one that says so.
    let mut names: Vec<_> = names.map(|name| name.as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["6A", "6B", "No class"]);
}

#[test]
fn every_wrong_row_is_named_at_once_and_nobody_is_added() {
    let office = Office::open();
    let before = Sql::of(&office.app.database).facts();
    let long = "x".repeat(101);
    let rows = [
        ("CAT,Cy,Cat,2015-03-14,F,6,6A,2026-09-02,,", ""),
        ("ANN,Ali,Ann,,F,6,6A,2026-09-02,,", "birth_date  missing-value"),
        ("ANN,LONG,Ann,2015-03-14,F,6,6A,2026-09-02,,", "surname CUT bad-text"),
        ("ANN,Ali,Ann,31/02/2015,F,6,6A,2026-09-02,,", "birth_date 31/02/2015 bad-date"),
        ("ANN,Ali,Ann,1915-03-14,F,6,6A,2026-09-02,,", "birth_date 1915-03-14 bad-date"),
        ("ANN,Ali,Ann,2015-03-14,Q,6,6A,2026-09-02,,", "sex Q bad-sex"),
        ("ANN,Ali,Ann,2015-03-14,F,15,6A,2026-09-02,,", "year_group 15 bad-year-group"),
        ("ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,2026-09-01,", "last_day 2026-09-01 bad-date"),
        ("ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,,2026-09-01", "from 2026-09-01 bad-date"),
        ("BEN,Bo,Ben,2015-03-14,M,6,6A,2026-09-02,,", ""),
        ("BEN,Bo,Ben,2015-03-14,M,6,6B,2026-09-02,,", "- - rows-disagree"),
    ];
    let lines: Vec<&str> = rows.iter().map(|(row, _)| *row).collect();
    let expected: Vec<String> = rows
        .iter()
        .zip(2..)
        .filter(|((_, problem), _)| !problem.is_empty())
        .map(|((_, problem), line)| format!("{line} {}", problem.replace("CUT", &long[..80])))
        .collect();
    let import = office.refused("pupils", file(&lines).replace("LONG", &long));
    assert_eq!(problems(&import), expected);
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn more_rows_about_one_pupil_than_anybody_has_are_refused() {
    let office = Office::open();
    let day = |n| chrono::NaiveDate::from_ymd_opt(2026, 9, 2).unwrap() + chrono::Days::new(n);
    let row = |n| format!("ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,,{}", day(n));
    let rows: Vec<String> = (0..201).map(row).collect();
    let import =
        office.refused("pupils", file(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(problems(&import), ["202 - - too-many-rows"]);
}

#[test]
fn a_known_upn_with_another_birth_date_or_name_is_another_child_and_refused() {
    let office = Office::open();
    office.applied("pupils", file(&["ANN,Núñez,Ann,2015-03-14,F,6,6A,2026-09-02,,"]));
    let before = Sql::of(&office.app.database).facts();
    let import = office.refused(
        "pupils",
        file(&[
            "ANN,Nunez,Ann,2015-04-14,F,6,6A,2026-09-02,,",
            "BEN,Bo,Ben,2015-03-14,M,6,6A,2026-09-02,,",
        ]),
    );
    assert_eq!(problems(&import), ["2 birth_date 2015-04-14 pupil-differs"]);
    let import = office.refused("pupils", file(&["ANN,Okafor,Ann,2015-03-14,F,6,6A,2026-09-02,,"]));
    assert_eq!(problems(&import), ["2 surname Okafor pupil-differs"]);
    assert_eq!(Sql::of(&office.app.database).facts(), before);
    // Accents and case are spelling, not another child.
    let import = office.applied("pupils", file(&["ANN,NUNEZ,ann,2015-03-14,F,6,6A,2026-09-02,,"]));
    assert_eq!(counts(&import), "");
}

#[test]
fn a_later_file_says_that_a_pupil_has_left_and_that_they_have_not() {
    let office = Office::open();
    let days = |office: &Office| {
        let path = format!("/v1/enrolments?school_id={}", office.school);
        office.office.get(&path).expect(200)["items"][0]["last_day"].clone()
    };
    office.applied("pupils", file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,,"]));
    assert_eq!(days(&office), json!(null));
    let left = file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,2026-10-23,"]);
    assert_eq!(counts(&office.applied("pupils", &left)), "enrolments_changed 1");
    assert_eq!(days(&office), "2026-10-23");
    assert_eq!(counts(&office.applied("pupils", &left)), "", "the second time it is known");
    let back = file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,,"]);
    assert_eq!(counts(&office.applied("pupils", back)), "enrolments_changed 1");
    assert_eq!(days(&office), json!(null));
    // What was said before stands in the history.
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM enrolment_days"), 3);
}

#[test]
fn a_pupil_cannot_be_on_the_same_roll_twice_at_once_but_may_return() {
    let office = Office::open();
    office.applied("pupils", file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,2026-10-23,"]));
    let import = office.refused("pupils", file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-10-23,,"]));
    assert_eq!(problems(&import), ["2 first_day 2026-10-23 enrolments-overlap"]);
    let import = office.applied("pupils", file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-11-02,,"]));
    assert_eq!(counts(&import), "enrolments_added 1, placements_added 1");
}

#[test]
fn a_later_file_moves_a_pupil_to_another_class_from_a_day_on() {
    let office = Office::open();
    let other = class(&office.office, office.school, "6B");
    office.applied("pupils", file(&["ANN,Ali,Ann,2015-03-14,F,6,6A,2026-09-02,,"]));
    let moved = file(&["ANN,Ali,Ann,2015-03-14,F,6,6B,2026-09-02,,2026-11-11"]);
    assert_eq!(counts(&office.applied("pupils", moved)), "placements_added 1");
    let members = |class: i32, date: &str| {
        let path = format!("/v1/classes/{class}/registers/{date}/AM");
        office.office.get(&path).expect(200)["marks"].as_array().unwrap().len()
    };
    assert_eq!((members(office.class, "2026-11-10"), members(other, "2026-11-10")), (1, 0));
    assert_eq!((members(office.class, "2026-11-11"), members(other, "2026-11-11")), (0, 1));
}
