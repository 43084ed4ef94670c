//! Published term dates: read to a calendar, looked at, and put by a person.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::real::real;
use crate::support::sql::Sql;
use crate::support::two_classes::TwoClasses;

const ICS: &str = "text/calendar";
const JSON: &str = "application/json";

fn read(client: &Client, school: i32, year: i16, media: &str, file: &[u8]) -> Answer {
    let path = format!("/v1/schools/{school}/calendar/{year}/read");
    client.send("POST", &path, &[("content-type", media)], Some(file.to_vec()))
}

/// The holidays of 2026/27 and two days of training, in lines that end as on any system.
fn holidays() -> String {
    let days = [
        ("Summer holiday", "20260801", "20260901"),
        ("Half term", "20261024", "20261102"),
        ("Christmas holiday", "20261219", "20270104"),
        ("Half term", "20270213", "20270222"),
        ("Easter holiday", "20270326", "20270412"),
        ("Half term", "20270529", "20270607"),
        ("Summer holiday", "20270722", "20270901"),
        ("INSET day", "20260901", "20260903"),
    ];
    let events = days.map(|(summary, from, end)| {
        format!("BEGIN:VEVENT\nSUMMARY:Elmshire: {summary}\nDTSTART;VALUE=DATE:{from}\nDTEND;VALUE=DATE:{end}\nEND:VEVENT\n")
    });
    format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat())
}

#[test]
fn a_file_is_read_changes_nothing_and_what_it_says_can_be_put() {
    let s = TwoClasses::new();
    let everything = Sql::of(&s.app.database).everything();
    let with_a_festival = holidays().replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\nSUMMARY:Harvest festival\nDTSTART:20261002T140000Z\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR",
    );
    let proposed = read(&s.admin, s.school, 2026, ICS, with_a_festival.as_bytes()).expect(200);
    assert_eq!(Sql::of(&s.app.database).everything(), everything);
    // Half terms of 39, 35, 30, 24, 34 and 33 days, less two of training.
    assert_eq!(proposed["sessions"], 2 * (39 + 35 + 30 + 24 + 34 + 33 - 2));
    let [notice] = &proposed["notices"].as_array().unwrap()[..] else { panic!("{proposed}") };
    assert_eq!((&notice["place"], &notice["kind"]), (&json!("line 45"), &json!("not_understood")));

    let put = s.admin.put(&s.calendar_at(""), &proposed["calendar"]).expect(200);
    assert_eq!(put, proposed["calendar"]);
    let closed =
        json!({ "from": "2026-09-01", "to": "2026-09-02", "kind": "inset", "note": "INSET day" });
    assert_eq!(put["closures"], json!([closed]));
}

#[test]
fn what_an_event_closes_follows_from_the_hours_that_the_school_has_that_day() {
    let s = TwoClasses::new();
    let hours = format!("/v1/schools/{}/hours", s.school);
    let answer = s.admin.get(&hours).expect(200);
    assert_eq!((&answer["opens"], &answer["closes"]), (&json!("08:45:00"), &json!("15:15:00")));
    assert_eq!(answer["history"], json!([]));
    let training = |day: &str| {
        let event = format!(
            "BEGIN:VEVENT\nSUMMARY:INSET\nDTSTART:{day}T133000\nDTEND:{day}T150000\nEND:VEVENT\nEND:VCALENDAR"
        );
        let file = holidays().replace("END:VCALENDAR", &event);
        let read = read(&s.admin, s.school, 2026, ICS, file.as_bytes()).expect(200);
        read["sessions"].as_u64().unwrap()
    };
    // A Wednesday in each term: an afternoon of training closes that afternoon.
    let [autumn, spring] = ["20261007", "20270113"].map(training);
    assert_eq!(autumn, spring);

    // From January school is over at half past one.
    let early = json!({ "opens": "07:45:00", "closes": "13:30:00" });
    s.admin.put(&format!("{hours}/2027-01-04"), &early).expect(200);
    assert_eq!((training("20261007"), training("20270113")), (autumn, spring + 1));
    let later = s.admin.get(&format!("{hours}?on=2027-01-04")).expect(200);
    assert_eq!((&later["opens"], &later["closes"]), (&early["opens"], &early["closes"]));

    // Said twice it is recorded once; said otherwise it leaves what was said before.
    s.admin.put(&format!("{hours}/2027-01-04"), &early).expect(200);
    let late = json!({ "opens": "08:45:00", "closes": "15:15:00" });
    s.admin.put(&format!("{hours}/2027-01-04"), &late).expect(200);
    assert_eq!(training("20270113"), spring);
    let history = s.admin.get(&hours).expect(200)["history"].take();
    let closes: Vec<&Value> =
        history.as_array().unwrap().iter().map(|row| &row["closes"]).collect();
    assert_eq!(closes, ["15:15:00", "13:30:00"]);

    let bad = |opens: &str, closes: &str| {
        let body = json!({ "opens": opens, "closes": closes });
        s.admin.put(&format!("{hours}/2027-01-04"), &body)
    };
    let upside_down = bad("15:15:00", "08:45:00");
    assert_eq!(upside_down.problem(422), "no-school-hours");
    assert_eq!(upside_down.pointers(), ["/opens", "/closes"]);
    assert_eq!(bad("08:45:00", "13:00:00").pointers(), ["/closes"]);
    assert_eq!(bad("8 o'clock", "15:00:00").problem(400), "bad-body");
}

