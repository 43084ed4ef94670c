//! A file of what was done under the school's policy before it came here: letters, open stages, running targets
//! and penalty notices (`import_notices.rs`).
//!
//! It is held against the policy that the school follows today, and told as the events of cases. From then on a case
//! stands as if it had been followed here, and says where it came from.

use domain::policy::{CarriedIn, CarryError, Doing, Done, carry_in};
use files::{
    Column, Columns, DoneColumn, DoneFile, DoneRow, Notice, NoticeKind, Problems, Reading,
    RowProblem, RowProblemKind,
};

use super::conclude::Checking;
use super::import_notices;
use super::request::Request;
use super::schools::Schools;
use super::whom::{ByPupil, rows_by_pupil};
use base::jobs::Job;
use base::prelude::*;
use casework::cases::{self, CarriedCase, CaseRow};
use casework::letters::{self, NewLetter};
use roll::pupils::EnrolmentRow;
use school::policies::{self, Follows, Part};

/// Checks and applies a file of what was done; a dry run, or a file with a problem, changes nothing.
pub(super) fn import(job: &Job<'_>, request: &Request, reading: Reading<DoneFile>) -> Result<()> {
    job.tell("checking against the policy", 0, 0);
    job.run(|tx| {
        let (file, mut check) = Checking::begin(request, reading);
        let applied_at = settle(tx, job, file, &mut check)?;
        check.conclude(tx, job, applied_at)
    })
}

fn settle(
    tx: &mut Tx,
    job: &Job<'_>,
    DoneFile { done, given }: DoneFile,
    check: &mut Checking<'_>,
) -> Result<Option<DateTime<Utc>>> {
    let mut schools = Schools::read(tx, check.request)?;
    let today = tx.clock().today();
    let in_time = |row: &DoneRow<Done>, stays: &[EnrolmentRow], columns: &Columns| {
        in_time(&row.done, stays, today)
            .map_err(|(column, kind, expected)| wrong(row, columns, column, kind, expected))
    };
    let files = rows_by_pupil(tx, &mut schools, done, check, in_time)?;
    let given = import_notices::plan(tx, &mut schools, given, check)?;
    let ids = Schools::ids(files.keys().map(|(school_id, _)| *school_id));
    let follows = followed(tx, &ids, &files, &mut check.problems)?;
    let mut open = BTreeMap::new();
    for school_id in &ids {
        for told in cases::open_cases(tx, *school_id)? {
            open.insert((*school_id, told.row.pupil_id), told.row);
        }
    }
    let mut plan: Vec<(&Follows, Planned)> = Vec::new();
    for (about, rows) in &files {
        let (Some(follows), Some(first)) = (follows.get(&about.0), rows.first()) else { continue };
        if let Some(case) = open.get(about) {
            check.problems.add(|| case_open(first, &check.columns, case));
            continue;
        }
        let done: Vec<Done> = rows.iter().map(|row| row.done.clone()).collect();
        match carry_in(&follows.policy, &follows.letters, &done, job.by(), today) {
            Ok(carried) => plan.push((follows, Planned { about: *about, rows, carried })),
            Err(wrong) => wrong.iter().for_each(|(at, error)| {
                let row = rows.get(*at).unwrap_or(first);
                check.problems.add(|| not_in_policy(row, &check.columns, error));
            }),
        }
    }
    check.notices.extend(schools.notices());
    check.notices.extend(plan.iter().flat_map(|(_, planned)| planned.notices()));
    for (_, planned) in &plan {
        check.counts.cases_carried_in += u64::from(!planned.carried.steps.is_empty());
        check.counts.letters_carried_in += planned.count(|what| matches!(what, Doing::Letter(_)));
        check.counts.targets_carried_in +=
            planned.count(|what| matches!(what, Doing::Target { .. }));
    }
    check.counts.notices_carried_in = u64::try_from(given.len()).unwrap_or(u64::MAX);
    if !check.may_apply() || plan.is_empty() && given.is_empty() {
        return Ok(None);
    }
    for (follows, planned) in &plan {
        planned.apply(tx, job, follows)?;
    }
    for notice in &given {
        notice.apply(tx, job)?;
    }
    Ok(Some(tx.now()))
}

/// Whether it can have been done on that day, given the pupil's days on roll.
fn in_time(
    done: &Done,
    stays: &[EnrolmentRow],
    today: NaiveDate,
) -> Result<(), (Column, RowProblemKind, &'static str)> {
    let on_roll = |day| stays.iter().any(|stay| stay.covers(day));
    let day = Column::Done(DoneColumn::Day);
    if let Doing::Target { to, .. } = &done.what {
        let expected =
            "a target that still runs: of one that has ended say the stage that came of it";
        return match *to < today {
            true => Err((Column::Done(DoneColumn::To), RowProblemKind::TargetEnded, expected)),
            false => Ok(()),
        };
    }
    if done.day > today {
        return Err((day, RowProblemKind::BadDate, "today or a day before: it has been done"));
    }
    match on_roll(done.day) {
        true => Ok(()),
        false => Err((
            day,
            RowProblemKind::NotOnRoll,
            "a day on which the pupil was on the school's roll",
        )),
    }
}

