//! What the documents that OAuth is written down in oblige us to: a row an obligation, each with what shows it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::school::sign_in::SignIn;
use crate::support::app::{Answer, Client, PUBLIC_URL, TestApp};
use crate::support::build::school;
use crate::support::clients::{ComesIn, post_form};
use crate::support::run::wait_until;

/// A service with two clients of a school.
struct World {
    app: TestApp,
    admin: Client,
    client: ComesIn,
    other: ComesIn,
    /// Where somebody signs in through a front end.
    sign_in: SignIn,
}

impl World {
    fn prepare() -> Self {
        let app = TestApp::start();
        let admin = app.client("trust_admin", app.trust("Larkrise"));
        let elm = school(&admin, 1, "primary");
        let [client, other] = [0, 1].map(|_| ComesIn::add(&admin, "teacher", &[elm]));
        Self { app, admin, client, other, sign_in: SignIn::prepare() }
    }

    fn form(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        post_form(&self.app.base, path, headers, form)
    }

    /// With the client's secret in the form.
    fn as_client(&self, path: &str, form: &str) -> Answer {
        let ComesIn { identifier, secret, .. } = &self.client;
        self.form(path, &[], &format!("{form}&client_id={identifier}&client_secret={secret}"))
    }

    fn metadata(&self) -> Value {
        let path = "/.well-known/oauth-authorization-server";
        self.app.client_of("").get(path).expect(200)
    }

    /// Whether a token is let in.
    fn holds(&self, token: &str) -> bool {
        self.app.client_of(token).get("/v1/me").status == 200
    }
}

/// Header and claims of a token.
fn parts(token: &str) -> [Value; 2] {
    let mut parts = token.split('.');
    [(); 2].map(|()| {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    })
}

/// Where it is written, what it says, and what shows that it is kept.
type Obligation = (&'static str, &'static str, fn(&World));

