//! As known on: whatever was ever read of an enrolment can be read again, as it was known then.

use serde_json::{Value, json};

use crate::support::app::Client;
use crate::support::build::{class, pupil, school};
use crate::support::dice::Dice;
use crate::support::one_school::one_trust;
use crate::support::roll::{enrolment_of, put_fact};

const DAYS: [&str; 6] =
    ["2026-09-02", "2026-09-14", "2026-10-05", "2026-10-19", "2026-11-02", "2026-11-16"];

/// One change of what is known, of any kind.
fn change(dice: &mut Dice, admin: &Client, enrolment: i32, classes: &[i32]) {
    let day = *dice.pick(&DAYS);
    match dice.below(3) {
        0 => {
            let last = [Value::Null, json!("2026-11-20"), json!("2026-11-27")];
            let body = json!({ "first_day": "2026-09-02", "last_day": dice.pick(&last) });
            admin.put(&format!("/v1/enrolments/{enrolment}/days"), &body).expect(200);
        }
        1 => {
            let body = json!({ "from_day": day, "class_id": dice.pick(classes), "year_group": 5 + dice.below(2) });
            admin.post(&format!("/v1/enrolments/{enrolment}/placements"), &body).expect(201);
        }
        _ => {
            let (kind, values) = *dice.pick(&[
                ("fsm", ["yes", "no"]),
                ("sen", ["support", "ehcp"]),
                ("looked_after", ["yes", "no"]),
            ]);
            let value = [json!(values[0]), json!(values[1]), Value::Null];
            put_fact(admin, enrolment, kind, day, dice.pick(&value).clone()).expect(200);
        }
    }
}

/// What an answer says but for its notices, which are about the present.
fn said(mut page: Value) -> Value {
    page["notices"] = json!([]);
    page
}

#[test]
fn whatever_was_read_of_an_enrolment_is_read_again_as_known_then() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let classes = ["6A", "6B", "5A"].map(|name| class(&admin, school, name));
    let ada = pupil(&admin, school, classes[0], 1);
    let enrolment = enrolment_of(&admin, ada);
    let place = format!("/v1/enrolments/{enrolment}");
    let mut dice = Dice(11);
    let mut states = Vec::new();
    for minute in 0..40 {
        app.clock.set(&format!("2026-11-18T11:{minute:02}:00Z"));
        change(&mut dice, &admin, enrolment, &classes);
        let instant = format!("2026-11-18T11:{minute:02}:30Z");
        states.push((instant, said(admin.get(&place).expect(200))));
    }
    let different: std::collections::BTreeSet<String> =
        states.iter().map(|(_, page)| page.to_string()).collect();
    assert!(different.len() > 20, "{}", different.len());
    for (instant, page) in &states {
        let then = admin.get(&format!("{place}?as_known_on={instant}")).expect(200);
        assert_eq!(&then, page, "{instant}");
        let facts = admin.get(&format!("{place}/characteristics?as_known_on={instant}"));
        assert_eq!(facts.expect(200)["characteristics"], page["characteristics"], "{instant}");
    }
    let before = admin.get(&format!("{place}?as_known_on=2026-11-18T09:00:00Z"));
    assert_eq!(before.problem(404), "not-found", "nobody knew of it then");
}
