//! A file of pupils against the roll: who is new, who is enrolled where from when to when, in which class and year group.
//!
//! It all happens in one transaction under the lock of the schools it touches. Nothing is overwritten: new days and
//! placements are appended. A pupil is recognised by UPN; another name or date of birth under a known UPN is a problem,
//! because two children must never become one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::AcademicYear;

use super::conclude::conclude;
use super::file::{Column, Columns, Problems, PupilRow, Reading, RowProblem, RowProblemKind};
use super::rows::{Counts, Outcome, Request};
use crate::db::Tx;
use crate::http::problem::{Kind, Problem};
use crate::jobs::Job;
use crate::pupils::{self, EnrolmentRow, NewClass, NewPlacement, NewPupil, NewStay, PlacementRow};
use crate::tenants;

/// The class of pupils whose file names none.
const NO_CLASS: &str = "No class";

/// A row whose school is known.
struct Row {
    file: PupilRow,
    school_id: i32,
}

/// Checks and applies a file of pupils; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<PupilRow>>,
) -> Result<(), Problem> {
    job.tell("checking against the roll", 0, 0);
    job.run(|tx| {
        let outcome = settle(tx, job, request, reading)?;
        conclude(tx, job, request, &outcome)
    })
}

fn settle(
    tx: &mut Tx<'_>,
    job: &Job<'_>,
    request: &Request,
    reading: Reading<Vec<PupilRow>>,
) -> Result<Outcome, Problem> {
    let mut problems = Problems::continuing(reading.problems, reading.problem_count);
    let columns = reading.columns;
    let rows = with_schools(tx, request, reading.file, &columns, &mut problems)?;
    let schools: Vec<i32> =
        rows.iter().map(|row| row.school_id).collect::<BTreeSet<_>>().into_iter().collect();
    let years: Vec<i16> = rows
        .iter()
        .filter_map(|row| class_year(&row.file, tx))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let locked = tenants::lock_schools(tx, &schools, &years)?;
    let plan = Plan::make(tx, &rows, &schools, &years, &columns, &mut problems)?;
    let mut outcome = Outcome {
        rows: reading.rows,
        notices: reading.notices,
        counts: plan.counts(),
        ..Outcome::default()
    };
    if problems.is_empty() && !request.dry_run && plan.changes_anything() {
        let mut elsewhere = BTreeSet::new();
        let applied = tx.savepoint(|tx| {
            let at = locked.bump(tx)?.into_values().map(|v| v.at).max().unwrap_or_else(|| tx.now());
            plan.apply(tx, job.by(), at, &mut elsewhere)
        });
        if elsewhere.is_empty() {
            applied?;
        }
        for row in rows.iter().filter(|row| elsewhere.contains(row.file.upn.as_str())) {
            problems.add(|| on_another_roll(&row.file, &columns));
        }
    }
    (outcome.problems, outcome.problem_count) = problems.finish();
    Ok(outcome)
}

/// Which school each row is for.
fn with_schools(
    tx: &mut Tx<'_>,
    request: &Request,
    file: Vec<PupilRow>,
    columns: &Columns,
    problems: &mut Problems,
) -> Result<Vec<Row>, Problem> {
    let by_urn = tenants::schools_by_urn(tx)?;
    let mut rows = Vec::with_capacity(file.len());
    for row in file {
        let school = match &row.urn {
            None => request.school_id,
            Some(urn) => by_urn.get(urn).copied(),
        };
        match school {
            Some(school_id) => rows.push(Row { file: row, school_id }),
            None => {
                let urn = row.urn.as_deref().unwrap_or_default();
                problems.add(|| unknown_school(row.line, columns, urn));
            }
        }
    }
    Ok(rows)
}

/// A school that the trust does not have, or that the caller may not see.
pub(super) fn unknown_school(line: u64, columns: &Columns, urn: &str) -> RowProblem {
    let expected = "the URN of a school of the trust that you may see";
    let kind = RowProblemKind::UnknownSchool;
    RowProblem::of_cell(line, &columns.name(Column::Urn), urn, kind, expected)
}

