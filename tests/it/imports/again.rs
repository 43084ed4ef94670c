//! Files sent again: as they were, and corrected.

use serde_json::json;

use super::{Office, counts};
use crate::support::build::upn;
use crate::support::sql::Sql;

fn weeks(ann: &str, ben: &str) -> String {
    format!("upn,week,marks\n{},2026-11-09,{ann}\n{},2026-11-09,{ben}\n", upn(1), upn(2))
}

const PRESENT: &str = "/\\/\\/\\/\\/\\";

#[test]
fn the_same_marks_sent_twice_change_nothing_the_second_time() {
    let office = Office::open();
    let (ann, ben) = (office.pupil(1), office.pupil(2));
    let first = office.applied("marks", weeks(PRESENT, "/\\I-/\\/\\/\\"));
    assert_eq!(counts(&first), "marks_added 19");
    let (marks, events) = ([office.marks(ann), office.marks(ben)], events(&office));
    let second = office.applied("marks", weeks(PRESENT, "/\\I-/\\/\\/\\"));
    assert_eq!(counts(&second), "marks_unchanged 19");
    assert_eq!([office.marks(ann), office.marks(ben)], marks);
    assert_eq!(self::events(&office), events, "no new line in the history");
}

#[test]
fn a_corrected_file_changes_only_what_differs_and_the_history_says_so() {
    let office = Office::open();
    let (ann, ben) = (office.pupil(1), office.pupil(2));
    let first = office.applied("marks", weeks(PRESENT, "N-/\\/\\/\\/\\"));
    office.app.clock.set("2026-11-19T08:00:00Z");
    let events = events(&office);
    // The reason for Ben's absence is known now, and the missing mark.
    let second = office.applied("marks", weeks(PRESENT, "I\\/\\/\\/\\/\\"));
    assert_eq!(counts(&second), "marks_added 1, marks_changed 1, marks_unchanged 18");
    assert_eq!(self::events(&office), events + 1, "Ann's marks were left alone");

    let path = format!("/v1/pupils/{ben}/marks/2026-11-09/AM/history");
    let mut history = office.office.get(&path).expect(200)["entries"].take();
    let days = ["2026-11-18T10:00:00", "2026-11-19T08:00:00"];
    for (entry, day) in history.as_array_mut().unwrap().iter_mut().zip(days) {
        let at = entry.as_object_mut().unwrap().remove("at").unwrap();
        assert!(at.as_str().unwrap().starts_with(day), "{at}");
    }
    let who = ("test-school_office", "school_office");
    assert_eq!(
        history,
        json!([
            { "school_id": office.school, "from": null, "to": "N", "source": "import",
              "import_id": first["import_id"], "by": who.0, "role": who.1 },
            { "school_id": office.school, "from": "N", "to": "I", "source": "import",
              "import_id": second["import_id"], "by": who.0, "role": who.1 },
        ])
    );
    let path = format!("/v1/pupils/{ann}/marks/2026-11-09/AM/history");
    let history = office.office.get(&path).expect(200)["entries"].clone();
    assert_eq!(history.as_array().unwrap().len(), 1);
}

#[test]
fn what_a_file_does_not_say_stays_as_it_is() {
    let office = Office::open();
    let ann = office.pupil(1);
    office.pupil(2);
    office.applied("marks", weeks(PRESENT, PRESENT));
    let path = format!("/v1/pupils/{ann}/marks/amendments");
    let letter = json!({ "reason": "Letter seen",
        "changes": [{ "date": "2026-11-09", "session": "AM", "mark": "M" }] });
    office.office.post(&path, &letter).expect(201);
    let silent = "-\\--------";
    assert_eq!(counts(&office.applied("marks", weeks(silent, silent))), "marks_unchanged 2");
    assert_eq!(office.marks(ann)[..2], ["2026-11-09 AM M", "2026-11-09 PM \\"]);
}

#[test]
fn the_same_pupils_sent_twice_change_nothing_the_second_time() {
    let office = Office::open();
    let file = format!(
        "upn,surname,forename,birth_date,year_group,class,first_day\n\
         {},Ali,Ann,2015-03-14,6,6A,2026-09-02\n{},Bo,Ben,2015-04-14,6,6B,2026-09-02\n",
        upn(1),
        upn(2)
    );
    office.applied("pupils", &file);
    let before = Sql::of(&office.app.database).facts();
    assert_eq!(counts(&office.applied("pupils", &file)), "");
    assert_eq!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let office = Office::open();
    office.pupil(1);
    let before = Sql::of(&office.app.database).facts();
    let dry = |kind: &str, file: String| {
        let query = format!("kind={kind}&school_id={}&dry_run=true", office.school);
        let import = office.office.import(&query, file.as_bytes());
        assert_eq!((&import["dry_run"], &import["job"]["state"]), (&json!(true), &json!("done")));
        assert_eq!(import["job"]["stage"], "checked; nothing was changed");
        counts(&import)
    };
    let pupils = format!(
        "upn,surname,forename,birth_date,year_group,class,first_day\n\
         {},Bo,Ben,2015-04-14,6,6B,2026-09-02\n",
        upn(2)
    );
    let marks = format!("upn,week,marks\n{},2026-11-09,{PRESENT}\n", upn(1));
    let pupils_would = "classes_added 1, enrolments_added 1, placements_added 1, pupils_added 1";
    assert_eq!(dry("pupils", pupils.clone()), pupils_would);
    assert_eq!(dry("marks", marks.clone()), "marks_added 10");
    assert_eq!(Sql::of(&office.app.database).facts(), before);

    // And what it said comes true.
    assert_eq!(counts(&office.applied("pupils", pupils)), pupils_would);
    assert_eq!(counts(&office.applied("marks", marks)), "marks_added 10");
    assert_ne!(Sql::of(&office.app.database).facts(), before);
}

#[test]
fn a_dry_run_names_the_problems_that_the_file_has() {
    let office = Office::open();
    let query = format!("kind=marks&school_id={}&dry_run=true", office.school);
    let file = format!("upn,week,marks\n{},2026-11-09,{PRESENT}\n", upn(9));
    let import = office.office.import(&query, file.as_bytes());
    assert_eq!(import["job"]["state"], "refused");
    assert_eq!(super::problems(&import), [format!("2 upn {} unknown-pupil", upn(9))]);
}

fn events(office: &Office) -> i64 {
    Sql::of(&office.app.database).number("SELECT count(*) FROM mark_event")
}
