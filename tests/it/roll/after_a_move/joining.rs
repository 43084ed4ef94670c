//! What the next school reads and writes, before and after the first day.

use serde_json::{Value, json};

use super::{NEW_ADDRESS, OLD_ADDRESS, REFUSED, Story, link, mother};
use crate::support::app::Client;
use crate::support::build::marks;
use crate::support::run::wait_until;
use crate::support::sql::Sql;

#[test]
fn the_next_school_reads_earlier_totals_and_its_leads_the_marks() {
    let story = Story::begin();
    let Story { app, ada, schools, classes, .. } = &story;
    app.clock.set("2026-09-04T18:00:00Z");
    let office = story.before("school_office");
    let half_days = [
        ("2026-09-02", "AM", "/"),
        ("2026-09-02", "PM", "I"),
        ("2026-09-03", "AM", "O"),
        ("2026-09-03", "PM", "O"),
        ("2026-09-04", "AM", "/"),
        ("2026-09-04", "PM", "Y3"),
    ];
    for (day, session, mark) in half_days {
        let place = format!("/v1/classes/{}/registers/{day}/{session}", classes[0]);
        office.put(&place, &marks(&[(*ada, mark)])).expect(200);
    }
    story.moves("2026-09-07");
    let earlier = format!("/v1/pupils/{ada}/earlier");
    let earlier_marks = format!("{earlier}/marks");
    // Nothing before the first day.
    assert_eq!(story.now("school_lead").get(&earlier).problem(403), REFUSED);
    assert_eq!(story.now("school_lead").get(&earlier_marks).problem(403), REFUSED);
    app.clock.set("2026-09-08T08:00:00Z");
    for role in ["school_lead", "school_office", "teacher"] {
        let read = story.now(role).get(&earlier).expect(200);
        let times = read["times"].as_array().unwrap();
        assert_eq!(times.len(), 1, "{read}");
        let one = &times[0];
        assert_eq!(one["school_id"], schools[0]);
        assert_eq!(one["last_day"], "2026-09-06");
        let counts = ["possible", "absent", "authorised", "unauthorised"].map(|of| &one[of]);
        // Y3 is no possible session.
        assert_eq!(counts.map(|count| count.as_u64().unwrap()), [5, 3, 1, 2], "{role}");
    }
    let read = story.now("school_lead").get(&earlier_marks).expect(200);
    let seen: Vec<&str> =
        read["marks"].as_array().unwrap().iter().map(|one| one["mark"].as_str().unwrap()).collect();
    assert_eq!(seen, half_days.map(|(_, _, mark)| mark));
    let office = story.now("school_office");
    assert_eq!(office.get(&earlier_marks).problem(403), "forbidden");
    // In the ordinary answer the marks are the school's own.
    let own = story.now("school_lead").get(&format!("/v1/pupils/{ada}/marks")).expect(200);
    assert_eq!(own["marks"], json!([]));
    // A school that the child has left looks at nobody else's.
    assert_eq!(story.before("school_lead").get(&earlier).problem(403), REFUSED);
    assert_eq!(story.before("school_lead").get(&earlier_marks).problem(403), REFUSED);
}

