//! Wrong numbers that other systems have published, each as a story that must come out right here.

use serde_json::{Value, json};

use super::{Trust, cell, counts, persistence};
use crate::support::build;

const PRESENT: &str = "/\\/\\/\\/\\/\\";
const ABSENT: &str = "IIIIIIIIII";

/// The enrolment of a pupil by UPN number.
fn enrolment(trust: &Trust, number: u32) -> (i32, i32) {
    let found = trust.admin.get(&format!("/v1/pupils?upn={}", build::upn(number))).expect(200);
    let pupil = build::id(&found["items"][0], "pupil_id");
    let stays = trust.admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
    (pupil, build::id(&stays["items"][0], "enrolment_id"))
}

/// A public warehouse of a charter group left exactly 90% out of chronic absence.
#[test]
fn exactly_ninety_percent_attendance_is_persistent_absence() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    trust.marks(&[(1, "2026-11-02", "II/\\/\\/\\/\\"), (1, "2026-11-09", PRESENT)]);
    trust.marks(&[(2, "2026-11-02", "I\\/\\/\\/\\/\\"), (2, "2026-11-09", PRESENT)]);
    let to_date = trust.year_to_date();
    assert_eq!(counts(&to_date, ["possible", "absent"]), [40, 3]);
    assert_eq!(persistence(&to_date["persistence"]), [2, 1, 0], "2 of 20 are; 1 of 20 is not");
}

/// The same group began to count anew when a pupil changed schools: at 70.8% for the year, shown as 92.7%.
#[test]
fn a_transfer_does_not_reset_what_was_missed() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-09-07", ABSENT), (1, "2026-09-14", PRESENT)]);
    let other = build::school(&trust.admin, 2, "primary");
    let class = build::class(&trust.admin, other, "6Z");
    let (pupil, from) = enrolment(&trust, 1);
    let to = json!({ "from_enrolment": from, "class_id": class, "first_day": "2026-09-21" });
    trust.admin.post(&format!("/v1/pupils/{pupil}/move"), &to).expect(201);
    let file = format!("upn,week,marks\n{},2026-09-21,{PRESENT}\n", build::upn(1));
    trust.admin.import(&format!("kind=marks&school_id={other}"), file.as_bytes());

    // What was missed stays where it was missed, and nothing of it is lost to the trust.
    let schools = trust.trend("by=school&window=year_to_date&definition=on-roll");
    let of = |school: i32| cell(&schools, &school.to_string(), "year-to-date");
    assert_eq!(counts(&of(trust.school), ["possible", "absent"]), [20, 10]);
    assert_eq!(persistence(&of(trust.school)["persistence"]), [1, 1, 1]);
    assert_eq!(counts(&of(other), ["possible", "absent"]), [10, 0]);
    let all = trust.trend("window=year_to_date&definition=on-roll");
    assert_eq!(counts(&cell(&all, "trust", "year-to-date"), ["possible", "absent"]), [30, 10]);
    // The answer says on which basis a mover is counted.
    assert!(all["basis"].as_str().unwrap().contains("Enrolments, not pupils"), "{}", all["basis"]);

    // Counted by pupil, 10 of 30 were missed: once in the trust, at the school where the pupil is now.
    let schools = trust.trend("by=school&window=year_to_date&definition=on-roll&level=pupil");
    assert!(schools["basis"].as_str().unwrap().contains("Pupils, not enrolments"), "{schools:#}");
    let of = |school: i32| cell(&schools, &school.to_string(), "year-to-date");
    assert_eq!(persistence(&of(other)["persistence"]), [1, 1, 0]);
    assert_eq!(persistence(&of(trust.school)["persistence"]), [0, 0, 0]);
    assert_eq!(counts(&of(trust.school), ["possible", "absent", "doubled"]), [20, 10, 0]);
    let alone = format!("window=year_to_date&definition=on-roll&level=pupil&schools={other}");
    assert_eq!(cell(&trust.trend(&alone), "trust", "year-to-date"), of(other));
    let why = format!("/v1/analytics/explain?definition=on-roll&level=pupil&schools={other}");
    let one = trust.admin.get(&why).expect(200)["pupils"]["items"][0]["counted"].take();
    let answering = &one["all_rolls"]["answering"];
    let all = json!({ "possible": 30, "absent": 10, "answering": answering });
    assert_eq!(
        (&one["possible"], &one["all_rolls"], &one["persistent"]),
        (&json!(10), &all, &json!(true))
    );
    // Who may not see the first school's marks sees what there is at the second, and is told so.
    let lead = trust.app.school_client("school_lead", trust.id, &[other]);
    let seen = lead.get(&format!("/v1/analytics/trend?{alone}")).expect(200);
    let seen = cell(&seen, "trust", "year-to-date");
    assert_eq!(persistence(&seen["persistence"]), [1, 0, 0]);
}

