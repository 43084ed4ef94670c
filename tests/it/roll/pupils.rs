//! Classes, pupils and enrolments: added, read, listed, found; and the facts about them, with their dates.

mod characteristics;
mod days;
mod known;
mod moves;
mod records;

use serde_json::json;

use crate::support::build::{class, each, id, pupil, school, unenrolled, upn};
use crate::support::one_school::one_trust;
use crate::support::roll::{enrol, pupil_body};

#[test]
fn classes_of_a_year_have_names_of_their_own_and_members_on_each_day() {
    let (_app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (a, b) = (class(&admin, one, "6A"), class(&admin, one, "6B"));
    let elsewhere = class(&admin, two, "6A");
    let body = |year: i32, name: &str| json!({ "school_id": one, "year": year, "name": name });
    let again = admin.post("/v1/classes", &body(2026, " 6A "));
    assert_eq!((again.problem(409).as_str(), again.pointers()), ("already-exists", vec!["/name"]));
    let next_year = id(&admin.post("/v1/classes", &body(2027, "6A")).expect(201), "class_id");
    for name in ["", "\u{7}", &"x".repeat(51)] {
        assert_eq!(admin.post("/v1/classes", &body(2026, name)).pointers(), ["/name"]);
    }
    assert_eq!(each(&admin.get("/v1/classes").expect(200), "class_id"), [a, b, elsewhere]);
    let of_school = format!("/v1/classes?school_id={one}");
    assert_eq!(each(&admin.get(&of_school).expect(200), "class_id"), [a, b]);
    assert_eq!(
        each(&admin.get(&format!("{of_school}&year=2027")).expect(200), "class_id"),
        [next_year]
    );

    let ada = pupil(&admin, one, a, 1);
    let ben = unenrolled(&admin, one, 2, "2015-09-01");
    enrol(&admin, ben, a, ("2026-09-02", Some("2026-10-02"))).expect(201);
    let members = |on: &str| {
        let page = admin.get(&format!("/v1/classes/{a}{on}")).expect(200);
        page["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["pupil_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(members("?on=2026-10-02"), [ada, ben]);
    assert_eq!(members("?on=2026-10-03"), [ada]);
    assert_eq!(members("?on=2026-09-01"), [] as [i32; 0]);
    assert_eq!(members(""), [ada], "today");
}

#[test]
fn a_pupil_is_found_however_the_name_is_typed() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let people =
        [("O'Connor", "Zoë"), ("Nwosu-Clarke", "Ada"), ("Oconnell", "Seán"), ("Łukasik", "Zofia")];
    for (number, (surname, forename)) in (1..).zip(people) {
        let body = pupil_body(school, number, surname, forename);
        admin.post("/v1/pupils", &body).expect(201);
    }
    let found = |typed: &str| {
        let list = admin.get(&format!("/v1/pupils?{typed}")).expect(200);
        each(&list, "surname")
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for (typed, expected) in [
        ("name=o%27con", vec!["Oconnell", "O'Connor"]),
        ("name=O%E2%80%99CONNOR", vec!["O'Connor"]),
        ("name=oconnor+zoe", vec!["O'Connor"]),
        ("name=zo", vec!["Łukasik", "O'Connor"]),
        ("name=Zo%C3%AB+O", vec!["O'Connor"]),
        ("name=nwosu+cl", vec!["Nwosu-Clarke"]),
        ("name=NWOSU-CLARKE,+a", vec!["Nwosu-Clarke"]),
        ("name=sean", vec!["Oconnell"]),
        ("name=lukasik", vec!["Łukasik"]),
        ("name=connor", vec![]),
        ("name=clarke", vec![]),
        ("name=%25", vec!["Łukasik", "Nwosu-Clarke", "Oconnell", "O'Connor"]),
        ("", vec!["Łukasik", "Nwosu-Clarke", "Oconnell", "O'Connor"]),
        (&format!("upn={}", upn(2)), vec!["Nwosu-Clarke"]),
        (&format!("upn=+{}", upn(2).to_lowercase()), vec!["Nwosu-Clarke"]),
        (&format!("upn={}", &upn(2)[..12]), vec![]),
        (&format!("name=o&upn={}", upn(2)), vec![]),
    ] {
        assert_eq!(found(typed), expected, "{typed}");
    }
    let odd = admin.get("/v1/pupils?name=a&upn=%00");
    assert_eq!((odd.problem(400).as_str(), odd.pointers()), ("bad-query", vec!["?upn"]));
}

#[test]
fn a_upn_is_checked_and_stands_once_in_a_trust() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let body = |upn: &str| {
        let mut body = pupil_body(one, 1, "Lind", "Ada");
        body["upn"] = json!(upn);
        body
    };
    // Two of the examples in the DfE's UPN guide; the second one with another letter than it has there.
    let added = admin.post("/v1/pupils", &body(" h801200001001 "));
    let place = added.header("location").unwrap().to_owned();
    assert_eq!(added.expect(201)["upn"], "H801200001001");
    assert_eq!(admin.get(&place).expect(200)["enrolments"], json!([]));
    let wrong = admin.post("/v1/pupils", &body("A00180001701A"));
    assert_eq!(
        (wrong.problem(422).as_str(), wrong.pointers()),
        ("wrong-upn-check-letter", vec!["/upn"])
    );
    assert_eq!(wrong.body["errors"][0]["expected"], "check letter X");
    assert!(!wrong.text.contains("00180001701"), "the number is not repeated");
    assert_eq!(admin.post("/v1/pupils", &body("H80120000100")).problem(422), "invalid");

    let office = app.school_client("school_office", trust, &[two]);
    let mut theirs = body("H801200001001");
    theirs["school_id"] = json!(two);
    let taken = office.post("/v1/pupils", &theirs);
    assert_eq!((taken.problem(409).as_str(), taken.pointers()), ("already-exists", vec!["/upn"]));
    assert!(!taken.text.contains("Lind") && !taken.text.contains("School 1"), "{}", taken.text);
    let other_trust = app.client("trust_admin", app.trust("Fernhill"));
    theirs["school_id"] = json!(school(&other_trust, 1, "primary"));
    other_trust.post("/v1/pupils", &theirs).expect(201);

    let mut mistaken = body(&upn(9));
    for (name, value) in
        [("surname", "  "), ("forename", "a\nb"), ("birth_date", "2026-11-19"), ("sex", "f")]
    {
        mistaken[name] = json!(value);
    }
    let refused = admin.post("/v1/pupils", &mistaken);
    assert_eq!(refused.problem(422), "invalid");
    assert_eq!(refused.pointers(), ["/surname", "/forename", "/birth_date", "/sex"]);
}

#[test]
fn a_pupil_is_on_a_schools_roll_once_at_a_time() {
    let (_app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let ada = unenrolled(&admin, one, 1, "2015-01-31");
    let first = enrol(&admin, ada, here, ("2026-10-05", Some("2026-11-13")));
    let place = first.header("location").unwrap().to_owned();
    let first = id(&first.expect(201), "enrolment_id");
    for days in [
        ("2026-10-05", Some("2026-11-13")),
        ("2026-11-13", None),
        ("2026-09-02", Some("2026-10-05")),
        ("2026-09-02", None),
        ("2026-10-20", Some("2026-10-21")),
    ] {
        assert_eq!(enrol(&admin, ada, here, days).problem(409), "already-exists", "{days:?}");
    }
    let before = id(
        &enrol(&admin, ada, here, ("2026-09-02", Some("2026-10-04"))).expect(201),
        "enrolment_id",
    );
    let after = id(&enrol(&admin, ada, here, ("2026-11-14", None)).expect(201), "enrolment_id");
    let second = id(&enrol(&admin, ada, there, ("2026-10-05", None)).expect(201), "enrolment_id");
    let list = |query: String| {
        let list = admin.get(&format!("/v1/enrolments?{query}")).expect(200);
        each(&list, "enrolment_id").into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(list(format!("pupil_id={ada}")), [first, before, after, second]);
    assert_eq!(list(format!("school_id={one}&on=2026-10-05")), [first]);
    assert_eq!(list(format!("pupil_id={ada}&on=2026-11-14")), [after, second]);
    let page = admin.get(&place).expect(200);
    assert_eq!(
        (&page["first_day"], &page["last_day"]),
        (&json!("2026-10-05"), &json!("2026-11-13"))
    );
    assert_eq!(
        page["placements"],
        json!([{ "from_day": "2026-10-05", "class_id": here, "year_group": 6 }])
    );

    let body = json!({
        "pupil_id": ada, "class_id": here, "year_group": 15, "first_day": "2027-08-02", "last_day": "2027-08-01",
    });
    let refused = admin.post("/v1/enrolments", &body);
    assert_eq!(
        (refused.problem(422).as_str(), refused.pointers()),
        ("invalid", vec!["/year_group", "/first_day", "/last_day"])
    );
}