/// The academic year of a row's class: that of the day from which the class holds; when the file names no such day,
/// the file speaks of the present (or, for a pupil who has left, of the end).
fn class_year(row: &PupilRow, tx: &Tx<'_>) -> Option<i16> {
    let day = row.from.unwrap_or_else(|| {
        let today = tx.clock().today();
        row.last_day.map_or(today, |last| last.min(today)).max(row.first_day)
    });
    AcademicYear::of(day).map(AcademicYear::number)
}

/// What a file adds to the roll.
#[derive(Default)]
struct Plan {
    /// By UPN.
    pupils: BTreeMap<String, NewPupil>,
    classes: BTreeSet<NewClass>,
    /// Enrolments that are new, by (school, UPN, first day), with the last day.
    enrolments: BTreeMap<(i32, String, NaiveDate), Option<NaiveDate>>,
    /// Enrolments whose last day changes.
    days: Vec<NewStay>,
    placements: Vec<Placement>,
    /// Pupils who are known.
    known: BTreeMap<String, i32>,
    /// Enrolments that are known, by (school, UPN, first day).
    enrolled: BTreeMap<(i32, String, NaiveDate), i32>,
    /// Classes that are known.
    class_ids: BTreeMap<NewClass, i32>,
}

/// A placement whose enrolment and class may be new.
struct Placement {
    enrolment: (i32, String, NaiveDate),
    from_day: NaiveDate,
    class: NewClass,
    year_group: i16,
}

impl Plan {
    fn make(
        tx: &mut Tx<'_>,
        rows: &[Row],
        schools: &[i32],
        years: &[i16],
        columns: &Columns,
        problems: &mut Problems,
    ) -> Result<Self, Problem> {
        let upns: Vec<String> = rows.iter().map(|row| row.file.upn.as_str().to_owned()).collect();
        let known = pupils::pupils_by_upn(tx, &upns)?;
        let classes = pupils::classes_of(tx, schools, years)?;
        let enrolments = by_pupil(pupils::enrolments_of(tx, schools, None)?);
        let placements = by_enrolment(pupils::placements_of(tx, schools)?);
        let mut plan = Plan {
            known: known.iter().map(|(upn, row)| (upn.clone(), row.pupil_id)).collect(),
            class_ids: classes
                .into_iter()
                .map(|c| {
                    (NewClass { school_id: c.school_id, year: c.year, name: c.name }, c.class_id)
                })
                .collect(),
            ..Plan::default()
        };
        for row in rows {
            let upn = row.file.upn.as_str();
            let pupil = known.get(upn);
            if let Some((column, value)) = pupil.and_then(|known| differs(known, &row.file)) {
                problems.add(|| {
                    let expected = "the name and date of birth that the pupil with this UPN has";
                    let (line, kind) = (row.file.line, RowProblemKind::PupilDiffers);
                    RowProblem::of_cell(line, &columns.name(column), &value, kind, expected)
                });
                continue;
            }
            plan.pupil(row, pupil.is_some());
            let theirs = pupil.and_then(|pupil| enrolments.get(&(row.school_id, pupil.pupil_id)));
            if let Err(start) = plan.enrolment(row, theirs.map_or(&[], Vec::as_slice)) {
                problems.add(|| overlap(&row.file, columns, start));
                continue;
            }
            let Some(year) = class_year(&row.file, tx) else { continue };
            plan.placement(row, year, &placements);
        }
        Ok(plan)
    }

    fn pupil(&mut self, row: &Row, known: bool) {
        if known {
            return;
        }
        let file = &row.file;
        let new = self.pupils.entry(file.upn.as_str().to_owned()).or_insert_with(|| NewPupil {
            upn: file.upn.as_str().to_owned(),
            surname: file.surname.clone(),
            forename: file.forename.clone(),
            birth_date: file.birth_date,
            sex: file.sex.map(|sex| sex.letter().to_owned()),
            schools: Vec::new(),
        });
        if !new.schools.contains(&row.school_id) {
            new.schools.push(row.school_id);
        }
    }

