//! Year groups: as schools write them, and which one a child's age belongs to.

use chrono::{Datelike, NaiveDate};

use crate::AcademicYear;

/// A year group as a file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearGroup {
    /// 7 for Year 7, 0 for reception, -1 for nursery.
    Of(i8),
    /// `X`: the pupil does not follow the national curriculum, and is in the year group of its age.
    ByAge,
}

impl YearGroup {
    /// Reads `7`, `Y7`, `Yr 7`, `Year 7`, `7.0`; `R`, `F2`, `FS2`, `Foundation`; `N`, `N1`, `N2`, `E1`, `E2`, `F1`,
    /// `FS1`; `X`.
    pub fn read(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let words = ["year", "yr", "y"].iter().find_map(|word| lower.strip_prefix(word));
        let words = words.unwrap_or(&lower).trim_start_matches('.').trim();
        Some(Self::Of(match words {
            "x" => return Some(Self::ByAge),
            "r" | "rec" | "reception" | "f2" | "fs2" | "foundation" | "foundation 2"
            | "foundation stage 2" => 0,
            // Early years and nursery, the first and the second year of each.
            "n" | "n1" | "n2" | "e1" | "e2" | "f1" | "fs1" | "nursery" | "nursery 1"
            | "nursery 2" | "foundation 1" | "foundation stage 1" | "-1" => -1,
            // A spreadsheet writes a whole number so that it has decimals.
            digits => {
                let digits = digits.strip_suffix(".0").unwrap_or(digits);
                let plain =
                    (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
                digits.parse().ok().filter(|group| plain && (0..=14).contains(group))?
            }
        }))
    }
}

/// The year group of a child's age: five on 31 August, Year 1 from September on.
pub fn year_group_of_age(birth_date: NaiveDate, year: AcademicYear) -> i8 {
    let ends_infancy = NaiveDate::from_ymd_opt(year.first_day().year(), 8, 31);
    let age = ends_infancy.and_then(|day| day.years_since(birth_date)).unwrap_or(0);
    i8::try_from(age).unwrap_or(i8::MAX).saturating_sub(4).clamp(-1, 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn year_groups_are_read_as_schools_write_them() {
        for (text, group) in [
            ("N1", -1),
            ("N2", -1),
            ("E1", -1),
            ("E2", -1),
            ("FS1", -1),
            ("F2", 0),
            ("FS2", 0),
            ("Foundation", 0),
            ("Yr R", 0),
            ("Yr 7", 7),
            ("yr7", 7),
            ("6.0", 6),
            ("Year 13", 13),
        ] {
            assert_eq!(YearGroup::read(text), Some(YearGroup::Of(group)), "{text}");
        }
        assert_eq!(YearGroup::read("X"), Some(YearGroup::ByAge));
        for text in ["", "Year", "6.5", "15", "Z", "F3", "7A"] {
            assert_eq!(YearGroup::read(text), None, "{text}");
        }
    }

    #[test]
    fn an_age_belongs_to_one_year_group() {
        let born =
            |text: &str| year_group_of_age(text.parse().unwrap(), AcademicYear::new(2026).unwrap());
        assert_eq!(
            [
                born("2021-08-31"),
                born("2021-09-01"),
                born("2015-03-14"),
                born("2024-01-01"),
                born("2000-01-01")
            ],
            [1, 0, 7, -1, 14]
        );
    }
}
