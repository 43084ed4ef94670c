//! Owns: import_undo.

use diesel::prelude::*;

use crate::request::ImportKind;
use base::jobs::{JobRow, JobState};
use base::prelude::*;
use casework::reviews::{self, TouchedByMarks};
use schema::{import, import_undo, job};

/// How many of the rows that were left as they are get listed; further ones are only counted.
const LISTED: usize = 1_000;

/// The taking back of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct Undo {
    /// Rollcall's key; its job has the same.
    #[schema(example = 31)]
    pub undo_id: JobId,
    /// The import that is taken back.
    #[schema(example = 12)]
    pub import_id: ImportId,
    /// How far it is.
    pub job: JobRow,
    /// What it came to, once it is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UndoOutcome>)]
    pub result: Option<Value>,
    /// What became of what rested on marks that it changed, as far as somebody has looked again; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touched: Option<TouchedByMarks>,
}

/// What taking an import back came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct UndoOutcome {
    /// Marks that are again what they were before the import.
    pub marks_restored: u64,
    /// Registers that count as not taken again.
    pub registers_restored: u64,
    /// Enrolments that the import had added and that are now taken back.
    pub enrolments_taken_back: u64,
    /// Enrolments whose days are again what they were.
    pub days_restored: u64,
    /// Placements in a class and year group that are again what they were.
    pub placements_restored: u64,
    /// Characteristics that are again what they were.
    pub characteristics_restored: u64,
    /// Parents whose name, language or contacts are again what they were.
    pub parents_restored: u64,
    /// Parents and pupils who are again to each other what they were, or nothing.
    pub parent_links_restored: u64,
    /// Cases that have ended because they should not have been carried in.
    pub cases_ended: u64,
    /// Letters that do not count as sent any more.
    pub letters_taken_back: u64,
    /// Penalty notices that do not count any more.
    pub notices_taken_back: u64,
    /// How many rows were left as they are.
    pub left_count: u64,
    /// The first 1,000 of them.
    pub left: Vec<UndoLeft>,
}

/// Something that the import recorded and that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UndoLeft {
    /// The enrolment that it belongs to; absent when it belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 5120)]
    pub enrolment_id: Option<EnrolmentId>,
    /// The pupil whom it is about, where it belongs to no enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 4711)]
    pub pupil_id: Option<PupilId>,
    /// `mark on 2026-11-09 AM`, `enrolment`, `days on roll`, `placement`, `characteristic`, `parent`,
    /// `name or contacts of a parent`, `court order or no contact`, `case` or `penalty notice`.
    #[schema(example = "mark on 2026-11-09 AM")]
    pub what: String,
    /// Why, in plain English.
    #[schema(example = "it was changed since")]
    pub why: String,
}

impl UndoOutcome {
    /// Adds something of an enrolment that was left.
    pub fn leave(&mut self, enrolment_id: EnrolmentId, what: impl Into<String>, why: &str) {
        self.add(UndoLeft {
            enrolment_id: Some(enrolment_id),
            pupil_id: None,
            what: what.into(),
            why: why.to_owned(),
        });
    }

    /// Adds something about a pupil, or about nobody's alone, that was left.
    pub fn leave_of_pupil(&mut self, pupil_id: Option<PupilId>, what: &str, why: &str) {
        let (what, why) = (what.to_owned(), why.to_owned());
        self.add(UndoLeft { enrolment_id: None, pupil_id, what, why });
    }

    fn add(&mut self, left: UndoLeft) {
        self.left_count += 1;
        if self.left.len() < LISTED {
            self.left.push(left);
        }
    }
}

/// An import that shall be taken back.
pub(super) struct UndoAsked {
    pub import_id: ImportId,
    pub kind: ImportKind,
    /// When it was applied; `None`: it changed nothing.
    pub applied_at: Option<DateTime<Utc>>,
}

/// Holds an import until the transaction ends, and answers its school and kind. Errors: 404; a problem when the import
/// has not been applied.
pub(super) fn hold(tx: &mut Tx, import_id: ImportId) -> Result<(Option<SchoolId>, ImportKind)> {
    let (school_id, dry_run, kind): (Option<SchoolId>, bool, ImportKind) = tx
        .of(import::table)
        .filter(import::job_id.eq(import_id))
        .select((import::school_id, import::dry_run, import::kind))
        .for_update()
        .first(tx.conn)?;
    let state: JobState =
        tx.of(job::table).filter(job::job_id.eq(import_id)).select(job::state).first(tx.conn)?;
    let of_the_trust = kind.is_of_the_trust();
    if of_the_trust || dry_run || state != JobState::Done {
        let detail = match (dry_run, state) {
            _ if of_the_trust => "Schools stay: put a name or a URN right with another file.",
            (true, _) => "It was a dry run, which changed nothing.",
            (_, JobState::Queued | JobState::Running) => "It is not finished yet.",
            _ => "It was not applied.",
        };
        return Err(Problem::new(Kind::NotUndoable).detail(detail));
    }
    Ok((school_id, kind))
}

/// The latest undo of an import that has not failed.
pub(super) fn of_import(tx: &mut Tx, import_id: ImportId) -> Result<Option<Undo>> {
    let found =
        tx.of(import_undo::table)
            .inner_join(job::table.on(
                job::trust_id.eq(import_undo::trust_id).and(job::job_id.eq(import_undo::job_id)),
            ))
            .filter(import_undo::import_id.eq(import_id).and(job::state.ne(JobState::Failed)))
            .order(import_undo::job_id.desc())
            .select((import_undo::job_id, import_undo::result, JobRow::as_select()))
            .first::<(JobId, Option<Value>, JobRow)>(tx.conn)
            .optional()?;
    let Some((undo_id, result, job)) = found else { return Ok(None) };
    let touched = reviews::looked_again(tx, undo_id)?;
    Ok(Some(Undo { undo_id, import_id, job, result, touched }))
}

/// Keeps what is asked, for the worker that takes the job.
pub(super) fn add(
    tx: &mut Tx,
    job_id: JobId,
    import_id: ImportId,
    school_id: Option<SchoolId>,
) -> Result<()> {
    diesel::insert_into(import_undo::table)
        .values((
            import_undo::trust_id.eq(tx.trust()),
            import_undo::job_id.eq(job_id),
            import_undo::import_id.eq(import_id),
            import_undo::school_id.eq(school_id),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What a job shall take back.
pub(super) fn asked(tx: &mut Tx, job_id: JobId) -> Result<UndoAsked> {
    let (import_id, kind, applied_at) = tx
        .of(import_undo::table)
        .inner_join(
            import::table.on(import::trust_id
                .eq(import_undo::trust_id)
                .and(import::job_id.eq(import_undo::import_id))),
        )
        .filter(import_undo::job_id.eq(job_id))
        .select((import::job_id, import::kind, import::applied_at))
        .first(tx.conn)?;
    Ok(UndoAsked { import_id, kind, applied_at })
}

/// Keeps what came of it.
pub(super) fn keep(tx: &mut Tx, job_id: JobId, outcome: &UndoOutcome) -> Result<()> {
    let result = serde_json::to_value(outcome).map_err(Problem::internal)?;
    diesel::update(tx.of(import_undo::table).filter(import_undo::job_id.eq(job_id)))
        .set(import_undo::result.eq(Some(result)))
        .execute(tx.conn)?;
    Ok(())
}
