//! A letter that was decided on is filled with the figures that it was decided on, and written.

use domain::Rate;
use domain::policy::word::Over;
use domain::policy::{Case, Figure};

use super::compose::{Fields, compose};
use super::page::long;
use super::rows::{self, LetterRow};
use base::prelude::*;
use figures::Figures;
use roll::pupils;
use school::policies::Follows;
use school::tenants;

/// What letters are written from, apart from the figures.
pub struct WrittenFrom<'a> {
    /// The policy that they belong to.
    pub follows: &'a Follows,
    /// The case before the step that decided on them.
    pub before: Option<&'a Case>,
    /// The case after it.
    pub after: Option<&'a Case>,
}

/// Writes every letter about a pupil that waits at a school and is not written yet.
pub fn write(
    tx: &mut Tx,
    (school_id, pupil_id): (SchoolId, PupilId),
    about: &WrittenFrom<'_>,
    figures: &Figures<'_>,
) -> Result<()> {
    let waiting = rows::unwritten(tx, school_id, pupil_id)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let child = child(tx, (school_id, pupil_id))?;
    for letter in waiting {
        let mut fields = letter.fields()?;
        fields.extend(child.clone());
        fields.extend(counted(&letter, about, figures)?);
        let letter = rows::fill(tx, &letter, &fields)?;
        compose(tx, &letter, about.follows)?;
    }
    Ok(())
}

/// What letters say of the child: the names, and the class on the day.
pub(super) fn child(tx: &mut Tx, (school_id, pupil_id): (SchoolId, PupilId)) -> Result<Fields> {
    let day = tenants::today(tx, school_id)?;
    let pupil = pupils::pupil(tx, pupil_id)?;
    let on_roll = pupils::on_roll(tx, Some(school_id), day, Some(&[pupil_id]))?;
    let placed = on_roll.first().map(|on_roll| on_roll.class_id);
    let class = placed.map(|class_id| pupils::class(tx, class_id)).transpose()?;
    let fields = [
        ("full_name", Some(format!("{} {}", pupil.forename, pupil.surname))),
        ("pupil", Some(pupil.forename)),
        ("class", class.map(|class| class.name)),
    ];
    Ok(present(fields))
}

/// What stands in the fields of a letter that tell of figures, each over the days of the row that led to the letter.
fn counted(letter: &LetterRow, about: &WrittenFrom<'_>, figures: &Figures<'_>) -> Result<Fields> {
    let policy = &about.follows.policy;
    let over = letter.over.map_or(policy.over, |over| *over);
    let counted = figures.of_pupil(policy, letter.pupil_id);
    let decided: Option<Figure> =
        serde_json::from_value(letter.figure.clone()).map_err(Problem::internal)?;
    let now = counted.as_ref().and_then(|counted| counted.rates.over(over));
    let rate = decided.and_then(Figure::rate).or(now);
    let previous = about.before.and_then(|case| case.figure).and_then(Figure::rate);
    let band = rate.and_then(|rate| Some(policy.bands.as_ref()?.of(rate).name.clone()));
    let target = about.after.and_then(|case| case.target);
    let sessions = |count: fn(&Rate) -> u64| rate.as_ref().map(|rate| count(rate).to_string());
    let days = counted.as_ref().and_then(|counted| counted.days(over));
    let year = counted.as_ref().and_then(|counted| counted.rates.over(Over::Year));
    let fields = [
        ("rate", rate.map(|rate| rate.cut())),
        ("attended", sessions(|rate| rate.part())),
        ("possible", sessions(|rate| rate.whole())),
        ("absent", sessions(|rate| rate.whole() - rate.part())),
        ("period", days.map(|(from, to)| format!("{} to {}", long(from), long(to)))),
        ("previous_rate", previous.map(|rate| rate.cut())),
        ("year_rate", year.map(|rate| rate.cut())),
        ("band", band),
        ("target_rate", target.map(|target| target.rate.to_string())),
        ("target_from", target.map(|target| long(target.from))),
        ("target_to", target.map(|target| long(target.to))),
    ];
    Ok(present(fields))
}

/// The fields that have a value.
fn present<const N: usize>(fields: [(&str, Option<String>); N]) -> Fields {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
