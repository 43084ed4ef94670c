//! Letters that no rule of a policy sends: they are written when something happens.

use domain::policy::LetterOccasion;

use super::compose::{Fields, compose};
use super::copies;
use super::page::long;
use super::rows::{self, LetterRow, NewLetter};
use super::stops;
use super::write::child;
use base::prelude::*;
use school::policies::{self, Part};
use school::tenants;

/// What happened, and about whom.
pub struct Occasion<'a> {
    /// What.
    pub what: LetterOccasion,
    /// The school that writes.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// What stands in the fields that tell of it.
    pub fields: Fields,
    /// Why a person still decides whether it leaves; `None`: it waits to be sent.
    pub held: Option<&'a str>,
}

/// Writes the letter that the school's policy has for an occasion; none when it follows no policy, or one without it.
pub fn write_on(tx: &mut Tx, occasion: Occasion<'_>, by: &str) -> Result<Option<LetterId>> {
    let Occasion { what, school_id, pupil_id, mut fields, held } = occasion;
    let day = tenants::today(tx, school_id)?;
    let follows = policies::assigned(tx, school_id, Part::Pathway, day)?;
    let Some(follows) = follows.filter(|follows| follows.letters.contains_key(what.text())) else {
        return Ok(None);
    };
    let stopped = stops::stopped(tx, &[pupil_id])?.contains(&pupil_id);
    let new = NewLetter {
        school_id,
        pupil_id,
        step: None,
        review_id: None,
        name: what.text(),
        rule: what.text(),
        held: if stopped { Some("all letters are stopped") } else { held },
        figure: None,
        over: None,
        day,
    };
    fields.extend(child(tx, (school_id, pupil_id))?);
    let Some(letter) = rows::add(tx, &new, by)? else { return Ok(None) };
    let letter = rows::fill(tx, &letter, &fields)?;
    if new.held.is_none() {
        compose(tx, &letter, &follows)?;
    }
    Ok(Some(letter.letter_id))
}

/// Writes the apology for a letter that was sent and has lost its support; nothing for one that was not sent. A person
/// decides whether it leaves.
pub fn apologise(tx: &mut Tx, letter: &LetterRow) -> Result<()> {
    let Some(sent_on) = letter.sent_on else { return Ok(()) };
    let copies = copies::of_letters(tx, &[letter.letter_id])?.remove(&letter.letter_id);
    let subject = copies.unwrap_or_default().into_iter().find_map(|copy| copy.subject);
    let subject = subject.unwrap_or_else(|| "attendance".to_owned());
    let fields = [("sent_on", long(sent_on)), ("sent_subject", subject)];
    let occasion = Occasion {
        what: LetterOccasion::Correction,
        school_id: letter.school_id,
        pupil_id: letter.pupil_id,
        fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
        held: Some("a person decides whether the apology leaves"),
    };
    write_on(tx, occasion, "rollcall").map(drop)
}
