//! On a pupil's first day the school's draft becomes part of the record.

use super::rows::{self, Draft, Waiting};
use crate::visibility::{self, Act};
use crate::{parents, pupils};
use base::prelude::*;

/// Why the record changes.
const WHY: &str = "recorded by the school before the first day there";

/// What became of a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct WentLive {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Parents who were added.
    #[schema(example = json!([812]))]
    added: Vec<ParentId>,
    /// Parents who can be reached in more ways.
    #[schema(example = json!([813]))]
    reached: Vec<ParentId>,
    /// The names stay as they are: the school is the pupil's subsidiary one, and the main school corrects them.
    names_left: bool,
}

/// Makes a draft part of the record, in the name of whoever wrote it.
pub fn go_live(tx: &mut Tx, waiting: &Waiting) -> Result<WentLive> {
    let by = waiting.recorded_by.as_str();
    let draft = waiting.draft()?;
    rows::keep(tx, (waiting.school_id, waiting.pupil_id), (&draft, true), by)?;
    let pupil_id = pupils::merged_into(tx, waiting.pupil_id)?.unwrap_or(waiting.pupil_id);
    let Draft { surname, forename, new_parents, contacts } = draft;
    let standing = visibility::standing_at(tx, pupil_id, waiting.school_id)?;
    let names_left = !standing.is_some_and(|standing| standing.may(Act::Correct))
        && (surname.is_some() || forename.is_some());
    if !names_left {
        pupils::rename(tx, pupil_id, (surname, forename), WHY, by)?;
    }
    let mut added = Vec::new();
    for parent in &new_parents {
        added.push(parents::add(tx, pupil_id, parent, by)?.parent_id);
    }
    // Somebody may have ceased to be a parent of the pupil since.
    let ties = parents::ties_of_pupil(tx, pupil_id)?;
    let parent = |id: ParentId| ties.iter().any(|tie| tie.parent_id == id);
    let mut reached = Vec::new();
    for more in contacts.into_iter().filter(|more| parent(more.parent_id)) {
        parents::add_contacts(tx, more.parent_id, &more.contacts, by)?;
        reached.push(more.parent_id);
    }
    Ok(WentLive { pupil_id, added, reached, names_left })
}
