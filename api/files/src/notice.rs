//! What the sender of a file should know although nothing is wrong: how it was read, what was
//! left aside, which withdrawn codes are in it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What sort of thing a notice tells.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ImportNoticeKind)]
pub enum NoticeKind {
    /// The file is not UTF-8 and was read as Windows-1252.
    ReadAsWindows1252,
    /// Columns that the import does not know were left aside.
    IgnoredColumns,
    /// Columns that name a date without its year: which one was taken.
    YearFound,
    /// Rows that say what an earlier row said already were left aside.
    RepeatedRows,
    /// Rows name a school by a URN that it no longer has.
    FormerUrn,
    /// Schools that are none of the trust's were left aside.
    OtherSchools,
    /// Schools of the trust that are not open were left aside.
    ClosedSchools,
    /// Schools of the trust whose phase of education cannot be told were left aside.
    NoPhase,
    /// Schools of the trust are not in the group's list.
    NotInGroup,
    /// Schools were merged, split or both there: a person has to settle it.
    LinkLeft,
    /// A pupil who is new under this unique pupil number has the name and birth date of another.
    MaybeSameChild,
    /// A pupil is on the rolls of two schools on the same days.
    OnTwoRolls,
    /// Year groups of classes were left aside: a year group stands with the pupil.
    YearGroupLeft,
    /// People who are no parents in the sense of the law, such as a neighbour or a doctor, were left aside.
    NotAParent,
    /// Somebody was taken to be the same person as a parent of another child.
    SamePerson,
    /// Somebody has the name of a parent of another child, and may be the same person.
    MaybeSamePerson,
    /// The file says that there is no court order or that contact is allowed, and the record says otherwise: it stays.
    SafeguardsStay,
    /// Letters that the policy sends outside of cases: they stand with the letters, and open no case.
    LetterOfNoCase,
    /// Letters, steps, proposals or penalty notices rest on marks that the file would change; the pupil's number says
    /// whose.
    RestsOnMarks,
    /// A code that had been withdrawn by the day of the mark was accepted as it used to count.
    WithdrawnCode,
}

/// Something the sender of a file should know. A file with notices is still imported.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportNotice)]
pub struct Notice {
    /// What sort of thing it tells.
    pub kind: NoticeKind,
    /// The first line of the file that it concerns, from 1.
    #[schema(example = 1)]
    pub line: u64,
    /// How many columns, rows or marks it concerns.
    #[schema(example = 3)]
    pub count: u64,
    /// The same in plain English.
    pub text: String,
}

/// Leaves out the text, which may repeat the file's header.
impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("kind", &self.kind)
            .field("line", &self.line)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// "1 row", "2 rows": a count with its noun.
pub(super) fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
