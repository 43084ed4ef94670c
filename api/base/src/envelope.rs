//! The one envelope that secrets are kept in: nobody who has the database alone can read them.
//!
//! A secret is sealed (XChaCha20-Poly1305) under the last of the operator's keys, and opens only as being the same trust's,
//! for the same purpose and under the same id: a row that was copied elsewhere does not open. Keys are files of 64 hex
//! digits in a folder that nobody but their owner reads. A key is changed by adding one; what was sealed under an earlier
//! one goes on opening, and `rollcall secrets renew` seals it anew, so that the earlier one can go.
//!
//! What is sealed is 1, the key's id (8 bytes), a nonce from the system's randomness (24 bytes), and the rest.

use std::fmt;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::words;
use sha2::{Digest, Sha256};

use crate::chance;
use crate::id::TrustId;
use crate::key_folder::{self, KeyFile, KeysError};

/// The form of what is sealed.
const FORM: u8 = 1;
/// Bytes of a key's id, of a key and of a nonce.
const ID: usize = 8;
const KEY: usize = 32;
const NONCE: usize = 24;
/// The ending of the keys' files.
const ENDING: &str = "key";

words! {
    /// What a secret is for.
    SecretPurpose {
        DrawEntries = "draw entries": "hides who has entered a prize draw",
        DrawSecret = "draw secret": "the trust's own secret of a prize draw",
        SigningKey = "signing key": "signs the tokens of clients",
    }
}

/// Whose secret it is, what for, and which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretOf<'a> {
    /// The trust; the platform's own secrets are [`TrustId::PLATFORM`]'s.
    pub trust: TrustId,
    /// What it is for.
    pub purpose: SecretPurpose,
    /// What tells it from the trust's others for the same purpose.
    pub id: &'a str,
}

impl SecretOf<'_> {
    /// What the seal binds: each part with its length, so that no two are written alike.
    fn bound(&self) -> Vec<u8> {
        let mut bytes = b"rollcall envelope 1\0".to_vec();
        bytes.extend(self.trust.number().to_be_bytes());
        for part in [self.purpose.text(), self.id] {
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// A secret that was opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Says nothing of the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a secret does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The operator's key is not there.
    #[error("it was sealed under the key {0}, which is not in the folder of the keys of secrets")]
    UnknownKey(String),
    /// It was changed, or belongs to something else.
    #[error("it was changed, or is another trust's, for another purpose or under another id")]
    NotThis,
    /// The system gives no randomness to seal with.
    #[error("no randomness: {0}")]
    NoChance(String),
}

/// A key of the operator's.
struct OperatorKey {
    id: [u8; ID],
    key: [u8; KEY],
}

/// Seals and opens secrets.
pub struct Envelope {
    /// The key that seals.
    seals: OperatorKey,
    /// Those before it, which open what they sealed.
    before: Vec<OperatorKey>,
}

impl Envelope {
    /// With the keys in `folder`; a first one is made when there is none.
    ///
    /// # Errors
    /// The folder cannot be used, others than its owner can read a key, or a file holds none.
    pub fn load_or_create(folder: &Path) -> Result<Self, KeysError> {
        let files = key_folder::first_or_all(folder, ENDING, fresh)?;
        let mut keys: Vec<OperatorKey> = files.iter().map(read).collect::<Result<_, _>>()?;
        let seals = keys.pop().ok_or_else(|| KeysError {
            path: folder.to_owned(),
            why: "no usable key".to_owned(),
        })?;
        Ok(Self { seals, before: keys })
    }

    /// Seals a secret, each time otherwise.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn seal(&self, of: SecretOf<'_>, secret: &[u8]) -> Result<Vec<u8>, Closed> {
        let nonce: [u8; NONCE] = chance::unguessable().map_err(Closed::NoChance)?;
        let payload = Payload { msg: secret, aad: &of.bound() };
        let sealed = cipher(&self.seals).encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_too_long| Closed::NotThis)?;
        Ok([&[FORM][..], &self.seals.id, &nonce, &sealed].concat())
    }

    /// What was sealed.
    ///
    /// # Errors
    /// Its key is not there, or it was not sealed as being this.
    pub fn open(&self, of: SecretOf<'_>, sealed: &[u8]) -> Result<Secret, Closed> {
        let (id, rest) = self::parts(sealed)?;
        let mut known = self.before.iter().chain([&self.seals]);
        let key = known.find(|key| key.id == *id).ok_or_else(|| Closed::UnknownKey(hex(id)))?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Closed::NotThis)?;
        let payload = Payload { msg: rest, aad: &of.bound() };
        let opened = cipher(key).decrypt(&XNonce::from(*nonce), payload);
        opened.map(Secret).map_err(|_not_authentic| Closed::NotThis)
    }

    /// The same secret under the key that seals now; `None` when it is.
    ///
    /// # Errors
    /// As [`Envelope::open`] and [`Envelope::seal`].
    pub fn renew(&self, of: SecretOf<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, Closed> {
        let opened = self.open(of, sealed)?;
        if *parts(sealed)?.0 == self.seals.id {
            return Ok(None);
        }
        self.seal(of, opened.bytes()).map(Some)
    }
}

