//! The log: who did what, when and why, for the file of a case (rule H-12).

mod pages;

use serde_json::{Value, json};

use super::Hall;

/// A school where one case has been opened, decided, discussed and acted on in October and November.
fn hall() -> Hall {
    let hall = Hall::of(2).follows("improvement-process");
    hall.marks(("2026-09-02", "2026-11-13"), |pupil, day| {
        (pupil == 1 && day % 3 == 0).then_some("O")
    });
    hall.app.clock.set("2026-10-23T16:30:00Z");
    let review = format!("/v1/schools/{}/reviews/2026-10-23", hall.school);
    let review = hall.lead.post(&review, &json!({})).expect(201)["review_id"].clone();
    hall.app.clock.set("2026-10-26T09:15:00Z");
    let says = json!({ "pupil_id": hall.pupil(1), "says": "=HYPERLINK(\"x\"), said \"tired\"" });
    hall.lead.post(&format!("/v1/reviews/{review}/feedback"), &says).expect(201);
    hall.app.clock.set("2026-11-02T08:05:00Z");
    let items = hall.lead.get(&format!("/v1/reviews/{review}/items?state=proposed")).expect(200);
    let body = json!({ "decisions": [{ "item": items["items"][0]["item"], "decide": "send" }] });
    hall.lead.post(&format!("/v1/reviews/{review}/decisions"), &body).expect(207);
    let cases = hall.lead.get(&format!("/v1/cases?school_id={}", hall.school)).expect(200);
    let case = &cases["items"][0]["case_id"];
    let body =
        json!({ "outcome": "a person decides otherwise", "to": "Stage 1", "reason": "New baby" });
    hall.lead.post(&format!("/v1/cases/{case}/outcomes"), &body).expect(200);
    let actions = hall.lead.get(&format!("/v1/actions?school_id={}", hall.school)).expect(200);
    let action = &actions["items"][0]["action_id"];
    hall.app.clock.set("2026-11-03T15:20:00Z");
    for (says, done) in [("Rang mother, no answer", false), ("Spoke with mother", true)] {
        let body = json!({ "says": says, "done": done });
        hall.lead.post(&format!("/v1/actions/{action}/evidence"), &body).expect(200);
    }
    let stop = json!({ "stopped": true, "reason": "Bereavement" });
    hall.lead.post(&format!("/v1/pupils/{}/letters/stop", hall.pupil(1)), &stop).expect(200);
    hall.app.clock.set("2026-11-18T10:00:00Z");
    hall
}

/// The kinds of the entries of a log.
fn kinds(log: &Value) -> Vec<&str> {
    let entries = log["entries"]["items"].as_array().unwrap();
    entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect()
}

#[test]
fn the_log_of_a_case_reads_like_the_file_that_the_office_keeps() {
    let hall = hall();
    let log = hall.asked("reports/log?from=2026-10-01").expect(200);
    insta::assert_snapshot!(Hall::readable(&log["entries"]));

    let csv = hall.asked("reports/log?from=2026-10-01&format=csv");
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = "attachment; filename=\"log-900001-2026-10-01-2026-11-18.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(name));
    let text = csv.text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let entries = log["entries"]["items"].as_array().unwrap();
    assert_eq!(rows.len(), entries.len());
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    for (row, entry) in rows.iter().zip(entries) {
        assert_eq!(&row[column("kind")], entry["kind"].as_str().unwrap());
        assert_eq!(&row[column("who")], entry["who"].as_str().unwrap());
        assert_eq!(&row[column("pupil")], "Surname1, Forename1");
    }
    // Quoted, and a text to every spreadsheet. On 26 October the clocks had gone back.
    let said = rows.iter().find(|row| &row[column("kind")] == "feedback").unwrap();
    assert_eq!(&said[column("what")], "'=HYPERLINK(\"x\"), said \"tired\"");
    assert_eq!((&said[column("date")], &said[column("time")]), ("2026-10-26", "09:15"));
}

#[test]
fn it_is_of_a_case_a_pupil_and_a_period_and_goes_page_by_page() {
    let hall = hall();
    let whole = hall.asked("reports/log?from=2026-10-01").expect(200);
    let all = whole["entries"]["items"].as_array().unwrap().clone();
    let case = all.iter().find_map(|entry| entry.get("case_id")).unwrap();
    let of_case = hall.asked(&format!("reports/log?from=2026-10-01&case_id={case}")).expect(200);
    let expected: Vec<Value> =
        all.iter().filter(|entry| entry.get("case_id") == Some(case)).cloned().collect();
    assert_eq!(of_case["entries"]["items"], json!(expected));
    let other = format!("reports/log?from=2026-10-01&pupil_id={}", hall.pupil(2));
    assert_eq!(kinds(&hall.asked(&other).expect(200)), Vec::<&str>::new());
    // One day.
    let day = hall.asked("reports/log?from=2026-11-03&to=2026-11-03").expect(200);
    assert_eq!(kinds(&day), ["attempt", "done", "letters"]);

    let by_twos = format!("/v1/schools/{}/reports/log?from=2026-10-01&limit=2", hall.school);
    assert_eq!(hall.lead.all(&by_twos, "/entries"), all);
    let teacher = hall.app.school_client("teacher", hall.trust, &[hall.school]);
    let path = format!("/v1/schools/{}/reports/log", hall.school);
    assert_eq!(teacher.get(&path).problem(403), "forbidden");
    let years = hall.asked("reports/log?from=2026-07-01");
    assert_eq!(years.body["errors"][0]["pointer"], "?from", "one school year at a time");
}
