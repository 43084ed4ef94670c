//! Rows that clash: two children under one number, one child under two, one child at two schools.

use serde_json::Value;

use super::{Office, notices, problems};
use crate::support::build::{self, upn};

const HEADER: &str = "upn,surname,forename,birth_date,year_group,class,first_day,from";

fn file(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("{HEADER}\n{rows}").replace("ANN", &upn(1)).replace("BEN", &upn(2))
}

fn said(import: &Value, place: usize) -> String {
    import["result"]["notices"][place]["text"].as_str().unwrap().to_owned()
}

#[test]
fn two_children_under_one_number_name_each_others_lines() {
    let office = Office::open();
    let import = office.refused(
        "pupils",
        file(&[
            "ANN,Ali,Ann,2015-03-14,6,6A,2026-09-02,",
            "ANN,Bo,Ben,2015-03-14,6,6A,2026-09-02,2026-10-05",
            "ANN,Ali,Ann,2014-03-14,6,6A,2026-09-02,2026-10-06",
        ]),
    );
    assert_eq!(problems(&import), ["3 - - rows-disagree", "4 - - rows-disagree"]);
    for problem in import["result"]["problems"].as_array().unwrap() {
        assert!(problem["expected"].as_str().unwrap().contains("line 2"), "{problem}");
    }
}

#[test]
fn the_same_name_and_birth_date_under_another_number_may_be_the_same_child() {
    let office = Office::open();
    let import = office.applied(
        "pupils",
        file(&[
            "ANN,Núñez,Zoë,2015-03-14,6,6A,2026-09-02,",
            "BEN,Nunez,Zoe,2015-03-14,6,6A,2026-09-02,",
        ]),
    );
    assert_eq!(notices(&import), ["3 maybe-same-child 1"]);
    assert!(said(&import, 0).contains("line 2"));
    let third = file(&["CAT,Nunez,Zoe,2015-03-14,6,6A,2026-09-02,"]).replace("CAT", &upn(3));
    let import = office.applied("pupils", &third);
    assert_eq!(notices(&import), ["2 maybe-same-child 1"]);
    assert!(said(&import, 0).contains("the pupil with the UPN"));
    assert_eq!(notices(&office.applied("pupils", third)), Vec::<String>::new(), "known by now");
}

#[test]
fn a_pupil_on_the_rolls_of_two_schools_at_once_is_told() {
    let office = Office::open();
    build::school(&office.admin, 2, "primary");
    let row = |urn: &str, last: &str| {
        format!("ANN,Ali,Ann,2015-03-14,6,6A,2026-09-02,{last},{urn}\n").replace("ANN", &upn(1))
    };
    let header = "upn,surname,forename,birth_date,year_group,class,first_day,last_day,urn\n";
    let both = format!("{header}{}{}", row("900001", ""), row("900002", ""));
    let import = office.admin.import("kind=pupils&dry_run=true", both.as_bytes());
    assert_eq!(notices(&import), ["3 on-two-rolls 1"]);
    assert!(said(&import, 0).contains("line 2"));
    let moved =
        row("900001", "2026-10-23") + &row("900002", "").replace("2026-09-02", "2026-11-02");
    let import = office.admin.import("kind=pupils", format!("{header}{moved}").as_bytes());
    assert_eq!((notices(&import), &import["job"]["state"]), (vec![], &"done".into()));
}
