//! Staff: duties in the school's own words, from day to day, mapped to the product's roles.

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::build::{id, school};
use crate::support::dice::Dice;
use crate::support::one_school::one_trust;
use crate::support::sql::Sql;

fn add(client: &Client, name: &str, schools: &[i32]) -> i32 {
    let body = json!({ "person": { "name": name }, "school_ids": schools });
    id(&client.post("/v1/staff", &body).expect(201), "staff_id")
}

fn duty(school: i32, duty: &str, role: Value, days: (&str, Option<&str>)) -> Value {
    json!({ "school_id": school, "duty": duty, "role": role, "from_day": days.0, "to_day": days.1 })
}

fn put(client: &Client, staff: i32, duties: &[Value]) -> Answer {
    client.put(&format!("/v1/staff/{staff}/duties"), &json!({ "duties": duties }))
}

fn found(client: &Client, query: &str) -> Vec<i32> {
    let list = client.get(&format!("/v1/staff?{query}")).expect(200);
    list["items"].as_array().unwrap().iter().map(|row| id(row, "staff_id")).collect()
}

#[test]
fn a_duty_passes_from_one_person_to_another() {
    let (app, _, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let (jo, sam) = (add(&admin, "Jo Marsh", &[elm]), add(&admin, "Sam Lind", &[elm]));
    let lead = |days| duty(elm, "Attendance Lead", json!("school_lead"), days);
    put(
        &admin,
        jo,
        &[
            lead(("2026-09-01", None)),
            duty(elm, "DSL", json!("safeguarding_lead"), ("2026-09-01", None)),
        ],
    )
    .expect(200);
    let now = |on: &str| found(&admin, &format!("school_id={elm}&duty=attendance+lead{on}"));
    assert_eq!(now(""), [jo]);
    // Jo leaves the duty at Christmas, Sam takes over; what was recorded first stays on record.
    let page = put(&admin, jo, &[lead(("2026-09-01", Some("2026-12-18")))]).expect(200);
    put(&admin, sam, &[lead(("2027-01-04", None))]).expect(200);
    assert_eq!(
        (now(""), now("&on=2026-12-25"), now("&on=2027-01-04")),
        (vec![jo], vec![], vec![sam])
    );
    assert_eq!(
        page["duties"],
        json!([
            { "school_id": elm, "duty": "Attendance Lead", "role": "school_lead", "from_day": "2026-09-01", "to_day": "2026-12-18" },
            { "school_id": elm, "duty": "DSL", "role": "safeguarding_lead", "from_day": "2026-09-01" },
        ])
    );
    assert_eq!(found(&admin, "role=safeguarding_lead"), [jo]);
    put(&admin, jo, &[duty(elm, "DSL", Value::Null, ("2026-09-01", None))]).expect(200);
    assert_eq!(found(&admin, "role=safeguarding_lead"), [] as [i32; 0]);
    assert_eq!(Sql::of(&app.database).number("SELECT count(*) FROM staff_duty"), 5);
    assert_eq!(found(&admin, ""), [jo, sam]);
}

#[test]
fn who_has_which_duty_on_any_day_is_what_a_plain_reading_of_the_records_says() {
    let (_app, _, admin) = one_trust();
    let schools = [school(&admin, 1, "primary"), school(&admin, 2, "primary")];
    let people: Vec<i32> = (0..4).map(|n| add(&admin, &format!("Person {n}"), &schools)).collect();
    let (words, days) = (["Attendance Lead", "EWO"], ["2026-09-01", "2026-10-01", "2026-11-01"]);
    let ends = [None, Some("2026-11-15"), Some("2026-12-01")];
    let roles = [json!("school_lead"), json!("la_partner"), Value::Null];
    let mut dice = Dice(5);
    // Everything in the order in which it was said.
    let mut said: Vec<(i32, Value)> = Vec::new();
    for _ in 0..60 {
        let (who, school) = (*dice.pick(&people), *dice.pick(&schools));
        let one = duty(
            school,
            words[dice.below(2)],
            dice.pick(&roles).clone(),
            (days[dice.below(3)], ends[dice.below(3)]),
        );
        put(&admin, who, std::slice::from_ref(&one)).expect(200);
        said.push((who, one));
    }
    let has = |who: i32, school: i32, word: &str, role: Option<&str>, on: &str| {
        days.iter().any(|from| {
            let last = said.iter().rev().find(|(person, one)| {
                *person == who
                    && one["school_id"] == school
                    && one["duty"] == word
                    && one["from_day"] == *from
            });
            last.is_some_and(|(_, one)| {
                !one["role"].is_null()
                    && role.is_none_or(|role| one["role"] == role)
                    && *from <= on
                    && one["to_day"].as_str().is_none_or(|to| on <= to)
            })
        })
    };
    let mut asked = 0;
    for on in ["2026-08-31", "2026-09-30", "2026-11-01", "2026-11-16", "2027-01-01"] {
        for school in schools {
            for word in words {
                for role in [None, Some("school_lead"), Some("la_partner")] {
                    let wanted = role.map(|role| format!("&role={role}")).unwrap_or_default();
                    let query = format!(
                        "school_id={school}&duty={}&on={on}{wanted}",
                        word.replace(' ', "+")
                    );
                    let expected: Vec<i32> = people
                        .iter()
                        .copied()
                        .filter(|who| has(*who, school, word, role, on))
                        .collect();
                    assert_eq!(found(&admin, &query), expected, "{query}");
                    asked += expected.len();
                }
            }
        }
    }
    assert!(asked > 20, "{asked}");
}

#[test]
fn a_school_keeps_its_own_staff_and_gives_no_role_over_others() {
    let (app, trust, admin) = one_trust();
    let (elm, oak) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let lead = app.school_client("school_lead", trust, &[elm]);
    let jo = add(&lead, "Jo Marsh", &[elm]);
    let officer = add(&admin, "Trust Officer", &[]);
    let days = ("2026-09-01", None);
    put(&lead, jo, &[duty(elm, "EWO", json!("la_partner"), days)]).expect(200);
    let facts = Sql::of(&app.database).facts();
    for role in ["trust_admin", "trust_officer", "platform_admin", "runner", "caretaker"] {
        let refused = put(&lead, jo, &[duty(elm, "Head", json!(role), days)]);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            ("invalid", vec!["/duties/0/role"])
        );
    }
    assert_eq!(
        put(&admin, jo, &[duty(elm, "Head", json!("runner"), days)]).problem(422),
        "invalid"
    );
    assert_eq!(
        put(&lead, jo, &[duty(oak, "EWO", json!("la_partner"), days)]).problem(404),
        "not-found"
    );
    assert_eq!(lead.get(&format!("/v1/staff/{officer}")).problem(404), "not-found");
    let nowhere = lead.post("/v1/staff", &json!({ "person": { "name": "A" }, "school_ids": [] }));
    assert_eq!(
        (nowhere.problem(422).as_str(), nowhere.pointers()),
        ("invalid", vec!["/school_ids"])
    );
    let foreign =
        lead.post("/v1/staff", &json!({ "person": { "name": "A" }, "school_ids": [oak] }));
    assert_eq!(foreign.problem(404), "not-found");
    let twice = [
        duty(elm, "A", json!("teacher"), days),
        duty(elm, " A ", json!("teacher"), ("2026-09-01", Some("2026-08-31"))),
    ];
    let refused = put(&lead, jo, &twice);
    assert_eq!(
        (refused.problem(422).as_str(), refused.pointers()),
        ("invalid", vec!["/duties/1/to_day", "/duties/1"])
    );
    assert_eq!(Sql::of(&app.database).facts(), facts);

    // Who somebody is whose tokens are known is the trust's to say, also of a school's own people.
    let with_subject =
        json!({ "person": { "name": "A", "subject": "staff-9" }, "school_ids": [elm] });
    let refused = lead.post("/v1/staff", &with_subject);
    assert_eq!(
        (refused.problem(422).as_str(), refused.pointers()),
        ("invalid", vec!["/person/subject"])
    );

    // The trust lets the officer work for Oak too: from then on Oak sees them, and Elm does not.
    put(&admin, officer, &[duty(oak, "Trust EWO", json!("trust_officer"), days)]).expect(200);
    let oaks = app.school_client("school_office", trust, &[oak]);
    assert_eq!((found(&oaks, ""), found(&lead, "")), (vec![officer], vec![jo]));
    // Jo works for both: each school sees its own part.
    put(&admin, jo, &[duty(oak, "Cover", json!("teacher"), days)]).expect(200);
    let duties = |client: &Client| {
        let page = client.get(&format!("/v1/staff/{jo}")).expect(200);
        page["duties"].as_array().unwrap().iter().map(|d| d["duty"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((duties(&lead), duties(&oaks)), (vec![json!("EWO")], vec![json!("Cover")]));
}

#[test]
fn a_person_is_changed_and_the_subject_of_their_tokens_is_theirs_alone() {
    let (app, _, admin) = one_trust();
    let elm = school(&admin, 1, "primary");
    let who = |name: &str, subject: &str| json!({ "name": name, "email": "jo@example.sch.uk", "subject": subject });
    let body = json!({ "person": who(" Jo ", "staff-1"), "school_ids": [elm] });
    let jo = admin.post("/v1/staff", &body);
    let place = jo.header("location").unwrap().to_owned();
    assert_eq!(jo.expect(201)["person"], who("Jo", "staff-1"));
    let again = admin.post("/v1/staff", &body);
    assert_eq!(
        (again.problem(409).as_str(), again.pointers()),
        ("already-exists", vec!["/person/subject"])
    );
    let sam = add(&admin, "Sam", &[elm]);
    let taken = admin.put(&format!("/v1/staff/{sam}"), &who("Sam", "staff-1"));
    assert_eq!(
        (taken.problem(409).as_str(), taken.pointers()),
        ("already-exists", vec!["/subject"])
    );
    for (member, value) in [("name", ""), ("email", "jo"), ("subject", "a\nb")] {
        let mut wrong = who("Jo", "staff-1");
        wrong[member] = json!(value);
        let refused = admin.put(&place, &wrong);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            ("invalid", vec![format!("/{member}").as_str()])
        );
    }
    admin.put(&place, &who("Jo Marsh", "staff-1")).expect(200);
    admin.put(&place, &who("Jo Marsh", "staff-1")).expect(200);
    let kept =
        Sql::of(&app.database).texts("SELECT old->>'name' || ' ' || recorded_by FROM staff_change");
    assert_eq!(kept, ["Jo test-trust_admin"]);
}

#[test]
fn a_school_changes_only_people_who_work_for_its_schools_alone() {
    let (app, trust, admin) = one_trust();
    let (elm, oak) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (lead, oaks) = (
        app.school_client("school_lead", trust, &[elm]),
        app.school_client("school_lead", trust, &[oak]),
    );
    let days = ("2026-09-01", None);
    let (ours, shared, officer) =
        (add(&admin, "Jo", &[elm]), add(&admin, "Sam", &[elm]), add(&admin, "Kim", &[]));
    // Sam covers at Oak too; Kim is the trust's officer, and is to be found at Elm.
    put(&admin, shared, &[duty(oak, "Cover", json!("teacher"), days)]).expect(200);
    put(&admin, officer, &[duty(elm, "Trust EWO", json!("trust_officer"), days)]).expect(200);
    let subject = |name: &str, subject: &str| json!({ "name": name, "subject": subject });
    admin.put(&format!("/v1/staff/{officer}"), &subject("Kim", "officer-1")).expect(200);
    admin.put(&format!("/v1/staff/{ours}"), &subject("Jo", "staff-1")).expect(200);
    let before = Sql::of(&app.database).facts();
    for client in [&lead, &oaks] {
        let refused = client.put(&format!("/v1/staff/{shared}"), &json!({ "name": "Mine" }));
        assert_eq!(refused.problem(403), "forbidden");
        assert_eq!(refused.body["permission"], "staff:write");
    }
    for body in
        [subject("Kim", "test-school_lead"), subject("Mine", "officer-1"), json!({ "name": "Kim" })]
    {
        let refused = lead.put(&format!("/v1/staff/{officer}"), &body);
        assert_eq!(refused.problem(403), "forbidden", "{body}");
    }
    assert_eq!(
        oaks.put(&format!("/v1/staff/{officer}"), &json!({ "name": "Mine" })).problem(404),
        "not-found"
    );
    // Its own people's subject stays as the trust has given it.
    for body in [subject("Jo", "officer-2"), json!({ "name": "Jo" })] {
        let refused = lead.put(&format!("/v1/staff/{ours}"), &body);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            ("invalid", vec!["/subject"])
        );
    }
    // A duty for the whole trust is not a school's to take back.
    for role in [Value::Null, json!("teacher")] {
        let refused = put(&lead, officer, &[duty(elm, "Trust EWO", role, days)]);
        assert_eq!(
            (refused.problem(422).as_str(), refused.pointers()),
            ("invalid", vec!["/duties/0"])
        );
    }
    assert_eq!(Sql::of(&app.database).facts(), before);

    lead.put(&format!("/v1/staff/{ours}"), &subject("Jo Marsh", "staff-1")).expect(200);
    put(&lead, shared, &[duty(elm, "Cover", json!("teacher"), days)]).expect(200);
    admin.put(&format!("/v1/staff/{shared}"), &subject("Sam Lind", "staff-2")).expect(200);
}
