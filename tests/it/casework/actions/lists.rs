//! Work that can be done: what a review asks for several pupils is one list for a role, with a day; it is done for each by
//! evidence, for many in one call; and what nobody did lapses when a review asks for the same again.

use serde_json::{Value, json};

use crate::support::office::Office;
use crate::support::weeks::send_marks;

const TRACK: &str = "track the week's attendance, by Attendance Lead";
const MONITOR: &str = "monitor the pupil, by Class teacher";

/// The attendance strategy with six pupils, of whom three are far below 90%.
fn strategy() -> Office {
    let policy = json!({ "policy": "strategy", "answers": { "target": "96%" } });
    let office = Office::that_follows(&policy, 6);
    office.on("2026-10-16");
    let absent = |pupil, day: usize| (pupil > 3 && day.is_multiple_of(3)).then_some("I");
    send_marks(
        &office.lead,
        office.school,
        &[1, 2, 3, 4, 5, 6],
        ("2026-09-02", "2026-10-16"),
        absent,
    );
    office
}

fn actions(office: &Office, more: &str) -> Vec<Value> {
    let path = format!("/v1/actions?school_id={}&limit=500{more}", office.school);
    office.lead.get(&path).expect(200)["items"].as_array().unwrap().clone()
}

fn saying(office: &Office, more: &str, says: &str) -> Value {
    let all = actions(office, more);
    all.iter().find(|one| one["says"] == says).unwrap_or_else(|| panic!("{says}: {all:#?}")).clone()
}

fn pupils(action: &Value) -> Vec<&Value> {
    action["pupils"]
        .as_array()
        .map_or(Vec::new(), |all| all.iter().map(|one| &one["pupil_id"]).collect())
}

#[test]
fn a_review_opens_one_list_for_a_role_with_a_day_and_the_next_of_its_kind_lets_it_lapse() {
    let office = strategy();
    let first = office.review("2026-10-09");
    let open = actions(&office, "&open=true");
    let whole = |one: &Value| one["role"].is_string() && one["due"].is_string();
    assert!(open.iter().all(whole), "each has a role and a day: {open:#?}");
    assert!(open.len() < 40, "{} for six pupils", open.len());
    let track = saying(&office, "&open=true", TRACK);
    let low: Vec<Value> = (4..=6).map(|number| json!(office.pupil(number))).collect();
    assert_eq!(pupils(&track), low.iter().collect::<Vec<_>>());
    assert_eq!((&track["due"], track.get("class_id")), (&json!("2026-10-16"), None));
    // What class teachers do stands with the class, and is asked for again on the next school day.
    let monitor = saying(&office, "&open=true", MONITOR);
    assert_eq!(monitor["due"], "2026-10-12");
    let class = monitor["class_id"].as_i64().unwrap();
    let role = "&open=true&role=Class%20teacher";
    let of_class = actions(&office, &format!("{role}&class_id={class}"));
    assert!(!of_class.is_empty() && of_class.iter().all(|one| one["role"] == "Class teacher"));
    let today = actions(&office, "&open=true&due_by=2026-10-12");
    assert!(today.iter().all(|one| one["due"].as_str() <= Some("2026-10-12")), "{today:#?}");
    assert!(today.contains(&monitor) && !today.contains(&track));
    let other = format!("/v1/actions?school_id={}&class_id=999999", office.school);
    assert_eq!(office.lead.get(&other).problem(404), "not-found");

    let second = office.review("2026-10-16");
    let read = |review: i64| office.lead.get(&format!("/v1/reviews/{review}")).expect(200);
    let lapsed = actions(&office, "&lapsed=true");
    assert_eq!(
        (&read(first)["lapsed"], &read(second)["lapsed"]),
        (&json!(0), &json!(lapsed.len()))
    );
    assert!(lapsed.iter().all(|one| one["lapsed_by"] == second), "{lapsed:#?}");
    let again: Vec<Value> = actions(&office, "&open=true");
    assert_eq!(again.iter().filter(|one| one["says"] == TRACK).count(), 1, "{again:#?}");
    let of_first = |one: &&Value| one["review_id"] == first;
    let left: Vec<&Value> = again.iter().filter(of_first).map(|one| &one["says"]).collect();
    let asked_once = |says: &&Value| says.as_str().unwrap().contains("Early Help");
    assert!(left.iter().all(|says| !asked_once(says)) || !left.is_empty(), "{left:?}");
    // A review that is opened late asks for nothing that was asked for again since.
    let late =
        office.lead.post(&format!("/v1/schools/{}/reviews/2026-10-02", office.school), &json!({}));
    late.expect(201);
    let after = actions(&office, "&open=true");
    assert_eq!(after.iter().filter(|one| one["says"] == TRACK).count(), 1, "{after:#?}");
}

