//! Letters that were sent before the school came here: they stand as sent, and none of them leaves again.

use diesel::prelude::*;

use super::rows::NewLetter;
use super::state::LetterState;
use schema::letter;

use base::prelude::*;

/// Keeps letters that were sent before, as an import says.
pub fn carry_in(
    tx: &mut Tx,
    new: &[NewLetter<'_>],
    (by, import_id): (&str, ImportId),
) -> Result<()> {
    let mut rows = Vec::with_capacity(new.len());
    for new in new {
        rows.push((
            letter::trust_id.eq(tx.trust()),
            letter::school_id.eq(new.school_id),
            letter::pupil_id.eq(new.pupil_id),
            letter::case_id.eq(new.step.map(|(case, _)| case)),
            letter::step.eq(new.step.map(|(_, step)| step)),
            letter::name.eq(new.name),
            letter::rule.eq(new.rule),
            letter::state.eq(LetterState::Sent),
            letter::figure.eq(serde_json::to_value(new.figure).map_err(Problem::internal)?),
            letter::decided_on.eq(new.day),
            letter::decided_by.eq(by),
            letter::sent_on.eq(new.day),
            letter::sent_by.eq(by),
            letter::sent_how.eq("before the school came here"),
            letter::job_id.eq(import_id),
        ));
    }
    diesel::insert_into(letter::table).values(rows).execute(tx.conn)?;
    Ok(())
}

/// Takes back the letters that an import carried in, but for those of cases that stay; how many.
pub fn take_back(tx: &mut Tx, import_id: ImportId, stay: &[CaseId]) -> Result<usize> {
    let of_import = letter::job_id.eq(import_id).and(letter::state.eq(LetterState::Sent));
    let goes = letter::case_id.is_null().or(letter::case_id.ne_all(stay));
    Ok(diesel::update(letter::table.filter(of_import).filter(goes))
        .set((
            letter::state.eq(LetterState::TakenBack),
            letter::why.eq("its import was taken back"),
        ))
        .execute(tx.conn)?)
}
