//! The attendance process flowchart: letters A to E, meetings that are re-arranged, a monitoring period, and the local
//! authority's officer, whose answers the school records as received (rules F-02 to F-20).

use serde_json::{Value, json};

use super::Office;
use crate::support::weeks::send_marks;

/// Two families on two ways: the second pupil's never comes, the third's always does.
#[test]
fn two_families_go_through_the_flowchart_to_a_contract_and_to_a_notice() {
    let policy = json!({ "policy": "flowchart", "answers": { "target": "95%" } });
    let office = Office::that_follows(&policy, 3);
    office.on("2027-07-21");
    // Both miss more from month to month; the first pupil misses nothing.
    let every = |day: usize| 5_usize.saturating_sub(day / 30).max(1);
    let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(every(day))).then_some("O");
    let year = ("2026-09-02", "2027-07-21");
    send_marks(&office.lead, office.school, &[1, 2, 3], year, absent);
    let proposed = |review| {
        let told = |item: &Value| {
            let pupil = office.pupils.iter().position(|pupil| item["pupil_id"] == *pupil).unwrap();
            format!("{} {}", pupil + 1, item["rule"].as_str().unwrap())
        };
        let mut told: Vec<String> = office.proposed(review).iter().map(told).collect();
        told.sort();
        told
    };
    let at = |number, outcome: &str| office.record(number, outcome)["stage"].clone();

    // A Monday in October: Letter A. Four school weeks later it is no better: Letter B and an informal meeting.
    let review = office.review("2026-10-05");
    assert_eq!(proposed(review), ["2 F-02", "3 F-02"]);
    office.send_all(review);
    assert_eq!(proposed(office.review("2026-11-09")), Vec::<String>::new(), "not yet four weeks");
    let review = office.review("2026-11-16");
    assert_eq!(proposed(review), ["2 F-04", "3 F-04"]);
    office.send_all(review);

    // One family does not come, nor to the re-arranged meeting; the officer agrees to a monitoring period.
    assert_eq!(at(2, "not attended"), "1: re-arranged meeting");
    assert!(office.to_do().iter().any(|says| says.contains("evidence of every attempt")));
    assert_eq!(at(2, "not attended"), "2: evidence");
    assert_eq!(at(2, "agreed"), "2: monitoring period");
    // The other comes, and a low-level plan is made.
    assert_eq!(at(3, "attended"), "1: low-level plan");
    assert!(office.to_do().iter().any(|says| says.contains("low-level action plan")));

    // In January neither has improved: next steps with the officer for one, Letter C for the other.
    let review = office.review("2027-01-04");
    assert_eq!(proposed(review), ["2 F-10", "3 F-11"]);
    office.send_all(review);
    assert_eq!(at(2, "contract"), "3: contract meeting");
    assert_eq!(at(2, "not attended"), "3: contract");
    assert!(office.to_do().iter().any(|says| says.contains("deliver the contract to the home")));
    assert_eq!(at(3, "attended"), "2: improvement plan");

    // In February: the authority's advisory letter and a PACE meeting for one, a notice to be considered for the other.
    let review = office.review("2027-02-08");
    assert_eq!(proposed(review), ["2 F-19", "3 F-15"]);
    office.send_all(review);
    assert_eq!(at(2, "recorded"), Value::Null);
    assert_eq!(at(3, "notice"), "3: penalty notice");
    assert!(office.to_do().iter().any(|says| says.contains("thresholds and limits")));
    assert_eq!(at(3, "not issued"), Value::Null);

    // Letters A to C and E were the school's; nothing was written as the local authority.
    let mut letters: Vec<String> = office.letters().into_iter().map(|(name, _)| name).collect();
    letters.sort();
    assert_eq!(letters, ["letter-a", "letter-a", "letter-b", "letter-b", "letter-c", "letter-e"]);
}
