//! Persistent and severe absence: a tenth, and a half, of one's own possible sessions.

use serde_json::{Value, json};

use super::{Trust, cell, counts, persistence};
use crate::support::build;

const PRESENT: &str = "/\\/\\/\\/\\/\\";

#[test]
fn missing_a_tenth_is_persistent_and_missing_half_is_severe_as_well() {
    let trust = Trust::new();
    trust.pupils(1..=4);
    for (number, second_week) in [
        (1, "I\\/\\/\\/\\/\\"), // 1 of 20
        (2, "IM/\\/\\/\\/\\"),  // 2 of 20: exactly 10%
        (3, "NNNNNNNNN\\"),     // 9 of 20
        (4, "OOOOOOOOOO"),      // 10 of 20: exactly 50%
    ] {
        trust.marks(&[(number, "2026-11-02", PRESENT), (number, "2026-11-09", second_week)]);
    }
    let to_date = &trust.year_to_date()["persistence_to_date"];
    assert_eq!(persistence(to_date), [4, 3, 1]);
    assert_eq!(
        (&to_date["persistent_percent"], &to_date["severe_percent"]),
        (&json!("75.0"), &json!("25.0"))
    );
}

#[test]
fn it_is_counted_over_the_window_and_over_the_year_to_date_and_not_over_a_week() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    trust.marks(&[
        (1, "2026-09-07", PRESENT),
        (1, "2026-09-14", PRESENT),
        (1, "2026-11-09", "II/\\/\\/\\/\\"),
    ]);
    // 2 of 10 sessions in the second half term, 2 of 30 in the year.
    let half_terms = trust.trend("window=half_term");
    let (first, second) =
        (cell(&half_terms, "trust", "half-term-1"), cell(&half_terms, "trust", "half-term-2"));
    assert_eq!(persistence(&first["persistence"]), [1, 0, 0]);
    assert_eq!(persistence(&second["persistence"]), [1, 1, 0]);
    assert_eq!(persistence(&second["persistence_to_date"]), [1, 0, 0]);
    let week = trust.cell("window=week", "trust", "2026-W46");
    assert_eq!(week["persistence"], Value::Null, "it is a measure over time");
    assert_eq!(persistence(&week["persistence_to_date"]), [1, 0, 0]);
}

#[test]
fn a_pupil_who_has_left_stays_in_the_year_to_date() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    let leaver = |last_day: &str| {
        format!(
            "upn,surname,forename,birth_date,year_group,class,first_day,last_day\n\
             {},Surname1,Forename1,2015-03-14,6,6A,2026-09-02,{last_day}\n",
            build::upn(1)
        )
    };
    trust.marks(&[(1, "2026-09-07", "IIIIII/\\/\\"), (1, "2026-09-14", PRESENT)]);
    trust.import("pupils", &leaver("2026-09-15"));
    // The marks after the last day do not count; those before it do, for good.
    let half_terms = trust.trend("window=half_term");
    let (first, second) =
        (cell(&half_terms, "trust", "half-term-1"), cell(&half_terms, "trust", "half-term-2"));
    assert_eq!(counts(&first, ["possible", "absent"]), [14, 6]);
    assert_eq!(counts(&second, ["possible", "absent"]), [0, 0]);
    assert_eq!(persistence(&second["persistence"]), [0, 0, 0]);
    assert_eq!(persistence(&second["persistence_to_date"]), [1, 1, 0]);
    assert_eq!(second["completeness"]["expected"], 0);
}

#[test]
fn a_pupil_who_moves_inside_the_trust_counts_once_at_each_school() {
    let trust = Trust::new();
    let other = build::school(&trust.admin, 2, "secondary");
    let class = build::class(&trust.admin, other, "7A");
    let pupil = build::unenrolled(&trust.admin, trust.school, 1, "2015-03-14");
    for (class, first_day, last_day) in
        [(trust.class, "2026-09-02", json!("2026-10-23")), (class, "2026-11-02", Value::Null)]
    {
        let enrolment = json!({ "pupil_id": pupil, "class_id": class, "year_group": 7,
            "first_day": first_day, "last_day": last_day });
        trust.admin.post("/v1/enrolments", &enrolment).expect(201);
    }
    trust.marks(&[(1, "2026-09-07", "IIII/\\/\\/\\")]);
    let file = format!("upn,week,marks\n{},2026-11-09,{PRESENT}\n", build::upn(1));
    trust.admin.import(&format!("kind=marks&school_id={other}"), file.as_bytes());

    let schools = trust.trend("by=school&window=year_to_date");
    let of = |school: i32| cell(&schools, &school.to_string(), "year-to-date");
    assert_eq!(persistence(&of(trust.school)["persistence"]), [1, 1, 0]);
    assert_eq!(persistence(&of(other)["persistence"]), [1, 0, 0]);
    // Each with the sessions of that school: 4 of 10 here, none of 10 there, and not 4 of 20.
    let both = trust.year_to_date();
    assert_eq!(persistence(&both["persistence"]), [2, 1, 0]);
    assert_eq!(counts(&both, ["possible", "absent"]), [20, 4]);
}

#[test]
fn sessions_follow_the_class_of_their_day_and_pupils_the_class_at_the_end() {
    let trust = Trust::new();
    trust.pupils(1..=1);
    let other = build::class(&trust.admin, trust.school, "6B");
    let moved = format!(
        "upn,surname,forename,birth_date,year_group,class,first_day,from\n\
         {},Surname1,Forename1,2015-03-14,6,6B,2026-09-02,2026-11-11\n",
        build::upn(1)
    );
    trust.import("pupils", &moved);
    trust.marks(&[(1, "2026-11-09", "IIII/\\/\\/\\")]);
    let classes = trust.trend("by=class&window=half_term");
    let of = |class: i32| cell(&classes, &class.to_string(), "half-term-2");
    // Moved on the Wednesday, after two days of absence.
    assert_eq!(counts(&of(trust.class), ["possible", "absent"]), [4, 4]);
    assert_eq!(counts(&of(other), ["possible", "absent"]), [6, 0]);
    assert_eq!(persistence(&of(trust.class)["persistence"]), [0, 0, 0]);
    assert_eq!(persistence(&of(other)["persistence"]), [1, 1, 0]);
}
