//! How far every operation of the document reaches, for every way in which a school can stand to a child: called with the
//! child's number and everything that was recorded about it, and looked through for what was planted.

mod table;

use std::collections::BTreeMap;

use domain::Roles;
use serde_json::json;

use self::table::{REACH, Reach};
use super::authz::{Operation, World, every_operation};
use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{class, id, marks, school, unenrolled, upn};
use crate::support::roll::{enrol, put_fact};
use crate::support::sql::Sql;

/// What was planted, and how far it goes.
const NAME: &str = "Canariana";
const NUMBER: &str = "07700 900777";
const ADDRESS: &str = "77 Canary Road, Candleford, CF9 9ZZ";
const ORDER: &str = "Canaryorder of the family court";
const WORK: &str = "Canarywork";
/// Of a penalty notice: the limits hold wherever the child is taught, so that every school that has the child sees it.
const NOTICE: &str = "Canarynotice";

/// What the database shows and the API does not: a parent's row is one for all children, and where the parent lives is told
/// to the schools of the children who live there.
const ONE_ROW: (&str, Stands, &str) = ("parent", Stands::Siblings, ADDRESS);

/// The roles that call: between them they hold every permission that a school has.
const ROLES: [&str; 3] = ["school_lead", "safeguarding_lead", "school_office"];

/// How a school stands to the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// Before the first day.
    Joining,
    /// On roll at the main school.
    Main,
    /// On roll beside the main school.
    Subsidiary,
    /// The last school, of a child who is on no roll.
    Keeping,
    /// The last school before the one that has the child.
    Previous,
    /// A school before that.
    Former,
    /// The child was never there.
    Never,
    /// The child's brother is there.
    Siblings,
}

impl Stands {
    /// What of the planted it must not see.
    fn hidden(self) -> &'static [&'static str] {
        match self {
            Self::Main | Self::Keeping => &[],
            Self::Subsidiary => &[WORK],
            Self::Joining => &[ORDER, WORK, NOTICE],
            Self::Siblings => &[NAME, ADDRESS, ORDER, WORK, NOTICE],
            Self::Previous | Self::Former | Self::Never => {
                &[NAME, NUMBER, ADDRESS, ORDER, WORK, NOTICE]
            }
        }
    }
}

/// A school that calls.
struct Other {
    stands: Stands,
    school: i32,
    class: i32,
    /// The child's time there, if there is any.
    enrolment: Option<i32>,
}

/// A world with a child, the school that has it, and others.
struct Stage {
    trust: i32,
    number: u32,
    world: World,
    others: Vec<Other>,
}

impl Stage {
    /// `on_roll`: the world's school still has the child.
    fn prepare(app: &TestApp, trust: i32, number: u32, on_roll: bool) -> Self {
        let admin = &app.client("trust_admin", trust);
        let world = World::prepare(app, trust, number);
        let [_, _, _, _, pupil, _, absentee, ..] = world.ids;
        let mut others = Vec::new();
        let ways: &[(Stands, Option<(&str, Option<&str>)>)] = &[
            (Stands::Never, None),
            (Stands::Siblings, None),
            (Stands::Former, Some(("2026-09-02", Some("2026-09-10")))),
            (Stands::Previous, Some(("2026-09-02", Some("2026-09-20")))),
            (Stands::Subsidiary, Some(("2026-09-02", None))),
            (Stands::Joining, Some(("2026-12-01", None))),
        ];
        let ways = ways.iter().filter(|way| on_roll || way.0 == Stands::Joining);
        for (at, (stands, days)) in (1..).zip(ways) {
            let school = school(admin, number + 600 + at, "primary");
            let class = class(admin, school, "6A");
            let mut enrolment = None;
            for child in [pupil, absentee] {
                let Some(days) = *days else { continue };
                let one = id(&enrol(admin, child, class, days).expect(201), "enrolment_id");
                enrolment.get_or_insert(one);
                if *stands == Stands::Subsidiary {
                    let fact = json!("subsidiary");
                    put_fact(admin, one, "registration", "2026-09-02", fact).expect(200);
                }
            }
            others.push(Other { stands: *stands, school, class, enrolment });
        }
        Self { trust, number, world, others }
    }