/// The id of the key, and what follows it.
fn parts(sealed: &[u8]) -> Result<(&[u8; ID], &[u8]), Closed> {
    let rest = sealed.strip_prefix(&[FORM]).ok_or(Closed::NotThis)?;
    rest.split_first_chunk::<ID>().ok_or(Closed::NotThis)
}

fn cipher(key: &OperatorKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(key.key))
}

fn read(file: &KeyFile) -> Result<OperatorKey, KeysError> {
    let wrong = || KeysError { path: file.path.clone(), why: "expected 64 hex digits".to_owned() };
    let text = file.text.trim();
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let key = bytes.filter(|_| rest.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit()));
    let key: [u8; KEY] = key.and_then(|key| key.try_into().ok()).ok_or_else(wrong)?;
    let digest = Sha256::new().chain_update(b"rollcall envelope key").chain_update(key).finalize();
    let id = digest.first_chunk::<ID>().copied().ok_or_else(wrong)?;
    Ok(OperatorKey { id, key })
}

fn fresh() -> Result<String, String> {
    Ok(format!("{}\n", hex(&chance::unguessable::<KEY>()?)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("envelope-{name}-{}", std::process::id()));
            let _left_behind = fs::remove_dir_all(&folder);
            Self(folder)
        }

        fn add(&self, name: &str, text: &str) {
            let file = self.0.join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    const OF: SecretOf<'_> =
        SecretOf { trust: TrustId::new(7), purpose: SecretPurpose::DrawEntries, id: "12" };

    #[test]
    fn a_secret_opens_only_as_what_it_was_sealed_for() {
        let folder = Folder::new("bound");
        let envelope = Envelope::load_or_create(&folder.0).unwrap();
        let sealed = envelope.seal(OF, b"a secret").unwrap();
        assert_ne!(sealed, envelope.seal(OF, b"a secret").unwrap(), "each time otherwise");
        assert!(!sealed.windows(8).any(|part| part == b"a secret"));
        assert_eq!(envelope.open(OF, &sealed).unwrap().bytes(), b"a secret");
        for other in [
            SecretOf { trust: TrustId::new(8), ..OF },
            SecretOf { purpose: SecretPurpose::DrawSecret, ..OF },
            SecretOf { id: "1", ..OF },
        ] {
            assert_eq!(envelope.open(other, &sealed), Err(Closed::NotThis), "{other:?}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(envelope.open(OF, &changed).is_err(), "byte {at}");
            assert!(envelope.open(OF, &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(format!("{:?}", envelope.open(OF, &sealed)), "Ok(Secret)");
    }

    #[test]
    fn a_key_is_changed_by_adding_one_and_goes_when_all_is_sealed_anew() {
        let folder = Folder::new("rotated");
        let first = Envelope::load_or_create(&folder.0).unwrap();
        let sealed = first.seal(OF, b"a secret").unwrap();
        assert_eq!(first.renew(OF, &sealed), Ok(None));
        folder.add("0002.key", &"0f".repeat(32));
        let both = Envelope::load_or_create(&folder.0).unwrap();
        assert_eq!(both.open(OF, &sealed).unwrap().bytes(), b"a secret");
        let renewed = both.renew(OF, &sealed).unwrap().unwrap();
        assert_eq!(both.renew(OF, &renewed), Ok(None));
        fs::remove_file(folder.0.join("0001.key")).unwrap();
        let second = Envelope::load_or_create(&folder.0).unwrap();
        assert_eq!(second.open(OF, &renewed).unwrap().bytes(), b"a secret");
        let gone = second.open(OF, &sealed).unwrap_err();
        assert!(matches!(&gone, Closed::UnknownKey(id) if id.len() == 16), "{gone}");
        assert!(first.open(OF, &renewed).is_err());
    }

    #[test]
    fn keys_that_others_can_read_and_files_that_are_no_keys_are_refused() {
        let folder = Folder::new("refused");
        Envelope::load_or_create(&folder.0).unwrap();
        let first = folder.0.join("0001.key");
        fs::set_permissions(&first, fs::Permissions::from_mode(0o640)).unwrap();
        let said = Envelope::load_or_create(&folder.0).err().unwrap().to_string();
        assert!(said.contains("0001.key") && said.contains("chmod 600"), "{said}");
        fs::set_permissions(&first, fs::Permissions::from_mode(0o600)).unwrap();
        for text in ["", "0f", &"0f".repeat(33), &"+f".repeat(32), &"zz".repeat(32)] {
            folder.add("0002.key", text);
            let said = Envelope::load_or_create(&folder.0).err().unwrap().to_string();
            assert!(said.ends_with("0002.key: expected 64 hex digits"), "{said}");
        }
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
