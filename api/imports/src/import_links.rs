//! A file of links between schools: a school whose URN changed keeps its key, its pupils and its marks.

use chrono::TimeDelta;
use files::{LinkFileRow, Notice, NoticeKind, Reading};

use super::conclude::Checking;
use super::request::Request;
use base::jobs::Job;
use base::prelude::*;
use school::tenants;

/// A school's change of URN.
struct Change {
    school_id: SchoolId,
    before: String,
    after: String,
    since: Option<NaiveDate>,
}

/// Checks and applies a file of links; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<LinkFileRow>>,
) -> Result<()> {
    job.run(|tx| {
        let (file, mut check) = Checking::begin(request, reading);
        let schools = tenants::schools_by_urn(tx)?;
        let changes = plan(&file, schools, &mut check.notices);
        check.counts.urns_changed = u64::try_from(changes.len()).unwrap_or(u64::MAX);
        if check.may_apply() {
            apply(tx, &changes, job.by())?;
        }
        check.conclude(tx, job, None)
    })
}

/// The changes in the order of their days: a school may have had several URNs.
fn plan(
    rows: &[LinkFileRow],
    mut schools: BTreeMap<String, SchoolId>,
    notices: &mut Vec<Notice>,
) -> Vec<Change> {
    let mut links: Vec<&LinkFileRow> = rows.iter().collect();
    links.sort_by_key(|row| (row.since, row.line));
    let mut changes: Vec<Change> = Vec::new();
    for row in links {
        let (before, after) = (schools.get(&row.before).copied(), schools.get(&row.after).copied());
        let Some(school_id) = before else { continue };
        let told = match (row.plain, after) {
            (true, None) => {
                schools.remove(&row.before);
                schools.insert(row.after.clone(), school_id);
                let (before, after) = (row.before.clone(), row.after.clone());
                changes.push(Change { school_id, before, after, since: row.since });
                continue;
            }
            (true, Some(_)) => "both are schools of the trust: merge them by hand",
            (false, _) => "schools were merged or split: that is for a person to settle",
        };
        notices.push(Notice {
            kind: NoticeKind::LinkLeft,
            line: row.line,
            count: 1,
            text: format!("{} to {} left aside; {told}.", row.before, row.after),
        });
    }
    changes
}

fn apply(tx: &mut Tx, changes: &[Change], by: &str) -> Result<()> {
    for (step, change) in (0..).zip(changes) {
        let urns = (change.before.as_str(), change.after.as_str());
        // A school may change more than once in a file: each change has an instant of its own.
        let at = tx.now() + TimeDelta::microseconds(step);
        tenants::change_urn(tx, change.school_id, urns, change.since, (at, by))?;
    }
    Ok(())
}
