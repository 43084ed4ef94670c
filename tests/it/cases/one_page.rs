//! Attendance on one page: red, amber and green, looked at in the first full week after each term (rules O-05 to O-12).

use serde_json::{Value, json};

use super::Office;
use crate::support::weeks::send_marks;

/// Autumn term has 72 school days; what comes after them is spring.
const AUTUMN: usize = 72;

#[test]
fn a_term_later_there_are_thanks_for_two_and_an_invitation_for_the_third() {
    let office = Office::that_follows(&json!({ "policy": "one-page" }), 4);
    office.on("2027-07-21");
    // The second goes from red to amber, the third from amber to a lower amber, the fourth is better and still red.
    let every = |pupil, day| match (pupil, day < AUTUMN) {
        (2 | 4, true) => Some(5),
        (2, false) | (3, true) => Some(20),
        (3, false) => Some(15),
        (4, false) => Some(7),
        _ => None,
    };
    let absent = |pupil, day: usize| {
        every(pupil, day).is_some_and(|every| day.is_multiple_of(every)).then_some("I")
    };
    let year = ("2026-09-02", "2027-07-21");
    send_marks(&office.lead, office.school, &[1, 2, 3, 4], year, absent);
    let proposed = |review| {
        let told = |item: &Value| {
            let pupil = office.pupils.iter().position(|pupil| item["pupil_id"] == *pupil).unwrap();
            (pupil + 1, item["rule"].as_str().unwrap().to_owned())
        };
        let mut told: Vec<_> = office.proposed(review).iter().map(told).collect();
        told.sort();
        told.into_iter().map(|(pupil, rule)| format!("{pupil} {rule}")).collect::<Vec<_>>()
    };

    // The review opens in January on the term that closed (O-05), and takes the colour of each child from it (O-06).
    let review = office.review("2027-01-04");
    assert_eq!(proposed(review), ["2 O-06", "3 O-06", "4 O-06"]);
    let because = office.proposed(review)[0]["because"].to_string();
    assert!(because.contains("114 of 144"), "the whole autumn term: {because}");
    office.send_all(review);
    let letters: Vec<String> = office.letters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(letters, ["letter-red", "letter-amber", "letter-red"]);

    // After the spring term: a better colour, better and still of concern, not better.
    let review = office.review("2027-04-12");
    assert_eq!(proposed(review), ["2 O-07", "3 O-09", "4 O-08"]);
    office.send_all(review);
    let letters: Vec<String> = office.letters().into_iter().skip(3).map(|(name, _)| name).collect();
    assert_eq!(letters, ["letter-thanks", "letter-invitation", "letter-still-concerned"]);

    // The parents come, hear that a fine may follow, and more support is needed: the Early Help process (O-11, O-12).
    assert_eq!(office.record(3, "attended")["stage"], "met");
    assert!(office.to_do().iter().any(|says| says.contains("may face a fine")));
    assert_eq!(office.record(3, "additional support")["stage"], "letter sent");
    assert!(office.to_do().iter().any(|says| says.contains("Early Help")));
}
