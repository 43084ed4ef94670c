//! Achieving high attendance: the list on Wednesday, the teachers' word until Thursday, the Head's decision on Friday, and
//! three letters (rules H-01 to H-14).

use serde_json::{Value, json};

use super::Office;
use crate::support::weeks::send_marks;

/// The rules of all items of a review, each once, in order.
fn rules(office: &Office, review: i64) -> Vec<String> {
    let items = office.lead.get(&format!("/v1/reviews/{review}/items")).expect(200);
    let rule = |item: &Value| item["rule"].as_str().unwrap().to_owned();
    let mut rules: Vec<String> = items["items"].as_array().unwrap().iter().map(rule).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// What is proposed on a Friday, as (pupil's number, rule).
fn friday(office: &Office, review: i64) -> Vec<(usize, String)> {
    let number = |item: &Value| {
        office.pupils.iter().position(|pupil| item["pupil_id"] == *pupil).unwrap() + 1
    };
    let told = |item: &Value| (number(item), item["rule"].as_str().unwrap().to_owned());
    let mut told: Vec<_> = office.proposed(review).iter().map(told).collect();
    told.sort();
    told
}

#[test]
fn three_letters_home_the_ewo_and_no_fourth_letter() {
    let office = Office::that_follows(&json!({ "policy": "high-attendance" }), 3);
    office.on("2027-07-21");
    // The second pupil misses more and more; the third misses much before October half term and little after it.
    let absent = |pupil, day: usize| match pupil {
        2 => day.is_multiple_of(if day < 38 { 5 } else { 3 }).then_some("I"),
        3 => (day < 38 && day.is_multiple_of(5)).then_some("I"),
        _ => None,
    };
    let year = ("2026-09-02", "2027-07-21");
    send_marks(&office.lead, office.school, &[1, 2, 3], year, absent);

    // Wednesday: the list, broken weeks, and a message to the teachers. Nothing is proposed yet.
    let wednesday = office.review("2026-10-21");
    assert_eq!(rules(&office, wednesday), ["H-01", "H-02", "H-03"]);
    assert_eq!(office.proposed(wednesday), Vec::<Value>::new());
    assert!(office.to_do().iter().any(|says| says.contains("invites them") && says.contains("6A")));

    // Thursday: the teacher knows something of one of the two.
    office.on("2026-10-22");
    let says =
        json!({ "pupil_id": office.pupil(2), "says": "He looks after his sister on Mondays" });
    let path = format!("/v1/reviews/{wednesday}/feedback");
    office.lead.post(&path, &says).expect(201);

    // Friday: the teacher is chased about the other, and the Head decides with the feedback before them.
    let review = office.review("2026-10-23");
    let seen = rules(&office, review);
    for rule in ["H-04", "H-05", "H-06"] {
        assert!(seen.iter().any(|one| one == rule), "{rule} in {seen:?}");
    }
    assert!(office.to_do().iter().any(|says| says.contains("chase up") && says.contains("6A")));
    assert_eq!(friday(&office, review), [(2, "H-06".to_owned()), (3, "H-06".to_owned())]);
    let item = &office.proposed(review)[0];
    assert_eq!(
        (&item["decides"], item["feedback"].as_array().unwrap().len()),
        (&json!("Head of School"), 1)
    );
    office.send_all(review);

    // Half a term later one has improved and goes on being watched; the other is invited (H-07, H-09).
    let review = office.review("2026-12-18");
    assert_eq!(friday(&office, review), [(2, "H-07".to_owned()), (3, "H-09".to_owned())]);
    office.send_all(review);
    assert!(office.to_do().iter().any(|says| says.contains("agree a date to meet")));

    // Not improved again: the attendance clinic (H-08), the EWO (H-11; Good Friday is closed, so on the Thursday), and then
    // no fourth letter (H-14).
    for (day, rule) in [("2027-02-12", "H-08"), ("2027-03-25", "H-11"), ("2027-05-28", "H-14")] {
        let review = office.review(day);
        assert!(
            friday(&office, review).contains(&(2, rule.to_owned())),
            "{:?}",
            friday(&office, review)
        );
        office.send_all(review);
    }
    let letters = office.letters().into_iter().map(|(name, _)| name);
    assert_eq!(letters.collect::<Vec<_>>(), ["letter-1", "letter-1", "letter-2", "letter-3"]);
    assert_eq!(office.case(2)["stage"], "with the EWO");
}
