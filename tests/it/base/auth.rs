//! Which tokens are taken: signed by a key of ours, for us, and now. Everything else is nobody's.

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
        Self { app, key, header: Header { kid, ..Header::new(Algorithm::EdDSA) }, claims }
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
        ("alg none", mint.by_hand(&json!({ "alg": "none", "typ": "JWT", "kid": kid }), "")),
        ("alg None", mint.by_hand(&json!({ "alg": "None", "typ": "JWT", "kid": kid }), signature)),
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
    std::fs::write(mint.app.keys.join("0002.pem"), PUBLISHED_KEY).unwrap();

    let restarted = mint.app.another(Start::default());
    restarted.client_of(&old).get("/v1/trust").expect(200);
    let trust = mint.claims["trust"].as_i64().unwrap().try_into().unwrap();
    let new = restarted.token("trust_admin", trust, api::base::db::Schools::All);
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
