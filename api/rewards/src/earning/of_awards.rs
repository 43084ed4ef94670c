//! Awards: each item of a row's `do` that is no ticket, for each pupil or class that has earned it or is held.

use domain::policy::word::{Do, For};
use domain::policy::{Action, Body};

use super::{JudgedPeriod, Period, UNSUPPORTED};
use crate::awards::{self, AwardKind, AwardRow, AwardState, Change, NewAward};
use base::prelude::*;

/// Whose an award is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Pupil(PupilId),
    Class(ClassId),
}

/// Somebody who has earned a row or is held, with the counts.
struct Due {
    class_id: Option<ClassId>,
    attended: i32,
    possible: i32,
    held: Option<String>,
}

/// Brings the awards of a period to where the marks have them. Once a draw of it is frozen only what was held is settled.
pub(super) fn settle(
    tx: &mut Tx,
    of: &Period<'_>,
    died: &BTreeSet<PupilId>,
    frozen: bool,
    came: &mut JudgedPeriod,
) -> Result<()> {
    let items = items(of);
    if items.is_empty() {
        return Ok(());
    }
    let judging = of.judging;
    let there = awards::of_period(tx, judging.asked.school_id, &of.row.name, of.key)?;
    let mut due = due(of);
    due.retain(|whose, _| !matches!(whose, Whose::Pupil(pupil) if died.contains(pupil)));
    let mut new = Vec::new();
    for (part, action) in &items {
        let of_item = there.iter().filter(|row| row.part == *part);
        let known: BTreeMap<Whose, &AwardRow> =
            of_item.filter_map(|row| Some((whose(row)?, row))).collect();
        for (who, due) in &due {
            match known.get(who) {
                None if frozen => came.too_late += usize::from(due.held.is_none()),
                None => new.push(award(of, (*part, action), *who, due)),
                Some(row) => again(tx, of, row, Some(due), frozen, came)?,
            }
        }
        for row in known.iter().filter(|(who, _)| !due.contains_key(who)).map(|(_, row)| row) {
            again(tx, of, row, None, frozen, came)?;
        }
    }
    came.awards_added += new.iter().filter(|one| one.held.is_none()).count();
    awards::add(tx, &new, Some(judging.run_id), judging.by)
}

fn whose(row: &AwardRow) -> Option<Whose> {
    row.pupil_id.map(Whose::Pupil).or(row.class_id.map(Whose::Class))
}

/// The items of a row that are awards, each with its place among all.
fn items<'a>(of: &'a Period<'_>) -> Vec<(i16, &'a Action)> {
    let Body::Regular(regular) = &of.row.row.body else { return Vec::new() };
    let tickets: BTreeSet<&String> = of
        .judging
        .asked
        .follows
        .policy
        .rows
        .iter()
        .filter_map(|row| match &row.body {
            Body::Draw(draw) => draw.tickets.as_ref(),
            _ => None,
        })
        .collect();
    let is_ticket = |action: &Action| action.kind == Do::Give && tickets.contains(&action.what);
    let of_class = regular.whom == For::BestClass;
    let is_award = |action: &Action| match action.kind {
        Do::Record | Do::Flag | Do::Target | Do::Refer => false,
        Do::Report => of_class,
        _ => !is_ticket(action),
    };
    let all = (0i16..).zip(&regular.does);
    all.filter(|(_, action)| is_award(action)).collect()
}

/// Everybody who has earned the row, and those who are held, with what holds them.
fn due(of: &Period<'_>) -> BTreeMap<Whose, Due> {
    let count = |sessions: u32| i32::try_from(sessions).unwrap_or(i32::MAX);
    let has = |list: &[i32], id: i32| list.binary_search(&id).is_ok();
    let (earned, held) = (&of.answer.earned, &of.answer.held);
    let is_of_class = matches!(of.row.asks.whom, analytics::Whom::BestClass);
    if is_of_class {
        // While a class may yet be as good there is no winner, and none is held by name: a place would be told.
        let won = of.stretch.classes.iter().filter(|class| earned.contains(&class.class));
        return won
            .map(|class| {
                let class_id = ClassId::new(class.class);
                let (attended, possible) = (class.reckoned.attended, class.reckoned.possible);
                let (attended, possible) = (count(attended), count(possible));
                let due = Due { class_id: Some(class_id), attended, possible, held: None };
                (Whose::Class(class_id), due)
            })
            .collect();
    }
    let listed =
        of.stretch.pupils.iter().filter(|one| has(earned, one.pupil) || has(held, one.pupil));
    listed
        .map(|one| {
            let why = has(held, one.pupil).then(|| missing(of, one.pupil));
            let due = Due {
                class_id: one.class.map(ClassId::new),
                attended: count(one.reckoned.attended),
                possible: count(one.reckoned.possible),
                held: why,
            };
            (Whose::Pupil(PupilId::new(one.pupil)), due)
        })
        .collect()
}

