//! Owns: school_letterhead.

use diesel::prelude::*;

use super::letterhead::Letterhead;
use base::http::etag::ETag;
use base::prelude::*;
use schema::school_letterhead;

/// A letterhead that a school has or had.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterheadRow {
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// Its number among the school's, from 1: the greatest stands.
    #[schema(example = 3)]
    pub version: i32,
    /// When it was put (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "staff-17")]
    pub recorded_by: String,
    /// What stands on the letters.
    pub letterhead: Letterhead,
}

impl LetterheadRow {
    /// The tag of this version.
    pub(super) fn etag(&self) -> ETag {
        ETag::of(format!("letterhead/{}/{}", self.school_id, self.version).as_bytes())
    }
}

/// The letterhead that stands; `None` when the school has recorded none.
pub fn latest(tx: &mut Tx, school_id: SchoolId) -> Result<Option<LetterheadRow>> {
    version(tx, school_id, None)
}

/// One version of a school's letterhead, or the one that stands.
pub(super) fn version(
    tx: &mut Tx,
    school_id: SchoolId,
    version: Option<i32>,
) -> Result<Option<LetterheadRow>> {
    let mut rows = tx
        .of(school_letterhead::table)
        .filter(school_letterhead::school_id.eq(school_id))
        .order(school_letterhead::version.desc())
        .select((
            school_letterhead::version,
            school_letterhead::recorded_at,
            school_letterhead::recorded_by,
            school_letterhead::body,
        ))
        .into_boxed();
    rows = rows.narrow(version.map(|version| school_letterhead::version.eq(version)));
    let row: Option<(i32, DateTime<Utc>, String, Value)> = rows.first(tx.conn).optional()?;
    row.map(|(version, recorded_at, recorded_by, body)| {
        let letterhead = serde_json::from_value(body).map_err(Problem::internal)?;
        Ok(LetterheadRow { school_id, version, recorded_at, recorded_by, letterhead })
    })
    .transpose()
}

/// Adds a letterhead, which stands from now on. The caller takes turns.
pub(super) fn append(
    tx: &mut Tx,
    school_id: SchoolId,
    before: Option<&LetterheadRow>,
    letterhead: &Letterhead,
    by: &str,
) -> Result<()> {
    let last = before.map(|before| before.recorded_at);
    diesel::insert_into(school_letterhead::table)
        .values((
            school_letterhead::trust_id.eq(tx.trust()),
            school_letterhead::school_id.eq(school_id),
            school_letterhead::version.eq(before.map_or(0, |before| before.version) + 1),
            school_letterhead::body
                .eq(serde_json::to_value(letterhead).map_err(Problem::internal)?),
            school_letterhead::recorded_at.eq(tx.after(last)),
            school_letterhead::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}