    fn thing(&self, name: &str) -> i32 {
        let at = super::authz::THINGS.iter().position(|thing| *thing == name);
        self.world.ids[at.expect("a thing of the world")]
    }

    /// The school that has the child records what the others must not all see.
    fn plant(&self, app: &TestApp) {
        let number = self.number;
        let [school, pupil, absentee, parent] =
            ["school", "pupil", "absentee", "parent"].map(|name| self.thing(name));
        let client = |role: &str| app.school_client(role, self.trust, &[school]);
        let (lead, office) = (client("school_lead"), client("school_office"));
        for (child, number) in [(pupil, number + 700), (absentee, number + 750)] {
            let names = json!({ "surname": NAME, "upn": upn(number), "reason": "Adoption" });
            office.post(&format!("/v1/pupils/{child}/corrections"), &names).expect(201);
        }
        let link = json!({ "relationship": "father", "priority": 2, "lives_with": true });
        let father = format!("/v1/pupils/{pupil}/parents/{parent}");
        office.put(&father, &link).expect(200);
        let contacts = [("mobile", NUMBER), ("address", ADDRESS)]
            .map(|(kind, value)| json!({ "kind": kind, "value": value }));
        let person = json!({ "surname": "A", "language": "en", "contacts": contacts });
        office.put(&format!("/v1/parents/{parent}"), &person).expect(200);
        let order = json!({ "no_contact": { "text": ORDER, "from": "2026-11-01" } });
        client("safeguarding_lead").put(&format!("{father}/safeguards"), &order).expect(200);
        let review = self.thing("review");
        for child in [pupil, absentee] {
            let about = json!({ "school_id": school, "pupil_id": child });
            let offer = json!({ "day": "2026-11-18", "at": "15:30:00", "place": WORK });
            let item = json!({ "what": WORK, "who": "Jo" });
            for (path, body) in [
                (
                    "/v1/meetings".to_owned(),
                    json!({ "about": about, "kind": "informal", "offer": offer }),
                ),
                (
                    "/v1/plans".to_owned(),
                    json!({ "about": about, "kind": "action_plan", "basis": { "sent_anyway": true }, "items": [item] }),
                ),
                (
                    "/v1/visits".to_owned(),
                    json!({ "about": about, "day": "2026-11-18", "visit": { "made": false, "says": WORK } }),
                ),
                (
                    "/v1/referrals".to_owned(),
                    json!({ "about": about, "to": "ewo", "name": WORK, "why": WORK }),
                ),
                (
                    format!("/v1/schools/{school}/reported-absences"),
                    json!({ "pupil_id": child, "first_day": "2026-11-18", "reason": WORK, "reported_by": "Mother" }),
                ),
                (
                    format!("/v1/pupils/{child}/marks/amendments"),
                    json!({ "reason": WORK, "changes": [{ "date": "2026-11-17", "session": "AM", "mark": "M" }] }),
                ),
            ] {
                lead.post(&path, &body).expect(201);
            }
        }
        let says = json!({ "pupil_id": absentee, "says": WORK });
        lead.post(&format!("/v1/reviews/{review}/feedback"), &says).expect(201);
        let notice = json!({ "parent_id": parent, "school_id": school, "reason": NOTICE });
        let answer = lead.post(&format!("/v1/pupils/{pupil}/notices"), &notice);
        assert!((200..300).contains(&answer.status), "{}", answer.text);
    }

    /// The world as a school names it: with its own school, class and time of the child where it has them.
    fn as_named_by(&self, other: &Other) -> World {
        let mut named = World { urn: self.world.urn.clone(), ids: self.world.ids };
        for (at, thing) in super::authz::THINGS.iter().enumerate() {
            named.ids[at] = match *thing {
                "school" | "annex" => other.school,
                "class" | "annex_class" => other.class,
                "enrolment" => other.enrolment.unwrap_or(named.ids[at]),
                _ => named.ids[at],
            };
        }
        named
    }
}

/// What came of calls of one operation, by everybody of a school who may call it at all.
fn outcome(answer: &Answer) -> &'static str {
    match answer.status {
        403 if answer.problem(403) == "another-schools-pupil" => "refused",
        404 => "hidden",
        200..300 => "yes",
        _ => "asked",
    }
}

