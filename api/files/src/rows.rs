//! Going through the rows of a file: progress, the problems met on the way, and the cells that
//! every kind of file has.

use chrono::NaiveDate;

use super::Reading;
use super::cells;
use super::decode::{Decoded, decode};
use super::headers::{Column, Columns, Header, Place};
use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Fault, Problems, RowProblem, RowProblemKind};
use super::sheet;
use super::table::{Next, Row, Table};

/// After how many rows progress is reported.
pub const PROGRESS_ROWS: u64 = 10_000;

/// Told how many rows have been read, every [`PROGRESS_ROWS`] rows; `false` stops the reading.
pub type Progress<'p> = dyn FnMut(u64) -> bool + 'p;

/// A file that was sent, and what must be known to read it.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// The sheet to read when it is a workbook; `None` is the first.
    pub sheet: Option<&'a str>,
    /// The URN of the school that the import is for: rows without a URN, or with this one, mean it.
    /// It is the empty text for a school without a URN. With `None` the import is for the whole
    /// trust, and every row must name its school.
    pub own_school: Option<&'a str>,
    /// The day: dates without a year are near it.
    pub today: NaiveDate,
    /// Whether rows may go on beyond the header, as in lists that were put together from several: what lies there is
    /// left aside with a notice.
    pub wide: bool,
}

impl Sent<'_> {
    /// The text; `None` after adding a problem when it is none.
    pub(super) fn decoded(&self, findings: &mut Findings) -> Option<Decoded<'_>> {
        let decoded = self.decode().map_err(|problem| findings.problems.add(|| problem)).ok()?;
        findings.notices.extend(decoded.notice.clone());
        Some(decoded)
    }

    fn decode(&self) -> Result<Decoded<'_>, RowProblem> {
        if sheet::is_workbook(self.bytes) {
            return sheet::decode(self.bytes, self.sheet);
        }
        match self.sheet {
            None => decode(self.bytes),
            Some(_) => {
                let expected = "a workbook (.xlsx), as a sheet of it is asked for";
                Err(RowProblem::of_row(1, RowProblemKind::UnknownSheet, expected))
            }
        }
    }
}

/// What the cells of a workbook show whose formulas fail; saved as CSV they are such texts too.
const ERRORS: [&str; 12] = [
    "#N/A",
    "#REF!",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#DATA!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
];

/// The reading was stopped by its [`Progress`]. There is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

/// What is gathered beside the rows themselves.
#[derive(Default)]
pub(super) struct Findings {
    pub problems: Problems,
    pub notices: Vec<Notice>,
    pub rows: u64,
    /// Where rows went on beyond the header: the first line, and how many rows.
    pub surplus: Option<(u64, u64)>,
    pub columns: Columns,
}

impl Findings {
    /// Adds a problem with a cell.
    pub fn cell(&mut self, line: u64, place: &Place, value: &str, fault: Fault) {
        self.problems.add(|| {
            RowProblem::of_cell(line, &place.name, value, fault.kind, fault.expected.into_owned())
        });
    }

    /// Adds a notice of rows that repeat earlier ones.
    pub fn repeated(&mut self, mut lines: Vec<u64>) {
        lines.sort_unstable();
        lines.dedup();
        let count = lines.len() as u64;
        if let Some(line) = lines.first() {
            let rows = counted(count, "row");
            self.notices.push(Notice {
                kind: NoticeKind::RepeatedRows,
                line: *line,
                count,
                text: format!("{rows} left aside: an earlier row says exactly the same."),
            });
        }
    }

    /// Adds a notice of these lines, if there are any.
    pub fn told(&mut self, kind: NoticeKind, lines: &[u64], text: impl FnOnce(u64) -> String) {
        if let Some(line) = lines.iter().min() {
            let count = lines.len() as u64;
            self.notices.push(Notice { kind, line: *line, count, text: text(count) });
        }
    }

    /// Reads a cell that may be empty. What is wrong with it becomes a problem.
    pub fn optional<T>(
        &mut self,
        row: &Row<'_>,
        place: Option<&Place>,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let place = place?;
        match row.cell(place.at) {
            "" => None,
            text => self.understood(row, place, text, read),
        }
    }

    /// Reads a cell that must be filled. What is wrong with it becomes a problem.
    pub fn needed<T>(
        &mut self,
        row: &Row<'_>,
        place: &Place,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let missing =
            |_: &str| Err(Fault::new(RowProblemKind::MissingValue, "a value in this column"));
        match row.cell(place.at) {
            "" => self.understood(row, place, "", missing),
            text => self.understood(row, place, text, read),
        }
    }

    fn understood<T>(
        &mut self,
        row: &Row<'_>,
        place: &Place,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let read = if ERRORS.contains(&text) {
            let expected =
                "a value; the cell shows an error of its formula: put it right in the workbook";
            Err(Fault::new(RowProblemKind::ErrorCell, expected))
        } else {
            read(text)
        };
        read.map_err(|fault| self.cell(row.line, place, text, fault)).ok()
    }

