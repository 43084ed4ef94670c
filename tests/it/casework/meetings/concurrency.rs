//! Two people of a school record about one meeting at once: nothing is lost, nothing happens twice, and who named a state
//! that has passed is told.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::office::{Office, at_a_meeting, post};

/// A case that waits for a meeting, and its mother.
fn waiting() -> (Office, i32) {
    let office = at_a_meeting();
    let mother = office.parent(2, "Ada");
    (office, mother)
}

fn offer(office: &Office, mother: i32, place: &str) -> Value {
    let offer =
        json!({ "day": "2027-02-22", "at": "15:30:00", "place": place, "parents": [mother] });
    json!({ "about": office.about(2, Some(("W-06", "meeting"))), "offer": offer })
}

/// Two people send these at the same moment.
fn at_once(
    people: [&Client; 2],
    path: &str,
    bodies: [&Value; 2],
    tag: Option<&str>,
) -> [Answer; 2] {
    std::thread::scope(|scope| {
        let send = |at: usize| {
            let (person, body) = (people[at], bodies[at]);
            let headers: Vec<(&str, &str)> = tag.map(|tag| ("if-match", tag)).into_iter().collect();
            scope.spawn(move || person.json("POST", path, &headers, body))
        };
        [send(0), send(1)].map(|one| one.join().unwrap())
    })
}

#[test]
fn of_two_who_say_who_came_with_the_same_tag_one_wins_and_the_other_is_told() {
    let (office, mother) = waiting();
    let clerk = office.colleague("school_office");
    let meeting = post(&office.lead, "/v1/meetings", &offer(&office, mother, "Room 3"));
    let tag = office.lead.get(&meeting).etag();
    let came = json!({ "parents": [mother], "said": { "notes": "She came at half past three" } });
    let nobody = json!({ "others": ["Attendance Lead"] });
    let steps = office.case(2)["steps"].as_i64().unwrap();
    let path = format!("{meeting}/attendance");
    let answers = at_once([&office.lead, &clerk], &path, [&came, &nobody], Some(&tag));
    let mut statuses = answers.each_ref().map(|answer| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let [won] = answers.iter().filter(|answer| answer.status == 200).collect::<Vec<_>>()[..] else {
        panic!("{answers:?}")
    };
    // The case took one step, the one of the answer that won.
    let case = office.case(2);
    assert_eq!(case["steps"], steps + 1);
    assert_eq!(case["stage"], won.body["case"]["stage"]);
    let history = office.lead.get(&meeting).expect(200);
    assert_eq!(history["before"].as_array().unwrap().len(), 1, "{history}");
    // Who lost reads how it stands, and says it again about that.
    let (lost, said) =
        if answers[0].status == 412 { (&office.lead, &came) } else { (&clerk, &nobody) };
    let tag = lost.get(&meeting).etag();
    let told = lost.json("POST", &path, &[("if-match", &tag)], said).expect(200);
    assert_eq!(told["case"]["moved"], false, "the case does not go back");
}

#[test]
fn two_who_name_no_tag_are_both_kept_and_the_case_moves_once() {
    let (office, mother) = waiting();
    let clerk = office.colleague("school_office");
    let meeting = post(&office.lead, "/v1/meetings", &offer(&office, mother, "Room 3"));
    let note = |says: &str| json!({ "parents": [mother], "said": { "notes": says } });
    let steps = office.case(2)["steps"].as_i64().unwrap();
    let bodies = [note("Bus pass agreed"), note("She asks for Breakfast club")];
    let path = format!("{meeting}/attendance");
    let people = [&office.lead, &clerk];
    let answers = at_once(people, &path, [&bodies[0], &bodies[1]], None).map(|one| one.expect(200));
    let moved = answers.iter().filter(|one| one["case"]["moved"] == true).count();
    assert_eq!((moved, office.case(2)["steps"].as_i64()), (1, Some(steps + 1)));
    let history = office.lead.get(&meeting).expect(200);
    let states = history["before"].as_array().unwrap().iter().chain([&history["now"]]);
    let mut notes: Vec<&Value> = states.filter_map(|one| one["details"].get("notes")).collect();
    notes.sort_by_key(|notes| notes.to_string());
    assert_eq!(notes, [&json!("Bus pass agreed"), &json!("She asks for Breakfast club")]);
}

#[test]
fn two_offers_at_once_are_two_meetings_and_one_call_for_a_date() {
    let (office, mother) = waiting();
    let clerk = office.colleague("school_office");
    let bodies = [offer(&office, mother, "Room 3"), offer(&office, mother, "By telephone")];
    let people = [&office.lead, &clerk];
    let answers = at_once(people, "/v1/meetings", [&bodies[0], &bodies[1]], None);
    let kept = answers.map(|one| one.expect(201)["meeting"]["record_id"].clone());
    assert_ne!(kept[0], kept[1]);
    let path = format!("/v1/meetings?school_id={}&state=offered", office.school);
    assert_eq!(office.lead.get(&path).expect(200)["items"].as_array().unwrap().len(), 2);
    let calls = office.to_do().into_iter().filter(|says| says.starts_with("call: agree a date"));
    assert_eq!(calls.count(), 1);
}
