//! A whole import is taken back: by new entries of the history, and only where nobody changed it since.

use serde_json::{Value, json};

use super::{Office, counts};
use crate::support::build::upn;
use crate::support::sql::Sql;

const PRESENT: &str = "/\\/\\/\\/\\/\\";

impl Office {
    /// Takes an import back; the undo once it has ended.
    #[track_caller]
    fn undo(&self, import: &Value) -> Value {
        self.office.take_back(import)
    }
}

/// What an undo came to, such as `marks_restored 2`; what is 0 is left out.
fn restored(undo: &Value) -> String {
    let result = undo["result"].as_object().unwrap();
    let some = result.iter().filter(|(name, count)| *name != "left" && **count != 0);
    some.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

fn week(ann: &str) -> String {
    format!("upn,week,marks\n{},2026-11-09,{ann}\n", upn(1))
}

#[test]
fn marks_go_back_to_what_stood_before_as_new_entries_of_the_history() {
    let office = Office::open();
    let ann = office.pupil(1);
    office.applied("marks", week("/\\N-------"));
    let before = office.marks(ann);
    office.app.clock.set("2026-11-18T11:00:00Z");
    let import = office.applied("marks", week("/\\I\\/\\/\\/\\"));
    assert_eq!(counts(&import), "marks_added 7, marks_changed 1, marks_unchanged 2");
    office.app.clock.set("2026-11-18T12:00:00Z");
    let undo = office.undo(&import);
    assert_eq!(restored(&undo), "marks_restored 8, registers_restored 7");
    assert_eq!(office.marks(ann), before);

    let path = format!("/v1/pupils/{ann}/marks/2026-11-10/AM/history");
    let entries = office.office.get(&path).expect(200)["entries"].clone();
    let steps: Vec<_> =
        entries.as_array().unwrap().iter().map(|e| (&e["from"], &e["to"])).collect();
    assert_eq!(
        steps,
        [(&json!(null), &json!("N")), (&json!("N"), &json!("I")), (&json!("I"), &json!("N"))]
    );
    assert_eq!(entries[2]["reason"], format!("Import {} was taken back", import["import_id"]));

    // Asked again, it is the same undo, and nothing more is written.
    let written = Sql::of(&office.app.database).written();
    assert_eq!(office.undo(&import)["undo_id"], undo["undo_id"]);
    assert_eq!(Sql::of(&office.app.database).written(), written);
    // And the file may come again.
    assert_eq!(
        counts(&office.applied("marks", week("/\\I\\/\\/\\/\\"))),
        "marks_added 7, marks_changed 1, marks_unchanged 2"
    );
}

#[test]
fn a_mark_that_somebody_changed_since_stays_and_is_listed() {
    let office = Office::open();
    let ann = office.pupil(1);
    let import = office.applied("marks", week(PRESENT));
    let path = format!("/v1/pupils/{ann}/marks/amendments");
    let letter = |mark: &str| {
        json!({ "reason": "Letter seen",
        "changes": [{ "date": "2026-11-09", "session": "AM", "mark": mark }] })
    };
    // Changed and changed back: somebody has said that it is right.
    office.office.post(&path, &letter("M")).expect(201);
    office.office.post(&path, &letter("/")).expect(201);
    let undo = office.undo(&import);
    assert_eq!(restored(&undo), "left_count 1, marks_restored 9, registers_restored 9");
    assert_eq!(undo["result"]["left"][0]["what"], "mark on 2026-11-09 AM");
    assert_eq!(undo["result"]["left"][0]["why"], "it was changed since");
    assert_eq!(office.marks(ann), ["2026-11-09 AM /"]);
}

#[test]
fn figures_are_what_they_were_before_the_import() {
    let office = Office::open();
    office.pupil(1);
    let figures = || {
        let trend = office.admin.get("/v1/analytics/trend").expect(200);
        (trend["series"].clone(), trend["completeness"].clone())
    };
    let before = figures();
    let import = office.applied("marks", week("NNNN/\\/\\/\\"));
    assert_ne!(figures(), before);
    office.undo(&import);
    assert_eq!(figures(), before);
}

fn pupils(rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("upn,surname,forename,birth_date,year_group,class,first_day,last_day,from,sen\n{rows}")
        .replace("ANN", &upn(1))
        .replace("BEN", &upn(2))
        .replace("CAT", &upn(3))
}

/// The roll as the office sees it: pupil by pupil with days, class and year group, and what is known of them.
fn roll(office: &Office) -> Vec<String> {
    Sql::of(&office.app.database).texts(
        "SELECT e.enrolment_id || ' ' || first_day || ' ' || coalesce(last_day::text, '') || ' ' || \
             (SELECT string_agg(name || year_group, ',' ORDER BY d) FROM ( \
                  SELECT DISTINCT ON (d) d, c.name, p.year_group FROM generate_series('2026-09-02'::date, '2026-11-30', '1 week') d \
                  JOIN placement_now p ON p.enrolment_id = e.enrolment_id AND p.from_day <= d \
                  JOIN class c USING (class_id) ORDER BY d, p.from_day DESC) x) || ' ' || \
             coalesce((SELECT string_agg(kind || value, ',' ORDER BY from_day) FROM ( \
                  SELECT DISTINCT ON (kind, from_day) kind, from_day, value FROM characteristic c \
                  WHERE c.enrolment_id = e.enrolment_id ORDER BY kind, from_day, recorded_at DESC) y \
                  WHERE value IS NOT NULL), '') \
         FROM enrolment_now e ORDER BY e.enrolment_id",
    )
}

#[test]
fn a_file_of_pupils_is_taken_back_with_all_that_it_said() {
    let office = Office::open();
    office.applied(
        "pupils",
        pupils(&[
            "ANN,Ali,Ann,2015-03-14,6,6A,2026-09-02,,,N",
            "BEN,Bo,Ben,2015-03-14,6,6A,2026-09-02,,,",
        ]),
    );
    let before = roll(&office);
    let import = office.applied(
        "pupils",
        pupils(&[
            "ANN,Ali,Ann,2015-03-14,6,6B,2026-09-02,,2026-10-05,K",
            "BEN,Bo,Ben,2015-03-14,6,6A,2026-09-02,2026-10-23,,E",
            "CAT,Cy,Cat,2015-03-14,6,6A,2026-09-02,,,N",
        ]),
    );
    assert_ne!(roll(&office), before);
    let undo = office.undo(&import);
    assert_eq!(
        restored(&undo),
        "characteristics_restored 2, days_restored 1, enrolments_taken_back 1, placements_restored 1"
    );
    assert_eq!(roll(&office), before);
    let members = format!("/v1/classes/{}/registers/2026-11-18/AM", office.class);
    assert_eq!(office.office.get(&members).expect(200)["marks"].as_array().unwrap().len(), 2);
    // Nothing is rubbed out, and the child may be enrolled again.
    assert_eq!(Sql::of(&office.app.database).number("SELECT count(*) FROM enrolment"), 3);
    let again = office.applied("pupils", pupils(&["CAT,Cy,Cat,2015-03-14,6,6A,2026-09-02,,,N"]));
    assert_eq!(counts(&again), "characteristics_added 1, enrolments_added 1, placements_added 1");
}

#[test]
fn an_enrolment_that_has_marks_by_now_stays_until_they_are_taken_back() {
    let office = Office::open();
    let roll = office.applied("pupils", pupils(&["ANN,Ali,Ann,2015-03-14,6,6A,2026-09-02,,,N"]));
    let marks = office.applied("marks", week(PRESENT));
    let undo = office.undo(&roll);
    assert_eq!(restored(&undo), "left_count 1");
    assert_eq!(undo["result"]["left"][0]["what"], "enrolment");
    assert_eq!(restored(&office.undo(&marks)), "marks_restored 10, registers_restored 10");
}

#[test]
fn what_was_not_applied_cannot_be_taken_back() {
    let office = Office::open();
    let refused = office.refused("marks", "nothing");
    let dry = office.office.import(
        &format!("kind=pupils&dry_run=true&school_id={}", office.school),
        pupils(&["ANN,Ali,Ann,2015-03-14,6,6A,2026-09-02,,,N"]).as_bytes(),
    );
    for import in [refused, dry] {
        let path = format!("/v1/imports/{}/undo", import["import_id"]);
        assert_eq!(office.office.send("POST", &path, &[], None).problem(409), "not-undoable");
        assert_eq!(office.office.get(&path).problem(404), "not-found");
    }
    assert_eq!(
        office.office.send("POST", "/v1/imports/0/undo", &[], None).problem(404),
        "not-found"
    );
}
