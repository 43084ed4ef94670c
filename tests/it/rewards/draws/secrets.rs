//! Two secrets: a governor commits by a link without an account, and opens the secret when the draw is drawn, or stays away
//! in public.

use std::os::unix::fs::PermissionsExt;

use draw::{Checks, Finding, commit, from_hex, verify};
use serde_json::{Value, json};

use super::stage::{PRIZE, Stage, TERM, verifiers};
use crate::support::app::Start;
use crate::support::build::{id, text};
use crate::support::clients::ComesIn;
use crate::support::program::{program, rollcall, run, said};

const SECRET: &str = "00112233445566778899aabbccddeeff";

struct Governor<'a> {
    stage: &'a Stage,
    draw: i32,
    invitation: String,
}

impl<'a> Governor<'a> {
    fn invited(stage: &'a Stage, draw: i32) -> Self {
        let told = stage.to(draw, "invitation", json!({})).expect(201);
        let invitation = text(&told, "invitation").to_owned();
        let page = format!("/draws/governor#draw={draw}&invitation={invitation}");
        assert_eq!(text(&told, "page"), page);
        Self { stage, draw, invitation }
    }

    fn sends(&self, what: &str, mut body: Value) -> crate::support::app::Answer {
        body["invitation"] = json!(self.invitation);
        self.stage.app.client_of("").post(&format!("/v1/draws/{}/{what}", self.draw), &body)
    }

    fn commits(&self) -> crate::support::app::Answer {
        let commitment = commit(&from_hex(SECRET).unwrap()).to_string();
        self.sends("commitments", json!({ "commitment": commitment }))
    }
}

/// A draw by two secrets that is frozen, and its governor.
fn frozen(stage: &Stage) -> Governor<'_> {
    let draw = stage.prepare(json!({ "mode": "two secrets" }));
    let governor = Governor::invited(stage, draw);
    stage.app.clock.set("2026-12-01T07:00:00Z");
    assert_eq!(stage.to(draw, "opening", json!({})).problem(409), "draw-without-commitment");
    governor.commits().expect(200);
    stage.to(draw, "opening", json!({})).expect(200);
    stage.app.clock.set("2026-12-15T18:30:00Z");
    stage.to(draw, "freeze", json!({})).expect(200);
    governor
}

