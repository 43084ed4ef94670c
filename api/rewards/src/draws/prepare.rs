//! A draw is prepared: what is drawn, when, and by which mode. Nothing is published yet.

use ::draw::{LEAST_WAIT, hex};
use domain::policy::word::Every;
use domain::policy::{Body, Policy};
use domain::schedule::split_period;
use domain::{Calendar, Window, WindowKind};

use super::rows::{self, DrawRow, NewDrawRow, PrizeRow};
use super::secrets;
use super::standing::Standing;
use super::state::{DrawMode, DrawState};
use base::chance;
use base::envelope::{Envelope, SecretPurpose};
use base::prelude::*;
use school::policies::{self, Part};
use school::{calendars, tenants};

/// Seconds from the freeze to the value that decides, when nobody says otherwise: a day.
const WAIT: u32 = 86_400;
/// How often picking goes on after somebody declines, when nobody says otherwise.
const REDRAWS: u16 = 3;
/// School days between the opening and the cut-off, when nobody says otherwise.
const OPEN_FOR: usize = 10;

/// What a draw is to be, as far as somebody says.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    pub mode: Option<DrawMode>,
    pub title: Option<String>,
    pub prizes: Option<Vec<PrizeRow>>,
    pub redraws: Option<u16>,
    pub wait_seconds: Option<u32>,
    pub opens_on: Option<NaiveDate>,
    pub freezes_on: Option<NaiveDate>,
}

/// A draw that a policy names for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawOfPolicy {
    /// What is won: draws of a policy for the same prize are one.
    pub prize: String,
    /// The rules that say so.
    pub rule: String,
    /// The kind of period that it is held for.
    pub every: WindowKind,
}

/// The draws of a policy, in its order; draws for the same prize are one.
pub fn draws_of(policy: &Policy) -> Vec<DrawOfPolicy> {
    let mut found: Vec<DrawOfPolicy> = Vec::new();
    for row in &policy.rows {
        let Body::Draw(draw) = &row.body else { continue };
        let Some(every) = period_kind(draw.moment.every) else { continue };
        match found.iter_mut().find(|one| one.prize == draw.prize && one.every == every) {
            Some(one) => one.rule = format!("{}, {}", one.rule, row.rule),
            None => {
                let (prize, rule) = (draw.prize.clone(), row.rule.clone());
                found.push(DrawOfPolicy { prize, rule, every });
            }
        }
    }
    found
}

/// The period of a draw that is held so often; `None` where it is no window of the calendar.
const fn period_kind(every: Every) -> Option<WindowKind> {
    match every {
        Every::Week => Some(WindowKind::Week),
        Every::HalfTerm | Every::HalfTermHoliday => Some(WindowKind::HalfTerm),
        Every::Term => Some(WindowKind::Term),
        Every::Year => Some(WindowKind::YearToDate),
        Every::Day | Every::Fortnight | Every::FourWeeks | Every::Entry => None,
    }
}

/// The window of a period such as `2026/term-1`. Errors: 404 for a period that the school's calendar does not have.
pub(super) fn window(tx: &mut Tx, school_id: SchoolId, period: &str) -> Result<(Calendar, Window)> {
    let unknown = || Problem::not_found().detail("The school's calendar has no such period.");
    let (year, key) = split_period(period).ok_or_else(unknown)?;
    let calendar = calendars::of_year(tx, school_id, year)?;
    let mut windows = WindowKind::ALL.into_iter().flat_map(|kind| calendar.windows(kind));
    let found = windows.find(|window| window.key == key).ok_or_else(unknown)?;
    drop(windows);
    Ok((calendar, found))
}

/// The days on which a draw is opened and frozen when nobody says otherwise: the cut-off comes before children leave.
/// A term and the year are judged so many school days before their last, and what is shorter on its last.
pub fn usual_days(
    calendar: &Calendar,
    window: &Window,
    policy: &Policy,
) -> Option<(NaiveDate, NaiveDate)> {
    let days = window.from.iter_days().take_while(|day| *day <= window.to);
    let days: Vec<NaiveDate> = days.filter(|day| calendar.is_school_day(*day)).collect();
    let before = match window.kind {
        WindowKind::Term | WindowKind::YearToDate => policy.settled.cut_off,
        WindowKind::Week | WindowKind::HalfTerm => 0,
    };
    let last = days.len().checked_sub(1)?;
    let freezes = last.saturating_sub(usize::try_from(before).unwrap_or(usize::MAX));
    let opens = freezes.saturating_sub(OPEN_FOR);
    Some((*days.get(opens)?, *days.get(freezes)?))
}

