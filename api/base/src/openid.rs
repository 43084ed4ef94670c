//! What somebody else's identity provider says of a person who has signed in there: an ID token (OpenID Connect Core, 2 and
//! 3.1.3.7), checked with the provider's own keys.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use moka::sync::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::outside::Outside;

/// How long a provider's keys are kept.
const KEPT: Duration = Duration::from_secs(600);
/// They are read anew, where a token names one that is not among them, once in so long.
const ANEW: Duration = Duration::from_secs(2);
/// So many providers' keys are kept.
const PROVIDERS: u64 = 10_000;
/// The oldest that an ID token may be, in seconds.
const OLDEST: i64 = 300;
/// Seconds by which two machines' clocks may differ.
const LEEWAY: i64 = 30;
/// How a provider may sign. Never with a secret that others have too.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The identity providers that people sign in at, with their keys as far as they were read.
pub struct OpenId {
    outside: Outside,
    keys: Cache<String, Arc<Published>>,
}

/// A provider's keys.
struct Published {
    keys: JwkSet,
    read: Instant,
}

/// What has to be so.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The provider's issuer, to the letter.
    pub issuer: String,
    /// For whom the token may be.
    pub audiences: Vec<String>,
}

/// Who has signed in.
#[derive(Debug, Deserialize)]
pub struct SignedIn {
    /// The provider's name for the person.
    pub sub: String,
    /// The person in the provider's directory.
    pub oid: Option<String>,
    /// The directory.
    pub tid: Option<String>,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn list(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// Why an ID token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is no token.
    #[error("the ID token cannot be read")]
    Unread,
    /// Its issuer is not the trust's.
    #[error("the ID token's iss is no identity provider of the client's trust")]
    Issuer,
    /// The provider, or its keys, could not be read.
    #[error("the identity provider's keys cannot be read just now")]
    Provider,
    /// It is signed otherwise, or not at all.
    #[error("the ID token's signature is not its issuer's")]
    Signature,
    /// It is for somebody else.
    #[error("the ID token's aud is none of the client's audiences")]
    Audience,
    /// It was asked for by somebody else.
    #[error("the ID token's azp is none of the client's audiences")]
    Party,
    /// It has ended, or not begun.
    #[error("the ID token has ended or has not begun")]
    Time,
    /// It was made too long ago.
    #[error("the ID token is older than five minutes")]
    Old,
}

/// The issuer that a token names, before anything of it is believed.
pub fn issuer_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims = jsonwebtoken::dangerous::insecure_decode::<Issuer>(token).ok()?.claims;
    Some(claims.iss)
}

/// What tells a token from every other, whatever its signature looks like.
pub fn fingerprint(token: &str) -> [u8; 32] {
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
    Sha256::digest(signed).into()
}

/// `openid-configuration`, as far as it matters here.
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

impl OpenId {
    /// None is known yet.
    pub fn new(outside: Outside) -> Self {
        Self { outside, keys: Cache::builder().max_capacity(PROVIDERS).time_to_live(KEPT).build() }
    }

    /// Whether an issuer may be asked for its keys.
    pub fn may_be_asked(&self, issuer: &str) -> bool {
        self.outside.check(issuer).is_ok()
    }

    /// Who has signed in. May wait for the provider: off the request threads.
    ///
    /// # Errors
    /// The token is not what is expected, or that cannot be known just now.
    pub fn check(
        &self,
        token: &str,
        expected: &Expected,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, NotTaken> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| NotTaken::Unread)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(NotTaken::Signature);
        }
        let key = self.key(&expected.issuer, header.kid.as_deref())?;
        let key = DecodingKey::from_jwk(&key).map_err(|_| NotTaken::Signature)?;
        let mut rules = Validation::new(header.alg);
        rules.set_issuer(&[&expected.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Checked below, each with its own answer, and times against the application's clock.
        (rules.validate_aud, rules.validate_exp, rules.validate_nbf) = (false, false, false);
        let read = jsonwebtoken::decode::<SignedIn>(token, &key, &rules);
        let claims = read.map_err(|_| NotTaken::Signature)?.claims;
        claims.holds(&expected.audiences, now.timestamp())?;
        Ok(claims)
    }

    /// The key that a token names, or the only one.
    fn key(&self, issuer: &str, id: Option<&str>) -> Result<Jwk, NotTaken> {
        if let Some(kept) = self.keys.get(issuer) {
            match named(&kept.keys, id) {
                Some(key) => return Ok(key),
                None if kept.read.elapsed() < ANEW => return Err(NotTaken::Signature),
                None => {}
            }
        }
        let keys = self.read(issuer)?;
        let found = named(&keys, id);
        self.keys.insert(issuer.to_owned(), Arc::new(Published { keys, read: Instant::now() }));
        found.ok_or(NotTaken::Signature)
    }

    fn read(&self, issuer: &str) -> Result<JwkSet, NotTaken> {
        let failed = |why: &dyn std::fmt::Display| {
            tracing::warn!(issuer, %why, "an identity provider cannot be read");
            NotTaken::Provider
        };
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let said: Discovered = self.outside.read(&place).map_err(|why| failed(&why))?;
        if said.issuer != issuer {
            return Err(failed(&"it names another issuer"));
        }
        self.outside.read(&said.jwks_uri).map_err(|why| failed(&why))
    }
}

/// The key with this id, or where a token names none the only one; of those that are for signatures.
fn named(keys: &JwkSet, id: Option<&str>) -> Option<Jwk> {
    let signs = |key: &&Jwk| key.common.public_key_use != Some(PublicKeyUse::Encryption);
    let mut fits = keys.keys.iter().filter(signs).filter(|key| match id {
        Some(id) => key.common.key_id.as_deref() == Some(id),
        None => true,
    });
    let (only, another) = (fits.next()?, fits.next());
    another.is_none().then(|| only.clone())
}

impl SignedIn {
    fn holds(&self, audiences: &[String], now: i64) -> Result<(), NotTaken> {
        let ours = |one: &String| audiences.contains(one);
        let list = self.aud.list();
        if !list.iter().any(ours) {
            return Err(NotTaken::Audience);
        }
        // Of several audiences one is whoever asked.
        if list.len() > 1 && self.azp.is_none() || self.azp.as_ref().is_some_and(|azp| !ours(azp)) {
            return Err(NotTaken::Party);
        }
        let begun = self.iat.max(self.nbf.unwrap_or(self.iat)) <= now.saturating_add(LEEWAY);
        if !begun || now >= self.exp.saturating_add(LEEWAY) {
            return Err(NotTaken::Time);
        }
        if self.iat < now - OLDEST { Err(NotTaken::Old) } else { Ok(()) }
    }
}
