//! A child who has left: who may see and do what before, during and after the time at a school. A story a cell of the
//! table in `api/roll/src/visibility/table.rs`.

mod joining;
mod leavers;
mod orders;
mod ways_around;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::house::authz::{World, every_operation};
use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{class, id, school, unenrolled, upn};
use crate::support::one_school::one_trust;
use crate::support::roll::{enrol, enrolment_of};
use crate::support::sql::Sql;

/// What a former school is answered when it writes.
const REFUSED: &str = "another-schools-pupil";

/// Ada, who was at one school until July and is at another since September, with her mother.
struct Story {
    app: TestApp,
    trust: i32,
    schools: [i32; 2],
    classes: [i32; 2],
    ada: i32,
    mother: i32,
}

/// The number of Ada's UPN since the new school corrected it.
const NEW_NUMBER: u32 = 71;
const OLD_ADDRESS: &str = "1 Old Road, Larkrise, LR1 1AA";
const NEW_ADDRESS: &str = "9 New Road, Candleford, CF9 9ZZ";

fn mother(address: &str) -> Value {
    json!({
        "title": "Mrs", "forename": "Ngozi", "surname": "Okafor", "language": "en",
        "contacts": [
            { "kind": "mobile", "value": "07700 900123" },
            { "kind": "address", "value": address },
        ],
    })
}

fn link(priority: i16) -> Value {
    json!({ "relationship": "mother", "priority": priority, "responsibility": true, "lives_with": true })
}

fn order(text: &str) -> Value {
    json!({ "no_contact": { "text": text, "from": "2026-09-02" } })
}

impl Story {
    /// Ada at her first school, which recorded an order and the address.
    fn begin() -> Self {
        let app = TestApp::start();
        app.clock.set("2026-09-03T08:00:00Z");
        let trust = app.trust("Larkrise");
        let admin = app.client("trust_admin", trust);
        let schools = [school(&admin, 1, "primary"), school(&admin, 2, "primary")];
        let classes = schools.map(|school| class(&admin, school, "6A"));
        let ada = unenrolled(&admin, schools[0], 1, "2015-01-31");
        enrol(&admin, ada, classes[0], ("2026-09-02", None)).expect(201);
        let body = json!({ "person": mother(OLD_ADDRESS), "link": link(1) });
        let mother =
            id(&admin.post(&format!("/v1/pupils/{ada}/parents"), &body).expect(201), "parent_id");
        let story = Self { app, trust, schools, classes, ada, mother };
        story.before("safeguarding_lead").put(&story.safeguards(), &order("As before")).expect(200);
        story
    }

    /// The same after she has moved to the second school, which has recorded what it learned.
    fn moved() -> Self {
        let story = Self::begin();
        story.moves("2026-11-02");
        story.app.clock.set("2026-11-18T10:00:00Z");
        story.learns();
        story
    }

    fn moves(&self, first_day: &str) {
        let body = json!({
            "from_enrolment": enrolment_of(&self.before("school_office"), self.ada),
            "class_id": self.classes[1], "first_day": first_day,
        });
        self.admin().post(&format!("/v1/pupils/{}/move", self.ada), &body).expect(201);
    }

    /// The new school records another address, another name, another order and a stranger.
    fn learns(&self) {
        let Self { ada, mother: parent, .. } = self;
        let (office, lead) = (self.now("school_office"), self.now("safeguarding_lead"));
        let corrected =
            json!({ "surname": "Changed", "upn": upn(NEW_NUMBER), "reason": "Adoption" });
        office.post(&format!("/v1/pupils/{ada}/corrections"), &corrected).expect(201);
        let mut renamed = mother(NEW_ADDRESS);
        renamed["surname"] = json!("Changed-Too");
        office.put(&format!("/v1/parents/{parent}"), &renamed).expect(200);
        let mut both = order("As before");
        both["court_order"] = json!({ "text": "Secret order", "from": "2026-11-10" });
        lead.put(&self.safeguards(), &both).expect(200);
        let stranger = json!({
            "person": { "surname": "Stranger", "language": "en" },
            "link": { "relationship": "grandparent", "priority": 2 },
        });
        office.post(&format!("/v1/pupils/{ada}/parents"), &stranger).expect(201);
    }

    fn safeguards(&self) -> String {
        format!("/v1/pupils/{}/parents/{}/safeguards", self.ada, self.mother)
    }

    fn admin(&self) -> Client {
        self.app.client("trust_admin", self.trust)
    }

    fn before(&self, role: &str) -> Client {
        self.app.school_client(role, self.trust, &self.schools[..1])
    }

    fn now(&self, role: &str) -> Client {
        self.app.school_client(role, self.trust, &self.schools[1..])
    }
}