/// Prepares a draw for a prize of the rewards that the school follows, with what somebody wishes. Errors: 404 for a period
/// or a prize that there is not, 409 when there is such a draw, 422 for wishes that do not go together.
pub(super) fn prepare(
    tx: &mut Tx,
    envelope: &Envelope,
    (school_id, prize, period): (SchoolId, &str, &str),
    wishes: Wishes,
    by: &str,
) -> Result<Standing> {
    tx.take_turns(&format!("draws/{school_id}/{period}/{prize}"))?;
    let (calendar, window) = window(tx, school_id, period)?;
    let follows = policies::assigned(tx, school_id, Part::Rewards, window.to)?;
    let follows = follows.ok_or_else(|| {
        Problem::new(Kind::NoPolicy)
            .detail(format!("School {school_id} follows no rewards on {}.", window.to))
    })?;
    let of_policy = draws_of(&follows.policy).into_iter().find(|one| one.prize == prize);
    let of_policy = of_policy.filter(|one| one.every == window.kind).ok_or_else(|| {
        let says = "The rewards that the school follows hold no draw for that prize at the end of that period.";
        Problem::not_found().detail(says)
    })?;
    let follows_draw = in_place_of(tx, (school_id, prize, period))?;
    let usual = usual_days(&calendar, &window, &follows.policy);
    let (opens_on, freezes_on) = days(tx, school_id, usual, &wishes)?;
    let usual_prize = || vec![PrizeRow { name: prize.to_owned(), number: 1 }];
    let new = NewDrawRow {
        school_id,
        uuid: uuid()?,
        prize: prize.to_owned(),
        period: period.to_owned(),
        mode: wishes.mode.unwrap_or(DrawMode::Beacon),
        title: wishes.title.unwrap_or_else(|| format!("Draw for {prize}, {}", window.label)),
        policy: follows.key,
        policy_version: follows.version,
        rule: of_policy.rule,
        prizes: wishes.prizes.unwrap_or_else(usual_prize),
        redraws: wishes.redraws.unwrap_or(REDRAWS),
        wait_seconds: wishes.wait_seconds.unwrap_or(WAIT),
        opens_on,
        freezes_on,
        link: hex(&chance::unguessable::<24>().map_err(Problem::internal)?),
        follows: follows_draw,
    };
    let draw_id = rows::add(tx, &new, by)?;
    secrets::make(tx, envelope, (school_id, draw_id), SecretPurpose::DrawEntries)?;
    if new.mode == DrawMode::TwoSecrets {
        secrets::make(tx, envelope, (school_id, draw_id), SecretPurpose::DrawSecret)?;
    }
    Standing::read(tx, draw_id)
}

/// The draw in whose place another may stand, because it was voided or nothing of it is published; `None` when there is no
/// draw yet. Errors: 409 when one stands.
fn in_place_of(
    tx: &mut Tx,
    (school_id, prize, period): (SchoolId, &str, &str),
) -> Result<Option<DrawId>> {
    let Some(DrawRow { draw_id, .. }) = rows::of_pool(tx, school_id, prize, period)?.pop() else {
        return Ok(None);
    };
    if matches!(Standing::alone(tx, draw_id)?.state(), DrawState::Void | DrawState::Prepared) {
        return Ok(Some(draw_id));
    }
    let says = format!("Draw {draw_id} is the school's for that prize and period.");
    Err(Problem::new(Kind::Taken).detail(says))
}

/// The days of the opening and of the freeze. One that would lie in the past is today: what comes late is done now.
fn days(
    tx: &mut Tx,
    school_id: SchoolId,
    usual: Option<(NaiveDate, NaiveDate)>,
    wishes: &Wishes,
) -> Result<(NaiveDate, NaiveDate)> {
    let today = tenants::today(tx, school_id)?;
    let (opens, freezes) = usual.unwrap_or((today, today));
    let freezes_on = wishes.freezes_on.unwrap_or(freezes);
    let opens_on = wishes.opens_on.unwrap_or_else(|| opens.min(freezes_on));
    let mut problem = Problem::new(Kind::Invalid);
    if opens_on > freezes_on {
        problem = problem.and("/opens_on", format!("a day not after the freeze, {freezes_on}"));
    }
    if wishes.wait_seconds.is_some_and(|wait| u64::from(wait) < LEAST_WAIT) {
        problem = problem.and("/wait_seconds", format!("at least {LEAST_WAIT}"));
    }
    if problem.errors().is_empty() { Ok((opens_on, freezes_on)) } else { Err(problem) }
}

/// A fresh id for what is published.
fn uuid() -> Result<String> {
    let bytes = chance::unguessable::<16>().map_err(Problem::internal)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string())
}

/// Prepares the draws that the school's rewards name for a period and that are not there yet; their ids.
pub fn prepare_all(
    tx: &mut Tx,
    envelope: &Envelope,
    school_id: SchoolId,
    period: &str,
    by: &str,
) -> Result<Vec<DrawId>> {
    let (_, window) = window(tx, school_id, period)?;
    let Some(follows) = policies::assigned(tx, school_id, Part::Rewards, window.to)? else {
        return Ok(Vec::new());
    };
    let mut prepared = Vec::new();
    for DrawOfPolicy { prize, every, .. } in draws_of(&follows.policy) {
        if every != window.kind || !rows::of_pool(tx, school_id, &prize, period)?.is_empty() {
            continue;
        }
        let pool = (school_id, prize.as_str(), period);
        let standing = prepare(tx, envelope, pool, Wishes::default(), by)?;
        prepared.push(standing.row.draw_id);
    }
    Ok(prepared)
}
