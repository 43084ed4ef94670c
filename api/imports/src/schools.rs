//! The schools that the rows of a file name.

use files::{Column, Notice, NoticeKind, RowProblem, RowProblemKind};

use super::conclude::Checking;
use super::request::Request;
use base::prelude::*;
use school::tenants;

/// The schools that the caller may see, and the import's own.
pub(super) struct Schools {
    own: Option<SchoolId>,
    by_urn: BTreeMap<String, SchoolId>,
    by_former_urn: BTreeMap<String, SchoolId>,
    /// The former URNs that were met, with the first line and how often.
    met: BTreeMap<String, (u64, u64)>,
}

impl Schools {
    pub fn read(tx: &mut Tx, request: &Request) -> Result<Self> {
        Ok(Self {
            own: request.school_id,
            by_urn: tenants::schools_by_urn(tx)?,
            by_former_urn: tenants::schools_by_former_urn(tx)?,
            met: BTreeMap::new(),
        })
    }

    /// The school that a row names by its URN, or by one that it once had; the empty text is the import's own, and an
    /// import that has one is about no other.
    pub fn find(&mut self, urn: &str, line: u64) -> Option<SchoolId> {
        if urn.is_empty() {
            return self.own;
        }
        let (now, once) = (self.by_urn.get(urn), self.by_former_urn.get(urn));
        let found = *now.or(once).filter(|found| self.own.is_none_or(|own| own == **found))?;
        if now.is_none() {
            self.met.entry(urn.to_owned()).or_insert((line, 0)).1 += 1;
        }
        Some(found)
    }

    /// The rows with the school that each is for; of one that names no such school that is a problem. `named`: its URN
    /// and its line.
    pub fn of_rows<R>(
        &mut self,
        rows: Vec<R>,
        check: &mut Checking<'_>,
        named: impl Fn(&R) -> (Option<&str>, u64),
    ) -> Vec<(R, SchoolId)> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (urn, line) = named(&row);
            let urn = urn.unwrap_or_default();
            match self.find(urn, line) {
                Some(school_id) => found.push((row, school_id)),
                None => check
                    .problems
                    .add(|| unknown_school(line, &check.columns.name(Column::Urn), urn)),
            }
        }
        found
    }

    /// Ids in order, each once.
    pub fn ids<I: Ord>(ids: impl Iterator<Item = I>) -> Vec<I> {
        ids.collect::<BTreeSet<_>>().into_iter().collect()
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

/// A school that the trust does not have, that the caller may not see, or that a file for another school names.
/// `column`: that of the URNs.
pub(super) fn unknown_school(line: u64, column: &str, urn: &str) -> RowProblem {
    let expected =
        "the URN of a school of the trust that you may see; in a file for one school, its own";
    RowProblem::of_cell(line, column, urn, RowProblemKind::UnknownSchool, expected)
}
