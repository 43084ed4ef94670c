//! Bank holidays in England and Wales, offered when a school's calendar is drawn up.
//!
//! They are no rule: a school is closed on the days that its own calendar says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use crate::AcademicYear;

const TEXT: &str = include_str!("../bank_holidays.toml");

/// Calendar year, then date, then name.
type Table = BTreeMap<i32, BTreeMap<NaiveDate, String>>;

/// A test reads the file as well, so that it cannot be broken without notice.
static TABLE: LazyLock<Table> = LazyLock::new(|| read(TEXT).unwrap_or_default());

/// The bank holidays of an academic year in order, with their names.
///
/// Empty for a year that is not wholly known (known are 2016/17 to 2027/28), so that nobody takes
/// half a list for a whole one. Source: the GOV.UK bank holidays feed, division England and Wales
/// (Open Government Licence v3.0).
pub fn bank_holidays(year: AcademicYear) -> Vec<(NaiveDate, &'static str)> {
    let (Some(autumn), Some(rest)) =
        (TABLE.get(&year.first_day().year()), TABLE.get(&year.last_day().year()))
    else {
        return Vec::new();
    };
    autumn
        .iter()
        .chain(rest)
        .filter(|(date, _)| year.contains(**date))
        .map(|(date, name)| (*date, name.as_str()))
        .collect()
}

fn read(text: &str) -> Result<Table, toml::de::Error> {
    let years: BTreeMap<String, BTreeMap<NaiveDate, String>> = toml::from_str(text)?;
    Ok(years.into_iter().filter_map(|(year, days)| Some((year.parse().ok()?, days))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_file_holds_every_year_from_2016_to_2028_and_each_date_under_its_own_year() {
        let table = read(TEXT).unwrap();
        assert!(table.keys().copied().eq(2016..=2028));
        for (year, days) in table {
            assert!(days.len() >= 8, "{year}");
            assert!(days.keys().all(|date| date.year() == year), "{year}");
        }
    }

    #[test]
    fn an_academic_year_has_its_own_holidays_in_order() {
        let holidays = bank_holidays(AcademicYear::new(2025).unwrap());
        assert_eq!(holidays.len(), 8);
        assert_eq!(holidays.first(), Some(&(date("2025-08-25"), "Summer bank holiday")));
        assert_eq!(holidays.last(), Some(&(date("2026-05-25"), "Spring bank holiday")));
        assert!(holidays.is_sorted());
    }

    #[test]
    fn holidays_for_one_occasion_are_there() {
        let year = AcademicYear::new(2022).unwrap();
        let days: Vec<_> = bank_holidays(year).into_iter().map(|(date, _)| date).collect();
        assert!(days.contains(&date("2022-09-19")), "the State Funeral of Queen Elizabeth II");
        assert!(days.contains(&date("2023-05-08")), "the coronation of King Charles III");
    }

    #[test]
    fn a_year_that_is_not_wholly_known_has_none() {
        for year in [2015, 2028] {
            assert!(bank_holidays(AcademicYear::new(year).unwrap()).is_empty());
        }
    }
}
