//! Orders of courts after a move: released to the next school, lifted by the main one, told to the others.

use serde_json::json;

use super::{NEW_ADDRESS, OLD_ADDRESS, REFUSED, Story, link, mother, order};
use crate::support::app::Client;
use crate::support::build::id;
use crate::support::roll::{enrol, put_fact};

#[test]
fn orders_are_released_to_the_next_schools_safeguarding_lead_before_the_first_day() {
    let story = Story::begin();
    let Story { app, ada, schools, .. } = &story;
    story.moves("2026-11-02");
    let parents = format!("/v1/pupils/{ada}/parents");
    let release = format!("/v1/pupils/{ada}/orders/release");
    let to = json!({ "to_school": schools[1] });
    let told = |client: &Client| {
        let page = client.get(&parents).expect(200);
        page["parents"][0]["safeguards"]["no_contact"]["text"] == "As before"
    };
    // It is the safeguarding lead's act, of the school that has the child.
    assert_eq!(story.before("school_lead").post(&release, &to).problem(403), "forbidden");
    assert_eq!(story.now("safeguarding_lead").post(&release, &to).problem(403), REFUSED);
    let nowhere = json!({ "to_school": 99_999 });
    let lead = story.before("safeguarding_lead");
    assert_eq!(lead.post(&release, &nowhere).problem(404), "not-found");
    assert!(!told(&story.now("safeguarding_lead")));
    let released = lead.post(&release, &to).expect(201);
    assert_eq!(released["to_school"], schools[1]);
    assert!(released["released_by"].is_string() && released["released_at"].is_string());
    // The lead there reads it, and nobody else before the first day.
    assert!(told(&story.now("safeguarding_lead")));
    assert!(!told(&story.now("school_lead")));
    assert!(!told(&story.now("school_office")));
    let actions = format!("/v1/actions?school_id={}", schools[1]);
    let tasks = story.now("safeguarding_lead").get(&actions).expect(200);
    assert!(tasks["items"][0]["says"].as_str().unwrap().contains(&parents), "{tasks}");
    // On the first day the school has to respect it, released or not: `a_child_to_come_is_the_present_schools`.
    app.clock.set("2026-11-02T08:00:00Z");
    assert!(told(&story.now("school_lead")));
    // Who had the child last may still release it.
    story.before("safeguarding_lead").post(&release, &to).expect(201);
}

#[test]
fn of_two_schools_the_main_one_writes_and_the_other_adds() {
    let story = Story::begin();
    let Story { app, ada, mother: parent, .. } = &story;
    let admin = &story.admin();
    let second = enrol(admin, *ada, story.classes[1], ("2026-09-03", None)).expect(201);
    let second = id(&second, "enrolment_id");
    put_fact(admin, second, "registration", "2026-09-03", json!("subsidiary")).expect(200);
    app.clock.set("2026-11-18T10:00:00Z");
    let (office, lead) = (story.now("school_office"), story.now("safeguarding_lead"));
    let place = format!("/v1/parents/{parent}");
    assert_eq!(office.put(&place, &mother(NEW_ADDRESS)).problem(403), REFUSED);
    let mut more = mother(OLD_ADDRESS);
    more["contacts"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "kind": "home", "value": "020 7946 0123" }));
    office.put(&place, &more).expect(200);
    assert_eq!(
        office.put(&format!("/v1/pupils/{ada}/parents/{parent}"), &link(9)).problem(403),
        REFUSED
    );
    let aunt = json!({
        "person": { "surname": "Aunt", "language": "en" },
        "link": { "relationship": "relative", "priority": 2 },
    });
    office.post(&format!("/v1/pupils/{ada}/parents"), &aunt).expect(201);
    // Both add orders; the main school's lead alone lifts one, and says why.
    let mut both = order("As before");
    both["court_order"] = json!({ "text": "Prohibited steps", "from": "2026-11-10" });
    lead.put(&story.safeguards(), &both).expect(200);
    let lifted = json!({ "reason": "Discharged on 12 November" });
    assert_eq!(lead.put(&story.safeguards(), &lifted).problem(403), REFUSED);
    let main = story.before("safeguarding_lead");
    assert_eq!(main.put(&story.safeguards(), &json!({})).pointers(), ["/reason"]);
    assert_eq!(
        story.before("school_lead").put(&story.safeguards(), &lifted).problem(403),
        "forbidden"
    );
    main.put(&story.safeguards(), &lifted).expect(200);
    // The other school is told: its lead has a task that says where to read, and not what.
    let tasks = |client: &Client, school: i32| {
        let tasks = client.get(&format!("/v1/actions?school_id={school}")).expect(200);
        let all = tasks["items"].as_array().unwrap();
        let ours = all.iter().filter(|task| task["pupil_id"] == *ada);
        ours.map(|task| task["says"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let told = tasks(&lead, story.schools[1]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(&format!("read {place}/history")), "{told:?}");
    assert!(!told[0].contains("As before"), "{told:?}");
    assert_eq!(tasks(&main, story.schools[0]), Vec::<String>::new());
    let history = lead.get(&format!("{place}/history")).expect(200);
    let last = history["safeguards"].as_array().unwrap().last().unwrap();
    assert_eq!(last["reason"], lifted["reason"]);
}
