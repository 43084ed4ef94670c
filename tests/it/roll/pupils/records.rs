//! Which child a record is: corrections, UPNs of earlier days, two records of one child, two children in one record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::app::{Answer, Client};
use crate::support::build::{class, id, pupil, school, unenrolled, upn};
use crate::support::dice::Dice;
use crate::support::figures::possible_and_absent;
use crate::support::one_school::one_trust;
use crate::support::roll::{assert_counted, enrol, enrolment_of, weeks};
use crate::support::sql::Sql;

const FULL: &str = r"/\/\/\/\/\";

fn correct(client: &Client, pupil: i32, body: Value) -> Answer {
    client.post(&format!("/v1/pupils/{pupil}/corrections"), &body)
}

fn merge(client: &Client, from: i32, into: i32) -> Answer {
    let body = json!({ "into": into, "reason": "Entered twice" });
    client.post(&format!("/v1/pupils/{from}/merge"), &body)
}

fn back(client: &Client, from: i32, enrolments: &[i32], to: i32) -> Answer {
    let body = json!({ "enrolment_ids": enrolments, "back_to": to, "reason": "Two children" });
    client.post(&format!("/v1/pupils/{from}/split"), &body)
}

/// The ids of the pupils that a search finds.
fn found(client: &Client, query: &str) -> Vec<i32> {
    let page = client.get(&format!("/v1/pupils?{query}")).expect(200);
    page["items"].as_array().unwrap().iter().map(|item| id(item, "pupil_id")).collect()
}

#[test]
fn a_correction_leaves_what_stood_there_and_moves_the_figures() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let ada = unenrolled(&admin, one, 1, "2005-03-14");
    enrol(&admin, ada, here, ("2026-09-02", Some("2026-10-23"))).expect(201);
    weeks(&admin, one, &upn(1), &[("2026-09-07", FULL)]);
    let of_age = "window=year_to_date&definition=dfe-daily";
    assert_eq!(possible_and_absent(&admin, of_age), (0, 0), "nobody of 21 is counted");

    let fixed = json!({ "birth_date": "2015-03-14", "sex": "F", "surname": " Lind ", "reason": " Certificate seen " });
    let fixed = correct(&admin, ada, fixed);
    assert_eq!(fixed.header("location"), Some(format!("/v1/pupils/{ada}/history").as_str()));
    let fixed = fixed.expect(201);
    assert_eq!(
        (&fixed["birth_date"], &fixed["sex"], &fixed["surname"], &fixed["forename"]),
        (&json!("2015-03-14"), &json!("F"), &json!("Lind"), &json!("Forename1"))
    );
    assert_eq!(possible_and_absent(&admin, of_age), (10, 0));
    assert_eq!((found(&admin, "name=lind"), found(&admin, "name=surname1")), (vec![ada], vec![]));
    correct(&admin, ada, json!({ "sex": null, "reason": "Not recorded" })).expect(201);
    let history = admin.get(&format!("/v1/pupils/{ada}/history")).expect(200);
    let told: Vec<[&Value; 4]> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| ["field", "old", "new", "reason"].map(|name| &change[name]))
        .collect();
    let seen = json!("Certificate seen");
    assert_eq!(
        told,
        [
            [&json!("birth_date"), &json!("2005-03-14"), &json!("2015-03-14"), &seen],
            [&json!("sex"), &Value::Null, &json!("F"), &seen],
            [&json!("surname"), &json!("Surname1"), &json!("Lind"), &seen],
            [&json!("sex"), &json!("F"), &Value::Null, &json!("Not recorded")],
        ]
    );

    // At two schools: a name may be corrected by either, what figures rest on by the trust.
    enrol(&admin, ada, there, ("2026-11-02", None)).expect(201);
    let office = app.school_client("school_office", trust, &[two]);
    correct(&office, ada, json!({ "forename": "Ada", "reason": "Asked" })).expect(201);
    let facts = Sql::of(&app.database).facts();
    let born = json!({ "birth_date": "2015-03-15", "reason": "Asked" });
    assert_eq!(correct(&office, ada, born.clone()).problem(403), "forbidden");
    for (body, wrong) in [
        (json!({ "surname": "Lind", "reason": "Same" }), vec![""]),
        (json!({ "reason": "Nothing" }), vec![""]),
        (json!({ "surname": "A", "reason": " " }), vec!["/reason"]),
        (
            json!({ "surname": " ", "birth_date": "2026-12-01", "sex": "f", "reason": "x" }),
            vec!["/surname", "/birth_date", "/sex"],
        ),
    ] {
        let refused = correct(&admin, ada, body);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", wrong));
    }
    assert_eq!(Sql::of(&app.database).facts(), facts);
    let versions = Sql::of(&app.database).written();
    correct(&admin, ada, born).expect(201);
    let bumped = Sql::of(&app.database).written().0 - versions.0;
    assert_eq!(bumped, 2, "both schools are counted anew");
}

