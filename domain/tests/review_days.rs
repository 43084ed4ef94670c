//! On which days, and at what hour, the reviews of the built-in policies open.

use chrono::NaiveDate;
use domain::policy::{Answers, built_in, example_calendars, parse};
use domain::schedule::{day_after_stage, review_days};

/// Days of the first half term of 2025/26 on which a built-in policy's review opens, with the hour.
fn opens(folder: &str) -> Vec<String> {
    let (policy, _) = parse(&built_in()[folder].policy, Answers::Examples);
    let days = review_days(&policy, &example_calendars()).into_iter();
    let told = days.map(|(day, hour)| format!("{day} {}", hour.format("%H")));
    told.filter(|told| told.as_str() < "2025-10-26").collect()
}

#[test]
fn h_looks_on_the_wednesday_and_on_the_friday_before_half_term() {
    assert_eq!(opens("high-attendance"), ["2025-10-22 06", "2025-10-24 06"]);
}

#[test]
fn w_looks_when_the_last_day_of_the_half_term_is_over_and_o_a_term_later() {
    assert_eq!(opens("improvement-process"), ["2025-10-24 18"]);
    assert_eq!(opens("one-page"), Vec::<String>::new());
}

#[test]
fn s_looks_each_week_when_it_is_over_and_f_each_monday() {
    for (folder, weekday, hour) in [("strategy", "Fri", "18"), ("flowchart", "Mon", "06")] {
        let days = opens(folder);
        assert!((7..=9).contains(&days.len()), "{folder}: {days:?}");
        for told in days {
            let (day, at) = told.split_once(' ').unwrap();
            let day: NaiveDate = day.parse().unwrap();
            assert_eq!((day.format("%a").to_string().as_str(), at), (weekday, hour), "{day}");
        }
    }
}

#[test]
fn a_stage_is_looked_at_on_the_next_school_day_of_the_year() {
    let calendars = example_calendars();
    let after = |day: &str| day_after_stage(day.parse().unwrap(), &calendars).to_string();
    assert_eq!(after("2025-10-12"), "2025-10-13");
    // Half term lies between, and then the summer, in which nobody is asked to wait.
    assert_eq!(after("2025-10-26"), "2025-11-03");
    assert_eq!(after("2026-07-26"), "2026-07-27");
}
