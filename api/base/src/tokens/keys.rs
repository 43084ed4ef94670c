//! The service's signing keys (Ed25519), their public half as a JWKS, and the check of a token's signature.
//!
//! The tokens of clients are signed with keys that all processes share ([`super::ring`]). Those of the command line are
//! signed with PEM files in a folder that nobody but their owner reads; the last by name signs, all verify, so such a key is
//! changed by adding a file. The algorithm is the key's: what a token's header says of it must agree and never chooses.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::ring::{Ring, secret_of};
use super::token::{AUDIENCE, Claims, ISSUER};
use crate::chance;
use crate::db::Db;
use crate::envelope::Envelope;
use crate::key_folder::{self, KeyFile, KeysError};
use crate::platform::{self, SharedKey};
use crate::problem::Problem;
use crate::seal::Seal;

/// `typ` of an access token's header (RFC 9068): nothing else that a key of ours may have signed is taken for one.
const TYPE: &str = "at+jwt";
/// The ending of the keys' files.
const ENDING: &str = "pem";
/// The shared keys are read anew, where a token names one that is not known, once in so long.
const ANEW: Duration = Duration::from_secs(1);

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
    published: Vec<Value>,
    seal: Seal,
    issuer: String,
    /// The shared keys, and when they were last read.
    shared: RwLock<(Ring, Option<Instant>)>,
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
        let mut public = Vec::new();
        let mut signing = None;
        for (key, encoding) in keys {
            let x = x_of(&key);
            let id = thumbprint(&x);
            verifying.insert(id.clone(), DecodingKey::from_ed_components(&x).ok()?);
            public.push(published(&x));
            signing = Some((encoding, id, Seal::of(&key.to_bytes())));
        }
        let (signing, signing_id, seal) = signing?;
        let (issuer, shared) = (ISSUER.to_owned(), RwLock::default());
        Some(Self { signing, signing_id, verifying, published: public, seal, issuer, shared })
    }

    /// The same, for a service that its clients know under this address.
    pub fn issuing_as(self, public_url: &str) -> Self {
        Self { issuer: public_url.trim_end_matches('/').to_owned(), ..self }
    }

    /// The issuer of tokens that clients get.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The public halves, for whoever checks our tokens (RFC 7517).
    pub fn jwks(&self, now: DateTime<Utc>) -> Value {
        let shared = self.shared();
        let keys: Vec<&Value> = self.published.iter().chain(shared.0.published(now)).collect();
        json!({ "keys": keys })
    }

    /// Seals what only this service reads again. With a new signing key it is another.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// A token of the command line, signed.
    ///
    /// # Errors
    /// The claims cannot be written as JSON.
    pub fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::encode(&header(&self.signing_id), claims, &self.signing)
    }

    /// A token of a client, signed with the shared key whose turn it is; one is made when that is due.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn issue(
        &self,
        (db, envelope): (&Db, &Envelope),
        claims: &Claims,
    ) -> Result<String, Problem> {
        let now = db.clock().now();
        if self.shared().0.is_due(now) {
            self.make_shared(db, envelope, now).await?;
        }
        let shared = self.shared();
        let key = shared.0.signing(now).ok_or_else(|| Problem::internal("no signing key"))?;
        jsonwebtoken::encode(&header(&key.id), claims, &key.signing).map_err(Problem::internal)
    }

    /// Seals the shared keys anew, under the last of the operator's; how many it were. Errors: one does not open.
    pub fn renew(db: &Db, envelope: &Envelope) -> Result<usize, Problem> {
        platform::renew_shared_keys(db, |key| {
            let anew = envelope.renew(secret_of(&key.number.to_string()), &key.sealed);
            anew.map_err(Problem::internal)
        })
    }

    /// Makes another shared key, unless another process just has.
    async fn make_shared(
        &self,
        db: &Db,
        envelope: &Envelope,
        made_at: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let last = self.read_shared(db, envelope).await?;
        if self.shared().0.is_due(made_at) {
            let seed: [u8; 32] = chance::unguessable().map_err(Problem::internal)?;
            let number = last + 1;
            let sealed = envelope.seal(secret_of(&number.to_string()), &seed);
            let sealed = sealed.map_err(Problem::internal)?;
            platform::add_shared_key(db, SharedKey { number, sealed, made_at }).await?;
            self.read_shared(db, envelope).await?;
        }
        Ok(())
    }

    /// Reads the shared keys; the number of the last one.
    async fn read_shared(&self, db: &Db, envelope: &Envelope) -> Result<i32, Problem> {
        let rows = platform::shared_keys(db).await?;
        let ring = Ring::open(&rows, envelope).map_err(Problem::internal)?;
        let read = (ring, Some(Instant::now()));
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(rows.last().map_or(0, |row| row.number))
    }

    /// Reads the shared keys anew where that was not just done. While the database is away they stay as they were.
    pub async fn refresh(&self, db: &Db, envelope: &Envelope) {
        let just = self.shared().1.is_some_and(|read| read.elapsed() < ANEW);
        if !just && let Err(problem) = self.read_shared(db, envelope).await {
            tracing::warn!(why = problem.internal_text(), "the shared signing keys cannot be read");
        }
    }

    /// As [`Keys::refresh`] where a token names a key that is not known.
    pub async fn keep_known(&self, token: &str, db: &Db, envelope: &Envelope) {
        let named = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
        let Some(id) = named.filter(|id| !self.verifying.contains_key(id)) else { return };
        if self.shared().0.verifying(&id, db.clock().now()).is_none() {
            self.refresh(db, envelope).await;
        }
    }

    fn shared(&self) -> RwLockReadGuard<'_, (Ring, Option<Instant>)> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner)
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
        let shared = self.shared();
        let ours = self.verifying.get(&id).or_else(|| shared.0.verifying(&id, now));
        let key = ours.ok_or(Refused::UnknownKey)?;
        let mut expected = Validation::new(Algorithm::EdDSA);
        expected.set_issuer(&[ISSUER, &self.issuer]);
        expected.set_audience(&[AUDIENCE]);
        expected.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked against the application's clock, below.
        expected.validate_exp = false;
        expected.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &expected)?.claims;
        if claims.holds(now) { Ok(claims) } else { Err(Refused::Time) }
    }
}

/// The header of an access token that is signed with this key.
fn header(id: &str) -> Header {
    let (typ, kid) = (Some(TYPE.to_owned()), Some(id.to_owned()));
    Header { typ, kid, ..Header::new(Algorithm::EdDSA) }
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

/// The public half of a key, as a JWK names it.
pub(super) fn x_of(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes())
}

/// The public half of a key as a JWK (RFC 7517).
pub(super) fn published(x: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": thumbprint(x), "x": x })
}

/// RFC 7638 (and RFC 8037 for OKP keys): the hash of the key's required members in order.
pub(super) fn thumbprint(x: &str) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}