    /// The row's enrolment: known, known with another last day, or new; never two at once in one school. The first day
    /// of the other one is the error.
    fn enrolment(&mut self, row: &Row, theirs: &[EnrolmentRow]) -> Result<(), NaiveDate> {
        let file = &row.file;
        let key = (row.school_id, file.upn.as_str().to_owned(), file.first_day);
        if let Some(known) = theirs.iter().find(|known| known.first_day == file.first_day) {
            let first_seen = self.enrolled.insert(key, known.enrolment_id).is_none();
            if first_seen && known.last_day != file.last_day {
                let (enrolment_id, school_id) = (known.enrolment_id, row.school_id);
                self.days.push(NewStay {
                    enrolment_id,
                    school_id,
                    first_day: file.first_day,
                    last_day: file.last_day,
                });
            }
            return Ok(());
        }
        let others = theirs.iter().map(|known| (known.first_day, known.last_day));
        let new = self
            .enrolments
            .range(
                (row.school_id, key.1.clone(), NaiveDate::MIN)
                    ..=(row.school_id, key.1.clone(), NaiveDate::MAX),
            )
            .filter(|((_, _, first), _)| *first != file.first_day)
            .map(|((_, _, first), last)| (*first, *last));
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

    fn placement(&mut self, row: &Row, year: i16, known: &BTreeMap<i32, Vec<PlacementRow>>) {
        let file = &row.file;
        let name = file.class.clone().unwrap_or_else(|| NO_CLASS.to_owned());
        let class = NewClass { school_id: row.school_id, year, name };
        let class_id = self.class_ids.get(&class).copied();
        let enrolment = (row.school_id, file.upn.as_str().to_owned(), file.first_day);
        let from_day = file.placed_from();
        let year_group = i16::from(file.year_group);
        let there = self
            .enrolled
            .get(&enrolment)
            .and_then(|enrolment_id| known.get(enrolment_id))
            .is_some_and(|list| {
                list.iter().any(|p| {
                    p.from_day == from_day
                        && Some(p.class_id) == class_id
                        && p.year_group == year_group
                })
            });
        if there {
            return;
        }
        if class_id.is_none() {
            self.classes.insert(class.clone());
        }
        self.placements.push(Placement { enrolment, from_day, class, year_group });
    }

    fn counts(&self) -> Counts {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Counts {
            pupils_added: count(self.pupils.len()),
            classes_added: count(self.classes.len()),
            enrolments_added: count(self.enrolments.len()),
            enrolments_changed: count(self.days.len()),
            placements_added: count(self.placements.len()),
            ..Counts::default()
        }
    }

    fn changes_anything(&self) -> bool {
        self.counts() != Counts::default()
    }

    /// Writes it all. UPNs that the trust has on a roll which the caller may not see end up in `elsewhere`, with an
    /// error so that nothing stays written.
    fn apply(
        mut self,
        tx: &mut Tx<'_>,
        by: &str,
        at: DateTime<Utc>,
        elsewhere: &mut BTreeSet<String>,
    ) -> Result<(), Problem> {
        let new: Vec<NewPupil> = std::mem::take(&mut self.pupils).into_values().collect();
        let added = pupils::add_pupils(tx, &new, by)?;
        elsewhere
            .extend(new.into_iter().map(|pupil| pupil.upn).filter(|upn| !added.contains_key(upn)));
        if !elsewhere.is_empty() {
            return Err(Problem::new(Kind::Taken));
        }
        self.known.extend(added);
        let classes: Vec<NewClass> = std::mem::take(&mut self.classes).into_iter().collect();
        let added = pupils::add_classes(tx, &classes, by)?;
        self.class_ids
            .extend(classes.into_iter().zip(added.into_iter().map(|class| class.class_id)));
        self.enrol(tx, by, at)?;
        let mut placements = Vec::with_capacity(self.placements.len());
        for placement in &self.placements {
            let (Some(enrolment_id), Some(class_id)) =
                (self.enrolled.get(&placement.enrolment), self.class_ids.get(&placement.class))
            else {
                return Err(Problem::internal("a placement without enrolment or class"));
            };
            placements.push(NewPlacement {
                enrolment_id: *enrolment_id,
                school_id: placement.enrolment.0,
                from_day: placement.from_day,
                class_id: *class_id,
                year_group: placement.year_group,
            });
        }
        pupils::add_placements(tx, &placements, at, by)
    }

    fn enrol(&mut self, tx: &mut Tx<'_>, by: &str, at: DateTime<Utc>) -> Result<(), Problem> {
        let new = std::mem::take(&mut self.enrolments);
        let mut pairs = Vec::with_capacity(new.len());
        for (school_id, upn, _) in new.keys() {
            let pupil_id = self
                .known
                .get(upn)
                .ok_or_else(|| Problem::internal("an enrolment without a pupil"))?;
            pairs.push((*school_id, *pupil_id));
        }
        let ids = pupils::add_enrolments(tx, &pairs, by)?;
        pupils::widen_schools(
            tx,
            &pairs.iter().map(|(school, pupil)| (*pupil, *school)).collect::<Vec<_>>(),
        )?;
        let mut days = std::mem::take(&mut self.days);
        for (((school_id, upn, first_day), last_day), enrolment_id) in new.into_iter().zip(ids) {
            days.push(NewStay { enrolment_id, school_id, first_day, last_day });
            self.enrolled.insert((school_id, upn, first_day), enrolment_id);
        }
        pupils::add_days(tx, &days, at, by)
    }
}

/// The caller may not see the roll that the pupil is on: it is not told which one it is.
fn on_another_roll(row: &PupilRow, columns: &Columns) -> RowProblem {
    let expected = "a pupil who is new to the trust or on your roll; one who moves inside the trust is enrolled by the trust";
    let kind = RowProblemKind::AmbiguousPupil;
    RowProblem::of_cell(row.line, &columns.name(Column::Upn), row.upn.as_str(), kind, expected)
}

/// The row's days on roll overlap those of the enrolment that starts on `first`.
fn overlap(row: &PupilRow, columns: &Columns, first: NaiveDate) -> RowProblem {
    let expected = format!("days on roll that do not overlap the enrolment that starts on {first}");
    let (column, value) = (columns.name(Column::FirstDay), row.first_day.to_string());
    RowProblem::of_cell(row.line, &column, &value, RowProblemKind::EnrolmentsOverlap, expected)
}

/// What makes a known pupil and a row two different children, if anything does. Spelling of names is compared folded.
fn differs(known: &pupils::PupilRow, row: &PupilRow) -> Option<(Column, String)> {
    let key = pupils::folded_name_key;
    if known.birth_date != row.birth_date {
        Some((Column::BirthDate, row.birth_date.to_string()))
    } else if key(&known.surname, &known.forename) == key(&row.surname, &row.forename) {
        None
    } else if key(&known.surname, "") == key(&row.surname, "") {
        Some((Column::Forename, row.forename.clone()))
    } else {
        Some((Column::Surname, row.surname.clone()))
    }
}

fn by_pupil(rows: Vec<EnrolmentRow>) -> BTreeMap<(i32, i32), Vec<EnrolmentRow>> {
    let mut map: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        map.entry((row.school_id, row.pupil_id)).or_default().push(row);
    }
    map
}

fn by_enrolment(rows: Vec<PlacementRow>) -> BTreeMap<i32, Vec<PlacementRow>> {
    let mut map: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        map.entry(row.enrolment_id).or_default().push(row);
    }
    map
}
