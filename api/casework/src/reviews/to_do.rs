//! What is to be done because of what a review lists, and of what people send of it that moves no case: one action for a
//! role with the pupils, for each class where its teachers do it. What a review asks for again lapses.

use domain::Calendar;
use domain::policy::word::Do;
use domain::policy::{Action, Decision, Policy, Subject, asked_again, asked_on};

use super::rows::{self, ReviewRow};
use crate::actions::{self, ActionList};
use base::prelude::*;
use roll::pupils;

/// What a review asks by.
pub struct Asking<'a> {
    /// The review.
    pub review: &'a ReviewRow,
    /// The policy that the school follows that day.
    pub policy: &'a Policy,
    /// The school's calendars, in order.
    pub calendars: &'a [Calendar],
}

/// What is asked for whom: the rule, what and by whom, the class, and more of whom it is for.
type Asked = (String, String, Option<ClassId>, Option<String>);

/// What is asked, with the action as its rule has it, with who does it, and for which pupils.
type Lists<'d> = BTreeMap<Asked, (&'d Action, Action, Vec<PupilId>)>;

impl Asking<'_> {
    /// Opens what is to be done because of decisions that move no case. What has been asked for again since, at a later
    /// review, is to be done because of that one.
    pub fn open<'d>(
        &self,
        tx: &mut Tx,
        decisions: impl Iterator<Item = &'d Decision>,
    ) -> Result<()> {
        let decisions: Vec<&Decision> = decisions.collect();
        let (school_id, day) = (self.review.school_id, self.review.day);
        let lists = self.lists(tx, &decisions)?;
        if lists.is_empty() {
            return Ok(());
        }
        let latest = rows::reviews(tx, school_id, None, 1)?.first().map(|latest| latest.day);
        for ((rule, _, class_id, note), (asked, what, pupils)) in lists {
            let again = asked_again(self.policy, (rule.as_str(), asked), day, self.calendars);
            if again.zip(latest).is_some_and(|(again, latest)| again <= latest) {
                continue;
            }
            let due = actions::due(&what, day, again, self.calendars);
            let list = ActionList {
                of: (school_id, self.review.review_id),
                rule: &rule,
                what: &what,
                class_id,
                note: note.as_deref(),
                pupils: &pupils,
                goes_on: again.is_none_or(|again| again > due),
            };
            actions::open_list(tx, &list, (day, due))?;
        }
        Ok(())
    }

    /// Whatever this review asks for again lapses, as far as earlier ones opened it and nobody has done it.
    pub fn lapse(&self, tx: &mut Tx) -> Result<()> {
        let ReviewRow { school_id, review_id, day, .. } = *self.review;
        let latest = rows::reviews(tx, school_id, None, 1)?;
        if latest.first().is_none_or(|latest| latest.review_id != review_id) {
            return Ok(());
        }
        let asked = asked_on(self.policy, day, self.calendars)
            .map(|(rule, what)| (rule.to_owned(), self.policy.by_somebody(what).to_string()));
        actions::lapse(tx, (school_id, review_id), &asked.collect::<Vec<_>>())
    }

    /// What is to be done, each with the action as its rule has it, with who does it, and for which pupils.
    fn lists<'d>(&self, tx: &mut Tx, decisions: &[&'d Decision]) -> Result<Lists<'d>> {
        let (of_pupils, of_names) = self.classes(tx, decisions)?;
        let mut lists = Lists::new();
        for decision in decisions {
            for asked in decision.actions.iter().filter(|asked| is_to_do(asked.kind, decision)) {
                let what = self.policy.by_somebody(asked);
                let (class_id, note, pupil) = match &decision.subject {
                    Subject::Pupil(_) => {
                        let pupil = pupil_of(decision);
                        let class_id = pupil.and_then(|pupil| of_pupils.get(&pupil).copied());
                        (class_id.filter(|_| self.is_teachers(&what)), None, pupil)
                    }
                    Subject::Class(name) | Subject::Teacher(name) => {
                        (of_names.get(name).copied(), Some(name.clone()), None)
                    }
                    Subject::School => (None, None, None),
                };
                let key = (decision.rule.clone(), what.to_string(), class_id, note);
                let list = lists.entry(key).or_insert_with(|| (asked, what, Vec::new()));
                list.2.extend(pupil);
            }
        }
        Ok(lists)
    }

    fn is_teachers(&self, what: &Action) -> bool {
        self.policy.role_of(what) == Some("teacher")
    }

    /// The classes of these decisions' pupils on the day, and the classes of the year by name.
    fn classes(
        &self,
        tx: &mut Tx,
        decisions: &[&Decision],
    ) -> Result<(BTreeMap<PupilId, ClassId>, BTreeMap<String, ClassId>)> {
        let ReviewRow { school_id, day, .. } = *self.review;
        let ids: BTreeSet<PupilId> = decisions.iter().filter_map(|one| pupil_of(one)).collect();
        let ids: Vec<PupilId> = ids.into_iter().collect();
        let on_roll = pupils::on_roll(tx, Some(school_id), day, Some(&ids))?.into_iter();
        let year = AcademicYear::of(day).map(AcademicYear::number);
        let classes = pupils::classes_of_schools(tx, &[school_id])?.into_iter();
        let classes = classes.filter(|class| Some(class.year) == year);
        Ok((
            on_roll.map(|one| (one.pupil_id, one.class_id)).collect(),
            classes.map(|class| (class.name, class.class_id)).collect(),
        ))
    }
}

/// The pupil whom a decision is about.
pub fn pupil_of(decision: &Decision) -> Option<PupilId> {
    match &decision.subject {
        Subject::Pupil(id) => i32::try_from(*id).ok().map(PupilId::new),
        _ => None,
    }
}

/// Whether somebody is to do it: letters and targets are the case's, and a report about each pupil is the list itself.
fn is_to_do(kind: Do, decision: &Decision) -> bool {
    let is_list = pupil_of(decision).is_some() && matches!(kind, Do::Report | Do::Record);
    !is_list && !matches!(kind, Do::Letter | Do::Flag | Do::Target)
}
