//! Penalty notices that were given before the school came here: they count in the national limits as those that are given
//! here.

use serde_json::{Value, json};

use super::{Arrival, named};
use crate::imports::{Office, counts, problems};

const PARENTS: &str = "upn,parent_forename,parent_surname,relationship\n\
    BEN,Ada,Núñez,Mother\nBEN,Bo,Núñez,Father\n";

const NOTICES: &str = "upn,record,date,parent surname,parent forename,outcome,reference,authority\n\
    BEN,notice,2025-03-10,Núñez,Ada,paid,PN-117,Kent\n\
    BEN,Penalty notice,02/02/2026,NUNEZ,ada,Issued,,\n\
    BEN,notice,2026-02-02,Núñez,Bo,withdrawn,,\n";

/// How things stand for a parent, the first or the second of the pupil.
fn limits(office: &Office, pupil: i32) -> [Value; 2] {
    let lead = office.app.school_client("school_lead", office.trust, &[office.school]);
    let told = lead.get(&format!("/v1/pupils/{pupil}/notices")).expect(200);
    [told["parents"][0].clone(), told["parents"][1].clone()]
}

fn notices(office: &Office) -> Vec<Value> {
    let page = office.admin.get(&format!("/v1/notices?school_id={}", office.school)).expect(200);
    page["items"].as_array().unwrap().clone()
}

#[test]
fn two_notices_on_paper_leave_no_third_until_they_are_taken_back() {
    let here = Arrival::under("high-attendance");
    let (office, ben) = (&here.office, here.pupils[1]);
    here.marks_until("2026-11-18");
    office.lead_applies("parents", PARENTS);
    let query = format!("kind=cases&school_id={}&dry_run=true", office.school);
    let checked = here.lead.import(&query, named(NOTICES).as_bytes());
    assert_eq!(counts(&checked), "notices_carried_in 3");
    assert_eq!(notices(office), Vec::<Value>::new());

    let letter = named("upn,record,name,date\nBEN,letter,letter-1,2026-10-23\n");
    office.applied("cases", letter);
    let import = office.applied("cases", named(NOTICES));
    assert_eq!(counts(&import), "notices_carried_in 3");
    let [ada, bo] = limits(office, ben);
    assert_eq!((ada.get("next"), &ada["none_before"]), (None, &json!("2028-03-10")), "{ada:#}");
    assert_eq!(bo["next"], 1, "what was withdrawn does not count: {bo:#}");
    let path = format!("/v1/pupils/{ben}/notices");
    let third = json!({ "parent_id": ada["parent_id"], "school_id": office.school, "reason": "Still away" });
    let told = here.lead.post(&path, &third).expect(422);
    assert_eq!(told["errors"][0]["pointer"], "/parent_id", "{told:#}");

    // Where it comes from stands on its record and on the timeline of the case.
    let first = here.lead.get(&format!("/v1/notices/{}", notices(office)[0]["notice_id"]));
    let first = first.expect(200);
    let details = &first["now"]["details"];
    assert_eq!(
        (&first["before"][0]["state"], &first["now"]["state"]),
        (&json!("issued"), &json!("paid"))
    );
    assert_eq!(details["import_id"], import["import_id"]);
    let told =
        ["number", "issued_on", "reference", "authority", "sessions"].map(|key| &details[key]);
    assert_eq!(json!(told), json!([1, "2025-03-10", "PN-117", "Kent", []]));
    let from = format!("carried in with import {}, line 2", import["import_id"]);
    assert!(first["now"]["says"].as_str().unwrap().ends_with(&from), "{first:#}");
    let lines = here.timeline(0);
    let things: Vec<&str> = lines
        .iter()
        .filter(|line| line["thing"] == "penalty notice")
        .map(|line| line["state"].as_str().unwrap())
        .collect();
    assert_eq!(things, ["issued", "paid", "issued", "issued", "withdrawn"]);

    // The file comes only once, but for what was taken back.
    let again = office.refused("cases", named(NOTICES));
    assert_eq!(problems(&again), ["2 - - notice-here", "3 - - notice-here", "4 - - notice-here"]);
    let undo = office.office.take_back(&import);
    assert_eq!(undo["result"]["notices_taken_back"], 3, "{undo:#}");
    assert!(notices(office).iter().all(|notice| notice["state"] == "withdrawn"));
    let import = office.applied("cases", named(NOTICES));
    here.lead.post(&path, &third).expect(422);
    office.office.take_back(&import);
    let proposed = here.lead.post(&path, &third).expect(201);
    assert_eq!(proposed["details"]["number"], 1, "{proposed:#}");
}

