//! To whom letters about a pupil may go, in order; and why not to the others.

use domain::Relationship;

use super::rows::{self, ParentRow};
use super::ties::{Tie, ties_of_pupil};

use base::prelude::*;

/// A parent, in the sense of the Education Act, as letters address them.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub parent_id: ParentId,
    /// How they are addressed: `Mrs Okafor`.
    pub addressed: String,
    /// Why no letter goes to them; nothing of what a court has said stands here.
    pub why_not: Option<&'static str>,
}

const ASK_FIRST: &str = "not without asking whoever leads on safeguarding";
const IN_CARE: &str =
    "the child is in care: the carer, the social worker and the virtual school are written to";
const NO_CARE: &str = "has neither parental responsibility nor the child living with them";

/// Everybody who is a parent of a pupil on a day, in the order in which they are called.
///
/// For a child in care (one who has a foster carer, a social worker or a virtual school) these are written to. What has
/// to be respected always comes first.
pub fn recipients(tx: &mut Tx, pupil_id: PupilId, day: NaiveDate) -> Result<Vec<Recipient>> {
    let mut ties = ties_of_pupil(tx, pupil_id)?;
    ties.retain(|tie| tie.link.last_day.is_none_or(|last| day <= last));
    let in_care = ties.iter().any(of_care);
    let ids: Vec<ParentId> = ties.iter().map(|tie| tie.parent_id).collect();
    let all = rows::parents(tx, &ids)?;
    let mut people: BTreeMap<ParentId, ParentRow> =
        all.into_iter().map(|row| (row.parent_id, row)).collect();
    let recipient = |tie: Tie| {
        let person = people.remove(&tie.parent_id)?.person;
        let first = person.title.or(person.forename);
        let names = first.into_iter().chain([person.surname]);
        let why_not = match () {
            () if tie.safeguards.stand(day) => Some(ASK_FIRST),
            () if of_care(&tie) => None,
            () if in_care => Some(IN_CARE),
            () if tie.link.responsibility || tie.link.lives_with => None,
            () => Some(NO_CARE),
        };
        let addressed = names.collect::<Vec<_>>().join(" ");
        Some(Recipient { parent_id: tie.parent_id, addressed, why_not })
    };
    Ok(ties.into_iter().filter_map(recipient).collect())
}

/// Whether somebody looks after a child in care.
fn of_care(tie: &Tie) -> bool {
    use Relationship::{FosterCarer, SocialWorker, VirtualSchool};
    matches!(tie.link.relationship, FosterCarer | SocialWorker | VirtualSchool)
}