const OBLIGATIONS: &[Obligation] = &[
    ("RFC 6749, 2.3.1", "a client may say who it is by Basic", |w| {
        let basic = [("authorization", &*w.client.basic())];
        w.form("/oauth/token", &basic, "grant_type=client_credentials").expect(200);
    }),
    ("RFC 6749, 2.3.1", "name and secret are encoded before they are joined", |w| {
        let encoded = format!("{}:{}", w.client.identifier.replace('-', "%2D"), w.client.secret);
        let basic = format!("Basic {}", STANDARD.encode(encoded));
        let basic = [("authorization", &*basic)];
        w.form("/oauth/token", &basic, "grant_type=client_credentials").expect(200);
    }),
    ("RFC 6749, 2.3", "a client says who it is in one way", |w| {
        let basic = [("authorization", &*w.client.basic())];
        let form = format!("grant_type=client_credentials&client_secret={}", w.client.secret);
        assert_eq!(w.form("/oauth/token", &basic, &form).expect(400)["error"], "invalid_request");
    }),
    ("RFC 6749, 3.2", "tokens are asked for by POST", |w| {
        assert_eq!(w.app.client_of("").get("/oauth/token").status, 405);
    }),
    ("RFC 6749, 3.2", "a parameter comes once", |w| {
        let form = "grant_type=client_credentials&scope=&scope=";
        assert_eq!(w.as_client("/oauth/token", form).expect(400)["error"], "invalid_request");
    }),
    ("RFC 6749, 3.2", "a parameter without a value is none, an unknown one is passed over", |w| {
        w.as_client("/oauth/token", "grant_type=client_credentials&scope=&colour=red").expect(200);
    }),
    ("RFC 6749, 4.4.3", "no refresh token comes with client credentials", |w| {
        let answer = w.client.ask(&w.app.base).expect(200);
        assert_eq!(answer.get("refresh_token"), None);
    }),
    ("RFC 6749, 5.1", "a token is kept by nobody between", |w| {
        let answer = w.client.ask(&w.app.base);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("pragma"), Some("no-cache"));
    }),
    ("RFC 6749, 5.2", "a client that failed by Basic is told of Basic", |w| {
        let wrong = ComesIn { secret: "x".to_owned(), ..w.client.clone() };
        let basic = [("authorization", &*wrong.basic())];
        let answer = w.form("/oauth/token", &basic, "grant_type=client_credentials");
        assert!(answer.header("www-authenticate").is_some_and(|it| it.starts_with("Basic")));
        assert_eq!(answer.expect(401)["error"], "invalid_client");
    }),
    ("RFC 6749, 5.2", "a grant that there is not is named so", |w| {
        let answer = w.as_client("/oauth/token", "grant_type=password");
        assert_eq!(answer.expect(400)["error"], "unsupported_grant_type");
    }),
    ("RFC 7009, 2.1", "a client gives its own token back", |w| {
        let token = w.client.token(&w.app.base);
        assert!(w.holds(&token));
        w.as_client("/oauth/revoke", &format!("token={token}")).expect(200);
        wait_until("it is refused", || !w.holds(&token));
    }),
    ("RFC 7009, 2.1", "and no other client's", |w| {
        let token = w.other.token(&w.app.base);
        let answer = w.as_client("/oauth/revoke", &format!("token={token}"));
        assert_eq!(answer.expect(400)["error"], "unauthorized_client");
        assert!(w.holds(&token));
    }),
    ("RFC 7009, 2.1", "whoever is no client gives nothing back", |w| {
        let token = w.client.token(&w.app.base);
        let answer = w.form("/oauth/revoke", &[], &format!("token={token}"));
        assert_eq!(answer.expect(401)["error"], "invalid_client");
    }),
    ("RFC 7009, 2.2", "what is no token of ours does not hold, which is no error", |w| {
        for token in ["x", "a.b.c", &w.admin_token()] {
            let status = w.as_client("/oauth/revoke", &format!("token={token}")).status;
            assert_eq!(status, if token.len() > 5 { 400 } else { 200 }, "{token}");
        }
    }),
    ("RFC 7009, 2.1", "an unknown hint is passed over", |w| {
        w.as_client("/oauth/revoke", "token=x&token_type_hint=refresh_token").expect(200);
    }),
    ("RFC 8414, 2", "the metadata names what there is", |w| {
        let metadata = w.metadata();
        for name in ["issuer", "token_endpoint", "revocation_endpoint", "jwks_uri"] {
            assert!(metadata[name].as_str().unwrap().starts_with("https://"), "{name}");
        }
        assert!(metadata["response_types_supported"].is_array());
        let grants = ["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange"];
        assert_eq!(metadata["grant_types_supported"], json!(grants));
        let by = json!(["client_secret_basic", "client_secret_post"]);
        assert_eq!(metadata["token_endpoint_auth_methods_supported"], by);
    }),
    ("RFC 8414, 3", "the issuer is where the metadata stands", |w| {
        assert_eq!(w.metadata()["issuer"], PUBLIC_URL);
    }),
    ("RFC 8693, 2.1", "an exchange says which token comes in, and of which kind", |w| {
        for lacks in ["subject_token", "subject_token_type"] {
            let form = w.sign_in.form().replace(&format!("&{lacks}="), "&x=");
            assert_eq!(w.sign_in.send(&form).expect(400)["error"], "invalid_request", "{lacks}");
        }
    }),
    ("RFC 8693, 2.1", "a kind of token that is not understood is refused", |w| {
        let form = w.sign_in.form().replace("id_token", "saml2");
        assert_eq!(w.sign_in.send(&form).expect(400)["error"], "invalid_request");
    }),
    ("RFC 8693, 2.2.1", "the answer says which kind of token was issued", |w| {
        let answer = w.sign_in.send(&w.sign_in.form()).expect(200);
        let kind = "urn:ietf:params:oauth:token-type:access_token";
        assert_eq!(
            (&answer["issued_token_type"], &answer["token_type"]),
            (&json!(kind), &json!("Bearer"))
        );
    }),
    ("RFC 8693, 2.2.2", "a token that is not valid is an invalid request", |w| {
        let form = w.sign_in.form().replace("&subject_token=", "&subject_token=x");
        assert_eq!(w.sign_in.send(&form).expect(400)["error"], "invalid_request");
    }),
    ("RFC 8693, 2.2.2", "a target that there is not is an invalid target", |w| {
        let form = format!("{}&resource=https://another.example", w.sign_in.form());
        assert_eq!(w.sign_in.send(&form).expect(400)["error"], "invalid_target");
    }),
    ("RFC 9068, 2.2", "a token that was exchanged is the person's, and names the client", |w| {
        let mut form = w.sign_in.form();
        form.push_str("&colour=red");
        let answer = w.sign_in.send(&form);
        let [_, claims] = parts(answer.expect(200)["access_token"].as_str().unwrap());
        assert_eq!(claims["sub"], "staff-41");
        assert!(claims["client_id"].as_str().unwrap().starts_with("rc-"));
    }),
    ("RFC 9068, 2.1", "a token says that it is an access token, and is signed", |w| {
        let [header, _] = parts(&w.client.token(&w.app.base));
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("EdDSA")));
    }),
    ("RFC 9068, 2.2", "a token has every claim that it must have", |w| {
        let [_, claims] = parts(&w.client.token(&w.app.base));
        assert_eq!(claims["iss"], w.metadata()["issuer"]);
        assert_eq!(
            claims["sub"], w.client.identifier,
            "a client that acts for itself is the subject"
        );
        assert_eq!(claims["client_id"], w.client.identifier);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
        for name in ["aud", "jti"] {
            assert!(claims[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        }
    }),
    ("RFC 9068, 4", "whoever has the published keys can check a token", |w| {
        let token = w.client.token(&w.app.base);
        let jwks = w.app.client_of("").get("/.well-known/jwks.json").expect(200);
        let jwks: JwkSet = serde_json::from_value(jwks).unwrap();
        let kid = jsonwebtoken::decode_header(&token).unwrap().kid.unwrap();
        let key = DecodingKey::from_jwk(jwks.find(&kid).expect("a published key")).unwrap();
        let mut expected = Validation::new(Algorithm::EdDSA);
        expected.set_issuer(&[PUBLIC_URL]);
        expected.set_audience(&["rollcall-api"]);
        expected.validate_exp = false;
        jsonwebtoken::decode::<Value>(&token, &key, &expected).unwrap();
    }),
    ("RFC 9700, 2.4", "a password of a person is no grant", |w| {
        let answer = w.as_client("/oauth/token", "grant_type=password&username=a&password=b");
        assert_eq!(answer.expect(400)["error"], "unsupported_grant_type");
    }),
    ("RFC 9700, 2.2.2", "a token is for this API alone and for a short time", |w| {
        let [_, claims] = parts(&w.client.token(&w.app.base));
        assert_eq!(claims["aud"], "rollcall-api");
        assert!(claims["exp"].as_i64().unwrap() - w.app.clock.now().timestamp() <= 900);
    }),
    ("RFC 9700, 4.3.2", "a token in the address lets nobody in", |w| {
        let path = format!("/v1/me?access_token={}", w.client.token(&w.app.base));
        assert_eq!(w.app.client_of("").get(&path).status, 401);
    }),
];

impl World {
    /// A token that no client was given.
    fn admin_token(&self) -> String {
        self.app.token("trust_admin", 1, api::base::db::Schools::All)
    }
}

#[test]
fn every_obligation_is_kept() {
    let world = World::prepare();
    world.admin.get("/v1/me").expect(200);
    for (place, says, shows) in OBLIGATIONS {
        let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| shows(&world)));
        assert!(kept.is_ok(), "{place}: {says}");
    }
}