/// Calls an operation as each role that may, and looks through the answers.
fn call(
    operation: &Operation,
    app: &TestApp,
    (trust, school, stands): (i32, i32, Stands),
    (world, child): (&World, i32),
    fresh: &mut u32,
) -> Vec<&'static str> {
    let roles = Roles::built_in().unwrap();
    let may =
        |role: &&&str| operation.permission.as_ref().is_none_or(|one| roles.allows(role, one));
    let mut found = Vec::new();
    for role in ROLES.iter().filter(may) {
        let client: Client = app.school_client(role, trust, &[school]);
        let answer = operation.call(&client, world, fresh);
        assert_ne!(answer.status, 500, "{} as {stands:?} {role}: {}", operation.id, answer.text);
        for text in stands.hidden() {
            let told = answer.text.contains(text);
            assert!(!told, "{} tells {stands:?} {role} {text}: {}", operation.id, answer.text);
        }
        if matches!(stands, Stands::Siblings | Stands::Never) {
            let names = answer.text.contains(&format!("\"pupil_id\":{child},"));
            assert!(!names, "{} names the child to {stands:?}: {}", operation.id, answer.text);
        }
        if !(answer.status == 403 && answer.problem(403) == "forbidden") {
            found.push(outcome(&answer));
        }
    }
    found.dedup();
    found
}

/// Operations that change how schools stand to the child are called last.
const MOVES: [&str; 9] = [
    "create_enrolment",
    "put_days",
    "put_destination",
    "move_pupil",
    "merge_pupils",
    "split_pupil",
    "undo_import",
    "create_import",
    "put_part",
];

/// What is expected of an operation; one that nobody has thought about fails here.
fn expected(operation: &Operation) -> &'static Reach {
    let row = REACH.iter().find(|row| row.operations.contains(&operation.id.as_str()));
    row.unwrap_or_else(|| {
        panic!(
            "nobody has said how far {} reaches: it belongs in a row of tests/it/house/reach/table.rs",
            operation.id
        )
    })
}

