//! Who may import for which school, and files that are for a whole trust.

use serde_json::json;

use super::{Office, counts, problems};
use crate::support::app::Client;
use crate::support::build::{class, pupil, school, upn};
use crate::support::sql::Sql;

const ROLL: &str = "urn,upn,surname,forename,birth_date,year_group,class,first_day";

/// A second school of the trust with a class and a pupil of UPN 7, which the office knows nothing of.
fn other_school(office: &Office) -> (i32, Client) {
    let other = school(&office.admin, 2, "secondary");
    let class = class(&office.admin, other, "7A");
    pupil(&office.admin, other, class, 7);
    (other, office.app.school_client("school_office", office.trust, &[other]))
}

#[test]
fn a_school_imports_for_itself_only() {
    let office = Office::open();
    let (other, _) = other_school(&office);
    let file = b"upn,week,marks\n";
    let refused = office.office.upload("/v1/imports?kind=marks", file);
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.body["errors"][0]["pointer"], "?school_id");
    let path = format!("/v1/imports?kind=marks&school_id={other}");
    assert_eq!(office.office.upload(&path, file).problem(404), "not-found");
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM import"), 0);
}

#[test]
fn rows_for_another_school_are_of_an_unknown_school() {
    let office = Office::open();
    other_school(&office);
    let before = Sql::of(&office.app.database).facts();
    let roll = format!("{ROLL}\n900002,{},Ali,Ann,2015-03-14,6,6A,2026-09-02\n", upn(1));
    assert_eq!(problems(&office.refused("pupils", roll)), ["2 urn 900002 unknown-school"]);
    let marks = format!("urn,upn,week,marks\n900002,{},2026-11-09,/---------\n", upn(7));
    assert_eq!(problems(&office.refused("marks", &marks)), ["2 urn 900002 unknown-school"]);
    // Also by somebody who may see that school: the file is for another.
    let of_one = format!("kind=marks&school_id={}", office.school);
    let import = office.admin.import(&of_one, marks.as_bytes());
    assert_eq!(problems(&import), ["2 urn 900002 unknown-school"]);
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn a_pupil_on_another_schools_roll_is_refused_and_nobody_else_is_added() {
    let office = Office::open();
    other_school(&office);
    let before = Sql::of(&office.app.database).facts();
    let row = |n: u32| format!("900001,{},Ali,Ann,2015-03-14,6,6A,2026-09-02\n", upn(n));
    let import = office.refused("pupils", format!("{ROLL}\n{}{}", row(1), row(7)));
    assert_eq!(problems(&import), [format!("3 upn {} ambiguous-pupil", upn(7))]);
    let expected = import["result"]["problems"][0]["expected"].as_str().unwrap();
    assert!(expected.contains("moves inside the trust is enrolled by the trust"), "{expected}");
    let marks = format!("upn,week,marks\n{},2026-11-09,/---------\n", upn(7));
    let import = office.refused("marks", marks);
    assert_eq!(problems(&import), [format!("2 upn {} unknown-pupil", upn(7))]);
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn an_import_is_seen_by_its_school_and_the_trust_and_nobody_else() {
    let office = Office::open();
    let (_, other) = other_school(&office);
    let import = office.send("marks", "nothing");
    let path = format!("/v1/imports/{}", import["import_id"]);
    office.admin.get(&path).expect(200);
    assert_eq!(other.get(&path).problem(404), "not-found");
    assert_eq!(other.get("/v1/imports").expect(200)["items"], json!([]));
    let job = format!("/v1/jobs/{}", import["import_id"]);
    assert_eq!(other.get(&job).problem(404), "not-found");

    let elsewhere = office.app.client("trust_admin", office.app.trust("Elsewhere"));
    assert_eq!(elsewhere.get(&path).problem(404), "not-found");
    assert_eq!(elsewhere.get(&job).problem(404), "not-found");
}

#[test]
fn one_file_with_a_column_of_urns_is_for_the_whole_trust() {
    let office = Office::open();
    let (_, other) = other_school(&office);
    let roll = format!(
        "{ROLL}\n900001,{},Ali,Ann,2015-03-14,6,6A,2026-09-02\n\
         900002,{},Bo,Ben,2014-03-14,7,7A,2026-09-02\n900002,{},Cy,Cat,2014-03-14,7,7B,2026-09-02\n",
        upn(1),
        upn(2),
        upn(3)
    );
    let import = office.admin.import("kind=pupils", roll.as_bytes());
    assert_eq!(
        counts(&import),
        "classes_added 1, enrolments_added 3, placements_added 3, pupils_added 3"
    );
    let marks = format!(
        "urn,upn,week,marks\n900001,{},2026-11-09,/\\--------\n900002,{},2026-11-09,/I--------\n\
         900002,{},2026-11-09,I---------\n",
        upn(1),
        upn(2),
        upn(3)
    );
    let import = office.admin.import("kind=marks", marks.as_bytes());
    assert_eq!((counts(&import), &import["school_id"]), ("marks_added 5".into(), &json!(null)));
    let figures = |client: &Client| {
        let trend = client.get("/v1/analytics/trend?window=year_to_date").expect(200);
        let cell = trend["series"][0]["cells"][0].clone();
        (cell["possible"].as_u64().unwrap(), cell["absent"].as_u64().unwrap())
    };
    assert_eq!((figures(&office.office), figures(&other)), ((2, 0), (3, 2)));
    // What concerns the whole trust is no school's to see.
    let path = format!("/v1/imports/{}", import["import_id"]);
    assert_eq!(office.office.get(&path).problem(404), "not-found");
}

#[test]
fn a_file_for_the_whole_trust_says_on_every_row_which_school() {
    let office = Office::open();
    other_school(&office);
    let before = Sql::of(&office.app.database).facts();
    let marks = format!(
        "urn,upn,week,marks\n,{0},2026-11-09,/---------\n12345,{0},2026-11-09,/---------\n\
         900099,{0},2026-11-09,/---------\n900001,{0},2026-11-09,/---------\n",
        upn(7)
    );
    let import = office.admin.import("kind=marks", marks.as_bytes());
    assert_eq!(
        problems(&import),
        [
            "2 urn  missing-value",
            "3 urn 12345 bad-urn",
            "4 urn 900099 unknown-school",
            // Pupil 7 is on the roll of the other school.
            "5 marks / on 2026-11-09 AM not-on-roll",
        ]
    );
    let import = office.admin.import("kind=marks", b"upn,week,marks\n");
    assert_eq!(problems(&import), ["1 urn - missing-column"]);
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}
