//! Registers that are missing, still open, closed late, or without a mark.

use serde_json::{Value, json};

use super::Morning;
use crate::support::build::{class, marks, pupil};

const DAY: &str = "2026-11-18";

#[test]
fn registers_that_are_missing_or_stand_open_too_long_are_named() {
    let morning = Morning::at_a_school_that_follows(None, 2);
    let second = class(&morning.admin, morning.school, "6B");
    class(&morning.admin, morning.school, "6C");
    let other = pupil(&morning.admin, morning.school, second, 30);
    let of = |session: usize| morning.list(DAY)["registers"][session].clone();
    let names = |part: &Value| -> Vec<String> {
        let all = part.as_array().unwrap().iter();
        all.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let am = of(0);
    assert_eq!((&am["due"], &am["saved"]), (&json!(2), &json!(0)), "nobody is in 6C");
    assert_eq!(names(&am["missing"]), ["6A", "6B"]);
    assert_eq!(of(1)["due"], 0, "the afternoon has not come");

    // One is saved with a blank and stays open; the other is closed within the time.
    let save = |class: i32, body: Value| {
        morning.admin.put(&format!("/v1/classes/{class}/registers/{DAY}/AM"), &body).expect(200);
    };
    morning.at("2026-11-18T08:51:00Z");
    let [ada, ben] = [1, 2].map(|number| morning.pupil(number));
    save(
        morning.class,
        json!({ "marks": [{ "pupil_id": ada, "mark": "/" }, { "pupil_id": ben, "mark": null }] }),
    );
    let am = of(0);
    assert_eq!(
        (names(&am["missing"]), names(&am["open"])),
        (vec!["6B".to_owned()], vec!["6A".to_owned()])
    );
    assert_eq!((&am["without_mark"], &am["open"][0]["too_long"]), (&json!([ben]), &json!(false)));
    morning.at("2026-11-18T09:21:00Z");
    assert_eq!(of(0)["open"][0]["too_long"], false, "30 minutes are allowed");
    morning.at("2026-11-18T09:22:00Z");
    assert_eq!(
        (&of(0)["open"][0]["minutes"], &of(0)["open"][0]["too_long"]),
        (&json!(31), &json!(true))
    );
    let mut closing = marks(&[(ada, "/"), (ben, "L")]);
    closing["close"] = json!(true);
    save(morning.class, closing);
    let mut closing = marks(&[(other, "/")]);
    closing["close"] = json!(true);
    save(second, closing);
    let am = of(0);
    assert_eq!((&am["saved"], &am["open"], &am["missing"]), (&json!(2), &json!([]), &json!([])));
    assert_eq!(names(&am["closed_late"]), ["6A"]);
    morning.at("2026-11-18T12:00:00Z");
    assert_eq!(names(&of(1)["missing"]), ["6A", "6B"]);
}
