//! On two rolls at once: D at the one school, real marks at the other; both real is found and said.

use serde_json::json;

use crate::support::app::{Client, TestApp};
use crate::support::build::{class, id, pupil, school, upn};
use crate::support::dice::Dice;
use crate::support::one_school::one_trust;
use crate::support::roll::{assert_counted, enrol, enrolment_of, notices, put_fact, weeks};
use crate::support::sql::Sql;

#[test]
fn two_schools_at_once_are_pointed_out_until_one_is_the_main_one() {
    let (app, trust, admin) = one_trust();
    let (main, unit) = (school(&admin, 1, "secondary"), school(&admin, 2, "alternative_provision"));
    let (here, there) = (class(&admin, main, "9A"), class(&admin, unit, "Unit"));
    let ada = pupil(&admin, main, here, 1);
    let first = enrolment_of(&admin, ada);
    let both = enrol(&admin, ada, there, ("2026-10-05", None)).expect(201);
    let second = id(&both, "enrolment_id");
    assert_eq!(notices(&both), ["two-schools"]);
    assert_eq!(
        (&both["notices"][0]["from"], &both["notices"][0]["enrolment_id"]),
        (&json!("2026-10-05"), &json!(first))
    );
    // A school is not told of a roll that it may not see.
    let office = app.school_client("school_office", trust, &[unit]);
    let own = office.get(&format!("/v1/enrolments/{second}")).expect(200);
    assert_eq!(own["notices"], json!([]));

    let one = put_fact(&admin, first, "registration", "2026-10-05", json!("main")).expect(200);
    assert_eq!(notices(&one), ["two-schools"], "main and single do not go together");
    put_fact(&admin, second, "registration", "2026-10-05", json!("subsidiary")).expect(200);
    for enrolment in [first, second] {
        let page = admin.get(&format!("/v1/enrolments/{enrolment}")).expect(200);
        assert_eq!(page["notices"], json!([]));
    }
    put_fact(&admin, first, "registration", "2026-10-05", json!("subsidiary")).expect(200);
    let page = admin.get(&format!("/v1/enrolments/{second}")).expect(200);
    assert_eq!(notices(&page), ["two-schools"], "two subsidiary schools do not either");
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-10-04" });
    let left = admin.put(&format!("/v1/enrolments/{first}/days"), &days).expect(200);
    assert_eq!(left["notices"], json!([]), "nor do days that do not meet need to");
}

