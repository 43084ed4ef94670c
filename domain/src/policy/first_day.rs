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
