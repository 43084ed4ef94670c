//! A penalty notice in a file of what was done before a school came here.

use std::fmt;

use chrono::NaiveDate;
use domain::{NoticeState, Session, Word};

use super::cells;
use super::contact_columns::ContactColumn;
use super::done_columns::DoneColumn;
use super::headers::{Column, Header, Place};
use super::problem::{Fault, Problems, RowProblemKind};
use super::rows::{Findings, filled};
use super::table::Row;

/// A penalty notice that was given.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenNotice {
    /// The day on which it was issued; of one that was not, the day since which it is as it is.
    pub day: NaiveDate,
    /// The parent's surname.
    pub surname: String,
    /// The parent's forename.
    pub forename: Option<String>,
    /// How it stands.
    pub state: NoticeState,
    /// The authority's number of it.
    pub reference: Option<String>,
    /// The authority that issues it.
    pub authority: Option<String>,
    /// The absence that it was for.
    pub absence: NoticedAbsence,
}

/// Says nothing of the parent, so that a debug print can go to a log.
impl fmt::Debug for GivenNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenNotice").finish_non_exhaustive()
    }
}

/// The absence that a notice was for, as far as the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticedAbsence {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// The sessions, in order, each once; none when the file does not name them.
    pub sessions: Vec<(NaiveDate, Session)>,
}

/// The columns that only a notice has.
pub(super) const COLUMNS: [Column; 2] =
    [Column::Contact(ContactColumn::Surname), Column::Contact(ContactColumn::Forename)];

/// Where they stand.
pub(super) struct NoticeReader {
    surname: Option<Place>,
    forename: Option<Place>,
    state: Option<Place>,
    reference: Option<Place>,
    authority: Option<Place>,
    absent_from: Option<Place>,
    absent_to: Option<Place>,
    sessions: Option<Place>,
}

impl NoticeReader {
    pub fn open(header: &Header, problems: &mut Problems) -> Self {
        let [surname, forename] = COLUMNS;
        Self {
            surname: header.optional(surname, problems),
            forename: header.optional(forename, problems),
            state: header.optional(Column::Done(DoneColumn::State), problems),
            reference: header.optional(Column::Done(DoneColumn::Reference), problems),
            authority: header.optional(Column::Done(DoneColumn::Authority), problems),
            absent_from: header.optional(Column::Done(DoneColumn::AbsentFrom), problems),
            absent_to: header.optional(Column::Done(DoneColumn::AbsentTo), problems),
            sessions: header.optional(Column::Done(DoneColumn::Sessions), problems),
        }
    }

    /// Reads a row; `None` when there is a problem with it.
    pub fn read(
        &self,
        day: Option<NaiveDate>,
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> Option<GivenNotice> {
        let [surname, _] = COLUMNS;
        let surname = filled(row, self.surname.as_ref(), surname, cells::text, findings);
        let forename = findings.optional(row, self.forename.as_ref(), cells::text);
        let column = Column::Done(DoneColumn::State);
        let state = filled(row, self.state.as_ref(), column, state, findings);
        let reference = findings.optional(row, self.reference.as_ref(), cells::text);
        let authority = findings.optional(row, self.authority.as_ref(), cells::text);
        let (day, surname, state) = (day?, surname?, state?);
        let absence = self.absence(day, row, findings)?;
        Some(GivenNotice { day, surname, forename, state, reference, authority, absence })
    }

    /// The absence that the notice was for, as far as the row says: its first and last day, its sessions, both or neither.
    fn absence(
        &self,
        day: NaiveDate,
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> Option<NoticedAbsence> {
        let before = findings.problems.total();
        let first = |text: &str| past(cells::date_on_record(text)?, day);
        let from = findings.optional(row, self.absent_from.as_ref(), first);
        let last = |text: &str| match (past(cells::date_on_record(text)?, day)?, from) {
            (to, Some(from)) if from <= to => Ok(to),
            _ => Err(bad_date("a last day beside the first day of the absence, and not before it")),
        };
        let to = findings.optional(row, self.absent_to.as_ref(), last).or(from);
        let span = from.zip(to);
        let missed = |text: &str| sessions(text, day, span);
        let sessions = findings.optional(row, self.sessions.as_ref(), missed).unwrap_or_default();
        let from = from.or(sessions.first().map(|(date, _)| *date));
        let to = to.or(sessions.last().map(|(date, _)| *date));
        (findings.problems.total() == before).then_some(NoticedAbsence { from, to, sessions })
    }
}

fn state(text: &str) -> Result<NoticeState, Fault> {
    let unknown = || {
        let all = NoticeState::ALL.map(NoticeState::text).join(", ");
        Fault::new(RowProblemKind::UnknownState, format!("how the notice stands, one of: {all}"))
    };
    NoticeState::read(&text.to_lowercase()).ok_or_else(unknown)
}

/// Reads sessions, such as `2026-01-05 AM; 2026-01-06`: a day alone is both of its sessions. In their order.
fn sessions(
    text: &str,
    day: NaiveDate,
    span: Option<(NaiveDate, NaiveDate)>,
) -> Result<Vec<(NaiveDate, Session)>, Fault> {
    let mut found = Vec::new();
    for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
        let (date, session) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
        let date = past(cells::date_on_record(date)?, day)?;
        if span.is_some_and(|(from, to)| date < from || to < date) {
            return Err(bad_date("sessions from the first to the last day of the absence"));
        }
        match session.trim() {
            "" => found.extend(Session::ALL.map(|session| (date, session))),
            one => found.push((date, cells::session(one)?)),
        }
    }
    found.sort_unstable();
    if found.windows(2).any(|two| matches!(two, [one, next] if one == next)) {
        return Err(Fault::new(RowProblemKind::BadSession, "each session once"));
    }
    Ok(found)
}

/// A notice is for absence that was over.
fn past(date: NaiveDate, day: NaiveDate) -> Result<NaiveDate, Fault> {
    match date <= day {
        true => Ok(date),
        false => Err(bad_date("absence up to the day of the notice")),
    }
}

fn bad_date(expected: &'static str) -> Fault {
    Fault::new(RowProblemKind::BadDate, expected)
}
