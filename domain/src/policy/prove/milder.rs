//! More absence is never answered more mildly, and never rewarded.

use std::collections::{BTreeMap, VecDeque};

use crate::policy::facts::{Facts, Pupil};
use crate::policy::judge;
use crate::policy::letter::Letter;
use crate::policy::model::{Action, Next, Policy, Regular, Row, START, Stage, Step};
use crate::policy::outcome::{Situation, answers, situations, tells_moves};
use crate::policy::prove::look::{Beside, Look, plain};
use crate::policy::prove::outcomes::{last_bands, targets};
use crate::policy::prove::{Claim, Counterexample, Found, Ground, counts_of, joined, on_all_cores};
use crate::policy::regular;
use crate::policy::review::review;
use crate::policy::voice::{Voice, is_letter};
use crate::policy::word::{Do, For, Kind, Outcome, Trend, Waits};
use crate::{Rate, Word};

/// What a family is told, from mild to stern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    /// Nothing, thanks, or what cannot be told apart.
    Mild,
    /// A letter of concern.
    Concern,
    /// A letter that cites the law.
    Law,
    /// A referral.
    Referral,
}

impl Tone {
    pub(super) fn of(
        letters: &BTreeMap<String, Letter>,
        voice: Option<Voice>,
        does: &[Action],
    ) -> Self {
        let of = |action: &Action| {
            let law = || letters.get(&action.what).is_some_and(|letter| letter.law.is_some());
            match action.kind {
                Do::Refer => Self::Referral,
                _ if !is_letter(action) => Self::Mild,
                _ if law() => Self::Law,
                _ if voice == Some(Voice::Concern) => Self::Concern,
                _ => Self::Mild,
            }
        };
        does.iter().map(of).max().unwrap_or(Self::Mild)
    }
}

/// Where a step leads a case, from mild to stern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// It ends, or there is none.
    Ends,
    /// Back to an earlier stage that only waits for figures.
    Back,
    /// It stays.
    Stays,
    /// On, to a stage that is so many steps from the start.
    On(usize),
}

/// How stern an answer is.
type Sternness = (Way, Tone);

/// How stern each answer at a stage is.
type Answers = BTreeMap<(Outcome, Option<String>), Sternness>;

pub(super) fn never(ground: &Ground<'_>) -> Found {
    let policy = ground.policy;
    let far = far_from_the_start(policy);
    let mut all = vec![at_the_start(ground, &far)];
    for stage in &policy.stages {
        let answers = stern(ground, &far, &stage.name);
        if stage.is_reviewed() {
            all.push(same_figures(ground, stage, &answers));
            all.push(two_figures(ground, stage, &answers));
        } else if stage.waits == Waits::Target {
            all.push(of_targets(ground, stage, &answers));
        }
    }
    all.push(rewards(ground));
    all.into_iter().fold((0, Vec::new()), joined)
}

/// How many steps each stage is away from the start.
fn far_from_the_start(policy: &Policy) -> BTreeMap<&str, usize> {
    let mut far = BTreeMap::from([(START, 0)]);
    let mut open = VecDeque::from([START]);
    while let Some(at) = open.pop_front() {
        let steps = far.get(at).copied().unwrap_or_default() + 1;
        for (_, step) in policy.steps().filter(|(_, step)| step.at.iter().any(|one| one == at)) {
            if let Next::Stage(to) = &step.then
                && !far.contains_key(to.as_str())
            {
                far.insert(to, steps);
                open.push_back(to);
            }
        }
    }
    far
}

fn stern(ground: &Ground<'_>, far: &BTreeMap<&str, usize>, at: &str) -> Answers {
    let policy = ground.policy;
    let here = far.get(at).copied().unwrap_or_default();
    let way = |step: &Step| match &step.then {
        Next::Closed => Way::Ends,
        Next::Stay | Next::PersonSays => Way::Stays,
        // Back where the case was before it ended: as far on as any step from the start leads.
        Next::Left => Way::On(usize::MAX),
        Next::Stage(to) => {
            let steps = far.get(to.as_str()).copied().unwrap_or_default();
            let waits = policy.stage(to).map(|stage| stage.waits);
            let watches = matches!(waits, Some(Waits::Review | Waits::Target));
            if watches && steps < here { Way::Back } else { Way::On(steps) }
        }
    };
    let of = |situation: Situation| {
        let outcome: Outcome = Word::read(&situation.outcome)?;
        let (_, step) = answers(policy, &situation).into_iter().next()?;
        let voice = Voice::of_step(&situation.outcome, &step.then);
        let tone = Tone::of(ground.letters, voice, &step.does);
        Some(((outcome, situation.band), (way(step), tone)))
    };
    situations(policy).into_iter().filter(|situation| situation.at == at).filter_map(of).collect()
}

