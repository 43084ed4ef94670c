//! Playing a scenario: what the engine does in its situation.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::policy::case::Case;
use crate::policy::decision::Decision;
use crate::policy::first_day::first_day;
use crate::policy::judge;
use crate::policy::letter::Letter;
use crate::policy::model::{Body, Policy};
use crate::policy::review::review;
use crate::policy::scenario::{Given, Scenario};
use crate::policy::sentence::{band_sentence, stage_sentence};
use crate::policy::step::step;
use crate::policy::word::Keeps;
use crate::{AcademicYear, Calendar, Days, SchoolWeek, Term};

/// All that the rules a scenario proves do in its situation, a line each.
pub fn play(
    policy: &Policy,
    letters: &BTreeMap<String, Letter>,
    scenario: &Scenario,
    calendars: &[Calendar],
) -> Vec<String> {
    let lines: Vec<String> = match &scenario.given {
        Given::Day(day, facts) => {
            let decisions = review(policy, letters, facts, *day, calendars);
            let case = facts.pupils.first().and_then(|pupil| pupil.case.as_ref());
            told(policy, scenario, &decisions, case, calendars)
        }
        Given::Absent(day, absentee) => {
            let decisions = first_day(policy, std::slice::from_ref(absentee), *day);
            decisions.iter().flat_map(|decision| decision.lines()).collect()
        }
        Given::Happened(pupil, happened) => match &pupil.case {
            None => vec!["the pupil has no case".to_owned()],
            Some(case) => match step(policy, letters, (pupil.id, case), &pupil.shield, happened) {
                Ok(decision) => told(policy, scenario, &[decision], Some(case), calendars),
                Err(error) => vec![error.to_string()],
            },
        },
        Given::BandOf(rate) => {
            let name = judge::band(policy, Some(*rate));
            let rows = policy.band_rows().filter(|(_, band)| Some(&band.name) == name.as_ref());
            rows.map(|(row, band)| format!("{}: {}", row.rule, band_sentence(band))).collect()
        }
        Given::Waits(stage) => match policy.stage(stage) {
            Some(stage) => vec![stage_sentence(stage)],
            None => vec![format!("there is no stage {stage:?}")],
        },
        Given::Promise => {
            let promise = |row: &crate::policy::Row| match &row.body {
                Body::Always(promise) => Some(format!("{}: {}", row.rule, promise.text)),
                _ => None,
            };
            policy.rows.iter().filter_map(promise).collect()
        }
    };
    let ours = |line: &String| {
        scenario.proves.iter().any(|rule| {
            line.strip_prefix(rule.as_str())
                .is_some_and(|rest| rest.starts_with(':') || rest.starts_with(" ("))
        })
    };
    // An error is nobody's line and always counts.
    let error = |line: &String| !policy.rows.iter().any(|row| line.starts_with(&row.rule));
    lines.into_iter().filter(|line| ours(line) || error(line)).collect()
}

/// What is proposed; or, when the scenario says who decides, what a yes to all of it records.
fn told(
    policy: &Policy,
    scenario: &Scenario,
    decisions: &[Decision],
    case: Option<&Case>,
    calendars: &[Calendar],
) -> Vec<String> {
    let Some((by, day)) = &scenario.decided else {
        return decisions.iter().flat_map(Decision::lines).collect();
    };
    let Some(promise) = policy.promise(Keeps::Record) else {
        return Vec::new();
    };
    let taken = decisions.iter().filter(|decision| decision.taking.is_some());
    let recorded = |decision: &Decision| match decision.take(case, by, *day, calendars) {
        Ok(events) => events.iter().map(|event| format!("{}: {event}", promise.rule)).collect(),
        Err(error) => vec![error.to_string()],
    };
    taken.flat_map(recorded).collect()
}

/// The school years that scenarios happen in, 2025/26 and 2026/27, so that every date in a
/// scenario means the same to everybody. `policies/README.md` shows them.
pub fn example_calendars() -> Vec<Calendar> {
    let years = [
        (
            2025,
            [
                ("Autumn term", [(2025, 9, 1), (2025, 12, 19), (2025, 10, 27), (2025, 10, 31)]),
                ("Spring term", [(2026, 1, 5), (2026, 3, 27), (2026, 2, 16), (2026, 2, 20)]),
                ("Summer term", [(2026, 4, 13), (2026, 7, 22), (2026, 5, 25), (2026, 5, 29)]),
            ],
        ),
        (
            2026,
            [
                ("Autumn term", [(2026, 9, 1), (2026, 12, 18), (2026, 10, 26), (2026, 10, 30)]),
                ("Spring term", [(2027, 1, 4), (2027, 3, 25), (2027, 2, 15), (2027, 2, 19)]),
                ("Summer term", [(2027, 4, 12), (2027, 7, 21), (2027, 5, 31), (2027, 6, 4)]),
            ],
        ),
    ];
    let day = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let term = |(name, [from, to, rest_from, rest_to]): (&str, [(i32, u32, u32); 4])| Term {
        name: name.to_owned(),
        from: day(from),
        to: day(to),
        half_term: Some(Days { from: day(rest_from), to: day(rest_to) }),
    };
    let calendar = |(year, terms): (i16, [_; 3])| {
        let terms = terms.into_iter().map(term).collect();
        Calendar::new(AcademicYear::new(year)?, terms, Vec::new(), SchoolWeek::default()).ok()
    };
    years.into_iter().filter_map(calendar).collect()
}
