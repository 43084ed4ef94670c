//! Compulsory school age: Education Act 1996, section 8, and the orders made under it.
//!
//! It begins on the first of 31 December, 31 March and 31 August that is the fifth birthday or comes after it, and ends on
//! the last Friday in June of the school year in which the pupil becomes 16.

use chrono::{Datelike, Days as DayCount, Months, NaiveDate, Weekday};

/// The prescribed days of a year: Education (Start of Compulsory School Age) Order 1998.
const PRESCRIBED: [(u32, u32); 3] = [(3, 31), (8, 31), (12, 31)];

/// Whether somebody born on a day is of compulsory school age on another.
pub fn is_of_compulsory_age(born: NaiveDate, day: NaiveDate) -> bool {
    let bounds = begins(born).zip(ends(born));
    bounds.is_some_and(|(first, last)| first <= day && day <= last)
}

/// The first day of compulsory school age.
fn begins(born: NaiveDate) -> Option<NaiveDate> {
    let five = born.checked_add_months(Months::new(5 * 12))?;
    let days = [five.year(), five.year() + 1].into_iter().flat_map(|year| {
        PRESCRIBED
            .into_iter()
            .filter_map(move |(month, day)| NaiveDate::from_ymd_opt(year, month, day))
    });
    days.filter(|day| *day >= five).min()
}

/// The school leaving date.
fn ends(born: NaiveDate) -> Option<NaiveDate> {
    let sixteen = born.checked_add_months(Months::new(16 * 12))?;
    // A school year begins in September.
    let june = if sixteen.month() >= 9 { sixteen.year() + 1 } else { sixteen.year() };
    let last = NaiveDate::from_ymd_opt(june, 6, 30)?;
    let since_friday = last.weekday().days_since(Weekday::Fri);
    last.checked_sub_days(DayCount::new(u64::from(since_friday)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn of_age(born: &str, first: &str, last: &str) {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (born, first, last) = (day(born), day(first), day(last));
        let of_age: Vec<NaiveDate> = born
            .iter_days()
            .take_while(|day| day.year() <= born.year() + 18)
            .filter(|day| is_of_compulsory_age(born, *day))
            .collect();
        assert_eq!((of_age.first(), of_age.last()), (Some(&first), Some(&last)));
        assert_eq!(of_age.len(), first.iter_days().take_while(|day| *day <= last).count());
    }

    #[test]
    fn it_begins_on_the_prescribed_day_and_ends_on_the_last_friday_in_june() {
        of_age("2020-08-31", "2025-08-31", "2036-06-27");
        of_age("2020-09-01", "2025-12-31", "2037-06-26");
        of_age("2021-01-01", "2026-03-31", "2037-06-26");
        of_age("2020-12-31", "2025-12-31", "2037-06-26");
        of_age("2020-02-29", "2025-03-31", "2036-06-27");
    }
}
