//! Workbooks as spreadsheet programs save them, made by hand.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What stands in a cell.
pub enum Cell<'a> {
    Text(&'a str),
    Number(&'a str),
    /// A number that is shown as a date.
    Date(u32),
    /// A formula with the text that it came to.
    Formula(&'a str),
    Error(&'a str),
    True,
    None,
}

/// Cells of text.
pub fn texts<'a>(texts: &[&'a str]) -> Vec<Cell<'a>> {
    texts.iter().map(|text| Cell::Text(text)).collect()
}

/// A workbook of these sheets, each with its name and rows.
pub fn workbook(sheets: &[(&str, Vec<Vec<Cell<'_>>>)]) -> Vec<u8> {
    let (mut names, mut relations) = (String::new(), String::new());
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut parts = Vec::new();
    for (number, (name, rows)) in (1..).zip(sheets) {
        write!(names, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>")
            .unwrap();
        write!(
            relations,
            "<Relationship Id=\"rId{number}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        )
        .unwrap();
        let rows: String = (1..).zip(rows).map(|(line, cells)| row(line, cells)).collect();
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{number}.xml"), sheet));
    }
    let package = "http://schemas.openxmlformats.org/package/2006";
    parts.push((
        "[Content_Types].xml".into(),
        format!("<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"),
    ));
    parts.push((
        "_rels/.rels".into(),
        format!("<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
    ));
    parts.push((
        "xl/workbook.xml".into(),
        format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{names}</sheets></workbook>"
        ),
    ));
    parts.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<Relationships xmlns=\"{package}/relationships\">{relations}<Relationship Id=\"rId99\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"),
    ));
    parts.push((
        "xl/styles.xml".into(),
        format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
    ));
    archive(parts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
}

/// A ZIP archive of these files.
pub fn archive<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn row(line: usize, cells: &[Cell<'_>]) -> String {
    let cells: String = (b'A'..)
        .zip(cells)
        .map(|(letter, cell)| {
            let at = format!("{}{line}", char::from(letter));
            match cell {
                Cell::Text(text) => format!(
                    "<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(text)
                ),
                Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
                Cell::Date(days) => format!("<c r=\"{at}\" s=\"1\"><v>{days}</v></c>"),
                Cell::Formula(text) => {
                    format!("<c r=\"{at}\" t=\"str\"><f>UPPER(Z1)</f><v>{}</v></c>", escaped(text))
                }
                Cell::Error(text) => format!("<c r=\"{at}\" t=\"e\"><v>{text}</v></c>"),
                Cell::True => format!("<c r=\"{at}\" t=\"b\"><v>1</v></c>"),
                Cell::None => String::new(),
            }
        })
        .collect();
    format!("<row r=\"{line}\">{cells}</row>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
