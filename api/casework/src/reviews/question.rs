//! A review's question: what does the school's pathway propose, with these figures and these cases?

use domain::Calendar;
use domain::policy::{
    Decision, Happened, Policy, Shield, Subject, falls_due, one_voice, review, step,
};

use super::to_do::pupil_of;
use crate::cases::CaseFile;
use base::prelude::*;
use figures::{Beside, Enrolled, Figures};
use school::policies::{Follows, Shelf};

/// What a policy is asked at a review.
pub struct Question<'a> {
    /// The review's day.
    pub day: NaiveDate,
    /// The school's calendars, in order.
    pub calendars: &'a [Calendar],
    /// The pupils' figures.
    pub figures: &'a Figures<'a>,
    /// What is known beside them.
    pub beside: &'a Beside,
    /// The policies that cases keep.
    pub shelf: &'a Shelf,
}

impl Question<'_> {
    /// Everything that the school's pathway proposes. What is given for good attendance is not a review's matter.
    pub fn ask(&self, tx: &mut Tx, pathway: &Follows, cases: &[CaseFile]) -> Result<Vec<Decision>> {
        let mut decisions = self.proposals(tx, pathway, cases)?;
        decisions
            .retain(|one| pupil_of(one).is_none_or(|pupil| !self.beside.died.contains(&pupil)));
        // A case may keep another policy than the school's lists; a family hears one voice all the same.
        Ok(one_voice(decisions))
    }

    /// What the pathway proposes; a case that keeps another version is asked of that one.
    fn proposals(
        &self,
        tx: &mut Tx,
        follows: &Follows,
        cases: &[CaseFile],
    ) -> Result<Vec<Decision>> {
        let day = self.day;
        let facts = &self.figures.facts(&follows.policy, self.beside);
        let now = review(&follows.policy.pathway(), &follows.letters, facts, day, self.calendars);
        let (settled, others): (BTreeMap<i64, Decision>, BTreeSet<i64>) =
            self.ends(tx, cases, follows)?;
        let ending = self.ending_today(&follows.policy, cases);
        let own = |decision: &Decision| match (&decision.subject, &decision.taking) {
            (Subject::Pupil(pupil), Some(_)) => {
                !settled.contains_key(pupil) && !others.contains(pupil) && !ending.contains(pupil)
            }
            _ => true,
        };
        let mut decisions: Vec<Decision> = now.into_iter().filter(own).collect();
        decisions.extend(settled.into_values());
        for told in
            cases.iter().filter(|told| others.contains(&i64::from(told.row.pupil_id.number())))
        {
            let row = &told.row;
            let kept = self.shelf.under(tx, &row.policy, row.version, &row.answers)?;
            let mut alone = self.figures.facts(&kept.policy, self.beside);
            alone.pupils.retain(|pupil| pupil.id == i64::from(told.row.pupil_id.number()));
            if !self.ending_today(&kept.policy, std::slice::from_ref(told)).is_empty() {
                continue;
            }
            let found = review(&kept.policy.pathway(), &kept.letters, &alone, day, self.calendars);
            decisions.extend(found.into_iter().filter(|decision| decision.taking.is_some()));
        }
        Ok(decisions)
    }

    /// The pupils whose target, or wait after a letter or a plan, ends today: its last marks are still to come, and the
    /// clockwork looks on the next school day.
    fn ending_today(&self, policy: &Policy, cases: &[CaseFile]) -> BTreeSet<i64> {
        let ends = |told: &&CaseFile| {
            let case = &told.case;
            let stage = case.stage().and_then(|stage| policy.stage(stage));
            let target = case.target.map(|target| target.to);
            let due = stage.and_then(|at| falls_due(at, case.since, target, self.calendars));
            due == Some(self.day) && case.since < self.day
        };
        cases.iter().filter(ends).map(|told| i64::from(told.row.pupil_id.number())).collect()
    }

    /// Cases that come into a new year, whatever their stage waits for; and the pupils whose case keeps
    /// another policy or version than the school follows now.
    fn ends(
        &self,
        tx: &mut Tx,
        cases: &[CaseFile],
        follows: &Follows,
    ) -> Result<(BTreeMap<i64, Decision>, BTreeSet<i64>)> {
        let on_roll: BTreeSet<PupilId> =
            self.figures.on_roll().map(|member| member.pupil_id()).collect();
        let (mut settled, mut others) = (BTreeMap::new(), BTreeSet::new());
        for told in cases {
            let pupil = i64::from(told.row.pupil_id.number());
            if !on_roll.contains(&told.row.pupil_id) {
                // The clockwork lets cases follow the roll.
                continue;
            }
            if AcademicYear::of(told.case.since) >= AcademicYear::of(self.day) {
                let kept = (&told.row.policy, told.row.version, &told.row.answers);
                if kept != (&follows.key, follows.version, &follows.answers) {
                    others.insert(pupil);
                }
                continue;
            }
            let row = &told.row;
            let kept = self.shelf.under(tx, &row.policy, row.version, &row.answers)?;
            let shield = Shield {
                letters_stopped: self.beside.stopped.contains(&told.row.pupil_id),
                ..Default::default()
            };
            let happened = Happened::Outcome("a new school year".to_owned());
            let decision =
                step(&kept.policy, &kept.letters, (pupil, &told.case), &shield, &happened);
            settled.insert(pupil, decision.map_err(Problem::internal)?);
        }
        Ok((settled, others))
    }
}
