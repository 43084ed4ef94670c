//! What holds for every policy and every history, whatever happens in whatever order.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use domain::Rate;
use domain::policy::word::{Do, Outcome};
use domain::policy::{
    Case, Checked, Event, Facts, Happened, Place, Pupil, Rates, Shield, TakeError, built_in,
    check_folder, example_calendars, fold, review, step,
};
use proptest::prelude::*;

static POLICIES: LazyLock<Vec<Checked>> =
    LazyLock::new(|| built_in().values().map(check_folder).collect());

/// One thing that happens: so many days later, either a review with these figures or the
/// outcome of this number; and what shields the pupil.
#[derive(Debug, Clone)]
struct Turn {
    later: u64,
    attended: [u64; 4],
    outcome: Option<usize>,
    shield: Shield,
}

fn turn() -> impl Strategy<Value = Turn> {
    let shield = (prop::option::of("[a-z]{1,8}"), any::<bool>(), any::<bool>(), 0_u32..3).prop_map(
        |(mitigation, letters_stopped, not_compulsory_age, unauthorised)| Shield {
            mitigation,
            letters_stopped,
            not_compulsory_age,
            unauthorised,
        },
    );
    (
        0_u64..12,
        any::<[u8; 4]>(),
        prop::option::of(0_usize..20),
        prop_oneof![Just(Shield::default()), shield],
    )
        .prop_map(|(later, raw, outcome, shield)| Turn {
            later,
            attended: raw.map(|part| u64::from(part) % 101),
            outcome,
            shield,
        })
}

fn facts(turn: &Turn, case: Option<&Case>) -> Facts {
    let [year, since, target, earlier] = turn.attended.map(|part| Rate::of(part, 100));
    let pupil = Pupil {
        id: 7,
        rates: Rates { week: since, fortnight: since, half_term: since, term: year, year },
        before: Rates {
            week: earlier,
            fortnight: earlier,
            half_term: earlier,
            term: earlier,
            year: earlier,
        },
        since,
        since_letter: since,
        target,
        case: case.cloned(),
        shield: turn.shield.clone(),
        ..Pupil::default()
    };
    Facts { pupils: vec![pupil], ..Facts::default() }
}

fn words(checked: &Checked) -> Vec<String> {
    let own = checked.policy.stages.iter().flat_map(|stage| stage.answers.clone());
    own.chain(Outcome::ALL.iter().map(|word| word.text().to_owned())).collect()
}

fn happened(checked: &Checked, number: usize) -> Happened {
    let words = words(checked);
    let word = words.get(number % words.len()).cloned().unwrap_or_default();
    if word != Outcome::Otherwise.text() {
        return Happened::Outcome(word);
    }
    let stage = checked.policy.stages.get(number % checked.policy.stages.len().max(1));
    let to = stage.map_or(Place::Closed, |stage| Place::At(stage.name.clone()));
    Happened::Otherwise { to, reason: "a reason".to_owned(), without: number.is_multiple_of(2) }
}

fn legal(checked: &Checked, case: &Case) {
    match &case.place {
        Place::At(stage) => assert!(checked.policy.stage(stage).is_some(), "{stage}"),
        Place::Closed => assert!(case.flags.is_empty() && case.target.is_none()),
    }
    let sent: BTreeSet<_> = case.letters.iter().map(|sent| (&sent.letter, sent.step)).collect();
    assert_eq!(sent.len(), case.letters.len(), "a letter twice for one step");
}

/// For each policy, the days on which cases are decided.
static DUE: LazyLock<Vec<Vec<NaiveDate>>> = LazyLock::new(|| {
    let calendars = example_calendars();
    let first: NaiveDate = "2025-09-01".parse().unwrap();
    let due = |checked: &Checked| {
        let deciding: Vec<_> =
            checked.policy.regular().filter(|(_, row)| row.decides.is_some()).collect();
        let is_due = |day: &NaiveDate| {
            deciding.iter().any(|(_, row)| domain::policy::is_due(row.moment, *day, &calendars))
        };
        first.iter_days().take(690).filter(is_due).collect()
    };
    POLICIES.iter().map(due).collect()
});

fn live(number: usize, turns: &[Turn]) -> Vec<Event> {
    let checked = &POLICIES[number];
    let calendars = example_calendars();
    let rules: BTreeSet<&str> = checked.policy.rows.iter().map(|row| row.rule.as_str()).collect();
    let mut day: NaiveDate = "2025-09-08".parse().unwrap();
    let mut events: Vec<Event> = Vec::new();
    let mut case: Option<Case> = None;
    for turn in turns {
        day = day + Days::new(turn.later);
        let facts = facts(turn, case.as_ref());
        day = DUE[number].iter().copied().find(|due| *due >= day).unwrap_or(day);
        let decide = || match (turn.outcome, &case) {
            (Some(number), Some(case)) => {
                let happened = happened(checked, number);
                let shield = &turn.shield;
                step(&checked.policy, &checked.letters, (7, case), shield, &happened)
                    .into_iter()
                    .collect()
            }
            _ => review(&checked.policy, &checked.letters, &facts, day, &calendars),
        };
        let decisions = decide();
        assert_eq!(decisions, decide(), "the same facts, the same decisions");
        for decision in &decisions {
            assert!(rules.contains(decision.rule.as_str()) && !decision.because.is_empty());
            let shielded = turn.shield.letters_stopped || turn.shield.mitigation.is_some();
            let letters = decision.actions.iter().filter(|action| action.kind == Do::Letter);
            assert!(!shielded || letters.count() == 0, "a letter past its shield");
            let Ok(new) = decision.take(case.as_ref(), "A. Person", day, &calendars) else {
                continue;
            };
            events.extend(new);
            case = fold(&events);
            let again = decision.take(case.as_ref(), "A. Person", day, &calendars);
            assert_eq!(again, Err(TakeError::MovedOn));
            legal(checked, case.as_ref().expect("a step makes a case"));
        }
    }
    let stored = serde_json::to_string(&events).unwrap();
    let read: Vec<Event> = serde_json::from_str(&stored).unwrap();
    assert_eq!(fold(&read), case, "folding what was stored gives the case");
    events
}

#[test]
fn a_pupil_who_only_gets_worse_is_written_to_by_every_policy() {
    for (number, checked) in POLICIES.iter().enumerate() {
        let turn = |part| Turn {
            later: 7,
            attended: [part, part, part, part],
            outcome: None,
            shield: Shield::default(),
        };
        let events = live(number, &[turn(80), turn(70), turn(60)]);
        let letter = |event: &Event| matches!(event.what, domain::policy::Recorded::Letter(_));
        assert!(events.iter().any(letter), "{}", checked.policy.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_sequence_of_events_leaves_a_legal_case(turns in prop::collection::vec(turn(), 0..12)) {
        for number in 0..POLICIES.len() {
            let _events = live(number, &turns);
        }
    }
}
