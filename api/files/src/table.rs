//! A table as rows of cells, each row with its line in the file.
//!
//! The csv crate splits the cells. Around it: the delimiter is found from the header, lines are
//! counted as an editor counts them, and quoting is checked strictly, because one stray quotation
//! mark otherwise swallows all rows up to the next one without a word. A header may take two rows:
//! dates above, sessions below.

use std::sync::Arc;

use csv::{Reader, ReaderBuilder, StringRecord};
use memchr::memchr;

use super::grid;
use super::lines::{LineCounter, line_ends};
use super::problem::{RowProblem, RowProblemKind};

/// A table on its way through the reader.
pub(super) struct Table<'a> {
    text: &'a [u8],
    delimiter: u8,
    reader: Reader<&'a [u8]>,
    lines: LineCounter<'a>,
    record: StringRecord,
    /// Whether there are quotation marks in the text.
    quoted: bool,
    header: Arc<[String]>,
    header_line: u64,
    /// Rows need not be filled up to the header's width: a sheet has no cells where nothing stands.
    ragged: bool,
    /// Rows may go on beyond the header, and what lies there is left aside.
    wide: bool,
    /// The first line of a row that did, and how many rows.
    surplus: Option<(u64, u64)>,
    /// The row after the header, when it was looked at and is no part of the header.
    ahead: Option<(u64, &'a [u8])>,
}

/// A piece of a table's text that ends with a row.
pub(super) struct Piece<'a> {
    text: &'a [u8],
    /// The line of the file on which it starts, from 1.
    line: u64,
}

/// A row of the table, valid until the next is read.
pub(super) struct Row<'t> {
    /// The line of the file on which it starts, from 1.
    pub line: u64,
    cells: &'t StringRecord,
}

impl Row<'_> {
    /// A cell as it stands in the file; empty past the end of the row.
    pub fn raw(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default()
    }

    /// A cell without the white space around it.
    pub fn cell(&self, column: usize) -> &str {
        let raw = self.raw(column);
        // Mostly there is none, and there are millions of cells.
        match raw.as_bytes() {
            [b'!'..=b'~', .., b'!'..=b'~'] => raw,
            _ => raw.trim(),
        }
    }
}

/// What reading on in a table comes to.
pub(super) enum Next<'t> {
    /// A row with as many cells as the header.
    Row(Row<'t>),
    /// A row that cannot be split into the header's columns.
    Fault(RowProblem),
    /// No more rows.
    End,
}

impl<'a> Table<'a> {
    /// Reads the header: the first row that is not blank.
    ///
    /// # Errors
    /// A problem for the whole file, when there is no header or its quotation marks are broken.
    pub fn open(text: &'a str) -> Result<Self, RowProblem> {
        let bytes = text.as_bytes();
        match said_delimiter(bytes) {
            Some((delimiter, rest)) => Self::with(rest, delimiter, false, 2),
            None => Self::with(bytes, sniffed_delimiter(bytes), false, 1),
        }
    }

    /// As [`Table::open`], for the text of a sheet: tabs part its cells, and rows may be short.
    ///
    /// # Errors
    /// As [`Table::open`].
    pub fn open_sheet(text: &'a str) -> Result<Self, RowProblem> {
        Self::with(text.as_bytes(), b'\t', true, 1)
    }

    /// A table of this text, which begins on that line of its file.
    fn with(text: &'a [u8], delimiter: u8, ragged: bool, line: u64) -> Result<Self, RowProblem> {
        let mut table = Self {
            text,
            delimiter,
            reader: reader(text, delimiter),
            lines: LineCounter::new(text, line),
            record: StringRecord::new(),
            quoted: memchr(b'"', text).is_some(),
            header: Arc::default(),
            header_line: 1,
            ragged,
            wide: false,
            surplus: None,
            ahead: None,
        };
        let Some((line, raw)) = table.advance()? else {
            return Err(RowProblem::of_row(1, RowProblemKind::EmptyFile, "a header row"));
        };
        if !quotes_close(raw, delimiter) {
            return Err(broken_quotes(line, raw));
        }
        table.header_line = line;
        table.header = table.texts();
        if grid::may_span_two_rows(&table.header)
            && let Some(below) = table.advance()?
        {
            match grid::spanned(&table.header, &table.texts()) {
                Some(header) => table.header = header.into(),
                None => table.ahead = Some(below),
            }
        }
        Ok(table)
    }

    /// The same table, of whose rows it is no fault to go on beyond the header.
    pub fn wide(self, wide: bool) -> Self {
        Self { wide, ..self }
    }

