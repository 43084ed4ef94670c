//! The day's list: whom to contact about an absence, and in which order.

use chrono::NaiveDate;

use crate::policy::decision::{Decision, Subject};
use crate::policy::facts::Absentee;
use crate::policy::model::{Action, Body, Daily, Policy, Row};
use crate::policy::word::{Absence, Do};
use crate::words;

words! {
    /// What is still to be asked about an absence, the most urgent first.
    Question as "AbsenceQuestion" {
        WhyAway = "why_away": "nobody knows why the pupil is away, and nobody has accounted for them",
        WhichCode = "which_code": "somebody has said where the pupil is, and the mark does not say so yet: a person chooses the code",
        AskMore = "ask_more": "a reason is known and may need a question: the pupil is persistently absent",
        None = "nothing": "a reason is known",
    }
}

/// What is still to be asked about an absence.
pub const fn question(pupil: &Absentee) -> Question {
    if pupil.reported.is_none() && !pupil.accounted {
        Question::WhyAway
    } else if pupil.uncoded {
        Question::WhichCode
    } else if pupil.persistent {
        Question::AskMore
    } else {
        Question::None
    }
}

/// The order of the day's list: absences without a reason first, then those without a code, then those that may need a
/// question. Among each, protected pupils and the youngest come first, then those whom nobody has reached, then
/// persistent absentees.
pub fn urgency(pupil: &Absentee) -> impl Ord + use<> {
    let priority = (pupil.priority.is_none(), pupil.priority);
    (question(pupil), priority, !pupil.no_contact, !pupil.persistent, pupil.id)
}

/// Everything the policy wants done today about today's absences, in the order of [`urgency`].
pub fn first_day(policy: &Policy, absent: &[Absentee], day: NaiveDate) -> Vec<Decision> {
    let mut absent: Vec<&Absentee> = absent.iter().collect();
    absent.sort_by_key(|pupil| urgency(pupil));
    let mut decisions = Vec::new();
    for pupil in absent {
        for row in &policy.rows {
            if let Body::Daily(daily) = &row.body
                && fits(daily, pupil, day)
            {
                decisions.push(decision(row, daily, pupil));
            }
        }
    }
    decisions
}

/// On which school day of an absence the policy has the home of a pupil visited, who is not found until then. What it wants
/// only where there is cause for `concern` counts where there is.
pub fn visits_on(policy: &Policy, pupil: &Absentee, concern: bool) -> Option<u32> {
    let days = policy.rows.iter().filter_map(|row| {
        let Body::Daily(daily) = &row.body else { return None };
        let visits = |one: &Action| one.kind == Do::Visit && (concern || one.only_if.is_none());
        if !is_in_bands(daily, pupil) || !daily.does.iter().any(visits) {
            return None;
        }
        let first = match daily.when {
            Absence::Reported => return None,
            Absence::Unexplained | Absence::Unanswered | Absence::Unreached => 1,
            Absence::Again | Absence::NoContact | Absence::FromNoContact => 2,
            Absence::Protected if pupil.is_protected() => 1,
            Absence::Protected => return None,
        };
        Some(daily.day.unwrap_or(first))
    });
    days.min()
}

fn is_in_bands(daily: &Daily, pupil: &Absentee) -> bool {
    daily.bands.is_empty() || pupil.band.as_ref().is_some_and(|band| daily.bands.contains(band))
}

fn fits(daily: &Daily, pupil: &Absentee, day: NaiveDate) -> bool {
    let in_band = is_in_bands(daily, pupil);
    let agreed = pupil.no_call_until.is_some_and(|until| day < until);
    let unexplained = pupil.reported.is_none();
    let begins = daily.day.is_some() || pupil.day <= 1;
    in_band
        && daily.day.is_none_or(|day| pupil.day == day)
        && match daily.when {
            Absence::Reported => begins && !unexplained,
            Absence::Unexplained => begins && unexplained,
            Absence::Unanswered => pupil.unanswered,
            Absence::Again => pupil.day >= 2 && !agreed,
            Absence::NoContact => {
                let second = pupil.day == 2 || (daily.day.is_some() && pupil.day >= 2);
                second && pupil.no_contact && !agreed
            }
            Absence::FromNoContact => pupil.day >= 2 && pupil.no_contact && !agreed,
            Absence::Unreached => pupil.no_contact && !agreed,
            Absence::Protected => pupil.is_protected() && !agreed,
        }
}

