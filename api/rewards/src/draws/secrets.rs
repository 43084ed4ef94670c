//! The secrets of draws, in the envelope.

use ::draw::Key;

use super::rows;
use base::chance;
use base::envelope::{Envelope, Secret, SecretOf, SecretPurpose};
use base::prelude::*;

/// What tells a secret's draw from the trust's others.
fn bound(tx: &Tx, purpose: SecretPurpose, id: &str) -> Bound {
    Bound { trust: tx.trust(), purpose, id: id.to_owned() }
}

struct Bound {
    trust: TrustId,
    purpose: SecretPurpose,
    id: String,
}

impl Bound {
    fn of(&self) -> SecretOf<'_> {
        SecretOf { trust: self.trust, purpose: self.purpose, id: &self.id }
    }
}

/// Makes a fresh secret for a draw and keeps it; the secret.
pub(super) fn make(
    tx: &mut Tx,
    envelope: &Envelope,
    (school_id, draw_id): (SchoolId, DrawId),
    purpose: SecretPurpose,
) -> Result<[u8; 32]> {
    let secret = chance::unguessable::<32>().map_err(Problem::internal)?;
    let bound = bound(tx, purpose, &draw_id.to_string());
    let sealed = envelope.seal(bound.of(), &secret).map_err(Problem::internal)?;
    rows::add_secret(tx, (school_id, draw_id), purpose, &sealed)?;
    Ok(secret)
}

/// A secret of a draw.
pub(super) fn open(
    tx: &mut Tx,
    envelope: &Envelope,
    draw_id: DrawId,
    purpose: SecretPurpose,
) -> Result<Secret> {
    let sealed = rows::secret(tx, draw_id, purpose)?;
    let bound = bound(tx, purpose, &draw_id.to_string());
    envelope.open(bound.of(), &sealed).map_err(Problem::internal)
}

/// The key that hides a draw's entries.
pub(super) fn entries_key(tx: &mut Tx, envelope: &Envelope, draw_id: DrawId) -> Result<Key> {
    let secret = open(tx, envelope, draw_id, SecretPurpose::DrawEntries)?;
    let bytes: [u8; 32] = secret.bytes().try_into().map_err(Problem::internal)?;
    Ok(Key(bytes))
}

/// Seals the secrets of the trust's draws anew under the operator's present key; how many were under an earlier one.
pub fn renew(tx: &mut Tx, envelope: &Envelope) -> Result<usize> {
    let mut renewed = 0;
    for (draw_id, purpose, sealed) in rows::secrets(tx)? {
        let bound = bound(tx, *purpose, &draw_id.to_string());
        if let Some(anew) = envelope.renew(bound.of(), &sealed).map_err(Problem::internal)? {
            rows::seal_anew(tx, draw_id, *purpose, &anew)?;
            renewed += 1;
        }
    }
    Ok(renewed)
}
