//! Who is counted under which definition.

use super::{Trust, cell, counts};

const PRESENT: &str = "/\\/\\/\\/\\/\\";

#[test]
fn the_department_counts_who_is_5_to_15_on_31_august_and_on_roll_is_everybody() {
    for (birth_date, counted) in [
        ("2021-09-01", false), // still 4: reception
        ("2021-08-31", true),  // 5 that day
        ("2010-09-01", true),  // still 15
        ("2010-08-31", false), // 16 that day: the sixth form
    ] {
        let trust = Trust::new();
        trust.roll(&[(1, birth_date, "1", "1A", "2026-09-02")]);
        trust.marks(&[(1, "2026-11-09", PRESENT)]);
        for (definition, counted) in
            [("dfe-daily", counted), ("dfe-census", counted), ("on-roll", true)]
        {
            let question = format!("window=year_to_date&definition={definition}");
            let cell = trust.cell(&question, "trust", "year-to-date");
            let expected = if counted { [10, 1] } else { [0, 0] };
            let found = [&cell["possible"], &cell["persistence"]["enrolments"]];
            assert_eq!(found.map(|n| n.as_u64().unwrap()), expected, "{birth_date} {definition}");
        }
    }
}

#[test]
fn the_census_leaves_out_year_11_and_new_starters_in_the_sixth_half_term() {
    let trust = Trust::new();
    trust.app.clock.set("2027-06-30T10:00:00Z");
    trust.roll(&[
        (1, "2010-09-01", "11", "11A", "2026-09-02"),
        (2, "2011-09-01", "10", "10A", "2026-09-02"),
        (3, "2011-09-01", "10", "10A", "2027-06-07"),
    ]);
    trust.marks(&[
        (1, "2027-05-10", PRESENT),
        (2, "2027-05-10", PRESENT),
        (1, "2027-06-14", "/\\/\\/\\/---"),
        (2, "2027-06-14", PRESENT),
        (3, "2027-06-14", "/\\/\\/\\----"),
    ]);
    let possible = |definition: &str| {
        let trend = trust.trend(&format!("window=half_term&definition={definition}"));
        ["half-term-5", "half-term-6"]
            .map(|key| counts(&cell(&trend, "trust", key), ["possible"])[0])
    };
    assert_eq!(possible("on-roll"), [20, 10 + 7 + 6]);
    assert_eq!(possible("dfe-daily"), [20, 10 + 7 + 6]);
    assert_eq!(possible("dfe-census"), [20, 10]);
    // Those left out of the sixth half term were there before: Year 11 stays in the year.
    let year = trust.cell("window=year_to_date&definition=dfe-census", "trust", "year-to-date");
    assert_eq!(super::persistence(&year["persistence"]), [2, 0, 0]);
}

#[test]
fn a_window_begins_to_be_listed_on_its_first_day() {
    let trust = Trust::new();
    let keys = || {
        let windows = trust.trend("window=term")["windows"].take();
        let keys = windows.as_array().unwrap().iter().map(|one| one["key"].clone());
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys(), ["term-1"]);
    trust.app.clock.set("2027-01-03T23:00:00Z");
    assert_eq!(keys(), ["term-1"]);
    trust.app.clock.set("2027-01-04T00:30:00Z");
    assert_eq!(keys(), ["term-1", "term-2"]);
}
