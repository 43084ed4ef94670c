//! Tickets: a row that gives one, and a draw that everybody with a rate enters.

use domain::policy::word::{Do, Every};
use domain::policy::{Body, Draw};
use domain::{Window, WindowKind};

use super::{JudgedPeriod, Period, UNSUPPORTED};
use crate::tickets::{self, Ticket, TicketChange, TicketPool};
use base::prelude::*;

/// Gives and takes back the tickets of a period; whether one of the draws that it belongs to is frozen.
pub(super) fn settle(
    tx: &mut Tx,
    of: &Period<'_>,
    died: &BTreeSet<PupilId>,
    came: &mut JudgedPeriod,
) -> Result<bool> {
    let mut frozen = false;
    for (number, draw) in draws(of).into_iter().enumerate() {
        let Some(period) = draw_period(of, draw) else { continue };
        let pool =
            TicketPool { school_id: of.judging.asked.school_id, draw: draw.prize.clone(), period };
        frozen |= tickets::is_closed(tx, &pool)?;
        if gives(of, draw) {
            // One ticket a row and draw: the second draw that the same tickets enter has entries of its own.
            let name = match number {
                0 => of.row.name.clone(),
                _ => format!("{}#{}", of.row.name, number + 1),
            };
            settle_pool(tx, of, (&pool, &name), died, came)?;
        }
    }
    Ok(frozen)
}

fn settle_pool(
    tx: &mut Tx,
    of: &Period<'_>,
    (pool, name): (&TicketPool, &str),
    died: &BTreeSet<PupilId>,
    came: &mut JudgedPeriod,
) -> Result<()> {
    let ticket = |pupil: &i32| Ticket {
        pupil_id: PupilId::new(*pupil),
        policy_row: name.to_owned(),
        period: of.key.to_owned(),
    };
    let has = |pupil: &i32| {
        of.answer.earned.binary_search(pupil).is_ok() && !died.contains(&PupilId::new(*pupil))
    };
    let earned: Vec<Ticket> = of.answer.earned.iter().filter(|one| has(one)).map(ticket).collect();
    let others = of.stretch.pupils.iter().map(|figure| figure.pupil);
    let others = others.filter(|pupil| !has(pupil));
    let lost = others.map(|pupil| (ticket(&pupil), UNSUPPORTED.to_owned()));
    let lost: Vec<(Ticket, String)> = lost.collect();
    let by = of.judging.tickets_by();
    let given = tickets::earn(tx, pool, &earned, by)?;
    let taken = tickets::take_back(tx, pool, &lost, by)?;
    let count = |all: &[TicketChange], what| all.iter().filter(|one| **one == what).count();
    came.tickets_given += count(&given, TicketChange::Made);
    came.tickets_taken_back += count(&taken, TicketChange::Made);
    came.too_late += count(&given, TicketChange::TooLate) + count(&taken, TicketChange::TooLate);
    Ok(())
}

/// The draws that a row belongs to: those that its tickets enter, its own where it is one, and, as far as being frozen goes,
/// every draw of the policy.
fn draws<'a>(of: &'a Period<'_>) -> Vec<&'a Draw> {
    let all = || {
        of.judging.asked.follows.policy.rows.iter().filter_map(|row| match &row.body {
            Body::Draw(draw) => Some(draw),
            _ => None,
        })
    };
    let mut own: Vec<&Draw> = all().filter(|draw| gives(of, draw)).collect();
    own.extend(all().filter(|draw| !gives(of, draw)));
    own
}

/// Whether a row gives entries in a draw.
fn gives(of: &Period<'_>, draw: &Draw) -> bool {
    match &of.row.row.body {
        Body::Draw(own) => own == draw,
        Body::Regular(regular) => regular
            .does
            .iter()
            .any(|action| action.kind == Do::Give && draw.tickets.as_ref() == Some(&action.what)),
        _ => false,
    }
}

/// The period of the draw that a row's period falls into, such as `2026/term-1`.
fn draw_period(of: &Period<'_>, draw: &Draw) -> Option<String> {
    let kind = match draw.moment.every {
        Every::Day | Every::Week | Every::Fortnight | Every::FourWeeks | Every::Entry => {
            WindowKind::Week
        }
        Every::HalfTerm | Every::HalfTermHoliday => WindowKind::HalfTerm,
        Every::Term => WindowKind::Term,
        Every::Year => WindowKind::YearToDate,
    };
    let last = of.stretch.last?;
    let windows = of.judging.block.calendar().windows(kind).into_iter();
    let window: Option<Window> = windows.into_iter().find(|window| window.contains(last));
    Some(format!("{}/{}", of.judging.block.year().number(), window?.key))
}
