//! Achieving high attendance, told at the school of the demonstration trust that follows it: the list on Wednesday, the
//! teachers' word until Thursday, the Head's decision on Friday, and three letters (rules H-01 to H-14).

use serde_json::json;

use super::Story;

use crate::support::office::post;

/// What a teacher knows of the second child.
const SAID: &str = "He looks after his sister on Mondays";

/// A child who misses more and more, and one who misses much before October half term, comes back, and slips again.
fn away(family: usize, day: usize) -> Option<&'static str> {
    let every = match (family, day) {
        (_, ..38) => 5,
        (1, _) => 3,
        (_, 102..126) => 8,
        (_, 126..) => 4,
        _ => return None,
    };
    day.is_multiple_of(every).then_some("I")
}

#[test]
fn three_letters_home_the_ewo_and_no_fourth_letter() {
    let story = Story::at_the_school_that_follows("high-attendance", 2, away);
    the_first_absence(&story);
    the_wednesday_of_the_last_week_before_half_term(&story);
    the_friday(&story);
    half_a_term_later(&story);
    the_attendance_clinic(&story);
    the_education_welfare_officer(&story);
    continue_to_repeat_above_procedures(&story);
    the_record(&story);
    story.has_met_every_rule();
}

/// The document begins with the list before half term; of a morning's absence it says nothing, so the office calls.
fn the_first_absence(story: &Story) {
    story.morning_of("2026-09-09");
    story.register(1, "2026-09-09", "AM", "N");
    assert_eq!(story.wanted(1, "2026-09-09"), Vec::<String>::new());
    let search = story.search(1, "2026-09-09");
    assert!(["call", "text"].iter().all(|step| search.contains(&(*step).to_owned())), "{search:?}");
}

/// "Print out the list of pupils with attendance of less than 90%" (H-01), "broken weeks" (H-02), and an e-mail to the
/// teachers (H-03). Nothing is proposed yet.
fn the_wednesday_of_the_last_week_before_half_term(story: &Story) {
    let wednesday = story.looks_again("2026-10-19");
    let rules = story.rules_of(wednesday);
    assert!(["H-01", "H-02", "H-03"].iter().all(|rule| rules.contains(*rule)), "{rules:?}");
    assert!(story.proposed(wednesday).is_empty(), "it is Wednesday");
    let broken = format!("/v1/pupils/{}/broken-weeks", story.pupil(1));
    let broken = story.clerk.get(&broken).expect(200);
    assert!(broken.to_string().contains("2026-10-19"), "week by week until today: {broken}");

    // On Thursday the second child's teacher knows something; the first child's has not looked.
    story.morning_of("2026-10-22");
    let feedback = json!({ "pupil_id": story.pupil(2), "says": SAID });
    story
        .colleague("teacher")
        .post(&format!("/v1/reviews/{wednesday}/feedback"), &feedback)
        .expect(201);
}

/// Who has not answered is chased up in the morning (H-04); feedback and attendance go to the Head of School (H-05), who
/// decides on the first letter home (H-06).
fn the_friday(story: &Story) {
    let friday = story.looks_again("2026-10-22");
    let rules = story.rules_of(friday);
    assert!(["H-04", "H-05"].iter().all(|rule| rules.contains(*rule)), "{rules:?}");
    let digest = story.lead.get(&format!("/v1/reviews/{friday}/items?pupil_id={}", story.pupil(2)));
    let digest = digest.expect(200)["items"][0].clone();
    assert_eq!(digest["feedback"][0]["says"], SAID);
    assert_eq!(story.proposed_about(friday, [1, 2]), ["H-06", "H-06"]);
    assert!(story.letters_about(1).is_empty(), "nothing leaves before the Head has decided");
    story.send_all(friday);
    let letter = &story.letters_about(1)[0];
    assert_eq!((&letter["name"], &letter["rule"]), (&json!("letter-1"), &json!("H-06")));
    let copies = letter["copies"].as_array().unwrap();
    assert_eq!(copies.iter().filter(|copy| copy["body"].is_string()).count(), 2, "both parents");
    let sent = json!({ "on": "2026-10-23", "how": "by post, to both parents" });
    story.lead.post(&format!("/v1/letters/{}/sent", letter["letter_id"]), &sent).expect(200);
}

