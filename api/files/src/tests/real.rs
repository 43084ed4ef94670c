//! The readers against material that nobody wrote for them: csv-spectrum and the big list of
//! naughty strings.
//!
//! The material is not part of the repository. It is looked for in the folder that the environment
//! variable `ROLLCALL_REAL` names, or in `shared/real` beside the repository; a test without it
//! says so and passes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::decode::decode;
use crate::table::{Next, Table};

/// The folder of real material, if it is there.
fn real() -> Option<PathBuf> {
    let folder = std::env::var_os("ROLLCALL_REAL").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/real")),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no real material");
    None
}

/// One file of csv-spectrum holds a single row without a list around it.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Rows {
    Many(Vec<BTreeMap<String, String>>),
    One(BTreeMap<String, String>),
}

#[test]
fn csv_spectrum_is_read_as_it_says() {
    let Some(real) = real() else { return };
    let mut files = 0;
    for entry in std::fs::read_dir(real.join("csv-spectrum/csvs")).unwrap() {
        let path = entry.unwrap().path();
        let json = real.join("csv-spectrum/json").join(path.file_stem().unwrap());
        let json = std::fs::read(json.with_extension("json")).unwrap();
        let mut expected = match serde_json::from_slice(&json).unwrap() {
            Rows::Many(rows) => rows,
            Rows::One(row) => vec![row],
        };

        let bytes = std::fs::read(&path).unwrap();
        let decoded = decode(&bytes).unwrap_or_else(|problem| panic!("{problem:?}"));
        let mut table = Table::open(&decoded.text).unwrap_or_else(|p| panic!("{path:?}: {p:?}"));
        let header = table.header().to_vec();
        let mut found = Vec::new();
        loop {
            match table.next_row() {
                Next::End => break,
                Next::Fault(problem) => panic!("{path:?}: {problem:?}"),
                Next::Row(row) => {
                    let cells = header.iter().enumerate();
                    let cells = cells.map(|(at, name)| (name.clone(), row.raw(at).to_owned()));
                    found.push(cells.collect::<BTreeMap<_, _>>());
                }
            }
        }
        if path.ends_with("location_coordinates.csv") {
            // The two files of the collection give different telephone numbers.
            for row in found.iter_mut().chain(&mut expected) {
                assert!(row.remove("Contact Phone Number").is_some());
            }
        }
        assert_eq!(found, expected, "{path:?}");
        files += 1;
    }
    assert_eq!(files, 12);
}

fn naughty_strings() -> Option<Vec<String>> {
    let json = std::fs::read(real()?.join("blns.json")).unwrap();
    Some(serde_json::from_slice(&json).unwrap())
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// What fits a class's name.
fn class(naughty: &str) -> String {
    naughty.trim().chars().take(50).collect()
}

#[test]
fn a_naughty_name_is_kept_as_it_is_or_refused() {
    let Some(strings) = naughty_strings() else { return };
    let mut text = "upn,surname,forename,birth_date,year_group,first_day,class\n".to_owned();
    for (number, naughty) in (0..).zip(&strings) {
        let name = quoted(naughty);
        let class = quoted(&class(naughty));
        text.push_str(&format!("{},{name},{name},2014-01-01,4,2018-09-01,{class}\n", upn(number)));
    }
    // A byte order mark or NUL inside would be about the file and not the name.
    let reading = pupils(&text);
    let kept: BTreeMap<&str, &PupilRow> =
        reading.file.iter().map(|row| (row.upn.as_str(), row)).collect();
    let mut refused = 0;
    for (number, naughty) in (0..).zip(&strings) {
        match kept.get(upn(number).as_str()) {
            Some(row) => {
                assert_eq!(row.surname, domain::in_one_form(naughty.trim()));
                assert_eq!(row.forename, domain::in_one_form(naughty.trim()));
                let class = class(naughty);
                assert_eq!(row.class.as_deref(), Some(&*domain::in_one_form(class.trim())));
            }
            None => {
                refused += 1;
                let name = naughty.trim();
                let may_be = !name.is_empty()
                    && name.chars().count() <= 100
                    && !name.chars().any(domain::is_invisible);
                assert!(!may_be, "{naughty:?}");
            }
        }
    }
    assert!(refused < strings.len() / 5, "{refused} of {} refused", strings.len());
    for row in &reading.file {
        let key = domain::folded_name_key(&row.surname, &row.forename);
        assert!(!key.chars().any(char::is_whitespace) || key.contains(' '));
    }
}

#[test]
fn a_naughty_string_in_any_other_cell_is_a_problem_or_nothing() {
    let Some(strings) = naughty_strings() else { return };
    for naughty in &strings {
        let cell = quoted(naughty);
        for text in [
            format!("upn,date,session,mark\n{cell},{cell},{cell},{cell}\n"),
            format!("upn,week,marks,urn\n{cell},{cell},{cell},{cell}\n"),
            format!("{cell},upn,date,session,mark\n,{},2025-09-08,AM,/\n", upn(1)),
            naughty.clone(),
        ] {
            let reading = marks(&text);
            assert!(reading.file.len() <= 1);
            assert!(reading.problem_count > 0 || text.contains(&upn(1)));
        }
    }
}

#[test]
fn the_collected_unique_pupil_numbers_are_told_apart() {
    let Some(real) = real() else { return };
    let text = std::fs::read_to_string(real.join("upn_vectors.csv")).unwrap();
    let mut table = Table::open(&text).unwrap_or_else(|problem| panic!("{problem:?}"));
    let mut rows = 0;
    while let Next::Row(row) = table.next_row() {
        let reading =
            marks(format!("upn,date,session,mark\n{},2025-09-08,AM,/\n", quoted(row.cell(0))));
        let kind = reading.problems.first().map(|problem| problem.kind);
        let expected = match row.cell(2) {
            "bad-check" => Some(RowProblemKind::WrongUpnCheckLetter),
            "bad-format" => Some(RowProblemKind::BadUpnFormat),
            _ => None,
        };
        assert_eq!(kind, expected, "line {}", row.line);
        rows += 1;
    }
    assert!(rows > 10);
}
