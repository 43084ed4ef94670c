//! What comes to a case after its letter was decided on and stands in it, a meeting or a plan, lets the letter be written
//! anew.

use super::compose::compose;
use super::rows;
use base::prelude::*;
use school::policies::Follows;

/// Writes the letters of a case anew that use a field and have not left the school: those that wait to be sent, and those
/// that are held for nothing but what they lack. Whether there was one.
pub fn write_again(tx: &mut Tx, case_id: CaseId, field: &str, follows: &Follows) -> Result<bool> {
    let uses = |name: &String| {
        follows.letters.get(name).is_some_and(|letter| letter.uses().contains(field))
    };
    let mut letters = rows::unsent_of_case(tx, case_id)?;
    letters.retain(|letter| uses(&letter.name));
    for letter in letters.iter().filter(|letter| letter.is_to_be_written()) {
        compose(tx, letter, follows)?;
    }
    Ok(!letters.is_empty())
}