/// Without a case: the worse the band, the sterner the step, if there is one.
fn at_the_start(ground: &Ground<'_>, far: &BTreeMap<&str, usize>) -> Found {
    let answers = stern(ground, far, START);
    let nothing = (Way::Ends, Tone::Mild);
    let of = |now: Rate| {
        let band = judge::band(ground.policy, Some(now));
        answers.get(&(Outcome::Listed, band)).copied().unwrap_or(nothing)
    };
    on_all_cores(|possible| {
        let pupil = |now| {
            let mut pupil = plain(ground.policy, START, now, None, None);
            pupil.case = None;
            Some(pupil)
        };
        descent(ground, counts_of(possible), |now| Some(of(now)), pupil)
    })
}

/// All figures the same, beside every bound as the figure before.
fn same_figures(ground: &Ground<'_>, stage: &Stage, answers: &Answers) -> Found {
    let policy = ground.policy;
    let exact = ground.cells.bounds().iter();
    let exact = exact.filter_map(|bound| Rate::of(bound.thousandths().into(), 100_000));
    let mut lasts: Vec<Rate> = exact.chain(Rate::of(1, 2)).chain(Rate::of(0, 1)).collect();
    lasts.sort();
    lasts.dedup();
    let bands = last_bands(policy, tells_moves(policy, &stage.name));
    on_all_cores(|possible| {
        let mut all = (0, Vec::new());
        for (last, band) in lasts.iter().flat_map(|last| bands.iter().map(move |band| (last, band)))
        {
            let pupil = |now| Some(plain(policy, &stage.name, now, Some(*last), band.as_ref()));
            let stern = |now| {
                let pupil = pupil(now)?;
                let outcome = judge::outcome(policy, stage, &pupil, pupil.case.as_ref()?)?;
                answers.get(&(outcome, judge::band(policy, Some(now)))).copied()
            };
            let found = descent(ground, counts_of(possible), stern, pupil);
            all = joined(all, found);
        }
        all
    })
}

/// The figure of the bands and the figure that "improved" measures, each of its own: first one falls, then the other.
fn two_figures(ground: &Ground<'_>, stage: &Stage, answers: &Answers) -> Found {
    let policy = ground.policy;
    let judged = ground.cells.judged();
    let bands = last_bands(policy, tells_moves(policy, &stage.name));
    let mut all = (0, Vec::new());
    for last_band in bands {
        let look = |now: Rate, beside| Look {
            beside,
            last_band: last_band.clone(),
            ..Look::at(&stage.name, now)
        };
        let pupil = |look: &Look| look.pupil(policy, ground.day);
        let stern = |look: &Look| {
            let pupil = pupil(look)?;
            let outcome = judge::outcome(policy, stage, &pupil, pupil.case.as_ref()?)?;
            answers.get(&(outcome, judge::band(policy, Some(look.now)))).copied()
        };
        let falling = [Beside::Better, Beside::Same, Beside::Worse];
        for beside in falling {
            let looks = judged.iter().map(|now| look(*now, beside));
            let found = descent(ground, looks, |look| stern(&look), |look| pupil(&look));
            all = joined(all, found);
        }
        for now in &judged {
            let looks = falling.iter().map(|beside| look(*now, *beside));
            let found = descent(ground, looks, |look| stern(&look), |look| pupil(&look));
            all = joined(all, found);
        }
    }
    all
}

fn of_targets(ground: &Ground<'_>, stage: &Stage, answers: &Answers) -> Found {
    let policy = ground.policy;
    let (judged, rates) = (ground.cells.judged(), targets(policy));
    on_all_cores(|possible| {
        let mut all = (0, Vec::new());
        for (now, rate) in judged.iter().flat_map(|now| rates.iter().map(move |rate| (now, rate))) {
            let look =
                |attended| Look { target: Some((*rate, attended)), ..Look::at(&stage.name, *now) };
            let pupil = |attended| look(attended).pupil(policy, ground.day);
            let stern = |attended: Rate| {
                let reached = attended.at_least(*rate);
                let outcome = if reached { Outcome::Achieved } else { Outcome::NotAchieved };
                answers.get(&(outcome, judge::band(policy, Some(*now)))).copied()
            };
            let found = descent(ground, counts_of(possible), stern, pupil);
            all = joined(all, found);
        }
        all
    })
}

