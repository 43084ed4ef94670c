//! A review says which registers its figures lack, and marks that arrive after it are looked at like amended ones.

use serde_json::json;

use crate::support::build::id;
use crate::support::office::Office;
use crate::support::weeks::send_marks;

#[test]
fn a_review_names_the_missing_registers_and_a_register_of_its_own_day_that_comes_late_is_looked_at()
{
    let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 2);
    office.on("2026-10-23");
    // Four days missed, and on one day nothing was recorded.
    let absent = |pupil, day| match day {
        23 => Some("-"),
        10..14 if pupil == 2 => Some("I"),
        _ => None,
    };
    send_marks(&office.lead, office.school, &[1, 2], ("2026-09-02", "2026-10-22"), absent);
    let classes = office.lead.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let class = id(&classes["items"][0], "class_id");
    let register = |when: &str, mark: &str| {
        let marks = json!([{ "pupil_id": office.pupil(1), "mark": mark }, { "pupil_id": office.pupil(2), "mark": mark }]);
        let place = format!("/v1/classes/{class}/registers/{when}");
        office.lead.put(&place, &json!({ "marks": marks })).expect(200);
    };
    register("2026-10-23/AM", "/");
    let review = office.review("2026-10-23");
    let read = || office.lead.get(&format!("/v1/reviews/{review}")).expect(200);
    let told = read();
    assert_eq!((&told["registers"]["missing"], &told["registers"]["due"]), (&json!(3), &json!(76)));
    let which = told["registers"]["which"].as_array().unwrap();
    let sessions: Vec<String> = which
        .iter()
        .map(|one| format!("{} {}", one["date"], one["session"]).replace('"', ""))
        .collect();
    assert_eq!(sessions[0], "2026-10-23 PM", "{sessions:?}");
    assert_eq!(sessions.len(), 3, "{sessions:?}");
    let says = told["notices"].as_array().unwrap().iter().find_map(|one| {
        one.as_str().filter(|one| one.contains("registers up to that day are missing"))
    });
    assert!(says.is_some_and(|says| says.contains("6A on 2026-10-23 PM")), "{told:#}");
    let counts = || office.proposed(review)[0]["because"].to_string();
    assert!(counts().contains("65 of 73"), "{}", counts());
    register("2026-10-23/PM", "\\");
    office.rests();
    assert!(counts().contains("66 of 74"), "{}", counts());
    assert_eq!(read()["registers"]["missing"], 2);
}
