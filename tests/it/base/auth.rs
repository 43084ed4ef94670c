//! Which tokens are taken: signed by a key of ours, for us, and now. Everything else is nobody's.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use api::base::db::Schools;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};

use crate::support::app::{Answer, Start, TestApp};

/// A key that the whole world knows, from RFC 8037, appendix A.1, as PKCS #8.
const PUBLISHED_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";
/// Its public half (RFC 8037, appendix A.2), and its thumbprint (appendix A.3).
const PUBLISHED_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const PUBLISHED_THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

/// The service with everything that a good token is made of: its own key, header and claims.
struct Mint {
    app: TestApp,
    key: EncodingKey,
    header: Header,
    claims: Value,
}

impl Mint {
    fn open() -> Self {
        let app = TestApp::start();
        let trust = app.trust("Larkrise");
        let pem = std::fs::read(app.keys.join("0001.pem")).unwrap();
        let kid = app.client_of("").get("/.well-known/jwks.json").expect(200)["keys"][0]["kid"]
            .as_str()
            .map(str::to_owned);
        let now = app.clock.now().timestamp();
        let claims = json!({
            "iss": "rollcall", "aud": "rollcall-api", "sub": "staff-17", "jti": "1",
            "iat": now, "nbf": now, "exp": now + 3600,
            "trust": trust, "schools": "*", "role": "trust_admin",
        });
        let key = EncodingKey::from_ed_pem(&pem).unwrap();
        let typ = Some("at+jwt".to_owned());
        let header = Header { typ, kid, ..Header::new(Algorithm::EdDSA) };
        Self { app, key, header, claims }
    }

    fn good(&self) -> String {
        self.with_header(&self.header)
    }

    /// Our key's signature under another header.
    fn with_header(&self, header: &Header) -> String {
        jsonwebtoken::encode(header, &self.claims, &self.key).unwrap()
    }

    /// A good token but for one claim; `null` leaves the claim out.
    fn with_claim(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims.clone();
        let members = claims.as_object_mut().unwrap();
        members.remove(name);
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
        jsonwebtoken::encode(&self.header, &claims, &self.key).unwrap()
    }

    /// Our header and claims under somebody else's signature.
    fn signed_by(&self, algorithm: Algorithm, key: &EncodingKey) -> String {
        let header = Header { alg: algorithm, ..self.header.clone() };
        jsonwebtoken::encode(&header, &self.claims, key).unwrap()
    }

    /// A token put together by hand, with this header and signature.
    fn by_hand(&self, header: &Value, signature: &str) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", part(header), part(&self.claims))
    }

    /// Our key's signature under a header and claims as they are written here.
    fn as_written(&self, header: &str, claims: &str) -> String {
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, Algorithm::EdDSA);
        format!("{signed}.{}", signature.unwrap())
    }

    /// A good token of another role, trust and schools.
    fn of(&self, role: &str, trust: i64, schools: Value) -> String {
        let mut claims = self.claims.clone();
        (claims["role"], claims["trust"], claims["schools"]) = (role.into(), trust.into(), schools);
        jsonwebtoken::encode(&self.header, &claims, &self.key).unwrap()
    }

    fn try_token(&self, token: &str) -> Answer {
        self.app.client_of(token).get("/v1/trust")
    }
}