#[test]
fn a_list_is_done_for_each_pupil_or_for_all_and_many_are_answered_in_one_call() {
    let office = strategy();
    office.review("2026-10-09");
    let (track, monitor) =
        (saying(&office, "&open=true", TRACK), saying(&office, "&open=true", MONITOR));
    let one = |action: &Value, pupil: Option<i32>, done: bool| {
        let mut one =
            json!({ "action_id": action["action_id"], "says": "Looked at", "done": done });
        if let Some(pupil) = pupil {
            one["pupil_id"] = json!(pupil);
        }
        one
    };
    let body = json!({ "evidence": [
        one(&track, Some(office.pupil(4)), true), one(&track, Some(office.pupil(1)), true),
        one(&monitor, None, true), { "action_id": 999999, "says": "x", "done": true },
        one(&track, Some(office.pupil(5)), false),
    ] });
    let done = office.lead.post("/v1/evidence", &body).expect(207);
    let results = done["results"].as_array().unwrap();
    let status: Vec<u64> = results.iter().map(|one| one["status"].as_u64().unwrap()).collect();
    assert_eq!(status, [200, 422, 200, 404, 200], "{done:#}");
    assert_eq!(results[1]["problem"]["errors"][0]["pointer"], "/pupil_id", "{done:#}");
    let place = format!("/v1/actions/{}", track["action_id"]);
    let read = || office.lead.get(&place).expect(200);
    let for_whom = |read: &Value| {
        let done = |one: &&Value| one.get("done_at").is_some();
        read["pupils"].as_array().unwrap().iter().filter(done).count()
    };
    assert_eq!((for_whom(&read()), read().get("done_at")), (1, None));
    assert_eq!(read()["evidence"][0]["pupil_id"], office.pupil(4));
    // A class teacher records what is for a class, and nothing else.
    let teacher = office.colleague("teacher");
    let own = json!({ "evidence": [one(&monitor, None, false), one(&track, None, true)] });
    let told = teacher.post("/v1/evidence", &own).expect(207);
    let status = |at: usize| told["results"][at]["status"].clone();
    assert_eq!([status(0), status(1)], [json!(200), json!(403)], "{told:#}");
    let closed = office.lead.get(&format!("/v1/actions/{}", monitor["action_id"])).expect(200);
    assert!(closed["done_at"].is_string(), "{closed:#}");
    for number in [5, 6] {
        let body = json!({ "says": "Looked at", "done": true, "pupil_id": office.pupil(number) });
        office.lead.post(&format!("{place}/evidence"), &body).expect(200);
    }
    assert!(read()["done_at"].is_string(), "{:#}", read());
    // It stands in the log of each pupil whom it was done for.
    let log = format!("/v1/schools/{}/reports/log?from=2026-09-01&to=2026-10-09", office.school);
    let said = |number: usize| {
        let path = format!("{log}&pupil_id={}", office.pupil(number));
        office.lead.get(&path).expect(200).to_string().matches("Looked at").count()
    };
    // What was said of a whole list twice, and of each what was said of that pupil.
    assert_eq!([1, 4, 5, 6].map(said), [0, 3, 4, 3]);
    let none = office.lead.post("/v1/evidence", &json!({ "evidence": [] }));
    assert_eq!(none.problem(422), "invalid");
}

#[test]
fn whom_the_marks_do_not_lead_to_any_more_is_struck_off_and_so_is_a_child_who_has_died() {
    let office = strategy();
    office.review("2026-10-09");
    let on = || {
        let track = saying(&office, "", TRACK);
        let pupils =
            pupils(&track).into_iter().map(|one| one.as_i64().unwrap()).collect::<Vec<_>>();
        (pupils, track.get("overtaken_at").is_some())
    };
    let ids = |numbers: &[usize]| {
        numbers.iter().map(|number| i64::from(office.pupil(*number))).collect::<Vec<_>>()
    };
    assert_eq!(on(), (ids(&[4, 5, 6]), false));
    let path = format!("/v1/pupils/{}/letters/stop", office.pupil(4));
    let died = json!({ "stopped": true, "died": true, "reason": "The child died" });
    office.lead.post(&path, &died).expect(200);
    assert_eq!(on(), (ids(&[5, 6]), false));
    // A second stop takes no death back: the next review asks nothing about the child.
    office.lead.post(&path, &json!({ "stopped": true, "reason": "A conference" })).expect(200);
    // The other two were in school after all.
    let here = |_, _| None;
    send_marks(&office.lead, office.school, &[5, 6], ("2026-09-02", "2026-10-09"), here);
    office.rests();
    assert_eq!(on(), (Vec::new(), true));
    let review = office.review("2026-10-16");
    let about = format!("/v1/reviews/{review}/items?pupil_id={}", office.pupil(4));
    assert_eq!(office.lead.get(&about).expect(200)["items"], json!([]));
    office
        .lead
        .post(&path, &json!({ "stopped": false, "reason": "Recorded of the wrong child" }))
        .expect(200);
    office.on("2026-10-23");
    let after = office.review("2026-10-23");
    let about = format!("/v1/reviews/{after}/items?pupil_id={}", office.pupil(4));
    assert_ne!(office.lead.get(&about).expect(200)["items"], json!([]));
}
