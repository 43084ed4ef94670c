//! Going live in mid-year: what was done under the school's policy comes in by file, and the next review goes on from
//! there instead of beginning again.

mod penalty_notices;

use serde_json::{Value, json};

use super::{Office, counts, notices, problems};
use crate::support::app::{Client, Start};
use crate::support::build::upn;
use crate::support::weeks::send_marks;

/// A school that followed its policy on paper until Wednesday 18 November 2026.
struct Arrival {
    office: Office,
    lead: Client,
    pupils: [i32; 3],
}

impl Arrival {
    fn under(policy: &str) -> Self {
        // The story opens its reviews by hand.
        let office = Office::opened(Start { clockwork: false, ..Start::default() });
        let path = format!("/v1/schools/{}/policy/pathway/2026-09-01", office.school);
        office.admin.put(&path, &json!({ "policy": policy })).expect(200);
        let pupils = [1, 2, 3].map(|number| office.pupil(number));
        let lead = office.app.school_client("school_lead", office.trust, &[office.school]);
        Self { office, lead, pupils }
    }

    /// Marks up to a day: the second pupil misses every fifth school day, after the half term every third; nobody else any.
    fn marks_until(&self, day: &str) {
        self.office.app.clock.set(&format!("{day}T17:00:00Z"));
        let every = |day: usize| if day < 38 { 5 } else { 3 };
        let absent =
            |pupil, day: usize| (pupil == 2 && day.is_multiple_of(every(day))).then_some("O");
        send_marks(&self.lead, self.office.school, &[1, 2, 3], ("2026-09-02", day), absent);
    }

    fn review(&self, day: &str) -> Vec<Value> {
        let path = format!("/v1/schools/{}/reviews/{day}", self.office.school);
        let review = self.lead.post(&path, &json!({})).expect(201)["review_id"].clone();
        let items =
            self.lead.get(&format!("/v1/reviews/{review}/items?state=proposed")).expect(200);
        items["items"].as_array().unwrap().clone()
    }

    /// The cases of the school with stage and day, such as `2 Stage 2 since 2026-11-04`.
    fn cases(&self) -> Vec<String> {
        let cases =
            self.lead.get(&format!("/v1/cases?school_id={}", self.office.school)).expect(200);
        let number = |case: &Value| {
            self.pupils.iter().position(|pupil| case["pupil_id"] == *pupil).unwrap() + 1
        };
        let told = |case: &Value| {
            let stage = case["stage"].as_str().unwrap_or("ended");
            format!("{} {stage} since {}", number(case), case["since"].as_str().unwrap())
        };
        cases["items"].as_array().unwrap().iter().map(told).collect()
    }

    fn timeline(&self, place: usize) -> Vec<Value> {
        let cases =
            self.lead.get(&format!("/v1/cases?school_id={}", self.office.school)).expect(200);
        let path = format!("/v1/cases/{}", cases["items"][place]["case_id"]);
        self.lead.get(&path).expect(200)["timeline"].as_array().unwrap().clone()
    }

    fn letters(&self) -> Vec<String> {
        let letters =
            self.lead.get(&format!("/v1/letters?school_id={}", self.office.school)).expect(200);
        let told = |row: &Value| {
            ["name", "state", "decided_on"].map(|key| row[key].as_str().unwrap()).join(" ")
        };
        letters["items"].as_array().unwrap().iter().rev().map(told).collect()
    }
}

fn named(text: &str) -> String {
    text.replace("ANN", &upn(1)).replace("BEN", &upn(2)).replace("CAT", &upn(3))
}

#[test]
fn after_letter_1_on_paper_the_review_proposes_letter_2() {
    let here = Arrival::under("high-attendance");
    here.marks_until("2026-12-18");
    // As a school keeps it in a spreadsheet: its own order of columns, semicolons, days first.
    let file = named(
        "\u{feff}Type;Letter;Date sent;UPN;Form\r\nLetter;letter-1;23/10/2026;BEN;6A\r\nletter;letter-1;23/10/2026;BEN;6A\r\n",
    );
    let query = format!("kind=cases&school_id={}&dry_run=true", here.office.school);
    let what = "cases_carried_in 1, letters_carried_in 1";
    assert_eq!(counts(&here.lead.import(&query, file.as_bytes())), what);
    assert_eq!(here.cases(), Vec::<String>::new());

    let import = here.office.applied("cases", &file);
    assert_eq!(counts(&import), what);
    assert_eq!(notices(&import), ["1 ignored-columns 1", "3 repeated-rows 1"]);
    assert_eq!(here.cases(), ["2 after letter 1 since 2026-10-23"]);
    assert_eq!(here.letters(), ["letter-1 sent 2026-10-23"], "and none waits to leave again");

    // The timeline says where it comes from.
    let events = here.timeline(0);
    assert_eq!(events.len(), 2, "{events:?}");
    for event in &events {
        assert_eq!(event["import_id"], import["import_id"]);
        assert_eq!(
            event["because"][0],
            format!("carried in with import {}, line 2", import["import_id"])
        );
        assert_eq!(
            (&event["body"]["day"], &event["body"]["rule"]),
            (&json!("2026-10-23"), &json!("H-06"))
        );
    }
    assert_eq!(events[0]["body"]["what"]["moved"]["outcome"], "carried in");

    // At the end of term the pupil is no better: the second letter, and not the first again.
    let proposed = here.review("2026-12-18");
    let [item] = proposed.as_slice() else { panic!("{proposed:#?}") };
    assert_eq!((&item["pupil_id"], &item["rule"]), (&json!(here.pupils[1]), &json!("H-07")));
    let proposes = item["proposes"].to_string();
    assert!(proposes.contains("letter-2") && !proposes.contains("letter-1"), "{item:#}");
}

