//! CSV for spreadsheets: UTF-8 with a byte order mark, quoted where need be, and no cell that a spreadsheet would run.

use actix_web::HttpResponse;
use actix_web::http::header;

use base::problem::Problem;

/// What tells a spreadsheet that the text is UTF-8: without it names with accents come out garbled.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// 200 with a table: its header, and a row for each of `rows`. `name` is the file's, without its ending.
pub fn answer(
    name: &str,
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<HttpResponse, Problem> {
    let mut table = ::csv::Writer::from_writer(MARK.to_vec());
    table.write_record(header).map_err(Problem::internal)?;
    for row in rows {
        table.write_record(row.iter().map(|cell| harmless(cell))).map_err(Problem::internal)?;
    }
    let bytes = table.into_inner().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ))
        .body(bytes))
}

/// A cell that a spreadsheet takes for a text and nothing else: one that begins like a formula gets an apostrophe
/// before it.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{cell}");
    }
    cell.to_owned()
}

/// A cell that may be empty.
pub fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_begins_like_a_formula_is_a_text() {
        for (cell, kept) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+44 20", "'+44 20"),
            ("O'Hara, \"Bo\"", "O'Hara, \"Bo\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(harmless(cell), kept);
        }
    }
}
