//! A real provider, and somebody who signs in there with a browser. Where there is no Node, this is left out.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Days};
use serde_json::{Value, json};

use super::{exchange, identify, staff};
use crate::support::app::{Client, Start, TestApp};
use crate::support::build::school;
use crate::support::clients::ComesIn;
use crate::support::program::{Running, program};

/// The provider's library, where `make provider` has put it.
fn library() -> Option<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../.tools/provider/node_modules");
    let folder = PathBuf::from(folder);
    folder.join("oidc-provider").is_dir().then_some(folder)
}

#[test]
fn whoever_signs_in_at_a_real_provider_is_a_member_of_staff() {
    let Some(library) = library() else {
        println!("Left out: no OpenID provider; `make provider` gets one where there is Node.");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/provider.mjs");
    let mut running = Running::start(&mut program("node", &[script, library.to_str().unwrap()]));
    let said = running.wait_for("provider http");
    let words: Vec<&str> = said.split(' ').collect();
    let [_, issuer, _, browser] = words[..] else { panic!("{said}") };
    let sign_in = |login: &str| {
        let answer = Client::new(browser, "").get(&format!("/sign-in?login={login}")).expect(200);
        answer["id_token"].as_str().expect("an ID token").to_owned()
    };

    // It goes by the real time, and so does the story.
    let token = sign_in("jo");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let now = DateTime::from_timestamp(claims["iat"].as_i64().unwrap(), 0).unwrap();
    let app = TestApp::start_with(Start { reachable: vec![issuer.to_owned()], ..Start::default() });
    app.clock.set(&now.to_rfc3339());
    let admin = app.client("trust_admin", app.trust("Larkrise"));
    let elm = school(&admin, 1, "primary");
    let providers = json!({ "providers": [{ "issuer": issuer, "person": "sub" }] });
    admin.put("/v1/trust/identity-providers", &providers).expect(200);
    let jo = staff(&admin, "staff-41", elm);
    identify(&admin, jo, issuer, "jo").expect(200);
    let duty = json!({ "school_id": elm, "duty": "Teacher", "role": "teacher", "from_day": now.date_naive() });
    admin.put(&format!("/v1/staff/{jo}/duties"), &json!({ "duties": [duty] })).expect(200);
    let front_end = |audience: &str| {
        let body = json!({ "name": "Front end", "purpose": "Staff sign in", "acts": "for_staff", "role": "teacher",
            "school_ids": [elm], "audiences": [audience], "expires_at": now + Days::new(1) });
        ComesIn::of(&admin.post("/v1/clients", &body).expect(201))
    };
    let ours = front_end("front-end");

    let answer = exchange(&app, &front_end("another"), &token, "").expect(400);
    assert!(answer["error_description"].as_str().unwrap().contains("aud is none"), "{answer}");
    let answer = exchange(&app, &ours, &token, "").expect(200);
    let me = app.client_of(answer["access_token"].as_str().unwrap()).get("/v1/me").expect(200);
    assert_eq!((&me["subject"], &me["role"]), (&json!("staff-41"), &json!("teacher")));
    let again = exchange(&app, &ours, &token, "").expect(400);
    assert!(again["error_description"].as_str().unwrap().contains("used before"), "{again}");
    exchange(&app, &ours, &sign_in("jo"), "").expect(200);
    let nobody = exchange(&app, &ours, &sign_in("sam"), "").expect(400);
    assert!(nobody["error_description"].as_str().unwrap().contains("nobody of the trust's staff"));
}
