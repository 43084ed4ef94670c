//! Owns: import, import_chunk.

use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};
use sha2::{Digest, Sha256};

use super::outcome::Outcome;
use super::request::{ImportKind, Options, Request};
use super::uploads::{self, Whole};
use base::jobs::JobRow;
use base::prelude::*;
use casework::reviews::TouchedByMarks;
use schema::{import, import_chunk, job};

/// Bytes of a chunk: a file is never one huge value.
const CHUNK: usize = 1024 * 1024;

/// An import as it goes over the wire.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Rollcall's key; the import's job has the same.
    #[schema(example = 12)]
    pub import_id: ImportId,
    /// What the file says.
    pub kind: ImportKind,
    /// The school it is for; absent when each row names its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<SchoolId>,
    /// What the sender calls the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Only says what would happen.
    pub dry_run: bool,
    /// What else was asked.
    #[schema(value_type = Options)]
    pub options: Value,
    /// Size of the file.
    pub bytes: i64,
    /// How far it is.
    pub job: JobRow,
    /// What it came to, once it is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Outcome>)]
    pub result: Option<Value>,
    /// What became of what rested on marks that it changed, as far as somebody has looked again; absent when nothing did,
    /// and in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touched: Option<TouchedByMarks>,
}

#[derive(HasQuery)]
#[diesel(table_name = import)]
struct ImportRow {
    job_id: JobId,
    school_id: Option<SchoolId>,
    kind: ImportKind,
    file_name: Option<String>,
    dry_run: bool,
    options: Value,
    bytes: i64,
    result: Option<Value>,
}

impl Import {
    fn of((row, job): (ImportRow, JobRow)) -> Self {
        Self {
            import_id: row.job_id.into(),
            kind: row.kind,
            school_id: row.school_id,
            file_name: row.file_name,
            dry_run: row.dry_run,
            options: row.options,
            bytes: row.bytes,
            job,
            result: row.result,
            touched: None,
        }
    }
}

/// Keeps a request and its file, for the worker that takes the job.
pub(super) fn add(tx: &mut Tx, job_id: JobId, request: &Request, bytes: &[u8]) -> Result<()> {
    let whole = Whole { bytes: bytes.len() as u64, sha256: Sha256::digest(bytes).to_vec() };
    add_request(tx, job_id, request, &whole)?;
    for (seq, chunk) in (0_i32..).zip(bytes.chunks(CHUNK)) {
        diesel::insert_into(import_chunk::table)
            .values((
                import_chunk::trust_id.eq(tx.trust()),
                import_chunk::job_id.eq(job_id),
                import_chunk::school_id.eq(request.school_id),
                import_chunk::seq.eq(seq),
                import_chunk::body.eq(chunk),
            ))
            .execute(tx.conn)?;
    }
    Ok(())
}

/// Keeps a request whose file came in parts, and takes the parts over where they are. Errors: the upload is not there,
/// or not whole.
pub(super) fn add_uploaded(
    tx: &mut Tx,
    job_id: JobId,
    request: &Request,
    (upload_id, most): (UploadId, usize),
) -> Result<()> {
    let whole = uploads::whole(tx, upload_id, most)?;
    add_request(tx, job_id, request, &whole)?;
    diesel::sql_query(
        "INSERT INTO import_chunk (trust_id, job_id, school_id, seq, body) \
         SELECT trust_id, $2, $3, part, body FROM upload_part WHERE trust_id = $1 AND upload_id = $4",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<BigInt, _>(job_id)
    .bind::<Nullable<Integer>, _>(request.school_id)
    .bind::<BigInt, _>(upload_id)
    .execute(tx.conn)?;
    uploads::hand_over(tx, upload_id)
}

fn add_request(tx: &mut Tx, job_id: JobId, request: &Request, whole: &Whole) -> Result<()> {
    diesel::insert_into(import::table)
        .values((
            import::trust_id.eq(tx.trust()),
            import::job_id.eq(job_id),
            import::school_id.eq(request.school_id),
            import::kind.eq(request.kind),
            import::file_name.eq(&request.file_name),
            import::dry_run.eq(request.dry_run),
            import::options.eq(serde_json::to_value(&request.options).map_err(Problem::internal)?),
            import::bytes.eq(i64::try_from(whole.bytes).unwrap_or(i64::MAX)),
            import::sha256.eq(&whole.sha256),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What was asked, and the file.
pub(super) fn take(tx: &mut Tx, job_id: JobId) -> Result<(Request, Vec<u8>)> {
    let row: ImportRow = ImportRow::query().filter(import::job_id.eq(job_id)).first(tx.conn)?;
    let kind = row.kind;
    let options: Options =
        serde_json::from_value(row.options.clone()).map_err(Problem::internal)?;
    let mut bytes = Vec::with_capacity(usize::try_from(row.bytes).unwrap_or_default());
    // Chunk by chunk as they come, or the file would be here twice.
    let chunks = import_chunk::table
        .filter(import_chunk::job_id.eq(job_id))
        .order(import_chunk::seq)
        .select(import_chunk::body)
        .load_iter::<Vec<u8>, PgRowByRowLoadingMode>(tx.conn)?;
    for chunk in chunks {
        bytes.extend(chunk?);
    }
    let ImportRow { school_id, file_name, dry_run, .. } = row;
    let request = Request { kind, school_id, file_name, dry_run, options };
    Ok((request, bytes))
}

/// Keeps what came of an import and lets its file go.
pub(super) fn keep_outcome(tx: &mut Tx, job_id: JobId, outcome: &Outcome) -> Result<()> {
    let result = serde_json::to_value(outcome).map_err(Problem::internal)?;
    diesel::update(import::table.filter(import::job_id.eq(job_id)))
        .set((import::result.eq(Some(result)), import::applied_at.eq(outcome.applied_at)))
        .execute(tx.conn)?;
    diesel::delete(import_chunk::table.filter(import_chunk::job_id.eq(job_id))).execute(tx.conn)?;
    Ok(())
}

/// One import, if the caller may see it.
pub(super) fn import(tx: &mut Tx, import_id: ImportId) -> Result<Import> {
    let found: (ImportRow, JobRow) = import::table
        .inner_join(
            job::table.on(job::trust_id.eq(import::trust_id).and(job::job_id.eq(import::job_id))),
        )
        .filter(import::job_id.eq(import_id))
        .select((ImportRow::as_select(), JobRow::as_select()))
        .first(tx.conn)?;
    Ok(Import::of(found))
}

/// Imports, latest first, below `before`. Their problems are left out: read the import itself for them.
pub(super) fn imports(tx: &mut Tx, before: Option<ImportId>, most: i64) -> Result<Vec<Import>> {
    let mut rows = import::table
        .inner_join(
            job::table.on(job::trust_id.eq(import::trust_id).and(job::job_id.eq(import::job_id))),
        )
        .order(import::job_id.desc())
        .limit(most)
        .into_boxed();
    rows = rows.narrow(before.map(|before| import::job_id.lt(before)));
    let found: Vec<(ImportRow, JobRow)> =
        rows.select((ImportRow::as_select(), JobRow::as_select())).load(tx.conn)?;
    Ok(found.into_iter().map(|row| Import { result: None, ..Import::of(row) }).collect())
}