    /// The rows that are still to come in pieces of about `bytes`, to be read at the same time. They are one piece
    /// where there are quotation marks: a line may then end inside a cell.
    pub fn pieces(&mut self, bytes: usize) -> Vec<Piece<'a>> {
        let ahead = self.ahead.map_or(0, |(_, raw)| raw.len());
        let (start, mut line) = self.lines.move_to_row(self.offset().saturating_sub(ahead));
        let mut rest = self.text.get(start..).unwrap_or_default();
        let whole = self.quoted && memchr(b'"', rest).is_some();
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let end = rest.iter().skip(bytes).position(|byte| *byte == b'\n').filter(|_| !whole);
            let (text, after) = rest.split_at(end.map_or(rest.len(), |end| bytes + end + 1));
            pieces.push(Piece { text, line });
            line += line_ends(text);
            rest = after;
        }
        pieces
    }

    /// A piece of this table's rows, as a table of its own.
    pub fn of(&self, piece: &Piece<'a>) -> Self {
        Self {
            text: piece.text,
            reader: reader(piece.text, self.delimiter),
            lines: LineCounter::new(piece.text, piece.line),
            record: StringRecord::new(),
            header: self.header.clone(),
            surplus: None,
            ahead: None,
            ..*self
        }
    }

    /// Where rows went on beyond the header: the first line, and how many rows.
    pub fn surplus(&self) -> Option<(u64, u64)> {
        self.surplus
    }

    /// The cells of the record that was read last.
    fn texts(&self) -> Arc<[String]> {
        self.record.iter().map(str::to_owned).collect()
    }

    /// The column names as they stand in the file.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The line on which the header starts.
    pub fn header_line(&self) -> u64 {
        self.header_line
    }

    /// The next row that is not blank.
    pub fn next_row(&mut self) -> Next<'_> {
        let (line, raw) =
            match self.ahead.take().map_or_else(|| self.advance(), |row| Ok(Some(row))) {
                Ok(Some(found)) => found,
                Ok(None) => return Next::End,
                Err(problem) => return Next::Fault(problem),
            };
        if self.quoted && !quotes_close(raw, self.delimiter) {
            return Next::Fault(broken_quotes(line, raw));
        }
        let (found, wanted) = (self.record.len(), self.header.len());
        if found > wanted && self.wide {
            let (first, rows) = self.surplus.unwrap_or((line, 0));
            self.surplus = Some((first, rows + 1));
        } else if found > wanted || found < wanted && !self.ragged {
            return Next::Fault(self.field_count(line, raw));
        }
        Next::Row(Row { line, cells: &self.record })
    }

    /// Reads the next record that is not blank: its line and the bytes it was read from.
    fn advance(&mut self) -> Result<Option<(u64, &'a [u8])>, RowProblem> {
        loop {
            let from = self.offset();
            match self.reader.read_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                // Reading text from memory cannot fail; said nevertheless, rather than end too early.
                Err(_) => {
                    let (_, line) = self.lines.move_to_row(from);
                    let expected = "a row of text";
                    return Err(RowProblem::of_row(line, RowProblemKind::NotText, expected));
                }
            }
            let to = self.offset();
            let (start, line) = self.lines.move_to_row(from);
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some((line, self.text.get(start..to).unwrap_or_default())));
            }
        }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }

    fn field_count(&self, line: u64, raw: &[u8]) -> RowProblem {
        let (found, wanted) = (self.record.len(), self.header.len());
        let mut expected = format!("{wanted} cells as in the header; this row has {found}");
        let lines = line_ends(raw.trim_ascii_end());
        if lines > 0 {
            expected.push_str(&format!(
                ". A quotation mark makes it run on to line {}; is that meant?",
                line + lines
            ));
        }
        RowProblem::of_row(line, RowProblemKind::FieldCount, expected)
    }
}

fn reader(text: &[u8], delimiter: u8) -> Reader<&[u8]> {
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text)
}

fn broken_quotes(line: u64, raw: &[u8]) -> RowProblem {
    let expected = match line_ends(raw.trim_ascii_end()) {
        0 => "a cell in quotation marks to end with its closing mark; a quotation mark inside is \
              written twice"
            .to_owned(),
        more => format!(
            "a cell in quotation marks to end with its closing mark; a mark that opens in this \
             row runs on to line {}",
            line + more
        ),
    };
    RowProblem::of_row(line, RowProblemKind::BrokenQuotes, expected)
}

/// The delimiter that a first line `sep=;` names, as Excel writes and reads it, and the rest of the text.
fn said_delimiter(text: &[u8]) -> Option<(u8, &[u8])> {
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let (first, rest) = text.split_at(end);
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..))?;
    let first = first.trim_ascii_start();
    let first = first.strip_prefix(b"\"").unwrap_or(first);
    let (word, delimiter) = first.split_at_checked(4)?;
    match delimiter {
        [delimiter @ (b',' | b';' | b'\t' | b'|'), ..] if word.eq_ignore_ascii_case(b"sep=") => {
            Some((*delimiter, rest))
        }
        _ => None,
    }
}

