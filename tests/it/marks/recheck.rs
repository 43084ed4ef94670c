//! Marks that are changed by a file, by taking it back, by a register, a closure or days on roll have the consequences that
//! an amendment has: a job looks at them again, once.

use serde_json::{Value, json};

use crate::support::app::Start;
use crate::support::build::{calendar, id, upn};
use crate::support::office::{Office, just_below_ninety};
use crate::support::run::wait_until;
use crate::support::sql::Sql;
use crate::support::weeks::{marks_file, send_marks};

const HALF_TERM: (&str, &str) = ("2026-09-02", "2026-10-23");

/// The first of the pupil's four days of absence was none.
fn corrected(pupil: u32, day: usize) -> Option<&'static str> {
    (pupil == 2 && (11..14).contains(&day)).then_some("O")
}

/// The school's own system sends the half term again, with that day corrected; the import, once everybody was looked at.
fn correct(office: &Office) -> Value {
    let import = send_marks(&office.lead, office.school, &[1, 2], HALF_TERM, corrected);
    office.rests();
    office.lead.get(&format!("/v1/imports/{}", import["import_id"])).expect(200)
}

/// What was touched, such as `pupils 1`; what is 0 is left out.
fn counts(touched: &Value) -> String {
    let touched = touched.as_object().unwrap_or_else(|| panic!("{touched}"));
    let some = touched.iter().filter(|(_, count)| **count != 0);
    some.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_letter_that_waits_leaves_the_queue_when_a_corrected_file_arrives() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    assert_eq!(office.letters(), [("stage-1".to_owned(), "waiting".to_owned())]);

    // A dry run says so, and changes nothing.
    let file = marks_file(&[1, 2], HALF_TERM, corrected);
    let query = format!("kind=marks&school_id={}&dry_run=true", office.school);
    let checked = office.lead.import(&query, file.as_bytes());
    let foretold = "letters_taken_back 1, pupils 1, stages_undone 1";
    assert_eq!(counts(&checked["result"]["touched"]), foretold, "{checked:#}");
    let notices = checked["result"]["notices"].as_array().unwrap();
    let rests: Vec<&Value> =
        notices.iter().filter(|notice| notice["kind"] == "rests-on-marks").collect();
    let [one] = rests.as_slice() else { panic!("{notices:?}") };
    let text = one["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("pupil {}: letter \"stage-1\"", office.pupil(2))), "{text}");
    assert_eq!(office.letters(), [("stage-1".to_owned(), "waiting".to_owned())]);

    let import = correct(&office);
    assert_eq!(counts(&import["touched"]), foretold, "{import:#}");
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    assert_eq!(office.case(2)["stage"], Value::Null);
    let told = office.told();
    let [one] = told.as_slice() else { panic!("one item tells all of it: {told:?}") };
    let file = format!("import {}", import["import_id"]);
    assert!(one.contains(&file) && one.contains("W-02") && one.contains("stage-1"), "{one}");

    // The same file again changes nothing, and nobody is looked at.
    assert_eq!(correct(&office).get("touched"), None);
}

#[test]
fn a_letter_that_was_sent_is_marked_by_a_file_and_proposed_again_when_the_file_is_taken_back() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let letter = format!("/v1/letters/{}", office.letter()["letter_id"]);
    let by_post = json!({ "on": "2026-10-23", "how": "by post" });
    office.lead.post(&format!("{letter}/sent"), &by_post).expect(200);
    let import = correct(&office);
    assert_eq!(counts(&import["touched"]), "letters_unsupported 1, pupils 1, stages_undone 1");
    let sent = office.lead.get(&letter).expect(200);
    assert_eq!((&sent["state"], sent["unsupported_at"].is_string()), (&json!("sent"), true));
    assert_eq!(office.proposed(review), Vec::<Value>::new());

    // The file was wrong. Nothing comes back by itself: the review proposes the step anew, and says what was sent already.
    let undo = office.lead.take_back(&import);
    office.rests();
    let undo = office.lead.get(&format!("/v1/imports/{}/undo", undo["import_id"])).expect(200);
    assert_eq!(counts(&undo["touched"]), "proposals 1, pupils 1", "{undo:#}");
    let proposed = office.proposed(review);
    assert_eq!((proposed.len(), &proposed[0]["rule"]), (1, &json!("W-02")), "{proposed:#?}");
    let sent = office.lead.get(&letter).expect(200);
    assert!(sent["unsupported_at"].is_string(), "what was sent stands as it is");
    let told = office.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("was sent on 2026-10-23 already"), "{told:?}");
    assert!(told[1].contains("was taken back"), "{told:?}");
    assert_eq!(office.case(2)["stage"], Value::Null);
    office.send_all(review);
    let path = format!("/v1/cases?school_id={}&open=true", office.school);
    assert_eq!(office.lead.get(&path).expect(200)["items"][0]["stage"], "Stage 1");
}