#[test]
fn a_pupil_is_found_by_every_upn_they_ever_had() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let ada = pupil(&admin, school, class, 1);
    let ben = pupil(&admin, school, class, 2);
    correct(&admin, ada, json!({ "upn": upn(11), "reason": "Permanent number" })).expect(201);
    correct(&admin, ada, json!({ "upn": upn(12), "reason": "Wrong number" })).expect(201);
    for number in [1, 11, 12] {
        assert_eq!(found(&admin, &format!("upn={}", upn(number))), [ada], "{number}");
    }
    let page = admin.get(&format!("/v1/pupils/{ada}")).expect(200);
    assert_eq!(page["former_upns"], json!([upn(1), upn(11)]));
    let taken = correct(&admin, ben, json!({ "upn": upn(12), "reason": "Same child?" }));
    assert_eq!((taken.problem(409).as_str(), taken.pointers()), ("already-exists", vec!["/upn"]));
    let rest = &upn(12)[1..];
    let letter = if upn(12).starts_with('A') { 'B' } else { 'A' };
    let wrong = correct(&admin, ben, json!({ "upn": format!("{letter}{rest}"), "reason": "x" }));
    assert_eq!(wrong.problem(422), "wrong-upn-check-letter");

    // A file that still has the old number speaks of Ada.
    let head = "upn,surname,forename,birth_date,year_group,class,first_day\n";
    let rolls = |number: u32, name: u32| {
        format!("{head}{},Surname{name},Forename{name},2015-03-14,6,6A,2026-09-02\n", upn(number))
    };
    let query = format!("kind=pupils&school_id={school}");
    let counts = |file: String| {
        let import = admin.import(&query, file.as_bytes());
        assert_eq!(import["job"]["state"], "done", "{import:#}");
        import["result"]["counts"]["pupils_added"].clone()
    };
    assert_eq!(counts(rolls(1, 1)), 0);
    weeks(&admin, school, &upn(11), &[("2026-09-07", FULL)]);
    let marks = admin.get(&format!("/v1/pupils/{ada}/marks")).expect(200);
    assert_eq!(marks["marks"].as_array().unwrap().len(), 10);

    // Ben takes over the number that Ada gave up: it is his now, and hers no more than before.
    correct(&admin, ben, json!({ "upn": upn(11), "reason": "His after all" })).expect(201);
    assert_eq!(found(&admin, &format!("upn={}", upn(11))), [ada, ben]);
    assert_eq!(counts(rolls(11, 2)), 0);
    // When he gives it up too, it names neither: the file is about somebody new.
    correct(&admin, ben, json!({ "upn": upn(13), "reason": "Nobody's" })).expect(201);
    assert_eq!(counts(rolls(11, 3)), 1);
}

