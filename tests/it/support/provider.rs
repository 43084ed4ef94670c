//! An identity provider of a trust, as far as Rollcall asks it: what it publishes, and tokens that it signs.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// Ed25519 keys that the whole world knows (RFC 8032, section 7.1): secret and public halves.
const KEYS: [(&str, &str); 2] = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ),
];

/// How a private key begins as PKCS #8.
const BEFORE_SEED: &str = "302e020100300506032b657004220420";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// A provider that listens on this machine.
pub struct Provider {
    pub issuer: String,
    /// The key that signs: a number of the table.
    pub signs: usize,
    published: Arc<Mutex<Vec<usize>>>,
}

impl Provider {
    /// It publishes its first key.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let published = Arc::new(Mutex::new(vec![0]));
        let (said, keys) = (issuer.clone(), published.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let asked = lines.next().unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let body = answer(&asked, &said, &keys.lock().unwrap());
                let (status, body) =
                    body.map_or(("404 Not Found", Value::Null), |it| ("200 OK", it));
                let body = body.to_string();
                let length = body.len();
                let _gone = write!(
                    &stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n{body}"
                );
            }
        });
        Self { issuer, signs: 0, published }
    }

    /// From now on it publishes these keys.
    pub fn publish(&self, keys: &[usize]) {
        *self.published.lock().unwrap() = keys.to_vec();
    }

    /// Claims of somebody who has just signed in, for an audience.
    pub fn claims(&self, person: &str, audience: &str, now: i64) -> Value {
        json!({ "iss": self.issuer, "sub": person, "aud": audience, "iat": now, "exp": now + 3600, "nonce": "n" })
    }

    /// An ID token.
    pub fn token(&self, claims: &Value) -> String {
        let kid = Some(format!("key-{}", self.signs));
        jsonwebtoken::encode(
            &Header { kid, ..Header::new(Algorithm::EdDSA) },
            claims,
            &key(self.signs),
        )
        .unwrap()
    }

    /// An ID token under another key than the one that it names.
    pub fn forged(&self, claims: &Value) -> String {
        let kid = Some(format!("key-{}", self.signs));
        let header = Header { kid, ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &key(1 - self.signs)).unwrap()
    }

    /// An ID token that is signed with what everybody knows.
    pub fn with_public_secret(&self, claims: &Value) -> String {
        let kid = Some(format!("key-{}", self.signs));
        let secret = EncodingKey::from_secret(&bytes(KEYS[self.signs].1));
        jsonwebtoken::encode(&Header { kid, ..Header::new(Algorithm::HS256) }, claims, &secret)
            .unwrap()
    }
}

fn key(number: usize) -> EncodingKey {
    let der = bytes(&format!("{BEFORE_SEED}{}", KEYS[number].0));
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    EncodingKey::from_ed_pem(pem.as_bytes()).unwrap()
}

fn answer(asked: &str, issuer: &str, keys: &[usize]) -> Option<Value> {
    let path = asked.split(' ').nth(1)?;
    match path {
        "/.well-known/openid-configuration" => {
            Some(json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") }))
        }
        "/keys" => {
            let key = |number: &usize| {
                let x = URL_SAFE_NO_PAD.encode(bytes(KEYS[*number].1));
                json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": format!("key-{number}"), "x": x })
            };
            Some(json!({ "keys": keys.iter().map(key).collect::<Vec<_>>() }))
        }
        _ => None,
    }
}
