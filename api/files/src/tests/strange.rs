//! Strange files: no reader panics on them, whatever they hold.

use std::io::{Cursor, Write};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::{RowProblem, read_classes, read_contacts, read_done, read_links, read_schools};

/// What every reader says is wrong with a file, as the whole trust's or as that of one school.
fn every_reader(bytes: &[u8]) -> Vec<(Vec<RowProblem>, u64)> {
    fn problems<T>(reading: Reading<T>) -> (Vec<RowProblem>, u64) {
        (reading.problems, reading.problem_count)
    }
    let for_whom = [(None, true), (Some("100000"), false)];
    let found = for_whom.map(|(own_school, wide)| {
        let sent = Sent { wide, ..sent(bytes, own_school) };
        let go_on = &mut |_| true;
        [
            problems(read_pupils(&sent, go_on).unwrap()),
            problems(read_classes(&sent, go_on).unwrap()),
            problems(read_contacts(&sent, go_on).unwrap()),
            problems(read_done(&sent, go_on).unwrap()),
            problems(read_schools(&sent, go_on).unwrap()),
            problems(read_links(&sent, go_on).unwrap()),
            problems(read_marks(&sent, &CODES, &POOL, go_on).unwrap()),
        ]
    });
    found.into_iter().flatten().collect()
}

/// A header that one of the readers understands.
fn header() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("upn,date,session,mark\n"),
        Just("upn,week,marks\n"),
        Just("upn,date,am,pm,urn\r\n"),
        Just("upn,08/09/2025 AM,Mon 08 Sep PM,urn\n"),
        Just("upn,surname,forename,birth_date,year_group,first_day\n"),
        Just("class,academic_year,upn,year_group,from,urn\n"),
        Just(
            "upn,parent_surname,relationship,priority,mobile,email,address,language,court_order\n"
        ),
        Just("upn,record,date,name,rate,to,attended,possible\n"),
        Just("upn,record,date,parent_surname,state,absent_from,absent_to,sessions\n"),
        Just("URN,EstablishmentName,PhaseOfEducation (code),StatutoryLowAge,StatutoryHighAge\n"),
        Just("URN,LinkURN,LinkType,LinkEstablishedDate\n"),
    ]
}

/// Cells that are nearly right, and some that are.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{0,6}",
        "[0-3]?[0-9][/-][01]?[0-9][/-](20)?[0-9]{2}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]( [AP]M)?(; ?[0-9 -]{0,12})?",
        "[A-Z]?[0-9]{11,13}",
        "(/|\\\\|L|C1|Y7|N|-| ){0,16}",
        "(letter|stage|target|notice|issued|paid|mother|Successor|AM|pm|Y|en)",
        "[0-9]{1,3}(\\.[0-9]{1,2})?%?",
        "\\PC{0,20}",
        Just(upn(1)),
    ]
}

const SHEETS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The parts of a workbook with a sheet of one row under a header, as XML.
fn parts() -> [(&'static str, String); 4] {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" \
             Target=\"{target}\"/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns=\"{SHEETS}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"Marks\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let cell =
        |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let header = [cell("A1", "upn"), cell("B1", "week"), cell("C1", "marks")].concat();
    let monday = "<c r=\"B2\"><v>45908</v></c>".to_owned();
    let row = [cell("A2", &upn(1)), monday, cell("C2", "/\\/\\/\\/\\/\\")].concat();
    let sheet = format!(
        "<worksheet xmlns=\"{SHEETS}\"><sheetData><row r=\"1\">{header}</row>\
         <row r=\"2\">{row}</row></sheetData></worksheet>"
    );
    [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/workbook.xml", book),
        ("xl/worksheets/sheet1.xml", sheet),
    ]
}

fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The workbook, with other bytes in some places of its XML.
fn workbook(changes: &[(usize, Index, Vec<u8>)]) -> Vec<u8> {
    let mut parts = parts().map(|(name, text)| (name, text.into_bytes()));
    for (part, place, bytes) in changes {
        let (_, text) = &mut parts[*part];
        let from = place.index(text.len());
        let to = (from + bytes.len()).min(text.len());
        text.splice(from..to, bytes.iter().copied());
    }
    archive(&parts)
}

#[test]
fn the_workbook_is_read_while_nothing_is_changed_in_it() {
    let reading = marks(workbook(&[]));
    assert_eq!((reading.problem_count, reading.file.len()), (0, 1), "{:?}", reading.problems);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        every_reader(&bytes);
    }

    #[test]
    fn any_text_under_a_good_header(
        header in header(),
        text in "[a-zA-Z0-9,;\t\"\n\r/\\\\ é.%-]{0,300}",
    ) {
        let file = format!("{header}{text}");
        let lines = file.lines().count() as u64 + file.matches('\r').count() as u64;
        for (problems, count) in every_reader(file.as_bytes()) {
            prop_assert!(problems.iter().all(|one| (1..=lines.max(1)).contains(&one.line)));
            prop_assert_eq!(count, problems.len() as u64);
        }
    }

    #[test]
    fn nearly_good_cells_under_a_good_header(
        header in header(),
        rows in vec(vec(cell(), 4..9), 0..12),
    ) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let row = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
        let rows: Vec<String> = rows.iter().map(row).collect();
        every_reader(format!("{header}{}", rows.join("\n")).as_bytes());
    }

    #[test]
    fn a_workbook_with_damage_in_its_text(
        changes in vec((0..4_usize, any::<Index>(), vec(any::<u8>(), 1..8)), 1..4),
    ) {
        every_reader(&workbook(&changes));
    }

    #[test]
    fn a_workbook_with_damage_in_its_archive(place in any::<Index>(), bytes in vec(any::<u8>(), 1..8)) {
        let mut file = workbook(&[]);
        let from = place.index(file.len());
        let to = (from + bytes.len()).min(file.len());
        file.splice(from..to, bytes);
        every_reader(&file);
    }
}
