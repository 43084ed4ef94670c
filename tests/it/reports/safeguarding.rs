//! The weekly safeguarding list: protected children, those whom nobody has heard of, and who declines; for the eyes of those
//! alone who lead on it (rules S-03, S-19, S-22).

use serde_json::{Value, json};

use super::Hall;
use crate::support::facts::characteristic;
use crate::support::sql::Sql;

/// What stands in the list: the pupil's number and the kinds of concern.
fn concerns(hall: &Hall, list: &Value) -> Vec<(usize, Vec<String>)> {
    let items = &list["pupils"]["items"];
    let kinds = |item: &Value| -> Vec<String> {
        let all = item["concerns"].as_array().unwrap().iter();
        all.map(|concern| concern["kind"].as_str().unwrap().to_owned()).collect()
    };
    let kinds = items.as_array().unwrap().iter().map(kinds);
    let mut found: Vec<_> = hall.numbers(items).into_iter().zip(kinds).collect();
    found.sort();
    found
}

#[test]
fn each_cause_for_concern_is_named_and_a_child_who_was_there_is_not_on_the_list() {
    let hall = Hall::of(7).follows("strategy");
    // Wednesday 18 November is school day 50; its week begins with school day 48.
    hall.marks(("2026-09-02", "2026-11-18"), |pupil, day| match pupil {
        // In care and ill on Monday; in care and there all week.
        1 => (day == 48).then_some("I"),
        // No reason established on Tuesday and Wednesday.
        3 => (day >= 49).then_some("N"),
        // Hardly ever there.
        4 => (day % 3 != 0).then_some("I"),
        // A bad fortnight: in a band that the policy names, and declining.
        5 => (44..=48).contains(&day).then_some("O"),
        // Ill for a day, with nothing else to it; a parent must not be contacted.
        6 | 7 => (day == 50).then_some("I"),
        _ => None,
    });
    let mut sql = Sql::of(&hall.app.database);
    for number in [1, 2] {
        let pupil = hall.pupil(number);
        let enrolment =
            sql.number(&format!("SELECT enrolment_id FROM enrolment WHERE pupil_id = {pupil}"));
        let from = "2026-09-02".parse().unwrap();
        let at = hall.app.clock.now();
        characteristic(
            &mut sql,
            enrolment.try_into().unwrap(),
            "looked_after",
            from,
            Some("yes"),
            at,
        );
    }
    let parent = json!({ "person": { "surname": "A", "language": "en" }, "link": { "relationship": "father", "priority": 1 } });
    let parents = format!("/v1/pupils/{}/parents", hall.pupil(7));
    let parent = hall.lead.post(&parents, &parent).expect(201)["parent_id"].clone();
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-09-02" } });
    hall.lead.put(&format!("{parents}/{parent}/safeguards"), &order).expect(200);

    let list = hall.asked("reports/safeguarding").expect(200);
    assert_eq!((&list["rules"], &list["period"]["from"]), (&json!(["S-22"]), &json!("2026-11-16")));
    let expected = [
        (1, vec!["looked_after"]),
        (3, vec!["no_reason"]),
        (4, vec!["severe"]),
        (5, vec!["declined"]),
        (7, vec!["ask_first"]),
    ];
    let expected = expected
        .map(|(number, kinds)| (number, kinds.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    assert_eq!(concerns(&hall, &list), expected, "{list:#}");
    let third = list["pupils"]["items"].as_array().unwrap().iter();
    let mut third = third.filter(|one| one["pupil_id"] == hall.pupil(3));
    let says = &third.next().unwrap()["concerns"][0]["says"];
    assert_eq!(says, "no reason established on 2026-11-17 and 2026-11-18");
    // What the court ordered is not in it, only that somebody has to be asked.
    assert!(!list.to_string().contains("Family court"));

    // The reason is found: the child has been ill, and goes from the list by itself.
    let changes = ["AM", "PM"]
        .map(|session| json!({ "date": "2026-11-18", "session": session, "mark": "I" }));
    let body = json!({ "reason": "Mother rang", "school_id": hall.school, "changes": changes });
    hall.lead.post(&format!("/v1/pupils/{}/marks/amendments", hall.pupil(3)), &body).expect(201);
    let list = hall.asked("reports/safeguarding").expect(200);
    assert!(!hall.numbers(&list["pupils"]["items"]).contains(&3));
}

#[test]
fn only_those_who_lead_on_safeguarding_see_it() {
    let hall = Hall::of(1);
    let path = format!("/v1/schools/{}/reports/safeguarding", hall.school);
    for role in ["trust_admin", "trust_officer", "school_office", "teacher", "runner"] {
        let refused = hall.app.client(role, hall.trust).get(&path);
        assert_eq!(
            (refused.problem(403).as_str(), &refused.body["permission"]),
            ("forbidden", &json!("safeguarding:read"))
        );
    }
    for role in ["school_lead", "safeguarding_lead"] {
        hall.app.school_client(role, hall.trust, &[hall.school]).get(&path).expect(200);
    }
}