/// The school follows no policy: the limits are the nation's.
#[test]
fn a_notice_about_which_something_was_done_since_stays() {
    let office = Office::open();
    let ben = office.pupil(2);
    office.lead_applies("parents", PARENTS);
    let import = office.applied("cases", named(NOTICES));
    let lead = office.app.school_client("school_lead", office.trust, &[office.school]);
    let second = notices(&office)[1]["notice_id"].clone();
    let paid =
        json!({ "state": "paid", "day": "2026-11-17", "says": "In full", "paid_pence": 16_000 });
    let told = lead.post(&format!("/v1/notices/{second}/decision"), &paid).expect(200);
    assert_eq!(told["notice"]["details"].get("import_id"), None);

    let undo = office.office.take_back(&import);
    assert_eq!(undo["result"]["notices_taken_back"], 2);
    assert_eq!(
        undo["result"]["left"],
        json!([{ "pupil_id": ben, "what": "penalty notice", "why": "something was done about it since" }])
    );
    let states: Vec<Value> = notices(&office).iter().map(|one| one["state"].clone()).collect();
    assert_eq!(json!(states), json!(["withdrawn", "paid", "withdrawn"]));
    assert_eq!(limits(&office, ben)[0]["next"], 2, "the one that stays counts");
}

#[test]
fn every_bad_notice_has_a_problem_of_its_own_and_none_is_kept() {
    let office = Office::open();
    office.pupil(2);
    office.pupil(3);
    office.lead_applies("parents", PARENTS);
    let file = "upn,record,date,parent_surname,parent_forename,state\n\
        BEN,notice,2026-02-02,Núñez,Ada,late\n\
        BEN,notice,2026-11-19,Núñez,Ada,issued\n\
        BEN,notice,2024-08-18,Núñez,Ada,issued\n\
        BEN,notice,2026-02-02,Stone,,issued\n\
        BEN,notice,2026-02-02,Núñez,,issued\n\
        BEN,notice,2026-02-02,,Ada,issued\n\
        CAT,notice,2026-02-02,Núñez,Ada,issued\n\
        BEN,notice,2025-01-06,Núñez,Bo,issued\n\
        BEN,notice,2025-01-06,Núñez,Bo,paid\n";
    assert_eq!(
        problems(&office.refused("cases", named(file))),
        [
            "2 state late unknown-state",
            "3 date 2026-11-19 bad-date",
            "4 date 2024-08-18 bad-date",
            "5 parent_surname Stone unknown-parent",
            "6 parent_surname Núñez ambiguous-parent",
            "7 parent_surname  missing-value",
            "8 parent_surname Núñez unknown-parent",
            "10 - - notice-here",
        ]
    );
    let given = |rows: &[&str]| {
        let rows: String = rows.iter().map(|row| format!("BEN,notice,{row}\n")).collect();
        named(&format!("upn,record,date,parent_surname,parent_forename,state\n{rows}"))
    };
    // Whichever order the file has, the latest of three is one too many.
    let three =
        ["2026-02-02,Núñez,Ada,issued", "2025-01-06,Núñez,Ada,paid", "2025-09-08,Núñez,Ada,paid"];
    assert_eq!(problems(&office.refused("cases", given(&three))), ["2 - - too-many-notices"]);
    assert_eq!(notices(&office), Vec::<Value>::new());
    let two = ["2024-09-09,Núñez,Ada,paid", "2026-09-14,Núñez,Ada,issued"];
    office.applied("cases", given(&two));
    // One between two leaves no room for the later one; what was withdrawn needs none. Only one can be pending.
    let between = ["2025-09-08,Núñez,Ada,issued", "2025-09-15,Núñez,Ada,withdrawn"];
    assert_eq!(problems(&office.refused("cases", given(&between))), ["2 - - too-many-notices"]);
    assert_eq!(
        problems(&office.refused(
            "cases",
            given(&["2026-11-16,Núñez,Bo,pending", "2026-11-17,Núñez,Bo,pending"])
        )),
        ["3 - - notice-here"]
    );
}