#[test]
fn every_operation_reaches_as_far_as_the_table_says() {
    let app = TestApp::start();
    let trust = app.trust("Larkrise");
    let stages = [(11, true), (31, false)].map(|(number, on_roll)| {
        let stage = Stage::prepare(&app, trust, number, on_roll);
        (on_roll, stage)
    });
    let mut operations = every_operation();
    operations.retain(|operation| operation.permission.is_some());
    operations.sort_by_key(|operation| MOVES.contains(&operation.id.as_str()));
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut fresh = 20_000;
    for (on_roll, stage) in &stages {
        let [school, pupil, parent] = ["school", "pupil", "parent"].map(|name| stage.thing(name));
        let admin = app.client("trust_admin", trust);
        for other in stage.others.iter().filter(|other| other.stands == Stands::Siblings) {
            let brother = unenrolled(&admin, other.school, stage.number + 800, "2016-01-31");
            enrol(&admin, brother, other.class, ("2026-09-02", None)).expect(201);
            let link = json!({ "relationship": "father", "priority": 1 });
            admin.put(&format!("/v1/pupils/{brother}/parents/{parent}"), &link).expect(200);
        }
        stage.plant(&app);
        if !on_roll {
            leave(&admin, stage);
        }
        the_database_shows_no_more(&app, stage);
        for other in &stage.others {
            past_days_tell_no_more(&app, stage, other);
            for world in [&stage.as_named_by(other), &stage.world] {
                let own = world.ids[0] == other.school;
                for operation in &operations {
                    let who = (trust, other.school, other.stands);
                    let found = call(operation, &app, who, (world, pupil), &mut fresh);
                    let expected = expected(operation);
                    if !expected.allows(other.stands, own, operation, &found) {
                        let named = format!("{} ({})", operation.id, expected.what);
                        let of = wrong.entry(named).or_default();
                        of.push(format!("{:?} own {own}: {found:?}", other.stands));
                    }
                }
            }
        }
        let stands = if *on_roll { Stands::Main } else { Stands::Keeping };
        for operation in &operations {
            let who = (trust, school, stands);
            let found = call(operation, &app, who, (&stage.world, pupil), &mut fresh);
            let expected = expected(operation);
            if !expected.allows(stands, true, operation, &found) {
                let named = format!("{} ({})", operation.id, expected.what);
                let of = wrong.entry(named).or_default();
                of.push(format!("{stands:?}: {found:?}"));
            }
        }
    }
    let wrong: Vec<String> =
        wrong.into_iter().map(|(of, how)| format!("{of}: {}", how.join("; "))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Both children leave the world's school, and are on no roll.
fn leave(admin: &Client, stage: &Stage) {
    let school = stage.thing("school");
    for child in ["pupil", "absentee"].map(|name| stage.thing(name)) {
        let list = admin.get(&format!("/v1/enrolments?pupil_id={child}&school_id={school}"));
        let enrolment = id(&list.expect(200)["items"][0], "enrolment_id");
        let days = json!({ "first_day": "2026-09-02", "last_day": "2026-11-17" });
        admin.put(&format!("/v1/enrolments/{enrolment}/days"), &days).expect(200);
    }
}

/// What a school is told of days on which the child was there, and what it finds when it searches.
fn past_days_tell_no_more(app: &TestApp, stage: &Stage, other: &Other) {
    let (trust, number, Other { stands, school, class, .. }) = (stage.trust, stage.number, other);
    let [pupil, absentee] = ["pupil", "absentee"].map(|name| stage.thing(name));
    if matches!(stands, Stands::Former | Stands::Previous | Stands::Subsidiary) {
        let office = app.school_client("school_office", trust, &[*school]);
        let register = format!("/v1/classes/{class}/registers/2026-09-03/AM");
        office.put(&register, &marks(&[(pupil, "N"), (absentee, "N")])).expect(200);
    }
    let here = format!("/v1/schools/{school}");
    let mut paths = vec![
        format!("{here}/contacts/2026-09-03"),
        format!("{here}/reports/log?from=2026-09-02&to=2026-11-18"),
        format!("/v1/classes/{class}?on=2026-09-03"),
        format!("/v1/classes/{class}/registers/2026-09-03/AM"),
        format!("/v1/enrolments?school_id={school}&on=2026-09-03"),
        format!("/v1/enrolments?pupil_id={pupil}"),
        format!("/v1/pupils?school_id={school}"),
        "/v1/pupils?name=canariana".to_owned(),
        format!("/v1/pupils?upn={}", upn(number + 700)),
        format!("/v1/analytics/explain?schools={school}&classes={class}"),
    ];
    let lists = ["at-risk", "declined", "slt", "safeguarding", "classes", "governors"];
    paths.extend(lists.map(|list| format!("{here}/reports/{list}?day=2026-09-08")));
    for role in ROLES {
        let client = app.school_client(role, trust, &[*school]);
        for path in &paths {
            let answer = client.get(path);
            assert_ne!(answer.status, 500, "{path}: {}", answer.text);
            for text in stands.hidden() {
                let told = answer.text.contains(text);
                assert!(!told, "{path} tells {stands:?} {role} {text}: {}", answer.text);
            }
        }
    }
}

/// What a session in the database that is bound to a school reads of the planted.
fn the_database_shows_no_more(app: &TestApp, stage: &Stage) {
    let tables = Sql::of(&app.database).texts(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'trust_id' \
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname <> 'job_queue'",
    );
    let mut found = Vec::new();
    for other in &stage.others {
        let mut role = Sql::at(&app.database.url(api::base::migrate::APPLICATION));
        let (trust, school) = (stage.trust, other.school);
        role.run(&format!("SET app.trust_id = '{trust}'; SET app.schools = '{{{school}}}'"));
        for table in &tables {
            for text in other.stands.hidden() {
                let query = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{text}%'");
                let one_row = (table.as_str(), other.stands, *text) == ONE_ROW;
                if !one_row && role.number(&query) > 0 {
                    found.push(format!("{table} shows {:?} {text}", other.stands));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Every operation stands in one row, and no row has an operation that is not there.
#[test]
fn the_table_of_reach_names_the_operations_of_the_document_once() {
    let all: Vec<String> = every_operation().into_iter().map(|operation| operation.id).collect();
    let named: Vec<&str> = REACH.iter().flat_map(|row| row.operations).copied().collect();
    for name in &named {
        assert!(all.iter().any(|id| id == name), "{name} is no operation of the document");
        assert_eq!(named.iter().filter(|other| other == &name).count(), 1, "{name} stands twice");
    }
}
