//! Sandboxes: trusts that may move their own clock, forward only.
//!
//! A trust is a sandbox from its first day or never, so each process asks once for each trust. Only the transactions of
//! sandboxes then read how far their clock is ahead; those of real trusts cost nothing.

use chrono::TimeDelta;
use diesel::dsl::max;
use diesel::prelude::*;
use moka::sync::Cache;

use crate::id::TrustId;
use crate::problem::Problem;
use schema::{trust, trust_clock};

/// Trusts that a process remembers.
const REMEMBERED: u64 = 100_000;

/// Which trusts are sandboxes, as far as this process has met them.
#[derive(Clone)]
pub struct Sandboxes(Cache<TrustId, bool>);

impl Sandboxes {
    /// None is known yet.
    pub fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    /// Whether the trust is known to keep the machine's time.
    pub fn is_real(&self, trust: TrustId) -> bool {
        self.0.get(&trust) == Some(false)
    }

    /// How far a trust's clock is ahead of the machine's, read in a transaction that is bound to it.
    pub fn ahead(&self, conn: &mut PgConnection, trust: TrustId) -> Result<TimeDelta, Problem> {
        if !self.is_sandbox(conn, trust)? {
            return Ok(TimeDelta::zero());
        }
        let ahead: Option<i64> = trust_clock::table
            .filter(trust_clock::trust_id.eq(trust))
            .select(max(trust_clock::ahead))
            .first(conn)?;
        Ok(TimeDelta::microseconds(ahead.unwrap_or(0)))
    }

    fn is_sandbox(&self, conn: &mut PgConnection, id: TrustId) -> Result<bool, Problem> {
        if id == TrustId::PLATFORM {
            return Ok(false);
        }
        if let Some(known) = self.0.get(&id) {
            return Ok(known);
        }
        let found: Option<bool> = trust::table
            .filter(trust::trust_id.eq(id))
            .select(trust::sandbox)
            .first(conn)
            .optional()?;
        if let Some(sandbox) = found {
            self.0.insert(id, sandbox);
        }
        // A trust that does not exist may be added yet, as either.
        Ok(found.unwrap_or(false))
    }
}

impl Default for Sandboxes {
    fn default() -> Self {
        Self::new()
    }
}
