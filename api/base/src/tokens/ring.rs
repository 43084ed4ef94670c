//! The signing keys that all processes of a service share: in the database, in the envelope of its secrets.
//!
//! Owns: signing_key.
//!
//! A key is published for a while before it signs, so that whoever keeps our keys knows it by then; it goes on verifying
//! until what it signed has ended. Another one is made every month, by whichever process issues a token then.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::Value;

use super::keys::{published, thumbprint, x_of};
use crate::envelope::{Envelope, SecretOf, SecretPurpose};
use crate::id::TrustId;
use crate::platform::SharedKey;

/// How long a key is published before it signs.
const BEFORE: TimeDelta = TimeDelta::minutes(10);
/// How long after a key another one is made.
const MONTH: TimeDelta = TimeDelta::days(30);
/// How long a key verifies after another has begun to sign: longer than a token of a client lasts.
const AFTER: TimeDelta = TimeDelta::hours(1);

/// The shared keys, in the order in which they were made.
#[derive(Default)]
pub(super) struct Ring(Vec<Shared>);

/// A shared key.
pub(super) struct Shared {
    /// Its id in tokens.
    pub id: String,
    /// Signs.
    pub signing: EncodingKey,
    verifying: DecodingKey,
    published: Value,
    made_at: DateTime<Utc>,
}

impl Ring {
    /// As they stand in the database. Errors: one does not open, or is no key.
    pub fn open(rows: &[SharedKey], envelope: &Envelope) -> Result<Self, String> {
        let open = |row: &SharedKey| {
            let opened = envelope.open(secret_of(&row.number.to_string()), &row.sealed);
            let opened =
                opened.map_err(|closed| format!("signing key {}: {closed}", row.number))?;
            Shared::of(opened.bytes(), row.made_at)
                .ok_or_else(|| format!("signing key {} is none", row.number))
        };
        rows.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// The key that signs: the last that has been published long enough. The first need not be: nobody knows another.
    pub fn signing(&self, now: DateTime<Utc>) -> Option<&Shared> {
        let ripe = self.0.iter().rev().find(|key| key.made_at + BEFORE <= now);
        ripe.or(self.0.first())
    }

    /// What verifies tokens of the key with this id.
    pub fn verifying(&self, id: &str, now: DateTime<Utc>) -> Option<&DecodingKey> {
        self.holding(now).find(|key| key.id == id).map(|key| &key.verifying)
    }

    /// The public halves.
    pub fn published(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Value> {
        self.holding(now).map(|key| &key.published)
    }

    /// Whether another key is to be made.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.0.last().is_none_or(|last| last.made_at + MONTH <= now)
    }

    /// Those whose tokens may not have ended yet.
    fn holding(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Shared> {
        let next = self.0.iter().skip(1).map(|key| Some(key.made_at)).chain([None]);
        let still = move |next: Option<DateTime<Utc>>| {
            next.is_none_or(|made_at| now < made_at + BEFORE + AFTER)
        };
        self.0.iter().zip(next).filter(move |(_, next)| still(*next)).map(|(key, _)| key)
    }
}

impl Shared {
    fn of(seed: &[u8], made_at: DateTime<Utc>) -> Option<Self> {
        let key = SigningKey::from_bytes(seed.try_into().ok()?);
        let der = key.to_pkcs8_der().ok()?;
        let x = x_of(&key);
        Some(Self {
            id: thumbprint(&x),
            signing: EncodingKey::from_ed_der(der.as_bytes()),
            verifying: DecodingKey::from_ed_components(&x).ok()?,
            published: published(&x),
            made_at,
        })
    }
}

/// What the shared key with this number is to the envelope.
pub(super) fn secret_of(number: &str) -> SecretOf<'_> {
    SecretOf { trust: TrustId::PLATFORM, purpose: SecretPurpose::SigningKey, id: number }
}
