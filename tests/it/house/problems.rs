//! Every refusal is a problem (RFC 9457) that says what is wrong and points to the place.

mod draws;

use api::base::problem::Kind;
use serde_json::{Value, json};

use self::draws::Draws;
use crate::support::app::{Answer, Client, Start, TestApp};
use crate::support::build::{calendar, class, id, marks, pupil, school, unenrolled, upn};
use crate::support::one_school::{OneSchool, one_trust};
use crate::support::real::real;
use crate::support::roll::enrol;
use crate::support::run::a_run;
use crate::support::sql::Sql;

/// A request that is refused.
struct Ask {
    who: Client,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    /// Whether the body never comes to its end.
    begun: bool,
}

impl Ask {
    fn get(who: &Client, path: impl Into<String>) -> Self {
        let (who, path) = (who.clone(), path.into());
        Self { who, method: "GET", path, headers: Vec::new(), body: String::new(), begun: false }
    }

    fn json(who: &Client, method: &'static str, path: impl Into<String>, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json")];
        let (who, path) = (who.clone(), path.into());
        Self { who, method, path, headers, body: body.to_string(), begun: false }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same, of which only the beginning is sent.
    fn begun(mut self) -> Self {
        self.begun = true;
        self
    }

    fn send(&self) -> Answer {
        if self.begun {
            return self.who.begin_to_send(self.method, &self.path, &self.body);
        }
        let body = (!self.body.is_empty()).then(|| self.body.clone().into_bytes());
        self.who.send(self.method, &self.path, &self.headers, body)
    }
}

/// A service with everything in place that a refusal needs, and three that are not well.
struct World {
    app: TestApp,
    trust: i32,
    admin: Client,
    officer: Client,
    /// 900001, with a calendar of 2026/27 and of 2023/24; its 6A has one pupil, its p.m. register is closed.
    school: i32,
    class: i32,
    pupil: i32,
    /// Enrolled since 2023.
    veteran: i32,
    /// Merged into the veteran's record.
    merged: i32,
    /// Of a school without a calendar.
    timeless: i32,
    /// A class that nobody is in.
    nobodys: i32,
    /// A service that takes one request a minute of each client, one without a table, one without its database.
    hasty: TestApp,
    broken: TestApp,
    away: TestApp,
    /// One whose database has no room for another trust.
    full: TestApp,
    /// Prize draws in every state.
    draws: Draws,
}

impl World {
    fn prepare() -> Self {
        let (app, trust, admin) = one_trust();
        let officer = app.client("trust_officer", trust);
        let school = school(&admin, 1, "primary");
        let class = class(&admin, school, "6A");
        let pupil = pupil(&admin, school, class, 1);
        let mut staggered = calendar();
        staggered["not_due"] =
            json!([{ "year_groups": [6], "from": "2026-11-13", "to": "2026-11-13" }]);
        admin.put(&format!("/v1/schools/{school}/calendar/2026"), &staggered).expect(200);
        let closed = json!({ "marks": [{ "pupil_id": pupil, "mark": "\\" }], "close": true });
        admin.put(&register(class, "2026-11-18/PM"), &closed).expect(200);
        let veteran = unenrolled(&admin, school, 2, "2013-03-14");
        let old = id(&admin.post("/v1/classes", &new_class(school, 2023, "4A")).body, "class_id");
        let old = json!({ "pupil_id": veteran, "class_id": old, "year_group": 4, "first_day": "2023-09-04" });
        admin.post("/v1/enrolments", &old).expect(201);
        let merged = unenrolled(&admin, school, 4, "2013-03-14");
        let merge = json!({ "into": veteran, "reason": "Entered twice" });
        admin.post(&format!("/v1/pupils/{merged}/merge"), &merge).expect(200);
        let then = calendar().to_string().replace("2026", "2023").replace("2027", "2024");
        let then: Value = serde_json::from_str(&then).unwrap();
        admin.put(&format!("/v1/schools/{school}/calendar/2023"), &then).expect(200);
        let new = json!({ "urn": "900002", "name": "Without a calendar", "phase": "primary" });
        let timeless = id(&admin.post("/v1/schools", &new).expect(201), "school_id");
        let timeless =
            id(&admin.post("/v1/classes", &new_class(timeless, 2026, "1")).body, "class_id");
        let key = [("idempotency-key", "key-1")];
        let nobodys = admin.json("POST", "/v1/classes", &key, &new_class(school, 2026, "6B"));
        let nobodys = id(&nobodys.expect(201), "class_id");

        let hasty = TestApp::start_with(Start { rate_limit: 1, ..Start::default() });
        let broken = TestApp::start();
        Sql::of(&broken.database).run("ALTER TABLE code_period RENAME TO elsewhere");
        let full = TestApp::start();
        Sql::of(&full.database).run(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 RAISE 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = 'disk_full'; \
             END $$; \
             CREATE TRIGGER no_room BEFORE INSERT ON trust FOR EACH ROW EXECUTE FUNCTION no_room()",
        );
        let away = TestApp::start();
        let name = away.database.name();
        Sql::of(&away.database).run(&format!(
            "REVOKE CONNECT ON DATABASE {name} FROM PUBLIC; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        ));
        Self {
            app,
            trust,
            admin,
            officer,
            school,
            class,
            pupil,
            veteran,
            merged,
            timeless,
            nobodys,
            hasty,
            broken,
            away,
            full,
            draws: Draws::prepare(),
        }
    }
}

fn register(class: i32, at: &str) -> String {
    format!("/v1/classes/{class}/registers/{at}")
}

fn new_class(school: i32, year: i16, name: &str) -> Value {
    json!({ "school_id": school, "year": year, "name": name })
}

/// An amendment of one mark.
fn amendment(who: &Client, pupil: i32, date: &str, mark: &str) -> Ask {
    let body = json!({ "reason": "Letter seen", "changes": [{ "date": date, "session": "AM", "mark": mark }] });
    Ask::json(who, "POST", format!("/v1/pupils/{pupil}/marks/amendments"), &body)
}

/// The correction of a pupil who has left, by the school that was left.
fn correct_a_leaver(world: &World) -> Ask {
    let World { app, trust, admin, school, class, timeless, .. } = world;
    let left = unenrolled(admin, *school, 5, "2013-03-14");
    enrol(admin, left, *class, ("2026-09-02", Some("2026-10-01"))).expect(201);
    enrol(admin, left, *timeless, ("2026-10-02", None)).expect(201);
    let lead = app.school_client("school_lead", *trust, &[*school]);
    let body = json!({ "surname": "B", "reason": "Typed wrong" });
    Ask::json(&lead, "POST", format!("/v1/pupils/{left}/corrections"), &body)
}

/// The release of a letter of a school that has recorded no letterhead.
fn release_a_letter(world: &World) -> Ask {
    let World { admin, .. } = world;
    let new = json!({ "urn": "900004", "name": "Without a letterhead", "phase": "primary" });
    let school = id(&admin.post("/v1/schools", &new).expect(201), "school_id");
    let policy = json!({ "policy": "improvement-process" });
    admin.put(&format!("/v1/schools/{school}/policy/pathway/2026-09-01"), &policy).expect(200);
    let class = class(admin, school, "6A");
    let pupil = pupil(admin, school, class, 6);
    let mother = json!({ "person": { "surname": "A", "language": "en" },
        "link": { "relationship": "mother", "priority": 1, "responsibility": true } });
    admin.post(&format!("/v1/pupils/{pupil}/parents"), &mother).expect(201);
    let leave = json!({ "pupil_id": pupil, "first_day": "2026-11-19", "last_day": "2026-11-19",
        "reason": "A wedding", "requested_by": "Father" });
    let asked = admin.post(&format!("/v1/schools/{school}/leave-requests"), &leave).expect(201);
    let refused = json!({ "granted": false, "reason": "Not this week" });
    admin.post(&format!("/v1/leave-requests/{}/decision", asked["leave_id"]), &refused).expect(200);
    let letters = admin.get(&format!("/v1/letters?school_id={school}")).expect(200);
    let letter = &letters["items"][0]["letter_id"];
    let body = json!({ "decide": "release", "reason": "It is due" });
    Ask::json(admin, "POST", format!("/v1/letters/{letter}/decision"), &body)
}

/// A sticker that was handed over.
fn a_sticker(world: &World) -> i32 {
    let World { trust, school, pupil, .. } = world;
    crate::support::sql::Sql::of(&world.app.database).run(&format!(
        "INSERT INTO award (trust_id, school_id, award_id, policy, policy_version, policy_row, rule, part, period, from_day, \
             to_day, kind, what, pupil_id, attended, possible, recorded_at) \
             VALUES ({trust}, {school}, 900001, 'strategy', 1, 'S-17', 'S-17', 0, '2026/2026-W46', '2026-11-09', '2026-11-15', \
             'sticker', 'sticker', {pupil}, 10, 10, '2026-11-16T09:00:00Z') ON CONFLICT DO NOTHING; \
         INSERT INTO award_event (trust_id, school_id, award_id, seq, state, given_on, recorded_at, recorded_by) \
             VALUES ({trust}, {school}, 900001, 1, 'given', '2026-11-16', '2026-11-16T09:00:00Z', 'office') ON CONFLICT DO NOTHING"
    ));
    900_001
}

/// The request that is refused in this way. There is no kind that cannot be provoked.
fn provoke(kind: Kind, world: &World) -> Ask {
    let World { admin, school, class, pupil, .. } = world;
    let post = |path: &str, body: Value| Ask::json(admin, "POST", path, &body);
    let put = |path: &str, body: Value| Ask::json(admin, "PUT", path, &body);
    let take = |at: &str, mark: &str| put(&register(*class, at), marks(&[(*pupil, mark)]));
    let add_class = |name: &str| post("/v1/classes", new_class(*school, 2026, name));
    let new_school = |urn: &str| json!({ "urn": urn, "name": "New", "phase": "primary" });
    let new_pupil = |upn: &str| json!({ "school_id": school, "upn": upn, "surname": "A", "forename": "B", "birth_date": "2015-03-14" });
    match kind {
        Kind::Unauthenticated => Ask::get(&world.app.client_of(""), "/v1/trust"),
        Kind::Forbidden => Ask::json(&world.officer, "POST", "/v1/schools", &new_school("900003")),
        Kind::NotFound => Ask::get(admin, "/v1/schools/999999"),
        Kind::MethodNotAllowed => Ask::json(admin, "DELETE", "/v1/schools", &Value::Null),
        Kind::BadBody => {
            post("/v1/classes", json!({ "school_id": "seven", "year": 2026, "name": "6C" }))
        }
        Kind::BadQuery => Ask::get(admin, "/v1/schools?limit=0"),
        Kind::BadCursor => Ask::get(admin, "/v1/schools?cursor=abc"),
        Kind::Invalid => post("/v1/schools", new_school("12")),
        Kind::TooLarge => add_class(&"x".repeat(2 * 1024 * 1024)),
        Kind::BodyLate => add_class("6C").begun(),
        Kind::UnsupportedMedia => {
            Ask { headers: vec![("content-type", "text/plain")], ..add_class("6C") }
        }
        Kind::UnknownCode => take("2026-11-18/AM", "?"),
        Kind::CodeNotInForce => amendment(admin, world.veteran, "2024-05-07", "Q"),
        Kind::CodeInWrongSession => take("2026-11-18/AM", "\\"),
        Kind::ClosedDay => amendment(admin, *pupil, "2026-11-14", "I"),
        Kind::NotDue => amendment(admin, *pupil, "2026-11-13", "I"),
        Kind::NotOnRoll => amendment(admin, *pupil, "2026-09-01", "I"),
        Kind::FutureMark => take("2026-11-19/AM", "/"),
        Kind::NoCalendar => put(&register(world.timeless, "2026-11-18/AM"), marks(&[])),
        Kind::RegisterIncomplete => put(&register(*class, "2026-11-18/AM"), marks(&[])),
        Kind::UpnCheckLetter => {
            let right = upn(3);
            let wrong = if right.starts_with('A') { "B" } else { "A" };
            post("/v1/pupils", new_pupil(&format!("{wrong}{}", &right[1..])))
        }
        Kind::NoPolicy => post(&format!("/v1/schools/{school}/reviews/2026-11-18"), json!({})),
        Kind::LetterIncomplete => release_a_letter(world),
        Kind::UnsoundPolicy => put("/v1/policies/ours", json!({ "policy": "name = 1" })),
        Kind::RegisterClosed => take("2026-11-18/PM", "N"),
        Kind::NotASandbox => put("/v1/trust/clock", json!({ "now": "2026-11-19T10:00:00Z" })),
        Kind::NotFailed => {
            let run = a_run(&world.app.database, world.trust, *school, "done");
            Ask { body: String::new(), ..post(&format!("/v1/runs/{run}/retry"), json!({})) }
        }
        Kind::Taken => post("/v1/pupils", new_pupil(&upn(1))),
        Kind::AnotherSchools => correct_a_leaver(world),
        Kind::NotUndoable => {
            let refused = admin.import(&format!("kind=marks&school_id={school}"), b"nothing");
            post(&format!("/v1/imports/{}/undo", refused["import_id"]), Value::Null)
        }
        Kind::KeyReused => add_class("6C").with("idempotency-key", "key-1"),
        Kind::StaleTag => take("2026-11-18/AM", "/").with("if-match", "\"old\""),
        Kind::TooManyRequests => {
            world.hasty.client_of("").get("/healthz").expect(200);
            Ask::get(&world.hasty.client_of(""), "/healthz")
        }
        Kind::Unavailable => Ask::get(&world.away.client_of(""), "/readyz"),
        Kind::Internal => Ask::get(&world.broken.client_of(""), "/readyz"),
        Kind::AwardSettled | Kind::NotACertificate | Kind::TooEarly => {
            provoke_by_rewards(kind, world)
        }
        other => provoke_more(other, world),
    }
}

/// The request about rewards that is refused in one of these ways.
fn provoke_by_rewards(kind: Kind, world: &World) -> Ask {
    let World { admin, school, .. } = world;
    let post = |path: &str, body: Value| Ask::json(admin, "POST", path, &body);
    match kind {
        Kind::AwardSettled => {
            let award = a_sticker(world);
            post(&format!("/v1/awards/{award}/withdrawal"), json!({ "reason": "Known" }))
        }
        Kind::NotACertificate => {
            Ask::get(admin, format!("/v1/awards/{}/certificate", a_sticker(world)))
        }
        _ => {
            let strategy = json!({ "policy": "strategy", "answers": { "target": "96%" } });
            admin
                .put(&format!("/v1/schools/{school}/policy/rewards/2026-09-01"), &strategy)
                .expect(200);
            let issue = format!("/v1/schools/{school}/rewards/issue");
            post(&issue, json!({ "period": "2026/year-to-date" }))
        }
    }
}

/// The request that is refused in one of these ways.
fn provoke_more(kind: Kind, world: &World) -> Ask {
    let World { admin, school, class, pupil, .. } = world;
    let put = |path: &str, body: Value| Ask::json(admin, "PUT", path, &body);
    match kind {
        Kind::NamedTwice => {
            put(&register(*class, "2026-11-18/AM"), marks(&[(*pupil, "/"), (*pupil, "/")]))
        }
        Kind::Merged => {
            let body = json!({ "surname": "B", "reason": "Typed wrong" });
            Ask::json(admin, "POST", format!("/v1/pupils/{}/corrections", world.merged), &body)
        }
        Kind::NobodyInClass => put(&register(world.nobodys, "2026-11-18/AM"), marks(&[])),
        Kind::NoTermDates => Ask {
            body: "BEGIN:VCALENDAR\nEND:VCALENDAR".to_owned(),
            headers: vec![("content-type", "text/calendar")],
            ..Ask::json(
                admin,
                "POST",
                format!("/v1/schools/{school}/calendar/2026/read"),
                &Value::Null,
            )
        },
        Kind::NoSchoolHours => {
            let noon = json!({ "opens": "12:00:00", "closes": "15:15:00" });
            put(&format!("/v1/schools/{school}/hours/2026-09-01"), noon)
        }
        Kind::StorageFull => {
            let platform = world.full.client("platform_admin", 0);
            Ask::json(&platform, "POST", "/v1/trusts", &json!({ "name": "Larkrise" }))
        }
        other => world.draws.provoke(other).unwrap_or_else(|| panic!("nothing provokes {other:?}")),
    }
}

/// The rules of RFC 9457, and ours, for a refusal of this kind.
#[track_caller]
fn assert_is_a_problem(kind: Kind, ask: &Ask, answer: &Answer) {
    let what = format!("{kind:?}: {}", answer.text);
    assert_eq!(answer.status, kind.status().as_u16(), "{what}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
    assert!(answer.header("request-id").is_some(), "{what}");
    let body = answer.body.as_object().unwrap();
    assert_eq!(body["type"], format!("/problems/{}", kind.slug()), "{what}");
    assert_eq!(body["title"], kind.title(), "{what}");
    assert_eq!(body["status"], answer.status, "{what}");
    let needs = match answer.status {
        401 => Some("www-authenticate"),
        405 => Some("allow"),
        429 | 503 | 507 => Some("retry-after"),
        _ => None,
    };
    assert!(needs.is_none_or(|name| answer.header(name).is_some()), "no {needs:?} in {what}");
    for text in ["detail", "instance"].iter().filter_map(|name| body.get(*name)) {
        assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{what}");
    }
    for error in body.get("errors").and_then(Value::as_array).into_iter().flatten() {
        assert!(error["expected"].as_str().is_some_and(|text| !text.is_empty()), "{what}");
        assert_points_into(ask, error["pointer"].as_str().unwrap(), &what);
    }
}

/// A pointer leads to something that was sent: a member of the body, or a parameter of the query.
fn assert_points_into(ask: &Ask, pointer: &str, what: &str) {
    if let Some(parameter) = pointer.strip_prefix('?') {
        let query = ask.path.split_once('?').map_or("", |(_, query)| query);
        let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap());
        assert!(names.any(|name| name == parameter), "{what}");
    } else {
        let body: Value = serde_json::from_str(&ask.body).unwrap();
        assert!(body.pointer(pointer).is_some(), "{pointer:?} points nowhere: {what}");
    }
}

#[test]
fn every_kind_of_refusal_is_a_problem_whose_type_can_be_opened() {
    let world = World::prepare();
    let nobody = world.app.client_of("");
    let schema = real("problem.schema.json").map(|file| {
        let schema = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
    });
    for kind in Kind::ALL {
        let ask = provoke(*kind, &world);
        let answer = ask.send();
        assert_is_a_problem(*kind, &ask, &answer);
        if let Some(schema) = &schema {
            let errors: Vec<String> =
                schema.iter_errors(&answer.body).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{kind:?}: {errors:?} in {}", answer.text);
        }
        let page = nobody.get(answer.body["type"].as_str().unwrap()).expect(200);
        assert_eq!(page["status"], answer.status);
        assert_eq!(page["title"], answer.body["title"]);
        assert!(page["meaning"].as_str().is_some_and(|text| !text.is_empty()), "{page}");
    }
    assert_eq!(nobody.get("/problems/no-such-problem").problem(404), "not-found");
}

#[test]
fn a_service_whose_database_has_no_room_says_that_it_is_not_ready() {
    let world = World::prepare();
    let nobody = world.full.client_of("");
    nobody.get("/readyz").expect(200);
    let refused = provoke(Kind::StorageFull, &world).send();
    assert_eq!(refused.problem(507), "storage-full");
    assert_eq!(refused.header("retry-after"), Some("60"));
    assert_eq!(nobody.get("/readyz").problem(507), "storage-full");
}

#[test]
fn the_place_of_every_mistake_is_pointed_at() {
    let OneSchool { app: _app, admin, school, class, .. } = OneSchool::without_pupils();
    let classes = "/v1/classes".to_owned();
    let register = register(class, "2026-11-18/AM");
    let calendar = format!("/v1/schools/{school}/calendar/2026");
    let term = |from: &str| json!({ "name": "Autumn term", "from": from, "to": "2026-12-18" });
    let good = term("2026-09-02");
    for (path, body, pointer) in [
        (
            &classes,
            json!({ "school_id": school, "year": 2026, "name": "6B", "colour": "red" }),
            "/colour",
        ),
        (&classes, json!({ "school_id": school, "year": 2026 }), ""),
        (&classes, json!({ "school_id": school, "year": 2026, "name": null }), "/name"),
        (&classes, json!({ "school_id": school, "year": 2026, "name": ["6B"] }), "/name"),
        (&classes, json!({ "school_id": school, "year": 1066, "name": "6B" }), "/year"),
        (
            &classes,
            json!({ "school_id": 2_147_483_648_u64, "year": 2026, "name": "6B" }),
            "/school_id",
        ),
        (&classes, json!({ "school_id": 1.5, "year": 2026, "name": "6B" }), "/school_id"),
        (&classes, json!([1, 2, 3]), ""),
        (&classes, json!("6B"), ""),
        (&classes, json!({ "school_id": school, "year": 2026, "name": "6\0B" }), "/name"),
        (
            &register,
            json!({ "marks": [{ "pupil_id": 1, "mark": "/" }, { "pupil_id": 2, "mark": 5 }] }),
            "/marks/1/mark",
        ),
        (
            &register,
            json!({ "marks": [{ "pupil_id": 1, "mark": "/", "a/b~c": 1 }] }),
            "/marks/0/a~1b~0c",
        ),
        (&register, json!({ "marks": {} }), "/marks"),
        (&register, json!({ "marks": [], "opened_at": "yesterday" }), "/opened_at"),
        (&calendar, json!({ "terms": [good, term("2026-02-30")] }), "/terms/1/from"),
        (
            &calendar,
            json!({ "terms": [good], "closures": [{ "from": "2026-11-27", "to": "2026-11-27", "kind": "party" }] }),
            "/closures/0/kind",
        ),
        (&calendar, json!({ "terms": [good], "week": [[true, true], [true]] }), "/week/1"),
        (
            &calendar,
            json!({ "terms": [good], "closures": [{ "from": "2026-11-27", "to": "2026-11-27", "kind": "inset", "note": "\0" }] }),
            "/closures/0/note",
        ),
    ] {
        let method = if *path == classes { "POST" } else { "PUT" };
        let ask = Ask::json(&admin, method, path, &body);
        let answer = ask.send();
        assert_is_a_problem(Kind::BadBody, &ask, &answer);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}: {}", answer.text);
    }
}

#[test]
fn what_was_expected_is_said_in_plain_english() {
    let (_app, _, admin) = one_trust();
    let date = "a date such as 2026-11-18, a time such as 15:30:00, or an instant such as 2026-11-18T09:00:00Z";
    for (query, expected) in [
        ("enrolments?pupil_id=x", "a whole number"),
        ("enrolments?pupil_id=", "a whole number"),
        ("enrolments?pupil_id=99999999999", "a smaller number"),
        ("enrolments?on=18.11.2026", date),
        ("enrolments?on=2026-02-30", date),
        ("enrolments?on=", date),
        ("enrolments?limit=1&limit=2", "`limit` only once"),
        ("schools?color=red", "one of `limit`, `cursor`, `urn`"),
        (
            "classes?year=26",
            "the academic year must be the year it starts in, from 1990 to 2199 (2025 for 2025/26)",
        ),
    ] {
        let answer = admin.get(&format!("/v1/{query}"));
        assert_eq!(answer.problem(400), "bad-query", "{query}");
        assert_eq!(answer.body["errors"][0]["expected"], expected, "{query}");
    }
    for (body, expected) in [
        (json!({ "school_id": "x" }), "a whole number, not too large"),
        (json!({ "school_id": 1, "year": 2026 }), "a member `name`"),
        (json!({ "name": 7 }), "a string"),
        (json!({ "names": 7 }), "one of `school_id`, `year`, `name`"),
        (json!([]), "a JSON object"),
    ] {
        let answer = admin.post("/v1/classes", &body);
        assert_eq!(answer.problem(400), "bad-body", "{body}");
        assert_eq!(answer.body["errors"][0]["expected"], expected, "{body}");
    }
}

#[test]
fn what_is_no_json_is_said_to_be_none() {
    let (_app, _, admin) = one_trust();
    let deep = "[".repeat(100_000);
    let twice = r#"{"name":"A","name":"B","school_id":1,"year":2026}"#;
    let bodies: [&[u8]; 9] = [
        b"",
        b"{",
        b"{\"school_id\": 1,",
        b"{'school_id': 1}",
        b"{} {}",
        b"{\"name\": \"\xff\"}",
        b"{\"name\": \"\\ud800\"}",
        deep.as_bytes(),
        twice.as_bytes(),
    ];
    for body in bodies {
        let headers = [("content-type", "application/json; charset=utf-8")];
        let answer = admin.send("POST", "/v1/classes", &headers, Some(body.to_vec()));
        let text = String::from_utf8_lossy(&body[..body.len().min(60)]);
        assert_eq!(answer.problem(400), "bad-body", "{text}");
        assert!(answer.body["errors"][0]["expected"].is_string(), "{text}: {}", answer.text);
    }
}

#[test]
fn a_body_of_another_kind_or_of_too_many_bytes_is_refused() {
    let (_app, _, admin) = one_trust();
    let body = br#"{"urn":"900001","name":"New","phase":"primary"}"#.to_vec();
    let headers = ["text/plain", "text/csv", "application/xml", "application/jsonp", ""];
    for media in headers {
        let answer =
            admin.send("POST", "/v1/schools", &[("content-type", media)], Some(body.clone()));
        assert_eq!(answer.problem(415), "unsupported-media-type", "{media}");
    }
    assert_eq!(
        admin.send("POST", "/v1/schools", &[], Some(body.clone())).problem(415),
        "unsupported-media-type"
    );
    let import = "/v1/imports?kind=pupils";
    assert_eq!(admin.post(import, &json!({})).problem(415), "unsupported-media-type");

    // White space is no mistake: only its length can be.
    let padded = |bytes: usize| {
        let mut padded = body.clone();
        padded.resize(bytes, b' ');
        admin.send("POST", "/v1/schools", &[("content-type", "application/json")], Some(padded))
    };
    let most = 2 * 1024 * 1024;
    let refused = padded(most + 1);
    assert_eq!(refused.problem(413), "too-large");
    assert_eq!(refused.body["detail"], "A body may have 2 MiB.");
    padded(most).expect(201);
}