/// Names the first register that is missing for a pupil, and how many more.
fn missing(of: &Period<'_>, pupil: i32) -> String {
    let year = of.judging.block.year();
    let mut own = of
        .judging
        .found
        .gaps
        .iter()
        .filter(|gap| gap.pupil == pupil && of.stretch.days.contains(gap.half_day.date(year)));
    let Some(first) = own.next() else { return "a mark is missing".to_owned() };
    let more = match own.count() {
        0 => String::new(),
        1 => ", and 1 more".to_owned(),
        more => format!(", and {more} more"),
    };
    let class = first.class.map(|class| format!(" of class {class}")).unwrap_or_default();
    let (day, session) = (first.half_day.date(year), first.half_day.session());
    let why = match first.why {
        analytics::GapKind::NoMark => "has no mark yet",
        analytics::GapKind::ReasonUnknown => "says N, of which the reason is not established yet",
    };
    format!("the register{class} at school {} on {day} ({session}) {why}{more}", first.school)
}

fn award(of: &Period<'_>, (part, action): (i16, &Action), who: Whose, due: &Due) -> NewAward {
    let asked = of.judging.asked;
    NewAward {
        school_id: asked.school_id,
        policy: asked.follows.key.clone(),
        policy_version: asked.follows.version,
        policy_row: of.row.name.clone(),
        rule: of.row.row.rule.clone(),
        part,
        period: of.key.to_owned(),
        days: of.stretch.days,
        kind: AwardKind::of(action),
        what: action.what.clone(),
        role: action.by.clone(),
        pupil_id: match who {
            Whose::Pupil(pupil) => Some(pupil),
            Whose::Class(_) => None,
        },
        class_id: due.class_id,
        attended: due.attended,
        possible: due.possible,
        held: due.held.clone(),
    }
}

/// An award that is there, with the marks as they are now.
fn again(
    tx: &mut Tx,
    of: &Period<'_>,
    row: &AwardRow,
    due: Option<&Due>,
    frozen: bool,
    came: &mut JudgedPeriod,
) -> Result<()> {
    use AwardState as State;
    let held = due.and_then(|due| due.held.clone());
    let to = match (row.state, due.is_some(), held) {
        // What was given stays given; that the marks do not support it is recorded beside it, once.
        (State::Given, true, None) if !row.in_doubt => return Ok(()),
        (State::Given, supported, _) if row.in_doubt != supported => return Ok(()),
        (State::Given, supported, _) => Change {
            given_on: row.given_on,
            letter_id: row.letter_id,
            in_doubt: !supported,
            ..Change::to(State::Given, None)
        },
        (State::Held, true, None) => Change::to(State::Earned, None),
        (State::Held, true, Some(why)) if row.why.as_ref() == Some(&why) => return Ok(()),
        (State::Held, false, _) => Change::to(State::Withdrawn, Some(UNSUPPORTED.to_owned())),
        // A person who withdrew it has the last word.
        (State::Withdrawn, _, _) if row.why.as_deref() != Some(UNSUPPORTED) => return Ok(()),
        (State::Earned, true, None) | (State::Withdrawn, false, _) => return Ok(()),
        _ if frozen => {
            came.too_late += 1;
            return Ok(());
        }
        (State::Withdrawn, true, None) => Change::to(State::Earned, None),
        (_, true, Some(why)) => Change::to(State::Held, Some(why)),
        (State::Earned, false, _) => Change::to(State::Withdrawn, Some(UNSUPPORTED.to_owned())),
    };
    came.awards_added += usize::from(to.state == State::Earned);
    came.awards_withdrawn += usize::from(to.state == State::Withdrawn);
    awards::change(tx, row, &to, Some(of.judging.run_id), of.judging.by)
}
