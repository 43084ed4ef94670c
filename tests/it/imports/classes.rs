//! Files of classes: those that a school has, and who is in which, without a word about the pupils that the roll knows.

use serde_json::Value;

use super::{Office, counts, notices, problems};
use crate::support::build::upn;
use crate::support::workbook::{texts, workbook};

/// The pupils of a class on a day.
fn members(office: &Office, class: &str, day: &str) -> Vec<i64> {
    let classes =
        office.office.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let all = classes["items"].as_array().unwrap();
    let id = &all.iter().find(|one| one["name"] == class).unwrap()["class_id"];
    let register = format!("/v1/classes/{id}/registers/{day}/AM");
    let marks = office.office.get(&register).expect(200)["marks"].clone();
    marks.as_array().unwrap().iter().map(|mark| mark["pupil_id"].as_i64().unwrap()).collect()
}

fn named(rows: &str) -> String {
    rows.replace("ANN", &upn(1)).replace("BEN", &upn(2)).replace("CAT", &upn(3))
}

#[test]
fn an_export_with_semicolons_a_byte_order_mark_and_names_of_its_own_fills_the_classes() {
    let office = Office::open();
    let (ann, ben) = (i64::from(office.pupil(1)), i64::from(office.pupil(2)));
    // The office of someone else's making: its own order, its own names, and columns that are no business of ours.
    let file = named(
        "\u{feff}\"Reg Group\";\"Adno\";\"Unique Pupil Number\";\"Effective From\";\"Academic Year\";\"Form Tutor\"\r\n\
         6B;001;ANN;05/10/2026;2026/27;Mrs Fell\r\n\
         6B;002;BEN;;2026/2027;Mrs Fell\r\n\
         6C;;;;2026-27;\r\n",
    );
    let query = format!("kind=classes&school_id={}&dry_run=true", office.school);
    let dry = office.office.import(&query, file.as_bytes());
    let what = "classes_added 2, placements_added 2";
    assert_eq!((counts(&dry).as_str(), dry["job"]["state"].as_str()), (what, Some("done")));
    assert_eq!(office.office.get("/v1/classes").expect(200)["items"].as_array().unwrap().len(), 1);

    let import = office.applied("classes", &file);
    assert_eq!(counts(&import), what);
    assert_eq!(notices(&import), ["1 ignored-columns 2"]);
    assert_eq!(members(&office, "6A", "2026-10-02"), [ann, ben]);
    assert_eq!(
        members(&office, "6B", "2026-10-05"),
        [ann],
        "who is moved from a day is moved then"
    );
    assert_eq!(members(&office, "6B", "2026-11-18"), [ann, ben], "who is moved from now on, today");
    assert_eq!(members(&office, "6C", "2026-11-18"), Vec::<i64>::new());
    assert_eq!(counts(&office.applied("classes", &file)), "", "what is there already is left");

    // Taken back, they are where they were; the classes stay, with nobody in them.
    let undo = office.office.take_back(&import);
    assert_eq!(undo["result"]["placements_restored"], 2, "{undo}");
    assert_eq!(members(&office, "6A", "2026-11-18"), [ann, ben]);
    assert_eq!(members(&office, "6B", "2026-11-18"), Vec::<i64>::new());
}

#[test]
fn pupils_whose_file_named_no_class_were_in_their_class_all_the_time() {
    let office = Office::open();
    let roll = named(
        "upn,surname,forename,birth_date,year_group,first_day\nANN,Ali,Ann,2015-03-14,6,2026-09-02\n",
    );
    office.applied("pupils", roll);
    let file =
        workbook(&[("Sheet1", vec![texts(&["Tutor Group", "UPN"]), texts(&["6B", &upn(1)])])]);
    assert_eq!(counts(&office.applied("classes", file)), "classes_added 1, placements_added 1");
    assert_eq!(members(&office, "6B", "2026-09-02").len(), 1);
    assert_eq!(members(&office, "No class", "2026-11-18").len(), 0);
}

#[test]
fn a_class_of_next_year_is_told_its_year_group() {
    let office = Office::open();
    office.pupil(1);
    let file = |group: &str| {
        named(&format!("class,academic_year,upn,year_group\n7H1,2027/28,ANN,{group}\n"))
    };
    assert_eq!(problems(&office.refused("classes", file(""))), ["2 year_group  missing-value"]);
    assert_eq!(
        counts(&office.applied("classes", file("7"))),
        "classes_added 1, placements_added 1"
    );
    let enrolment = office.office.get("/v1/enrolments").expect(200)["items"][0].clone();
    let path = format!("/v1/enrolments/{}", enrolment["enrolment_id"]);
    let placements = office.office.get(&path).expect(200)["placements"].clone();
    let last = placements.as_array().unwrap().last().unwrap();
    assert_eq!((&last["from_day"], &last["year_group"]), (&"2027-08-01".into(), &7.into()));
}

fn expected(import: &Value, place: usize) -> &str {
    import["result"]["problems"][place]["expected"].as_str().unwrap()
}

#[test]
fn every_bad_row_has_a_problem_of_its_own_and_nothing_is_applied() {
    let office = Office::open();
    office.pupil(1);
    let long = "6".repeat(51);
    let file = named(&format!(
        "class,academic_year,upn,year_group,from,urn\n\
         6B,2026/28,ANN,6,,\n\
         {long},,ANN,6,,\n\
         6B,2026/27,ANN,6,2025-10-05,\n\
         6B,,BEN,6,,\n\
         6B,,ANN,6,2026-09-01,\n\
         6B,,ANN,6,,123456\n\
         6B,,ANN,6,2026-10-05,\n\
         6C,,ANN,6,2026-10-05,\n\
         ,,ANN,6,,\n"
    ));
    let import = office.refused("classes", file);
    let (ben, long) = (upn(2), &long[..51]);
    assert_eq!(
        problems(&import),
        [
            "2 academic_year 2026/28 bad-academic-year".to_owned(),
            format!("3 class {long} bad-text"),
            "4 from 2025-10-05 bad-date".to_owned(),
            format!("5 upn {ben} unknown-pupil"),
            "6 from 2026-09-01 not-on-roll".to_owned(),
            "7 urn 123456 unknown-school".to_owned(),
            "9 - - rows-disagree".to_owned(),
            "10 class  missing-value".to_owned(),
        ]
    );
    assert!(
        expected(&import, 6).contains("line 8") && expected(&import, 6).contains("teaching groups")
    );
    assert_eq!(office.office.get("/v1/classes").expect(200)["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_year_group_of_a_class_without_pupils_is_told_to_stand_with_the_pupil() {
    let office = Office::open();
    let import = office.applied("classes", "class,year\n6B,6\n6C,Year 6\n6B,6\n");
    assert_eq!(notices(&import), ["2 year-group-left 3", "4 repeated-rows 1"]);
    assert_eq!(counts(&import), "classes_added 2");
}
