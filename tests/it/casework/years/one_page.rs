//! Attendance on one page, told at the school of the demonstration trust that follows it: a call before half past nine,
//! red, amber and green after each term, letters, a meeting, and the Early Help process (rules O-01 to O-12).

use serde_json::json;

use super::Story;

use crate::support::office::post;

/// Autumn term has some 72 school days; what comes after them is spring.
const AUTUMN: usize = 72;

/// From red to amber; from amber to a lower amber; better and still red; ill for a long time.
fn away(family: usize, day: usize) -> Option<&'static str> {
    let every = match (family, day < AUTUMN) {
        (1 | 3 | 4, true) => 5,
        (1, false) | (2, true) => 20,
        (2, false) => 15,
        (3, false) => 7,
        _ => 4,
    };
    day.is_multiple_of(every).then_some("I")
}

#[test]
fn a_call_before_half_past_nine_red_amber_and_green_and_the_early_help_process() {
    let story = Story::at_the_school_that_follows("one-page", 4, away);
    the_first_absence(&story);
    the_second_day(&story);
    after_the_autumn_term(&story);
    after_the_spring_term(&story);
    the_meeting(&story);
    story.has_met_every_rule();
}

/// Nobody has reported it: "the office contacts the parents before 9:30" (O-02). No answer by phone: a text message
/// (O-03).
fn the_first_absence(story: &Story) {
    let day = "2026-09-16";
    story.morning_of(day);
    story.register(2, day, "AM", "N");
    assert_eq!(story.wanted(2, day), ["O-02 call"]);
    story.tries(2, day, ("call", 1), false);
    assert_eq!(story.wanted(2, day), ["O-02 call, done", "O-03 message"]);
    story.tries(2, day, ("text", 1), false);
    assert_eq!(story.wanted(2, day), ["O-02 call, done", "O-03 message, done"]);

    // Another parent reports the absence: the office establishes the reason and, if necessary, challenges it (O-01).
    story.register(3, day, "AM", "N");
    let report = json!({ "pupil_id": story.pupil(3), "first_day": day, "reason": "A cold", "reported_by": "Mother" });
    let reports = format!("/v1/schools/{}/reported-absences", story.school);
    story.clerk.post(&reports, &report).expect(201);
    assert_eq!(story.wanted(3, day), ["O-01 task"]);
}

/// "Members of staff will speak daily with parents of any absent child" (O-04).
fn the_second_day(story: &Story) {
    let day = "2026-09-17";
    story.register(2, "2026-09-16", "PM", "N");
    story.morning_of(day);
    story.register(2, day, "AM", "N");
    assert!(story.wanted(2, day).contains(&"O-04 talk".to_owned()), "{:?}", story.wanted(2, day));
}

/// In the first full week of the next term SLT and DSL meet to analyse attendance (O-05). Below the target: a red or an
/// amber letter, which offers a meeting (O-06).
fn after_the_autumn_term(story: &Story) {
    let review = story.looks_again("2027-01-01");
    assert!(story.rules_of(review).contains("O-05"));
    assert_eq!(story.proposed_about(review, [1, 2, 3, 4]), ["O-06"; 4]);
    // The fourth child has been ill for a long time: a mitigating factor, taken into consideration (O-10).
    let ill = story.proposed(review);
    let ill = ill.iter().find(|item| item["pupil_id"] == story.pupil(4)).unwrap();
    let mitigate = json!({ "item": ill["item"], "decide": "mitigate", "reason": "Long illness" });
    assert_eq!(story.decide(review, &mitigate)["now"]["state"], "mitigated");
    story.send_all(review);
    assert_eq!(
        [1, 2, 3].map(|family| story.letters_home(family).concat()),
        ["letter-red", "letter-amber", "letter-red"]
    );
    assert!(story.letters_about(4).is_empty(), "nothing is sent unseen");
}

/// A better colour: thanks (O-07). Better, and still red: thanks, and still of concern (O-08). Not improved: an
/// invitation to an attendance meeting (O-09). The ill child's letter is a person's decision (O-10).
fn after_the_spring_term(story: &Story) {
    let review = story.looks_again("2027-04-12");
    assert_eq!(story.proposed_about(review, [1, 2, 3, 4]), ["O-07", "O-09", "O-08", "O-06"]);
    story.send_all(review);
    let last = |family| story.letters_home(family).pop().unwrap();
    assert_eq!(
        [1, 2, 3].map(last),
        ["letter-thanks", "letter-invitation", "letter-still-concerned"]
    );
    let held = &story.letters_about(4)[0];
    assert_eq!(held["state"], "held");
    let withdraw = json!({ "decide": "withdraw", "reason": "The hospital school teaches her" });
    let decision = format!("/v1/letters/{}/decision", held["letter_id"]);
    story.lead.post(&decision, &withdraw).expect(200);
}

/// It looks at support, and the parents are advised that they may face a fine if nothing improves (O-11).
fn the_meeting(story: &Story) {
    let meeting = story.offers(2, "2027-04-29", ("O-09", "meeting"));
    assert_eq!(story.came(&meeting, "2027-04-29", &story.parents(2)[..1]), "met");
    let said = json!({ "said": { "support": "Breakfast club", "advice": "A fine may follow if nothing improves" } });
    story.lead.post(&format!("{meeting}/notes"), &said).expect(200);
    assert!(story.to_do_about(2).iter().any(|says| says.contains("may face a fine")));

    // "Where more support is required": the Early Help process (O-12), and the next review decides.
    assert_eq!(story.record(2, "additional support")["stage"], "letter sent");
    let referral = json!({ "about": story.about(2, Some(("O-12", "refer"))), "to": "early_help",
        "name": "Early Help", "why": "The family asks for help in the mornings" });
    post(&story.lead, "/v1/referrals", &referral);
}
