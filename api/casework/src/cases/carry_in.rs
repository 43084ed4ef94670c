//! Cases that were open before the school came here, carried in by a file and taken back with it.

use diesel::prelude::*;
use domain::policy::word::Outcome;
use domain::policy::{CARRIED_IN, CarriedStep, Event, Figure, Place, Recorded};

use super::rows::{self, Hand};
use crate::letters::{self, NewLetter};
use base::prelude::*;
use schema::case_event;
use school::policies::Follows;

/// A case to be carried in.
pub struct CarriedCase<'a> {
    /// The school and the pupil.
    pub about: (SchoolId, PupilId),
    /// Its steps, each with where the file says so.
    pub steps: &'a [(CarriedStep, String)],
    /// The policy that it goes on under.
    pub follows: &'a Follows,
}

/// Opens a case with the steps that were taken before, in the role of whoever sent the file.
pub fn carry_in(
    tx: &mut Tx,
    carried: &CarriedCase<'_>,
    (by, role): (&str, &str),
    import_id: ImportId,
) -> Result<()> {
    let first = carried.steps.first().and_then(|(step, _)| step.events.first());
    let Some(opened) = first.map(|event| event.day) else { return Ok(()) };
    let hand = Hand { by, role, review_id: None, import_id: Some(import_id) };
    let mut row = rows::open(tx, carried.about, carried.follows, opened)?;
    let mut figure = None;
    for (step, because) in carried.steps {
        let told = rows::write(tx, &row, &step.events, std::slice::from_ref(because), &hand)?;
        row = told.row;
        figure = told.case.figure.or(figure);
        let new = letters_of(step, carried.about, (row.case_id, row.steps), figure);
        letters::carry_in(tx, &new, (by, import_id))?;
    }
    Ok(())
}

fn letters_of(
    step: &CarriedStep,
    (school_id, pupil_id): (SchoolId, PupilId),
    place: (CaseId, i32),
    figure: Option<Figure>,
) -> Vec<NewLetter<'_>> {
    let sent = step.events.iter().filter_map(|event| match &event.what {
        Recorded::Letter(name) => Some((event, name)),
        _ => None,
    });
    sent.map(|(event, name)| NewLetter {
        school_id,
        pupil_id,
        step: Some(place),
        review_id: None,
        name,
        rule: &event.rule,
        held: None,
        figure,
        day: event.day,
    })
    .collect()
}

/// What taking the cases of an import back came to.
#[derive(Default)]
pub struct TakenBack {
    /// Cases that have ended because of it.
    pub cases: usize,
    /// Letters that do not count as sent any more.
    pub letters: usize,
    /// Pupils whose case goes on: something was done about it since.
    pub left: Vec<PupilId>,
}

/// Ends the cases that an import carried in, unless they have moved on, and takes its letters back.
pub fn take_back(
    tx: &mut Tx,
    import_id: ImportId,
    (by, role): (&str, &str),
    day: NaiveDate,
) -> Result<TakenBack> {
    let events: Vec<(CaseId, i32)> = case_event::table
        .filter(case_event::job_id.eq(import_id))
        .order((case_event::case_id, case_event::seq))
        .select((case_event::case_id, case_event::seq))
        .load(tx.conn)?;
    let cases: BTreeSet<CaseId> = events.iter().map(|(case_id, _)| *case_id).collect();
    let hand = Hand { by, role, review_id: None, import_id: None };
    let (mut back, mut stay) = (TakenBack::default(), Vec::new());
    for case_id in cases {
        let told = rows::case_to_change(tx, case_id)?;
        let last = events.iter().rfind(|(case, _)| *case == case_id).map(|(_, seq)| *seq);
        if Some(told.row.seq) != last {
            back.left.push(told.row.pupil_id);
            stay.push(case_id);
            continue;
        }
        let ended = Event {
            rule: CARRIED_IN.to_owned(),
            step: told.case.steps + 1,
            day,
            by: by.to_owned(),
            what: Recorded::Moved {
                outcome: Outcome::Otherwise.text().to_owned(),
                to: Place::Closed,
                figure: None,
                band: None,
                reason: None,
            },
        };
        let because = [format!("import {import_id} was taken back")];
        rows::write(tx, &told.row, &[ended], &because, &hand)?;
        back.cases += 1;
    }
    back.letters = letters::take_back(tx, import_id, &stay)?;
    Ok(back)
}
