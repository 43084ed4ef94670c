//! A meeting or a plan comes to a case whose letter tells of it.

use super::rows;
use crate::letters;
use base::prelude::*;

/// Writes the letters of a case anew that use a field and have not left the school, under the policy that the case keeps.
/// Whether there was one.
pub fn write_again(tx: &mut Tx, case_id: CaseId, field: &str) -> Result<bool> {
    let follows = rows::told_of(tx, case_id)?.follows(tx)?;
    letters::write_again(tx, case_id, field, &follows)
}
