//! Opening a review: the engine is asked what the school's policy proposes, and every answer is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::analytics::Block;
use chrono::{DateTime, NaiveDate, Utc};
use domain::policy::word::Do;
use domain::policy::{Decision, Facts, Happened, Subject, review, step};
use domain::{AcademicYear, Calendar};

use super::figures::{Beside, Figures, week_to};
use super::rows::{self, NewItem, ReviewRow};
use crate::actions::{self, About};
use crate::cases::{self, Told};
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::policies::{self, Follows, Part};
use crate::{letters, pupils, tenants};

/// Opens the review of a school's day, with figures as they were known at an instant.
///
/// # Errors
/// The school follows no policy, has no calendar for that year, or has a review of that day.
pub fn open(
    tx: &mut Tx<'_>,
    (school_id, day): (i32, NaiveDate),
    blocks: &[Arc<Block>],
    known_at: DateTime<Utc>,
    by: &str,
) -> Result<ReviewRow, Problem> {
    let Some(pathway) = policies::assigned(tx, school_id, Part::Pathway, day)? else {
        return Err(Problem::new(Kind::NoPolicy)
            .detail(format!("School {school_id} follows no policy on {day}.")));
    };
    let calendars = tenants::calendars_around(tx, school_id, day)?;
    if !calendars.iter().any(|calendar| calendar.year().contains(day)) {
        return Err(Problem::new(Kind::NoCalendar).detail(format!(
            "School {school_id} has no calendar for {day}: no half term, target or week of it can be counted."
        )));
    }
    let rewards = policies::assigned(tx, school_id, Part::Rewards, day)?;
    let taken = || Problem::new(Kind::Taken).detail("That day has a review already.");
    let row = rows::add(tx, school_id, day, &pathway, known_at, by)?.ok_or_else(taken)?;
    let cases = cases::open_cases(tx, school_id)?;
    let figures = Figures::new(blocks, &calendars, day);
    let beside = beside(tx, &row, &figures, &cases)?;
    let facts = figures.facts(&pathway.policy, &beside);

    let asking =
        Asking { tx, row: &row, calendars: &calendars, figures: &figures, beside: &beside };
    let mut decisions = asking.proposals(&pathway, &facts, &cases)?;
    if let Some(rewards) = rewards {
        let facts = figures.facts(&rewards.policy, &beside);
        let part = rewards.policy.rewards();
        decisions.extend(review(&part, &rewards.letters, &facts, day, &calendars));
    }
    store(tx, &row, decisions, &calendars)?;
    Ok(row)
}

/// What is known of the school's pupils beside their marks.
fn beside(
    tx: &mut Tx<'_>,
    row: &ReviewRow,
    figures: &Figures<'_>,
    cases: &[Told],
) -> Result<Beside, Problem> {
    let (school_id, day) = (row.school_id, row.day);
    let on_roll: BTreeMap<i32, Option<i32>> = figures
        .on_roll()
        .map(|member| (member.pupil, member.placements.last().map(|placement| placement.class)))
        .collect();
    let ids: Vec<i32> = on_roll.keys().copied().collect();
    let classes: BTreeMap<i32, String> = pupils::classes_of_schools(tx, &[school_id])?
        .into_iter()
        .map(|class| (class.class_id, class.name))
        .collect();
    let answered: BTreeSet<i32> = rows::feedback_between(tx, school_id, week_to(day))?
        .iter()
        .map(|one| one.pupil_id)
        .collect();
    let class_of = |pupil: &i32| on_roll.get(pupil).copied().flatten();
    let silent: BTreeSet<String> = rows::listed_between(tx, school_id, week_to(day))?
        .iter()
        .filter(|pupil| !answered.contains(pupil))
        .filter_map(|pupil| classes.get(&class_of(pupil)?).cloned())
        .collect();
    Ok(Beside {
        cases: cases.iter().map(|told| (told.row.pupil_id, told.case.clone())).collect(),
        stopped: letters::stopped(tx, &ids)?.into_keys().collect(),
        mitigations: cases::mitigations(tx, school_id, day)?,
        classes,
        silent: silent.into_iter().collect(),
        previous: rows::reviews(tx, school_id, Some(day), 1)?.first().map(|before| before.day),
    })
}

/// What the engine is asked with.
struct Asking<'a, 'b, 'c> {
    tx: &'a mut Tx<'b>,
    row: &'a ReviewRow,
    calendars: &'a [Calendar],
    figures: &'a Figures<'c>,
    beside: &'a Beside,
}

