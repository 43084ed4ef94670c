//! Opening a review: the engine is asked what the school's policy proposes, and every answer is stored.

use ::analytics::Block;
use domain::policy::Decision;
use domain::policy::word::Do;
use domain::{Calendar, CodeTable, WindowKind};

use super::families::{families, left_in_term};
use super::feedback::feedback_between;
use super::messages::{MessageGround, write_messages};
use super::question::Question;
use super::rows::{self, NewItem, ReviewRow};
use super::to_do::{Asking, pupil_of};
use crate::cases::{self, CaseFile};
use crate::letters;
use base::prelude::*;
use figures::{Beside, Enrolled, Figures, week_to};
use roll::pupils;
use school::calendars;
use school::policies::{self, Part, Shelf};

/// Opens the review of a school's day, with figures as they were known at an instant. Errors: the school follows no
/// policy, has no calendar for that year, or has a review of that day.
pub fn open(
    tx: &mut Tx,
    (school_id, day): (SchoolId, NaiveDate),
    (codes, blocks): (&CodeTable, &[Arc<Block>]),
    known_at: DateTime<Utc>,
    by: &str,
) -> Result<ReviewRow> {
    let Some(pathway) = policies::assigned(tx, school_id, Part::Pathway, day)? else {
        return Err(Problem::new(Kind::NoPolicy)
            .detail(format!("School {school_id} follows no policy on {day}.")));
    };
    let calendars = calendars::around(tx, school_id, day)?;
    if !calendars.iter().any(|calendar| calendar.year().contains(day)) {
        return Err(Problem::new(Kind::NoCalendar).detail(format!(
            "School {school_id} has no calendar for {day}: no half term, target or week of it can be counted."
        )));
    }
    let taken = || Problem::new(Kind::Taken).detail("That day has a review already.");
    let row = rows::add(tx, school_id, day, &pathway, known_at, by)?.ok_or_else(taken)?;
    let cases = cases::open_cases(tx, school_id)?;
    let figures = Figures::new(blocks, &calendars, day);
    let on_roll: Vec<PupilId> = figures.on_roll().map(|member| member.pupil_id()).collect();
    let case_rows: Vec<_> = cases.iter().map(|told| &told.row).collect();
    let years: Vec<AcademicYear> = blocks.iter().map(|block| block.year()).collect();
    let beside = Beside {
        families: families(tx, &[&pathway.policy], &on_roll, day)?,
        left: left_in_term(tx, &pathway.policy, school_id, None, (&calendars, day))?,
        elsewhere: cases::elsewhere(tx, codes, (school_id, &case_rows), &years)?,
        ..beside(tx, &row, &figures, &cases)?
    };
    let shelf = Shelf::default();
    let question =
        Question { day, calendars: &calendars, figures: &figures, beside: &beside, shelf: &shelf };
    let decisions = question.ask(tx, &pathway, &cases)?;
    let placed = figures.on_roll().filter_map(|member| {
        let class = ClassId::new(member.placements.last()?.class);
        Some((member.pupil_id(), beside.classes.get(&class)?.clone()))
    });
    let ground = MessageGround {
        row: &row,
        policy: &pathway.policy,
        decisions: &decisions,
        calendars: &calendars,
        classes: &placed.collect(),
    };
    write_messages(tx, &ground)?;
    let asking = Asking { review: &row, policy: &pathway.policy, calendars: &calendars };
    asking.lapse(tx)?;
    store(tx, &asking, decisions)?;
    Ok(row)
}

/// What is known of the school's pupils apart from their marks.
fn beside(
    tx: &mut Tx,
    row: &ReviewRow,
    figures: &Figures<'_>,
    cases: &[CaseFile],
) -> Result<Beside> {
    let (school_id, day) = (row.school_id, row.day);
    let on_roll: BTreeMap<PupilId, Option<ClassId>> = figures
        .on_roll()
        .map(|member| {
            (
                member.pupil_id(),
                member.placements.last().map(|placement| ClassId::new(placement.class)),
            )
        })
        .collect();
    let ids: Vec<PupilId> = on_roll.keys().copied().collect();
    let classes: BTreeMap<ClassId, String> = pupils::classes_of_schools(tx, &[school_id])?
        .into_iter()
        .map(|class| (class.class_id, class.name))
        .collect();
    let answered: BTreeSet<PupilId> =
        feedback_between(tx, school_id, week_to(day))?.iter().map(|one| one.pupil_id).collect();
    let class_of = |pupil: &PupilId| on_roll.get(pupil).copied().flatten();
    let silent: BTreeSet<String> = rows::listed_between(tx, school_id, week_to(day))?
        .iter()
        .filter(|pupil| !answered.contains(pupil))
        .filter_map(|pupil| classes.get(&class_of(pupil)?).cloned())
        .collect();
    Ok(Beside {
        cases: cases.iter().map(|told| (told.row.pupil_id, told.case.clone())).collect(),
        stopped: letters::stopped(tx, &ids)?,
        died: letters::died(tx, &ids)?,
        mitigations: cases::mitigations(tx, school_id, day)?,
        classes,
        silent: silent.into_iter().collect(),
        previous: rows::reviews(tx, school_id, Some(day), 1)?.first().map(|before| before.day),
        ..Beside::default()
    })
}

/// The first day of the term that a day lies in.
pub fn first_day_of_term(calendars: &[Calendar], day: NaiveDate) -> Option<NaiveDate> {
    let mut terms = calendars.iter().flat_map(|calendar| calendar.windows(WindowKind::Term));
    terms.find(|term| term.from <= day && day <= term.to).map(|term| term.from)
}

/// Stores what is proposed. What moves a case or sends a letter waits for a person; the rest is listed, and opened as
/// actions where somebody is to do something.
pub fn store(tx: &mut Tx, asking: &Asking<'_>, decisions: Vec<Decision>) -> Result<()> {
    let listed = decisions.iter().filter(|decision| !waits_for_a_person(decision));
    asking.open(tx, listed)?;
    let item = |decision: Decision| NewItem {
        pupil_id: pupil_of(&decision),
        proposed: waits_for_a_person(&decision),
        decision,
    };
    let items: Vec<NewItem> = decisions.into_iter().map(item).collect();
    rows::add_items(tx, asking.review, &items)
}

/// Whether a decision moves a case or sends a letter.
pub fn waits_for_a_person(decision: &Decision) -> bool {
    let letter = decision.actions.iter().any(|action| action.kind == Do::Letter);
    decision.taking.is_some() || letter || !decision.held.is_empty()
}
