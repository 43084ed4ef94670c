//! What a policy does when a pupil comes into a band: at a school's first review nobody does, whatever the band; from the
//! second on those who come into another, once.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::office::Office;
use crate::support::weeks::send_marks;

/// Rules of the strategy for which its document prints no cadence: what the school answers holds.
const ON_ENTRY: [&str; 3] = ["S-16", "S-23", "S-29"];

/// A school that has answered that they are due on entry into the band, and only then.
fn office() -> Office {
    let answers = json!({ "target": "96%", "no cadence printed": ["entry into the band"] });
    let office = Office::that_follows(&json!({ "policy": "strategy", "answers": answers }), 4);
    office.on("2026-10-23");
    // By the number of the school day; the reviews below are on days 12, 17 and 22.
    let mark = |pupil, day: usize| {
        let missed = match pupil {
            1 => false,
            // 94.9%-92% at the first review and the second, above at the third.
            2 => day == 3,
            // 100% at the first review, 94.9%-92% at the second, above at the third.
            3 => day == 14,
            // The lowest band from the first to the last.
            _ => day.is_multiple_of(3),
        };
        missed.then_some("I")
    };
    let weeks = ("2026-09-02", "2026-10-02");
    send_marks(&office.lead, office.school, &[1, 2, 3, 4], weeks, mark);
    office
}

/// The pupils about whom each rule proposes or lists something, by number, and whether it says since when.
fn about(office: &Office, day: &str) -> BTreeMap<String, Vec<usize>> {
    let review = office.review(day);
    let path = format!("/v1/reviews/{review}/items?limit=500");
    let items = office.lead.get(&path).expect(200)["items"].clone();
    let mut about: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for item in items.as_array().unwrap() {
        let number = office.pupils.iter().position(|pupil| item["pupil_id"] == *pupil);
        let Some(number) = number else { continue };
        let rule = item["rule"].as_str().unwrap().to_owned();
        if ON_ENTRY.contains(&rule.as_str()) {
            let since = format!("in the band since {day}");
            assert!(item["because"].as_array().unwrap().contains(&json!(since)), "{item}");
        }
        about.entry(rule).or_default().push(number + 1);
    }
    for pupils in about.values_mut() {
        pupils.sort_unstable();
        pupils.dedup();
    }
    about
}

#[test]
fn nobody_comes_into_a_band_at_the_first_review_and_who_does_later_does_so_once() {
    let office = office();
    let whom = |about: &BTreeMap<String, Vec<usize>>, rule: &str| {
        about.get(rule).cloned().unwrap_or_default()
    };
    // The first review finds where everybody begins: a pupil in the lowest band and one in the next do not come into it.
    let first = about(&office, "2026-09-18");
    for rule in ON_ENTRY {
        assert_eq!(whom(&first, rule), Vec::<usize>::new(), "{rule}: {first:?}");
    }
    // The third pupil has come down into 94.9%-92%; the second stays there, the fourth in the lowest.
    let second = about(&office, "2026-09-25");
    assert_eq!(whom(&second, "S-23"), [3], "{second:?}");
    assert_eq!(whom(&second, "S-16"), [3], "{second:?}");
    assert_eq!(whom(&second, "S-29"), Vec::<usize>::new(), "{second:?}");
    let opened = office.to_do().into_iter().filter(|says| says.contains("devise a plan forward"));
    assert_eq!(opened.count(), 1, "a meeting with one family");
    // Both are above 95% now; nobody is met a second time.
    let third = about(&office, "2026-10-02");
    assert_eq!(whom(&third, "S-16"), [2, 3], "{third:?}");
    assert_eq!(whom(&third, "S-23"), Vec::<usize>::new(), "{third:?}");
    assert_eq!(whom(&third, "S-29"), Vec::<usize>::new(), "{third:?}");
    let told: Vec<Value> = office.proposed(office.review("2026-10-05"));
    assert!(told.iter().all(|item| item["rule"] != "S-23"), "{told:?}");
}