fn wrong(
    row: &DoneRow<Done>,
    columns: &Columns,
    column: Column,
    kind: RowProblemKind,
    expected: impl Into<String>,
) -> RowProblem {
    let value = match (&column, &row.done.what) {
        (Column::Done(DoneColumn::To), Doing::Target { to, .. }) => to.to_string(),
        (Column::Done(DoneColumn::Day), _) => row.done.day.to_string(),
        (Column::Done(DoneColumn::Name), Doing::Letter(name) | Doing::Stage(name)) => name.clone(),
        (Column::Done(DoneColumn::Record), _) => "target".to_owned(),
        _ => row.upn.as_str().to_owned(),
    };
    RowProblem::of_cell(row.line, &columns.name(column), &value, kind, expected)
}

fn case_open(row: &DoneRow<Done>, columns: &Columns, case: &CaseRow) -> RowProblem {
    let stage = case.stage.as_deref().unwrap_or_default();
    let expected = format!(
        "a pupil without an open case at the school: case {} is at {stage:?}",
        case.case_id
    );
    wrong(row, columns, Column::Upn, RowProblemKind::CaseOpen, expected)
}

fn not_in_policy(row: &DoneRow<Done>, columns: &Columns, error: &CarryError) -> RowProblem {
    let column = match (error, &row.done.what) {
        (CarryError::LastYears(..), _) => DoneColumn::Day,
        (_, Doing::Target { .. }) => DoneColumn::Record,
        _ => DoneColumn::Name,
    };
    let kind = RowProblemKind::NotInPolicy;
    wrong(row, columns, Column::Done(column), kind, error.to_string())
}

/// The policies that the schools follow today; one problem for a school that follows none.
fn followed(
    tx: &mut Tx,
    schools: &[SchoolId],
    files: &ByPupil<Done>,
    problems: &mut Problems,
) -> Result<BTreeMap<SchoolId, Follows>> {
    let today = tx.clock().today();
    let mut found = BTreeMap::new();
    for school_id in schools {
        if let Some(follows) = policies::assigned(tx, *school_id, Part::Pathway, today)? {
            found.insert(*school_id, follows);
            continue;
        }
        let theirs = files.range((*school_id, PupilId::MIN)..=(*school_id, PupilId::MAX));
        let line = theirs.flat_map(|(_, rows)| rows).map(|row| row.line).min().unwrap_or(1);
        let expected = format!(
            "rows of a school that follows a policy: school {school_id} follows none today, so nobody can tell which \
             letters and stages it has (PUT /v1/schools/{school_id}/policy/pathway/{today})"
        );
        problems.add(|| RowProblem::of_row(line, RowProblemKind::NoPolicy, expected));
    }
    Ok(found)
}

/// What is carried in of one pupil.
struct Planned<'a> {
    about: (SchoolId, PupilId),
    rows: &'a [DoneRow<Done>],
    carried: CarriedIn,
}

impl Planned<'_> {
    fn count(&self, is: impl Fn(&Doing) -> bool) -> u64 {
        let count = self.rows.iter().filter(|row| is(&row.done.what)).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// Letters that stand with the letters and open no case.
    fn notices(&self) -> impl Iterator<Item = Notice> + '_ {
        self.carried.letters.iter().filter_map(|(at, rule)| {
            let line = self.rows.get(*at)?.line;
            let text = format!("The policy sends this letter outside of cases ({rule}): it stands with the letters.");
            Some(Notice { kind: NoticeKind::LetterOfNoCase, line, count: 1, text })
        })
    }

    fn apply(&self, tx: &mut Tx, job: &Job<'_>, follows: &Follows) -> Result<()> {
        let line = |at: &usize| self.rows.get(*at).map(|row| row.line.to_string());
        let steps = self.carried.steps.iter().map(|step| {
            let lines: Vec<String> = step.from.iter().filter_map(line).collect();
            let text = format!("carried in with import {}, line {}", job.id(), lines.join(" and "));
            (step.clone(), text)
        });
        let steps: Vec<_> = steps.collect();
        let carried = CarriedCase { about: self.about, steps: &steps, follows };
        cases::carry_in(tx, &carried, (job.by(), job.role()), job.id().into())?;
        let (school_id, pupil_id) = self.about;
        let sent = self.carried.letters.iter().filter_map(|(at, rule)| {
            let row = self.rows.get(*at)?;
            let Doing::Letter(name) = &row.done.what else { return None };
            let (figure, day) = (row.done.figure, row.done.day);
            let (step, review_id, held, over) = (None, None, None, None);
            Some(NewLetter {
                school_id,
                pupil_id,
                step,
                review_id,
                name,
                rule,
                held,
                figure,
                over,
                day,
            })
        });
        letters::carry_in(tx, &sent.collect::<Vec<_>>(), (job.by(), job.id().into()))
    }
}