fn decision(row: &Row, daily: &Daily, pupil: &Absentee) -> Decision {
    let mut because = vec![daily.when.to_string(), format!("day {} of the absence", pupil.day)];
    because.extend(pupil.reported.iter().map(|reason| format!("the reason given: {reason}")));
    if pupil.persistent {
        because.push("persistently absent: ask for more".to_owned());
    }
    Decision {
        subject: Subject::Pupil(pupil.id),
        rule: row.rule.clone(),
        because,
        actions: daily.does.clone(),
        held: Vec::new(),
        taking: None,
        decides: None,
        voice: None,
        counted: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Answers, Priority, parse};

    const POLICY: &str = r#"
        name = "A policy"
        document = "a document"
        [roles]
        "Office" = "school_office"
        [[band]]
        rule = "A-00"
        name = "everybody"
        from = "0%"
        [[daily]]
        rule = "A-01"
        when = "no reason known"
        do = [{ call = "ask why", by = "Office" }]
        [[daily]]
        rule = "A-02"
        when = "absence reported"
        do = [{ task = "ask for more", by = "Office" }]
    "#;

    fn list(absent: &[Absentee]) -> Vec<Decision> {
        let (policy, problems) = parse(POLICY, Answers::Examples);
        assert_eq!(problems, vec![]);
        first_day(&policy, absent, "2026-02-09".parse().unwrap())
    }

    #[test]
    fn protected_pupils_come_first_then_those_nobody_reached_then_persistent_absentees() {
        let absent = |id| Absentee { id, day: 1, ..Absentee::default() };
        let order = list(&[
            absent(1),
            Absentee { persistent: true, ..absent(2) },
            Absentee { no_contact: true, ..absent(3) },
            Absentee { priority: Some(Priority::InCare), ..absent(4) },
            absent(0),
        ]);
        let order: Vec<Subject> = order.into_iter().map(|decision| decision.subject).collect();
        assert_eq!(order, [4, 3, 2, 0, 1].map(Subject::Pupil));
    }

    #[test]
    fn absences_without_a_reason_come_first_and_the_most_vulnerable_before_all_of_them() {
        let absent = |id, priority| Absentee { id, day: 1, priority, ..Absentee::default() };
        let reported = |pupil| Absentee { reported: Some("a cold".to_owned()), ..pupil };
        let mut all = [
            reported(absent(1, Some(Priority::ChildProtection))),
            Absentee { persistent: true, ..reported(absent(2, None)) },
            absent(3, None),
            absent(4, Some(Priority::UnderFive)),
            absent(5, Some(Priority::SpecialNeeds)),
            absent(6, Some(Priority::InCare)),
            absent(7, Some(Priority::ChildProtection)),
        ];
        all.sort_by_key(urgency);
        let order: Vec<i64> = all.iter().map(|pupil| pupil.id).collect();
        assert_eq!(order, [7, 6, 5, 4, 3, 2, 1]);
        let protected: Vec<i64> =
            all.iter().filter(|pupil| pupil.is_protected()).map(|pupil| pupil.id).collect();
        assert_eq!(protected, [7, 6, 5, 1], "being small is no protection plan");
    }

    #[test]
    fn the_second_day_without_contact_is_one_day_unless_the_policy_says_from() {
        let days = |when: &str| -> Vec<u32> {
            let text = POLICY.replace("absence reported", when);
            let (policy, problems) = parse(&text, Answers::Examples);
            assert_eq!(problems, vec![]);
            let wanted = |day| {
                let pupil = Absentee { id: 1, day, no_contact: true, ..Absentee::default() };
                let decisions = first_day(&policy, &[pupil], "2026-02-09".parse().unwrap());
                decisions.iter().any(|decision| decision.rule == "A-02")
            };
            (1..=5).filter(|day| wanted(*day)).collect()
        };
        assert_eq!(days("second day without contact"), [2]);
        assert_eq!(days("from the second day without contact"), [2, 3, 4, 5]);
    }

    #[test]
    fn a_policys_visit_is_on_the_day_that_it_names_and_its_cause_for_concern_is_a_persons_to_say() {
        let visits = |row: &str, concern: bool| {
            let text = format!("{POLICY}[[daily]]\nrule = \"A-03\"\n{row}");
            let (policy, problems) = parse(&text, Answers::Examples);
            assert_eq!(problems, vec![]);
            visits_on(&policy, &Absentee { id: 1, day: 1, ..Absentee::default() }, concern)
        };
        let second =
            "when = \"second day without contact\"\ndo = [{ visit = \"home\", by = \"Office\" }]";
        assert_eq!(visits(second, false), Some(2));
        let fourth =
            "when = \"without contact\"\nday = 4\ndo = [{ visit = \"home\", by = \"Office\" }]";
        assert_eq!(visits(fourth, false), Some(4));
        let concern = second.replace(" }]", ", if = \"there is cause for concern\" }]");
        assert_eq!((visits(&concern, false), visits(&concern, true)), (None, Some(2)));
    }

    #[test]
    fn whoever_is_accounted_for_asks_for_a_code_and_no_longer_why() {
        let unknown = Absentee { id: 1, day: 1, uncoded: true, ..Absentee::default() };
        assert_eq!(question(&unknown), Question::WhyAway);
        let reported = Some("at the dentist's".to_owned());
        let told = Absentee { reported, ..unknown.clone() };
        assert_eq!(question(&told), Question::WhichCode);
        assert_eq!(question(&Absentee { accounted: true, ..unknown }), Question::WhichCode);
        assert_eq!(question(&Absentee { uncoded: false, ..told }), Question::None);
    }

    #[test]
    fn a_reported_absence_stands_in_the_list_with_its_reason_and_asks_more_of_the_persistent() {
        let reported = Some("a cold".to_owned());
        let pupil = Absentee { id: 1, day: 1, reported, persistent: true, ..Absentee::default() };
        let why = |pupil: &Absentee| list(std::slice::from_ref(pupil))[0].explain();
        assert_eq!(
            why(&pupil),
            "A-02: absence reported; day 1 of the absence; the reason given: a cold; persistently absent: ask for more."
        );
        let often = "persistently absent";
        assert!(!why(&Absentee { persistent: false, ..pupil }).contains(often));
    }
}
