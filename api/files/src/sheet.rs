//! Workbooks (XLSX): one of their sheets as text, a line a row, so that all that is known of tables
//! holds for them as well, and the line of a problem is the row of the sheet.
//!
//! How much it unpacks to is found out before it is read (`unpack.rs`). A number is the text that a person would type for
//! it; a date is `2026-09-09`; a formula is its value when the workbook was saved.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::decode::Decoded;
use super::problem::{RowProblem, RowProblemKind, shown};
use super::unpack::{self, UNPACKED, too_large};

/// The most rows and columns that a sheet has.
const SIZE: (u32, u32) = (1_048_576, 16_384);

/// How a ZIP archive begins.
const ZIP: &[u8] = b"PK\x03\x04";
/// How the older container of Office begins: workbooks of before 2007, and protected ones.
const OLD_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Whether the bytes are a workbook, good or bad, rather than text.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(OLD_OFFICE)
}

/// The text of a sheet: the first one, unless `wanted` names another.
///
/// # Errors
/// A problem for the whole file: it is damaged, protected, too large, not a workbook, or without the
/// sheet.
pub(super) fn decode<'a>(bytes: &[u8], wanted: Option<&str>) -> Result<Decoded<'a>, RowProblem> {
    if bytes.starts_with(OLD_OFFICE) {
        return Err(old_office(bytes));
    }
    unpack::check(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let names = book.sheet_names();
    let name = match wanted {
        None => names.first().cloned(),
        Some(wanted) => names.iter().find(|name| name.trim().eq_ignore_ascii_case(wanted)).cloned(),
    };
    let Some(name) = name else {
        let all: Vec<String> = names.iter().map(|name| shown(name)).collect();
        let expected = format!("a sheet of that name; the workbook has: {}", all.join(", "));
        let named = wanted.map(shown);
        let kind = RowProblemKind::UnknownSheet;
        return Err(RowProblem { value: named, ..RowProblem::of_row(1, kind, expected) });
    };
    let text = text_of(&mut book, &name)?;
    Ok(Decoded { text: Cow::Owned(text), notice: None, is_sheet: true })
}

/// Goes through the sheet and writes its rows as lines, cells parted by tabs.
fn text_of(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<String, RowProblem> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(&error))?;
    let mut text = String::new();
    let (mut row, mut column) = (0, 0);
    while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
        let (at_row, at_column) = cell.get_position();
        let value = written(cell.get_value());
        if value.is_empty() {
            continue;
        }
        let backwards = at_row < row || at_row == row && at_column < column;
        let outside = at_row >= SIZE.0 || at_column >= SIZE.1;
        if backwards || outside || text.len() as u64 > UNPACKED {
            return Err(too_large());
        }
        if at_row > row {
            text.extend((row..at_row).map(|_| '\n'));
            (row, column) = (at_row, 0);
        }
        text.extend((column..at_column).map(|_| '\t'));
        column = at_column;
        quoted(&mut text, &value);
    }
    Ok(text)
}

/// A cell's value as a person would type it.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(instant) => date(instant),
        DataRef::DateTimeIso(text) => text.trim_end_matches("T00:00:00").to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A day as `2026-09-09`; a time of day, which no column has, behind it.
fn date(instant: &ExcelDateTime) -> String {
    if instant.is_duration() {
        return instant.as_f64().to_string();
    }
    match instant.to_ymd_hms_milli() {
        (year, month, day, 0, 0, 0, _) => format!("{year:04}-{month:02}-{day:02}"),
        (year, month, day, hour, minute, second, _) => {
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
    }
}

/// Adds a cell. A line break in it, as headers often have, becomes a space: a row is one line.
fn quoted(text: &mut String, value: &str) {
    let value = value.replace("\r\n", " ").replace(['\n', '\r'], " ");
    if value.contains(['\t', '"']) {
        text.push('"');
        text.push_str(&value.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(&value);
    }
}

fn old_office(bytes: &[u8]) -> RowProblem {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) {
        let expected = "a workbook without a password; take it off in Excel and save again";
        return RowProblem::of_row(1, RowProblemKind::ProtectedWorkbook, expected);
    }
    let expected = "a workbook of the kind .xlsx; this is an older one: save it again as .xlsx";
    RowProblem::of_row(1, RowProblemKind::BadWorkbook, expected)
}

/// What is wrong inside is of no use to the person who sent it.
pub(super) fn damaged(_: &impl std::error::Error) -> RowProblem {
    let expected = "a whole workbook (.xlsx); this one is damaged or of another kind: open it in Excel \
                    and save it again, or save it as CSV";
    RowProblem::of_row(1, RowProblemKind::BadWorkbook, expected)
}

/// A cell of a sheet by its place: column 2 (from 0) on line 17 is `C17`.
pub(super) fn cell_name(column: usize, line: u64) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    let letters: String = letters.iter().rev().copied().map(char::from).collect();
    format!("{letters}{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_the_program() {
        for (column, name) in
            [(0, "A1"), (2, "C1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")]
        {
            assert_eq!(cell_name(column, 1), name);
        }
    }

    #[test]
    fn what_is_no_workbook_is_told_apart() {
        assert!(!is_workbook(b"upn,surname"));
        let kind = |bytes: &[u8]| decode(bytes, None).err().map(|problem| problem.kind);
        assert_eq!(kind(b"PK\x03\x04 and then nothing"), Some(RowProblemKind::BadWorkbook));
        let old = [OLD_OFFICE, &[0; 600]].concat();
        assert_eq!(kind(&old), Some(RowProblemKind::BadWorkbook));
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            kind(&[&old, name.as_slice()].concat()),
            Some(RowProblemKind::ProtectedWorkbook)
        );
    }
}
