//! The days on which schools' reviews open: as the policy that each follows says, and where a case's stage falls due.

use chrono::NaiveTime;
use domain::policy::{Policy, falls_due};
use domain::schedule::{Due, STAGE_HOUR, day_after_stage, review_days, review_due};

use super::schools::SchoolTime;
use base::prelude::*;
use casework::cases::{self, Waiting};
use school::policies::{self, Assignment, Part};

/// What names a policy as a school or a case has it: key, version, answers.
type Name = (String, i32, String);

/// What the schools of a trust follow, and which of their cases wait.
pub(super) struct Paths {
    assigned: BTreeMap<SchoolId, Vec<Assignment>>,
    waiting: BTreeMap<SchoolId, Vec<Waiting>>,
    read: BTreeMap<Name, Policy>,
}

/// A day on which a review opens.
struct Opens {
    hour: NaiveTime,
    /// From when on it is known that it opens.
    known_from: DateTime<Utc>,
    /// The policy's name.
    policy: String,
    /// How many cases fall due.
    cases: usize,
}

impl Paths {
    /// Of every school that the caller may see.
    pub(super) fn read(tx: &mut Tx) -> Result<Self> {
        let mut waiting: BTreeMap<SchoolId, Vec<Waiting>> = BTreeMap::new();
        for case in cases::waiting(tx)? {
            waiting.entry(case.school_id).or_default().push(case);
        }
        let assigned = policies::assignments_of_schools(tx, Part::Pathway)?;
        Ok(Self { assigned, waiting, read: BTreeMap::new() })
    }

    /// What was ever decided for a school, latest day first.
    pub(super) fn assigned(&self, school_id: SchoolId) -> &[Assignment] {
        self.assigned.get(&school_id).map_or(&[], Vec::as_slice)
    }

    /// The first day from which on a school follows a policy, or a case; `None` when it follows nothing.
    pub(super) fn follows_from(&self, school_id: SchoolId) -> Option<NaiveDate> {
        let assigned = self.assigned(school_id).iter().map(|one| one.from_day);
        let waiting = self.waiting.get(&school_id).into_iter().flatten().map(|case| case.since);
        assigned.chain(waiting).min()
    }

    /// The reviews of a school, each with the instant from which on it is known that it falls due.
    pub(super) fn reviews(
        &mut self,
        tx: &mut Tx,
        school: &SchoolTime,
    ) -> Result<Vec<(Due, DateTime<Utc>)>> {
        let assigned = self.assigned.get(&school.school_id).cloned().unwrap_or_default();
        let mut days: BTreeMap<NaiveDate, Opens> = BTreeMap::new();
        for one in &assigned {
            let policy = self.policy(tx, &one.policy, one.version, &one.answers)?;
            for (day, hour) in review_days(policy, &school.calendars) {
                let holds = policies::holding(&assigned, Part::Pathway, day);
                if holds.is_none_or(|holds| holds.recorded_at != one.recorded_at) {
                    continue;
                }
                let known_from = school.known_from(day).max(one.recorded_at);
                let policy = policy.name.clone();
                days.insert(day, Opens { hour, known_from, policy, cases: 0 });
            }
        }
        for case in self.waiting.get(&school.school_id).cloned().unwrap_or_default() {
            let policy = self.policy(tx, &case.policy, case.version, &case.answers)?;
            let stage = case.stage.as_deref().and_then(|name| policy.stage(name));
            let ended = stage
                .and_then(|stage| falls_due(stage, case.since, case.target_to, &school.calendars));
            let Some(ended) = ended else { continue };
            let day = day_after_stage(ended, &school.calendars);
            // Nothing can be counted there yet: the schedule says that the calendar is missing.
            if !school.calendars.iter().any(|calendar| calendar.year().contains(day)) {
                continue;
            }
            let opens = days.entry(day).or_insert_with(|| Opens {
                hour: STAGE_HOUR,
                known_from: school.known_from(day),
                policy: policy.name.clone(),
                cases: 0,
            });
            opens.cases += 1;
        }
        let due = |(day, opens): (NaiveDate, Opens)| {
            let label = match opens.cases {
                0 => format!("{}: review", opens.policy),
                1 => format!("{}: review; 1 case falls due", opens.policy),
                many => format!("{}: review; {many} cases fall due", opens.policy),
            };
            (review_due(label, day, opens.hour, school.zone), opens.known_from)
        };
        Ok(days.into_iter().map(due).collect())
    }

    fn policy(
        &mut self,
        tx: &mut Tx,
        key: &str,
        version: i32,
        answers: &serde_json::Value,
    ) -> Result<&Policy> {
        let name = (key.to_owned(), version, answers.to_string());
        if !self.read.contains_key(&name) {
            let follows = policies::under(tx, key, version, answers)?;
            self.read.insert(name.clone(), follows.policy);
        }
        self.read.get(&name).ok_or_else(|| Problem::internal("a policy that was just read"))
    }
}
