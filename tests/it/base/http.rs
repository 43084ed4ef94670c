//! What every operation shares: pages, keys for sending again, ids of answers, limits, and the operators' pages.

use std::collections::BTreeSet;
use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::app::{Answer, Client, Start, TestApp};
use crate::support::build::{class, id, school, unenrolled};
use crate::support::one_school::one_trust;
use crate::support::redis::fresh_redis;
use crate::support::roll::pupil_body;

/// The ids of a page.
fn ids(page: &Value, name: &str) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].as_i64().unwrap()).collect()
}

/// Where the next page is, by the header that says so.
fn link(answer: &Answer) -> Option<&str> {
    let link = answer.header("link")?;
    link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")
}

#[test]
fn a_list_comes_in_pages_of_the_size_asked_for() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let classes: Vec<i64> =
        (0..5).map(|n| class(&admin, school, &format!("{n}A")).into()).collect();
    let mut place = format!("/v1/classes?limit=2&year=2026&school_id={school}");
    for expected in [&classes[..2], &classes[2..4], &classes[4..]] {
        let answer = admin.get(&place);
        let next = link(&answer).map(str::to_owned);
        let page = answer.expect(200);
        assert_eq!(ids(&page, "class_id"), expected);
        let cursor = page["next"].as_str().map(|cursor| {
            format!("/v1/classes?limit=2&year=2026&school_id={school}&cursor={cursor}")
        });
        assert_eq!(next, cursor, "the header says the same as the body");
        place = next.unwrap_or_default();
    }
    assert_eq!(place, "", "the last page has no next one");
    for (limit, next) in [("1", true), ("4", true), ("5", false), ("500", false)] {
        assert_eq!(
            admin.get(&format!("/v1/classes?limit={limit}")).expect(200)["next"].is_string(),
            next
        );
    }
    for limit in ["0", "501", "-1", "65536", "ten", ""] {
        let refused = admin.get(&format!("/v1/classes?limit={limit}"));
        assert_eq!(refused.problem(400), "bad-query", "{limit}");
    }
    assert_eq!(admin.get("/v1/classes?colour=red").problem(400), "bad-query");
}

#[test]
fn following_the_pages_gives_everything_once_while_more_comes_in() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let pupil = |number: u32, surname: &str| {
        let body = pupil_body(school, number, surname, "Zoë");
        i64::from(id(&admin.post("/v1/pupils", &body).expect(201), "pupil_id"))
    };
    let names =
        ["Ng", "Adeyemi", "Núñez", "O'Connor", "O'Connor", "Smith", "Ásgeirsson", "Zhou", "Lee"];
    let at_first: BTreeSet<i64> =
        (1..).zip(names).map(|(number, name)| pupil(number, name)).collect();
    let mut seen = Vec::new();
    let mut place = Some("/v1/pupils?limit=2".to_owned());
    let mut number = 100;
    while let Some(here) = place {
        assert!(seen.len() < 100, "the pages do not end");
        let answer = admin.get(&here);
        place = link(&answer).map(str::to_owned);
        seen.extend(ids(&answer.expect(200), "pupil_id"));
        // One before and one behind whatever was read last, until there are plenty.
        if number < 110 {
            pupil(number, "Aaronson");
            pupil(number + 1, "Zimmer");
            number += 2;
        }
    }
    let once: BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!(once.len(), seen.len(), "nobody twice");
    assert!(once.is_superset(&at_first), "nobody left out");
}

