//! What the sender of a file should know although nothing is wrong: how it was read, what was
//! left aside, which withdrawn codes are in it.

use std::fmt;

use domain::words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::word::described;

words! {
    /// What sort of thing a notice tells.
    NoticeKind as "ImportNoticeKind" {
        ReadAsWindows1252 = "read-as-windows1252": "the file is not UTF-8 and was read as Windows-1252",
        IgnoredColumns = "ignored-columns": "columns that the import does not know were left aside",
        YearFound = "year-found": "columns that name a date without its year: which one was taken",
        RepeatedRows = "repeated-rows": "rows that say what an earlier row said already were left aside",
        FormerUrn = "former-urn": "rows name a school by a URN that it no longer has",
        OtherSchools = "other-schools": "schools that are none of the trust's were left aside",
        ClosedSchools = "closed-schools": "schools of the trust that are not open were left aside",
        NoPhase = "no-phase": "schools of the trust whose phase of education cannot be told were left aside",
        NotInGroup = "not-in-group": "schools of the trust are not in the group's list",
        LinkLeft = "link-left": "schools were merged, split or both there: a person has to settle it",
        MaybeSameChild = "maybe-same-child": "a pupil who is new under this unique pupil number has the name and birth date of another",
        OnTwoRolls = "on-two-rolls": "a pupil is on the rolls of two schools on the same days",
        YearGroupLeft = "year-group-left": "year groups of classes were left aside: a year group stands with the pupil",
        NotAParent = "not-a-parent": "people who are neither parents nor rung when a child is missing, such as a doctor or a teacher, were left aside",
        SamePerson = "same-person": "somebody was taken to be the same person as a parent of another child",
        MaybeSamePerson = "maybe-same-person": "somebody has the name of a parent of another child, and may be the same person",
        SafeguardsStay = "safeguards-stay": "the file says something else of a court order or of no contact than the record: the record stays",
        OrderWithoutEffect = "order-without-effect": "a court order is recorded, and the file does not say what it does: it bars nobody until whoever leads on safeguarding has said",
        LetterOfNoCase = "letter-of-no-case": "letters that the policy sends outside of cases: they stand with the letters, and open no case",
        RestsOnMarks = "rests-on-marks": "letters, steps, proposals or penalty notices rest on marks that the file would change; the pupil's number says whose",
        LegalName = "legal-name": "the file has a legal and a preferred name: the legal one is recorded",
        OneName = "one-name": "pupils with one name: it is recorded as the surname, with `-` for the forename",
        YearGroupByAge = "year-group-by-age": "pupils who do not follow the national curriculum: the year group of their age is recorded",
        LeftAside = "left-aside": "the file only fills what is missing: marks that would replace another, or that the roll or the calendar does not allow, were left aside",
        PlannedClosure = "planned-closure": "marks say that the school is closed as planned, and its calendar says that it is open",
        WithdrawnCode = "withdrawn-code": "a code that had been withdrawn by the day of the mark was accepted as it used to count",
    }
}

described!(NoticeKind);

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
