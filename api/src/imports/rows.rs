//! Owns: import, import_chunk.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::file::{Notice, RowProblem};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::jobs::JobRow;
use crate::schema::{import, import_chunk, job};

/// Bytes of a chunk: a file is never one huge value.
const CHUNK: usize = 1024 * 1024;

/// What a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Pupils with their enrolments, classes and year groups.
    Pupils,
    /// Marks: a row a mark, a day, or a week.
    Marks,
}

impl FileKind {
    fn as_str(self) -> &'static str {
        match self {
            FileKind::Pupils => "pupils",
            FileKind::Marks => "marks",
        }
    }
}

/// What an import is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the file says.
    pub kind: FileKind,
    /// The school it is for; `None`: each row names its own.
    pub school_id: Option<i32>,
    /// What the sender calls the file.
    pub file_name: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// What an import came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Rows below the header.
    #[schema(example = 1250)]
    pub rows: u64,
    /// How many things are wrong. Anything but 0: nothing was applied.
    #[schema(example = 0)]
    pub problem_count: u64,
    /// The first 1,000 of them, by line.
    pub problems: Vec<RowProblem>,
    /// What the sender should know although nothing is wrong.
    pub notices: Vec<Notice>,
    /// What was added and changed, or would be.
    pub counts: Counts,
}

/// What an import added and changed, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Pupils who were new to the trust.
    pub pupils_added: u64,
    /// Classes that were new.
    pub classes_added: u64,
    /// Enrolments that were new.
    pub enrolments_added: u64,
    /// Enrolments whose days changed.
    pub enrolments_changed: u64,
    /// Placements in a class and year group that were new or changed.
    pub placements_added: u64,
    /// Marks on half days that had none.
    pub marks_added: u64,
    /// Marks that replaced another; the old ones stand in the history.
    pub marks_changed: u64,
    /// Marks that were there already.
    pub marks_unchanged: u64,
}

/// An import as it goes over the wire.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Rollcall's key; the import's job has the same.
    #[schema(example = 12)]
    pub import_id: i64,
    /// What the file says.
    pub kind: String,
    /// The school it is for; absent when each row names its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<i32>,
    /// What the sender calls the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Only says what would happen.
    pub dry_run: bool,
    /// Size of the file.
    pub bytes: i64,
    /// How far it is.
    pub job: JobRow,
    /// What it came to, once it is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Outcome>)]
    pub result: Option<Value>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = import)]
struct ImportRow {
    job_id: i64,
    school_id: Option<i32>,
    kind: String,
    file_name: Option<String>,
    dry_run: bool,
    bytes: i64,
    result: Option<Value>,
}

impl Import {
    fn of((row, job): (ImportRow, JobRow)) -> Self {
        Self {
            import_id: row.job_id,
            kind: row.kind,
            school_id: row.school_id,
            file_name: row.file_name,
            dry_run: row.dry_run,
            bytes: row.bytes,
            job,
            result: row.result,
        }
    }
}

/// Keeps a request and its file, for the worker that takes the job.
pub(super) fn add(
    tx: &mut Tx<'_>,
    job_id: i64,
    request: &Request,
    bytes: &[u8],
) -> Result<(), Problem> {
    let trust = tx.trust();
    diesel::insert_into(import::table)
        .values((
            import::trust_id.eq(trust),
            import::job_id.eq(job_id),
            import::school_id.eq(request.school_id),
            import::kind.eq(request.kind.as_str()),
            import::file_name.eq(&request.file_name),
            import::dry_run.eq(request.dry_run),
            import::bytes.eq(i64::try_from(bytes.len()).unwrap_or(i64::MAX)),
            import::sha256.eq(Sha256::digest(bytes).to_vec()),
        ))
        .execute(tx.conn)?;
    for (seq, chunk) in (0_i32..).zip(bytes.chunks(CHUNK)) {
        diesel::insert_into(import_chunk::table)
            .values((
                import_chunk::trust_id.eq(trust),
                import_chunk::job_id.eq(job_id),
                import_chunk::school_id.eq(request.school_id),
                import_chunk::seq.eq(seq),
                import_chunk::body.eq(chunk),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// What was asked, and the file.
pub(super) fn take(tx: &mut Tx<'_>, job_id: i64) -> Result<(Request, Vec<u8>), Problem> {
    let row: ImportRow = import::table
        .filter(import::job_id.eq(job_id))
        .select(ImportRow::as_select())
        .first(tx.conn)?;
    let kind = match row.kind.as_str() {
        "pupils" => FileKind::Pupils,
        _ => FileKind::Marks,
    };
    let chunks: Vec<Vec<u8>> = import_chunk::table
        .filter(import_chunk::job_id.eq(job_id))
        .order(import_chunk::seq)
        .select(import_chunk::body)
        .load(tx.conn)?;
    let request =
        Request { kind, school_id: row.school_id, file_name: row.file_name, dry_run: row.dry_run };
    Ok((request, chunks.concat()))
}

/// Keeps what came of an import and lets its file go.
pub(super) fn keep_outcome(tx: &mut Tx<'_>, job_id: i64, outcome: &Outcome) -> Result<(), Problem> {
    let result = serde_json::to_value(outcome).map_err(Problem::internal)?;
    diesel::update(import::table.filter(import::job_id.eq(job_id)))
        .set(import::result.eq(Some(result)))
        .execute(tx.conn)?;
    diesel::delete(import_chunk::table.filter(import_chunk::job_id.eq(job_id))).execute(tx.conn)?;
    Ok(())
}

/// One import, if the caller may see it.
pub(super) fn import(tx: &mut Tx<'_>, job_id: i64) -> Result<Import, Problem> {
    let found: (ImportRow, JobRow) = import::table
        .inner_join(
            job::table.on(job::trust_id.eq(import::trust_id).and(job::job_id.eq(import::job_id))),
        )
        .filter(import::job_id.eq(job_id))
        .select((ImportRow::as_select(), JobRow::as_select()))
        .first(tx.conn)?;
    Ok(Import::of(found))
}

/// Imports, latest first, below `before`. Their problems are left out: read the import itself for them.
pub(super) fn imports(
    tx: &mut Tx<'_>,
    before: Option<i64>,
    most: i64,
) -> Result<Vec<Import>, Problem> {
    let mut rows = import::table
        .inner_join(
            job::table.on(job::trust_id.eq(import::trust_id).and(job::job_id.eq(import::job_id))),
        )
        .order(import::job_id.desc())
        .limit(most)
        .into_boxed();
    if let Some(before) = before {
        rows = rows.filter(import::job_id.lt(before));
    }
    let found: Vec<(ImportRow, JobRow)> =
        rows.select((ImportRow::as_select(), JobRow::as_select())).load(tx.conn)?;
    Ok(found.into_iter().map(|row| Import { result: None, ..Import::of(row) }).collect())
}
