//! The file of all pupils of the trust: where they are on roll, in which class, and what is known of them from when.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::facts::Facts;
use super::files::File;
use super::placement::{Placement, placement};
use super::pupil::Pupil;
use super::roll::{Enrolment, Roll};
use super::table::Table;
use super::{Plan, SchoolPlan};

/// The first columns; those of [`Facts::COLUMNS`] follow. A pupil has a row for every enrolment and academic year, and
/// one for every day on which something else changes: `from` is the day from which the row holds, `last_day` is empty
/// while on roll.
const COLUMNS: [&str; 12] = [
    "urn",
    "upn",
    "surname",
    "forename",
    "birth_date",
    "sex",
    "first_day",
    "last_day",
    "from",
    "class",
    "year_group",
    "registration",
];

/// The pupils as they are known on `today`.
pub(super) fn pupils_file(plan: &Plan, roll: &Roll, years: (i16, i16), today: NaiveDate) -> File {
    let mut table = Table::new(&[&COLUMNS[..], &Facts::COLUMNS[..]].concat());
    for enrolment in &roll.enrolments {
        let (Some(school), Some(pupil)) =
            (plan.schools.get(enrolment.school), roll.pupils.get(enrolment.pupil))
        else {
            continue;
        };
        for year in years.0..=years.1 {
            if let Some(placement) = placement(school, enrolment, year) {
                for from in days_of_rows(&placement, &pupil.facts, today) {
                    pupil_row(&mut table, school, pupil, enrolment, (&placement, from));
                }
            }
        }
    }
    File { name: "pupils.csv".to_owned(), kind: "pupils", bytes: table.into_bytes() }
}

/// The days up to `today` on which a row of a placement begins to hold.
fn days_of_rows(placement: &Placement, facts: &Facts, today: NaiveDate) -> BTreeSet<NaiveDate> {
    let changes = facts.changes().filter(|day| placement.from <= *day && *day <= placement.to);
    changes.chain([placement.from]).filter(|day| *day <= today).collect()
}

fn pupil_row(
    table: &mut Table,
    school: &SchoolPlan,
    pupil: &Pupil,
    enrolment: &Enrolment,
    (placement, from): (&Placement, NaiveDate),
) {
    let year_group = match placement.year_group {
        0 => "R".to_owned(),
        number => number.to_string(),
    };
    let row = [
        &school.urn,
        &pupil.upn,
        pupil.surname,
        pupil.forename,
        &pupil.birth_date.to_string(),
        pupil.sex,
        &enrolment.first_day.to_string(),
        &enrolment.last_day.map(|day| day.to_string()).unwrap_or_default(),
        &from.to_string(),
        &placement.class,
        &year_group,
        enrolment.registration.text(),
    ];
    table.row(&[&row[..], &pupil.facts.on(from)[..]].concat());
}