#[test]
fn a_governor_commits_and_opens_without_an_account_and_only_the_right_secret_draws() {
    let stage = Stage::sandbox(12);
    stage.give_all();
    let governor = frozen(&stage);
    let draw = governor.draw;
    assert_eq!(governor.commits().problem(409), "already-committed");
    assert_eq!(stage.to(draw, "invitation", json!({})).problem(409), "already-committed");
    let told = governor.sends("invited", json!({})).expect(200);
    assert_eq!(told["freeze_hash"], stage.read(draw)["freeze_hash"]);
    let opens = |secret: &str| governor.sends("secrets", json!({ "secret": secret }));
    assert_eq!(opens(SECRET).problem(409), "draw-too-early");
    stage.app.clock.set("2026-12-16T18:30:00Z");
    assert_eq!(stage.to(draw, "drawing", json!({})).problem(409), "draw-needs-governor");
    for wrong in ["11112233445566778899aabbccddeeff", "00"] {
        assert_eq!(opens(wrong).problem(422), "secret-does-not-open", "{wrong}");
    }
    assert_eq!(opens("no hex").problem(422), "invalid");
    let void = json!({ "why": "We dislike it" });
    assert_eq!(stage.to(draw, "void", void).problem(409), "draw-not-voidable");
    assert_eq!(text(&opens(SECRET).expect(200), "state"), "drawn");
    assert_eq!(opens(SECRET).problem(409), "draw-already-drawn");
    let (receipt, noted) = (stage.receipt(draw), text(&stage.read(draw), "freeze_hash").to_owned());
    let checks = Checks { noted: noted.parse().ok(), test_beacon: false };
    let Ok(Finding::Drawn { unproven, .. }) = verify(receipt.as_bytes(), &checks) else {
        panic!("{receipt}")
    };
    assert_eq!(unproven, [], "it is verified");
    for (code, said) in verifiers(&receipt, &["--noted", &noted]) {
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn a_governor_who_stays_away_voids_the_draw_in_public_and_another_follows() {
    let stage = Stage::sandbox(12);
    stage.give_all();
    let governor = frozen(&stage);
    let draw = governor.draw;
    stage.app.clock.set("2026-12-17T18:30:00Z");
    let late = governor.sends("secrets", json!({ "secret": SECRET }));
    assert_eq!(late.problem(409), "secret-too-late");
    let why = json!({ "why": "The governor's secret was not opened in time" });
    assert_eq!(text(&stage.to(draw, "void", why.clone()).expect(200), "state"), "void");
    assert_eq!(stage.to(draw, "void", why).problem(409), "draw-over");
    let void = stage.receipt(draw);
    assert!(matches!(verify(void.as_bytes(), &Checks::default()), Ok(Finding::Void { .. })));
    for (code, said) in verifiers(&void, &[]) {
        assert_eq!(code, Some(0), "{said}");
    }
    let body = json!({ "school_id": stage.school, "prize": PRIZE, "period": TERM });
    let next = stage.lead.post("/v1/draws", &body).expect(201);
    assert_eq!(id(&next, "follows"), draw);
    let next = id(&next, "draw_id");
    stage.to(next, "opening", json!({})).expect(200);
    let frozen = stage.to(next, "freeze", json!({})).expect(200);
    assert_eq!(frozen["tickets"], stage.read(draw)["tickets"], "the same tickets are in");
    assert!(!stage.receipt(draw).is_empty(), "the void stays published");
}

#[test]
fn an_invitation_opens_its_own_draw_until_the_next_one_is_made() {
    let stage = Stage::sandbox(1);
    let beacon = stage.prepare(json!({}));
    assert_eq!(stage.to(beacon, "invitation", json!({})).problem(409), "draw-needs-no-governor");
    // Nothing of it is published yet, so that another may stand in its place.
    let draw = stage.prepare(json!({ "mode": "two secrets" }));
    assert_eq!(text(&stage.read(beacon), "state"), "replaced");
    let first = Governor::invited(&stage, draw);
    let second = Governor::invited(&stage, draw);
    assert_eq!(first.commits().problem(404), "not-found");
    let elsewhere = Governor { draw: beacon, invitation: second.invitation.clone(), ..first };
    assert_eq!(elsewhere.commits().problem(404), "not-found");
    let refused = second.sends("commitments", json!({ "commitment": "abc" }));
    assert_eq!(refused.problem(422), "invalid");
    second.commits().expect(200);
}

#[test]
fn the_governors_page_is_alone_and_makes_the_commitment_that_the_protocol_has() {
    let stage = Stage::sandbox(1);
    let nobody = stage.app.client_of("");
    for (path, media) in [
        ("/draws/governor", "text/html; charset=utf-8"),
        ("/draws/governor.js", "text/javascript; charset=utf-8"),
        ("/draws/governor.css", "text/css; charset=utf-8"),
    ] {
        let answer = nobody.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media)));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        assert!(!answer.text.contains("http://") && !answer.text.contains("https://"));
    }
    let page = nobody.get("/draws/governor").text;
    assert!(!page.contains("onclick") && !page.contains("style="), "the policy would stop it");
    // Where there is a Node it runs the page's own code.
    if std::process::Command::new("node").arg("--version").output().is_err() {
        return;
    }
    let code = nobody.get("/draws/governor.js").text;
    let ask = format!(
        "{code}\ncommitment(fromHex('{SECRET}')).then(console.log);\nconsole.log(freshSecret().length);"
    );
    let said = run(&mut program("node", &["--input-type=module", "-e", &ask]));
    assert_eq!(said.code, Some(0), "{}", said.err);
    let commitment = commit(&from_hex(SECRET).unwrap()).to_string();
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines, ["64", commitment.as_str()]);
}

#[test]
fn after_a_change_of_keys_secrets_are_sealed_anew_and_the_earlier_key_can_go() {
    let stage = Stage::sandbox(10);
    let draw = stage.prepare(json!({}));
    // The key that signs its token is made, and sealed like the draw's secret.
    let admin = stage.app.client("trust_admin", stage.trust);
    let client = ComesIn::add(&admin, "school_office", &[stage.school]);
    let token = client.token(&stage.app.base);
    let folder = stage.app.keys.join("secret-keys");
    let second = folder.join("0002.key");
    std::fs::write(&second, "0f".repeat(32)).unwrap();
    std::fs::set_permissions(&second, std::fs::Permissions::from_mode(0o600)).unwrap();
    let url = stage.app.database.url(api::base::migrate::APPLICATION);
    let keys = folder.to_str().unwrap();
    let data = stage.app.keys.to_str().unwrap();
    let renew = ["secrets", "renew", "--database-url", &url, "--data", data, "--secret-keys", keys];
    assert!(said(&mut rollcall(&renew)).starts_with("sealed anew: 2;"));
    assert!(said(&mut rollcall(&renew)).starts_with("sealed anew: 0;"));
    std::fs::remove_file(folder.join("0001.key")).unwrap();
    let later = stage.app.another(Start { clockwork: false, ..Start::default() });
    later.client_of(&token).get("/v1/me").expect(200);
    stage.app.clock.set("2026-12-01T07:00:00Z");
    let lead = later.school_client("school_lead", stage.trust, &[stage.school]);
    lead.post(&format!("/v1/draws/{draw}/opening"), &json!({})).expect(200);
    later.client_of(&client.token(&later.base)).get("/v1/me").expect(200);
}
