//! What a file of pupils adds to the roll.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::Characteristic;
use files::{Columns, Problems};

use super::standing::RollBefore;
use super::{Enrolment, Row, clashes, known, placed};
use crate::outcome::Counts;
use base::id::{ClassId, EnrolmentId, PupilId};
use base::word::As;
use roll::pupils::{ClassRow, NewClass, NewPupil, NewStay};

/// What a file adds to the roll.
#[derive(Default)]
pub(super) struct PupilsPlan {
    /// By UPN.
    pub pupils: BTreeMap<String, NewPupil>,
    pub classes: BTreeSet<NewClass>,
    /// Enrolments that are new, with the last day.
    pub enrolments: BTreeMap<Enrolment, Option<NaiveDate>>,
    /// Enrolments whose last day changes.
    pub days: Vec<NewStay>,
    /// The UPNs of those who stay for longer.
    pub longer: BTreeSet<String>,
    /// How many of them end because a file of the whole roll does not name the pupil.
    pub ended: u64,
    /// By enrolment and first day: class and year group.
    pub placements: BTreeMap<(Enrolment, NaiveDate), Place>,
    /// By enrolment, kind and first day.
    pub characteristics: BTreeMap<(Enrolment, Characteristic, NaiveDate), &'static str>,
    /// Pupils who are known, by UPN.
    pub known: BTreeMap<String, PupilId>,
    /// Enrolments that are known.
    pub enrolled: BTreeMap<Enrolment, EnrolmentId>,
    /// Classes that are known.
    pub class_ids: BTreeMap<NewClass, ClassId>,
}

/// A class, which may be new, and a year group.
pub(super) type Place = (NewClass, i16);

/// What makes a class one: its school, year and name.
pub(super) fn class_of(row: &ClassRow) -> NewClass {
    NewClass::new(row.school_id, row.year, row.name.clone())
}

impl PupilsPlan {
    pub fn make(
        rows: &[Row],
        standing: &RollBefore,
        today: NaiveDate,
        columns: &Columns,
        problems: &mut Problems,
    ) -> Self {
        let mut plan = PupilsPlan {
            known: standing.pupils.iter().map(|(upn, row)| (upn.clone(), row.pupil_id)).collect(),
            class_ids: standing.classes.values().map(|c| (class_of(c), c.class_id)).collect(),
            ..PupilsPlan::default()
        };
        let mut fitting = Vec::with_capacity(rows.len());
        for row in rows {
            let pupil = standing.pupils.get(row.file.upn.as_str());
            if let Some(problem) = pupil.and_then(|pupil| clashes::differs(pupil, row, columns)) {
                problems.add(|| problem);
                continue;
            }
            plan.pupil(row);
            if let Err(start) = plan.enrolment(row, standing) {
                problems.add(|| clashes::overlap(&row.file, columns, start));
                continue;
            }
            fitting.push(row);
        }
        fitting.sort_by_key(|row| row.file.placed_from());
        placed::record(&mut plan, &fitting, standing, today);
        known::record(&mut plan, &fitting, standing, today);
        plan
    }

    fn pupil(&mut self, row: &Row) {
        let file = &row.file;
        if self.known.contains_key(file.upn.as_str()) {
            return;
        }
        let new = self.pupils.entry(file.upn.as_str().to_owned()).or_insert_with(|| NewPupil {
            upn: file.upn.as_str().to_owned(),
            surname: file.surname.clone(),
            forename: file.forename.clone(),
            birth_date: file.birth_date,
            sex: file.sex.map(As),
            schools: Vec::new(),
        });
        if !new.schools.contains(&row.school_id) {
            new.schools.push(row.school_id);
        }
    }

    /// The row's enrolment: known, known with another last day, or new; never two at once in one school. The first day
    /// of the other one is the error.
    fn enrolment(&mut self, row: &Row, standing: &RollBefore) -> Result<(), NaiveDate> {
        let (file, theirs) = (&row.file, standing.of(row));
        let key = row.enrolment();
        if let Some(known) = theirs.iter().find(|known| known.first_day == file.first_day) {
            let first_seen = self.enrolled.insert(key, known.enrolment_id).is_none();
            if first_seen && known.last_day != file.last_day {
                let (enrolment_id, school_id) = (known.enrolment_id, row.school_id);
                let (first_day, last_day) = (file.first_day, file.last_day);
                let longer = |was| last_day.is_none_or(|last| was < last);
                if known.last_day.is_some_and(longer) {
                    self.longer.insert(file.upn.as_str().to_owned());
                }
                self.days.push(NewStay { enrolment_id, school_id, first_day, last_day });
            }
            return Ok(());
        }
        let others = theirs.iter().map(|known| (known.first_day, known.last_day));
        let of_the_pupil =
            (key.0, key.1.clone(), NaiveDate::MIN)..=(key.0, key.1.clone(), NaiveDate::MAX);
        let new = self.enrolments.range(of_the_pupil);
        let new = new.filter(|(other, _)| other.2 != file.first_day);
        let new = new.map(|((_, _, first), last)| (*first, *last));
        let clash = others.chain(new).find(|(first, last)| {
            last.is_none_or(|last| file.first_day <= last)
                && file.last_day.is_none_or(|file_last| *first <= file_last)
        });
        if let Some((first, _)) = clash {
            return Err(first);
        }
        self.enrolments.insert(key, file.last_day);
        Ok(())
    }

    pub fn counts(&self) -> Counts {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Counts {
            pupils_added: count(self.pupils.len()),
            classes_added: count(self.classes.len()),
            enrolments_added: count(self.enrolments.len()),
            enrolments_changed: count(self.days.len()) - self.ended,
            enrolments_ended: self.ended,
            placements_added: count(self.placements.len()),
            characteristics_added: count(self.characteristics.len()),
            ..Counts::default()
        }
    }

    pub fn changes_anything(&self) -> bool {
        self.counts() != Counts::default()
    }
}
