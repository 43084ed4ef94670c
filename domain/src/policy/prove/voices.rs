//! On every kind of day, in every look: one voice to a family, and none milder for more absence.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::policy::decision::{Decision, Subject};
use crate::policy::facts::{Facts, Pupil};
use crate::policy::model::{Body, Policy, Regular, Row, Stage};
use crate::policy::moment::due_days;
use crate::policy::outcome::tells_moves;
use crate::policy::prove::look::{Beside, Look};
use crate::policy::prove::milder::Tone;
use crate::policy::prove::outcomes::{last_bands, targets};
use crate::policy::prove::{Claim, Counterexample, Found, Ground, joined, shared};
use crate::policy::review::review;
use crate::policy::voice::{Voice, is_letter, speaks};
use crate::policy::word::{Over, Trend, Waits};
use crate::{Percent, Rate};

/// A day, and the rows that are due on it.
type Kind = (NaiveDate, Vec<usize>);

/// A stage, or nowhere, and the target with the figure that it was set at.
type Place = (Option<String>, Option<(Percent, Rate)>);

/// What a family hears about one child at one review.
#[derive(Debug, Clone, Default)]
struct Heard {
    letters: usize,
    voices: BTreeSet<Voice>,
    tone: Option<Tone>,
}

pub(super) fn on_every_kind_of_day(ground: &Ground<'_>) -> (Found, Found) {
    let mut spoken = ground.policy.clone();
    spoken.rows.retain(|row| match &row.body {
        Body::Regular(regular) => {
            regular.decides.is_some() || row.body.actions().iter().any(speaks)
        }
        Body::Step(_) => true,
        Body::Band(_) | Body::Daily(_) | Body::Draw(_) | Body::Always(_) => false,
    });
    let kinds = kinds_of_day(&spoken, ground);
    let found = shared(&kinds, |kind| one_kind(ground, &spoken, kind)).into_iter();
    let none = || (0, Vec::new());
    found.fold((none(), none()), |(voices, tones), (more, others)| {
        (joined(voices, more), joined(tones, others))
    })
}

/// The last day of each kind in the example year. Days differ by the rows that are due.
fn kinds_of_day(policy: &Policy, ground: &Ground<'_>) -> Vec<Kind> {
    let year = ground.calendars.get(..1).unwrap_or_default();
    let mut days: BTreeMap<NaiveDate, Vec<usize>> = BTreeMap::new();
    for (at, row) in policy.rows.iter().enumerate() {
        if let Body::Regular(regular) = &row.body {
            for day in due_days(regular.moment, year) {
                days.entry(day).or_default().push(at);
            }
        }
    }
    // A day on which no row is due is one too: stages fall due of their own, and pupils come into bands.
    let school_days = year.iter().flat_map(|calendar| {
        let all = calendar.year().first_day().iter_days();
        all.take_while(|day| *day <= calendar.year().last_day())
            .filter(|day| calendar.is_school_day(*day))
    });
    for day in school_days {
        days.entry(day).or_default();
    }
    let kinds: BTreeMap<Vec<usize>, NaiveDate> =
        days.into_iter().map(|(day, rows)| (rows, day)).collect();
    kinds.into_iter().map(|(rows, day)| (day, rows)).collect()
}

fn one_kind(ground: &Ground<'_>, spoken: &Policy, (day, due): &Kind) -> (Found, Found) {
    let (mut voices, mut tones) = ((0, Vec::new()), (0, Vec::new()));
    // Many at once: when a row is due is asked once for all of them.
    for some in looks(ground, spoken, due).chunks(GROUPS) {
        let mut numbers = 0..;
        let numbered = |falling: &Vec<Look>| -> Vec<Pupil> {
            let seen = falling.iter().filter_map(|look| look.pupil(ground.policy, *day));
            seen.zip(numbers.by_ref()).map(|(pupil, id)| Pupil { id, ..pupil }).collect()
        };
        let groups: Vec<Vec<Pupil>> = some.iter().map(numbered).collect();
        let heard = heard(ground, spoken, *day, groups.concat());
        for pupils in &groups {
            let of = |pupil: &Pupil| heard.get(&pupil.id).cloned().unwrap_or_default();
            let two = |pupil: &&Pupil| of(pupil).letters > 1 || of(pupil).voices.len() > 1;
            let tone = |pupil: &Pupil| of(pupil).tone.unwrap_or(Tone::Mild);
            let milder = |pair: &[Pupil]| match pair {
                [less, more] if tone(more) < tone(less) => Some(milder(ground, *day, less, more)),
                _ => None,
            };
            for found in [&mut voices, &mut tones] {
                found.0 += u64::try_from(pupils.len()).unwrap_or(u64::MAX);
            }
            if voices.1.is_empty() {
                let two = pupils.iter().find(two);
                voices.1.extend(two.map(|pupil| contradicted(ground, *day, pupil)));
            }
            if tones.1.is_empty() {
                tones.1.extend(pupils.windows(2).find_map(milder));
            }
        }
    }
    (voices, tones)
}

/// Groups of looks that a review is asked about at once.
const GROUPS: usize = 200;

fn contradicted(ground: &Ground<'_>, day: NaiveDate, pupil: &Pupil) -> Counterexample {
    let says = "a family hears two voices about one child";
    let scenarios = vec![ground.on(day, pupil, says)];
    Counterexample { claim: Claim::OneVoice, says: says.to_owned(), scenarios }
}

fn milder(ground: &Ground<'_>, day: NaiveDate, less: &Pupil, more: &Pupil) -> Counterexample {
    let says = format!("at the review of {day} more absence is written to more mildly");
    let scenarios = vec![
        ground.on(day, less, "Less absence"),
        ground.on(day, more, "More absence, written to more mildly"),
    ];
    Counterexample { claim: Claim::NeverMilder, says, scenarios }
}