#[test]
fn a_cursor_is_good_for_its_own_list_and_as_it_was_given() {
    let (_app, _, admin) = one_trust();
    let one = school(&admin, 1, "primary");
    school(&admin, 2, "primary");
    for number in 1..4 {
        unenrolled(&admin, one, number, "2015-01-01");
    }
    let next = |place: &str| admin.get(place).expect(200)["next"].as_str().unwrap().to_owned();
    let cursor = next("/v1/pupils?limit=1&name=sur");
    admin.get(&format!("/v1/pupils?limit=1&name=sur&cursor={cursor}")).expect(200);
    admin.get(&format!("/v1/pupils?limit=2&name=Sur&cursor={cursor}")).expect(200);
    let schools = next("/v1/schools?limit=1");
    for place in [
        format!("/v1/pupils?cursor={cursor}"),
        format!("/v1/pupils?name=surn&cursor={cursor}"),
        format!("/v1/pupils?name=sur&school_id={one}&cursor={cursor}"),
        format!("/v1/imports?cursor={schools}"),
        format!("/v1/schools?urn=900001&cursor={schools}"),
        "/v1/schools?cursor=".to_owned(),
        "/v1/schools?cursor=eyJ9".to_owned(),
    ] {
        assert_eq!(admin.get(&place).problem(400), "bad-cursor", "{place}");
    }
    // Every single character matters.
    for at in 0..schools.len() {
        let other = if schools[at..].starts_with('A') { "B" } else { "A" };
        let mut tampered = schools.clone();
        tampered.replace_range(at..=at, other);
        assert_eq!(
            admin.get(&format!("/v1/schools?cursor={tampered}")).problem(400),
            "bad-cursor",
            "{tampered}"
        );
    }
}

#[test]
fn a_request_sent_again_with_its_key_is_done_once_and_answered_alike() {
    let (app, trust, admin) = one_trust();
    let send = |client: &Client, path: &str, key: &str, body: &Value| {
        client.json("POST", path, &[("idempotency-key", key)], body)
    };
    let elm = json!({ "urn": "912345", "name": "Elm Bank", "phase": "primary" });
    let first = send(&admin, "/v1/schools", "k-1", &elm);
    app.clock.set("2026-11-18T11:00:00Z");
    let second = send(&admin, "/v1/schools", "k-1", &elm);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(
        (first.text.as_str(), first.header("location")),
        (second.text.as_str(), second.header("location"))
    );
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(second.header("idempotent-replayed"), Some("true"));

    let oak = json!({ "urn": "912346", "name": "Oak Hill", "phase": "primary" });
    assert_eq!(send(&admin, "/v1/schools", "k-1", &oak).problem(422), "idempotency-key-reused");
    let school = first.body["school_id"].as_i64().unwrap();
    let class = json!({ "school_id": school, "year": 2026, "name": "1A" });
    let elsewhere = send(&admin, "/v1/classes", "k-1", &class);
    assert_eq!(
        (elsewhere.status, elsewhere.header("idempotent-replayed")),
        (201, None),
        "another operation"
    );
    let lead = app.school_client("school_lead", trust, &[school.try_into().unwrap()]);
    let other = send(
        &lead,
        "/v1/classes",
        "k-1",
        &json!({ "school_id": school, "year": 2026, "name": "1B" }),
    );
    assert_eq!((other.status, other.header("idempotent-replayed")), (201, None), "another client");
    let fernhill = app.client("trust_admin", app.trust("Fernhill"));
    let other = send(&fernhill, "/v1/schools", "k-1", &oak);
    assert_eq!((other.status, other.header("idempotent-replayed")), (201, None), "another trust");

    let wrong = json!({ "urn": "1", "name": "Ash", "phase": "primary" });
    assert_eq!(send(&admin, "/v1/schools", "k-2", &wrong).problem(422), "invalid");
    send(&admin, "/v1/schools", "k-2", &oak).expect(201);
    for key in ["", &"x".repeat(256)] {
        assert_eq!(send(&admin, "/v1/schools", key, &oak).problem(422), "invalid");
    }
    send(
        &admin,
        "/v1/schools",
        &"x".repeat(255),
        &json!({ "urn": "912347", "name": "Ash", "phase": "primary" }),
    )
    .expect(201);
}

/// Whether a request of nobody's with these headers is still allowed.
fn allowed(app: &TestApp, headers: &[(&str, &str)]) -> bool {
    app.client_of("").send("GET", "/healthz", headers, None).status == 200
}