/// Leavers in mid-year were dropped, so that the year looked better than it had been.
#[test]
fn leavers_are_not_dropped_from_the_year() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    let weeks = [(1, "2026-09-07", ABSENT), (2, "2026-09-07", PRESENT)];
    trust.marks(&weeks);
    let before = trust.year_to_date();
    let (_, leaver) = enrolment(&trust, 1);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-09-11" });
    trust.admin.put(&format!("/v1/enrolments/{leaver}/days"), &days).expect(200);
    let after = trust.year_to_date();
    for name in ["possible", "absent"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!(persistence(&after["persistence"]), [2, 1, 1]);
}

/// Earlier years without data were shown at 100%; a school that stopped sending looked perfect.
#[test]
fn a_school_that_sends_nothing_is_not_at_a_hundred_percent() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    let nothing = trust.year_to_date();
    assert_eq!(
        (&nothing["attendance_percent"], &nothing["absence_percent"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(persistence(&nothing["persistence"]), [0, 0, 0]);
    assert_eq!(nothing["completeness"]["percent"], "0.0");
    let compared = trust.admin.get("/v1/analytics/compare").expect(200);
    assert!(!compared.to_string().contains("100.0"), "{compared:#}");
}

/// A dashboard counted as persistent only those between 50% and 90%, leaving out who was absent most.
#[test]
fn the_severely_absent_are_among_the_persistently_absent() {
    let trust = Trust::new();
    trust.pupils(1..=3);
    trust.marks(&[
        (1, "2026-11-09", ABSENT),
        (2, "2026-11-09", "II/\\/\\/\\/\\"),
        (3, "2026-11-09", PRESENT),
    ]);
    assert_eq!(persistence(&trust.year_to_date()["persistence"]), [3, 2, 1]);
}

/// A warehouse read every missing mark as presence.
#[test]
fn missing_marks_are_not_read_as_present() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-11-09", "II--------")]);
    let cell = trust.year_to_date();
    assert_eq!(counts(&cell, ["possible", "absent"]), [2, 2]);
    assert_eq!(cell["attendance_percent"], "0.0");
    assert_ne!(cell["completeness"]["percent"], "100.0");
}

/// An analytics product took in only the last 90 days of corrections.
#[test]
fn a_correction_counts_however_old_the_mark_is() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[(1, "2026-09-07", "NNNNNNNNNN")]);
    let (pupil, _) = enrolment(&trust, 1);
    trust.app.clock.set("2027-07-20T10:00:00Z");
    let changes = json!([{ "date": "2026-09-07", "session": "AM", "mark": "V" }]);
    let amendment = json!({ "reason": "On the school's visit", "changes": changes });
    trust.admin.post(&format!("/v1/pupils/{pupil}/marks/amendments"), &amendment).expect(201);
    trust.marks(&[(1, "2026-09-07", "V\\NNNNNNNN")]);
    assert_eq!(counts(&trust.year_to_date(), ["possible", "unauthorised"]), [10, 8]);
}

/// Hundreds of thousands of rows were flagged that had no denominator at all.
#[test]
fn who_has_no_possible_session_is_in_no_figure() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    trust.marks(&[
        (1, "2026-11-09", "YYYYYYYYYY".replace('Y', "Y1").as_str()),
        (2, "2026-11-09", PRESENT),
    ]);
    let cell = trust.year_to_date();
    assert_eq!(counts(&cell, ["possible", "absent"]), [10, 0]);
    assert_eq!(persistence(&cell["persistence"]), [1, 0, 0]);
}

/// A dashboard's pie did not match the reports beside it.
#[test]
fn a_figure_is_the_same_wherever_it_is_read() {
    let trust = Trust::new();
    trust.pupils(1..=2);
    trust.marks(&[(1, "2026-11-09", "IL/\\UO/\\X\\"), (2, "2026-11-09", PRESENT)]);
    let cell = trust.cell("window=half_term", "trust", "half-term-2");
    let ask =
        |what: &str| trust.admin.get(&format!("/v1/analytics/{what}?window=half-term-2")).text;
    let [explained, compared] = ["explain", "compare"].map(ask);
    let [possible, absent] = counts(&cell, ["possible", "absent"]);
    let explained_so = format!("\"possible\":{possible},\"absent\":{absent}");
    assert!(explained.contains(&explained_so), "{explained_so} in {explained}");
    let compared_so = format!("\"part\":{absent},\"of\":{possible}");
    assert!(compared.contains(&compared_so), "{compared_so} in {compared}");
}