    /// The URN of the school that a row means, `None` for the import's own school.
    ///
    /// An import for one school (`own`) takes it for every row that names none; an import for the
    /// whole trust needs a URN on each.
    pub fn school<'r>(
        &mut self,
        row: &'r Row<'_>,
        place: Option<&Place>,
        own: Option<&str>,
    ) -> Option<&'r str> {
        let place = place?;
        if own.is_none() {
            self.needed(row, place, |_| Ok(()));
        }
        let text = row.cell(place.at);
        if text.is_empty() || own == Some(text) {
            return None;
        }
        cells::urn(text).map_err(|fault| self.cell(row.line, place, text, fault)).ok()
    }

    /// Adds what was found in the piece of the file that comes next.
    pub fn join(&mut self, next: Self) {
        self.problems.join(next.problems);
        self.notices.extend(next.notices);
        self.rows += next.rows;
        self.surplus = match (self.surplus, next.surplus) {
            (Some((line, rows)), Some((_, more))) => Some((line, rows + more)),
            (here, there) => here.or(there),
        };
    }

    /// Says what only the whole file shows.
    pub fn close(&mut self, header: &Header) {
        if let Some((line, count)) = self.surplus {
            let rows = counted(count, "row");
            let text =
                format!("{rows} with more cells than the header; those beyond it were left aside.");
            self.notices.push(Notice { kind: NoticeKind::IgnoredColumns, line, count, text });
        }
        if self.rows == 0 {
            let expected = "at least one row below the header";
            let (line, kind) = (header.line(), RowProblemKind::EmptyFile);
            self.problems.add(|| RowProblem::of_row(line, kind, expected));
        }
    }

    /// Ends the reading.
    pub fn finish<T>(mut self, file: T) -> Reading<T> {
        let (problems, problem_count) = self.problems.finish();
        self.notices.sort_by_key(|notice| notice.line);
        let Self { notices, rows, columns, .. } = self;
        Reading { file, problems, problem_count, notices, rows, columns }
    }
}

/// The column of the schools' URNs: needed when the import is for no single school.
pub(super) fn school_place(
    header: &Header,
    own: Option<&str>,
    problems: &mut Problems,
) -> Option<Place> {
    match own {
        Some(_) => header.optional(Column::Urn, problems),
        None => Some(header.needed(Column::Urn, problems)),
    }
}

/// Reads a cell that this sort of row has to have; the file may have no such column.
pub(super) fn filled<T>(
    row: &Row<'_>,
    place: Option<&Place>,
    column: Column,
    read: impl FnOnce(&str) -> Result<T, Fault>,
    findings: &mut Findings,
) -> Option<T> {
    let missing = Place { at: usize::MAX, name: column.name() };
    findings.needed(row, place.unwrap_or(&missing), read)
}

/// Reads a file row by row.
///
/// `open` looks at the header and returns the reader of one row; it returns `None` after adding a
/// problem when the header will not do. Rows that cannot be split into cells are problems and do
/// not reach the reader.
pub(super) fn each_row<R>(
    sent: &Sent<'_>,
    findings: &mut Findings,
    progress: &mut Progress<'_>,
    open: impl FnOnce(&Header, &mut Findings) -> Option<R>,
    mut read: impl FnMut(&mut R, &Row<'_>, &mut Findings),
) -> Result<Option<R>, Stopped> {
    let Some(decoded) = sent.decoded(findings) else { return Ok(None) };
    let Some((mut table, header)) = opened(sent, &decoded, findings) else { return Ok(None) };
    let Some(mut reader) = open(&header, findings) else { return Ok(None) };
    let read = |row: &Row<'_>, findings: &mut Findings| read(&mut reader, row, findings);
    rows_of(&mut table, findings, progress, read)?;
    findings.close(&header);
    Ok(Some(reader))
}

/// Reads the rows of a table, or of a piece of it.
pub(super) fn rows_of(
    table: &mut Table<'_>,
    findings: &mut Findings,
    progress: &mut Progress<'_>,
    mut read: impl FnMut(&Row<'_>, &mut Findings),
) -> Result<(), Stopped> {
    loop {
        match table.next_row() {
            Next::Row(row) => read(&row, findings),
            Next::Fault(problem) => findings.problems.add(|| problem),
            Next::End => break,
        }
        findings.rows += 1;
        if findings.rows.is_multiple_of(PROGRESS_ROWS) && !progress(findings.rows) {
            return Err(Stopped);
        }
    }
    findings.surplus = table.surplus();
    Ok(())
}

/// The table of a text and its header; `None` after adding a problem when it has none.
pub(super) fn opened<'a>(
    sent: &Sent<'_>,
    decoded: &'a Decoded<'_>,
    findings: &mut Findings,
) -> Option<(Table<'a>, Header)> {
    let open_table = if decoded.is_sheet { Table::open_sheet } else { Table::open };
    let table = open_table(&decoded.text).map_err(|problem| findings.problems.add(|| problem));
    let table = table.ok()?.wide(sent.wide);
    let header = Header::new(table.header(), table.header_line());
    findings.columns = header.columns(decoded.is_sheet);
    Some((table, header))
}
