//! Files as spreadsheet programs save them.

use super::{Office, counts, problems};
use crate::support::build::upn;
use crate::support::workbook::{Cell, archive, texts, workbook};

const HEADER: [&str; 8] = ["UPN", "Legal\nSurname", "Forename", "DOB", "Year", "Reg", "DOA", "FSM"];

#[test]
fn a_workbook_of_pupils_with_dates_numbers_formulas_and_a_sheet_of_its_own() {
    let office = Office::open();
    let (ann, ben) = (upn(1), upn(2));
    let rows = vec![
        texts(&HEADER),
        vec![
            Cell::Text(&ann),
            Cell::Formula("Núñez & Sons"),
            Cell::Text("Zoë"),
            Cell::Date(42_077),
            Cell::Number("6"),
            Cell::Text("6A"),
            Cell::Date(46_267),
            Cell::True,
        ],
        vec![],
        // The second pupil's dates lost their format: the numbers are the same days.
        vec![
            Cell::Text(&ben),
            Cell::Text("Bo"),
            Cell::Text("Ben"),
            Cell::Number("42077"),
            Cell::Text("Year 6"),
            Cell::None,
            Cell::Text("02/09/2026"),
        ],
    ];
    let file = workbook(&[("Notes", vec![texts(&["Nothing here"])]), ("Roll", rows)]);
    let query = format!("kind=pupils&school_id={}&sheet=roll", office.school);
    let import = office.office.import(&query, &file);
    assert_eq!(import["job"]["state"], "done", "{import:#}");
    assert_eq!(import["options"]["sheet"], "roll");
    assert_eq!(
        counts(&import),
        "characteristics_added 1, classes_added 1, enrolments_added 2, placements_added 2, pupils_added 2"
    );
    assert_eq!(office.names(), ["Bo Ben 2015-03-14", "Núñez & Sons Zoë 2015-03-14"]);
    // Without its name the first sheet is read.
    assert_eq!(problems(&office.refused("pupils", &file)).len(), 6, "columns are missing there");
    let query = format!("kind=pupils&school_id={}&sheet=Pupils", office.school);
    assert_eq!(problems(&office.office.import(&query, &file)), ["1 - Pupils unknown-sheet"]);
}

#[test]
fn a_wide_grid_with_dates_above_the_sessions_comes_as_a_workbook() {
    let office = Office::open();
    let ann = office.pupil(1);
    let upn = upn(1);
    let rows = vec![
        vec![Cell::Text("UPN"), Cell::Date(46_342), Cell::None, Cell::Date(46_343)],
        vec![Cell::None, Cell::Text("AM"), Cell::Text("PM"), Cell::Text("AM"), Cell::Text("PM")],
        vec![Cell::Text(&upn), Cell::Text("/"), Cell::Text("\\"), Cell::Text("I")],
    ];
    assert_eq!(counts(&office.applied("marks", workbook(&[("1", rows)]))), "marks_added 3");
    assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\", "2026-11-17 AM I"]);
}

#[test]
fn a_problem_names_the_cell() {
    let office = Office::open();
    office.pupil(1);
    let upn = upn(1);
    let rows = vec![
        texts(&["Name", "UPN", "Date", "AM", "PM"]),
        vec![Cell::None, Cell::Text(&upn), Cell::Date(46_342), Cell::Error("#REF!"), Cell::None],
        vec![Cell::None, Cell::Text(&upn), Cell::Text("17/11/26"), Cell::Text("/"), Cell::None],
    ];
    let cells = |import: &serde_json::Value| {
        let listed = import["result"]["problems"].as_array().unwrap();
        listed.iter().map(|p| p["cell"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let import = office.refused("marks", workbook(&[("1", rows)]));
    assert_eq!(problems(&import), ["2 AM #REF! unknown-code", "3 Date 17/11/26 bad-date"]);
    assert_eq!(cells(&import), ["D2", "C3"]);
    // What only the database knows, too.
    let rows = vec![
        texts(&["UPN", "Date", "AM", "PM"]),
        vec![Cell::Text(&upn), Cell::Text("2026-11-22"), Cell::Text("/"), Cell::Text("\\")],
    ];
    let import = office.refused("marks", workbook(&[("1", rows)]));
    assert_eq!(cells(&import), ["C2"], "a day that is closed is told once");
}

#[test]
fn a_file_that_only_looks_like_a_workbook_is_said_to_be_none() {
    let office = Office::open();
    let ole = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 1024]].concat();
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let whole = workbook(&[("1", vec![texts(&HEADER)])]);
    let zeros = vec![0_u8; 300 * 1024 * 1024];
    let many: Vec<String> = (0..10_001).map(|number| format!("xl/{number}.xml")).collect();
    // A room for each text that it says to have would be more than any memory.
    let endless = br#"<sst count="1" uniqueCount="99999999999"><si><t>upn</t></si></sst>"#;
    for (file, kind) in [
        (b"PK\x03\x04 is how an archive begins".to_vec(), "bad-workbook"),
        (whole[..whole.len() / 2].to_vec(), "bad-workbook"),
        (archive([("letter.txt", b"Dear all".as_slice())].into_iter()), "bad-workbook"),
        (ole.clone(), "bad-workbook"),
        ([ole, name].concat(), "protected-workbook"),
        (archive([("xl/workbook.xml", zeros.as_slice())].into_iter()), "file-too-large"),
        (archive(many.iter().map(|name| (name.as_str(), b"".as_slice()))), "file-too-large"),
        (archive([("xl/sharedStrings.xml", endless.as_slice())].into_iter()), "file-too-large"),
    ] {
        assert_eq!(problems(&office.refused("pupils", file)), [format!("1 - - {kind}")]);
    }
    let import =
        office.office.import(&format!("kind=pupils&school_id={}&sheet=x", office.school), b"upn\n");
    assert_eq!(problems(&import), ["1 - - unknown-sheet"]);
}