/// Goes down from less absence to more: no answer may be milder than the one before.
fn descent<L: Clone>(
    ground: &Ground<'_>,
    looks: impl Iterator<Item = L>,
    stern: impl Fn(L) -> Option<Sternness>,
    pupil: impl Fn(L) -> Option<Pupil>,
) -> Found {
    let (mut asked, mut found) = (0, Vec::new());
    let mut before: Option<(L, Sternness)> = None;
    for look in looks {
        asked += 1;
        let Some(now) = stern(look.clone()) else { continue };
        if let Some((less, then)) = &before
            && now < *then
            && found.is_empty()
        {
            let pair = pupil(less.clone()).zip(pupil(look.clone()));
            found.extend(pair.map(|(less, more)| milder(ground, &less, &more)));
        }
        before = Some((look, now));
    }
    (asked, found)
}

fn milder(ground: &Ground<'_>, less: &Pupil, more: &Pupil) -> Counterexample {
    let day = ground.day;
    let rule = |pupil: &Pupil| {
        let facts = Facts { pupils: vec![pupil.clone()], ..Facts::default() };
        let decisions = review(ground.policy, ground.letters, &facts, day, ground.calendars);
        let step = decisions.into_iter().find(|decision| decision.taking.is_some());
        step.map_or_else(|| "nothing".to_owned(), |step| step.rule)
    };
    let at = more.case.as_ref().and_then(|case| case.stage()).unwrap_or(START);
    let says = format!(
        "at {at:?}, more absence is answered more mildly, by {} after {}",
        rule(more),
        rule(less)
    );
    let scenarios = vec![
        ground.on(day, less, &format!("Less absence at {at:?}")),
        ground.on(day, more, &format!("More absence at {at:?}, answered more mildly")),
    ];
    Counterexample { claim: Claim::NeverMilder, says, scenarios }
}

/// No reward asks for absence: over its own period, whoever attends more and is in its bands has it too.
fn rewards(ground: &Ground<'_>) -> Found {
    let policy = ground.policy;
    let rows = policy
        .regular()
        .filter(|(row, regular)| row.kind == Kind::Reward && regular.whom == For::EachPupil);
    let mut all = (0, Vec::new());
    for (row, regular) in rows {
        let trendless =
            Regular { when: Trend::Any, at: Vec::new(), comes_to: None, ..regular.clone() };
        let in_band = |rate: Rate| {
            let band = judge::band(policy, Some(rate));
            regular.bands.is_empty() || band.is_some_and(|band| regular.bands.contains(&band))
        };
        let Some(now) = ground.cells.judged().first().copied() else { continue };
        let pupil = |over: Rate| {
            let look =
                Look { windows: vec![(regular.over, over)], at: None, ..Look::at(START, now) };
            look.pupil(policy, ground.day)
        };
        let fits =
            |over| pupil(over).is_some_and(|one| regular::fits(policy, row, &trendless, &one));
        let found = on_all_cores(|possible| {
            let counts: Vec<Rate> = counts_of(possible).collect();
            let fitting: Vec<bool> = counts.iter().map(|over| fits(*over)).collect();
            let pairs = counts.windows(2).zip(fitting.windows(2));
            let wrong = pairs.filter(|(_, fits)| matches!(fits, [false, true]));
            let wrong = wrong.filter_map(|(pair, _)| Some((*pair.first()?, *pair.last()?)));
            let wrong = wrong.filter(|(less, _)| in_band(*less));
            let found =
                wrong.map(|(less, more)| rewarded(ground, (row, regular), [less, more], pupil));
            (possible + 1, found.take(1).collect())
        });
        all = joined(all, found);
    }
    all
}

fn rewarded(
    ground: &Ground<'_>,
    (row, regular): (&Row, &Regular),
    [less, more]: [Rate; 2],
    pupil: impl Fn(Rate) -> Option<Pupil>,
) -> Counterexample {
    let says = format!("{} rewards more absence over the {}", row.rule, regular.over);
    let first = ground.calendars.get(..1).unwrap_or_default();
    let day = crate::policy::due_days(regular.moment, first).into_iter().max();
    let day = day.unwrap_or(ground.day);
    let scenarios = [less, more].into_iter().filter_map(|over| {
        let title = format!("{} for {} of {}", row.rule, over.part(), over.whole());
        Some(ground.on(day, &pupil(over)?, &title))
    });
    Counterexample { claim: Claim::NeverMilder, scenarios: scenarios.collect(), says }
}
