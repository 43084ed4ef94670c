//! Owns: upload, upload_part.

use diesel::prelude::*;
use diesel::upsert::excluded;
use sha2::{Digest, Sha256};

use schema::{upload, upload_part};

use base::prelude::*;

/// A large file on its way in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upload {
    /// Rollcall's key.
    #[schema(example = 5)]
    pub upload_id: UploadId,
    /// The school that it is for; absent when each row names its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_id: Option<SchoolId>,
    /// When it was begun (UTC).
    pub begun_at: DateTime<Utc>,
    /// When a part was last put (UTC).
    pub touched_at: DateTime<Utc>,
    /// The parts that have arrived.
    pub parts: Vec<UploadPart>,
}

/// A part that has arrived.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UploadPart)]
pub struct UploadPart {
    /// Which part, from 1.
    #[schema(example = 1)]
    pub part: i32,
    /// Its size.
    #[schema(example = 8388608)]
    pub bytes: i32,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// A file whose parts are all there.
pub struct Whole {
    /// Its size.
    pub bytes: u64,
    /// Of all its bytes.
    pub sha256: Vec<u8>,
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lets go of every upload that was not touched since.
pub(super) fn let_go(tx: &mut Tx, since: DateTime<Utc>) -> Result<()> {
    let old: Vec<UploadId> = upload::table
        .filter(upload::touched_at.lt(since))
        .select(upload::upload_id)
        .for_update()
        .skip_locked()
        .load(tx.conn)?;
    remove(tx, &old)
}

fn remove(tx: &mut Tx, ids: &[UploadId]) -> Result<()> {
    diesel::delete(upload_part::table.filter(upload_part::upload_id.eq_any(ids)))
        .execute(tx.conn)?;
    diesel::delete(upload::table.filter(upload::upload_id.eq_any(ids))).execute(tx.conn)?;
    Ok(())
}

/// Begins an upload.
pub(super) fn begin(tx: &mut Tx, school_id: Option<SchoolId>, by: &str) -> Result<UploadId> {
    Ok(diesel::insert_into(upload::table)
        .values((
            upload::trust_id.eq(tx.trust()),
            upload::school_id.eq(school_id),
            upload::begun_at.eq(tx.now()),
            upload::begun_by.eq(by),
            upload::touched_at.eq(tx.now()),
        ))
        .returning(upload::upload_id)
        .get_result(tx.conn)?)
}

/// An upload with its parts.
pub(super) fn upload(tx: &mut Tx, upload_id: UploadId) -> Result<Upload> {
    let (school_id, begun_at, touched_at) = upload::table
        .filter(upload::upload_id.eq(upload_id))
        .select((upload::school_id, upload::begun_at, upload::touched_at))
        .first(tx.conn)?;
    let parts: Vec<(i32, i32, Vec<u8>)> = upload_part::table
        .filter(upload_part::upload_id.eq(upload_id))
        .order(upload_part::part)
        .select((upload_part::part, upload_part::bytes, upload_part::sha256))
        .load(tx.conn)?;
    let part = |(part, bytes, sha256): (i32, i32, Vec<u8>)| UploadPart {
        part,
        bytes,
        sha256: hex(&sha256),
    };
    let parts = parts.into_iter().map(part).collect();
    Ok(Upload { upload_id, school_id, begun_at, touched_at, parts })
}

/// Keeps a part; one of that number that was there before is replaced.
pub(super) fn put_part(
    tx: &mut Tx,
    upload_id: UploadId,
    part: i32,
    sha256: &[u8],
    body: &[u8],
) -> Result<UploadPart> {
    let school_id: Option<SchoolId> =
        diesel::update(upload::table.filter(upload::upload_id.eq(upload_id)))
            .set(upload::touched_at.eq(tx.now()))
            .returning(upload::school_id)
            .get_result(tx.conn)?;
    let bytes = i32::try_from(body.len()).map_err(Problem::internal)?;
    diesel::insert_into(upload_part::table)
        .values((
            upload_part::trust_id.eq(tx.trust()),
            upload_part::upload_id.eq(upload_id),
            upload_part::part.eq(part),
            upload_part::school_id.eq(school_id),
            upload_part::bytes.eq(bytes),
            upload_part::sha256.eq(sha256),
            upload_part::body.eq(body),
        ))
        .on_conflict((upload_part::trust_id, upload_part::upload_id, upload_part::part))
        .do_update()
        .set((
            upload_part::bytes.eq(excluded(upload_part::bytes)),
            upload_part::sha256.eq(excluded(upload_part::sha256)),
            upload_part::body.eq(excluded(upload_part::body)),
        ))
        .execute(tx.conn)?;
    Ok(UploadPart { part, bytes, sha256: hex(sha256) })
}

/// Holds an upload until the transaction ends, and makes sure that all its parts are there. One part at a time is in
/// memory. Errors: 404; a problem that names the first part that is missing, or says that the file is larger than
/// `most`.
pub fn whole(tx: &mut Tx, upload_id: UploadId, most: usize) -> Result<Whole> {
    upload::table
        .filter(upload::upload_id.eq(upload_id))
        .select(upload::upload_id)
        .for_update()
        .first::<UploadId>(tx.conn)?;
    let parts: Vec<(i32, i32)> = upload_part::table
        .filter(upload_part::upload_id.eq(upload_id))
        .order(upload_part::part)
        .select((upload_part::part, upload_part::bytes))
        .load(tx.conn)?;
    let missing =
        (1..).zip(&parts).find(|(wanted, (part, _))| wanted != part).map(|(wanted, _)| wanted);
    if let Some(missing) = missing.or_else(|| parts.is_empty().then_some(1)) {
        let detail = format!("Part {missing} of the upload has not arrived.");
        let expected = "an upload whose parts are all there";
        return Err(Problem::at(Kind::Invalid, "?upload_id", expected).detail(detail));
    }
    let bytes: u64 = parts.iter().map(|(_, bytes)| u64::try_from(*bytes).unwrap_or(0)).sum();
    if bytes > most as u64 {
        let detail = format!("A file may have {} MiB.", most / 1024 / 1024);
        return Err(Problem::new(Kind::TooLarge).detail(detail));
    }
    let mut digest = Sha256::new();
    for (part, _) in parts {
        let body: Vec<u8> = upload_part::table
            .filter(upload_part::upload_id.eq(upload_id).and(upload_part::part.eq(part)))
            .select(upload_part::body)
            .first(tx.conn)?;
        digest.update(&body);
    }
    Ok(Whole { bytes, sha256: digest.finalize().to_vec() })
}

/// Lets the upload go, after its parts were taken over as those of an import.
pub fn hand_over(tx: &mut Tx, upload_id: UploadId) -> Result<()> {
    remove(tx, &[upload_id])
}
