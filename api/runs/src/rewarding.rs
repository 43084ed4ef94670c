//! When what a school's weeks, half terms, terms and year have earned is judged, and which schools are looked at again.

use domain::schedule::{Due, Occasion, rewards_due};

use super::rows::{Key, NewRun};
use super::schools::SchoolTime;
use base::prelude::*;
use rewards::earning;
use school::policies::{self, Assignment, Part, Shelf};

/// The reward policies of the schools of a trust.
pub(super) struct Rewarding {
    assigned: BTreeMap<SchoolId, Vec<Assignment>>,
    shelf: Shelf,
}

impl Rewarding {
    /// Of every school that the caller may see.
    pub(super) fn read(tx: &mut Tx) -> Result<Self> {
        let assigned = policies::assignments_of_schools(tx, Part::Rewards)?;
        Ok(Self { assigned, shelf: Shelf::default() })
    }

    /// When a school's periods are judged, each with the instant from which on it is known that they are: what ended before
    /// the school went live earns nothing by itself.
    pub(super) fn dues(
        &self,
        tx: &mut Tx,
        school: &SchoolTime,
    ) -> Result<Vec<(Due, DateTime<Utc>)>> {
        let Some(assigned) = self.assigned.get(&school.school_id) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (calendar, known_from) in school.years() {
            for one in assigned {
                let follows = self.shelf.under(tx, &one.policy, one.version, &one.answers)?;
                let cut_off = follows.policy.settled.cut_off;
                let cut_off = usize::try_from(cut_off).unwrap_or(usize::MAX);
                for due in rewards_due(calendar, school.zone, cut_off) {
                    let holds = policies::holding(assigned, Part::Rewards, due.local.date());
                    if holds.is_some_and(|holds| holds.recorded_at == one.recorded_at) {
                        found.push((due, known_from.max(one.recorded_at)));
                    }
                }
            }
        }
        Ok(found)
    }
}

/// This hour's runs for the schools whose marks have changed on days that were judged.
pub(super) fn again(tx: &mut Tx, there: &BTreeSet<Key>) -> Result<Vec<NewRun>> {
    let now = tx.now();
    let mut new = Vec::new();
    for moved in earning::moved(tx)? {
        let period = format!("{}/{}", moved.year, now.format("%Y-%m-%dT%H"));
        if there.contains(&(moved.school_id, As(Occasion::RewardAgain), period.clone())) {
            continue;
        }
        let from = AcademicYear::new(moved.year).map_or(moved.to_day, AcademicYear::first_day);
        new.push(NewRun {
            school_id: moved.school_id,
            kind: Occasion::RewardAgain,
            period,
            attempt: 1,
            from: from.min(moved.to_day),
            to: moved.to_day,
            due: now,
            noticed_at: None,
        });
    }
    Ok(new)
}
