//! Penalty notices that were given before the school came here, carried in by a file and taken back with it.

use diesel::prelude::*;
use domain::NoticeState;
use domain::national::{National, NextNotice, Notice as Issued, PenaltyNotice};
use serde_json::json;

use crate::records::notices::{self as store, Details, Missed, NoticeEntry, NoticeRow, Whom, next};
use base::prelude::*;
use schema::penalty_notice;

/// A notice that was given before, as a file says.
#[derive(Debug, Clone)]
pub struct Given {
    /// The parent.
    pub parent_id: ParentId,
    /// The day on which it was issued; of one that was not, the day since which it is as it is.
    pub day: NaiveDate,
    /// How it stands.
    pub state: NoticeState,
    /// The authority's number of it.
    pub reference: Option<String>,
    /// The authority that issues it.
    pub authority: Option<String>,
    /// The absence that it was for.
    pub absence: Absence,
}

/// The absence that a notice was for, as far as a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Absence {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// The sessions, in order, each once; none when the file does not name them.
    pub sessions: Vec<Missed>,
}

/// Why a notice may not be carried in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is here already, or another to the parent is pending.
    Here,
    /// Notices before this day count towards no limit: another law was in force.
    Before(NaiveDate),
    /// Another notice to the parent rests on this session.
    Used(Missed),
    /// With it there would be more within the years that count than the law allows.
    TooMany,
}

/// A notice to a parent of a child as it counts.
struct Known {
    parent_id: ParentId,
    day: NaiveDate,
    state: NoticeState,
    sessions: Vec<Missed>,
}

impl Known {
    /// `None` for one whose import was taken back: nothing else is withdrawn without ever having been issued.
    fn of(row: &NoticeRow) -> Result<Option<Self>> {
        let (state, Details { issued_on, sessions, .. }) = (*row.state, row.read()?);
        let (parent_id, day) = (row.parent_id, issued_on.unwrap_or(row.day));
        let known = Self { parent_id, day, state, sessions };
        Ok(Some(known).filter(|_| state != NoticeState::Withdrawn || issued_on.is_some()))
    }

    fn counts(&self) -> bool {
        matches!(self.state, NoticeState::Issued | NoticeState::Paid)
    }
}

/// Holds a child's notices and says of each of these, in their order, what is to be kept of it or why it may not come
/// in. They are judged by their days, beside those that are here. Errors: 422 before the law was in force.
pub fn settle(
    tx: &mut Tx,
    pupil_id: PupilId,
    given: &[Given],
) -> Result<Vec<Result<Details, Refused>>> {
    let law = National::built_in().map_err(Problem::internal)?;
    let none = || Problem::new(Kind::Invalid).detail("No national rule is in force.");
    let law = law.penalty_notice(tx.clock().today()).ok_or_else(none)?;
    let child = store::own_record(tx, pupil_id)?;
    store::hold(tx, child)?;
    let here = store::of_child(tx, child)?;
    let mut known = Vec::with_capacity(here.len() + given.len());
    for row in &here {
        known.extend(Known::of(row)?);
    }
    let mut order: Vec<(usize, &Given)> = given.iter().enumerate().collect();
    order.sort_by_key(|(_, given)| given.day);
    let mut settled = Vec::with_capacity(given.len());
    for (at, given) in order {
        settled.push((at, admit(law, &mut known, given)));
    }
    settled.sort_by_key(|(at, _)| *at);
    Ok(settled.into_iter().map(|(_, details)| details).collect())
}

