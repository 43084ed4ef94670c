//! Finished answers in Redis: taken from there by a fresh instance, never needed, never another's.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use api::base::db::Schools;
use api::base::id::SchoolId;
use redis::{Commands, Connection};

use crate::support::app::{Client, Start, TestApp};
use crate::support::build::{class, marks, pupil, school};
use crate::support::figures::{counted, possible_and_absent};
use crate::support::redis::{fresh_redis, own_redis};
use crate::support::sql::Sql;

fn with_redis(url: &str) -> Start {
    Start { redis_url: Some(url.to_owned()), workers: 0, ..Start::default() }
}

fn connect(url: &str) -> Connection {
    redis::Client::open(url).unwrap().get_connection().unwrap()
}

fn keys(redis: &mut Connection) -> BTreeSet<String> {
    // Beside them stands what each client may still ask.
    redis.keys("rollcall:[0-9]*").unwrap()
}

/// A school of a trust with a class of two, of whom one is ill on Tuesday.
fn school_with_marks(admin: &Client, number: u32) -> (i32, i32, [i32; 2]) {
    let school = school(admin, number, "primary");
    let class = class(admin, school, "6A");
    let pupils = [10, 20].map(|n| pupil(admin, school, class, n + number));
    let place = format!("/v1/classes/{class}/registers/2026-11-17/AM");
    admin.put(&place, &marks(&[(pupils[0], "/"), (pupils[1], "I")])).expect(200);
    (school, class, pupils)
}

const TREND: &str = "/v1/analytics/trend?window=week&by=school";

/// A question of every kind that is kept; two have pages, and those hold their next one's address.
const QUESTIONS: [&str; 5] = [
    TREND,
    "/v1/analytics/trend?level=pupil",
    "/v1/analytics/compare?window=half-term-2",
    "/v1/analytics/completeness?limit=1",
    "/v1/analytics/explain?definition=on-roll&limit=1",
];

#[test]
fn a_fresh_instance_takes_an_answer_from_redis_as_it_was_given() {
    let url = fresh_redis();
    let first = TestApp::start_with(with_redis(&url));
    let trust = first.trust("Larkrise");
    school_with_marks(&first.client("trust_admin", trust), 1);
    let officer = first.client("trust_officer", trust);
    let given = QUESTIONS.map(|question| officer.get(question));
    first.clock.set("2026-11-18T10:30:00Z");
    let (second, alone) = (first.another(with_redis(&url)), first.another(Start::default()));
    let [second, alone] = [&second, &alone].map(|app| app.client("trust_officer", trust));
    for (question, given) in QUESTIONS.into_iter().zip(given) {
        let again = second.get(question);
        assert_eq!(
            again.text, given.text,
            "byte for byte, with the instant at which it was counted"
        );
        assert_eq!(again.header("link"), given.header("link"), "{question}");
        assert_eq!(given.header("link").is_some(), question.ends_with("limit=1"), "{question}");
        let alone = alone.get(question);
        assert_ne!(alone.text, given.text, "counted half an hour later");
        let mut expected = given.expect(200);
        assert_eq!(expected["as_known_on"], "2026-11-18T10:00:00Z");
        expected["as_known_on"] = "2026-11-18T10:30:00Z".into();
        assert_eq!(alone.expect(200), expected, "and nothing else is different");
    }
}

#[test]
fn children_are_named_to_those_who_may_see_them_and_never_to_redis() {
    let url = fresh_redis();
    let app = TestApp::start_with(with_redis(&url));
    let trust = app.trust("Larkrise");
    school_with_marks(&app.client("trust_admin", trust), 1);
    let explain = QUESTIONS[4];
    let named = app.client("trust_officer", trust).get(explain);
    assert!(named.text.contains("Surname11"), "{}", named.text);
    let instances = [&app, &app.another(with_redis(&url))];
    for app in instances {
        let runner = app.client("runner", trust).get(explain).expect(200);
        assert_eq!(runner.get("pupils"), None);
        assert_eq!(app.client("trust_officer", trust).get(explain).text, named.text);
    }
    let mut redis = connect(&url);
    let kept = keys(&mut redis).into_iter().map(|key| redis.get::<_, String>(&key).unwrap());
    let kept: Vec<String> = kept.collect();
    assert!(kept.iter().any(|kept| kept.contains("pupil_id")), "{kept:?}");
    assert!(!kept.iter().any(|kept| kept.contains("Surname")), "{kept:?}");
}

