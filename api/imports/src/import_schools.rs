//! A file of schools, or of the members of groups: the trust's schools are added, and their names and phases kept right.
//!
//! The files name every school in England. A trust's are those that it has, those of its group, and those that are asked
//! for by URN; the others are left aside.

use files::{Notice, NoticeKind, Reading, SchoolFileRow};

use super::conclude::Checking;
use super::request::{ImportKind, Options, Request};
use base::jobs::Job;
use base::prelude::*;
use school::tenants::{self, SchoolFacts, SchoolRow};

/// Checks and applies a file of schools; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<SchoolFileRow>>,
) -> Result<()> {
    job.run(|tx| {
        let (file, mut check) = Checking::begin(request, reading);
        settle(tx, job, &file, &mut check)?;
        check.conclude(tx, job, None)
    })
}

fn settle(
    tx: &mut Tx,
    job: &Job<'_>,
    file: &[SchoolFileRow],
    check: &mut Checking<'_>,
) -> Result<()> {
    let there: BTreeMap<String, SchoolRow> =
        tenants::schools(tx)?.into_iter().map(|school| (school.urn.clone(), school)).collect();
    let former = tenants::schools_by_former_urn(tx)?;
    let mut plan = SchoolsPlan::default();
    for row in file {
        let known = there.get(&row.urn);
        if !former.contains_key(&row.urn) || known.is_some() {
            plan.row(row, known, check.request);
        }
    }
    check.notices.extend(plan.notices(check.request, &there));
    check.counts.schools_added = u64::try_from(plan.added.len()).unwrap_or(u64::MAX);
    check.counts.schools_changed = u64::try_from(plan.changed.len()).unwrap_or(u64::MAX);
    if !check.may_apply() {
        return Ok(());
    }
    if !plan.changed.is_empty() {
        // Figures are compared by phase.
        let ids: Vec<SchoolId> = plan.changed.keys().copied().collect();
        tenants::lock_schools(tx, &ids, &[])?.bump(tx)?;
    }
    for (school_id, facts) in &plan.changed {
        tenants::rename_school(tx, *school_id, facts)?;
    }
    let added: Vec<SchoolFacts> = plan.added.into_values().collect();
    tenants::add_schools(tx, &added, job.by())
}

/// What a file adds and changes.
#[derive(Default)]
struct SchoolsPlan {
    /// By URN.
    added: BTreeMap<String, SchoolFacts>,
    /// By key.
    changed: BTreeMap<SchoolId, SchoolFacts>,
    /// Lines of the trust's schools that are not open.
    closed: Vec<u64>,
    /// Lines of schools whose phase cannot be told.
    phaseless: Vec<u64>,
    /// Lines of schools of others.
    others: Vec<u64>,
    /// The URNs of the trust's group.
    members: BTreeSet<String>,
}

impl SchoolsPlan {
    fn row(&mut self, row: &SchoolFileRow, known: Option<&SchoolRow>, request: &Request) {
        let Options { group_uid, urns, .. } = &request.options;
        let member = group_uid.is_some() && row.group == *group_uid;
        if member {
            self.members.insert(row.urn.clone());
        }
        let only_members = request.kind == ImportKind::Groups;
        if !(member || !only_members && (known.is_some() || urns.contains(&row.urn))) {
            self.others.push(row.line);
        } else if !row.open {
            self.closed.push(row.line);
        } else if let Some(phase) = row.phase {
            let facts = SchoolFacts { urn: row.urn.clone(), name: row.name.clone(), phase };
            match known {
                None => {
                    self.added.insert(row.urn.clone(), facts);
                }
                Some(known) if (&known.name, *known.phase) != (&facts.name, facts.phase) => {
                    self.changed.insert(known.school_id, facts);
                }
                Some(_) => {}
            }
        } else {
            self.phaseless.push(row.line);
        }
    }

    fn notices(&self, request: &Request, there: &BTreeMap<String, SchoolRow>) -> Vec<Notice> {
        let notice = |kind, lines: &[u64], text: &str| {
            let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
            Some(Notice { kind, line: *lines.first()?, count, text: format!("{count} {text}") })
        };
        let mut notices: Vec<Notice> = [
            notice(NoticeKind::OtherSchools, &self.others, "schools of others left aside."),
            notice(
                NoticeKind::ClosedSchools,
                &self.closed,
                "schools that are not open left aside.",
            ),
            notice(
                NoticeKind::NoPhase,
                &self.phaseless,
                "schools without a phase left aside: add them by hand.",
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        let strays: Vec<&str> =
            there.keys().filter(|urn| !self.members.contains(*urn)).map(String::as_str).collect();
        if request.kind == ImportKind::Groups && !strays.is_empty() {
            notices.push(Notice {
                kind: NoticeKind::NotInGroup,
                line: 1,
                count: u64::try_from(strays.len()).unwrap_or(u64::MAX),
                text: format!(
                    "Schools of the trust that the group does not have: {}.",
                    strays.join(", ")
                ),
            });
        }
        notices
    }
}