/// What changes by itself meanwhile.
const CLOCKWORK: [&str; 5] = ["idempotency", "job", "job_queue", "run", "run_item"];

/// What must not be read by a school that the child has left.
const LATER: [&str; 4] = ["Changed", "New Road", "Secret order", "Stranger"];

#[track_caller]
fn tells_nothing_later(answer: &Answer) {
    for text in LATER {
        assert!(!answer.text.contains(text), "{text}: {}", answer.text);
    }
}

#[test]
fn a_former_school_sees_what_it_knew_and_changes_nothing() {
    let story = Story::moved();
    let Story { ada, mother: parent, .. } = &story;
    let admin = &story.admin();
    let reads = [
        format!("/v1/pupils/{ada}"),
        format!("/v1/pupils/{ada}/history"),
        format!("/v1/pupils/{ada}/parents"),
        format!("/v1/parents/{parent}"),
        format!("/v1/parents/{parent}/history"),
        "/v1/parents".to_owned(),
        "/v1/pupils".to_owned(),
        "/v1/pupils?name=changed".to_owned(),
    ];
    for role in ["school_lead", "school_office", "safeguarding_lead"] {
        let client = story.before(role);
        for path in &reads {
            let answer = client.get(path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            tells_nothing_later(&answer);
        }
        assert_eq!(client.get(&reads[0]).body["surname"], "Surname1");
        let parents = client.get(&reads[2]).expect(200);
        assert_eq!(parents["parents"].as_array().unwrap().len(), 1);
        let one = &parents["parents"][0];
        assert_eq!(one["parent"]["person"]["contacts"][1]["value"], OLD_ADDRESS);
        assert_eq!(one["ask_first"], true);
        // The order that it knew is for its safeguarding lead alone.
        let told = one["safeguards"]["no_contact"]["text"] == "As before";
        assert_eq!(told, role == "safeguarding_lead", "{one}");
        assert_eq!(client.get(&reads[3]).body["children"].as_array().unwrap().len(), 1);
    }

    let before = Sql::of(&story.app.database).everything_but(&CLOCKWORK);
    let (lead, office) = (story.before("school_lead"), story.before("school_office"));
    let pupil = format!("/v1/pupils/{ada}");
    let stranger = json!({
        "person": { "surname": "S", "language": "en" },
        "link": { "relationship": "other", "priority": 1 },
    });
    let days = json!({ "first_day": "2026-09-02", "last_day": null });
    let stay = enrolment_of(&office, *ada);
    for answer in [
        lead.put(&story.safeguards(), &json!({})),
        story.before("safeguarding_lead").put(&story.safeguards(), &json!({ "reason": "Gone" })),
        lead.put(
            &format!("/v1/parents/{parent}"),
            &json!({ "surname": "Okafor", "language": "en" }),
        ),
        lead.post(&format!("{pupil}/corrections"), &json!({ "surname": "X", "reason": "Y" })),
        lead.post(&format!("{pupil}/letters/stop"), &json!({ "stopped": true, "reason": "Y" })),
        office.put(&format!("{pupil}/parents/{parent}"), &link(9)),
        office.post(&format!("{pupil}/parents"), &stranger),
        // Nor does it take the child back on its roll to get at the rest.
        enrol(&office, *ada, story.classes[0], ("2026-11-18", None)),
        office.put(&format!("/v1/enrolments/{stay}/days"), &days),
    ] {
        assert_eq!(answer.problem(403), REFUSED);
    }
    assert_eq!(Sql::of(&story.app.database).everything_but(&CLOCKWORK), before);
    // The new school and the trust have it all.
    for client in [&story.now("school_office"), admin] {
        assert_eq!(client.get(&pupil).expect(200)["surname"], "Changed");
        assert_eq!(client.get(&reads[2]).expect(200)["parents"].as_array().unwrap().len(), 2);
    }
    let told = story.now("safeguarding_lead").get(&reads[2]).expect(200);
    assert_eq!(told["parents"][0]["safeguards"]["no_contact"]["text"], "As before");
    assert_eq!(told["parents"][0]["safeguards"]["court_order"]["text"], "Secret order");
}

#[test]
fn a_former_school_finds_a_child_by_what_it_knew_and_by_nothing_later() {
    let story = Story::moved();
    let Story { ada, mother: parent, schools, .. } = &story;
    let searches = |client: &Client, list: &str, key: &str, who: i32, by: [&str; 2]| {
        by.map(|by| {
            let found = client.get(&format!("/v1/{list}?{by}")).expect(200);
            let items = found["items"].as_array().unwrap();
            items.iter().any(|item| item[key] == who)
        })
    };
    let (old, new) = (upn(1), upn(NEW_NUMBER));
    let numbers = [format!("upn={old}"), format!("upn={new}")];
    let by_number = [numbers[0].as_str(), numbers[1].as_str()];
    let before = story.before("school_office");
    assert_eq!(searches(&before, "pupils", "pupil_id", *ada, by_number), [true, false]);
    let by_name = ["name=surname1", "name=changed"];
    assert_eq!(searches(&before, "pupils", "pupil_id", *ada, by_name), [true, false]);
    let at = [format!("school_id={}", schools[0]), "limit=1".to_owned()];
    let at = [at[0].as_str(), at[1].as_str()];
    assert_eq!(searches(&before, "pupils", "pupil_id", *ada, at), [true, true]);
    let by_name = ["name=okafor", "name=changed-too"];
    assert_eq!(searches(&before, "parents", "parent_id", *parent, by_name), [true, false]);
    assert_eq!(before.get(&format!("/v1/pupils/{ada}")).expect(200)["upn"], json!(old));
    // The school that has her finds her by both numbers, and by the present names alone.
    let now = story.now("school_office");
    assert_eq!(searches(&now, "pupils", "pupil_id", *ada, by_number), [true, true]);
    let by_name = ["name=surname1", "name=changed"];
    assert_eq!(searches(&now, "pupils", "pupil_id", *ada, by_name), [false, true]);
    let by_name = ["name=okafor", "name=changed-too"];
    assert_eq!(searches(&now, "parents", "parent_id", *parent, by_name), [false, true]);
    // A later correction of the sex is for every school that counts her, and tells nothing else.
    let corrected = json!({ "sex": "F", "reason": "Birth certificate seen" });
    story.admin().post(&format!("/v1/pupils/{ada}/corrections"), &corrected).expect(201);
    let seen = before.get(&format!("/v1/pupils/{ada}")).expect(200);
    assert_eq!((&seen["sex"], &seen["surname"]), (&json!("F"), &json!("Surname1")));
    // Back at her first school she is known as she stands now.
    story.app.clock.set("2026-11-30T10:00:00Z");
    let body = json!({
        "from_enrolment": enrolment_of(&story.now("school_office"), *ada),
        "class_id": story.classes[0], "first_day": "2026-11-25",
    });
    story.admin().post(&format!("/v1/pupils/{ada}/move"), &body).expect(201);
    let back = story.before("school_office").get(&format!("/v1/pupils/{ada}")).expect(200);
    assert_eq!((&back["upn"], &back["surname"]), (&json!(new), &json!("Changed")));
}

#[test]
fn the_database_holds_it_too() {
    let story = Story::begin();
    story.moves("2026-11-02");
    story.app.clock.set("2026-11-18T10:00:00Z");
    let Story { app, trust, schools, ada, mother: parent, .. } = &story;
    let mut role = Sql::at(&app.database.url(api::base::migrate::APPLICATION));
    role.run(&format!("SET app.trust_id = '{trust}'; SET app.schools = '{{{}}}'", schools[0]));
    // Whoever writes first about her says who may from now on.
    story
        .now("school_office")
        .put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS))
        .expect(200);
    let said = role.refused(&format!("UPDATE pupil SET surname = 'X' WHERE pupil_id = {ada}"));
    assert!(said.contains("violates row-level security"), "{said}");
    story.learns();
    let names = "SELECT surname || ' ' || upn FROM ";
    assert_eq!(role.texts(&format!("{names} pupil")), Vec::<String>::new());
    let knew = vec![format!("Surname1 {}", upn(1))];
    assert_eq!(role.texts(&format!("{names} pupil_known")), knew);
    role.run(&format!("UPDATE pupil SET surname = 'X' WHERE pupil_id = {ada}"));
    let stands = vec![format!("Changed {}", upn(NEW_NUMBER))];
    assert_eq!(Sql::of(&app.database).texts(&format!("{names} pupil")), stands);
    let later = [
        "SELECT count(*) FROM parent WHERE contacts::text LIKE '%New Road%'",
        "SELECT count(*) FROM parent_safeguard WHERE court_order IS NOT NULL",
        "SELECT count(*) FROM pupil_change WHERE field = 'surname'",
        "SELECT count(*) FROM parent WHERE surname = 'Stranger'",
    ];
    for query in later {
        assert_eq!(role.number(query), 0, "{query}");
        assert_eq!(Sql::of(&app.database).number(query), 1, "{query}");
    }
    assert_eq!(role.number("SELECT count(*) FROM pupil_parent"), 1);
    role.run(&format!("UPDATE parent SET contacts = '[]' WHERE parent_id = {parent}"));
    let kept = "SELECT count(*) FROM parent WHERE contacts::text LIKE '%New Road%'";
    assert_eq!(Sql::of(&app.database).number(kept), 1);
}