#[test]
fn every_key_begins_with_the_tenant_and_ends_by_itself() {
    let url = fresh_redis();
    let app = TestApp::start_with(with_redis(&url));
    let mut redis = connect(&url);
    for name in ["Larkrise", "Fernhill"] {
        let trust = app.trust(name);
        let admin = app.client("trust_admin", trust);
        let (school, ..) = school_with_marks(&admin, 1);
        let before = keys(&mut redis);
        let lead = app.school_client("school_lead", trust, &[school]);
        for question in QUESTIONS {
            admin.get(question).expect(200);
            lead.get(question).expect(200);
        }
        let new: Vec<String> = keys(&mut redis).difference(&before).cloned().collect();
        let starts = [format!("rollcall:{trust}:*:"), format!("rollcall:{trust}:{{{school}}}:")];
        for start in starts {
            let of = new.iter().filter(|key| key.starts_with(&start)).count();
            assert_eq!(of, QUESTIONS.len(), "{start}: {new:?}");
        }
        assert_eq!(new.len(), 2 * QUESTIONS.len(), "{new:?}");
        for key in new {
            let seconds: i64 = redis.ttl(&key).unwrap();
            assert!((1..=3600).contains(&seconds), "{seconds}");
        }
    }
}

#[test]
fn no_answer_is_shared_between_trusts_or_scopes() {
    let url = fresh_redis();
    let app = TestApp::start_with(with_redis(&url));
    let (larkrise, fernhill) = (app.trust("Larkrise"), app.trust("Fernhill"));
    let admin = app.client("trust_admin", larkrise);
    let ((one, ..), (two, ..)) = (school_with_marks(&admin, 1), school_with_marks(&admin, 2));
    let (theirs, ..) = school_with_marks(&app.client("trust_admin", fernhill), 3);
    let askers = [
        (larkrise, Schools::All, vec![one, two]),
        (larkrise, Schools::Only(vec![SchoolId::new(one)]), vec![one]),
        (larkrise, Schools::Only(vec![SchoolId::new(two)]), vec![two]),
        (fernhill, Schools::All, vec![theirs]),
        (fernhill, Schools::Only(vec![SchoolId::new(theirs)]), vec![theirs]),
        (fernhill, Schools::Only(vec![SchoolId::new(one)]), vec![]),
    ];
    let ask = |app: &TestApp, trust: i32, schools: &Schools| {
        app.client_of(&app.token("trust_officer", trust, schools.clone())).get(TREND)
    };
    for (trust, schools, expected) in &askers {
        let trend = ask(&app, *trust, schools).expect(200);
        let series = trend["series"].as_array().unwrap().iter();
        let seen: Vec<i64> = series.map(|s| s["group"]["school_id"].as_i64().unwrap()).collect();
        assert_eq!(
            seen,
            expected.iter().map(|id| i64::from(*id)).collect::<Vec<_>>(),
            "{trust} {schools:?}"
        );
    }
    // Each answer in Redis is replaced by a mark of its key: a fresh instance gives everybody a mark of their own.
    let mut redis = connect(&url);
    for key in keys(&mut redis) {
        let () = redis.set(&key, format!("\"{key}\"")).unwrap();
    }
    let fresh = app.another(with_redis(&url));
    for (trust, schools, _) in &askers {
        let schools_text = match schools {
            Schools::All => "*".to_owned(),
            Schools::Only(list) => format!("{{{}}}", list[0]),
        };
        let mark = ask(&fresh, *trust, schools).text;
        assert!(mark.starts_with(&format!("\"rollcall:{trust}:{schools_text}:")), "{mark}");
    }
}

