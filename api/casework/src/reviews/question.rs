//! A review's question: what do the school's policies propose, with these figures and these cases?

use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{
    Action, Body, Decision, Draw, Facts, Happened, Policy, Shield, Subject, is_due, review, step,
};

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
    /// Everything that the school's policies propose.
    pub fn ask(
        &self,
        tx: &mut Tx,
        pathway: &Follows,
        rewards: Option<&Follows>,
        cases: &[CaseFile],
    ) -> Result<Vec<Decision>> {
        let mut decisions = self.proposals(tx, pathway, cases)?;
        decisions.extend(rewards.map(|rewards| self.rewards(rewards)).into_iter().flatten());
        Ok(decisions)
    }

    /// What is given. A ticket that is given on the day of a draw enters it.
    fn rewards(&self, follows: &Follows) -> Vec<Decision> {
        let part = follows.policy.rewards();
        let ask = |facts: &Facts| review(&part, &follows.letters, facts, self.day, self.calendars);
        let mut facts = self.figures.facts(&follows.policy, self.beside);
        let given = ask(&facts);
        let due = |draw: &&Draw| is_due(draw.moment, self.day, self.calendars);
        let draws = part.rows.iter().filter_map(|row| match &row.body {
            Body::Draw(draw) => Some(draw),
            _ => None,
        });
        let tickets: BTreeSet<&String> = draws.filter(due).flat_map(|draw| &draw.tickets).collect();
        if tickets.is_empty() {
            return given;
        }
        let gives = |decision: &Decision, ticket: &str| {
            decision.actions.iter().any(|action| gives_ticket(action, ticket))
        };
        for pupil in &mut facts.pupils {
            for ticket in &tickets {
                let own = given.iter().filter(|one| one.subject == Subject::Pupil(pupil.id));
                let more = own.filter(|one| gives(one, ticket)).count();
                *pupil.tickets.entry((*ticket).clone()).or_default() +=
                    u32::try_from(more).unwrap_or(0);
            }
        }
        ask(&facts)
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
        let own = |decision: &Decision| match (&decision.subject, &decision.taking) {
            (Subject::Pupil(pupil), Some(_)) => {
                !settled.contains_key(pupil) && !others.contains(pupil)
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
            let found = review(&kept.policy.pathway(), &kept.letters, &alone, day, self.calendars);
            decisions.extend(found.into_iter().filter(|decision| decision.taking.is_some()));
        }
        Ok(decisions)
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

/// The tickets that a policy's draws are entered with, each with the rules that give them.
pub fn tickets(policy: &Policy) -> BTreeMap<String, Vec<String>> {
    let draws = policy.rows.iter().filter_map(|row| match &row.body {
        Body::Draw(draw) => draw.tickets.clone(),
        _ => None,
    });
    let giving = |ticket: &String| {
        let rows = policy
            .regular()
            .filter(|(_, regular)| regular.does.iter().any(|action| gives_ticket(action, ticket)));
        rows.map(|(row, _)| row.rule.clone()).collect()
    };
    draws.map(|ticket| (ticket.clone(), giving(&ticket))).collect()
}

fn gives_ticket(action: &Action, ticket: &str) -> bool {
    action.kind == Do::Give && action.what == ticket
}