/// Marks of five days, among them such as say that the pupil is not due.
fn any_week(dice: &mut Dice) -> String {
    let morning = ["/", "L", "D", "I", "X", "-", "D"];
    let afternoon = [r"\", "D", "O", "Q", "-", "D"];
    (0..5).map(|_| [*dice.pick(&morning), *dice.pick(&afternoon)].concat()).collect()
}

/// What is answered about a school's pupils, as `pupil half days first last`.
fn answered(client: &Client, school: i32) -> Vec<String> {
    let page = client.get(&format!("/v1/schools/{school}/double-marks?year=2026")).expect(200);
    let pupils = page["pupils"].as_array().unwrap().iter();
    pupils
        .map(|p| {
            let text = |name: &str| p[name].as_str().unwrap().to_owned();
            format!("{} {} {} {}", p["pupil_id"], p["half_days"], text("first"), text("last"))
        })
        .collect()
}

/// The same, found by joining the marks of two schools.
fn joined(app: &TestApp, school: i32) -> Vec<String> {
    Sql::of(&app.database).texts(&format!(
        "SELECT a.pupil_id || ' ' || count(*) || ' ' || min(a.date) || ' ' || max(a.date) \
         FROM mark a JOIN mark b ON b.pupil_id = a.pupil_id AND b.date = a.date AND b.session = a.session \
             AND b.school_id <> a.school_id \
         JOIN enrolment_now e ON e.enrolment_id = a.enrolment_id \
             AND a.date BETWEEN e.first_day AND coalesce(e.last_day, 'infinity') \
         JOIN enrolment_now f ON f.enrolment_id = b.enrolment_id \
             AND b.date BETWEEN f.first_day AND coalesce(f.last_day, 'infinity') \
         WHERE a.school_id = {school} AND a.possible AND b.possible GROUP BY a.pupil_id ORDER BY a.pupil_id"
    ))
}

#[test]
fn real_marks_at_two_schools_for_one_half_day_are_found() {
    let (app, trust, admin) = one_trust();
    let schools = [1, 2, 3].map(|number| school(&admin, number, "secondary"));
    let classes = schools.map(|school| class(&admin, school, "9A"));
    let mut dice = Dice(7);
    for number in 1..=6 {
        let pupil = pupil(&admin, schools[0], classes[0], number);
        let other = 1 + dice.below(2);
        let days = [("2026-09-02", None), ("2026-10-06", Some("2026-11-04"))][dice.below(2)];
        enrol(&admin, pupil, classes[other], days).expect(201);
        for at in [0, other] {
            let since = if at == 0 { "2026-09-02" } else { days.0 };
            let mondays = ["2026-09-07", "2026-10-12", "2026-10-19", "2026-11-02", "2026-11-09"];
            let until = if at == 0 { "2027" } else { days.1.unwrap_or("2027") };
            let on_roll = mondays.iter().filter(|monday| **monday >= since && **monday < until);
            let mut all: Vec<(&str, String)> =
                on_roll.map(|monday| (*monday, any_week(&mut dice))).collect();
            if until == "2026-11-04" {
                // Gone after Wednesday.
                if let Some(last) = all.last_mut() {
                    last.1.replace_range(6.., "----");
                }
            }
            let all: Vec<(&str, &str)> = all.iter().map(|(m, w)| (*m, w.as_str())).collect();
            weeks(&admin, schools[at], &upn(number), &all);
        }
    }
    let mut found = 0;
    for school in schools {
        let expected = joined(&app, school);
        assert_eq!(answered(&admin, school), expected);
        found += expected.len();
    }
    assert!(found > 6, "{found}");
    // A leaving date takes marks out of both.
    let worst = joined(&app, schools[0]).remove(0);
    let ada = worst.split(' ').next().unwrap().to_owned();
    let list = admin.get(&format!("/v1/enrolments?pupil_id={ada}&school_id={}", schools[0]));
    let enrolment = id(&list.expect(200)["items"][0], "enrolment_id");
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-10-14" });
    admin.put(&format!("/v1/enrolments/{enrolment}/days"), &days).expect(200);
    let fewer = joined(&app, schools[0]);
    assert_eq!(answered(&admin, schools[0]), fewer);
    assert!(fewer.first() != Some(&worst), "{fewer:?}");
    let ada = fewer[0].split(' ').next().unwrap().to_owned();

    let place = format!("/v1/pupils/{ada}/double-marks?year=2026");
    let page = admin.get(&place).expect(200);
    let one = page["half_days"].as_array().unwrap();
    let of_ada: Vec<String> = joined(&app, schools[0])
        .into_iter()
        .filter(|line| line.starts_with(&format!("{ada} {} ", one.len())))
        .collect();
    assert_eq!(of_ada.len(), 1, "{page}");
    let schools_of = |half_day: &serde_json::Value| {
        let marks = half_day["marks"].as_array().unwrap().clone();
        marks.iter().map(|mark| mark["school_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert!(one.iter().all(|half_day| {
        let both = schools_of(half_day);
        both.len() == 2 && both[0] == i64::from(schools[0]) && both[1] != both[0]
    }));
    // Who may see one school has nothing to compare with.
    let office = app.school_client("school_office", trust, &[schools[0]]);
    assert_eq!(office.get(&place).expect(200)["half_days"], json!([]));
    assert_eq!(admin.get("/v1/schools/999999/double-marks").problem(404), "not-found");
}

#[test]
fn d_at_the_one_school_counts_nowhere() {
    let (app, _, admin) = one_trust();
    let (main, unit) = (school(&admin, 1, "secondary"), school(&admin, 2, "alternative_provision"));
    let (here, there) = (class(&admin, main, "9A"), class(&admin, unit, "Unit"));
    let ada = pupil(&admin, main, here, 1);
    enrol(&admin, ada, there, ("2026-09-02", None)).expect(201);
    weeks(&admin, main, &upn(1), &[("2026-09-07", r"/\/\DDDDDD")]);
    weeks(&admin, unit, &upn(1), &[("2026-09-07", r"DDDD/\II/\")]);
    assert_eq!(assert_counted(&app, &admin, Some(main)), (4, 0));
    assert_eq!(assert_counted(&app, &admin, Some(unit)), (6, 2));
    assert_eq!(assert_counted(&app, &admin, None), (10, 2));
    let page = admin.get(&format!("/v1/pupils/{ada}/double-marks?year=2026")).expect(200);
    assert_eq!(page["half_days"], json!([]));
}
