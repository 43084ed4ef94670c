//! What a review tells the school's own people: the list to teachers, the chase of those who have not answered, and the
//! digest for whoever decides. The rows of the policy say who is told; nothing of it is known here by name.

use domain::Calendar;
use domain::policy::word::{Do, For};
use domain::policy::{Action, Decision, Policy, Subject, school_days_after};

use super::feedback::feedback_between;
use super::rows::ReviewRow;
use super::to_do::pupil_of;
use crate::outbox::{self, MessageKind, NewMessage};
use base::prelude::*;
use figures::week_to;
use roll::pupils;

/// What the messages of a review are written from.
pub(super) struct MessageGround<'a> {
    pub row: &'a ReviewRow,
    pub policy: &'a Policy,
    pub decisions: &'a [Decision],
    pub calendars: &'a [Calendar],
    /// The name of each pupil's class.
    pub classes: &'a BTreeMap<PupilId, String>,
}

/// Writes the messages of a review that has just been opened.
pub(super) fn write_messages(tx: &mut Tx, ground: &MessageGround<'_>) -> Result<()> {
    let listed = ground.listed();
    if listed.is_empty()
        && !ground.decisions.iter().any(|one| matches!(one.subject, Subject::Teacher(_)))
    {
        return Ok(());
    }
    let ids: Vec<PupilId> = listed.keys().copied().collect();
    let names: BTreeMap<PupilId, String> = pupils::in_order(tx, &ids)?
        .into_iter()
        .map(|row| (row.pupil_id, format!("{}, {}", row.surname, row.forename)))
        .collect();
    for decision in ground.decisions {
        if let Subject::Teacher(class) = &decision.subject {
            ground.to_teacher(tx, decision, class, (&listed, &names))?;
        }
    }
    ground.digests(tx, (&listed, &names))
}

/// The pupils on a list, each with the counts behind it.
type Listed = BTreeMap<PupilId, String>;

impl MessageGround<'_> {
    /// The pupils about whom the review reports.
    fn listed(&self) -> Listed {
        let reports = |one: &&Decision| one.actions.iter().any(|action| action.kind == Do::Report);
        let all = self.decisions.iter().filter(reports);
        all.filter_map(|one| Some((pupil_of(one)?, one.because.join("; ")))).collect()
    }

    fn due(&self, action: Option<&Action>) -> NaiveDate {
        let within = action.and_then(|action| action.within).unwrap_or(0);
        school_days_after(self.row.day, within, self.calendars)
    }

    fn is_chase(&self, decision: &Decision) -> bool {
        let mut regular = self.policy.regular();
        regular.any(|(row, regular)| row.rule == decision.rule && regular.whom == For::Silent)
    }

    /// The list, or the chase, to the teacher of a class.
    fn to_teacher(
        &self,
        tx: &mut Tx,
        decision: &Decision,
        class: &str,
        (listed, names): (&Listed, &BTreeMap<PupilId, String>),
    ) -> Result<()> {
        let message = decision.actions.iter().find(|action| action.kind == Do::Message);
        let chase = self.is_chase(decision);
        if message.is_none() && !chase {
            return Ok(());
        }
        let action = message.or(decision.actions.first());
        let theirs = listed.iter().filter(|(pupil, _)| {
            self.classes.get(*pupil).is_some_and(|of_pupil| of_pupil == class)
        });
        let lines: Vec<String> = theirs.map(|(pupil, why)| line(names, pupil, why)).collect();
        let task = decision.actions.iter().find(|action| action.kind == Do::Task);
        let asked = task.or(action).map(ToString::to_string).unwrap_or_default();
        let by = self.due(task.or(action));
        let (subject, first) = match chase {
            true => (
                format!("Attendance: what you know of pupils of {class} is still missing"),
                "Your feedback on pupils of the attendance list of this week is missing. Please give it today.".to_owned(),
            ),
            false => (
                format!("Attendance: pupils of {class} to look at"),
                format!("Please look at these pupils and say what is known by {by} ({asked})."),
            ),
        };
        let body = [vec![first], lines].concat().join("\n");
        let new = NewMessage {
            school_id: self.row.school_id,
            review_id: Some(self.row.review_id),
            pupil_id: None,
            rule: Some(&decision.rule),
            kind: if chase { MessageKind::Chase } else { MessageKind::List },
            to_role: message.and_then(|action| action.to.as_deref()),
            to_class: Some(class),
            subject,
            body,
            due: self.due(action),
        };
        outbox::write(tx, &new)
    }

    /// One digest for each role to which a row of the policy reports: the pupils, the counts, and what was said this week.
    fn digests(
        &self,
        tx: &mut Tx,
        (listed, names): (&Listed, &BTreeMap<PupilId, String>),
    ) -> Result<()> {
        let mut digests: BTreeMap<(&str, &str), (&Action, BTreeSet<PupilId>)> = BTreeMap::new();
        for decision in self.decisions {
            let Some(pupil) = pupil_of(decision) else { continue };
            for action in decision.actions.iter().filter(|action| action.kind == Do::Report) {
                if let Some(to) = action.to.as_deref() {
                    let digest = digests.entry((decision.rule.as_str(), to));
                    digest.or_insert_with(|| (action, BTreeSet::new())).1.insert(pupil);
                }
            }
        }
        if digests.is_empty() {
            return Ok(());
        }
        let said = feedback_between(tx, self.row.school_id, week_to(self.row.day))?;
        for ((rule, to), (action, pupils)) in digests {
            let mut lines = vec![format!("{action}.")];
            for pupil in &pupils {
                lines.push(line(names, pupil, listed.get(pupil).map_or("", String::as_str)));
                let of_pupil = said.iter().filter(|one| one.pupil_id == *pupil);
                lines.extend(of_pupil.map(|one| format!("  {}: {}", one.recorded_by, one.says)));
            }
            let new = NewMessage {
                school_id: self.row.school_id,
                review_id: Some(self.row.review_id),
                pupil_id: None,
                rule: Some(rule),
                kind: MessageKind::Digest,
                to_role: Some(to),
                to_class: None,
                subject: format!(
                    "Attendance on {}: {} on the list",
                    self.row.day,
                    count(pupils.len())
                ),
                body: lines.join("\n"),
                due: self.due(Some(action)),
            };
            outbox::write(tx, &new)?;
        }
        Ok(())
    }
}

fn count(pupils: usize) -> String {
    if pupils == 1 { "1 pupil".to_owned() } else { format!("{pupils} pupils") }
}

fn line(names: &BTreeMap<PupilId, String>, pupil: &PupilId, why: &str) -> String {
    format!("- {}: {why}", names.get(pupil).map_or("", String::as_str))
}