#[track_caller]
fn assert_is_nobody(what: &str, answer: &Answer) {
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    assert_eq!(answer.problem(401), "unauthenticated", "{what}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
}

#[test]
fn a_signature_that_is_not_ours_is_refused() {
    let mint = Mint::open();
    let good = mint.good();
    mint.try_token(&good).expect(200);

    let (signed, signature) = good.rsplit_once('.').unwrap();
    let other = mint.with_claim("sub", json!("staff-18"));
    let (_, other_signature) = other.rsplit_once('.').unwrap();
    let altered = mint.with_claim("role", json!("platform_admin"));
    let (altered, _) = altered.rsplit_once('.').unwrap();
    let strangers = EncodingKey::from_ed_pem(PUBLISHED_KEY.as_bytes()).unwrap();
    let kid = mint.header.kid.clone();
    let forged = [
        ("no signature", signed.to_owned()),
        ("an empty signature", format!("{signed}.")),
        ("half of the signature", format!("{signed}.{}", &signature[..43])),
        ("another token's signature", format!("{signed}.{other_signature}")),
        ("other claims under the signature", format!("{altered}.{signature}")),
        ("a stranger's key", mint.signed_by(Algorithm::EdDSA, &strangers)),
        ("alg none", mint.by_hand(&json!({ "alg": "none", "typ": "at+jwt", "kid": kid }), "")),
        (
            "alg None",
            mint.by_hand(&json!({ "alg": "None", "typ": "at+jwt", "kid": kid }), signature),
        ),
    ];
    for (what, token) in forged {
        assert_is_nobody(what, &mint.try_token(&token));
    }
}

#[test]
fn the_algorithm_is_the_keys_and_never_the_tokens() {
    let mint = Mint::open();
    let jwks = mint.app.client_of("").get("/.well-known/jwks.json");
    let x = jwks.body["keys"][0]["x"].as_str().unwrap();
    let public = URL_SAFE_NO_PAD.decode(x).unwrap();
    let pem = std::fs::read(mint.app.keys.join("0001.pem")).unwrap();
    for secret in [public.as_slice(), x.as_bytes(), jwks.text.as_bytes(), &pem, b""] {
        let secret = EncodingKey::from_secret(secret);
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            assert_is_nobody("HMAC", &mint.try_token(&mint.signed_by(algorithm, &secret)));
        }
    }
}

#[test]
fn the_key_is_one_of_ours_by_its_name() {
    let mint = Mint::open();
    let named = |kid: Option<&str>| Header { kid: kid.map(str::to_owned), ..mint.header.clone() };
    assert_is_nobody("no kid", &mint.try_token(&mint.with_header(&named(None))));
    for kid in ["", "0001", "0001.pem", "../keys/0001", PUBLISHED_THUMBPRINT] {
        assert_is_nobody(kid, &mint.try_token(&mint.with_header(&named(Some(kid)))));
    }
    // A header that brings its own key along is not believed either.
    let strangers = EncodingKey::from_ed_pem(PUBLISHED_KEY.as_bytes()).unwrap();
    let jwk =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": PUBLISHED_X, "kid": PUBLISHED_THUMBPRINT });
    for kid in [mint.header.kid.as_deref(), Some(PUBLISHED_THUMBPRINT)] {
        let jwk = serde_json::from_value(jwk.clone()).unwrap();
        let header = Header { jwk: Some(jwk), ..named(kid) };
        let token = jsonwebtoken::encode(&header, &mint.claims, &strangers).unwrap();
        assert_is_nobody("a key in the header", &mint.try_token(&token));
    }
}

#[test]
fn only_what_says_that_it_is_an_access_token_is_taken_for_one() {
    let mint = Mint::open();
    for typ in
        [None, Some("JWT"), Some("jwt"), Some("application/at+jwt"), Some("dpop+jwt"), Some("")]
    {
        let header = Header { typ: typ.map(str::to_owned), ..mint.header.clone() };
        assert_is_nobody(&format!("{typ:?}"), &mint.try_token(&mint.with_header(&header)));
    }
    let said =
        jsonwebtoken::decode_header(&*mint.app.token("trust_admin", 1, Schools::All)).unwrap();
    assert_eq!(said.typ.as_deref(), Some("at+jwt"));
}

