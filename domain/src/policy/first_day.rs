//! The day's list: whom to contact about an absence, and in which order.

use chrono::NaiveDate;

use crate::policy::decision::{Decision, Subject};
use crate::policy::facts::Absentee;
use crate::policy::model::{Body, Daily, Policy, Row};
use crate::policy::word::Absence;

/// Everything the policy wants done today about today's absences: protected pupils first, then
/// those whom nobody has reached, then persistent absentees, then the rest.
#[must_use]
pub fn first_day(policy: &Policy, absent: &[Absentee], day: NaiveDate) -> Vec<Decision> {
    let mut absent: Vec<&Absentee> = absent.iter().collect();
    absent.sort_by_key(|pupil| (!pupil.protected, !pupil.no_contact, !pupil.persistent, pupil.id));
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

fn fits(daily: &Daily, pupil: &Absentee, day: NaiveDate) -> bool {
    let in_band = daily.bands.is_empty()
        || pupil.band.as_ref().is_some_and(|band| daily.bands.contains(band));
    let agreed = pupil.no_call_until.is_some_and(|until| day < until);
    let unexplained = pupil.reported.is_none();
    in_band
        && match daily.when {
            Absence::Reported => pupil.day <= 1 && !unexplained,
            Absence::Unexplained => pupil.day <= 1 && unexplained,
            Absence::Unanswered => pupil.unanswered,
            Absence::Again => pupil.day >= 2 && !agreed,
            Absence::NoContact => pupil.day >= 2 && pupil.no_contact && !agreed,
            Absence::Protected => pupil.protected && !agreed,
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Answers, parse};

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
            Absentee { protected: true, ..absent(4) },
            absent(0),
        ]);
        let order: Vec<Subject> = order.into_iter().map(|decision| decision.subject).collect();
        assert_eq!(order, [4, 3, 2, 0, 1].map(Subject::Pupil));
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
