//! Single cells: dates, pupil and school numbers, year groups, names.
//!
//! Each reader takes the cell without the white space around it and says in plain English what it
//! expected when it finds something else. An empty cell is the caller's business.

use chrono::{Datelike, Days, NaiveDate};
use domain::{AcademicYear, Session, Sex, Upn, UpnError, YearGroup, is_invisible};

use super::problem::{Fault, RowProblemKind};

/// How long a name may be, in characters.
const TEXT_LENGTH: usize = 100;

/// How long the name of a class may be, in characters.
const CLASS_LENGTH: usize = 50;

/// The youngest and the oldest a pupil may be on the first day at a school, in whole years. Wide
/// on purpose: it is there for slips of the century and for swapped columns.
const AGES_ON_FIRST_DAY: std::ops::RangeInclusive<u32> = 1..=20;

/// Reads `2025-09-08`, `08/09/2025` or `08-09-2025`, the day always before the month; and the
/// number that a spreadsheet has for a date when it is not shown as one, such as 45908.
pub(super) fn date(text: &str) -> Result<NaiveDate, Fault> {
    if let Some(days) = number(text).filter(|_| text.len() == 5) {
        // Day 0 is 30 December 1899: the spreadsheets count a 29 February 1900.
        let origin = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
        return Ok(origin + Days::new(days.into()));
    }
    let not_a_date = || bad_date("a date as 2025-09-08 or 08/09/2025");
    let (separator, [first, month, last]) = date_parts(text).ok_or_else(not_a_date)?;
    let (year, day) = match (first.len(), month.len(), last.len()) {
        (4, 2, 2) if separator == '-' => (first, last),
        (1 | 2, 1 | 2, 4) => (last, first),
        (1 | 2, 1 | 2, 2) if [first, month, last].iter().all(|part| number(part).is_some()) => {
            return Err(bad_date("a year of four digits, as in 2025-09-08 or 08/09/2025"));
        }
        _ => return Err(not_a_date()),
    };
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return Err(not_a_date());
    };
    let year = i32::try_from(year).map_err(|_| not_a_date())?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| match (month, day) {
        (13.., 1..=12) => bad_date("the day before the month, as in 2025-09-08 or 08/09/2025"),
        _ => bad_date("a day that exists"),
    })
}

/// The three parts of a date and what stands between them.
fn date_parts(text: &str) -> Option<(char, [&str; 3])> {
    // As they are mostly written, and there are millions: nothing has to be looked for.
    if let [_, _, _, _, b'-', _, _, b'-', _, _] = text.as_bytes() {
        return Some(('-', [text.get(..4)?, text.get(5..7)?, text.get(8..)?]));
    }
    let separator = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some((separator, three))
}

/// Digits only: no sign, no spaces.
fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn bad_date(expected: &'static str) -> Fault {
    Fault::new(RowProblemKind::BadDate, expected)
}

/// A date for which marks or roll facts can be recorded.
pub(super) fn date_on_record(text: &str) -> Result<NaiveDate, Fault> {
    date_in_a_year(date(text)?)
}

fn date_in_a_year(date: NaiveDate) -> Result<NaiveDate, Fault> {
    match AcademicYear::of(date) {
        Some(_) => Ok(date),
        None => Err(bad_date("a date between 1 August 1990 and 31 July 2200")),
    }
}

/// Whether someone born that day can start at a school that day.
///
/// # Errors
/// When the pupil would be younger than 1 or older than 20.
pub(super) fn check_age(birth_date: NaiveDate, first_day: NaiveDate) -> Result<(), Fault> {
    match first_day.years_since(birth_date) {
        Some(age) if AGES_ON_FIRST_DAY.contains(&age) => Ok(()),
        _ => Err(bad_date("a birth date that makes the pupil 1 to 20 years old on the first day")),
    }
}

/// Reads the day that names a week: it must be a Monday.
pub(super) fn week(text: &str) -> Result<NaiveDate, Fault> {
    let date = date_on_record(text)?;
    let monday = date - Days::new(u64::from(date.weekday().num_days_from_monday()));
    if date == monday {
        // The last week on record ends in a year that is not.
        return date_in_a_year(monday + Days::new(6)).map(|_| monday);
    }
    let expected = format!(
        "the Monday that starts the week: {} is in the week of {}",
        date.format("%A %-d %B %Y"),
        monday.format("%Y-%m-%d")
    );
    Err(Fault::new(RowProblemKind::WeekNotMonday, expected))
}

/// A half day in words, for messages: `Monday 8 September 2025, AM`.
pub(super) fn half_day_words(date: NaiveDate, session: Session) -> String {
    format!("{}, {session}", date.format("%A %-d %B %Y"))
}

/// Reads a unique pupil number; lower case is accepted.
pub(super) fn upn(text: &str) -> Result<Upn, Fault> {
    Upn::parse(text).map_err(|error| {
        let kind = match error {
            UpnError::Format => RowProblemKind::BadUpnFormat,
            UpnError::CheckLetter { .. } => RowProblemKind::WrongUpnCheckLetter,
        };
        Fault::new(kind, error.to_string())
    })
}

