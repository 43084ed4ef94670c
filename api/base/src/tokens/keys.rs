//! The service's signing keys (Ed25519), their public half as a JWKS, and the check of a token's signature.
//!
//! Keys are PEM files in a folder that nobody but their owner reads; the last by name signs, all verify, so a key is
//! changed by adding a file. The algorithm is the key's: what a token's header says of it must agree and never chooses.

use std::collections::HashMap;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::token::{AUDIENCE, Claims, ISSUER};
use crate::chance;
use crate::key_folder::{self, KeyFile, KeysError};
use crate::seal::Seal;

/// `typ` of an access token's header (RFC 9068): nothing else that a key of ours may have signed is taken for one.
const TYPE: &str = "at+jwt";
/// The ending of the keys' files.
const ENDING: &str = "pem";

/// Why a token was refused. For the debug log; the client learns only that it was.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The header names no key of ours.
    #[error("no key of that id")]
    UnknownKey,
    /// The header is not that of an access token, or asks for something to be understood that is not (`crit`, RFC 7515).
    #[error("not the header of an access token")]
    Header,
    /// Signature, algorithm, issuer, audience or form.
    #[error("{0}")]
    Jwt(#[from] jsonwebtoken::errors::Error),
    /// Expired or not yet valid.
    #[error("outside its time")]
    Time,
}

/// The keys that sign and verify access tokens.
pub struct Keys {
    signing: EncodingKey,
    signing_id: String,
    verifying: HashMap<String, DecodingKey>,
    jwks: Value,
    seal: Seal,
}

impl Keys {
    /// The keys in `folder`; a first one is made when there is none.
    ///
    /// # Errors
    /// The folder cannot be used, or holds a file that is no Ed25519 key.
    pub fn load_or_create(folder: &Path) -> Result<Self, KeysError> {
        let wrong = |path: &Path, why: String| KeysError { path: path.to_owned(), why };
        let mut keys = Vec::new();
        for KeyFile { path, text: pem } in &key_folder::first_or_all(folder, ENDING, fresh)? {
            let key = SigningKey::from_pkcs8_pem(pem).map_err(|e| wrong(path, e.to_string()))?;
            keys.push((
                key,
                EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|e| wrong(path, e.to_string()))?,
            ));
        }
        Self::from_keys(keys).ok_or_else(|| wrong(folder, "no usable key".to_owned()))
    }

    fn from_keys(keys: Vec<(SigningKey, EncodingKey)>) -> Option<Self> {
        let mut verifying = HashMap::new();
        let mut published = Vec::new();
        let mut signing = None;
        for (key, encoding) in keys {
            let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
            let id = thumbprint(&x);
            verifying.insert(id.clone(), DecodingKey::from_ed_components(&x).ok()?);
            published.push(json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id, "x": x }));
            signing = Some((encoding, id, Seal::of(&key.to_bytes())));
        }
        let (signing, signing_id, seal) = signing?;
        let jwks = json!({ "keys": published });
        Some(Self { signing, signing_id, verifying, jwks, seal })
    }

    /// The public halves, for whoever checks our tokens (RFC 7517).
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// Seals what only this service reads again. With a new signing key it is another.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// A signed token.
    ///
    /// # Errors
    /// The claims cannot be written as JSON.
    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.signing_id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, claims, &self.signing)
    }

    /// The claims of a token that is ours, for us, and holds now.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, Refused> {
        if !is_access_token(token) {
            return Err(Refused::Header);
        }
        let id = jsonwebtoken::decode_header(token)?.kid.ok_or(Refused::UnknownKey)?;
        let key = self.verifying.get(&id).ok_or(Refused::UnknownKey)?;
        let mut expected = Validation::new(Algorithm::EdDSA);
        expected.set_issuer(&[ISSUER]);
        expected.set_audience(&[AUDIENCE]);
        expected.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked against the application's clock, below.
        expected.validate_exp = false;
        expected.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &expected)?.claims;
        if claims.holds(now) { Ok(claims) } else { Err(Refused::Time) }
    }
}

/// Whether the header says so, and asks for nothing that we do not know. Members that are not critical are ignored.
fn is_access_token(token: &str) -> bool {
    let header = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    header.is_some_and(|header| {
        header.get("typ").is_some_and(|typ| typ == TYPE) && !header.contains_key("crit")
    })
}

/// A new key, from the system's randomness.
fn fresh() -> Result<String, String> {
    let seed = chance::unguessable()?;
    // Without the public half, which not every program reads in a private key's file (openssl does not).
    let key = KeypairBytes { secret_key: seed, public_key: None };
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    Ok(pem.to_string())
}

/// RFC 7638 (and RFC 8037 for OKP keys): the hash of the key's required members in order.
fn thumbprint(x: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}
