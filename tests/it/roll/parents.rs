//! Parents: whose, in which order, how to reach them, and who is asked first.

use serde_json::{Value, json};

use crate::support::app::{Client, TestApp};
use crate::support::build::{class, id, school, unenrolled};
use crate::support::one_school::OneSchool;
use crate::support::roll::enrol;
use crate::support::sql::Sql;

/// A school with two children, Ada and Ben.
struct Story {
    app: TestApp,
    trust: i32,
    admin: Client,
    school: i32,
    ada: i32,
    ben: i32,
}

impl Story {
    fn begin() -> Self {
        let OneSchool { app, trust, admin, school, pupils, .. } =
            OneSchool::on(TestApp::start(), 2);
        Self { app, trust, admin, school, ada: pupils[0], ben: pupils[1] }
    }

    fn of(&self, role: &str) -> Client {
        self.app.school_client(role, self.trust, &[self.school])
    }
}

fn person(surname: &str) -> Value {
    json!({ "title": "Mrs", "forename": "Ngozi", "surname": surname, "language": "en" })
}

fn link(relationship: &str, priority: i16) -> Value {
    json!({ "relationship": relationship, "priority": priority })
}

fn add(client: &Client, pupil: i32, person: Value, link: Value) -> i32 {
    let body = json!({ "person": person, "link": link });
    id(&client.post(&format!("/v1/pupils/{pupil}/parents"), &body).expect(201), "parent_id")
}

/// The ids of a pupil's parents, in the order in which they are called.
fn order(client: &Client, pupil: i32) -> Vec<i32> {
    let page = client.get(&format!("/v1/pupils/{pupil}/parents")).expect(200);
    page["parents"].as_array().unwrap().iter().map(|p| id(&p["parent"], "parent_id")).collect()
}