/// Reads a school's unique reference number: six digits.
pub(super) fn urn(text: &str) -> Result<&str, Fault> {
    if text.len() == 6 && number(text).is_some() {
        return Ok(text);
    }
    Err(Fault::new(RowProblemKind::BadUrn, "a school's URN: 6 digits"))
}

/// Reads a year group: reception is 0, nursery -1.
pub(super) fn year_group(text: &str) -> Result<YearGroup, Fault> {
    let expected = "a year group: N, R, 1 to 14 or X (7, Y7, Yr 7 and Year 7 are the same)";
    YearGroup::read(text).ok_or_else(|| Fault::new(RowProblemKind::BadYearGroup, expected))
}

/// Reads the year group of a pupil whose age is not known here.
pub(super) fn plain_year_group(text: &str) -> Result<i8, Fault> {
    match year_group(text)? {
        YearGroup::Of(group) => Ok(group),
        YearGroup::ByAge => {
            let expected = "a year group: N, R or 1 to 14; X is read in the file of pupils, which has their ages";
            Err(Fault::new(RowProblemKind::BadYearGroup, expected))
        }
    }
}

/// Reads an academic year: `2026`, `2026/27`, `2026-2027`.
pub(super) fn academic_year(text: &str) -> Result<AcademicYear, Fault> {
    let expected = "an academic year as 2026/27, or the year it starts in";
    let fault = || Fault::new(RowProblemKind::BadAcademicYear, expected);
    let (first, next) = match text.split_once(['/', '-']) {
        Some((first, next)) => (first, Some(next)),
        None => (text, None),
    };
    let start = number(first).filter(|_| first.len() == 4).ok_or_else(fault)?;
    let follows = next.is_none_or(|next| match next.len() {
        2 => number(next) == Some((start + 1) % 100),
        4 => number(next) == Some(start + 1),
        _ => false,
    });
    let year = i16::try_from(start).ok().and_then(AcademicYear::new);
    year.filter(|_| follows).ok_or_else(fault)
}

/// Reads yes or no, as people and school systems write it.
pub(super) fn yes_or_no(text: &str) -> Result<bool, Fault> {
    match text.to_lowercase().as_str() {
        "y" | "yes" | "t" | "true" | "1" => Ok(true),
        "n" | "no" | "f" | "false" | "0" => Ok(false),
        _ => Err(Fault::new(RowProblemKind::BadYesNo, "Y or N (T or F, 1 or 0)")),
    }
}

/// Reads a pupil's sex; `U` stands for not known.
pub(super) fn sex(text: &str) -> Result<Option<Sex>, Fault> {
    match text.to_lowercase().as_str() {
        "f" | "female" => Ok(Some(Sex::Female)),
        "m" | "male" => Ok(Some(Sex::Male)),
        "u" | "unknown" | "not known" => Ok(None),
        _ => Err(Fault::new(RowProblemKind::BadSex, "F, M, or nothing when not known")),
    }
}

/// Reads a session: `AM`, `a`, or a text with AM or PM as one of its words (`Roll call AM`).
///
/// 1 and 2 are not accepted: some systems number the sessions of a day, others its lessons.
pub(super) fn session(text: &str) -> Result<Session, Fault> {
    let lower = text.to_ascii_lowercase();
    let mut found = match lower.as_str() {
        "a" | "a.m." => return Ok(Session::Am),
        "p" | "p.m." => return Ok(Session::Pm),
        words => words.split(|c: char| !c.is_alphanumeric()).filter_map(|word| match word {
            "am" | "morning" => Some(Session::Am),
            "pm" | "afternoon" => Some(Session::Pm),
            _ => None,
        }),
    };
    match (found.next(), found.next()) {
        (Some(session), None) => Ok(session),
        _ => Err(Fault::new(RowProblemKind::BadSession, "the session: AM or PM")),
    }
}

/// Reads a name: any characters but control and invisible ones, at most 100 of them. A line break in its cell is a space,
/// as it is in a workbook.
pub(super) fn text(text: &str) -> Result<String, Fault> {
    let text = text.replace("\r\n", " ").replace(['\n', '\r'], " ");
    if text.chars().any(is_invisible) {
        let expected = "no tabs, other control characters or invisible characters";
        return Err(Fault::new(RowProblemKind::BadText, expected));
    }
    if text.chars().count() > TEXT_LENGTH {
        return Err(Fault::new(RowProblemKind::BadText, "at most 100 characters"));
    }
    Ok(text)
}