#[test]
fn what_a_header_calls_critical_is_understood_or_the_token_refused() {
    let mint = Mint::open();
    let kid = mint.header.kid.clone().unwrap();
    let header = |more: &str| format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"{more}}}"#);
    let claims = mint.claims.to_string();
    // RFC 7515, section 4.1.11: a list that is empty, or names what everybody knows, is wrong too.
    for crit in [r#"["b64"],"b64":false"#, r#"["exp"]"#, r#"["kid"]"#, "[]", "null", "true"] {
        let token = mint.as_written(&header(&format!(r#","crit":{crit}"#)), &claims);
        assert_is_nobody(crit, &mint.try_token(&token));
    }
    // What is not critical and not known is passed over.
    let token = mint.as_written(&header(r#","cty":"x","more":[1]"#), &claims);
    mint.try_token(&token).expect(200);
}

#[test]
fn nothing_in_a_token_is_said_twice() {
    let mint = Mint::open();
    let header = serde_json::to_string(&mint.header).unwrap();
    let claims = mint.claims.to_string();
    mint.try_token(&mint.as_written(&header, &claims)).expect(200);
    for (name, value) in mint.claims.as_object().unwrap() {
        let twice = format!(r#"{{"{name}":{value},{}"#, &claims[1..]);
        assert_is_nobody(name, &mint.try_token(&mint.as_written(&header, &twice)));
    }
    for name in ["alg", "typ", "kid"] {
        let value = &serde_json::to_value(&mint.header).unwrap()[name];
        let twice = format!(r#"{{"{name}":{value},{}"#, &header[1..]);
        assert_is_nobody(name, &mint.try_token(&mint.as_written(&twice, &claims)));
    }
}

#[test]
fn a_role_is_held_to_what_its_level_is_given_for() {
    let mint = Mint::open();
    let ours = mint.claims["trust"].as_i64().unwrap();
    let everything = json!("*");
    let refused = [
        ("platform_admin", ours, everything.clone()),
        ("platform_admin", 0, json!([1])),
        ("trust_admin", 0, everything.clone()),
        ("trust_admin", -1, everything.clone()),
        ("trust_admin", ours, json!([])),
        ("trust_officer", ours, json!([0])),
        ("runner", 0, everything.clone()),
        ("school_lead", ours, everything.clone()),
        ("school_lead", ours, json!([])),
        ("school_lead", ours, json!([1, -7])),
        ("school_lead", 0, json!([1])),
        ("teacher", ours, everything.clone()),
        ("la_partner", 0, everything.clone()),
        ("headmaster", -1, everything.clone()),
    ];
    for (role, trust, schools) in refused {
        let what = format!("{role} of trust {trust} and schools {schools}");
        assert_is_nobody(&what, &mint.try_token(&mint.of(role, trust, schools)));
    }
    let taken = [
        ("trust_admin", ours, everything.clone()),
        // Less than the role could have.
        ("trust_admin", ours, json!([1])),
        ("school_lead", ours, json!([1, 2])),
    ];
    for (role, trust, schools) in taken {
        mint.try_token(&mint.of(role, trust, schools)).expect(200);
    }
    let made = json!({ "name": "Candleford" });
    mint.app
        .client_of(&mint.of("platform_admin", 0, everything))
        .post("/v1/trusts", &made)
        .expect(201);
}

#[test]
fn a_token_lasts_for_a_year_at_most() {
    let mint = Mint::open();
    let now = mint.app.clock.now().timestamp();
    let day = 24 * 3600;
    mint.try_token(&mint.with_claim("exp", json!(now + 365 * day))).expect(200);
    for exp in [now + 367 * day, now + 3650 * day, i64::MAX] {
        assert_is_nobody("a year and more", &mint.try_token(&mint.with_claim("exp", json!(exp))));
    }
    for iat in [now - 3650 * day, now + 600, i64::MIN, i64::MAX] {
        assert_is_nobody("made then", &mint.try_token(&mint.with_claim("iat", json!(iat))));
    }
    // One that lasts for ten years is refused in its last one too.
    let long = mint.with_claim("exp", json!(now + 3650 * day));
    mint.app.clock.set("2036-11-01T10:00:00Z");
    assert_is_nobody("in its last year", &mint.try_token(&long));
}

#[test]
fn a_subject_can_be_kept_in_a_history() {
    let mint = Mint::open();
    for sub in ["", "a\0b", "a\nb", &"x".repeat(201)] {
        let answer = mint.try_token(&mint.with_claim("sub", json!(sub)));
        assert_is_nobody(&format!("{sub:?}"), &answer);
    }
    mint.try_token(&mint.with_claim("sub", json!("x".repeat(200)))).expect(200);
}

#[test]
fn a_token_of_someone_else_for_someone_else_or_without_its_claims_is_refused() {
    let mint = Mint::open();
    let wrong = [
        ("iss", json!("somebody")),
        ("aud", json!("another-api")),
        ("aud", json!(["another-api"])),
        ("exp", json!("2027-01-01T00:00:00Z")),
        ("trust", json!("1")),
        ("schools", json!("all")),
        ("schools", json!([1, "2"])),
    ];
    for (name, value) in wrong {
        let what = format!("{name} {value}");
        assert_is_nobody(&what, &mint.try_token(&mint.with_claim(name, value)));
    }
    for name in ["iss", "aud", "sub", "exp", "nbf", "trust", "schools", "role"] {
        let what = format!("without {name}");
        assert_is_nobody(&what, &mint.try_token(&mint.with_claim(name, Value::Null)));
    }
    // Whoever has a good token for a role that does not exist is known, and may do nothing.
    let unheard_of = mint.with_claim("role", json!("headmaster"));
    assert_eq!(mint.try_token(&unheard_of).problem(403), "forbidden");
}

#[test]
fn a_token_holds_from_its_first_second_to_its_last_give_or_take_half_a_minute() {
    let mint = Mint::open();
    // Made at 10:00:00, for one hour.
    let token = mint.good();
    for (instant, holds) in [
        ("2026-11-18T09:59:29Z", false),
        ("2026-11-18T09:59:30Z", true),
        ("2026-11-18T10:59:59Z", true),
        ("2026-11-18T11:00:29Z", true),
        ("2026-11-18T11:00:30Z", false),
        ("2036-11-18T10:00:00Z", false),
    ] {
        mint.app.clock.set(instant);
        let answer = mint.try_token(&token);
        if holds {
            assert_eq!(answer.status, 200, "{instant}: {}", answer.text);
        } else {
            assert_is_nobody(instant, &answer);
        }
    }
}

#[test]
fn garbage_and_other_schemes_are_refused() {
    let mint = Mint::open();
    let good = mint.good();
    let long = "x".repeat(20_000);
    for token in ["x", ".", "..", "...", "a.b.c", "null", "{}", "eyJhbGciOiJFZERTQSJ9..", &long] {
        assert_is_nobody(token, &mint.try_token(token));
    }
    let nobody = mint.app.client_of("");
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        &good,
        &format!("Basic {good}"),
        &format!("Token {good}"),
        &format!("Bearer{good}"),
        &format!("Bearer {good} {good}"),
        &format!("Bearer \"{good}\""),
    ] {
        let answer = nobody.send("GET", "/v1/trust", &[("authorization", authorization)], None);
        assert_is_nobody(authorization, &answer);
    }
    // The scheme's capitals do not matter (RFC 9110, section 11.1).
    let shouted = format!("BEARER {good}");
    nobody.send("GET", "/v1/trust", &[("authorization", &shouted)], None).expect(200);
}

#[test]
fn a_key_is_changed_by_adding_one_and_what_the_old_one_signed_still_holds() {
    let mint = Mint::open();
    let old = mint.good();
    let second = mint.app.keys.join("0002.pem");
    std::fs::write(&second, PUBLISHED_KEY).unwrap();
    std::fs::set_permissions(second, Permissions::from_mode(0o600)).unwrap();

    let restarted = mint.app.another(Start::default());
    restarted.client_of(&old).get("/v1/trust").expect(200);
    let trust = mint.claims["trust"].as_i64().unwrap().try_into().unwrap();
    let new = restarted.token("trust_admin", trust, Schools::All);
    restarted.client_of(&new).get("/v1/trust").expect(200);
    let signed_with = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid;
    assert_eq!(signed_with(&new).as_deref(), Some(PUBLISHED_THUMBPRINT));
    assert_ne!(signed_with(&old), signed_with(&new));

    // Anybody can check both with nothing but what is published.
    let published = restarted.client_of("").get("/.well-known/jwks.json").expect(200);
    assert_eq!(published["keys"].as_array().unwrap().len(), 2);
    assert_eq!(published["keys"][1]["x"], PUBLISHED_X);
    assert!(!published.to_string().contains("\"d\""), "a private key: {published}");
    let jwks: JwkSet = serde_json::from_value(published).unwrap();
    for token in [&old, &new] {
        let jwk = jwks.find(&signed_with(token).unwrap()).expect("the key is published");
        let mut expected = Validation::new(Algorithm::EdDSA);
        expected.set_issuer(&["rollcall"]);
        expected.set_audience(&["rollcall-api"]);
        // The story plays at another time than it is read.
        expected.validate_exp = false;
        let key = DecodingKey::from_jwk(jwk).unwrap();
        let claims = jsonwebtoken::decode::<Value>(token, &key, &expected).unwrap().claims;
        assert_eq!(claims["trust"], mint.claims["trust"]);
    }
}