fn admit(law: &PenaltyNotice, known: &mut Vec<Known>, given: &Given) -> Result<Details, Refused> {
    if given.day < law.from {
        return Err(Refused::Before(law.from));
    }
    let theirs = || known.iter().filter(|one| one.parent_id == given.parent_id);
    let pending =
        |one: &Known| one.state == NoticeState::Pending && given.state == NoticeState::Pending;
    if theirs().any(|one| one.day == given.day || pending(one)) {
        return Err(Refused::Here);
    }
    let (parent_id, sessions) = (given.parent_id, given.absence.sessions.clone());
    let mut used = theirs().filter(|one| one.state.uses_sessions() && given.state.uses_sessions());
    let twice = used.find_map(|one| one.sessions.iter().find(|missed| sessions.contains(missed)));
    if let Some(missed) = twice {
        return Err(Refused::Used(*missed));
    }
    let new = Known { parent_id, day: given.day, state: given.state, sessions };
    let mut days: Vec<NaiveDate> = theirs().filter(|one| one.counts()).map(|one| one.day).collect();
    let turn = turn(law, &days, given.day);
    // One that counts must leave room for those that came after it; one that is pending could be issued.
    let room = match given.state {
        NoticeState::Issued | NoticeState::Paid => {
            days.push(given.day);
            days.iter().all(|day| next(law, self::turn(law, &days, *day)).is_some())
        }
        NoticeState::Pending => next(law, turn).is_some(),
        NoticeState::Waived | NoticeState::Withdrawn => true,
    };
    let numbered = next(law, turn).or_else(|| next(law, NextNotice::Second));
    let Some((number, amount)) = numbered.filter(|_| room) else { return Err(Refused::TooMany) };
    known.push(new);
    let was_issued =
        matches!(given.state, NoticeState::Issued | NoticeState::Paid | NoticeState::Withdrawn);
    Ok(Details {
        number,
        from: given.absence.from,
        to: given.absence.to,
        sessions: given.absence.sessions.clone(),
        reached: false,
        reason: Some("It was asked for before the school came here.".to_owned()),
        waived_because: None,
        amount,
        issued_on: was_issued.then_some(given.day),
        paid_on: None,
        paid_pence: None,
        reference: given.reference.clone(),
        authority: given.authority.clone(),
        import_id: None,
    })
}

/// Which notice one of a day is after those that were issued before it.
fn turn(law: &PenaltyNotice, days: &[NaiveDate], day: NaiveDate) -> NextNotice {
    let before = days.iter().filter(|issued| **issued < day);
    let before: Vec<Issued> =
        before.map(|issued| Issued { issued: *issued, withdrawn: false }).collect();
    law.next_notice(&before, day)
}

/// Keeps a notice that was given before: first as issued, when it was paid or withdrawn since. `line` is the file's.
pub fn carry_in(
    tx: &mut Tx,
    (school_id, pupil_id, case_id): (SchoolId, PupilId, Option<CaseId>),
    (given, details): (&Given, &Details),
    (import_id, line): (ImportId, u64),
    caller: &Caller,
) -> Result<()> {
    let details = Details { import_id: Some(import_id), ..details.clone() };
    let parent_id = given.parent_id;
    let whom = Whom { pupil_id, parent_id, case_id, asking_school: school_id };
    let from = format!("carried in with import {import_id}, line {line}");
    let first = match given.state {
        NoticeState::Paid | NoticeState::Withdrawn => NoticeState::Issued,
        state => state,
    };
    let (number, day) = (details.number, given.day);
    let says = format!("notice {number} to parent {parent_id} is {}: {from}", first);
    let standing = NoticeEntry { state: first, day, says, details: &details };
    let row = store::keep(tx, whom, None, &standing, caller)?;
    if first != given.state {
        let says = format!("{}, the file does not say when: {from}", given.state);
        let standing = NoticeEntry { state: given.state, day, says, details: &details };
        store::keep(tx, whom, Some(&row), &standing, caller)?;
    }
    Ok(())
}

/// What taking the notices of an import back came to.
#[derive(Default)]
pub struct TakenBack {
    /// Notices that do not count any more.
    pub notices: usize,
    /// Pupils with a notice that stays: something was done about it since.
    pub left: Vec<PupilId>,
}

/// Withdraws the notices that an import carried in, unless something was done about them since.
pub fn take_back(
    tx: &mut Tx,
    import_id: ImportId,
    day: NaiveDate,
    caller: &Caller,
) -> Result<TakenBack> {
    let carried: Vec<(PupilId, NoticeId)> = penalty_notice::table
        .filter(penalty_notice::seq.eq(1))
        .filter(penalty_notice::details.contains(json!({ "import_id": import_id })))
        .order(penalty_notice::notice_id)
        .select((penalty_notice::pupil_id, penalty_notice::notice_id))
        .load(tx.conn)?;
    let mut children = BTreeSet::new();
    for (pupil_id, _) in &carried {
        children.insert(store::own_record(tx, *pupil_id)?);
    }
    for child in children {
        store::hold(tx, child)?;
    }
    let mut back = TakenBack::default();
    for (pupil_id, notice_id) in carried {
        let last = store::history(tx, notice_id)?.pop().ok_or_else(Problem::not_found)?;
        let details = last.read()?;
        if details.import_id != Some(import_id) {
            back.left.push(pupil_id);
            continue;
        }
        let details = Details { issued_on: None, import_id: None, ..details };
        let says = format!("withdrawn: its import was taken back (import {import_id})");
        let standing = NoticeEntry { state: NoticeState::Withdrawn, day, says, details: &details };
        store::keep(tx, last.whom(), Some(&last), &standing, caller)?;
        back.notices += 1;
    }
    Ok(back)
}
