//! Mornings of children whom nobody has accounted for.

use super::*;

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn person(id: i64, is_parent: bool, numbers: &[&str]) -> ContactPerson {
    let numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
    ContactPerson { id, is_parent, numbers, takes_texts: true }
}

fn child(now: &str) -> MissingChild {
    let people = vec![
        person(3, false, &["neighbour"]),
        person(1, true, &["mother's mobile", "mother's work"]),
        person(2, true, &["father's mobile"]),
    ];
    MissingChild { day: 1, people, now: time(now), ..MissingChild::default() }
}

fn rang(at: &str, whom: i64, number: Option<&str>) -> ContactTry {
    let number = number.map(str::to_owned);
    ContactTry {
        at: time(at),
        kind: TryKind::Call,
        whom: Some(whom),
        number,
        told: None,
        reached: false,
    }
}

fn texted(at: &str) -> ContactTry {
    ContactTry { kind: TryKind::Text, ..rang(at, 1, None) }
}

fn visited(at: &str, reached: bool) -> ContactTry {
    ContactTry { kind: TryKind::Visit, reached, ..rang(at, 1, None) }
}

/// What is to be done, one line each: step, number, time, whether it is done.
fn told(child: &MissingChild) -> Vec<String> {
    let line = |one: Searching| {
        let parts = [
            Some(one.step.text().to_owned()),
            one.number,
            one.due.map(|due| due.format("%H:%M").to_string()),
            one.done.then(|| "done".to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    steps(child, &ContactTimes::default()).into_iter().map(line).collect()
}

fn of(child: &MissingChild, step: SearchStep) -> Option<Searching> {
    steps(child, &ContactTimes::default()).into_iter().find(|one| one.step == step)
}

const ALL_RUNG: [(i64, &str); 4] =
    [(1, "mother's mobile"), (1, "mother's work"), (2, "father's mobile"), (3, "neighbour")];

#[test]
fn every_number_of_every_contact_in_order_parents_first_and_a_text() {
    assert_eq!(
        told(&child("08:55")),
        [
            "call, mother's mobile, 09:30",
            "call, mother's work, 09:30",
            "call, father's mobile, 09:30",
            "call, neighbour, 09:30",
            "text, 09:30",
        ]
    );
}

#[test]
fn a_voicemail_a_text_and_a_parent_who_does_not_know_end_nothing() {
    let mut child = child("09:05");
    child.tries = vec![rang("09:00", 1, None), texted("09:01")];
    child.tries.push(ContactTry { reached: true, ..rang("09:02", 2, Some("father's mobile")) });
    assert_eq!(
        told(&child),
        [
            "call, mother's mobile, 09:30, done",
            "call, mother's work, 09:30",
            "call, father's mobile, 09:30, done",
            "call, neighbour, 09:30",
            "text, 09:30, done",
        ]
    );
}

#[test]
fn the_safeguarding_lead_decides_when_everybody_was_rung_in_vain_or_the_time_has_come() {
    let mut morning = child("09:20");
    assert_eq!(of(&morning, SearchStep::Decide), None);
    morning.tries =
        ALL_RUNG.iter().map(|(who, number)| rang("09:10", *who, Some(number))).collect();
    let decide = of(&morning, SearchStep::Decide).unwrap();
    assert_eq!((decide.due, decide.done), (Some(time("10:30")), false));
    assert_eq!(decide.because, ["every number was rung, and nobody has accounted for the child"]);
    let late = child("10:30");
    assert!(of(&late, SearchStep::Decide).is_some(), "even if nobody has rung");
    morning.decided = vec![(time("09:40"), SearchDecision::KeepCalling)];
    assert!(of(&morning, SearchStep::Decide).unwrap().done);
    assert_eq!(of(&morning, SearchStep::Visit), None);
    morning.decided.push((time("09:50"), SearchDecision::Visit));
    assert_eq!(
        of(&morning, SearchStep::Visit).unwrap().because,
        ["the safeguarding lead has decided so"]
    );
}

#[test]
fn children_at_risk_are_visited_the_same_morning_and_their_social_worker_is_told() {
    for why in Priority::ALL {
        let child = MissingChild { priorities: vec![why], ..child("08:50") };
        let visit = of(&child, SearchStep::Visit);
        let decide = of(&child, SearchStep::Decide);
        assert_eq!(visit.is_some(), why != Priority::SpecialNeeds, "{why}");
        assert_eq!(decide.is_some(), why != Priority::SpecialNeeds, "{why}");
        assert!(visit.is_none_or(|visit| visit.due == Some(time("12:00"))), "{why}");
        let told = of(&child, SearchStep::TellSocialWorker).is_some();
        assert_eq!(told, [Priority::ChildProtection, Priority::InCare].contains(&why), "{why}");
    }
}

#[test]
fn whoever_was_seen_in_the_morning_and_is_gone_is_looked_for_at_once() {
    let gone = MissingChild {
        priorities: vec![Priority::SeenToday],
        gone_at: Some(time("13:05")),
        tries: vec![rang("09:00", 1, None)],
        ..child("13:06")
    };
    assert_eq!(
        told(&gone),
        [
            "call, mother's mobile, 13:05",
            "call, mother's work, 13:05",
            "call, father's mobile, 13:05",
            "call, neighbour, 13:05",
            "text, 13:05",
            "decide, 13:05",
            "visit, 13:05",
        ],
        "the call of the morning was about something else"
    );
}

#[test]
fn everybody_is_rung_again_in_the_afternoon_and_whoever_was_not_rung_at_all_is_late() {
    let mut afternoon = child("12:00");
    afternoon.tries = vec![rang("09:10", 1, Some("mother's mobile")), texted("09:12")];
    assert_eq!(
        told(&afternoon),
        [
            "call, mother's mobile, 14:00",
            "call, mother's work, 09:30",
            "call, father's mobile, 09:30",
            "call, neighbour, 09:30",
            "text, 14:00",
            "decide, 10:30",
        ]
    );
    afternoon.tries.push(rang("12:10", 1, Some("mother's mobile")));
    assert_eq!(told(&afternoon)[0], "call, mother's mobile, 14:00, done");
}

#[test]
fn everybody_is_visited_on_the_policys_day_and_on_the_third_at_the_latest() {
    let visited_on = |policy: Option<u32>, school: u32| -> u32 {
        let times = ContactTimes { visit_on_day: school, ..ContactTimes::default() };
        let is_visited = |day: &u32| {
            let child = MissingChild { day: *day, policy_visits_on: policy, ..child("08:50") };
            steps(&child, &times).iter().any(|one| one.step == SearchStep::Visit)
        };
        (1..).find(is_visited).unwrap()
    };
    assert_eq!([None, Some(2), Some(3), Some(9)].map(|policy| visited_on(policy, 3)), [3, 2, 3, 3]);
    assert_eq!(visited_on(Some(3), 1), 1, "a school may be stricter");
}

#[test]
fn a_visit_that_saw_nobody_goes_to_the_safeguarding_lead_and_is_not_the_visit() {
    let mut third = MissingChild { day: 3, ..child("11:00") };
    third.tries = vec![visited("10:40", false)];
    assert_eq!(of(&third, SearchStep::Visit), None);
    let after = of(&third, SearchStep::AfterVisit).unwrap();
    assert!(!after.done && after.step.is_the_leads());
    assert_eq!(after.because, ["a visit at 10:40 could not get in"]);
    third.decided = vec![(time("10:30"), SearchDecision::KeepCalling)];
    assert!(!of(&third, SearchStep::AfterVisit).unwrap().done, "decided before the visit");
    third.decided.push((time("10:50"), SearchDecision::PoliceWelfareCheck));
    assert!(of(&third, SearchStep::AfterVisit).unwrap().done);
    let fourth = MissingChild { day: 4, ..child("08:50") };
    assert!(of(&fourth, SearchStep::Visit).is_some(), "again on each day");
}

#[test]
fn with_nobody_left_to_ring_the_safeguarding_lead_acts() {
    let mut alone = MissingChild { people: Vec::new(), somebody_is_barred: true, ..child("08:50") };
    let why = |child: &MissingChild| of(child, SearchStep::Decide).unwrap().because;
    assert_eq!(
        why(&alone),
        ["only people are left whom nobody rings without asking the safeguarding lead"]
    );
    alone.somebody_is_barred = false;
    assert_eq!(why(&alone), ["nobody who can be rung is on record"]);
}

#[test]
fn the_school_of_a_brother_and_the_social_worker_are_told_once_a_day() {
    let mut child = child("08:50");
    child.schools_to_ask = 1;
    child.priorities = vec![Priority::InCare];
    let done = |child: &MissingChild| {
        [SearchStep::AskSchool, SearchStep::TellSocialWorker]
            .map(|step| of(child, step).unwrap().done)
    };
    assert_eq!(done(&child), [false, false]);
    for told in [SearchStep::AskSchool, SearchStep::TellSocialWorker] {
        child.tries.push(ContactTry { whom: None, told: Some(told), ..rang("09:00", 0, None) });
    }
    assert_eq!(done(&child), [true, true]);
}

/// Whatever was tried: as long as nobody has accounted for the child every number stands in the list, and once the
/// safeguarding lead's time has come there is a decision to be made or one that was made.
#[test]
fn whatever_was_tried_nothing_of_it_ends_the_search() {
    let kinds =
        [rang("09:00", 1, None), texted("09:00"), visited("09:00", false), rang("13:00", 3, None)];
    for chosen in 0..1_u32 << kinds.len() {
        for now in ["08:50", "10:30", "13:30", "23:59"] {
            for day in 1..=5 {
                let mut child = MissingChild { day, ..child(now) };
                child.tries = (0..)
                    .zip(&kinds)
                    .filter(|(at, _)| chosen >> at & 1 == 1)
                    .map(|(_, one)| one.clone())
                    .collect();
                let steps = steps(&child, &ContactTimes::default());
                let calls = steps.iter().filter(|one| one.step == SearchStep::Call).count();
                assert_eq!(calls, ALL_RUNG.len());
                let late = child.now >= time("10:30");
                let leads = steps.iter().any(|one| one.step.is_the_leads() && !one.done);
                assert!(leads || !late, "{child:?}");
                let home = |one: &Searching| {
                    matches!(one.step, SearchStep::Visit | SearchStep::AfterVisit)
                };
                assert!(day < 3 || steps.iter().any(home), "{child:?}");
            }
        }
    }
}

#[test]
fn times_that_cannot_be_are_refused_with_their_names() {
    let defaults = ContactTimes::default();
    assert_eq!(defaults.wrong(), []);
    let names =
        |times: ContactTimes| -> Vec<&str> { times.wrong().iter().map(|one| one.0).collect() };
    assert_eq!(names(ContactTimes { call_by: time("10:31"), ..defaults }), ["decide_by"]);
    assert_eq!(names(ContactTimes { visit_by: time("10:00"), ..defaults }), ["visit_by"]);
    assert_eq!(names(ContactTimes { visit_by: time("12:01"), ..defaults }), ["visit_by"]);
    assert_eq!(names(ContactTimes { again_by: time("12:00"), ..defaults }), ["again_by"]);
    assert_eq!(
        [0, 4].map(|day| names(ContactTimes { visit_on_day: day, ..defaults })),
        [["visit_on_day"]; 2]
    );
}
