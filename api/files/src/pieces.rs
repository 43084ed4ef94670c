//! Going through a large file in pieces, several at a time.
//!
//! What is read of each piece is put together in the order of the file, so that a file says the same whatever pieces it
//! is read in.

use ::analytics::{Pool, PoolError};

use super::headers::Header;
use super::rows::{Findings, PROGRESS_ROWS, Progress, Sent, Stopped, opened, rows_of};
use super::table::Row;

/// Bytes of a piece: some 10,000 rows, so that others who use the pool wait for milliseconds.
const PIECE: usize = 512 * 1024;
/// After how many pieces progress is reported.
const PROGRESS_PIECES: usize = 16;

/// What is read of a piece of a file.
pub(super) trait Piecewise: Send {
    /// Adds what the piece after it says.
    fn join(&mut self, next: Self);
}

/// Why there is no result of a reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// Its [`Progress`] stopped it.
    #[error("the reading was stopped")]
    Stopped,
    /// The pool could not do it.
    #[error(transparent)]
    Failed(#[from] PoolError),
}

impl From<Stopped> for Unread {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Reads a file row by row, several pieces of it at a time; answers what `open` found and what the pieces say together.
///
/// `open` looks at the header as for [`super::rows::each_row`]; `begin` makes what a piece is read into.
pub(super) fn each_piece<R: Sync, P: Piecewise>(
    sent: &Sent<'_>,
    findings: &mut Findings,
    (pool, progress): (&Pool, &mut Progress<'_>),
    open: impl FnOnce(&Header, &mut Findings) -> Option<R>,
    begin: impl Fn() -> P + Sync,
    read: impl Fn(&R, &mut P, &Row<'_>, &mut Findings) + Sync,
) -> Result<Option<(R, P)>, Unread> {
    let Some(decoded) = sent.decoded(findings) else { return Ok(None) };
    let Some((mut table, header)) = opened(sent, &decoded, findings) else { return Ok(None) };
    let Some(rows) = open(&header, findings) else { return Ok(None) };
    let mut together = begin();
    let pieces = table.pieces(PIECE);
    for some in pieces.chunks(PROGRESS_PIECES) {
        let each = pool.map(some, |piece| -> Result<_, Stopped> {
            let (mut piece, mut found) = (table.of(piece), Findings::default());
            let mut into = begin();
            let read = |row: &Row<'_>, found: &mut Findings| read(&rows, &mut into, row, found);
            rows_of(&mut piece, &mut found, &mut |_| true, read)?;
            Ok((into, found))
        })?;
        for read in each {
            let (into, found) = read?;
            together.join(into);
            findings.join(found);
        }
        // A small file is read before anybody looks.
        if findings.rows >= PROGRESS_ROWS && !progress(findings.rows) {
            return Err(Unread::Stopped);
        }
    }
    findings.close(&header);
    Ok(Some((rows, together)))
}