/// Which of comma, semicolon and tab stands most often in the first line that is not blank, outside
/// quotation marks. Without any of them the table has one column.
fn sniffed_delimiter(text: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let first = text.iter().skip_while(|byte| matches!(byte, b'\r' | b'\n' | b' '));
    for byte in first {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| mark == byte) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals: a comma is the usual one.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(mark, _)| *mark)
}

/// Whether every quoted cell of a row ends with its closing mark, white space aside.
fn quotes_close(raw: &[u8], delimiter: u8) -> bool {
    let mut bytes = raw.iter().copied().peekable();
    while let Some(first) = bytes.next() {
        let mut last = first;
        if first == b'"' {
            loop {
                match bytes.next() {
                    None => return false,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_none() => break,
                    Some(_) => {}
                }
            }
            last = loop {
                match bytes.next() {
                    None | Some(b'\r' | b'\n') => return true,
                    Some(b' ') => {}
                    Some(byte) if byte == delimiter => break byte,
                    Some(_) => return false,
                }
            };
        }
        // An unquoted cell, in which a quotation mark is a character like any other.
        while last != delimiter {
            match bytes.next() {
                None | Some(b'\r' | b'\n') => return true,
                Some(byte) => last = byte,
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a table as lines and cells; a fault as its line and kind.
    fn rows(text: &str) -> Vec<(u64, Result<Vec<String>, RowProblemKind>)> {
        let mut table = Table::open(text).unwrap_or_else(|problem| panic!("{problem:?}"));
        let columns = table.header().len();
        let mut rows = Vec::new();
        loop {
            match table.next_row() {
                Next::Row(row) => {
                    let cells = (0..columns).map(|i| row.raw(i).to_owned()).collect();
                    rows.push((row.line, Ok(cells)));
                }
                Next::Fault(problem) => rows.push((problem.line, Err(problem.kind))),
                Next::End => return rows,
            }
        }
    }

    fn cells(values: &[&str]) -> Result<Vec<String>, RowProblemKind> {
        Ok(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn lines_are_those_of_the_file_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "1,2", " , ", "\"3\n3\",4", "5,6", "", "7,8"].join(end);
            let expected = vec![
                (4, cells(&["1", "2"])),
                (6, cells(&["3\n3", "4"])),
                (8, cells(&["5", "6"])),
                (10, cells(&["7", "8"])),
            ];
            assert_eq!(rows(&text), expected, "{end:?}");
        }
    }

    #[test]
    fn the_delimiter_comes_from_the_header_alone() {
        assert_eq!(rows("a;b\n1,5;2,5"), [(2, cells(&["1,5", "2,5"]))]);
        assert_eq!(rows("a\tb\n1;5\t2,,,"), [(2, cells(&["1;5", "2,,,"]))]);
        assert_eq!(rows("\"a;;;\",b\n1,2"), [(2, cells(&["1", "2"]))]);
        assert_eq!(rows("a\n1"), [(2, cells(&["1"]))]);
    }

    #[test]
    fn a_row_of_another_length_is_a_fault_of_its_line_only() {
        let found = rows("a,b\n1\n1,2,3\n1,2\n");
        assert_eq!(
            found,
            [
                (2, Err(RowProblemKind::FieldCount)),
                (3, Err(RowProblemKind::FieldCount)),
                (4, cells(&["1", "2"])),
            ]
        );
    }

    #[test]
    fn a_stray_quotation_mark_is_found_where_it_opens() {
        let broken = Err(RowProblemKind::BrokenQuotes);
        assert_eq!(rows("a,b\n1,\"2\n3,4\n"), [(2, broken.clone())]);
        assert_eq!(rows("a,b\n1,\"2\n3,\"4\n5,6"), [(2, broken.clone()), (4, cells(&["5", "6"]))]);
        assert_eq!(rows("a,b\n1,\"2\"x\n"), [(2, broken)]);
        assert_eq!(rows("a,b\n\"1\" ,5\"3\n"), [(2, cells(&["1 ", "5\"3"]))]);
        assert_eq!(rows("a,b\n\"\",\"x\"\"y\"\n"), [(2, cells(&["", "x\"y"]))]);
    }

    #[test]
    fn a_table_needs_a_header() {
        for text in ["", "\n\n", " \r\n,,\n"] {
            let problem = Table::open(text).err().unwrap();
            assert_eq!(problem.kind, RowProblemKind::EmptyFile, "{text:?}");
        }
        let problem = Table::open("\na,\"b\n1,2\n").err().unwrap();
        assert_eq!((problem.line, problem.kind), (2, RowProblemKind::BrokenQuotes));
    }
}
