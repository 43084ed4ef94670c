//! The schools that the rows of a file name.

use std::collections::{BTreeMap, BTreeSet};

use super::file::Notice;
use super::request::Request;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::tenants;

/// The schools that the caller may see, and the import's own.
pub(super) struct Schools {
    own: Option<i32>,
    by_urn: BTreeMap<String, i32>,
}

impl Schools {
    pub fn read(tx: &mut Tx<'_>, request: &Request) -> Result<Self, Problem> {
        Ok(Self { own: request.school_id, by_urn: tenants::schools_by_urn(tx)? })
    }

    /// The school that a row names by its URN; the empty text is the import's own.
    pub fn find(&mut self, urn: &str, _line: u64) -> Option<i32> {
        if urn.is_empty() { self.own } else { self.by_urn.get(urn).copied() }
    }

    /// Schools in order, each once.
    pub fn ids(schools: impl Iterator<Item = i32>) -> Vec<i32> {
        schools.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What to tell of how the schools were named.
    pub fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}
