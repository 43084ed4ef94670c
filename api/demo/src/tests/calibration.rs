//! The generated last academic year against the published figures, each within a tenth.

use std::sync::LazyLock;

use super::count::{PHASES, Sample, Tally};
use super::published::{
    CODES, DUAL, FRIDAYS, GROUPS, LATE, OVERALL, PERSISTENT, SECONDARY_PRESENT, SEVERE, SHARES,
    SINCE_THE_BANDS, UNAUTHORISED, WEEKDAYS, WEEKS, YEAR_GROUPS,
};
use super::{Size, TODAY, date, files, plan};

/// How far a generated figure may be from the published one, as a part of it.
const TOLERANCE: f64 = 0.1;
/// Codes that are rarer than this in a phase, in percent of its sessions, are compared in all phases together.
const RARE: f64 = 0.05;
/// The academic year that is whole on the day of the demonstration.
const YEAR: i16 = 2025;

/// Forty families of schools, without most of the mainstream ones: with about 40,000 pupils of primary, 30,000 of
/// secondary and 5,000 of special schools, chance moves no figure by more than a few parts in a hundred.
static LARGE: LazyLock<Sample> = LazyLock::new(|| {
    let today = date(TODAY);
    let mut plan = plan(42, Size::new(500, None).unwrap(), today);
    let mut kept = [0, 0, 0];
    plan.schools.retain(|school| {
        let phase = PHASES.iter().position(|phase| *phase == school.phase).unwrap();
        kept[phase] += 1;
        kept[phase] <= [120, 24, 41][phase]
    });
    plan.schools.iter_mut().for_each(|school| school.calendars.truncate(1));
    Sample::count(&plan, files(&plan, 42, today), YEAR)
});

/// Compares figures, and tells all that are too far apart at once.
#[derive(Default)]
struct Comparison {
    compared: usize,
    apart: Vec<String>,
}

impl Comparison {
    fn near(&mut self, what: &str, generated: f64, published: f64) {
        println!("{what}: {generated:.4} against {published:.4}");
        self.compared += 1;
        // No figure at all (NaN) is not near either.
        let is_near = (generated - published).abs() <= published * TOLERANCE;
        if !is_near {
            self.apart.push(format!("{what}: {generated:.4} against {published:.4}"));
        }
    }

    fn end(&self) {
        assert!(self.compared > 0 && self.apart.is_empty(), "{:#?}", self.apart);
    }
}

/// How often a session of each phase counts in figures of all phases.
fn weights(sample: &Sample) -> [f64; 3] {
    let all: f64 = SHARES.iter().sum();
    [0, 1, 2].map(|phase| SHARES[phase] / all / sample.possible(phase) * 1_000_000.0)
}

/// A code's share of possible sessions in a phase.
fn code_share(sample: &Sample, phase: usize, code: &str) -> f64 {
    let is_code = |mark: &str| mark == code || (code == "/\\" && (mark == "/" || mark == "\\"));
    sample.share(phase, |marks| is_code(&marks.mark), |marks| marks.counts.possible())
}

/// A figure of all phases from those of each.
fn in_all(by_phase: [f64; 3]) -> f64 {
    let shares: f64 = SHARES.iter().sum();
    by_phase.iter().zip(SHARES).map(|(figure, share)| figure * share).sum::<f64>() / shares
}

#[test]
fn each_code_is_as_frequent_as_published() {
    let mut comparison = Comparison::default();
    for (code, by_phase) in CODES {
        let generated = [0, 1, 2].map(|phase| code_share(&LARGE, phase, code));
        comparison.near(&format!("{code} in all"), in_all(generated), in_all(by_phase));
        for (phase, name) in PHASES.into_iter().enumerate() {
            let what = format!("{code} in {name} schools");
            if by_phase[phase] == 0.0 {
                assert!(generated[phase] == 0.0, "{what}: {}", generated[phase]);
            } else if by_phase[phase] >= RARE {
                comparison.near(&what, generated[phase], by_phase[phase]);
            }
        }
    }
    for (code, published) in SECONDARY_PRESENT {
        comparison.near(
            &format!("{code} in secondary schools"),
            code_share(&LARGE, 1, code),
            published,
        );
    }
    for (phase, published) in DUAL.into_iter().enumerate() {
        comparison.near(
            &format!("D in {} schools", PHASES[phase]),
            code_share(&LARGE, phase, "D"),
            published,
        );
    }
    comparison.end();
}