#[test]
fn marks_that_only_come_in_late_are_looked_at_and_those_of_the_day_itself_too() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    // The review is held before the registers of its own day have come in, and without the marks of a week.
    let absent = |pupil, day| (pupil == 2 && (10..13).contains(&day)).then_some("O");
    let present = |_: u32, _: usize| None;
    let send = |days: (&str, &str), mark: &dyn Fn(u32, usize) -> Option<&'static str>| {
        let import = send_marks(&office.lead, office.school, &[1, 2], days, mark);
        office.rests();
        let path = format!("/v1/imports/{}", import["import_id"]);
        office.lead.get(&path).expect(200)["touched"].clone()
    };
    send(("2026-09-02", "2026-10-09"), &absent);
    let review = office.review("2026-10-23");
    office.send_all(review);
    assert_eq!(office.letters().len(), 1);
    let own_day = send(("2026-10-23", "2026-10-23"), &present);
    assert_eq!(counts(&own_day), "proposals 1, pupils 2");
    let late = send(("2026-10-12", "2026-10-22"), &present);
    assert_eq!(counts(&late), "letters_taken_back 1, proposals 1, pupils 2, stages_undone 1");
}

#[test]
fn a_register_that_is_saved_again_after_the_review_takes_its_letter_back() {
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    let absent = |pupil, day| (pupil == 2 && (10..13).contains(&day)).then_some("O");
    let days = ("2026-09-02", "2026-10-22");
    send_marks(&office.lead, office.school, &[1, 2], days, absent);
    let classes = office.lead.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let class = id(&classes["items"][0], "class_id");
    let save = |ada: [&str; 2], ben: [&str; 2]| {
        for (at, session) in ["AM", "PM"].into_iter().enumerate() {
            let mark = |number, mark| json!({ "pupil_id": office.pupil(number), "mark": mark });
            let body = json!({ "marks": [mark(1, ada[at]), mark(2, ben[at])] });
            let place = format!("/v1/classes/{class}/registers/2026-10-23/{session}");
            office.lead.put(&place, &body).expect(200);
        }
    };
    save(["/", "\\"], ["O", "O"]);
    let review = office.review("2026-10-23");
    office.send_all(review);
    assert_eq!(office.letters(), [("stage-1".to_owned(), "waiting".to_owned())]);
    // He was at the dentist's, and came.
    save(["/", "\\"], ["M", "\\"]);
    office.rests();
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    let told = office.told();
    assert!(told[0].contains("the register of 2026-10-23"), "{told:?}");
}

#[test]
fn a_leaving_day_that_is_put_right_takes_back_what_rested_on_the_days_after_it() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let admin = office.app.client("trust_admin", 1);
    let path = format!("/v1/enrolments?pupil_id={}", office.pupil(2));
    let enrolment = id(&admin.get(&path).expect(200)["items"][0], "enrolment_id");
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-10-09" });
    admin.put(&format!("/v1/enrolments/{enrolment}/days"), &days).expect(200);
    office.rests();
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    assert_eq!(office.case(2)["stage"], Value::Null);
    assert!(office.told()[0].contains("days on roll"), "{:?}", office.told());
}