/// What each pupil's family hears on a day.
fn heard(
    ground: &Ground<'_>,
    spoken: &Policy,
    day: NaiveDate,
    pupils: Vec<Pupil>,
) -> BTreeMap<i64, Heard> {
    let facts = Facts { pupils, ..Facts::default() };
    let decisions = review(spoken, ground.letters, &facts, day, ground.calendars);
    let mut heard: BTreeMap<i64, Heard> = BTreeMap::new();
    for decision in decisions {
        let Decision { subject: Subject::Pupil(pupil), actions, voice, .. } = decision else {
            continue;
        };
        let one = heard.entry(pupil).or_default();
        one.letters += actions.iter().filter(|action| is_letter(action)).count();
        one.voices.extend(voice.filter(|_| actions.iter().any(speaks)));
        one.tone = one.tone.max(Some(Tone::of(ground.letters, voice, &actions)));
    }
    heard
}

/// Every look that rows which are due can tell apart, in groups that differ by the figure of the bands alone, the best
/// first.
fn looks(ground: &Ground<'_>, spoken: &Policy, due: &[usize]) -> Vec<Vec<Look>> {
    let rows: Vec<(&Row, &Regular)> = due
        .iter()
        .filter_map(|at| spoken.rows.get(*at))
        .chain(spoken.rows.iter().filter(|row| is_on_entry(row)))
        .filter_map(|row| match &row.body {
            Body::Regular(regular) => Some((row, regular)),
            _ => None,
        })
        .collect();
    let asks = |trends: &[Trend]| rows.iter().any(|(_, regular)| trends.contains(&regular.when));
    let moves = asks(&[Trend::MovedUp, Trend::Entered])
        || spoken.stages.iter().any(|stage| tells_moves(spoken, &stage.name));
    let declined: &[bool] = if asks(&[Trend::Declined]) { &[false, true] } else { &[false] };
    let enters: &[bool] =
        if rows.iter().any(|(row, _)| is_on_entry(row)) { &[false, true] } else { &[false] };
    let windows = windows(ground.policy, &rows);
    let mut groups = Vec::new();
    for (at, target) in places(ground.policy, &rows) {
        for beside in [Beside::Better, Beside::Same, Beside::New] {
            for last_band in last_bands(ground.policy, moves) {
                for (declined, enters) in
                    declined.iter().flat_map(|one| enters.iter().map(move |other| (*one, *other)))
                {
                    for windows in &windows {
                        let look = |now: &Rate| Look {
                            now: *now,
                            windows: windows.clone(),
                            beside,
                            last_band: last_band.clone(),
                            declined,
                            at: at.clone(),
                            target,
                            enters,
                        };
                        groups.push(ground.cells.judged().iter().map(look).collect());
                    }
                }
            }
        }
    }
    groups
}

fn is_on_entry(row: &Row) -> bool {
    matches!(&row.body, Body::Regular(regular) if regular.on_entry)
}

/// Where a pupil's case can be: nowhere, at each stage that waits for figures, and at one that waits for people, or at
/// each that rows name.
fn places(policy: &Policy, rows: &[(&Row, &Regular)]) -> Vec<Place> {
    let mut places = vec![(None, None)];
    let people = |stage: &&Stage| stage.waits != Waits::Target && !stage.is_reviewed();
    let named = |stage: &Stage| rows.iter().any(|(_, regular)| regular.at.contains(&stage.name));
    let first = policy.stages.iter().find(people).map(|stage| &stage.name);
    let silent = policy.stages.iter().filter(people);
    let silent = silent.filter(|stage| named(stage) || Some(&stage.name) == first);
    for stage in policy.stages.iter().filter(|stage| !people(stage)).chain(silent) {
        let at = Some(stage.name.clone());
        if stage.waits == Waits::Target {
            let ends = targets(policy).into_iter().flat_map(|rate| {
                let attended = [Rate::of(1, 1), Rate::of(0, 1)];
                attended.into_iter().flatten().map(move |attended| (rate, attended))
            });
            places.extend(ends.map(|end| (at.clone(), Some(end))));
        } else {
            places.push((at, None));
        }
    }
    places
}

/// The figures over other periods than that of the bands that the rows tell apart, in every combination.
fn windows(policy: &Policy, rows: &[(&Row, &Regular)]) -> Vec<Vec<(Over, Rate)>> {
    let mut bounds: BTreeMap<Over, BTreeSet<Percent>> = BTreeMap::new();
    for (_, regular) in rows.iter().filter(|(_, regular)| regular.over != policy.over) {
        let asked = regular.at_least.into_iter().chain(regular.below);
        bounds.entry(regular.over).or_default().extend(asked);
    }
    let mut all = vec![Vec::new()];
    for (over, bounds) in bounds.into_iter().filter(|(_, bounds)| !bounds.is_empty()) {
        // Just at each bound, and just below the lowest.
        let exact = bounds.iter().map(|bound| u64::from(bound.thousandths()));
        let below = exact.clone().min().and_then(|least| least.checked_sub(1));
        let parts: BTreeSet<u64> = exact.chain(below).collect();
        let rates = parts.into_iter().filter_map(|part| Rate::of(part, 100_000));
        let with = |rate: Rate| {
            let more = all.iter().cloned();
            more.map(move |mut windows: Vec<(Over, Rate)>| {
                windows.push((over, rate));
                windows
            })
        };
        all = rates.flat_map(with).collect();
    }
    all
}