#[test]
fn absence_by_phase_is_as_published() {
    let mut comparison = Comparison::default();
    for (phase, name) in PHASES.into_iter().enumerate() {
        let tally = LARGE.year(phase, |_| true);
        let unauthorised: f64 =
            ["G", "N", "O", "U"].iter().map(|code| code_share(&LARGE, phase, code)).sum();
        let late: f64 = ["L", "U"].iter().map(|code| code_share(&LARGE, phase, code)).sum();
        for (what, generated, published) in [
            ("overall", tally.overall(), OVERALL),
            ("unauthorised", unauthorised, UNAUTHORISED),
            ("persistent", tally.persistent(), PERSISTENT),
            ("severe", tally.severe(), SEVERE),
            ("late", late, LATE),
        ] {
            comparison.near(&format!("{what}, {name}"), generated, published[phase]);
        }
    }
    comparison.end();
}

#[test]
fn absence_by_year_group_is_as_published() {
    let mut comparison = Comparison::default();
    for (group, persistent, severe) in YEAR_GROUPS {
        let phase = usize::from(group.parse::<u8>().unwrap() > 6);
        let tally = LARGE.year(phase, |one| one.year_group == group);
        let since = SINCE_THE_BANDS[phase];
        comparison.near(
            &format!("year {group} persistent"),
            tally.persistent(),
            persistent * since,
        );
        comparison.near(&format!("year {group} severe"), tally.severe(), severe);
    }
    comparison.end();
}

#[test]
fn groups_are_as_far_apart_as_published() {
    let weights = weights(&LARGE);
    let mut comparison = Comparison::default();
    for (group, overall, persistent) in GROUPS {
        let mut tally = Tally::default();
        for one in &LARGE.enrolments {
            let belongs = match group {
                "fsm" => one.fsm,
                "no fsm" => !one.fsm,
                "ehcp" => one.sen == "E",
                "sen support" => one.sen == "K",
                _ => one.sen == "N",
            };
            if belongs {
                tally.add(one.autumn, weights[one.phase]);
            }
        }
        comparison.near(&format!("{group} overall"), tally.overall(), overall);
        comparison.near(&format!("{group} persistent"), tally.persistent(), persistent);
    }
    comparison.end();
}

/// Absence of all phases in the sessions that fit, in percent.
fn absence_when(wanted: impl Fn(&super::count::Marks) -> bool) -> f64 {
    in_all([0, 1, 2].map(|phase| {
        LARGE.share(
            phase,
            |marks| marks.counts.absent() && wanted(marks),
            |marks| marks.counts.possible() && wanted(marks),
        )
    }))
}

#[test]
fn the_year_has_the_published_seasons() {
    let mut comparison = Comparison::default();
    for (week, published) in WEEKS {
        comparison.near(
            &format!("week {week}"),
            absence_when(|marks| marks.iso_week == week),
            published,
        );
    }
    comparison.end();
}

#[test]
fn the_week_has_the_published_shape() {
    let mut comparison = Comparison::default();
    let days = [0, 1, 2, 3, 4].map(|day| absence_when(|marks| marks.place / 2 == day));
    let mean = |days: &[f64]| days.iter().sum::<f64>() / days.len() as f64;
    for (day, published) in WEEKDAYS.into_iter().enumerate() {
        let against_mean = 100.0 * published / mean(&WEEKDAYS);
        comparison.near(&format!("weekday {day}"), 100.0 * days[day] / mean(&days), against_mean);
    }
    let fridays = 100.0 * (days[4] / mean(&days[..4]) - 1.0);
    comparison.near("Fridays above the other days", fridays, FRIDAYS);
    comparison.end();
}

#[test]
fn the_comparison_tells_one_phase_from_another() {
    let mut comparison = Comparison::default();
    for (code, [primary, ..]) in CODES {
        comparison.near(code, code_share(&LARGE, 1, code), primary);
    }
    // Only how often they are present and on visits is alike.
    assert!(comparison.apart.len() >= CODES.len() - 4, "{:#?}", comparison.apart);
}

/// Twelve schools are few: chance moves their figures, but not out of sight of England's.
#[test]
fn the_demonstration_that_people_see_looks_like_england() {
    for seed in [1, 42] {
        let (plan, today) = (plan(seed, Size::default(), date(TODAY)), date(TODAY));
        let sample = Sample::count(&plan, files(&plan, seed, today), YEAR);
        for (phase, name) in PHASES.into_iter().enumerate() {
            let tally = sample.year(phase, |_| true);
            for (what, generated, published) in [
                ("overall", tally.overall(), OVERALL[phase]),
                ("persistent", tally.persistent(), PERSISTENT[phase]),
            ] {
                let apart = (generated - published).abs() / published;
                assert!(apart < 0.15, "seed {seed}, {what} {name}: {generated:.2}");
            }
        }
    }
}