#[test]
fn another_key_is_published_before_it_signs_and_the_one_before_holds_until_its_tokens_end() {
    let world = World::prepare();
    let second = world.app.another(crate::support::app::Start::default());
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let published = |app: &TestApp| {
        let jwks = app.client_of("").get("/.well-known/jwks.json").expect(200);
        let keys = jwks["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = world.client.token(&world.app.base);
    let lets_in = |app: &TestApp, token: &str| app.client_of(token).get("/v1/me").status == 200;
    assert!(lets_in(&world.app, &first) && lets_in(&second, &first), "both have the same keys");

    // A month later another one is made, by whoever issues a token; for ten minutes it is only shown.
    world.app.clock.set("2026-12-19T10:00:00Z");
    let then = world.client.token(&second.base);
    assert_eq!(kid(&then), kid(&first));
    wait_until("both show it", || {
        published(&world.app).len() == 3 && published(&second).len() == 3
    });
    world.app.clock.set("2026-12-19T10:09:59Z");
    assert_eq!(kid(&world.client.token(&second.base)), kid(&first));
    world.app.clock.set("2026-12-19T10:10:00Z");
    let anew = world.client.token(&second.base);
    assert_ne!(kid(&anew), kid(&first));
    // Nobody is restarted, and nothing that holds is refused.
    for app in [&world.app, &second] {
        assert!(lets_in(app, &anew) && lets_in(app, &then));
        assert!(published(app).contains(&kid(&anew)) && published(app).contains(&kid(&first)));
    }
    world.app.clock.set("2026-12-19T11:30:00Z");
    assert_eq!(published(&world.app).len(), 2, "nobody needs the first one any more");
    // In the database there is nothing to sign with.
    let seeds = crate::support::sql::Sql::of(&world.app.database)
        .texts("SELECT octet_length(sealed)::text FROM signing_key");
    assert!(seeds.iter().all(|length| length == "81"), "sealed: {seeds:?}");
}
