//! The attendance process flowchart, told at the school of the demonstration trust that follows it: letters A to E, meetings
//! that are re-arranged, a monitoring period, and the local authority's officer, whose answers the school records as
//! received (rules F-01 to F-20).

use serde_json::{Value, json};

use super::Story;

use crate::support::office::post;

/// Three children who miss more from month to month, one who misses two days in September and no more, one who misses
/// three days until November, and one who misses five until Christmas.
fn away(family: usize, day: usize) -> Option<&'static str> {
    let more_and_more = match day {
        ..18 => 6,
        18..43 => 4,
        43..73 => 3,
        73.. => 2,
    };
    let away = match family {
        1 | 2 | 6 => day.is_multiple_of(more_and_more),
        3 => matches!(day, 3 | 10),
        4 => matches!(day, 5 | 22 | 33),
        _ => matches!(day, 6 | 24 | 35 | 50 | 60),
    };
    away.then_some("O")
}

#[test]
fn six_families_go_through_the_flowchart_to_a_contract_a_notice_and_a_pace_meeting() {
    let story = Story::at_the_school_that_follows("flowchart", 6, away);
    // Stage 1.
    the_first_absence(&story);
    letter_a(&story);
    the_informal_meeting(&story);
    // Stage 2.
    the_monitoring_period(&story);
    letter_c(&story);
    // Stage 3.
    the_attendance_contract(&story);
    contract_or_notice(&story);
    the_last_stage(&story);
    story.has_met_every_rule();
}

/// "Calls, texts, e-mails, letters, visits must be sent to both parents" (F-01), and who was not reached is shown.
fn the_first_absence(story: &Story) {
    let day = "2026-09-16";
    story.morning_of(day);
    story.register(1, day, "AM", "N");
    assert_eq!(story.wanted(1, day), ["F-01 call", "F-01 record"]);
    story.tries(1, day, ("call", 1), true);
    assert_eq!(story.wanted(1, day), ["F-01 call", "F-01 record, done"], "the other parent too");
    story.tries(1, day, ("call", 2), false);
    assert_eq!(story.wanted(1, day), ["F-01 call, done", "F-01 record, done", "F-01 message"]);
}

/// Attendance below the School Attendance Target of 95% (F-02).
fn letter_a(story: &Story) {
    let review = story.looks_again("2026-09-28");
    assert_eq!(story.proposed_about(review, [1, 2, 3, 4, 5, 6]), ["F-02"; 6]);
    story.send_all(review);
    let letter = story.letters_about(1)[0].clone();
    let copies = letter["copies"].as_array().unwrap().iter();
    assert_eq!(copies.filter(|copy| copy["body"].is_string()).count(), 2, "to both parents");

    // Four school weeks later: improved, no further action (F-03); not improved, Letter B and an informal meeting (F-04).
    let review = story.looks_again("2026-11-09");
    let expected = ["F-04", "F-04", "F-03", "F-04", "F-04", "F-04"];
    assert_eq!(story.proposed_about(review, [1, 2, 3, 4, 5, 6]), expected);
    story.send_all(review);
    assert_eq!(story.stage(3), Value::Null, "the case has ended");
}

/// Parents attend: a low-level action plan (F-05). They do not: re-arrange, and compile evidence of every attempt (F-06).
fn the_informal_meeting(story: &Story) {
    let [day, later] = ["2026-11-13", "2026-11-20"];
    let meetings =
        [1, 2, 4, 5, 6].map(|family| (family, story.offers(family, day, ("F-04", "meeting"))));
    for (family, meeting) in &meetings {
        let (who, stage) = match family {
            1 | 4 => (&[][..], "1: re-arranged meeting"),
            _ => (&story.parents(*family)[..1], "1: low-level plan"),
        };
        assert_eq!(story.came(meeting, day, who), stage, "family {family}");
    }
    let plan = json!({ "about": story.about(2, Some(("F-05", "plan"))), "kind": "action_plan",
        "basis": { "agreed_with": [story.parents(2)[0]] },
        "items": [{ "what": "Met by the learning mentor at the side entrance", "who": "Learning mentor" }] });
    post(&story.lead, "/v1/plans", &plan);
    assert!(story.to_do_about(1).iter().any(|says| says.contains("evidence of every attempt")));

    // The fourth family comes to the re-arranged meeting: the plan (F-07). The first does not: "discuss with the LAAO and
    // share evidence" (F-08).
    let [first, fourth] = [1, 4].map(|family| story.offers(family, later, ("F-06", "meeting")));
    assert_eq!(story.came(&fourth, later, &story.parents(4)), "1: low-level plan");
    assert_eq!(story.came(&first, later, &[]), "2: evidence");
}

/// With evidence of every attempt the officer agrees to a monitoring period for unauthorised absences (F-08); what is
/// missing is seen before the officer asks for it.
fn the_monitoring_period(story: &Story) {
    let case = story.case(1)["case_id"].clone();
    let lights = story.lead.get(&format!("/v1/cases/{case}/readiness")).expect(200);
    assert_eq!(lights["ready"], false, "no home visit yet: {lights}");
    let visit = json!({ "about": story.about(1, None), "day": "2026-11-20",
        "visit": { "made": true, "went": ["Attendance office"], "says": "Nobody answered; a card was left" } });
    post(&story.lead, "/v1/visits", &visit);
    let asked = json!({ "about": story.about(1, None), "asked": "LAAO", "why": "Two invitations without an answer" });
    let period = post(&story.lead, "/v1/monitoring-periods", &asked);
    let granted =
        json!({ "granted": { "from": "2026-11-23", "to": "2026-12-18" }, "outcome": "agreed" });
    let told = story.lead.post(&format!("{period}/answer"), &granted).expect(200);
    assert_eq!(told["case"]["stage"], "2: monitoring period");
}

