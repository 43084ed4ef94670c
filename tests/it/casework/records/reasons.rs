//! Why people decided about a child as they did, an illness, a death, a court's order: read by those alone who lead on
//! safeguarding, on every path; everybody else reads that it was decided.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::id;
use crate::support::office::{Office, post};
use crate::support::weeks::send_marks;

const HELD: &str = "The father is in intensive care";
const OTHERWISE: &str = "A child protection conference on Thursday";
const STOPPED: &str = "The child has died";
const WITHDRAWN: &str = "The child was adopted";
const GO_ON: &str = "The court has lifted its order";
const RELEASED: &str = "The social worker asked for it";
const WAIVED: &str = "A section 47 enquiry runs";
const GIVEN: &str = "Jo is having an operation";
const MOVED: &str = "Chemotherapy on Thursdays";
const ALL: [&str; 9] = [HELD, OTHERWISE, STOPPED, WITHDRAWN, GO_ON, RELEASED, WAIVED, GIVEN, MOVED];

/// A case in which people decided nine times, each with a reason; and the paths on which each reason is read.
struct Decided {
    office: Office,
    paths: Vec<(String, Vec<&'static str>)>,
}

impl Decided {
    fn new() -> Self {
        let office = Office::that_follows(&json!({ "policy": "improvement-process" }), 5);
        office.on("2026-10-23");
        let absent = |pupil, day: usize| (pupil > 1 && day.is_multiple_of(3)).then_some("O");
        let weeks = ("2026-09-02", "2026-10-23");
        send_marks(&office.lead, office.school, &[1, 2, 3, 4, 5], weeks, absent);
        let review = office.review("2026-10-23");
        let mut decided = Self { office, paths: Vec::new() };
        decided.of_items(review);
        decided.of_letters();
        decided.of_the_third();
        let log = format!("/v1/schools/{}/reports/log", decided.office.school);
        let told = vec![OTHERWISE, STOPPED, WITHDRAWN, GO_ON, RELEASED, WAIVED];
        decided.read_at(format!("{log}?limit=500"), &told);
        decided.read_at(format!("{log}?format=csv"), &told);
        decided
    }

