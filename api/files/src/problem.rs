//! What is wrong with an import: one problem a place, with its line in the file, in plain English.
//!
//! Everything found is reported together, so that a file is put right once and not line by line.
//! A problem may repeat what stood in a cell, for the person who sent the file; its `Debug` does
//! not, so that nothing of a pupil reaches a log.

use std::borrow::Cow;
use std::fmt;

use domain::{is_hidden, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::described;

/// How many problems of one file are listed; further ones are only counted.
pub const LISTED_PROBLEMS: usize = 1_000;

/// How many characters of a cell a problem repeats.
const VALUE_LENGTH: usize = 80;

words! {
    /// What sort of thing is wrong.
    RowProblemKind as "ImportProblemKind" {
        EmptyFile = "empty-file": "the file has no header row, or no row after it",
        FileTooLarge = "file-too-large": "the file is too long to number its lines",
        NotText = "not-text": "the file is not text in UTF-8, UTF-16 with a byte order mark, or Windows-1252",
        BadWorkbook = "bad-workbook": "a workbook that is damaged, or not one of the kind .xlsx",
        ProtectedWorkbook = "protected-workbook": "a workbook that is protected by a password",
        UnknownSheet = "unknown-sheet": "the file has no sheet of the name that was asked for",
        MissingColumn = "missing-column": "a column that is needed is not there",
        DoubledColumn = "doubled-column": "two columns say the same thing",
        FieldCount = "field-count": "the row has more or fewer cells than the header",
        BrokenQuotes = "broken-quotes": "a quotation mark opens and does not close at the end of its cell",
        MissingValue = "missing-value": "a cell that must be filled is empty",
        ErrorCell = "error-cell": "the cell of a workbook shows an error, such as `#N/A`",
        BadText = "bad-text": "a text is too long or has control characters in it",
        BadDate = "bad-date": "not a date, or not one that can be meant",
        BadUpnFormat = "bad-upn-format": "not in the form of a unique pupil number",
        WrongUpnCheckLetter = "wrong-upn-check-letter": "in the form of a unique pupil number, but the check letter does not fit",
        BadYearGroup = "bad-year-group": "not a year group",
        BadSex = "bad-sex": "not one of the values for a pupil's sex",
        BadCharacteristic = "bad-characteristic": "not one of the values of a characteristic",
        BadUrn = "bad-urn": "not in the form of a school's unique reference number (URN)",
        BadSession = "bad-session": "neither the morning nor the afternoon session",
        BadWeekString = "bad-week-string": "a week's marks that are not 10 or 14",
        WeekNotMonday = "week-not-monday": "a week that is named by another day than its Monday",
        UnknownCode = "unknown-code": "not an attendance code",
        CodeNotInForce = "code-not-in-force": "an attendance code that came into force after the day of the mark",
        CodeInWrongSession = "code-in-wrong-session": "a code of the other session, such as `\\` in the morning",
        BadAcademicYear = "bad-academic-year": "not an academic year",
        BadYesNo = "bad-yes-no": "neither yes nor no",
        BadRelationship = "bad-relationship": "not one of the relationships of a parent and a child",
        BadPriority = "bad-priority": "not a place in the order in which parents are called",
        BadLanguage = "bad-language": "not a language",
        BadContact = "bad-contact": "not a telephone number, e-mail address or postal address",
        BadRate = "bad-rate": "not a rate",
        BadCount = "bad-count": "not a count of sessions, or two counts that do not go together",
        UnknownRecord = "unknown-record": "not one of the things that can have been done",
        UnknownState = "unknown-state": "not one of the states of a penalty notice",
        RowsDisagree = "rows-disagree": "two rows of the file say different things of the same matter",
        TooManyRows = "too-many-rows": "more rows about one pupil than a file may have",
        UnknownSchool = "unknown-school": "no school of the trust has this URN",
        UnknownPupil = "unknown-pupil": "no pupil of the trust has this unique pupil number",
        AmbiguousPupil = "ambiguous-pupil": "more than one pupil of the trust has this unique pupil number",
        NotOnRoll = "not-on-roll": "the pupil was not on the school's roll that day",
        ClosedDay = "closed-day": "the school was closed for that session",
        FutureMark = "future-mark": "the session has not taken place yet",
        PupilDiffers = "pupil-differs": "the pupil with this unique pupil number has another name or date of birth",
        EnrolmentsOverlap = "enrolments-overlap": "the pupil is on the school's roll on some of these days already",
        NoCalendar = "no-calendar": "the school has no calendar for that academic year",
        ShrinksRoll = "shrinks-roll": "more than half of a school's roll would leave",
        NeedsSafeguarding = "needs-safeguarding": "only whoever leads on safeguarding may record what stands in this cell",
        NoPolicy = "no-policy": "the school follows no policy",
        NotInPolicy = "not-in-policy": "the policy that the school follows has no such letter or stage, or it does not fit the case",
        TargetEnded = "target-ended": "a target whose last day has passed",
        CaseOpen = "case-open": "the pupil has an open case",
        UnknownParent = "unknown-parent": "the pupil has no parent of this name",
        AmbiguousParent = "ambiguous-parent": "the pupil has more than one parent of this name",
        SessionUsed = "session-used": "a session that another notice to this parent rests on",
        NoticeHere = "notice-here": "the notice to this parent for this child is there already",
        TooManyNotices = "too-many-notices": "more notices to a parent for a child than the law allows",
    }
}

described!(RowProblemKind);

/// One thing that is wrong with an import.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportProblem)]
pub struct RowProblem {
    /// The line of the file on which the row starts, from 1.
    #[schema(example = 17)]
    pub line: u64,
    /// The column, as the file's header calls it; absent when the whole row or file is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DOB")]
    pub column: Option<String>,
    /// The cell, when the file is a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "C17")]
    pub cell: Option<String>,
    /// What stood there, cut to 80 characters, control characters shown as `\u{FFFD}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "31/02/2014")]
    pub value: Option<String>,
    /// What sort of thing is wrong.
    pub kind: RowProblemKind,
    /// What was expected instead, in plain English.
    #[schema(example = "a day that exists")]
    pub expected: String,
}

impl RowProblem {
    /// A problem with a whole row, or with the file when `line` is that of its header.
    pub fn of_row(line: u64, kind: RowProblemKind, expected: impl Into<String>) -> Self {
        Self { line, column: None, cell: None, value: None, kind, expected: expected.into() }
    }

    /// A problem with one cell.
    pub fn of_cell(
        line: u64,
        column: &str,
        value: &str,
        kind: RowProblemKind,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            line,
            column: Some(shown(column)),
            cell: None,
            value: Some(shown(value)),
            kind,
            expected: expected.into(),
        }
    }
}

