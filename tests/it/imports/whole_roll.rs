//! A file that is the whole roll: who is not in it has left; and what keeps a short file from emptying a roll.

use serde_json::Value;

use super::{Office, counts, problems};
use crate::support::build::upn;
use crate::support::sql::Sql;

fn roll(numbers: std::ops::RangeInclusive<u32>) -> String {
    let row = |n| format!("{},Surname{n},Forename{n},2015-03-14,6,6A,2026-09-02\n", upn(n));
    let rows: String = numbers.map(row).collect();
    format!("upn,surname,forename,birth_date,year_group,class,first_day\n{rows}")
}

fn send(office: &Office, more: &str, file: String) -> Value {
    office.office.import(&format!("kind=pupils&school_id={}{more}", office.school), file.as_bytes())
}

/// The last days of those who have left, in the order of enrolment.
fn left(office: &Office) -> Vec<String> {
    let query =
        "SELECT last_day FROM enrolment_now WHERE last_day IS NOT NULL ORDER BY enrolment_id";
    Sql::of(&office.app.database).texts(query)
}

#[test]
fn without_being_told_that_it_is_the_whole_roll_a_file_takes_nobody_off() {
    let office = Office::open();
    office.applied("pupils", roll(1..=8));
    assert_eq!(counts(&send(&office, "", roll(1..=1))), "");
    assert_eq!(left(&office), Vec::<String>::new());
}

#[test]
fn who_is_not_in_the_whole_roll_left_the_day_before() {
    let office = Office::open();
    office.applied("pupils", roll(1..=8));
    let import = send(&office, "&complete=true", roll(1..=5));
    assert_eq!(counts(&import), "enrolments_ended 3");
    assert_eq!(left(&office), ["2026-11-17"; 3]);
    assert_eq!(counts(&send(&office, "&complete=true", roll(1..=5))), "", "they have left already");
    let import = send(&office, "&complete=true&as_of=2026-11-02", roll(1..=4));
    assert_eq!(
        (counts(&import), left(&office)[0].as_str()),
        ("enrolments_ended 4".into(), "2026-11-01")
    );
}

#[test]
fn a_file_that_would_take_off_more_than_half_is_refused_unless_the_sender_insists() {
    let office = Office::open();
    office.applied("pupils", roll(1..=8));
    let before = Sql::of(&office.app.database).facts();
    let import = send(&office, "&complete=true", roll(1..=3));
    assert_eq!(problems(&import), ["1 - - shrinks-roll"]);
    let expected = import["result"]["problems"][0]["expected"].as_str().unwrap();
    assert!(
        expected.contains("5 of the 8 pupils") && expected.contains("insist=true"),
        "{expected}"
    );
    assert_eq!(Sql::of(&office.app.database).facts(), before);

    assert_eq!(
        counts(&send(&office, "&complete=true", roll(1..=4))),
        "enrolments_ended 4",
        "half is not more"
    );
    // A roll of four is too small to tell a mistake from a move.
    assert_eq!(counts(&send(&office, "&complete=true", roll(1..=1))), "enrolments_ended 3");

    let office = Office::open();
    office.applied("pupils", roll(1..=8));
    let import = send(&office, "&complete=true&insist=true", roll(1..=1));
    assert_eq!(counts(&import), "enrolments_ended 7");
}

#[test]
fn who_started_that_very_day_and_is_not_in_the_roll_was_never_on_it() {
    let office = Office::open();
    office.applied("pupils", roll(1..=3));
    send(&office, "&complete=true&as_of=2026-09-02", roll(1..=2));
    let on_roll =
        office.office.get(&format!("/v1/enrolments?school_id={}", office.school)).expect(200);
    assert_eq!(on_roll["items"].as_array().unwrap().len(), 2);
}

#[test]
fn what_belongs_to_a_whole_roll_is_refused_without_one() {
    let office = Office::open();
    for (query, pointer) in [
        ("kind=marks&complete=true", "?complete"),
        ("kind=pupils&insist=true", "?insist"),
        ("kind=pupils&as_of=2026-11-01", "?as_of"),
        ("kind=pupils&complete=true&as_of=1066-10-14", "?as_of"),
    ] {
        let path = format!("/v1/imports?{query}&school_id={}", office.school);
        let answer = office.office.upload(&path, b"upn\n");
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}