    fn read_at(&mut self, path: String, reasons: &[&'static str]) {
        self.paths.push((path, reasons.to_vec()));
    }

    /// The second is held, the third sent; letters about the fourth and the fifth are stopped before they are decided on.
    fn of_items(&mut self, review: i64) {
        let Self { office, .. } = self;
        for number in [4, 5] {
            stop(office, number, true, STOPPED);
        }
        for item in office.proposed(review) {
            let hold = item["pupil_id"] == office.pupil(2);
            let decide = if hold { "hold" } else { "send" };
            let mut body = json!({ "item": item["item"], "decide": decide });
            if hold {
                body["reason"] = json!(HELD);
            }
            let done = office.decide(review, &body);
            assert_eq!(done["status"], 200, "{done}");
        }
        self.read_at(format!("/v1/reviews/{review}/items"), &[HELD]);
    }

    /// The fourth's letter is withdrawn; the fifth's is released when letters go on.
    fn of_letters(&mut self) {
        let Self { office, .. } = self;
        let of = |number: usize| {
            let letters = format!("/v1/letters?school_id={}", office.school);
            let letters = office.lead.get(&letters).expect(200)["items"].clone();
            let of = |one: &&Value| one["pupil_id"] == office.pupil(number);
            letters.as_array().unwrap().iter().find(of).unwrap()["letter_id"].clone()
        };
        let decide = |number: usize, what: &str, reason: &str| {
            let body = json!({ "decide": what, "reason": reason });
            office.lead.post(&format!("/v1/letters/{}/decision", of(number)), &body).expect(200);
        };
        // Who would send the letter is told that it is held, and not why.
        let sent = json!({ "on": "2026-10-23", "how": "by post" });
        let sent = office.lead.post(&format!("/v1/letters/{}/sent", of(4)), &sent);
        assert!(sent.status == 412 && !sent.text.contains(STOPPED), "{}", sent.text);
        decide(4, "withdraw", WITHDRAWN);
        stop(office, 5, false, GO_ON);
        decide(5, "release", RELEASED);
        let one = format!("/v1/letters/{}", of(4));
        let all = format!("/v1/letters?school_id={}", office.school);
        self.read_at(one, &[WITHDRAWN]);
        self.read_at(all, &[WITHDRAWN, RELEASED]);
    }

    /// About the third a person decides otherwise, a notice is waived, a meeting re-arranged, an action given away.
    fn of_the_third(&mut self) {
        let Self { office, .. } = self;
        office.app.clock.set("2026-10-23T11:00:00Z");
        let case = office.case(3)["case_id"].clone();
        let otherwise = json!({ "outcome": "a person decides otherwise", "to": "Stage 3, meeting", "reason": OTHERWISE });
        office.lead.post(&format!("/v1/cases/{case}/outcomes"), &otherwise).expect(200);
        let mother = office.parent(3, "Ada");
        let notices = format!("/v1/pupils/{}/notices", office.pupil(3));
        let body = json!({ "parent_id": mother, "school_id": office.school, "case_id": case });
        let notice = post(&office.lead, &notices, &body);
        let waived = json!({ "state": "waived", "day": "2026-10-23", "says": WAIVED });
        let waived = office.lead.post(&format!("{notice}/decision"), &waived);
        assert!(waived.status == 200 && !waived.text.contains(WAIVED), "{}", waived.text);
        let offer = |day: &str| json!({ "day": day, "at": "15:30:00", "place": "Room 3", "parents": [mother] });
        let body = json!({ "about": office.about(3, None), "kind": "clinic", "offer": offer("2026-11-05") });
        let meeting = post(&office.lead, "/v1/meetings", &body);
        let other = json!({ "offer": offer("2026-11-06"), "reason": "The day does not suit", "confidential": { "health": MOVED } });
        office.lead.post(&format!("{meeting}/arrangement"), &other).expect(200);
        let actions = format!("/v1/actions?school_id={}", office.school);
        let open = office.lead.get(&actions).expect(200)["items"].clone();
        let open = open.as_array().unwrap().iter().find(|one| one.get("role").is_some()).unwrap();
        let give = json!({ "school_id": office.school, "from": { "role": open["role"] }, "to": { "role": "Head" }, "reason": GIVEN });
        office.lead.post("/v1/reassignments", &give).expect(200);
        let school = office.school;
        for (path, reasons) in [
            (format!("/v1/cases/{case}"), &[OTHERWISE][..]),
            (notices, &[WAIVED]),
            (notice, &[WAIVED]),
            (format!("/v1/notices?school_id={school}"), &[WAIVED]),
            (meeting, &[MOVED]),
            (format!("/v1/meetings?school_id={school}"), &[MOVED]),
            (format!("/v1/actions/{}", open["action_id"]), &[GIVEN]),
            (actions, &[]),
            (format!("/v1/cases?school_id={school}"), &[]),
            (format!("/v1/cases/{case}/readiness"), &[]),
            (format!("/v1/schools/{school}/contacts/2026-10-23"), &[]),
            (format!("/v1/schools/{school}/reports/slt"), &[]),
            (format!("/v1/schools/{school}/reports/broken-weeks"), &[]),
        ] {
            self.read_at(path, reasons);
        }
    }
}

fn stop(office: &Office, number: usize, stopped: bool, reason: &str) {
    let path = format!("/v1/pupils/{}/letters/stop", office.pupil(number));
    office.lead.post(&path, &json!({ "stopped": stopped, "reason": reason })).expect(200);
}

fn somebody(app: &TestApp, trust: i32, role: &str, school: i32) -> Client {
    match role {
        "trust_admin" | "trust_officer" => app.client(role, trust),
        "platform_admin" => app.client(role, 0),
        _ => app.school_client(role, trust, &[school]),
    }
}

#[test]
fn the_lead_reads_why_and_others_on_the_same_path_only_that() {
    let Decided { office, paths } = Decided::new();
    let trust = id(&office.lead.get("/v1/trust").expect(200), "trust_id");
    for (path, reasons) in &paths {
        let lead = office.lead.get(path);
        assert_eq!(lead.status, 200, "{path}: {}", lead.text);
        for reason in ALL {
            let (read, expected) = (lead.text.contains(reason), reasons.contains(&reason));
            assert_eq!(read, expected, "the lead and {reason:?} at {path}: {}", lead.text);
        }
        for role in ["trust_admin", "trust_officer", "school_office", "teacher"] {
            let seen = somebody(&office.app, trust, role, office.school).get(path);
            assert!([200, 403].contains(&seen.status), "{role} {path}: {}", seen.text);
            assert!(role == "teacher" || seen.status == 200, "{role} {path}: {}", seen.text);
            for reason in ALL {
                assert!(!seen.text.contains(reason), "{role} reads {reason:?} at {path}");
            }
        }
        // Who follows nothing here is told nothing: the authority's token, the scheduler's, the platform's.
        for role in ["la_partner", "platform_admin", "runner"] {
            let seen = somebody(&office.app, trust, role, office.school).get(path);
            assert_eq!(seen.problem(403), "forbidden", "{role} {path}");
        }
    }
}

#[test]
fn the_two_views_of_the_log_have_the_same_entries_and_say_what_is_left_out() {
    let Decided { office, .. } = Decided::new();
    let path = format!("/v1/schools/{}/reports/log?limit=500", office.school);
    let whole = office.lead.get(&path).expect(200);
    let other = office.colleague("school_office").get(&path).expect(200);
    let entries = |log: &Value| log["entries"]["items"].as_array().unwrap().clone();
    let told = |log: &Value, kind: &str| -> Vec<String> {
        let entries = entries(log);
        let of = entries.iter().filter(|entry| entry["kind"] == kind);
        of.map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
    };
    let kinds = |log: &Value| -> Vec<Value> {
        entries(log).iter().map(|entry| entry["kind"].clone()).collect()
    };
    assert_eq!(kinds(&whole), kinds(&other), "nothing is kept from sight");
    assert_eq!(
        told(&other, "letters"),
        ["all letters stopped", "all letters stopped", "letters go on again"]
    );
    assert_eq!(
        told(&whole, "letters"),
        [
            format!("all letters stopped: {STOPPED}"),
            format!("all letters stopped: {STOPPED}"),
            format!("letters go on again: {GO_ON}")
        ]
    );
    let decisions = ["letter \"stage-1\" withdrawn", "letter \"stage-1\" released"];
    assert_eq!(told(&other, "decision"), decisions);
    let otherwise = told(&other, "step").pop().unwrap();
    assert_eq!(otherwise, "a person decides otherwise: the case is at \"Stage 3, meeting\"");
    assert_eq!(told(&whole, "step").pop().unwrap(), format!("{otherwise} ({OTHERWISE})"));
    let notice = told(&other, "penalty notice").pop().unwrap();
    assert!(notice.starts_with("notice 1 to parent") && notice.ends_with("is waived"), "{notice}");
    assert_eq!(told(&whole, "penalty notice").pop().unwrap(), format!("{notice}: {WAIVED}"));
    let says = |log: &Value| log["basis"].as_str().unwrap().contains("for those who lead");
    assert_eq!((says(&whole), says(&other)), (false, true));
}
