//! "Medical evidence required" shows where absences are coded. It asks and never refuses, and gives way to what is known.

use serde_json::{Value, json};

use crate::support::build::id;
use crate::support::office::{Office, just_below_ninety};

const FLAG: &str = "medical evidence required";

/// What stands on the second pupil in the register, in the day's list, and with the pupil.
fn shown(office: &Office, class: i32) -> [Vec<String>; 3] {
    let flags = |value: &Value| -> Vec<String> {
        let all = value.get("flags").and_then(Value::as_array).cloned().unwrap_or_default();
        all.iter().map(|one| one["flag"].as_str().unwrap().to_owned()).collect()
    };
    let child = office.pupil(2);
    let register =
        office.lead.get(&format!("/v1/classes/{class}/registers/2026-11-03/AM")).expect(200);
    let find = |list: &Value| {
        let mut all = list.as_array().unwrap().iter();
        flags(all.find(|one| one["pupil_id"] == child).unwrap())
    };
    let day =
        office.lead.get(&format!("/v1/schools/{}/contacts/2026-11-03", office.school)).expect(200);
    let pupil = office.lead.get(&format!("/v1/pupils/{child}")).expect(200);
    [find(&register["marks"]), find(&day["missing"]), flags(&pupil)]
}

#[test]
fn what_a_case_asks_shows_where_absences_are_coded_until_a_condition_is_known_or_talking_was_enough()
 {
    let (office, review) = just_below_ninety();
    office.send_all(review);
    office.on("2026-11-03");
    let classes = office.lead.get(&format!("/v1/classes?school_id={}", office.school)).expect(200);
    let class = id(&classes["items"][0], "class_id");
    let register = |mark: &str| {
        let marks = json!([{ "pupil_id": office.pupil(1), "mark": "/" }, { "pupil_id": office.pupil(2), "mark": mark }]);
        let place = format!("/v1/classes/{class}/registers/2026-11-03/AM");
        office.lead.put(&place, &json!({ "marks": marks })).expect(200)
    };
    // It refuses nothing: illness is coded as illness.
    register("I");
    let all = [vec![FLAG.to_owned()], vec![FLAG.to_owned()], vec![FLAG.to_owned()]];
    assert_eq!(shown(&office, class), all);
    let pupil = office.lead.get(&format!("/v1/pupils/{}", office.pupil(2))).expect(200);
    assert!(pupil["flags"][0]["ask"].as_str().unwrap().contains("appointment card"), "{pupil:#}");

    // A person says that talking was enough; why is for those who lead on safeguarding.
    let case = office.case(2);
    let lift = format!("/v1/cases/{}/flags/lift", case["case_id"]);
    let wrong = json!({ "flag": "monitored", "ground": "talked" });
    let refused = office.lead.post(&lift, &wrong);
    assert!(refused.text.contains(FLAG), "it says what stands: {}", refused.text);
    assert_eq!(refused.problem(422), "invalid");
    let talked =
        json!({ "flag": FLAG, "ground": "talked", "reason": "Mrs Lind rang from the surgery" });
    let after = office.colleague("school_office").post(&lift, &talked).expect(200);
    assert_eq!(after.get("flags"), None, "{after:#}");
    let none = [Vec::new(), Vec::new(), Vec::<String>::new()];
    assert_eq!(shown(&office, class), none);
    let office_reads = office.colleague("school_office");
    let read = office_reads.get(&format!("/v1/cases/{}", case["case_id"])).expect(200).to_string();
    assert!(!read.contains("surgery") && !read.contains("talking was enough"), "{read}");

    // A step that leads there once more asks again; a condition that is known ends it for the whole case.
    let back =
        json!({ "outcome": "a person decides otherwise", "to": "Stage 1", "reason": "Known" });
    let outcomes = format!("/v1/cases/{}/outcomes", case["case_id"]);
    let again = || {
        office.put_at(2, "Stage 2");
        office.lead.post(&outcomes, &back).expect(200);
    };
    again();
    assert_eq!(shown(&office, class), all);
    office.lead.post(&lift, &json!({ "flag": FLAG, "ground": "long_term_condition" })).expect(200);
    again();
    assert_eq!(shown(&office, class), none);
}

#[test]
fn an_accepted_reason_lifts_it_as_long_as_it_holds() {
    let office = crate::support::office::improvement();
    let review = office.review("2026-10-23");
    office.send_all(review);
    let pupil = || office.lead.get(&format!("/v1/pupils/{}", office.pupil(2))).expect(200);
    assert_eq!(pupil()["flags"][0]["flag"], FLAG);
    let review = office.review("2026-12-18");
    let item = office.proposed(review)[0]["item"].clone();
    let ill = json!({ "item": item, "decide": "mitigate", "reason": "Long illness", "until": "2027-01-31" });
    assert_eq!(office.decide(review, &ill)["status"], 200);
    assert_eq!(pupil().get("flags"), None);
    office.on("2027-02-01");
    assert_eq!(pupil()["flags"][0]["flag"], FLAG);
}