#[test]
fn without_the_file_the_first_letter_would_be_proposed_again() {
    let here = Arrival::under("high-attendance");
    here.marks_until("2026-12-18");
    let proposed = here.review("2026-12-18");
    assert!(proposed.iter().any(|item| item["rule"] == "H-06"), "{proposed:#?}");
}

#[test]
fn a_running_target_goes_on_to_its_last_day_and_is_judged_then() {
    let here = Arrival::under("improvement-process");
    let file = named(
        "upn,record,name,date,rate,to\n\
         BEN,letter,stage-1,2026-10-23,,\n\
         BEN,stage,Stage 2,2026-11-06,,\n\
         BEN,letter,stage-2,2026-11-06,,\n\
         BEN,target,,2026-11-09,96,2026-12-20\n\
         CAT,stage,Stage 4,2026-11-10,,\n",
    );
    let import = here.office.applied("cases", &file);
    assert_eq!(counts(&import), "cases_carried_in 2, letters_carried_in 2, targets_carried_in 1");
    let mut cases = here.cases();
    cases.sort();
    assert_eq!(cases, ["2 Stage 2 since 2026-11-06", "3 Stage 4 since 2026-11-10"]);

    // Until then nothing is proposed for either; then what the policy says when a target is not reached.
    here.marks_until("2027-01-08");
    here.office.app.clock.set("2026-12-18T17:00:00Z");
    let of_cases = |items: Vec<Value>| -> Vec<Value> {
        items.into_iter().filter(|item| item["pupil_id"] != json!(here.pupils[0])).collect()
    };
    assert_eq!(of_cases(here.review("2026-12-18")), Vec::<Value>::new());
    here.office.app.clock.set("2027-01-08T17:00:00Z");
    let proposed = of_cases(here.review("2027-01-08"));
    let [item] = proposed.as_slice() else { panic!("{proposed:#?}") };
    assert_eq!((&item["pupil_id"], &item["rule"]), (&json!(here.pupils[1]), &json!("W-06")));
    assert!(
        item["because"].to_string().contains("the target of 96% from 2026-11-09 to 2026-12-20"),
        "{item:#}"
    );
}

#[test]
fn counts_that_the_file_knows_stand_behind_the_letter() {
    let here = Arrival::under("high-attendance");
    let file =
        named("upn,record,name,date,attended,possible\nBEN,letter,letter-1,2026-10-23,58,74\n");
    here.office.applied("cases", file);
    let letter = here
        .lead
        .get(&format!("/v1/letters?school_id={}", here.office.school))
        .expect(200)["items"][0]
        .clone();
    assert_eq!(letter["figure"], json!({ "attended": 58, "possible": 74 }));
}

