//! The schools that the rows of a file name.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{Notice, NoticeKind};
use super::request::Request;
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::tenants;

/// The schools that the caller may see, and the import's own.
pub(super) struct Schools {
    own: Option<i32>,
    by_urn: BTreeMap<String, i32>,
    by_former_urn: BTreeMap<String, i32>,
    /// The former URNs that were met, with the first line and how often.
    met: BTreeMap<String, (u64, u64)>,
}

impl Schools {
    pub fn read(tx: &mut Tx<'_>, request: &Request) -> Result<Self, Problem> {
        Ok(Self {
            own: request.school_id,
            by_urn: tenants::schools_by_urn(tx)?,
            by_former_urn: tenants::schools_by_former_urn(tx)?,
            met: BTreeMap::new(),
        })
    }

    /// The school that a row names by its URN, or by one that it once had; the empty text is the import's own.
    pub fn find(&mut self, urn: &str, line: u64) -> Option<i32> {
        if urn.is_empty() {
            return self.own;
        }
        if let Some(school_id) = self.by_urn.get(urn) {
            return Some(*school_id);
        }
        let school_id = *self.by_former_urn.get(urn)?;
        self.met.entry(urn.to_owned()).or_insert((line, 0)).1 += 1;
        Some(school_id)
    }

    /// Schools in order, each once.
    pub fn ids(schools: impl Iterator<Item = i32>) -> Vec<i32> {
        schools.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What to tell of how the schools were named.
    pub fn notices(&self) -> Vec<Notice> {
        let notice = |(urn, (line, count)): (&String, &(u64, u64))| Notice {
            kind: NoticeKind::FormerUrn,
            line: *line,
            count: *count,
            text: format!(
                "{urn} is a former URN of a school; its rows were taken as the school's."
            ),
        };
        self.met.iter().map(notice).collect()
    }
}