impl Asking<'_, '_, '_> {
    /// What the pathway proposes; a case that keeps another version is asked of that one.
    fn proposals(
        mut self,
        follows: &Follows,
        facts: &Facts,
        cases: &[Told],
    ) -> Result<Vec<Decision>, Problem> {
        let day = self.row.day;
        let now = review(&follows.policy.pathway(), &follows.letters, facts, day, self.calendars);
        let (settled, others): (BTreeMap<i64, Decision>, BTreeSet<i64>) =
            self.ends(cases, follows)?;
        let own = |decision: &Decision| match (&decision.subject, &decision.taking) {
            (Subject::Pupil(pupil), Some(_)) => {
                !settled.contains_key(pupil) && !others.contains(pupil)
            }
            _ => true,
        };
        let mut decisions: Vec<Decision> = now.into_iter().filter(own).collect();
        decisions.extend(settled.into_values());
        for told in cases.iter().filter(|told| others.contains(&i64::from(told.row.pupil_id))) {
            let kept =
                policies::under(self.tx, &told.row.policy, told.row.version, &told.row.answers)?;
            let mut alone = self.figures.facts(&kept.policy, self.beside);
            alone.pupils.retain(|pupil| pupil.id == i64::from(told.row.pupil_id));
            let found = review(&kept.policy.pathway(), &kept.letters, &alone, day, self.calendars);
            decisions.extend(found.into_iter().filter(|decision| decision.taking.is_some()));
        }
        Ok(decisions)
    }

    /// Cases that come into a new year, whatever their stage waits for; and the pupils whose case keeps
    /// another policy or version than the school follows now.
    fn ends(
        &mut self,
        cases: &[Told],
        follows: &Follows,
    ) -> Result<(BTreeMap<i64, Decision>, BTreeSet<i64>), Problem> {
        let on_roll: BTreeSet<i32> = self.figures.on_roll().map(|member| member.pupil).collect();
        let (mut settled, mut others) = (BTreeMap::new(), BTreeSet::new());
        for told in cases {
            let pupil = i64::from(told.row.pupil_id);
            if !on_roll.contains(&told.row.pupil_id) {
                // The clockwork lets cases follow the roll.
                continue;
            }
            if AcademicYear::of(told.case.since) >= AcademicYear::of(self.row.day) {
                let kept = (&told.row.policy, told.row.version, &told.row.answers);
                if kept != (&follows.key, follows.version, &follows.answers) {
                    others.insert(pupil);
                }
                continue;
            }
            let kept =
                policies::under(self.tx, &told.row.policy, told.row.version, &told.row.answers)?;
            let shield = domain::policy::Shield {
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

/// Stores what is proposed. What moves a case or sends a letter waits for a person; the rest is listed, and opened as
/// actions where somebody is to do something.
fn store(
    tx: &mut Tx<'_>,
    row: &ReviewRow,
    decisions: Vec<Decision>,
    calendars: &[Calendar],
) -> Result<(), Problem> {
    let mut items = Vec::with_capacity(decisions.len());
    for decision in decisions {
        let pupil_id = match &decision.subject {
            Subject::Pupil(id) => i32::try_from(*id).ok(),
            _ => None,
        };
        let letter = decision.actions.iter().any(|action| action.kind == Do::Letter);
        let proposed = decision.taking.is_some() || letter || !decision.held.is_empty();
        if !proposed {
            let about = About {
                school_id: row.school_id,
                pupil_id,
                case_id: None,
                review_id: Some(row.review_id),
            };
            open_actions(tx, about, &decision, row.day, calendars)?;
        }
        items.push(NewItem { pupil_id, decision, proposed });
    }
    rows::add_items(tx, row, &items)
}

/// Opens what somebody is to do because of a decision that moves no case. A report about each pupil is the list itself.
pub fn open_actions(
    tx: &mut Tx<'_>,
    about: About,
    decision: &Decision,
    day: NaiveDate,
    calendars: &[Calendar],
) -> Result<(), Problem> {
    let note = match &decision.subject {
        Subject::Teacher(name) | Subject::Class(name) => Some(name.as_str()),
        Subject::Pupil(_) | Subject::School => None,
    };
    let is_list = |kind: Do| about.pupil_id.is_some() && matches!(kind, Do::Report | Do::Record);
    let to_do = |kind: Do| !is_list(kind) && !matches!(kind, Do::Letter | Do::Flag | Do::Target);
    for action in decision.actions.iter().filter(|action| to_do(action.kind)) {
        actions::open(tx, about, &decision.rule, action, note, day, calendars)?;
    }
    Ok(())
}