/// Not improved: the second letter, which invites the parents, with a call until a date is agreed (H-07). The second
/// child has improved: "continue to monitor" (H-09).
fn half_a_term_later(story: &Story) {
    let friday = story.looks_again("2026-12-17");
    assert_eq!(story.proposed_about(friday, [1, 2]), ["H-07", "H-09"]);
    story.send_all(friday);
    let call = |family| story.to_do_about(family).into_iter().any(|says| says.contains("call:"));
    assert!(call(1) && !call(2), "{:?}", story.to_do_about(1));
    let meeting = story.offers(1, "2027-01-06", ("H-07", "meeting"));
    assert!(!call(1), "the date is agreed");
    story.came(&meeting, "2027-01-06", &story.parents(1)[..1]);
}

/// Not improved after the second letter: the third, and a clinic with the Head of School (H-08).
fn the_attendance_clinic(story: &Story) {
    let friday = story.looks_again("2027-02-11");
    assert_eq!(story.proposed_about(friday, [1, 2]), ["H-08", "H-09"]);
    story.send_all(friday);
    let clinic = story.offers(1, "2027-02-24", ("H-08", "meeting"));
    story.came(&clinic, "2027-02-24", &[]);
}

/// "If there is still no improvement seek further involvement of the EWO" (H-11). Good Friday is closed, so the Head
/// decides on the Thursday. The second child misses a little more, and is above 90%: the letter is remembered (H-10).
fn the_education_welfare_officer(story: &Story) {
    let thursday = story.looks_again("2027-03-25");
    assert_eq!(story.proposed_about(thursday, [1, 2]), ["H-11", "H-10"]);
    story.send_all(thursday);
    assert_eq!(story.stage(1), "with the EWO");
    let why = "Three letters and a clinic, and no improvement";
    let referral = json!({ "about": story.about(1, Some(("H-11", "refer"))), "to": "ewo", "name": "EWO", "why": why });
    let referral = post(&story.lead, "/v1/referrals", &referral);
    let sent = json!({ "state": "sent", "day": "2027-03-25", "says": "By secure e-mail",
        "reason": "Nobody was at home" });
    story.lead.post(&format!("{referral}/progress"), &sent).expect(200);
}

/// A referral does not end the case, and there is no fourth letter (H-14). The second child dips below 90% again with
/// letter 1 sent: now it is the second (H-10 remembers, H-07 sends).
fn continue_to_repeat_above_procedures(story: &Story) {
    let friday = story.looks_again("2027-05-27");
    assert_eq!(story.proposed_about(friday, [1, 2]), ["H-14", "H-07"]);
    story.send_all(friday);
    assert_eq!(story.stage(1), "with the EWO");
    assert_eq!(story.letters_home(1), ["letter-1", "letter-2", "letter-3"]);
    assert_eq!(story.letters_home(2), ["letter-1", "letter-2"]);
}

/// Every concern and action stands in the log (H-12), Hub Councillors have their summary, and every teacher can read
/// the document (H-13).
fn the_record(story: &Story) {
    let log = format!(
        "/v1/schools/{}/reports/log?from=2026-09-01&limit=500&pupil_id={}",
        story.school,
        story.pupil(1)
    );
    let log = story.heard(story.lead.get(&log).expect(200));
    for rule in ["H-06", "H-07", "H-08", "H-11", "H-14"] {
        assert!(log["entries"].to_string().contains(rule), "{rule} in {log:#}");
    }
    let summary = format!("/v1/schools/{}/reports/governors", story.school);
    story.heard(story.lead.get(&summary).expect(200));
    story.colleague("teacher").get("/v1/policies/high-attendance/book").expect(200);
}