/// The low-level plan has not helped: an Attendance Improvement Plan meeting with other agencies (F-11). Parents attend:
/// the plan is agreed (F-12). They do not: the officer hears of the continued attempts (F-13).
fn letter_c(story: &Story) {
    let review = story.looks_again("2026-12-14");
    assert_eq!(story.proposed_about(review, [1, 2, 4, 5, 6]), ["", "F-11", "", "F-11", "F-11"]);
    story.send_all(review);
    let meetings =
        [2, 5, 6].map(|family| (family, story.offers(family, "2026-12-17", ("F-11", "meeting"))));
    for (family, meeting) in &meetings {
        let who = if *family == 5 { Vec::new() } else { story.parents(*family) };
        let stage = story.came(meeting, "2026-12-17", &who);
        assert_eq!(stage == "2: improvement plan", *family != 5, "family {family}: {stage}");
    }

    // In January the monitoring period of the first family is over, not improved: next steps with the officer (F-10). The
    // fourth has reached the target: no further action (F-09). The fifth misses a second offer too (F-13).
    let review = story.looks_again("2027-01-05");
    assert_eq!(story.proposed_about(review, [1, 4]), ["F-10", "F-09"]);
    story.send_all(review);
    assert_eq!(story.stage(4), Value::Null);
    let again = story.offers(5, "2027-01-08", ("F-11", "meeting"));
    assert_eq!(story.came(&again, "2027-01-08", &[]), "2: support offered");
}

/// The officer decides for a contract, and the school records Letter D as received (F-16).
fn the_attendance_contract(story: &Story) {
    assert_eq!(story.record(1, "contract")["stage"], "3: contract meeting");
    // The first family does not come, twice: the contract is put in place, not agreed, and Letter E lies ready (F-18).
    let stages = ["2027-01-13", "2027-01-20"].map(|day| {
        let meeting = story.offers(1, day, ("F-16", "meeting"));
        story.came(&meeting, day, &[])
    });
    assert_eq!(stages, ["3: contract meeting", "3: contract"]);
    let contract = json!({ "about": story.about(1, None), "kind": "attendance_contract",
        "basis": { "put_in_place_by": "LAAO" }, "items": [{ "what": "In school by 8:45", "who": "Parents" }] });
    let contract = post(&story.lead, "/v1/plans", &contract);
    let delivery =
        json!({ "day": "2027-01-20", "how": "By hand; nobody answered, so Letter E was posted" });
    story.lead.post(&format!("{contract}/delivery"), &delivery).expect(200);
}

/// The improvement plans of the second and the sixth family have not helped: fixed penalty notice or Attendance Contract
/// (F-15). The sixth comes and agrees to the contract (F-17).
fn contract_or_notice(story: &Story) {
    let review = story.looks_again("2027-02-01");
    assert_eq!(story.proposed_about(review, [2, 6]), ["F-15", "F-15"]);
    story.send_all(review);
    story.record(6, "contract");
    let meeting = story.offers(6, "2027-02-04", ("F-16", "meeting"));
    assert_eq!(story.came(&meeting, "2027-02-04", &story.parents(6)), "3: contract");
    // For the second the officer decides for the notice: the national limits are shown, a person decides, and the
    // authority's outcome is recorded (F-20).
    assert_eq!(story.record(2, "notice")["stage"], "3: penalty notice");
    let path = format!("/v1/pupils/{}/notices", story.pupil(2));
    let limits = story.lead.get(&path).expect(200);
    assert_eq!(
        (&limits["parents"][0]["reached"], &limits["parents"][0]["next"]),
        (&json!(true), &json!(1))
    );
    let case = story.case(2)["case_id"].clone();
    let body =
        json!({ "parent_id": story.parents(2)[0], "school_id": story.school, "case_id": case });
    let notice = post(&story.lead, &path, &body);
    let issued = json!({ "state": "issued", "day": "2027-02-04", "says": "As the authority wrote", "outcome": "issued" });
    let told = story.lead.post(&format!("{notice}/decision"), &issued).expect(200);
    assert_eq!((&told["case"]["moved"], &told["case"]["stage"]), (&json!(true), &Value::Null));
}

/// The contract has not helped: the local authority's advisory letter, which invites to a PACE meeting, and what came of
/// it (F-19). The fifth family has reached the target meanwhile: no further action (F-14).
fn the_last_stage(story: &Story) {
    let review = story.looks_again("2027-03-01");
    assert_eq!(story.proposed_about(review, [1, 5]), ["F-19", "F-14"]);
    story.send_all(review);
    assert_eq!(story.stage(5), Value::Null);
    assert_eq!(story.stage(1), "3: PACE meeting");
    assert_eq!(story.record(1, "recorded")["stage"], Value::Null);

    // Letters A to C and E were the school's; nothing was written as the local authority.
    assert_eq!(story.letters_home(1), ["letter-a", "letter-b", "letter-e"]);
    assert_eq!(story.letters_home(5), ["letter-a", "letter-b", "letter-c"]);
}