#[test]
fn a_limit_is_for_whoever_asks_and_not_for_what_they_say_of_themselves() {
    let app = TestApp::start_with(Start { rate_limit: 3, ..Start::default() });
    let trust = app.trust("Larkrise");
    // Three tokens of one person are one person.
    let lead = |n: i32| app.school_client("school_lead", trust, &[n]).get("/v1/schools").status;
    assert_eq!([lead(1), lead(2), lead(3), lead(4)], [200, 200, 200, 429]);
    // In another trust that is somebody else.
    let other = app.trust("Candleford");
    app.school_client("school_lead", other, &[1]).get("/v1/schools").expect(200);

    // What is no token of ours makes nobody of somebody, whatever it is.
    let good = app.token("trust_admin", trust, api::base::db::Schools::All);
    let forged = format!("Bearer {}x", &good[..good.len() - 1]);
    for authorization in ["Bearer 1", "Basic cmFuZG9t", &forged] {
        assert!(allowed(&app, &[("authorization", authorization)]), "{authorization}");
    }
    for n in 0..20 {
        assert!(!allowed(&app, &[("authorization", &format!("Bearer {n}"))]), "{n}");
        // No proxy is trusted here.
        assert!(!allowed(&app, &[("x-forwarded-for", &format!("203.0.113.{n}"))]), "{n}");
    }
    assert!(!allowed(&app, &[]));
}

#[test]
fn behind_a_trusted_proxy_everybody_has_a_limit_of_their_own() {
    let trusted_proxies = &["127.0.0.0/8", "10.0.0.0/8"];
    let app = TestApp::start_with(Start { rate_limit: 2, trusted_proxies, ..Start::default() });
    let from = |said: &str| allowed(&app, &[("x-forwarded-for", said)]);
    assert_eq!(
        [from("203.0.113.1"), from("203.0.113.1"), from("203.0.113.1")],
        [true, true, false]
    );
    assert!(from("203.0.113.2, 10.0.0.5"));
    // What the client says of itself stands before what the proxy says of it.
    assert!(!from("198.51.100.7, 203.0.113.1"));
    // One line has many addresses of IPv6, and one limit.
    let line = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:3::4"];
    assert_eq!(line.map(from), [true, true, false]);
}

#[test]
fn instances_with_one_redis_share_what_a_client_may_still_ask() {
    let with = |redis_url: String| Start {
        redis_url: Some(redis_url),
        rate_limit: 4,
        workers: 0,
        ..Start::default()
    };
    let url = fresh_redis();
    let first = TestApp::start_with(with(url.clone()));
    let second = first.another(with(url));
    let nobody = |app: &TestApp| app.client_of("").get("/healthz");
    for (app, left) in [(&first, "3"), (&second, "2"), (&first, "1"), (&second, "0")] {
        assert_eq!(nobody(app).header("ratelimit-remaining"), Some(left));
    }
    for app in [&first, &second] {
        let refused = nobody(app);
        assert_eq!(refused.problem(429), "too-many-requests");
        let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=15).contains(&seconds), "a request every 15 seconds: {seconds}");
    }
    // Without Redis each instance counts for itself, and nobody is let in without a limit.
    let away = first.another(with("redis://127.0.0.1:1".to_owned()));
    assert_eq!([200, 200, 200, 200, 429].map(|_| nobody(&away).status), [200, 200, 200, 200, 429]);
}