#[test]
fn what_is_no_such_file_is_refused() {
    let s = TwoClasses::new();
    let ask = |media, file: &[u8]| read(&s.admin, s.school, 2026, media, file);
    assert_eq!(ask("text/csv", b"a,b").problem(415), "unsupported-media-type");
    assert_eq!(ask(ICS, b"hello").problem(400), "bad-body");
    let nothing =
        ask(ICS, b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:F\xeate\nDTSTART:20261002\nEND:VEVENT");
    assert_eq!(nothing.problem(422), "no-term-dates");
    assert!(nothing.body["notices"][0]["text"].as_str().unwrap().contains("F\u{ea}te"));
    assert_eq!(ask(JSON, holidays().as_bytes()).problem(400), "bad-body");
    assert_eq!(ask(JSON, br#"{"academic_years": []}"#).problem(422), "invalid");
    assert_eq!(ask(ICS, &vec![b'x'; 3 * 1024 * 1024]).problem(413), "too-large");
    let wrong = ask(JSON, br#"{"academic_years": [{"name": "2026-27", "dates": [{"date": 7}]}]}"#);
    assert_eq!(wrong.problem(400), "bad-body");
    assert_eq!(wrong.body["errors"][0]["pointer"], "/academic_years/0/dates/0/date");
    let elsewhere = read(&s.admin, s.school, 2019, ICS, holidays().as_bytes());
    assert!(elsewhere.body["detail"].as_str().unwrap().contains("none of them lies in 2019/20"));
    assert_eq!(read(&s.admin, 999_999, 2026, ICS, holidays().as_bytes()).problem(404), "not-found");
}

#[test]
fn no_string_that_anybody_thought_of_breaks_it() {
    let Some(file) = real("blns.json") else { return };
    let s = TwoClasses::new();
    let texts: Vec<String> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert!(texts.len() > 400);
    for text in texts {
        let event =
            format!("BEGIN:VEVENT\nSUMMARY:{text}\nDTSTART:{text}\nEND:VEVENT\nEND:VCALENDAR");
        let file = holidays().replace("END:VCALENDAR", &event);
        let answer = read(&s.admin, s.school, 2026, ICS, file.as_bytes());
        assert_eq!(answer.status, 200, "{text:?}: {}", answer.text);
        let year = json!({ "name": "2026-27", "school_holidays": [{ "start": text, "end": text, "label": text }],
            "dates": [{ "date": "2026-09-02", "label": text }], text.clone(): text });
        let file = json!({ "academic_years": [year], "pd_days": [{ "date": "2026-09-02", "label": text }] });
        let answer = read(&s.admin, s.school, 2026, JSON, file.to_string().as_bytes());
        let with_nul = text.contains('\0');
        assert_eq!(answer.status, if with_nul { 400 } else { 200 }, "{text:?}: {}", answer.text);
    }
}

/// What real files say of a year: the days of school are counted from the published list itself.
fn published_days(file: &Value, year: i16) -> usize {
    let name = format!("{year}-");
    let years = file["academic_years"].as_array().unwrap();
    let one = years.iter().find(|one| one["name"].as_str().unwrap().starts_with(&name));
    one.unwrap()["dates"].as_array().unwrap().len()
}

#[test]
fn the_forms_in_which_a_real_place_publishes_its_dates_agree() {
    let Some(folder) = real("term_dates") else { return };
    let s = TwoClasses::new();
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    for (json, ics) in [
        (
            "leas_sheffield_term_dates.json",
            &["leas_sheffield_school_holidays.ics", "leas_sheffield_term_dates.ics"][..],
        ),
        ("schools_sutc_school_dates.json", &["schools_sutc_school_holidays.ics"]),
    ] {
        for year in [2025, 2026, 2027] {
            let from_json = read(&s.admin, s.school, year, JSON, &file(json)).expect(200);
            let days = published_days(&serde_json::from_slice(&file(json)).unwrap(), year);
            assert_eq!(from_json["sessions"], 2 * days, "{json} {year}");
            assert_eq!(only_assumed(&from_json), 1, "which holiday October's is");
            for name in ics {
                let from_ics = read(&s.admin, s.school, year, ICS, &file(name)).expect(200);
                assert_eq!(from_ics["calendar"], from_json["calendar"], "{name} {year}");
                only_assumed(&from_ics);
            }
            let place = format!("/v1/schools/{}/calendar/{year}", s.school);
            s.admin.put(&place, &from_json["calendar"]).expect(200);
        }
    }
}

/// How much was assumed; nothing is left out and nothing contradicts itself.
#[track_caller]
fn only_assumed(proposed: &Value) -> usize {
    let notices = proposed["notices"].as_array().unwrap();
    assert!(notices.iter().all(|notice| notice["kind"] == "assumed"), "{notices:?}");
    notices.len()
}