/// Reads the name of a class: as [`text`], at most 50 characters.
pub(super) fn class(name: &str) -> Result<String, Fault> {
    if name.chars().count() > CLASS_LENGTH {
        return Err(Fault::new(RowProblemKind::BadText, "at most 50 characters"));
    }
    text(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn dates_are_iso_or_day_first() {
        for text in ["2025-09-08", "08/09/2025", "8/9/2025", "08-09-2025", "8-09-2025"] {
            assert_eq!(date(text), Ok(day(2025, 9, 8)), "{text}");
        }
        assert_eq!(date("29/02/2024"), Ok(day(2024, 2, 29)));
        assert_eq!(date("45908"), Ok(day(2025, 9, 8)));
    }

    #[test]
    fn what_is_wrong_with_a_date_is_said() {
        let expected = |text: &str| date(text).unwrap_err().expected;
        assert_eq!(expected("08/09/25"), expected("8-9-25"));
        assert!(expected("08/09/25").contains("four digits"));
        assert!(expected("31/09/2025").contains("a day that exists"));
        assert!(expected("09/13/2025").contains("day before the month"));
        assert!(expected("29/02/2025").contains("a day that exists"));
        for text in [
            "",
            "-",
            "8 September 2025",
            "2025/09/08",
            "+8/09/2025",
            "2025-9-8",
            "08/09-2025",
            "٨/9/2025",
        ] {
            assert!(expected(text).starts_with("a date as"), "{text}");
        }
    }

    #[test]
    fn dates_on_record_are_those_of_academic_years() {
        assert!(date_on_record("1990-08-01").is_ok() && date_on_record("31/07/2200").is_ok());
        assert!(date_on_record("1990-07-31").is_err() && date_on_record("01/08/2200").is_err());
    }

    #[test]
    fn a_week_is_named_by_its_monday() {
        assert_eq!(week("2025-09-08"), Ok(day(2025, 9, 8)));
        let fault = week("14/09/2025").unwrap_err();
        assert_eq!(fault.kind, RowProblemKind::WeekNotMonday);
        assert!(fault.expected.ends_with("Sunday 14 September 2025 is in the week of 2025-09-08"));
    }

    #[test]
    fn ages_catch_a_slip_of_the_century() {
        assert!(check_age(day(2020, 9, 1), day(2025, 9, 1)).is_ok());
        assert!(check_age(day(1920, 9, 1), day(2025, 9, 1)).is_err());
        assert!(check_age(day(2025, 9, 1), day(2020, 9, 1)).is_err());
    }

    #[test]
    fn a_wrong_check_letter_names_the_right_one() {
        assert!(upn("b801200005001").is_ok());
        let fault = upn("A801200005001").unwrap_err();
        assert_eq!(fault.kind, RowProblemKind::WrongUpnCheckLetter);
        assert!(fault.expected.ends_with('B'));
        assert_eq!(upn("801200005001").unwrap_err().kind, RowProblemKind::BadUpnFormat);
    }

    #[test]
    fn year_groups_are_read_as_schools_write_them() {
        for (text, group) in [
            ("R", 0),
            ("reception", 0),
            ("0", 0),
            ("Year R", 0),
            ("N", -1),
            ("Nursery", -1),
            ("-1", -1),
            ("7", 7),
            ("07", 7),
            ("Year 7", 7),
            ("Y7", 7),
            ("YEAR 14", 14),
        ] {
            assert_eq!(plain_year_group(text), Ok(group), "{text}");
        }
        for text in ["", "15", "Year", "7A", "-2", "+7", "007", "YY7", "Year Year 7"] {
            assert!(year_group(text).is_err(), "{text}");
        }
    }

    #[test]
    fn academic_years_are_read_as_schools_write_them() {
        for text in ["2026", "2026/27", "2026-27", "2026/2027", "2026-2027"] {
            assert_eq!(academic_year(text).map(AcademicYear::number), Ok(2026), "{text}");
        }
        assert_eq!(academic_year("2099/00").map(AcademicYear::number), Ok(2099));
        for text in ["", "26/27", "2026/28", "2026/7", "2026/2028", "1989", "Year 7"] {
            assert!(academic_year(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sessions_are_read_from_the_names_of_registers() {
        for text in ["AM", "am", "a", "A.M.", "Roll call AM", "AM registration", "Morning"] {
            assert_eq!(session(text), Ok(Session::Am), "{text}");
        }
        assert_eq!(session("Roll call PM"), Ok(Session::Pm));
        for text in ["", "1", "2", "AM/PM", "Camp", "P1", "roll a"] {
            assert_eq!(session(text).unwrap_err().kind, RowProblemKind::BadSession, "{text}");
        }
    }

    #[test]
    fn names_may_be_anything_but_control_characters() {
        assert_eq!(text("O’Brien-Łukasz 🙂 田中"), Ok("O’Brien-Łukasz 🙂 田中".to_owned()));
        assert!(text(&"é".repeat(100)).is_ok() && text(&"é".repeat(101)).is_err());
        assert_eq!(text("Ann\r\nBell"), Ok("Ann Bell".to_owned()));
        assert!(text("Ann\tBell").is_err() && text("Ann\u{85}").is_err());
        assert!(text("Sm\u{200b}ith").is_err() && text("\u{202e}Ann").is_err());
    }

    #[test]
    fn sex_and_urn_are_read_strictly() {
        assert_eq!(sex("Female"), Ok(Some(Sex::Female)));
        assert_eq!(sex("m").map(|sex| sex.map(Sex::text)), Ok(Some("M")));
        assert_eq!(sex("U"), Ok(None));
        assert!(sex("X").is_err());
        assert_eq!(urn("100000"), Ok("100000"));
        assert!(urn("10000").is_err() && urn("1O0000").is_err());
    }
}