/// Leaves out what came from the file.
impl fmt::Debug for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowProblem")
            .field("line", &self.line)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A text of the file as it may be shown: at most 80 characters, all of which can be seen.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .take(VALUE_LENGTH)
        .map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

/// Why a cell cannot be read: the part of a [`RowProblem`] that the cell's own reader knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What sort of thing is wrong.
    pub kind: RowProblemKind,
    /// What was expected instead, in plain English.
    pub expected: Cow<'static, str>,
}

impl Fault {
    /// A fault with a fixed or a composed text.
    pub fn new(kind: RowProblemKind, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, expected: expected.into() }
    }
}

/// The problems of one import as they are found: the first 1,000 are kept, all are counted.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    listed: Vec<RowProblem>,
    total: u64,
}

impl Problems {
    /// No problem yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on from the problems that reading the file found.
    pub fn continuing(listed: Vec<RowProblem>, total: u64) -> Self {
        Self { listed, total }
    }

    /// Adds a problem. It is composed only if it will be listed, so that a file of a million bad
    /// rows costs no more than counting them.
    pub fn add(&mut self, problem: impl FnOnce() -> RowProblem) {
        self.total += 1;
        if self.listed.len() < LISTED_PROBLEMS {
            self.listed.push(problem());
        }
    }

    /// Adds the problems that were found after these.
    pub fn join(&mut self, next: Self) {
        let room = LISTED_PROBLEMS.saturating_sub(self.listed.len());
        self.listed.extend(next.listed.into_iter().take(room));
        self.total += next.total;
    }

    /// How many there are, listed or not.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The listed problems in the order of the file, and how many there are in all.
    pub fn finish(mut self) -> (Vec<RowProblem>, u64) {
        self.listed.sort_by_key(|problem| problem.line);
        (self.listed, self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_and_its_control_characters_are_replaced() {
        let problem = RowProblem::of_cell(
            3,
            "surname",
            &format!("A\u{7}\u{85}{}", "é".repeat(100)),
            RowProblemKind::BadText,
            "no control characters",
        );
        let value = problem.value.unwrap();
        assert_eq!(value.chars().count(), 80);
        assert!(value.starts_with("A\u{fffd}\u{fffd}é"));
    }

    #[test]
    fn the_first_thousand_are_listed_in_the_order_of_the_file_and_all_are_counted() {
        let mut problems = Problems::new();
        for line in (0..1_500).rev() {
            problems.add(|| RowProblem::of_row(line, RowProblemKind::FieldCount, "3 cells"));
        }
        assert!(!problems.is_empty());
        let (listed, total) = problems.finish();
        assert_eq!((listed.len(), total), (LISTED_PROBLEMS, 1_500));
        assert!(listed.is_sorted_by_key(|problem| problem.line));
    }

    #[test]
    fn a_debug_print_says_nothing_of_the_cell() {
        let problem =
            RowProblem::of_cell(9, "upn", "A123", RowProblemKind::BadUpnFormat, "13 characters");
        assert_eq!(format!("{problem:?}"), "RowProblem { line: 9, kind: BadUpnFormat, .. }");
    }

    #[test]
    fn kinds_are_kebab_case_on_the_wire() {
        let kind = serde_json::to_string(&RowProblemKind::WrongUpnCheckLetter).unwrap();
        assert_eq!(kind, "\"wrong-upn-check-letter\"");
    }
}
