//! Links that open something to whoever has them, without a token: nobody can guess one, and each names its trust.

use sha2::{Digest, Sha256};

use base::db::Db;
use base::platform;
use base::prelude::*;

use super::standing::Standing;

/// What a link holds: the trust, and what nobody can guess.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub trust: TrustId,
    pub key: String,
}

impl Link {
    /// As it stands in a link: `1-5a0c...`.
    pub(super) fn text(&self) -> String {
        format!("{}-{}", self.trust, self.key)
    }

    /// Where the receipt of a draw is.
    pub(super) fn path(&self, draw_id: DrawId) -> String {
        format!("/v1/draws/{draw_id}/receipt?link={}", self.text())
    }

    /// What a link holds. Errors: 404, as for a link that opens nothing.
    pub(super) fn read(text: &str) -> Result<Self> {
        let parts = text.split_once('-').filter(|(_, key)| !key.is_empty() && key.len() <= 100);
        let (trust, key) = parts.ok_or_else(Problem::not_found)?;
        let trust: TrustId = trust.parse().map_err(|_no_number| Problem::not_found())?;
        if trust.number() < 1 || trust.to_string() != text.split('-').next().unwrap_or_default() {
            return Err(Problem::not_found());
        }
        Ok(Self { trust, key: key.to_owned() })
    }

    /// What is kept of a link that is only compared.
    pub(super) fn hash(key: &str) -> String {
        ::draw::hex(&Sha256::digest(key))
    }

    /// Does `work` with a draw whose link this is. Errors: 404 for a link that is not `opens`.
    pub(super) async fn run<T: Send + 'static>(
        self,
        db: &Db,
        draw_id: DrawId,
        opens: impl FnOnce(&Standing) -> Option<String> + Send + 'static,
        work: impl FnOnce(&mut Tx<'_>, Standing) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let scope = platform::scope_of_link(self.trust);
        db.run(&scope, move |tx| {
            let standing = Standing::alone(tx, draw_id)?;
            // Hashes are compared, so that the time it takes says nothing of the key.
            if opens(&standing).as_deref() != Some(Self::hash(&self.key).as_str()) {
                return Err(Problem::not_found());
            }
            work(tx, standing)
        })
        .await
    }
}