#[test]
fn a_parent_of_two_has_numbers_everywhere_and_an_address_where_the_child_lives() {
    let story = Story::begin();
    let Story { ada, mother: parent, .. } = &story;
    let admin = &story.admin();
    let ben = unenrolled(admin, story.schools[1], 2, "2016-01-31");
    enrol(admin, ben, story.classes[1], ("2026-09-02", None)).expect(201);
    let elsewhere = json!({ "relationship": "mother", "priority": 1, "responsibility": true });
    admin.put(&format!("/v1/pupils/{ben}/parents/{parent}"), &elsewhere).expect(200);
    let place = format!("/v1/parents/{parent}");
    let seen = story.now("safeguarding_lead").get(&place);
    assert!(seen.text.contains("07700 900123"), "{}", seen.text);
    for text in ["Old Road", "As before", &format!("\"pupil_id\":{ada},")] {
        assert!(!seen.text.contains(text), "{text}: {}", seen.text);
    }
    let office = story.now("school_office");
    let mut number = mother("");
    number["contacts"] = json!([{ "kind": "mobile", "value": "07700 900456" }]);
    office.put(&place, &number).expect(200);
    let old = story.before("school_office").get(&place).expect(200);
    let contacts: Vec<&str> = old["parent"]["person"]["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["value"].as_str().unwrap())
        .collect();
    assert_eq!(contacts, ["07700 900456", OLD_ADDRESS]);
}

/// What the leads and the office of a former school are refused, of all that names the child, a parent, or what is about
/// them. Everything else is the school's own, or is read as it was known; a move names a class of the other school.
const REFUSED_OPERATIONS: [&str; 21] = [
    "add_parent",
    "correct_pupil",
    "create_enrolment",
    "give_notice_to_improve",
    "make_plan",
    "offer_meeting",
    "prepare_case_file",
    "prepare_referral",
    "propose_notice",
    "put_days",
    "put_link",
    "put_parent",
    "put_safeguards",
    "read_earlier",
    "read_earlier_marks",
    "record_adjustment",
    "record_conversation",
    "record_received",
    "record_visit",
    "request_period",
    "stop_letters",
];

#[test]
fn no_operation_of_the_document_reaches_a_child_who_has_left() {
    let (app, trust, admin) = one_trust();
    let world = World::prepare(&app, trust, 1);
    let [school, annex, _, annex_class, pupil, _, absentee, enrolment, parent, ..] = world.ids;
    app.clock.set("2026-11-18T11:00:00Z");
    for (pupil, pupil_number) in [(pupil, 9_071), (absentee, 9_072)] {
        let list = admin.get(&format!("/v1/enrolments?pupil_id={pupil}")).expect(200);
        let from =
            if pupil == absentee { id(&list["items"][0], "enrolment_id") } else { enrolment };
        let body =
            json!({ "from_enrolment": from, "class_id": annex_class, "first_day": "2026-11-18" });
        admin.post(&format!("/v1/pupils/{pupil}/move"), &body).expect(201);
        let office = app.school_client("school_office", trust, &[annex]);
        let corrected =
            json!({ "surname": "Changed", "upn": upn(pupil_number), "reason": "Adoption" });
        office.post(&format!("/v1/pupils/{pupil}/corrections"), &corrected).expect(201);
    }
    let office = app.school_client("school_office", trust, &[annex]);
    office.put(&format!("/v1/parents/{parent}"), &mother(NEW_ADDRESS)).expect(200);
    let secret = json!({ "court_order": { "text": "Secret order", "from": "2026-11-18" } });
    let lead = app.school_client("safeguarding_lead", trust, &[annex]);
    lead.put(&format!("/v1/pupils/{pupil}/parents/{parent}/safeguards"), &secret).expect(200);
    let there = |client: &Client| {
        [
            format!("/v1/pupils/{pupil}"),
            format!("/v1/pupils/{pupil}/parents"),
            format!("/v1/parents/{parent}"),
        ]
        .map(|path| client.get(&path).expect(200))
    };
    let before = there(&lead);
    let mut refused = BTreeSet::new();
    let mut fresh = 5_000;
    for role in ["school_lead", "safeguarding_lead", "school_office"] {
        let former = app.school_client(role, trust, &[school]);
        for operation in every_operation().iter().filter(|one| one.permission.is_some()) {
            let answer = operation.call(&former, &world, &mut fresh);
            assert_ne!(answer.status, 500, "{}: {}", operation.id, answer.text);
            tells_nothing_later(&answer);
            if answer.status == 403 && answer.problem(403) == REFUSED {
                refused.insert(operation.id.clone());
            }
        }
    }
    assert_eq!(there(&lead), before);
    let refused: Vec<&str> = refused.iter().map(String::as_str).collect();
    assert_eq!(refused, REFUSED_OPERATIONS);
}