#[test]
fn a_parent_of_two_children_is_one_person_and_is_changed_once() {
    let story = Story::begin();
    let Story { admin, ada, ben, .. } = &story;
    let mut who = person("Okafor");
    who["interpreter"] = json!(true);
    who["language"] = json!("ig");
    who["contacts"] = json!([
        { "kind": "mobile", "value": " 07700 900123 " },
        { "kind": "email", "value": "n.okafor@example.org" },
        { "kind": "address", "value": "1 High Street, Larkrise, LR1 1AA" },
    ]);
    let mother = add(admin, *ada, who.clone(), link("mother", 1));
    let father =
        add(admin, *ada, json!({ "surname": "Lind", "language": "en" }), link("father", 2));
    admin.put(&format!("/v1/pupils/{ben}/parents/{mother}"), &link("mother", 1)).expect(200);
    let page = admin.get(&format!("/v1/parents/{mother}")).expect(200);
    let children: Vec<&Value> =
        page["children"].as_array().unwrap().iter().map(|child| &child["pupil_id"]).collect();
    assert_eq!(children, [&json!(ada), &json!(ben)]);
    assert_eq!(page["parent"]["person"]["contacts"][0]["value"], "07700 900123");

    // The father is called first from now on; the order of before stays on record.
    assert_eq!(order(admin, *ada), [mother, father]);
    let swapped = admin.put(&format!("/v1/pupils/{ada}/parents/{mother}"), &link("mother", 3));
    assert_eq!(swapped.status, 200, "{}", swapped.text);
    assert_eq!((order(admin, *ada), order(admin, *ben)), (vec![father, mother], vec![mother]));
    let mut sql = Sql::of(&story.app.database);
    let orders = format!(
        "SELECT priority FROM pupil_parent WHERE pupil_id = {ada} AND parent_id = {mother} ORDER BY recorded_at"
    );
    assert_eq!(sql.texts(&orders), ["1", "3"]);

    // A new number holds for both children, and the old one is kept with who and when.
    who["contacts"] = json!([{ "kind": "home", "value": "020 7946 0123" }]);
    let place = format!("/v1/parents/{mother}");
    admin.put(&place, &who).expect(200);
    admin.put(&place, &who).expect(200);
    for child in [ada, ben] {
        let page = admin.get(&format!("/v1/pupils/{child}/parents")).expect(200);
        let all = page["parents"].as_array().unwrap();
        let hers = all.iter().find(|p| p["parent"]["parent_id"] == mother).unwrap();
        assert_eq!(hers["parent"]["person"]["contacts"][0]["kind"], "home");
    }
    let kept =
        sql.texts("SELECT old->'contacts'->0->>'value' || ' ' || recorded_by FROM parent_change");
    assert_eq!(kept, ["07700 900123 test-trust_admin"]);

    let history = admin.get(&format!("{place}/history")).expect(200);
    assert_eq!(
        history["persons"][0]["person"]["contacts"][2]["value"],
        "1 High Street, Larkrise, LR1 1AA"
    );
    let links: Vec<(&Value, &Value)> = history["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|since| (&since["pupil_id"], &since["link"]["priority"]))
        .collect();
    let (ada, ben) = (json!(ada), json!(ben));
    assert_eq!(links, [(&ada, &json!(1)), (&ben, &json!(1)), (&ada, &json!(3))]);
}

#[test]
fn parents_are_found_and_listed_by_name() {
    let Story { app: _app, admin, ada, .. } = Story::begin();
    let mother = add(&admin, ada, person("Okafor"), link("mother", 1));
    let father =
        add(&admin, ada, json!({ "surname": "Lind", "language": "en" }), link("father", 2));
    let named = |name: &str| {
        let list = admin.get(&format!("/v1/parents?name={name}")).expect(200);
        list["items"].as_array().unwrap().iter().map(|p| id(p, "parent_id")).collect::<Vec<_>>()
    };
    assert_eq!(
        (named("okafor+n"), named("LIND"), named("x")),
        (vec![mother], vec![father], vec![])
    );
    assert_eq!(named(""), [father, mother], "by name");
}

/// What a court has ordered about Ada and her father, who is Ben's father too; and where that is recorded.
fn ordered(story: &Story) -> (i32, String, Value) {
    let Story { admin, ada, ben, .. } = story;
    let father = add(admin, *ada, person("Lind"), link("father", 1));
    admin.put(&format!("/v1/pupils/{ben}/parents/{father}"), &link("father", 1)).expect(200);
    let place = format!("/v1/pupils/{ada}/parents/{father}/safeguards");
    let order = json!({
        "court_order": { "text": "Prohibited steps, family court", "from": "2026-10-01", "effects": ["no_information"] },
        "no_contact": { "text": "Through the social worker only", "from": "2026-10-01", "to": "2026-12-18" },
    });
    for role in ["school_office", "teacher", "trust_officer", "trust_admin"] {
        assert_eq!(story.of(role).put(&place, &order).problem(403), "forbidden", "{role}");
    }
    story.of("safeguarding_lead").put(&place, &order).expect(200);
    (father, place, order)
}

/// Whether to ask first about a pupil's first parent, and why.
fn seen(client: &Client, pupil: &i32) -> (Value, Value) {
    let page = client.get(&format!("/v1/pupils/{pupil}/parents")).expect(200);
    (page["parents"][0]["ask_first"].clone(), page["parents"][0]["safeguards"].clone())
}

#[test]
fn what_a_court_has_ordered_is_seen_by_those_who_lead_and_respected_by_all() {
    let story = Story::begin();
    let Story { ada, ben, .. } = &story;
    let (father, place, order) = ordered(&story);
    for role in ["safeguarding_lead", "school_lead"] {
        assert_eq!(seen(&story.of(role), ada), (json!(true), order.clone()), "{role}");
    }
    for role in ["school_office", "trust_admin", "trust_officer"] {
        let client = story.of(role);
        assert_eq!(seen(&client, ada), (json!(true), Value::Null), "{role}");
        let pages = [format!("/v1/pupils/{ada}/parents"), format!("/v1/parents/{father}")];
        for page in pages {
            let text = client.get(&page).text;
            assert!(!text.contains("court") && !text.contains("social worker"), "{role}: {text}");
        }
    }
    assert_eq!(
        story.of("teacher").get(&place.replace("/safeguards", "")).problem(405),
        "method-not-allowed"
    );
    // It is about this child; about the brother nothing is said.
    let lead = story.of("safeguarding_lead");
    assert_eq!(seen(&lead, ben), (json!(false), Value::Null));

    // Whoever corrects the relationship does not lift the order.
    story
        .of("school_office")
        .put(&format!("/v1/pupils/{ada}/parents/{father}"), &link("father", 2))
        .expect(200);
    assert_eq!(seen(&lead, ada), (json!(true), order));
}

#[test]
fn an_order_ends_or_is_lifted_and_stays_on_record() {
    let story = Story::begin();
    let Story { app, admin, ada, ben, .. } = &story;
    let (father, place, order) = ordered(&story);
    let lead = story.of("safeguarding_lead");
    // The one ends, the other goes on; when that is lifted too nobody need ask, and both stay on record.
    app.clock.set("2027-01-05T09:00:00Z");
    assert_eq!(seen(&lead, ada).0, json!(true));
    let ended = json!({ "no_contact": order["no_contact"] });
    assert_eq!(lead.put(&place, &ended).pointers(), ["/reason"]);
    let lifted = json!({ "no_contact": order["no_contact"], "reason": "Discharged" });
    lead.put(&place, &lifted).expect(200);
    assert_eq!(seen(&lead, ada), (json!(false), ended));
    // What has ended may go without a word.
    lead.put(&place, &json!({})).expect(200);
    assert_eq!(seen(&lead, ada), (json!(false), Value::Null));
    let history = format!("/v1/parents/{father}/history");
    let told = lead.get(&history).expect(200)["safeguards"].clone();
    let told: Vec<&Value> = told.as_array().unwrap().iter().map(|s| &s["safeguards"]).collect();
    assert_eq!(told, [&order, &json!({ "no_contact": order["no_contact"] }), &json!({})]);
    let office = story.of("school_office").get(&history);
    assert!(!office.text.contains("court") && office.status == 200, "{}", office.text);

    for (body, wrong) in [
        (json!({ "court_order": { "text": " ", "from": "2026-10-01" } }), "/court_order/text"),
        (
            json!({ "no_contact": { "text": "x", "from": "2026-10-01", "to": "2026-09-30" } }),
            "/no_contact/to",
        ),
    ] {
        let refused = lead.put(&place, &body);
        assert_eq!((refused.problem(422).as_str(), refused.pointers()), ("invalid", vec![wrong]));
    }
    let stranger = add(admin, *ben, person("Marsh"), link("mother", 1));
    let not_adas = format!("/v1/pupils/{ada}/parents/{stranger}/safeguards");
    assert_eq!(lead.put(&not_adas, &json!({})).problem(404), "not-found");
}

#[test]
fn a_school_sees_the_parents_of_its_pupils_and_a_mover_brings_theirs() {
    let story = Story::begin();
    let Story { app, trust, admin, ada, ben, .. } = &story;
    let two = school(admin, 2, "primary");
    let there = class(admin, two, "6A");
    let mother = add(admin, *ada, person("Okafor"), link("mother", 1));
    admin.put(&format!("/v1/pupils/{ben}/parents/{mother}"), &link("mother", 1)).expect(200);
    let second = app.school_client("school_office", *trust, &[two]);
    let place = format!("/v1/parents/{mother}");
    assert_eq!(second.get(&place).problem(404), "not-found");
    assert_eq!(second.put(&place, &person("X")).problem(404), "not-found");
    assert_eq!(second.get("/v1/parents").expect(200)["items"], json!([]));
    let own = unenrolled(&second, two, 9, "2015-03-14");
    let link_own = format!("/v1/pupils/{own}/parents/{mother}");
    assert_eq!(second.put(&link_own, &link("mother", 1)).problem(404), "not-found");

    enrol(admin, *ada, there, ("2026-11-23", None)).expect(201);
    let page = second.get(&place).expect(200);
    let children: Vec<&Value> =
        page["children"].as_array().unwrap().iter().map(|child| &child["pupil_id"]).collect();
    assert_eq!(children, [&json!(ada)], "the brother is at the other school");
    assert_eq!(order(&second, *ada), [mother]);
}

#[test]
fn what_was_recorded_of_a_merged_record_still_protects_the_child() {
    let story = Story::begin();
    let Story { app, trust, admin, .. } = &story;
    let two = school(admin, 2, "primary");
    let there = class(admin, two, "6A");
    let again = unenrolled(admin, two, 9, "2015-03-14");
    enrol(admin, again, there, ("2026-11-02", None)).expect(201);
    let father = add(admin, again, person("Lind"), link("father", 1));
    let second = app.school_client("safeguarding_lead", *trust, &[two]);
    let order = json!({ "no_contact": { "text": "Family court", "from": "2026-10-01" } });
    second.put(&format!("/v1/pupils/{again}/parents/{father}/safeguards"), &order).expect(200);
    let days = json!({ "into": story.ada, "reason": "Entered twice" });
    admin.post(&format!("/v1/pupils/{again}/merge"), &days).expect(200);
    // The first school, which never saw the other record, is warned; also when it links the father anew.
    let office = story.of("school_office");
    let place = format!("/v1/pupils/{}/parents", story.ada);
    let warned =
        |client: &Client| client.get(&place).expect(200)["parents"][0]["ask_first"].clone();
    assert_eq!(warned(&office), true);
    office.put(&format!("{place}/{father}"), &link("father", 2)).expect(200);
    assert_eq!(warned(&office), true);
    let lead = story.of("safeguarding_lead");
    assert_eq!(lead.get(&place).expect(200)["parents"][0]["safeguards"], order);
}

#[test]
fn a_parent_who_cannot_be_kept_is_refused_with_every_place() {
    let story = Story::begin();
    let Story { app, admin, ada, .. } = &story;
    let facts = Sql::of(&app.database).facts();
    let place = format!("/v1/pupils/{ada}/parents");
    let contact = |kind: &str, value: &str| json!({ "kind": kind, "value": value });
    let wrong = json!({ "person": {
        "title": "", "forename": "a\nb", "surname": " ", "language": "?",
        "contacts": [
            contact("mobile", "call her"), contact("email", "a@b"), contact("address", ""),
            contact("home", "020 7946 0123"),
        ] }, "link": link("mother", 1) });
    let refused = admin.post(&place, &wrong);
    assert_eq!(refused.problem(422), "invalid");
    let expected = [
        "/person/surname",
        "/person/forename",
        "/person/title",
        "/person/language",
        "/person/contacts/0/value",
        "/person/contacts/1/value",
        "/person/contacts/2/value",
    ];
    assert_eq!(refused.pointers(), expected);
    for (relationship, priority, status, at) in
        [("mother", 0, 422, "/link/priority"), ("aunt", 1, 400, "/link/relationship")]
    {
        let body = json!({ "person": person("A"), "link": link(relationship, priority) });
        let refused = admin.post(&place, &body);
        assert_eq!((refused.status, refused.pointers()), (status, vec![at]));
    }
    assert_eq!(Sql::of(&app.database).facts(), facts);
    let key = [("idempotency-key", "parent-1")];
    let body = json!({ "person": person("A"), "link": link("mother", 1) });
    let once = admin.json("POST", &place, &key, &body).expect(201);
    assert_eq!(admin.json("POST", &place, &key, &body).expect(201), once);
    assert_eq!(order(admin, *ada).len(), 1);
}
