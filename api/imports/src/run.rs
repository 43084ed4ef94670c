//! The job: read the file, check it, apply it.

use files::{
    Sent, Stopped, Unread, line_ends, read_classes, read_contacts, read_done, read_links,
    read_marks, read_pupils, read_schools,
};

use super::request::ImportKind;
use super::{
    import_cases, import_links, import_marks, import_parents, import_pupils, import_schools, rows,
};
use base::jobs::{self, Job};
use base::prelude::*;
use figures::Counting;
use school::tenants;

/// Runs an import. It may be started again after any crash: what it does, it does in its last transaction. Errors: the
/// database is away, or something that no check foresaw.
pub fn run(app: &App, counting: &Counting, job: &Job<'_>) -> Result<()> {
    let (request, bytes) = job.run(|tx| rows::take(tx, job.id()))?;
    let own = match request.school_id {
        Some(school_id) => Some(job.run(|tx| tenants::school(tx, school_id))?.urn),
        None => None,
    };
    let total = line_ends(&bytes);
    let lost = |_: Stopped| jobs::lost();
    let unread = |why| match why {
        Unread::Stopped => jobs::lost(),
        Unread::Failed(error) => Problem::internal(error),
    };
    let sent = Sent {
        bytes: &bytes,
        sheet: request.options.sheet.as_deref(),
        own_school: own.as_deref(),
        wide: matches!(request.kind, ImportKind::Schools | ImportKind::Groups | ImportKind::Links),
        today: job.run(|tx| Ok(tx.clock().today()))?,
    };
    let mut tell = |rows: u64| job.tell("reading the file", rows, total);
    match request.kind {
        ImportKind::Pupils => {
            let reading = read_pupils(&sent, &mut tell).map_err(lost)?;
            drop(bytes);
            import_pupils::import(job, &request, reading)
        }
        ImportKind::Marks => {
            let pool = counting.pool();
            let reading = read_marks(&sent, &app.codes, pool, &mut tell).map_err(unread)?;
            drop(bytes);
            import_marks::import(counting, job, &request, reading)
        }
        ImportKind::Classes => {
            let reading = read_classes(&sent, &mut tell).map_err(lost)?;
            import_pupils::import_classes(job, &request, reading)
        }
        ImportKind::Parents => {
            let reading = read_contacts(&sent, &mut tell).map_err(lost)?;
            import_parents::import(app, job, &request, reading)
        }
        ImportKind::Cases => {
            let reading = read_done(&sent, &mut tell).map_err(lost)?;
            import_cases::import(job, &request, reading)
        }
        ImportKind::Schools | ImportKind::Groups => {
            let reading = read_schools(&sent, &mut tell).map_err(lost)?;
            import_schools::import(job, &request, reading)
        }
        ImportKind::Links => {
            let reading = read_links(&sent, &mut tell).map_err(lost)?;
            import_links::import(job, &request, reading)
        }
    }
}