#[test]
fn two_records_of_one_child_become_one_and_can_be_parted_again() {
    let (app, trust, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let (ada, again) = (pupil(&admin, one, here, 1), unenrolled(&admin, two, 2, "2015-03-14"));
    let adas = enrolment_of(&admin, ada);
    let late = enrol(&admin, again, there, ("2026-11-02", None)).expect(201);
    let late = id(&late, "enrolment_id");
    weeks(&admin, one, &upn(1), &[("2026-09-07", FULL)]);
    weeks(&admin, two, &upn(2), &[("2026-11-02", r"II/\/\/\/\")]);
    let days = json!({ "first_day": "2026-09-02", "last_day": "2026-10-23" });
    admin.put(&format!("/v1/enrolments/{adas}/days"), &days).expect(200);
    let pages = |ids: [i32; 2]| ids.map(|id| admin.get(&format!("/v1/pupils/{id}")).expect(200));
    let (figures, before) = (assert_counted(&app, &admin, None), pages([ada, again]));

    // Whoever sees one of the two schools cannot know that they are one child.
    let lead = app.school_client("school_lead", trust, &[two]);
    assert_eq!(merge(&lead, again, ada).problem(404), "not-found");
    let merged = merge(&admin, again, ada).expect(200);
    let stays: Vec<i32> = merged["enrolments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stay| id(stay, "enrolment_id"))
        .collect();
    assert_eq!((id(&merged, "pupil_id"), stays), (ada, vec![adas, late]));
    assert_eq!(assert_counted(&app, &admin, None), figures, "the marks are the same");
    assert_eq!(found(&admin, ""), [ada], "a merged record is not listed");
    assert_eq!(found(&admin, &format!("upn={}", upn(2))), [ada]);
    assert_eq!(admin.get(&format!("/v1/pupils/{again}")).expect(200)["merged_into"], ada);
    let members = admin.get(&format!("/v1/classes/{there}?on=2026-11-18")).expect(200);
    assert_eq!(members["members"][0]["pupil_id"], ada);
    assert_eq!(lead.get(&format!("/v1/pupils/{ada}")).status, 200, "both schools see the child");
    // Once more changes nothing; to anything else the record says where it went.
    let facts = Sql::of(&app.database).facts();
    merge(&admin, again, ada).expect(200);
    for refused in [
        merge(&admin, ada, again),
        enrol(&admin, again, here, ("2027-01-04", None)),
        correct(&admin, again, json!({ "surname": "B", "reason": "x" })),
    ] {
        assert_eq!(
            (refused.problem(409).as_str(), &refused.body["merged_into"]),
            ("merged", &json!(ada))
        );
    }
    let itself = merge(&admin, ada, ada);
    assert_eq!((itself.problem(422).as_str(), itself.pointers()), ("invalid", vec!["/into"]));
    assert_eq!(Sql::of(&app.database).facts(), facts);
    // A file with the merged record's number speaks of Ada.
    weeks(&admin, two, &upn(2), &[("2026-11-09", FULL)]);
    let marks = admin.get(&format!("/v1/pupils/{ada}/marks")).expect(200);
    assert_eq!(marks["marks"].as_array().unwrap().len(), 30);

    let parted = back(&admin, ada, &[late], again).expect(200);
    assert_eq!(id(&parted, "pupil_id"), again);
    assert_eq!(pages([ada, again]), before);
    let history = admin.get(&format!("/v1/pupils/{again}/history")).expect(200);
    let fields: Vec<[&Value; 3]> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| ["field", "old", "new"].map(|name| &change[name]))
        .collect();
    let (field, ada_text) = (json!("merged_into"), json!(ada.to_string()));
    assert_eq!(fields, [[&field, &Value::Null, &ada_text], [&field, &ada_text, &Value::Null]]);
    assert_eq!(history["enrolments"].as_array().unwrap().len(), 2);
}

#[test]
fn records_that_overlap_at_one_school_are_not_merged_in_silence() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    let (ada, again) = (pupil(&admin, school, class, 1), pupil(&admin, school, class, 2));
    let both = [again, ada].map(|pupil| enrolment_of(&admin, pupil));
    let facts = Sql::of(&app.database).facts();
    let refused = merge(&admin, again, ada);
    assert_eq!(refused.problem(409), "already-exists");
    assert_eq!(refused.body["overlaps"], json!([{ "school_id": school, "enrolment_ids": both }]));
    assert_eq!(Sql::of(&app.database).facts(), facts);
}

#[test]
fn two_children_in_one_record_get_a_record_each() {
    let (app, _, admin) = one_trust();
    let (one, two) = (school(&admin, 1, "primary"), school(&admin, 2, "primary"));
    let (here, there) = (class(&admin, one, "6A"), class(&admin, two, "6A"));
    let twins = pupil(&admin, one, here, 1);
    let first = enrolment_of(&admin, twins);
    let second = id(&enrol(&admin, twins, there, ("2026-09-02", None)).expect(201), "enrolment_id");
    weeks(&admin, one, &upn(1), &[("2026-09-07", FULL)]);
    weeks(&admin, two, &upn(1), &[("2026-09-07", r"IIIIIIIIII")]);
    let figures = assert_counted(&app, &admin, None);
    let new = |number: u32| json!({ "upn": upn(number), "surname": "Lind", "forename": "Ben", "birth_date": "2015-03-14" });
    let split = |body: Value| admin.post(&format!("/v1/pupils/{twins}/split"), &body);
    let facts = Sql::of(&app.database).facts();
    for (body, wrong) in [
        (json!({ "enrolment_ids": [], "new_pupil": new(2), "reason": "x" }), "/enrolment_ids"),
        (json!({ "enrolment_ids": [second], "new_pupil": new(2), "reason": "" }), "/reason"),
        (json!({ "enrolment_ids": [second], "reason": "x" }), ""),
        (
            json!({ "enrolment_ids": [second], "new_pupil": new(2), "back_to": twins, "reason": "x" }),
            "",
        ),
        (
            json!({ "enrolment_ids": [second, second], "new_pupil": new(2), "reason": "x" }),
            "/enrolment_ids/1",
        ),
    ] {
        let refused = split(body);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", vec![wrong]));
    }
    let taken = split(json!({ "enrolment_ids": [second], "new_pupil": new(1), "reason": "x" }));
    assert_eq!(
        (taken.problem(409).as_str(), taken.pointers()),
        ("already-exists", vec!["/new_pupil/upn"])
    );
    assert_eq!(Sql::of(&app.database).facts(), facts);

    let ben = split(json!({ "enrolment_ids": [second], "new_pupil": new(2), "reason": "Twins" }))
        .expect(200);
    let ben = id(&ben, "pupil_id");
    assert_eq!((enrolment_of(&admin, twins), enrolment_of(&admin, ben)), (first, second));
    assert_eq!(assert_counted(&app, &admin, None), figures, "no mark is lost or doubled");
    let marks = admin.get(&format!("/v1/pupils/{ben}/marks")).expect(200);
    assert!(marks["marks"].as_array().unwrap().iter().all(|mark| mark["mark"] == "I"));
    let not_his = back(&admin, twins, &[second], ben);
    assert_eq!((not_his.status, enrolment_of(&admin, ben)), (200, second), "it is his already");
    let never_merged = back(&admin, twins, &[first], ben);
    assert_eq!(
        (never_merged.problem(422).as_str(), never_merged.pointers()),
        ("invalid", vec!["/back_to"])
    );
}

#[test]
fn however_records_are_merged_and_parted_every_enrolment_has_one_pupil() {
    let (app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let class = class(&admin, school, "6A");
    // Five records whose days never meet, so that any two can be one child.
    let mut owner: BTreeMap<i32, i32> = BTreeMap::new();
    let mut into: BTreeMap<i32, Option<i32>> = BTreeMap::new();
    for number in 1..=5 {
        let pupil = unenrolled(&admin, school, number, "2015-03-14");
        let (first, last) = (format!("2026-10-{number:02}"), format!("2026-10-{number:02}"));
        let stay = enrol(&admin, pupil, class, (&first, Some(&last))).expect(201);
        owner.insert(id(&stay, "enrolment_id"), pupil);
        into.insert(pupil, None);
    }
    let pupils: Vec<i32> = into.keys().copied().collect();
    let began = owner.clone();
    let mut dice = Dice(3);
    let (mut merges, mut splits) = (0, 0);
    for _ in 0..150 {
        let (from, to) = (*dice.pick(&pupils), *dice.pick(&pupils));
        let theirs: Vec<i32> =
            owner.iter().filter(|(_, pupil)| **pupil == from).map(|(id, _)| *id).collect();
        if dice.below(2) == 0 {
            let answer = merge(&admin, from, to);
            let may = from != to && into[&to].is_none() && into[&from].is_none();
            let same = from != to && into[&to].is_none() && into[&from] == Some(to);
            assert_eq!(answer.status == 200, may || same, "{}", answer.text);
            if may {
                owner.values_mut().filter(|pupil| **pupil == from).for_each(|pupil| *pupil = to);
                let gone = into.iter_mut().filter(|(id, at)| **id == from || **at == Some(from));
                gone.for_each(|(_, at)| *at = Some(to));
                merges += 1;
            }
        } else if let Some(enrolment) = theirs.first() {
            let answer = back(&admin, from, &[*enrolment], to);
            let may = into[&from].is_none() && into[&to] == Some(from);
            // Nobody is parted from themselves: there is nothing to hand back.
            assert_eq!(answer.status == 200, may, "{from} {to} {}", answer.text);
            if may {
                owner.insert(*enrolment, to);
                into.insert(to, None);
                splits += 1;
            }
        }
        for (enrolment, pupil) in &owner {
            let page = admin.get(&format!("/v1/enrolments/{enrolment}")).expect(200);
            assert_eq!(page["pupil_id"], *pupil);
        }
        let mut listed = found(&admin, "");
        listed.sort_unstable();
        let alive: Vec<i32> =
            into.iter().filter(|(_, at)| at.is_none()).map(|(id, _)| *id).collect();
        assert_eq!(listed, alive);
    }
    assert!(merges > 4 && splits > 2, "{merges} merges, {splits} splits");
    // The history leads back to where everything began.
    let first = Sql::of(&app.database).texts(
        "SELECT DISTINCT ON (enrolment_id) enrolment_id || ' ' || old_pupil_id FROM enrolment_pupil \
         ORDER BY enrolment_id, recorded_at",
    );
    let began: Vec<String> = began.iter().map(|(id, pupil)| format!("{id} {pupil}")).collect();
    assert!(first.len() > 2 && first.iter().all(|line| began.contains(line)), "{first:?}");
}