impl Office {
    /// A file that the office may not send.
    fn lead_applies(&self, kind: &str, csv: &str) {
        let lead = self.app.school_client("school_lead", self.trust, &[self.school]);
        let query = format!("kind={kind}&school_id={}", self.school);
        let import = lead.import(&query, named(csv).as_bytes());
        assert_eq!(import["job"]["state"], "done", "{import:#}");
    }
}

/// A file of notices about Ben with the absence that each was for.
fn with_absence(rows: &[&str]) -> String {
    let head =
        "upn,record,date,parent_surname,parent_forename,state,absent_from,absent_to,sessions\n";
    let rows: String = rows.iter().map(|row| format!("BEN,notice,{row}\n")).collect();
    named(&format!("{head}{rows}"))
}

/// The absence that a notice was for is told by its days or by its sessions.
#[test]
fn the_absence_that_a_notice_was_for_is_kept() {
    let office = Office::open();
    let ben = office.pupil(2);
    office.lead_applies("parents", PARENTS);
    office.applied(
        "cases",
        with_absence(&[
            "2025-10-06,Núñez,Ada,paid,2025-09-15,19/09/2025,2025-09-15; 17/09/2025 PM",
            "2026-02-02,Núñez,Bo,issued,,,2026-01-06 am; 2026-01-05",
            "2026-02-02,Núñez,Ada,issued,2026-01-05,2026-01-09,",
        ]),
    );
    let details = |at: usize| notices(&office)[at]["details"].clone();
    let session = |date, session| json!({ "date": date, "session": session });
    assert_eq!(
        (&details(0)["from"], &details(0)["to"], &details(0)["sessions"]),
        (
            &json!("2025-09-15"),
            &json!("2025-09-19"),
            &json!([
                session("2025-09-15", "AM"),
                session("2025-09-15", "PM"),
                session("2025-09-17", "PM")
            ])
        )
    );
    assert_eq!(
        (&details(1)["from"], &details(1)["to"], &details(1)["sessions"]),
        (
            &json!("2026-01-05"),
            &json!("2026-01-06"),
            &json!([
                session("2026-01-05", "AM"),
                session("2026-01-05", "PM"),
                session("2026-01-06", "AM")
            ])
        )
    );
    assert_eq!((&details(2)["to"], &details(2)["sessions"]), (&json!("2026-01-09"), &json!([])));
    assert_eq!(notices(&office)[0]["pupil_id"], ben);
}

#[test]
fn no_two_notices_to_a_parent_rest_on_the_same_session() {
    let office = Office::open();
    office.pupil(2);
    office.lead_applies("parents", PARENTS);
    let earlier = "2026-02-02,Núñez,Bo,issued,,,2026-01-06 am; 2026-01-05";
    office.applied("cases", with_absence(&[earlier]));
    let told = problems(&office.refused(
        "cases",
        with_absence(&[
            "2025-11-03,Núñez,Bo,issued,,,2026-01-05",
            "2025-11-03,Núñez,Bo,issued,2025-10-06,,2025-10-13",
            "2025-11-03,Núñez,Bo,issued,,2025-10-10,",
            "2025-11-03,Núñez,Bo,issued,2025-10-10,2025-10-06,",
            "2025-11-03,Núñez,Bo,issued,,,2025-10-06; 2025-10-06 PM",
            "2025-11-03,Núñez,Bo,issued,,,2025-10-06 later",
            "2026-03-02,Núñez,Bo,issued,,,2026-01-05 PM",
        ]),
    ));
    assert_eq!(
        told,
        [
            "2 sessions 2026-01-05 bad-date",
            "3 sessions 2025-10-13 bad-date",
            "4 absent_to 2025-10-10 bad-date",
            "5 absent_to 2025-10-06 bad-date",
            "6 sessions 2025-10-06; 2025-10-06 PM bad-session",
            "7 sessions 2025-10-06 later bad-session",
            "8 sessions 2026-01-05 PM session-used",
        ]
    );
    // A third session, and of the other parent, is free.
    let third = "2026-03-02,Núñez,Bo,issued,,,2026-01-07";
    let hers = "2026-02-02,Núñez,Ada,issued,,,2026-01-05";
    office.applied("cases", with_absence(&[third, hers]));
}
