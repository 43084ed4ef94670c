//! Whether a case is ready to be referred: what a local authority asks to see, and where the records stand.
//!
//! Green is there, amber is begun, red is missing. Nothing is a tick: every light is counted from records.

use diesel::prelude::*;
use domain::policy::word::Do;
use domain::{CodeTable, Days};

use super::referral::{Partner, Referral};
use crate::cases;
use crate::letters::LetterState;
use crate::meetings::Meeting;
use crate::notices::Counted;
use crate::plans::Plan;
use crate::records::{self, RecordDetails, RecordFilter, RecordRow, RecordState, RecordSubject};
use crate::visits::Visit;
use base::prelude::*;
use figures::{Check, Light, attempts_since, light, register_checks};
use roll::parents;
use schema::{action, evidence, letter};

/// Attempts at contact that an authority expects.
const ATTEMPTS: usize = 3;
/// Offers of a meeting that were missed and count like one that was held.
const OFFERS: usize = 2;

/// What stands in the records of a pupil's case; of everything at the school when there is none.
pub fn checks(tx: &mut Tx, codes: &CodeTable, ground: &RecordSubject) -> Result<Vec<Check>> {
    let mut all = registers(tx, codes, ground)?;
    all.extend([
        parents_known(tx, ground)?,
        contacts(tx, ground)?,
        letters(tx, ground)?,
        meeting(tx, ground)?,
        visit(tx, ground)?,
        plan(tx, ground)?,
        early_help(tx, ground)?,
    ]);
    Ok(all)
}

/// What the registers leave open since the case was opened, and in the weeks that a penalty notice looks back over.
fn registers(tx: &mut Tx, codes: &CodeTable, ground: &RecordSubject) -> Result<Vec<Check>> {
    let behind = Counted::read(tx, codes, ground.pupil_id, None)?.days();
    let opened = match ground.case {
        Some((case, _)) => cases::case(tx, case)?.opened_on,
        None => behind.from,
    };
    let days = Days { from: opened.min(behind.from), ..behind };
    register_checks(tx, codes, ground.pupil_id, &BTreeSet::from([ground.school_id]), days)
}

/// The records of a kind about the same pupil and case.
fn things<T: RecordDetails>(tx: &mut Tx, ground: &RecordSubject) -> Result<Vec<RecordRow>> {
    let wanted = RecordFilter {
        school_id: Some(ground.school_id),
        pupil_id: Some(ground.pupil_id),
        case_id: ground.case.map(|(case, _)| case),
        state: None,
    };
    records::records::<T>(tx, wanted, None, i64::MAX)
}

fn place(of: &str, ground: &RecordSubject) -> Option<String> {
    Some(match ground.case {
        Some((case, _)) => format!("/v1/{of}?case_id={case}"),
        None => format!("/v1/{of}?school_id={}&pupil_id={}", ground.school_id, ground.pupil_id),
    })
}

fn parents_known(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let known = parents::whom_to_ask(tx, ground.pupil_id)?.len();
    Ok(Check {
        item: "parents".to_owned(),
        light: light(known, 1),
        says: format!("{known} on record"),
        see: Some(format!("/v1/pupils/{}/parents", ground.pupil_id)),
    })
}

/// Each attempt that stands with a call, a message or a conversation of the case, and each of a day of absence since
/// the case was opened.
fn contacts(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let mut attempts = tx
        .of(evidence::table)
        .inner_join(action::table.on(
            action::trust_id.eq(evidence::trust_id).and(action::action_id.eq(evidence::action_id)),
        ))
        .filter(action::school_id.eq(ground.school_id))
        .filter(action::pupil_id.eq(ground.pupil_id).or(evidence::pupil_id.eq(ground.pupil_id)))
        .filter(action::kind.eq_any([Do::Call, Do::Message, Do::Talk].map(As)))
        .into_boxed();
    if let Some((case, _)) = ground.case {
        attempts = attempts.filter(action::case_id.eq(case));
    }
    let found: i64 = attempts.count().get_result(tx.conn)?;
    let since = match ground.case {
        Some((case, _)) => Some(cases::case(tx, case)?.opened_on),
        None => None,
    };
    let of_days = attempts_since(tx, ground.school_id, ground.pupil_id, since)?;
    let found = usize::try_from(found + of_days).unwrap_or(0);
    let school = ground.school_id;
    Ok(Check {
        item: "contacts".to_owned(),
        light: light(found, ATTEMPTS),
        says: format!("{found} attempts at contact are recorded; {ATTEMPTS} are expected"),
        see: ground.case.map(|(case, _)| format!("/v1/actions?school_id={school}&case_id={case}")),
    })
}

fn letters(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let mut rows = tx
        .of(letter::table)
        .filter(letter::school_id.eq(ground.school_id).and(letter::pupil_id.eq(ground.pupil_id)))
        .filter(letter::state.ne(LetterState::TakenBack))
        .into_boxed();
    if let Some((case, _)) = ground.case {
        rows = rows.filter(letter::case_id.eq(case));
    }
    let states: Vec<LetterState> = rows.select(letter::state).load(tx.conn)?;
    let sent = states.iter().filter(|state| **state == LetterState::Sent).count();
    let decided = states.len();
    let light = match (decided, sent) {
        (0, _) => Light::Red,
        (decided, sent) if decided == sent => Light::Green,
        _ => Light::Amber,
    };
    Ok(Check {
        item: "letters".to_owned(),
        light,
        says: format!("{sent} of {decided} letters that were decided on are sent"),
        see: Some(format!("/v1/letters?school_id={}", ground.school_id)),
    })
}

fn meeting(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let rows = things::<Meeting>(tx, ground)?;
    let count = |state: RecordState| rows.iter().filter(|row| row.state == state).count();
    let (held, missed, refused) = (
        count(RecordState::Attended),
        count(RecordState::NotAttended),
        count(RecordState::Refused),
    );
    let light = match (held + refused, missed) {
        (0, missed) if missed < OFFERS => light(rows.len().min(1), OFFERS),
        _ => Light::Green,
    };
    Ok(Check {
        item: "meeting".to_owned(),
        light,
        says: format!(
            "{} offered: {held} attended, {missed} not attended, {refused} refused",
            rows.len()
        ),
        see: place("meetings", ground),
    })
}

fn visit(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let found = things::<Visit>(tx, ground)?;
    let says = match found.last() {
        Some(last) => last.says.clone(),
        None => "neither a home visit nor a written reason why none was made".to_owned(),
    };
    let (item, see) = ("home visit".to_owned(), place("visits", ground));
    Ok(Check { item, light: light(found.len(), 1), says, see })
}

fn plan(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let found = things::<Plan>(tx, ground)?;
    let says = found.last().map_or_else(|| "none".to_owned(), |last| last.says.clone());
    let (item, see) = ("plan or contract".to_owned(), place("plans", ground));
    Ok(Check { item, light: light(found.len(), 1), says, see })
}

/// Amber when there is none: it may not be needed, and somebody should say so.
fn early_help(tx: &mut Tx, ground: &RecordSubject) -> Result<Check> {
    let mut asked = None;
    for row in things::<Referral>(tx, ground)? {
        if row.read::<Referral>()?.to == Partner::EarlyHelp {
            asked = Some(row.says);
        }
    }
    let light = if asked.is_some() { Light::Green } else { Light::Amber };
    let says = asked.unwrap_or_else(|| "not asked; say why, where it is not needed".to_owned());
    Ok(Check { item: "early help".to_owned(), light, says, see: place("referrals", ground) })
}
