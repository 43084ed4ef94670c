//! Staff sign in at their trust's identity provider, and do what their duties of today allow.

mod real;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::base::revocations::refused_a_second_later;
use crate::support::app::{Answer, Client, Start, TestApp};
use crate::support::build::{id, marks, school};
use crate::support::clients::{ComesIn, post_form};
use crate::support::one_school::OneSchool;
use crate::support::provider::Provider;
use crate::support::sql::Sql;

/// The front end's name at the provider.
const AUDIENCE: &str = "front-end";
/// What the provider calls Jo.
const JO: &str = "8d4d7c1e";

/// A school whose teacher Jo signs in at a provider, through a front end.
pub struct SignIn {
    provider: Provider,
    it: OneSchool,
    front_end: ComesIn,
    jo: i32,
}

impl SignIn {
    pub fn prepare() -> Self {
        Self::with(Provider::start())
    }

    fn with(provider: Provider) -> Self {
        let reachable = vec![provider.issuer.clone()];
        let app = TestApp::start_with(Start { reachable, ..Start::default() });
        let it = OneSchool::on(app, 1);
        let providers = json!({ "providers": [{ "issuer": provider.issuer, "person": "sub" }] });
        it.admin.put("/v1/trust/identity-providers", &providers).expect(200);
        let front_end = front_end(&it.admin, "school_lead", &[it.school]);
        let jo = staff(&it.admin, "staff-41", it.school);
        identify(&it.admin, jo, &provider.issuer, JO).expect(200);
        let sign_in = Self { provider, it, front_end, jo };
        sign_in.duty("Teacher", json!("teacher"), None);
        sign_in
    }

    fn duty(&self, duty: &str, role: Value, to: Option<&str>) {
        let one = json!({ "school_id": self.it.school, "duty": duty, "role": role, "from_day": "2026-09-01", "to_day": to });
        let path = format!("/v1/staff/{}/duties", self.jo);
        self.it.admin.put(&path, &json!({ "duties": [one] })).expect(200);
    }

