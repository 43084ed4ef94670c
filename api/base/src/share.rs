//! A trust's share: how much of what all trusts use together one of them may hold at once, so that a busy trust keeps
//! its own people waiting and nobody else's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::id::TrustId;

/// What each trust holds just now.
#[derive(Debug, Clone)]
pub struct Shares {
    most: usize,
    trusts: Arc<Mutex<HashMap<TrustId, Arc<Semaphore>>>>,
}

/// One part of a trust's share; given back when it is dropped.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "dropping it gives it back")] OwnedSemaphorePermit);

impl Shares {
    /// So much at once for each trust.
    pub fn of(most: usize) -> Self {
        Self { most: most.max(1), trusts: Arc::default() }
    }

    /// A part of the trust's share, unless all of it is held.
    pub fn take(&self, trust: TrustId) -> Option<Held> {
        self.share(trust).try_acquire_owned().ok().map(Held)
    }

    /// As [`Shares::take`], in turn, when some of it is given back within this time.
    pub async fn wait(&self, trust: TrustId, patience: Duration) -> Option<Held> {
        let turn = tokio::time::timeout(patience, self.share(trust).acquire_owned());
        turn.await.ok()?.ok().map(Held)
    }

    fn share(&self, trust: TrustId) -> Arc<Semaphore> {
        let mut trusts = self.trusts.lock().unwrap_or_else(PoisonError::into_inner);
        trusts.entry(trust).or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone()
    }
}