#[test]
fn a_roll_that_comes_by_file_does_the_same_and_so_does_taking_it_back() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let row = format!("{},Surname2,Forename2,2015-03-14,6,6A,2026-09-02,2026-10-09", upn(2));
    let file =
        format!("upn,surname,forename,birth_date,year_group,class,first_day,last_day\n{row}\n");
    let query = format!("kind=pupils&school_id={}", office.school);
    let import = office.lead.import(&query, file.as_bytes());
    assert_eq!(import["result"]["counts"]["enrolments_changed"], 1, "{import:#}");
    office.rests();
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    office.lead.take_back(&import);
    office.rests();
    let proposed = office.proposed(review);
    assert_eq!((proposed.len(), &proposed[0]["rule"]), (1, &json!("W-02")), "{proposed:#?}");
}

#[test]
fn a_closure_that_is_recorded_late_takes_back_what_rested_on_its_days() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let closed = json!({ "from": "2026-09-16", "to": "2026-09-17", "reason": "No water" });
    let admin = office.app.client("trust_admin", 1);
    admin.post(&format!("/v1/schools/{}/closures", office.school), &closed).expect(201);
    office.rests();
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    assert!(office.told()[0].contains("No water"), "{:?}", office.told());
}

#[test]
fn a_calendar_that_closes_a_day_takes_back_what_rested_on_its_marks() {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    let admin = office.app.client("trust_admin", 1);
    let mut calendar = calendar();
    let closed = json!({ "from": "2026-09-16", "to": "2026-09-17", "kind": "inset" });
    calendar["closures"].as_array_mut().unwrap().push(closed);
    admin.put(&format!("/v1/schools/{}/calendar/2026", office.school), &calendar).expect(200);
    office.rests();
    assert_eq!(office.letters(), [("stage-1".to_owned(), "taken_back".to_owned())]);
    assert!(office.told()[0].contains("calendar"), "{:?}", office.told());
}

#[test]
fn a_worker_that_dies_at_any_point_of_a_second_look_loses_nobody_and_doubles_nothing() {
    let office = Office::started(
        Start { clockwork: false, workers: 1, ..Start::default() },
        &json!({ "policy": "improvement-process" }),
        3,
    );
    office.on("2026-10-23");
    let absent = |pupil, day| (pupil > 1 && (10..14).contains(&day)).then_some("O");
    send_marks(&office.lead, office.school, &[1, 2, 3], HALF_TERM, absent);
    let review = office.review("2026-10-23");
    office.send_all(review);

    // The job comes to a halt at each table that it writes, in turn, and its connection is cut there.
    let (mut holder, mut watcher) = (Sql::of(&office.app.database), Sql::of(&office.app.database));
    for (number, table) in (1..).zip(["letter", "case_event", "action", "second_look"]) {
        holder.run(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE"));
        if number == 1 {
            let absent = |pupil, day| (pupil > 1 && (11..14).contains(&day)).then_some("O");
            send_marks(&office.lead, office.school, &[1, 2, 3], HALF_TERM, absent);
        }
        // The next attempt comes after a pause, which the clock need not wait for.
        office.app.clock.set(&format!("2026-10-23T11:{:02}:00Z", 2 * number));
        watcher.wait_for_waiting(1);
        watcher.texts(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        wait_until("the attempt is given up", || {
            watcher.number("SELECT count(*) FROM job_queue WHERE lease_until IS NULL") == 1
        });
        holder.run("COMMIT");
    }
    office.app.clock.set("2026-10-23T11:30:00Z");
    office.rests();
    for (what, query, expected) in [
        ("two were looked at", "SELECT count(*) FROM second_look WHERE done_at IS NOT NULL", 2),
        ("two letters are back", "SELECT count(*) FROM letter WHERE state = 'taken_back'", 2),
        (
            "two steps are undone",
            "SELECT count(*) FROM case_event WHERE body->'what' ? 'undone'",
            2,
        ),
        (
            "two items tell it",
            "SELECT count(*) FROM action WHERE says LIKE 'marks were amended%'",
            2,
        ),
        ("at the fifth attempt", "SELECT attempt FROM job WHERE kind = 'second_look'", 5),
    ] {
        assert_eq!(watcher.number(query), expected, "{what}");
    }
}