#[test]
fn every_bad_line_has_a_problem_of_its_own_and_nothing_is_applied() {
    let here = Arrival::under("improvement-process");
    here.office.applied("cases", named("upn,record,name,date\nCAT,stage,Stage 1,2026-10-23\n"));
    let stranger = upn(99);
    let file = named(&format!(
        "upn,record,name,date,rate,to,attended,possible\n\
         ANN,letter,letter-1,2026-10-23,,,,\n\
         ANN,stage,after letter 1,2026-10-23,,,,\n\
         ANN,stage,Stage 1,2026-11-19,,,,\n\
         ANN,stage,Stage 1,2026-09-01,,,,\n\
         ANN,meeting,,2026-10-23,,,,\n\
         ANN,stage,,2026-10-23,,,,\n\
         {stranger},stage,Stage 1,2026-10-23,,,,\n\
         CAT,letter,stage-1,2026-10-23,,,,\n\
         ANN,target,,2026-09-28,96%,2026-11-08,,\n\
         ANN,target,,2026-11-09,101%,2026-12-20,,\n\
         ANN,target,,2026-11-09,96%,2026-11-01,,\n\
         ANN,stage,Stage 1,2026-10-23,,,60,50\n"
    ));
    let import = here.office.refused("cases", file);
    let cat = upn(3);
    assert_eq!(
        problems(&import),
        [
            "2 name letter-1 not-in-policy".to_owned(),
            "3 name after letter 1 not-in-policy".to_owned(),
            "4 date 2026-11-19 bad-date".to_owned(),
            "5 date 2026-09-01 not-on-roll".to_owned(),
            "6 record meeting unknown-record".to_owned(),
            "7 name  missing-value".to_owned(),
            format!("8 upn {stranger} unknown-pupil"),
            format!("9 upn {cat} case-open"),
            "10 to 2026-11-08 target-ended".to_owned(),
            "11 rate 101% bad-rate".to_owned(),
            "12 to 2026-11-01 bad-date".to_owned(),
            "13 possible 50 bad-count".to_owned(),
        ]
    );
    let problems = &import["result"]["problems"];
    assert!(problems[0]["expected"].as_str().unwrap().contains("\"stage-1\""), "{problems:#}");
    assert!(problems[1]["expected"].as_str().unwrap().contains("\"Stage 1\""), "{problems:#}");
    assert!(problems[7]["expected"].as_str().unwrap().contains("\"Stage 1\""), "{problems:#}");
    assert_eq!(here.cases(), ["3 Stage 1 since 2026-10-23"]);

    // What does not fit together is told when the rest is right.
    let lines = [
        ("ANN,stage,Stage 2,2026-11-06,,", "2 name Stage 2 not-in-policy"),
        ("ANN,letter,thanks,2026-11-06,,", "2 name thanks not-in-policy"),
        ("ANN,target,,2026-11-09,96%,2026-12-20", "2 record target not-in-policy"),
    ];
    for (line, problem) in lines {
        let file = named(&format!("upn,record,name,date,rate,to\n{line}\n"));
        assert_eq!(super::problems(&here.office.refused("cases", file)), [problem]);
    }
}

#[test]
fn a_school_that_follows_no_policy_has_nothing_to_be_carried_into() {
    let office = Office::open();
    office.pupil(1);
    let file = named("upn,record,name,date\nANN,stage,Stage 1,2026-10-23\n");
    assert_eq!(problems(&office.refused("cases", &file)), ["2 - - no-policy"]);
    let officer = office.app.client("trust_officer", office.trust);
    let path = format!("/v1/imports?kind=cases&school_id={}", office.school);
    assert_eq!(officer.upload(&path, file.as_bytes()).problem(403), "forbidden");
}

#[test]
fn what_was_carried_in_is_taken_back_unless_something_was_done_since() {
    let here = Arrival::under("improvement-process");
    let file = named(
        "upn,record,name,date\n\
         BEN,letter,stage-1,2026-10-23\n\
         CAT,stage,\"Stage 3, meeting\",2026-11-10\n",
    );
    let import = here.office.applied("cases", &file);
    // The parents of the third pupil have come to the meeting.
    let cases = here
        .lead
        .get(&format!("/v1/cases?school_id={}&stage=Stage%203,%20meeting", here.office.school))
        .expect(200);
    let path = format!("/v1/cases/{}/outcomes", cases["items"][0]["case_id"]);
    here.lead.post(&path, &json!({ "outcome": "attended" })).expect(200);

    let officer = here.office.app.client("trust_officer", here.office.trust);
    let undo = format!("/v1/imports/{}/undo", import["import_id"]);
    assert_eq!(officer.send("POST", &undo, &[], None).problem(403), "forbidden");
    let undo = here.office.office.take_back(&import);
    let result = &undo["result"];
    assert_eq!(
        (&result["cases_ended"], &result["letters_taken_back"]),
        (&json!(1), &json!(1)),
        "{undo:#}"
    );
    assert_eq!(
        result["left"],
        json!([{ "pupil_id": here.pupils[2], "what": "case", "why": "something was done about it since" }])
    );
    assert_eq!(here.letters(), ["stage-1 taken_back 2026-10-23"]);
    let mut cases = here.cases();
    cases.sort();
    assert_eq!(cases, ["2 ended since 2026-11-18", "3 Stage 3 since 2026-11-18"]);
    // And the right file may come.
    let right = named("upn,record,name,date\nBEN,letter,stage-1,2026-10-09\n");
    assert_eq!(
        counts(&here.office.applied("cases", right)),
        "cases_carried_in 1, letters_carried_in 1"
    );
}
