//! Rolls as schools have them: headers of the census, one name or two, errors of formulas, and what cannot be seen.

use serde_json::json;

use super::{Office, counts, notices, problems};
use crate::support::build::upn;
use crate::support::workbook::{Cell, texts, workbook};

const HEADER: &str = "upn,surname,forename,birth_date,year_group,first_day,class";

/// A row of a roll.
fn row(number: u32, surname: &str, forename: &str, year_group: &str, class: &str) -> String {
    format!("{},{surname},{forename},2015-03-14,{year_group},2026-09-02,{class}", upn(number))
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

#[test]
fn year_groups_are_read_as_schools_write_them() {
    let office = Office::open();
    let written =
        ["N1", "N2", "E1", "E2", "X", "Yr 7", "F2", "FS2", "Foundation", "6.0", "Year 6", "R"];
    let rows: Vec<String> = (1..)
        .zip(written)
        .map(|(number, year_group)| {
            row(number, &format!("Test{number}"), "Pupil", year_group, "6A")
        })
        .collect();
    let import = office.applied("pupils", file(&rows));
    assert_eq!(notices(&import), ["6 year-group-by-age 1"]);
    let census =
        file(&[row(20, "Other", "Pupil", "6", "6A")]).replace("year_group", "NCyearActual");
    office.applied("pupils", census);
    assert_eq!(
        problems(&office.refused("pupils", file(&[row(30, "A", "B", "6.5", "6A")]))).len(),
        1
    );
}

#[test]
fn somebody_with_one_name_has_it_as_the_surname() {
    let office = Office::open();
    let import = office.applied(
        "pupils",
        file(&[row(1, "", "Suharto", "6", "6A"), row(2, "Sukarno", "", "6", "6A")]),
    );
    assert_eq!(notices(&import), ["2 one-name 2"]);
    assert_eq!(office.names(), ["Suharto - 2015-03-14", "Sukarno - 2015-03-14"]);
    let again = office.applied("pupils", file(&[row(1, "Suharto", "-", "6", "6A")]));
    assert!(!counts(&again).contains("added"), "{}", counts(&again));
    let none = office.refused("pupils", file(&[row(3, "", "", "6", "6A")]));
    assert_eq!(problems(&none).len(), 2);
}

#[test]
fn the_line_that_names_the_separator_is_skipped_and_lines_are_counted_with_it() {
    let office = Office::open();
    let right =
        format!("sep=;\n{}\n", file(&[row(1, "Test", "Pupil", "6", "6A")]).replace(',', ";"));
    office.applied("pupils", &right);
    let wrong = right.replace("2015-03-14", "14 March");
    assert_eq!(problems(&office.refused("pupils", wrong)), ["3 birth_date 14 March bad-date"]);
}

#[test]
fn of_a_legal_and_a_preferred_surname_the_legal_one_is_recorded_and_it_is_said() {
    let office = Office::open();
    let file = format!(
        "upn,Legal Surname,Surname,forename,birth_date,year_group,first_day\n\
         {},Legal,Pref,C,2015-03-14,6,2026-09-02\n",
        upn(1)
    );
    assert_eq!(notices(&office.applied("pupils", file)), ["1 legal-name 1"]);
    assert_eq!(office.names(), ["Legal C 2015-03-14"]);
}

#[test]
fn what_cannot_be_seen_in_a_name_is_refused_at_its_cell_and_letters_are_composed() {
    let office = Office::open();
    let hidden = office.refused("pupils", file(&[row(1, "Sm\u{200b}ith", "Pupil", "6", "6A")]));
    assert_eq!(problems(&hidden), ["2 surname Sm\u{fffd}ith bad-text"]);
    office.applied("pupils", file(&[row(1, "Nun\u{303}ez", "Zoe\u{308}", "6", "6A")]));
    assert_eq!(office.names(), ["Nu\u{f1}ez Zo\u{eb} 2015-03-14"]);
    let body = json!({ "school_id": office.school, "upn": upn(2), "surname": "Sm\u{200b}ith", "forename": "A",
        "birth_date": "2015-03-14" });
    let refused = office.admin.post("/v1/pupils", &body);
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.body["errors"][0]["pointer"], "/surname");
}

#[test]
fn a_line_break_in_a_name_is_a_space_in_both_forms() {
    let office = Office::open();
    office.applied("pupils", file(&[row(1, "\"van\nDijk\"", "Ann", "6", "6A")]));
    let ben = upn(2);
    let cells = ["van\nDijk", "Ben", "2015-03-14", "6", "2026-09-02", "6A"].map(Cell::Text);
    let row: Vec<Cell<'_>> = std::iter::once(Cell::Text(&ben)).chain(cells).collect();
    let header: Vec<&str> = HEADER.split(',').collect();
    office.applied("pupils", workbook(&[("Roll", vec![texts(&header), row])]));
    assert_eq!(office.names(), ["van Dijk Ann 2015-03-14", "van Dijk Ben 2015-03-14"]);
}

#[test]
fn errors_of_formulas_are_problems_at_their_cells_and_never_pupils_or_classes() {
    let office = Office::open();
    let ann = upn(1);
    let header: Vec<&str> = HEADER.split(',').collect();
    let row = vec![
        Cell::Text(&ann),
        Cell::Error("#N/A"),
        Cell::Error("#REF!"),
        Cell::Text("2015-03-14"),
        Cell::Number("6"),
        Cell::Text("2026-09-02"),
        Cell::Error("#NAME?"),
    ];
    let import = office.refused("pupils", workbook(&[("Roll", vec![texts(&header), row])]));
    let cells: Vec<&str> = import["result"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["cell"].as_str().unwrap())
        .collect();
    assert_eq!(cells, ["B2", "C2", "G2"]);
    assert_eq!(problems(&import)[0], "2 surname #N/A error-cell");
    let saved = file(&[self::row(1, "Test", "Pupil", "6", "#REF!")]);
    assert_eq!(problems(&office.refused("pupils", saved)), ["2 class #REF! error-cell"]);
}

#[test]
fn classes_whose_names_differ_by_case_or_form_are_one_class() {
    let office = Office::open();
    office.applied(
        "pupils",
        file(&[
            row(1, "A", "A", "6", "Oak"),
            row(2, "B", "B", "6", "OAK"),
            row(3, "C", "C", "6", "oak "),
        ]),
    );
    let classes = office.admin.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let names: Vec<&str> = classes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["6A", "Oak"]);
    let new = |name: &str| json!({ "school_id": office.school, "year": 2026, "name": name });
    for name in ["oak", "\u{ff2f}ak", "6a"] {
        assert_eq!(
            office.admin.post("/v1/classes", &new(name)).problem(409),
            "already-exists",
            "{name}"
        );
    }
    assert_eq!(office.admin.post("/v1/classes", &new("o\u{200b}ak")).problem(422), "invalid");
}

#[test]
fn a_closed_day_is_told_once_with_the_reason_and_not_once_a_row() {
    let office = Office::open();
    let mut file = "upn,date,session,mark\n".to_owned();
    for number in 1..=5 {
        office.pupil(number);
        for day in ["2026-11-15", "2026-11-27", "2026-10-28", "2026-12-25"] {
            file.push_str(&format!("{0},{day},AM,I\n{0},{day},PM,I\n", upn(number)));
        }
    }
    let import = office.refused("marks", file);
    let told: Vec<String> = import["result"]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["expected"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for why in
        ["it is a Sunday", "in-service training", "half-term break", "2026-12-25 it is a holiday"]
    {
        assert!(
            told.iter().any(|text| text.contains(why) && text.contains("10 marks")),
            "{why}: {told:?}"
        );
    }
}