    /// Each time others: nobody signs in twice with one token.
    fn claims(&self) -> Value {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut claims = self.provider.claims(JO, AUDIENCE, self.it.app.clock.now().timestamp());
        claims["nonce"] = json!(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        claims
    }

    /// Good claims but for one; `null` leaves it out.
    fn but(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        claims.as_object_mut().unwrap().remove(name);
        if !value.is_null() {
            claims[name] = value;
        }
        claims
    }

    fn exchange(&self, token: &str) -> Answer {
        exchange(&self.it.app, &self.front_end, token, "")
    }

    /// What the front end sends when Jo has signed in once more.
    pub fn form(&self) -> String {
        form(&self.provider.token(&self.claims()))
    }

    /// Sends a form as the front end.
    pub fn send(&self, form: &str) -> Answer {
        let basic = self.front_end.basic();
        post_form(&self.it.app.base, "/oauth/token", &[("authorization", &basic)], form)
    }

    /// Jo's client, after she has signed in.
    pub fn jo(&self) -> Client {
        let answer = self.exchange(&self.provider.token(&self.claims())).expect(200);
        self.it.app.client_of(answer["access_token"].as_str().unwrap())
    }

    #[track_caller]
    fn refused(&self, token: &str, says: &str) {
        let answer = self.exchange(token).expect(400);
        assert_eq!(answer["error"], "invalid_request", "{answer}");
        let said = answer["error_description"].as_str().unwrap();
        assert!(said.contains(says), "{says:?} is not in {said:?}");
    }
}

fn front_end(admin: &Client, role: &str, schools: &[i32]) -> ComesIn {
    let body = json!({ "name": "Front end", "purpose": "Staff sign in", "acts": "for_staff", "role": role,
        "school_ids": schools, "audiences": [AUDIENCE], "expires_at": "2026-12-31T00:00:00Z" });
    ComesIn::of(&admin.post("/v1/clients", &body).expect(201))
}

fn staff(admin: &Client, subject: &str, school: i32) -> i32 {
    let body =
        json!({ "person": { "name": "Jo Marsh", "subject": subject }, "school_ids": [school] });
    id(&admin.post("/v1/staff", &body).expect(201), "staff_id")
}

fn identify(admin: &Client, staff: i32, issuer: &str, person: &str) -> Answer {
    let body = json!({ "identities": [{ "issuer": issuer, "person": person }] });
    admin.put(&format!("/v1/staff/{staff}/identities"), &body)
}

fn form(token: &str) -> String {
    format!(
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token={token}\
         &subject_token_type=urn:ietf:params:oauth:token-type:id_token"
    )
}

fn exchange(app: &TestApp, client: &ComesIn, token: &str, more: &str) -> Answer {
    let form = format!("{}{more}", form(token));
    post_form(&app.base, "/oauth/token", &[("authorization", &client.basic())], &form)
}

#[test]
fn a_teacher_signs_in_takes_a_register_and_is_let_in_no_more_when_the_duty_ends() {
    let sign_in = SignIn::prepare();
    let OneSchool { app, class, pupils, trust, .. } = &sign_in.it;
    let answer = sign_in.exchange(&sign_in.provider.token(&sign_in.claims())).expect(200);
    assert_eq!(answer["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    let token = answer["access_token"].as_str().unwrap();
    let instances = [app.another(Start::default()), app.another(Start::default())];
    let everywhere = [app, &instances[0], &instances[1]].map(|app| app.client_of(token));
    let place = format!("/v1/classes/{class}/registers/2026-11-18/AM");
    everywhere[1].put(&place, &marks(&[(pupils[0], "/")])).expect(200);
    let by = Sql::of(&app.database).texts("SELECT recorded_by FROM mark_event");
    assert_eq!(by, ["staff-41"]);
    let me = everywhere[2].get("/v1/me").expect(200);
    assert_eq!((&me["role"], &me["staff_id"]), (&json!("teacher"), &json!(sign_in.jo)));
    assert_eq!(
        (&me["client"], &me["trust_id"]),
        (&json!(sign_in.front_end.identifier), &json!(trust))
    );
    assert_eq!(me["duties"][0]["duty"], "Teacher");

    sign_in.duty("Teacher", json!("teacher"), Some("2026-11-17"));
    refused_a_second_later(&everywhere);
    for client in &everywhere {
        assert_eq!(client.put(&place, &marks(&[(pupils[0], "N")])).problem(401), "unauthenticated");
    }
    sign_in
        .refused(&sign_in.provider.token(&sign_in.claims()), "no duty that the person has today");
    // She comes back, and what she was given before does not.
    sign_in.duty("Teacher", json!("teacher"), None);
    sign_in.jo().get("/v1/me").expect(200);
    assert_eq!(everywhere[0].get("/v1/me").status, 401);
}

#[test]
fn an_id_token_that_is_not_what_it_has_to_be_gives_nothing() {
    let sign_in = SignIn::prepare();
    let now = sign_in.it.app.clock.now().timestamp();
    let provider = &sign_in.provider;
    for (name, value, says) in [
        ("iss", json!("https://login.example"), "iss is no identity provider"),
        ("iss", json!(format!("{}/", provider.issuer)), "iss is no identity provider"),
        ("iss", Value::Null, "iss is no identity provider"),
        ("aud", json!("another"), "aud is none"),
        ("aud", json!([]), "aud is none"),
        ("aud", Value::Null, "signature"),
        ("aud", json!([AUDIENCE, "another"]), "azp is none"),
        ("azp", json!("another"), "azp is none"),
        ("exp", json!(now - 31), "has ended"),
        ("exp", Value::Null, "signature"),
        ("iat", json!(now + 31), "has not begun"),
        ("nbf", json!(now + 31), "has not begun"),
        ("iat", json!(now - 301), "older than five minutes"),
        ("sub", json!("somebody"), "nobody of the trust's staff"),
        ("sub", json!(""), "does not say who it is"),
        ("sub", Value::Null, "signature"),
    ] {
        sign_in.refused(&provider.token(&sign_in.but(name, value)), says);
    }
    let good = sign_in.claims();
    let token = provider.token(&good);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let other = provider.token(&sign_in.but("nonce", json!("m")));
    for (token, says) in [
        (provider.forged(&good), "signature"),
        (provider.with_public_secret(&good), "signature"),
        (format!("{signed}."), "signature"),
        (format!("{}.{signature}", other.rsplit_once('.').unwrap().0), "signature"),
        ("x".to_owned(), "iss is no identity provider"),
    ] {
        sign_in.refused(&token, says);
    }
    // Several audiences, of which one asked; and then once more with the same.
    let mut several = sign_in.but("aud", json!([AUDIENCE, "another"]));
    several["azp"] = json!(AUDIENCE);
    let token = provider.token(&several);
    sign_in.exchange(&token).expect(200);
    sign_in.refused(&token, "used before");
}

#[test]
fn what_is_asked_for_otherwise_is_refused_by_name() {
    let sign_in = SignIn::prepare();
    let app = &sign_in.it.app;
    let token = sign_in.provider.token(&sign_in.claims());
    for (more, error) in [
        ("&audience=another-api", "invalid_target"),
        ("&resource=https://another.example", "invalid_target"),
        ("&actor_token=x", "invalid_request"),
        ("&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token", "invalid_request"),
        ("&scope=pupils", "invalid_scope"),
    ] {
        let answer = exchange(app, &sign_in.front_end, &token, more).expect(400);
        assert_eq!(answer["error"], error, "{more}");
    }
    let itself = ComesIn::add(&sign_in.it.admin, "teacher", &[sign_in.it.school]);
    assert_eq!(exchange(app, &itself, &token, "").expect(400)["error"], "unauthorized_client");
    let stranger = ComesIn { secret: "x".to_owned(), ..sign_in.front_end.clone() };
    assert_eq!(exchange(app, &stranger, &token, "").expect(401)["error"], "invalid_client");
    // None of it used the token up.
    exchange(app, &sign_in.front_end, &token, "&audience=rollcall-api").expect(200);
}

#[test]
fn another_trusts_provider_is_nobodys_here() {
    let sign_in = SignIn::prepare();
    let app = &sign_in.it.app;
    let theirs = app.client("trust_admin", app.trust("Candleford"));
    let oak = school(&theirs, 2, "primary");
    let client = front_end(&theirs, "school_lead", &[oak]);
    let token = sign_in.provider.token(&sign_in.claims());
    let answer = exchange(app, &client, &token, "").expect(400);
    assert!(answer["error_description"].as_str().unwrap().contains("no identity provider"));
    // The same provider there knows the same person as somebody else, or nobody.
    let providers =
        json!({ "providers": [{ "issuer": sign_in.provider.issuer, "person": "sub" }] });
    theirs.put("/v1/trust/identity-providers", &providers).expect(200);
    let answer = exchange(app, &client, &token, "").expect(400);
    assert!(answer["error_description"].as_str().unwrap().contains("nobody of the trust's staff"));
    sign_in.exchange(&token).expect(200);
}

#[test]
fn a_provider_changes_its_key() {
    let mut sign_in = SignIn::prepare();
    sign_in.jo().get("/v1/me").expect(200);
    sign_in.provider.publish(&[0, 1]);
    sign_in.provider.signs = 1;
    let since = Instant::now();
    while sign_in.exchange(&sign_in.provider.token(&sign_in.claims())).status != 200 {
        assert!(since.elapsed() < Duration::from_secs(10), "the new key is not found");
        std::thread::sleep(Duration::from_millis(100));
    }
    sign_in.provider.signs = 0;
    sign_in.jo().get("/v1/me").expect(200);
}

#[test]
fn of_several_duties_one_is_named_and_all_are_cut_to_the_client() {
    let sign_in = SignIn::prepare();
    let OneSchool { app, admin, school: elm, .. } = &sign_in.it;
    let oak = school(admin, 2, "primary");
    let at_oak =
        json!({ "school_id": oak, "duty": "Teacher", "role": "teacher", "from_day": "2026-09-01" });
    let path = format!("/v1/staff/{}/duties", sign_in.jo);
    admin.put(&path, &json!({ "duties": [at_oak] })).expect(200);
    sign_in.duty("Attendance Lead", json!("school_lead"), None);
    sign_in.duty("DSL", json!("safeguarding_lead"), None);
    // The front end may do what a school's lead may, at Elm.
    let token = || sign_in.provider.token(&sign_in.claims());
    sign_in.refused(&token(), "name one of the person's roles with `role`: school_lead, teacher");
    let named = |role: &str| exchange(app, &sign_in.front_end, &token(), &format!("&role={role}"));
    let me = app.client_of(named("teacher").expect(200)["access_token"].as_str().unwrap());
    let me = me.get("/v1/me").expect(200);
    assert_eq!((&me["role"], &me["school_ids"]), (&json!("teacher"), &json!([elm])));
    for role in ["safeguarding_lead", "school_office", "trust_admin"] {
        assert_eq!(named(role).expect(400)["error"], "invalid_request", "{role}");
    }
    // One that may no more than teach gives no more, everywhere that it reaches.
    let narrow = front_end(admin, "teacher", &[*elm, oak]);
    let answer = exchange(app, &narrow, &token(), "").expect(200);
    let me = app.client_of(answer["access_token"].as_str().unwrap()).get("/v1/me").expect(200);
    assert_eq!((&me["role"], &me["school_ids"]), (&json!("teacher"), &json!([elm, oak])));
}

#[test]
fn a_duty_that_ends_today_ends_at_midnight() {
    let sign_in = SignIn::prepare();
    let app = &sign_in.it.app;
    sign_in.duty("Teacher", json!("teacher"), Some("2026-11-18"));
    app.clock.set("2026-11-18T23:50:00Z");
    let answer = sign_in.exchange(&sign_in.provider.token(&sign_in.claims())).expect(200);
    let jo = app.client_of(answer["access_token"].as_str().unwrap());
    app.clock.set("2026-11-18T23:59:59Z");
    jo.get("/v1/me").expect(200);
    app.clock.set("2026-11-19T00:00:00Z");
    assert_eq!(jo.get("/v1/me").problem(401), "unauthenticated");
}

#[test]
fn whoever_signs_in_as_somebody_else_from_now_on_is_refused_at_once() {
    let sign_in = SignIn::prepare();
    let OneSchool { admin, school: elm, .. } = &sign_in.it;
    let jo = sign_in.jo();
    jo.get("/v1/me").expect(200);
    let sam = staff(admin, "staff-42", *elm);
    let issuer = &sign_in.provider.issuer;
    let taken = identify(admin, sam, issuer, JO);
    assert_eq!(taken.problem(409), "already-exists");
    assert_eq!(taken.pointers(), ["/identities/0"]);
    let none = json!({ "identities": [] });
    admin.put(&format!("/v1/staff/{}/identities", sign_in.jo), &none).expect(200);
    identify(admin, sam, issuer, JO).expect(200);
    refused_a_second_later(&[jo]);
    sign_in.refused(&sign_in.provider.token(&sign_in.claims()), "no duty");
    assert_eq!(Sql::of(&sign_in.it.app.database).number("SELECT count(*) FROM staff_identity"), 3);
}

#[test]
fn a_directory_is_part_of_who_somebody_is() {
    let sign_in = SignIn::prepare();
    let issuer = &sign_in.provider.issuer;
    let providers = json!({ "providers": [{ "issuer": issuer, "person": "oid", "directory": "our-directory" }] });
    sign_in.it.admin.put("/v1/trust/identity-providers", &providers).expect(200);
    let with = |oid: Value, tid: Value| {
        let mut claims = sign_in.claims();
        (claims["sub"], claims["oid"], claims["tid"]) = (json!("pairwise"), oid, tid);
        sign_in.provider.token(&claims)
    };
    sign_in.refused(&with(json!(JO), json!("another")), "claim and directory");
    sign_in.refused(&with(json!(JO), Value::Null), "claim and directory");
    sign_in.refused(&with(Value::Null, json!("our-directory")), "claim and directory");
    sign_in.exchange(&with(json!(JO), json!("our-directory"))).expect(200);
}

#[test]
fn only_what_may_be_asked_is_an_identity_provider() {
    let sign_in = SignIn::prepare();
    let OneSchool { app, admin, trust, school: elm, .. } = &sign_in.it;
    let put = |providers: Value| {
        admin.put("/v1/trust/identity-providers", &json!({ "providers": providers }))
    };
    let before = admin.get("/v1/trust/identity-providers").expect(200);
    let good = "https://login.example";
    for (providers, place) in [
        (json!([{ "issuer": "http://login.example", "person": "sub" }]), "/providers/0/issuer"),
        (json!([{ "issuer": "http://127.0.0.1:1", "person": "sub" }]), "/providers/0/issuer"),
        (
            json!([{ "issuer": "https://login.example?a=b", "person": "sub" }]),
            "/providers/0/issuer",
        ),
        (json!([{ "issuer": good, "person": "sub", "directory": "d" }]), "/providers/0/directory"),
        (json!([{ "issuer": good, "person": "oid" }]), "/providers/0/directory"),
        (
            json!([{ "issuer": good, "person": "sub" }, { "issuer": good, "person": "sub" }]),
            "/providers/1/issuer",
        ),
    ] {
        let answer = put(providers);
        assert_eq!(answer.problem(422), "invalid");
        assert_eq!(answer.pointers(), [place]);
    }
    assert_eq!(admin.get("/v1/trust/identity-providers").expect(200), before);
    let email = put(json!([{ "issuer": good, "person": "email" }]));
    assert_eq!(email.problem(400), "bad-body");
    // An address that leads to this machine is asked by nobody, whatever it is called.
    put(json!([{ "issuer": "https://localhost:1", "person": "sub" }])).expect(200);
    let mut claims = sign_in.claims();
    claims["iss"] = json!("https://localhost:1");
    sign_in.refused(&sign_in.provider.token(&claims), "cannot be read just now");
    // And nobody of some schools says where a whole trust signs in.
    let narrow = app.school_client("trust_admin", *trust, &[*elm]);
    assert_eq!(narrow.put("/v1/trust/identity-providers", &before).problem(403), "forbidden");
    assert_eq!(
        narrow
            .put(&format!("/v1/staff/{}/identities", sign_in.jo), &json!({ "identities": [] }))
            .problem(403),
        "forbidden"
    );
}
