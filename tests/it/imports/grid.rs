//! The wide grid: a column a date and session.

use super::{Office, counts, notices, problems};
use crate::support::build::upn;

#[test]
fn marks_come_with_a_column_a_date_and_session() {
    for header in [
        "UPN,16/11/2026 AM,16/11/2026 PM,17/11/2026 AM,17/11/2026 PM",
        "UPN,2026-11-16 AM,2026-11-16 PM,2026-11-17 AM,2026-11-17 PM",
        "UPN,16/11/2026,,17/11/2026,\n,AM,PM,AM,PM",
    ] {
        let office = Office::open();
        let (ann, ben) = (office.pupil(1), office.pupil(2));
        let file = format!("{header}\n{},/,\\,I,\n{},L,-,c1,\\\n", upn(1), upn(2));
        let import = office.applied("marks", file);
        assert_eq!(
            (counts(&import), &import["result"]["rows"]),
            ("marks_added 6".into(), &2.into())
        );
        assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\", "2026-11-17 AM I"]);
        assert_eq!(office.marks(ben), ["2026-11-16 AM L", "2026-11-17 AM C1", "2026-11-17 PM \\"]);
    }
}

#[test]
fn the_year_of_a_column_is_found_from_its_weekday_and_told() {
    let office = Office::open();
    let ann = office.pupil(1);
    let file = format!("Name,UPN,Reg,Mon 16 Nov AM,Mon 16 Nov PM,%\nAli,{},6A,/,\\,100\n", upn(1));
    let import = office.applied("marks", file);
    assert_eq!(notices(&import), ["1 year-found 2", "1 ignored-columns 3"]);
    assert_eq!(
        import["result"]["notices"][0]["text"],
        "2 columns without a year: taken as 2026-11-16 to 2026-11-16."
    );
    assert_eq!(office.marks(ann), ["2026-11-16 AM /", "2026-11-16 PM \\"]);
}

#[test]
fn what_is_wrong_in_a_grid_names_its_column() {
    let office = Office::open();
    office.pupil(1);
    let header = "UPN,16/11/2026 AM,22/11/2026 AM,01/09/2026 AM,19/11/2026 PM";
    let import = office.refused("marks", format!("{header}\n{},!,,,\n", upn(1)));
    assert_eq!(problems(&import), ["2 16/11/2026 AM ! unknown-code"]);
    let import = office.refused("marks", format!("{header}\n{},/,/,,\\\n", upn(1)));
    assert_eq!(
        problems(&import),
        [
            "2 19/11/2026 PM \\ on 2026-11-19 PM future-mark",
            "2 22/11/2026 AM / on 2026-11-22 AM closed-day"
        ]
    );
    let doubled = format!("UPN,16/11/2026 AM,2026-11-16 AM\n{},/,/\n", upn(1));
    assert_eq!(problems(&office.refused("marks", doubled)), ["1 - - doubled-column"]);
}

#[test]
fn two_rows_of_a_pupil_that_differ_name_each_other() {
    let office = Office::open();
    office.pupil(1);
    let file = format!("UPN,16/11/2026 AM,16/11/2026 PM\n{0},/,\n{0},/,\\\n{0},I,\n", upn(1));
    let import = office.refused("marks", file);
    assert_eq!(problems(&import), ["4 16/11/2026 AM I rows-disagree"]);
    let expected = import["result"]["problems"][0]["expected"].as_str().unwrap();
    assert!(expected.starts_with("/ as on line 2"), "{expected}");
}
