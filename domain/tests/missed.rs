//! When a meeting that nobody came to counts, under the built-in policies (W-07, F-06, F-13).

#![expect(clippy::unwrap_used, reason = "a test that cannot read its policy fails")]

use chrono::NaiveDate;
use domain::policy::{Answers, Missed, built_in, example_calendars, missed, parse};

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn asked(key: &str, stage: &str, days: &[&str]) -> Missed {
    let folder = built_in().remove(key).unwrap();
    let (policy, _) = parse(&folder.policy, Answers::Examples);
    let days: Vec<NaiveDate> = days.iter().map(|day| date(day)).collect();
    missed(&policy, stage, &days, &example_calendars())
}

#[test]
fn a_policy_that_offers_again_itself_goes_on_at_once_w07_f06() {
    let (process, chart) = ("improvement-process", "flowchart");
    assert_eq!(asked(process, "Stage 3, meeting", &["2025-11-04"]), Missed::Counts);
    assert_eq!(asked(chart, "1: informal meeting", &["2025-11-04"]), Missed::Counts);
}

#[test]
fn elsewhere_two_offers_five_school_days_apart_have_to_be_missed_f13() {
    let again = Missed::OfferAgain { from: Some(date("2025-11-11")) };
    let at = |days: &[&str]| asked("flowchart", "2: improvement plan meeting", days);
    assert_eq!(at(&["2025-11-04"]), again);
    assert_eq!(at(&["2025-11-04", "2025-11-10"]), again);
    assert_eq!(at(&["2025-11-11", "2025-11-04"]), Missed::Counts);
    assert_eq!(at(&[]), Missed::OfferAgain { from: None });
}