#[test]
fn a_body_that_does_not_arrive_is_answered_and_the_connection_closed() {
    let (_app, _, admin) = one_trust();
    let school = school(&admin, 1, "primary");
    let since = Instant::now();
    for (method, path) in [
        ("POST", "/v1/classes".to_owned()),
        ("POST", format!("/v1/schools/{school}/calendar/2026/read")),
    ] {
        let answer = admin.begin_to_send(method, &path, "{");
        assert_eq!(answer.problem(408), "body-late");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert!(since.elapsed() < Duration::from_secs(60), "{:?}", since.elapsed());
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let (app, trust, admin) = one_trust();
    let teacher = app.client("teacher", trust);
    let nobody = app.client_of("");
    let text = [("content-type", "text/plain")];
    let answers = [
        (200, admin.get("/v1/schools")),
        (200, nobody.get("/healthz")),
        (400, admin.get("/v1/schools?limit=0")),
        (
            400,
            admin.send(
                "POST",
                "/v1/schools",
                &[("content-type", "application/json")],
                Some(b"{".to_vec()),
            ),
        ),
        (401, nobody.get("/v1/schools")),
        (403, teacher.get("/v1/analytics/trend")),
        (404, admin.get("/v1/schools/4711")),
        (404, admin.get("/v1/no/such/path")),
        (404, admin.get("/v1/schools/one")),
        (405, admin.send("DELETE", "/v1/schools", &[], None)),
        (413, admin.post("/v1/schools", &json!({ "name": "x".repeat(2 * 1024 * 1024) }))),
        (415, admin.send("POST", "/v1/schools", &text, Some(b"{}".to_vec()))),
        (422, admin.post("/v1/schools", &json!({ "urn": "1", "name": "A", "phase": "primary" }))),
    ];
    let mut seen = BTreeSet::new();
    for (status, answer) in &answers {
        assert_eq!(answer.status, *status, "{}", answer.text);
        let id = answer.header("request-id").expect("a Request-Id");
        assert!(id.len() == 36 && seen.insert(id), "{id}");
        if *status >= 400 {
            let slug = answer.problem(*status);
            let page = nobody.get(answer.body["type"].as_str().unwrap()).expect(200);
            assert_eq!(
                (&page["slug"], &page["status"]),
                (&json!(slug), &json!(status)),
                "its type can be opened"
            );
        }
    }
    assert_eq!(answers[9].1.header("allow"), Some("GET, HEAD, POST"));
    assert_eq!(answers[4].1.header("www-authenticate"), Some("Bearer"));
    assert_eq!(nobody.get("/problems/no-such").problem(404), "not-found");
}

#[test]
fn a_client_that_asks_too_often_waits_and_the_others_do_not() {
    let app = TestApp::start_with(Start { rate_limit: 5, ..Start::default() });
    let trust = app.trust("Larkrise");
    let (busy, calm) = (app.client("trust_admin", trust), app.client("trust_officer", trust));
    for left in ["4", "3", "2", "1", "0"] {
        let answer = busy.get("/v1/schools");
        assert_eq!((answer.status, answer.header("ratelimit-limit")), (200, Some("5")));
        assert_eq!(answer.header("ratelimit-remaining"), Some(left));
    }
    let refused = busy.get("/v1/schools");
    assert_eq!(refused.problem(429), "too-many-requests");
    let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=12).contains(&seconds), "a request every 12 seconds: {seconds}");
    assert_eq!(refused.header("ratelimit-remaining"), Some("0"));
    assert_eq!(refused.header("ratelimit-reset"), refused.header("retry-after"));
    assert!(refused.header("request-id").is_some());
    assert_eq!(calm.get("/v1/schools").header("ratelimit-remaining"), Some("4"));
    assert_eq!(app.client_of("").get("/healthz").status, 200);
}

#[test]
fn who_takes_gzip_gets_it() {
    let (app, _, _) = one_trust();
    let place = format!("{}/openapi.json", app.base);
    let plain = ureq::get(&place).call().unwrap().body_mut().read_to_string().unwrap();
    let mut packed = ureq::get(&place).header("accept-encoding", "gzip").call().unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.headers()["vary"], "accept-encoding");
    let bytes = packed.body_mut().read_to_vec().unwrap();
    assert!(bytes.len() * 4 < plain.len(), "{} of {} bytes", bytes.len(), plain.len());
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[test]
fn head_answers_like_get_and_leaves_the_body_out() {
    let (app, trust, admin) = one_trust();
    for (client, path) in [
        (&admin, "/v1/schools"),
        (&admin, "/v1/schools/4711"),
        (&app.client_of(""), "/v1/trust"),
        (&admin, "/healthz"),
    ] {
        let (get, head) = (client.get(path), client.send("HEAD", path, &[], None));
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        for name in ["content-type", "content-length"] {
            assert!(
                get.header(name).is_some() && head.header(name) == get.header(name),
                "{path}: {name}"
            );
        }
    }
    assert_eq!(admin.send("HEAD", "/v1/pupils/1/marks/amendments", &[], None).status, 405);
    assert_eq!(admin.get("/v1/trust").expect(200)["trust_id"], trust);
}
