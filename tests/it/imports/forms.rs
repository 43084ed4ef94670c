//! The forms that files come in: shapes, separators, encodings, and the names of columns.

use super::{Office, counts, notices};
use crate::support::build::{calendar, upn};

#[test]
fn marks_come_as_a_row_a_mark() {
    let office = Office::open();
    let ann = office.pupil(1);
    let file = format!(
        "upn,date,session,mark\n{0},2026-11-16,AM,/\n{0},16/11/2026,PM,\\\n{0},2026-11-17,am,c1\n\
         {0},2026-11-17,PM,-\n{0},17-11-2026,p,\n",
        upn(1)
    );
    let import = office.applied("marks", file);
    assert_eq!(counts(&import), "marks_added 3");
    assert_eq!(import["result"]["rows"], 5);
    assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\", "2026-11-17 AM C1"]);
}

#[test]
fn marks_come_as_a_row_a_day() {
    let office = Office::open();
    let (ann, ben) = (office.pupil(1), office.pupil(2));
    let file = format!(
        "upn,date,am,pm\n{0},2026-11-16,/,\\\n{1},2026-11-16,I,I\n{0},2026-11-17,L,\n",
        upn(1),
        upn(2)
    );
    assert_eq!(counts(&office.applied("marks", file)), "marks_added 5");
    assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\", "2026-11-17 AM L"]);
    assert_eq!(office.marks(ben), ["2026-11-16 AM I", "2026-11-16 PM I"]);
}

#[test]
fn marks_come_as_a_row_a_pupil_week_from_monday_to_friday() {
    let office = Office::open();
    let ann = office.pupil(1);
    // A digit belongs to the letter before it; a hyphen, a full stop or a space is no mark.
    let file = format!("upn,week,marks\n{},2026-11-09,/\\LUC1c2-. Y7\n", upn(1));
    assert_eq!(counts(&office.applied("marks", file)), "marks_added 7");
    assert_eq!(
        office.marks(ann),
        [
            "2026-11-09 AM /",
            "2026-11-09 PM \\",
            "2026-11-10 AM L",
            "2026-11-10 PM U",
            "2026-11-11 AM C1",
            "2026-11-11 PM C2",
            "2026-11-13 PM Y7"
        ]
    );
}

#[test]
fn a_school_that_is_open_on_saturday_sends_fourteen_marks_a_week() {
    let office = Office::open();
    let ann = office.pupil(1);
    let mut saturdays = calendar();
    let (open, closed) = ([true, true], [false, false]);
    saturdays["week"] = serde_json::json!([open, open, open, open, open, [true, false], closed]);
    let path = format!("/v1/schools/{}/calendar/2026", office.school);
    office.office.put(&path, &saturdays).expect(200);
    let file = format!("upn,week,marks\n{},2026-11-09,----------/---\n", upn(1));
    assert_eq!(counts(&office.applied("marks", file)), "marks_added 1");
    assert_eq!(office.marks(ann), ["2026-11-14 AM /"]);
}

#[test]
fn a_file_may_be_utf8_with_or_without_a_mark_utf16_or_windows_1252() {
    let text = format!(
        "upn,surname,forename,birth_date,year_group,first_day,class\n\
         {},Núñez,Zoë,2015-03-14,6,2026-09-02,6A\n",
        upn(1)
    );
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let windows_1252: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (bytes, told) in [
        (text.clone().into_bytes(), vec![]),
        (format!("\u{feff}{text}").into_bytes(), vec![]),
        (utf16(u16::to_le_bytes), vec![]),
        (utf16(u16::to_be_bytes), vec![]),
        // The sender is told, so that a spoilt name is noticed.
        (windows_1252, vec!["2 read-as-windows1252 1"]),
    ] {
        let office = Office::open();
        let import = office.applied("pupils", bytes);
        assert_eq!(notices(&import), told);
        assert_eq!(office.names(), ["Núñez Zoë 2015-03-14"]);
    }
}

#[test]
fn cells_are_parted_by_commas_semicolons_or_tabs_and_may_be_quoted() {
    for separator in [",", ";", "\t"] {
        let office = Office::open();
        let (ann, quoted) = (office.pupil(1), "\"\\\"");
        let header = ["upn", "date", "am", "pm"].join(separator);
        let row = [&upn(1), "2026-11-16", "/", quoted].join(separator);
        let import = office.applied("marks", format!("{header}\r\n{row}\r\n\r\n"));
        assert_eq!(
            (counts(&import), &import["result"]["rows"]),
            ("marks_added 2".into(), &1.into())
        );
        assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\"]);
    }
}

#[test]
fn pupils_come_with_the_column_names_of_the_big_school_systems() {
    for (system, header, row, left_aside) in [
        (
            "SIMS",
            "Adno,UPN,Legal Surname,Legal Forename,Year,Reg,DOB,DOA",
            "001234,UPN,Okafor,Ada,Year 6,6A,14/03/2015,02/09/2026",
            vec!["1 ignored-columns 1"],
        ),
        (
            "Arbor",
            "Unique Pupil Number,Legal Last Name,Legal First Name,Date of Birth,Legal Sex,Year Group,Registration Form,Admission Date",
            "UPN,Okafor,Ada,14/03/2015,Female,Year 6,6A,02/09/2026",
            vec![],
        ),
        (
            "Bromcom",
            "Admission No,UPN,Last Name,First Name,Date Of Birth,Gender,Tutor Group,NC Year,Date of Admission",
            "1234,UPN,Okafor,Ada,14/03/2015,F,6A,6,02/09/2026",
            vec!["1 ignored-columns 1"],
        ),
    ] {
        let office = Office::open();
        let row = row.replace("UPN", &upn(1));
        let import = office.applied("pupils", format!("{header}\n{row}\n"));
        assert_eq!(
            counts(&import),
            "enrolments_added 1, placements_added 1, pupils_added 1",
            "{system}"
        );
        assert_eq!(notices(&import), left_aside, "{system}");
        assert_eq!(office.names(), ["Okafor Ada 2015-03-14"], "{system}");
    }
}

#[test]
fn marks_come_with_the_column_names_of_the_big_school_systems() {
    for (system, header, row) in [
        ("SIMS", "Adno,UPN,Date,Session,Mark", "001234,UPN,16/11/2026,AM,/"),
        ("Arbor", "Student,UPN,Date,Event,Mark", "Ada Okafor,UPN,16/11/2026,Roll call AM,/"),
        (
            "Bromcom",
            "Admission No,UPN,Full Name,Tutor Group,Date,AM,PM",
            "1,UPN,Ada,6A,16/11/2026,/,",
        ),
        ("weeks", "UPN,Week Commencing,Marks", "UPN,16/11/2026,/---------"),
    ] {
        let office = Office::open();
        let ada = office.pupil(1);
        let row = row.replace("UPN", &upn(1));
        assert_eq!(
            counts(&office.applied("marks", format!("{header}\n{row}\n"))),
            "marks_added 1",
            "{system}"
        );
        assert_eq!(office.marks(ada), ["2026-11-16 AM /"], "{system}");
    }
}
