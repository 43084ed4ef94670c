//! An import is to be taken back.

use super::rows::{self, Undo};
use base::jobs;
use base::operation::*;

/// Take a whole import back
///
/// The answer comes at once; the work is a job. Marks, days on roll, placements and characteristics are again what they
/// were before the import, and enrolments that it added are taken back, each as a new entry of the history. What was
/// changed since the import is left as it is and listed with the reason; so are enrolments that have marks by now.
/// Pupils, classes and parents that the import added stay, with nobody on roll, in them or theirs; cases that it carried
/// in end and penalty notices are withdrawn, unless something was done about them since. What rests on marks that go
/// back is looked at again: a step that the import had undone is proposed anew, and a person decides. Asked again, it is
/// done once. It needs the permissions that the import needed.
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])), params(ImportId, Idempotency),
    responses((status = 202, description = "Taken; `Location` tells how it goes.", body = Undo, headers(("Location"))),
        refusal::NotUndoable))]
#[post("/v1/imports/{import_id}/undo")]
pub async fn undo_import(
    caller: May<RunImport>,
    app: web::Data<App>,
    key: Idempotency,
    path: Path<ImportId>,
) -> Result<HttpResponse> {
    let import_id = path.0;
    let state = app.clone();
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        key.once(tx, &caller, &format!("undo_import/{import_id}"), &[], |tx| {
            let (school_id, kind) = rows::hold(tx, import_id)?;
            kind.check(&state.roles, &caller)?;
            let undo = match rows::of_import(tx, import_id)? {
                Some(undo) => undo,
                None => {
                    let job_id = jobs::enqueue(tx, crate::UNDO, school_id, &caller)?;
                    rows::add(tx, job_id, import_id, school_id)?;
                    let added = rows::of_import(tx, import_id)?;
                    added.ok_or_else(|| Problem::internal("an undo was not kept"))?
                }
            };
            Reply::accepted(format!("/v1/imports/{import_id}/undo"), &undo)
        })
    });
    Ok(reply.await?.answer())
}
