//! A penalty notice in a file of what was done before a school came here.

use std::fmt;

use chrono::NaiveDate;

use super::cells;
use super::contact_columns::ContactColumn;
use super::done_columns::DoneColumn;
use super::headers::{Column, Header, Place};
use super::problem::{Fault, Problems, RowProblemKind};
use super::rows::{Findings, filled};
use super::table::Row;
use crate::notices::State;

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
    pub state: State,
    /// The authority's number of it.
    pub reference: Option<String>,
    /// The authority that issues it.
    pub authority: Option<String>,
}

/// Says nothing of the parent, so that a debug print can go to a log.
impl fmt::Debug for GivenNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenNotice").finish_non_exhaustive()
    }
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
        Some(GivenNotice { day, surname, forename, state, reference, authority })
    }
}

fn state(text: &str) -> Result<State, Fault> {
    let unknown = || {
        let all = State::ALL.map(State::name).join(", ");
        Fault::new(RowProblemKind::UnknownState, format!("how the notice stands, one of: {all}"))
    };
    State::named(&text.to_lowercase()).ok_or_else(unknown)
}
