//! Rows that clash with each other or with the roll: two children under one number, one child under two.
//!
//! What cannot be true is a problem. What may be true but is more often a mistake is a notice.

use domain::folded_name_key;
use files::{Column, Columns, Notice, NoticeKind, PupilRow, RowProblem, RowProblemKind};

use super::Row;
use super::standing::RollBefore;
use base::prelude::*;
use roll::pupils::{self, EnrolmentRow};

/// How many notices of one sort are listed; an import of a whole trust may have thousands.
const LISTED: usize = 100;

/// The caller may not see the roll that the pupil is on: it is not told which one it is.
pub(super) fn on_another_roll(row: &PupilRow, columns: &Columns) -> RowProblem {
    let expected = "a pupil who is new to the trust or on your roll; one who moves inside the trust is enrolled by the trust";
    let kind = RowProblemKind::AmbiguousPupil;
    RowProblem::of_cell(row.line, &columns.name(Column::Upn), row.upn.as_str(), kind, expected)
}

/// The row's days on roll overlap those of the enrolment that starts on `first`.
pub(super) fn overlap(row: &PupilRow, columns: &Columns, first: NaiveDate) -> RowProblem {
    let expected = format!("days on roll that do not overlap the enrolment that starts on {first}");
    let (column, value) = (columns.name(Column::FirstDay), row.first_day.to_string());
    RowProblem::of_cell(row.line, &column, &value, RowProblemKind::EnrolmentsOverlap, expected)
}

/// What makes a known pupil and a row two different children, if anything does. Spelling of names is compared folded.
pub(super) fn differs(
    known: &pupils::PupilRow,
    row: &Row,
    columns: &Columns,
) -> Option<RowProblem> {
    let (key, row) = (folded_name_key, &row.file);
    let (column, value) = if known.birth_date != row.birth_date {
        (Column::BirthDate, row.birth_date.to_string())
    } else if key(&known.surname, &known.forename) == key(&row.surname, &row.forename) {
        return None;
    } else if key(&known.surname, "") == key(&row.surname, "") {
        (Column::Forename, row.forename.clone())
    } else {
        (Column::Surname, row.surname.clone())
    };
    let expected = "the name and date of birth that the pupil with this UPN has";
    let kind = RowProblemKind::PupilDiffers;
    Some(RowProblem::of_cell(row.line, &columns.name(column), &value, kind, expected))
}

/// What the sender should look at although it may be right.
pub(super) fn notices(tx: &mut Tx, rows: &[Row], standing: &RollBefore) -> Result<Vec<Notice>> {
    let mut notices = may_be_the_same(tx, rows, standing)?;
    notices.extend(on_two_rolls(rows, standing));
    Ok(notices)
}

/// Pupils who are new to the trust and have the name and birth date of another, in the file or on a roll.
fn may_be_the_same(tx: &mut Tx, rows: &[Row], standing: &RollBefore) -> Result<Vec<Notice>> {
    let child =
        |row: &Row| (folded_name_key(&row.file.surname, &row.file.forename), row.file.birth_date);
    let is_new = |row: &&Row| !standing.pupils.contains_key(row.file.upn.as_str());
    let new: Vec<(String, NaiveDate)> = rows.iter().filter(is_new).map(child).collect();
    let there = pupils::pupils_by_child(tx, &new)?;
    let mut in_file: BTreeMap<(String, NaiveDate), (&str, u64)> = BTreeMap::new();
    let mut found = Vec::new();
    for row in rows {
        let (child, upn) = (child(row), row.file.upn.as_str());
        let (earlier, line) = *in_file.entry(child.clone()).or_insert((upn, row.file.line));
        if earlier != upn {
            let text = format!("the pupil on line {line} has the same name and birth date");
            found.push((row.file.line, text));
        } else if is_new(&row)
            && line == row.file.line
            && let Some(other) = there.get(&child)
        {
            let text = format!("the pupil with the UPN {other} has the same name and birth date");
            found.push((row.file.line, text));
        }
    }
    Ok(told(found, NoticeKind::MaybeSameChild, "Another UPN, but may be the same child"))
}

/// Pupils whom the file puts on the roll of one school while they are on that of another.
fn on_two_rolls(rows: &[Row], standing: &RollBefore) -> Vec<Notice> {
    let mut elsewhere: BTreeMap<PupilId, Vec<&EnrolmentRow>> = BTreeMap::new();
    for enrolment in standing.enrolments.values().flatten() {
        elsewhere.entry(enrolment.pupil_id).or_default().push(enrolment);
    }
    let mut in_file: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    let mut found = Vec::new();
    for row in rows {
        let file = &row.file;
        let together = |first: NaiveDate, last: Option<NaiveDate>| {
            last.is_none_or(|last| file.first_day <= last)
                && file.last_day.is_none_or(|file_last| first <= file_last)
        };
        let others = in_file.entry(file.upn.as_str()).or_default();
        let here = others.iter().find(|other| {
            other.school_id != row.school_id && together(other.file.first_day, other.file.last_day)
        });
        let pupil = standing.pupils.get(file.upn.as_str());
        let known = pupil.and_then(|pupil| elsewhere.get(&pupil.pupil_id)).into_iter().flatten();
        let mut there =
            known.filter(|e| e.school_id != row.school_id && together(e.first_day, e.last_day));
        if let Some(other) = here {
            found.push((file.line, format!("line {} has another school", other.file.line)));
        } else if let Some(other) = there.next() {
            found.push((file.line, format!("also on the roll of school {}", other.school_id)));
        }
        others.push(row);
    }
    told(found, NoticeKind::OnTwoRolls, "On the rolls of two schools at once")
}

fn told(mut found: Vec<(u64, String)>, kind: NoticeKind, what: &str) -> Vec<Notice> {
    let rest = found.split_off(found.len().min(LISTED));
    let notice =
        |line, count, why: &str| Notice { kind, line, count, text: format!("{what}: {why}.") };
    let mut notices: Vec<Notice> =
        found.into_iter().map(|(line, why)| notice(line, 1, &why)).collect();
    if let Some((line, _)) = rest.first() {
        let count = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        notices.push(notice(*line, count, "and so on further lines"));
    }
    notices
}
