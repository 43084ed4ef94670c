//! What is due of draws, for the clockwork.

use ::draw::FORMAT;
use chrono::NaiveTime;

use super::freeze_draw::freeze;
use super::hold_draw::draw_by_beacon;
use super::open_draw::open;
use super::rows::{self, Which};
use super::standing::Standing;
use super::state::{DrawMode, DrawState};
use super::void_draw::void_as_governor_stayed_away;
use crate::tickets::TicketSource;
use base::envelope::Envelope;
use base::prelude::*;
use school::tenants;
use school::tenants::SchoolRow;

words! {
    /// A step of a draw that falls due by itself.
    DrawStepDue {
        Open = "open": "the day on which it is opened has come",
        Freeze = "freeze": "the evening of the cut-off has come",
        Hold = "hold": "the value that decides has appeared, or a party has stayed away too long",
    }
}

/// A step of a draw that is due, or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueStep {
    /// The school.
    pub school_id: SchoolId,
    /// The draw.
    pub draw_id: DrawId,
    /// What people call it.
    pub title: String,
    /// The period that it is held for.
    pub period: String,
    /// What is to be done.
    pub step: DrawStepDue,
    /// When.
    pub at: DateTime<Utc>,
}

/// What came of a step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DrawStepTaken {
    /// The draw.
    #[schema(example = 4)]
    pub draw_id: DrawId,
    /// How it stands now.
    pub state: DrawState,
    /// In words.
    #[schema(example = "frozen")]
    pub says: String,
}

/// How much has ever happened to draws: the same number means that nothing has since.
pub fn recorded(tx: &mut Tx) -> Result<i64> {
    rows::recorded(tx)
}

/// The next step of each draw that is not over, with the instant at which it falls due.
pub fn steps(tx: &mut Tx) -> Result<Vec<DueStep>> {
    let schools: BTreeMap<SchoolId, SchoolRow> =
        tenants::schools(tx)?.into_iter().map(|school| (school.school_id, school)).collect();
    let mut due = Vec::new();
    for standing in Standing::list(tx, &Which::default())? {
        let row = &standing.row;
        let Some(school) = schools.get(&row.school_id) else { continue };
        if let Some((step, at)) = next_step(&standing, school)? {
            let (title, period) = (row.title.clone(), row.period.clone());
            let (school_id, draw_id) = (row.school_id, row.draw_id);
            due.push(DueStep { school_id, draw_id, title, period, step, at });
        }
    }
    Ok(due)
}

fn next_step(
    standing: &Standing,
    school: &SchoolRow,
) -> Result<Option<(DrawStepDue, DateTime<Utc>)>> {
    let row = &standing.row;
    let hour = |day: NaiveDate, hour: u32| {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Ok::<_, Problem>(school.instant(day.and_time(time))?.unwrap_or(school.begins(day)?))
    };
    let two = row.mode == DrawMode::TwoSecrets;
    Ok(match standing.state() {
        // Without the governor's commitment nothing can be opened: its coming is seen as something that happened.
        DrawState::Prepared if two && standing.commitment().is_none() => None,
        DrawState::Prepared => Some((DrawStepDue::Open, hour(row.opens_on, 6)?)),
        DrawState::Opened => Some((DrawStepDue::Freeze, hour(row.freezes_on, 18)?)),
        DrawState::Frozen => {
            let until = standing.secrets_until()?;
            let from = standing.needs_freeze()?.drawn_from();
            Some((DrawStepDue::Hold, until.unwrap_or(from)))
        }
        DrawState::Empty | DrawState::Drawn | DrawState::Replaced | DrawState::Void => None,
    })
}

/// Which value decides a draw that waits for one: the beacon's round; `None` where none is fetched.
pub fn round_of(tx: &mut Tx, draw_id: DrawId) -> Result<Option<u64>> {
    let standing = Standing::read(tx, draw_id)?;
    if standing.state() != DrawState::Frozen || rows::is_sandbox(tx)? {
        return Ok(None);
    }
    Ok(standing.frozen()?.and_then(|frozen| frozen.freeze.round))
}

/// Takes a step of a draw, unless it was taken: whatever is done twice is done once.
pub fn take_step(
    tx: &mut Tx,
    envelope: &Envelope,
    draw_id: DrawId,
    step: DrawStepDue,
    signature: Option<&str>,
    by: &str,
) -> Result<DrawStepTaken> {
    let mut standing = Standing::alone(tx, draw_id)?;
    let before = standing.state();
    match (step, before) {
        (DrawStepDue::Open, DrawState::Prepared) => open(tx, envelope, &mut standing, by)?,
        (DrawStepDue::Freeze, DrawState::Opened) => {
            freeze(tx, envelope, &mut standing, (by, TicketSource::Run))?;
        }
        (DrawStepDue::Hold, DrawState::Frozen) if standing.row.mode == DrawMode::TwoSecrets => {
            void_as_governor_stayed_away(tx, &mut standing, by)?;
        }
        (DrawStepDue::Hold, DrawState::Frozen) => {
            draw_by_beacon(tx, envelope, &mut standing, signature, by)?;
        }
        _ => {}
    }
    let state = standing.state();
    let says = if state == before {
        format!("nothing to do: it was {state} already")
    } else {
        format!("{state}, by {FORMAT}")
    };
    Ok(DrawStepTaken { draw_id, state, says })
}