#[test]
fn a_count_that_lacks_a_pupil_of_the_roll_is_refused_and_kept_for_nobody() {
    let app = TestApp::without_workers();
    let trust = app.trust("Larkrise");
    let (school, _, pupils) = school_with_marks(&app.client("trust_admin", trust), 1);
    let mut sql = Sql::of(&app.database);
    // The record is on the school's roll, but does not say that the school may see it.
    sql.run(&format!("UPDATE pupil SET school_ids = '{{}}' WHERE pupil_id = {}", pupils[1]));
    let lead = app.school_client("school_lead", trust, &[school]);
    assert_eq!(lead.get(TREND).problem(500), "internal");
    let officer = app.client("trust_officer", trust);
    assert_eq!(possible_and_absent(&officer, "window=week"), counted(&mut sql, trust));
}

/// Saves a register, then asks old and new questions: they are answered soon, and as counting rows answers them.
fn goes_on(app: &TestApp, trust: i32, class: i32, pupils: [i32; 2], day: &str) {
    let admin = app.client("trust_admin", trust);
    let place = format!("/v1/classes/{class}/registers/{day}/AM");
    admin.put(&place, &marks(&[(pupils[0], "I"), (pupils[1], "/")])).expect(200);
    let expected = counted(&mut Sql::of(&app.database), trust);
    let since = Instant::now();
    let explain = "/v1/analytics/explain?definition=on-roll";
    for _ in 0..2 {
        let counted = admin.get(explain).expect(200)["counted"].take();
        let counted = ["possible", "absent"].map(|name| counted[name].as_i64().unwrap());
        assert_eq!(counted, [expected.0, expected.1], "{explain}");
        for question in &QUESTIONS[2..4] {
            admin.get(question).expect(200);
        }
        for window in ["week", "half_term", "term", "year_to_date"] {
            assert_eq!(
                possible_and_absent(&admin, &format!("window={window}")),
                expected,
                "{window}"
            );
        }
    }
    assert!(since.elapsed() < Duration::from_secs(4), "{:?} for fourteen answers", since.elapsed());
}

#[test]
fn answers_stay_right_and_come_soon_while_redis_is_away() {
    let url = own_redis();
    let app = TestApp::start_with(with_redis(&url));
    let trust = app.trust("Larkrise");
    let (_, class, pupils) = school_with_marks(&app.client("trust_admin", trust), 1);
    goes_on(&app, trust, class, pupils, "2026-11-09");
    let mut redis = connect(&url);
    assert!(!keys(&mut redis).is_empty(), "it was used");

    // It takes no more answers in.
    let () = redis::cmd("CONFIG").arg(&["SET", "maxmemory", "1"]).query(&mut redis).unwrap();
    let kept = keys(&mut redis);
    goes_on(&app, trust, class, pupils, "2026-11-10");
    goes_on(&app.another(with_redis(&url)), trust, class, pupils, "2026-11-11");
    assert!(keys(&mut redis).is_subset(&kept));
    // It asks for a password.
    let () = redis::cmd("CONFIG").arg(&["SET", "requirepass", "secret"]).query(&mut redis).unwrap();
    goes_on(&app.another(with_redis(&url)), trust, class, pupils, "2026-11-12");
    // It is gone.
    let _: redis::RedisResult<()> = redis::cmd("SHUTDOWN").arg("NOSAVE").query(&mut redis);
    assert!(redis::Client::open(url.as_str()).unwrap().get_connection().is_err());
    goes_on(&app, trust, class, pupils, "2026-11-13");
    goes_on(&app.another(with_redis(&url)), trust, class, pupils, "2026-11-16");
}

#[test]
fn a_redis_that_hangs_holds_nobody_up() {
    // One that never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let app = TestApp::start_with(with_redis(&format!("redis://{}", silent.local_addr().unwrap())));
    let trust = app.trust("Larkrise");
    let (_, class, pupils) = school_with_marks(&app.client("trust_admin", trust), 1);
    goes_on(&app, trust, class, pupils, "2026-11-09");
    // One that falls silent while it is in use.
    let url = own_redis();
    let app = app.another(with_redis(&url));
    goes_on(&app, trust, class, pupils, "2026-11-10");
    let mut redis = connect(&url);
    assert!(!keys(&mut redis).is_empty(), "it was used");
    let () = redis::cmd("CLIENT").arg(&["PAUSE", "60000", "ALL"]).query(&mut redis).unwrap();
    goes_on(&app, trust, class, pupils, "2026-11-11");
}