#[test]
fn a_school_keeps_a_draft_until_the_first_day_and_nothing_of_it_is_live_before() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, schools, .. } = &story;
    story.moves("2026-11-02");
    let draft = format!("/v1/schools/{}/joining/{ada}", schools[1]);
    let aunt = json!({
        "person": { "surname": "Aunt", "language": "en" },
        "link": { "relationship": "relative", "priority": 2 },
    });
    let ours = json!({
        "forename": "Adaeze", "new_parents": [aunt],
        "contacts": [{
            "parent_id": parent, "contacts": [{ "kind": "home", "value": "020 7946 0123" }],
        }],
    });
    let (before, now) = (story.before("school_office"), story.now("school_office"));
    let pupil = format!("/v1/pupils/{ada}");
    let parents = format!("{pupil}/parents");
    let stands = |client: &Client| [client.get(&pupil), client.get(&parents)].map(|one| one.text);
    let stood = stands(&before);
    now.put(&draft, &ours).expect(200);
    let read = now.get(&draft).expect(200);
    assert_eq!(read["draft"]["forename"], "Adaeze");
    // The present school does not see it, nor does it write one; and the record stands as it stood.
    before.get(&draft).problem(404);
    before.put(&draft, &ours).problem(404);
    let theirs = format!("/v1/schools/{}/joining/{ada}", schools[0]);
    assert_eq!(before.put(&theirs, &ours).pointers(), [""]);
    assert_eq!(stands(&before), stood);
    let stranger = json!({ "contacts": [{ "parent_id": 99_999, "contacts": [] }] });
    assert_eq!(now.put(&draft, &stranger).pointers(), ["/contacts/0/parent_id"]);
    let wrong = json!({ "new_parents": [{ "person": { "surname": " ", "language": "en" }, "link": link(1) }] });
    assert_eq!(now.put(&draft, &wrong).pointers(), ["/new_parents/0/person/surname"]);

    app.clock.set("2026-11-02T09:00:00Z");
    let live = "SELECT count(*) FROM joining_draft WHERE live";
    wait_until("the draft is live", || Sql::of(&app.database).number(live) == 1);
    let now = story.now("school_office");
    assert_eq!(now.get(&pupil).expect(200)["forename"], "Adaeze");
    let read = now.get(&parents).expect(200);
    assert_eq!(read["parents"][1]["parent"]["person"]["surname"], "Aunt");
    let contacts = &read["parents"][0]["parent"]["person"]["contacts"];
    assert_eq!(contacts[2]["value"], "020 7946 0123");
    assert_eq!(now.get(&draft).expect(200)["draft"], Value::Null);
    // The school before goes on knowing what it knew.
    let before = story.before("school_office");
    assert_ne!(before.get(&pupil).expect(200)["forename"], "Adaeze");
    assert!(!before.get(&parents).text.contains("Aunt"));
    // From now on the school writes in the record itself.
    assert_eq!(now.put(&draft, &ours).pointers(), [""]);
}

#[test]
fn a_child_to_come_is_the_present_schools_until_the_first_day() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, .. } = &story;
    story.moves("2026-11-02");
    let (office, lead) = (story.now("school_office"), story.now("safeguarding_lead"));
    // It reads what was handed over, and is told to ask first; the order itself comes with the child.
    let parents = format!("/v1/pupils/{ada}/parents");
    let read = lead.get(&parents).expect(200);
    assert_eq!(read["parents"][0]["ask_first"], true);
    assert_eq!(read["parents"][0]["safeguards"], Value::Null);
    assert_eq!(
        office.put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS)).problem(403),
        REFUSED
    );
    story
        .before("school_office")
        .put(&format!("/v1/parents/{parent}"), &mother("2 Old Road, Larkrise, LR1 1AA"))
        .expect(200);
    let read = office.get(&format!("/v1/parents/{parent}")).expect(200);
    assert_eq!(read["parent"]["person"]["contacts"][1]["value"], "2 Old Road, Larkrise, LR1 1AA");

    app.clock.set("2026-11-02T08:00:00Z");
    let (office, lead) = (story.now("school_office"), story.now("safeguarding_lead"));
    let read = lead.get(&parents).expect(200);
    assert_eq!(read["parents"][0]["safeguards"]["no_contact"]["text"], "As before");
    office.put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS)).expect(200);
    let late =
        story.before("school_office").put(&format!("/v1/parents/{parent}"), &mother(OLD_ADDRESS));
    assert_eq!(late.problem(403), REFUSED);
    let old = story.before("school_office").get(&format!("/v1/parents/{parent}")).expect(200);
    assert_eq!(old["parent"]["person"]["contacts"][1]["value"], "2 Old Road, Larkrise, LR1 1AA");
}
