//! Sealing what we hand out and take back: nobody else can read it, and what was changed is not taken back.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// Bytes of the nonce, which stands before what is sealed.
const NONCE: usize = 24;

/// The key of what this service seals. All its processes have the same.
#[derive(Clone)]
pub struct Seal([u8; 32]);

/// Says nothing of the key.
impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// A key of its own for this use, from a secret that all processes share.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::new().chain_update(b"rollcall seal 1").chain_update(secret).finalize().into())
    }

    /// Seals some bytes, which can be opened only as being about the same. The same bytes are sealed alike, so that an
    /// answer stays the same; nobody learns more from that than that two are.
    pub fn seal(&self, bytes: &[u8], about: &[u8]) -> Option<Vec<u8>> {
        let digest = Sha256::new()
            .chain_update(b"nonce")
            .chain_update(self.0)
            .chain_update(Sha256::digest(about))
            .chain_update(bytes)
            .finalize();
        let nonce: [u8; NONCE] = digest.get(..NONCE)?.try_into().ok()?;
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: about }).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was sealed; `None` when it was not, not by us, or about something else.
    pub fn open(&self, sealed: &[u8], about: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        self.cipher().decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: about }).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_about_the_same_opens_and_no_name_can_be_read() {
        let seal = Seal::of(b"secret");
        let sealed = seal.seal(b"wilson ann", b"pupils").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"wilson"));
        assert_eq!(seal.open(&sealed, b"pupils").unwrap(), b"wilson ann");
        assert_eq!(seal.open(&sealed, b"parents"), None);
        assert_eq!(Seal::of(b"another").open(&sealed, b"pupils"), None);
        assert_eq!(seal.open(&sealed[..20], b"pupils"), None);
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        assert_eq!(seal.open(&changed, b"pupils"), None);
        assert_eq!(seal.seal(b"wilson ann", b"pupils").unwrap(), sealed);
    }
}
