//! A letter that was decided on becomes a text for each parent who may read it.

use domain::Rate;
use domain::policy::word::Do;
use domain::policy::{Case, Figure, Letter, Policy};

use super::copies::{self, NewCopy};
use super::rows::{self, LetterRow};
use base::prelude::*;
use figures::Figures;
use roll::parents::{self, Recipient};
use roll::pupils::{self, PupilRow};
use school::policies::Follows;
use school::tenants::{self, SchoolRow};

/// What letters are written from, apart from the figures.
pub struct Written<'a> {
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
    about: &Written<'_>,
    figures: &Figures<'_>,
) -> Result<()> {
    let waiting = rows::unwritten(tx, school_id, pupil_id)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let day = tenants::today(tx, school_id)?;
    let school = tenants::school(tx, school_id)?;
    let pupil = pupils::pupil(tx, pupil_id)?;
    let recipients = parents::recipients(tx, pupil_id, day)?;
    for letter in waiting {
        let values = values(&letter, (&school, &pupil, day), about, figures)?;
        let text = about.follows.letters.get(&letter.name);
        copies::add(tx, &letter, &copies_of(text, &recipients, &values))?;
    }
    Ok(())
}

/// A copy a parent, in their order.
fn copies_of(
    text: Option<&Letter>,
    recipients: &[Recipient],
    values: &BTreeMap<&'static str, String>,
) -> Vec<NewCopy> {
    let none = |addressed: &str, why: &str| NewCopy {
        parent_id: None,
        addressed: addressed.to_owned(),
        text: Err(why.to_owned()),
    };
    let Some(text) = text else {
        return vec![none("nobody", "the policy has no such letter any more")];
    };
    if recipients.is_empty() {
        return vec![none("nobody", "no parent is recorded for the pupil")];
    }
    let copy = |one: &Recipient| {
        let filled = match one.why_not {
            Some(why) => Err(why.to_owned()),
            None => {
                let mut values = values.clone();
                values.insert("parent", one.addressed.clone());
                fill(text, &values)
            }
        };
        NewCopy { parent_id: Some(one.parent_id), addressed: one.addressed.clone(), text: filled }
    };
    recipients.iter().map(copy).collect()
}

/// Subject and text; or which of its fields has no value: a letter never goes out with a gap.
fn fill(
    text: &Letter,
    values: &BTreeMap<&'static str, String>,
) -> Result<(String, String), String> {
    let gap = |missing: Vec<String>| format!("nothing is known for {}", missing.join(", "));
    let subject = Letter { body: text.subject.clone(), ..text.clone() };
    Ok((subject.fill(values).map_err(gap)?, text.fill(values).map_err(gap)?))
}

/// What stands in the fields of a letter, but for the parent.
fn values(
    letter: &LetterRow,
    (school, pupil, day): (&SchoolRow, &PupilRow, NaiveDate),
    about: &Written<'_>,
    figures: &Figures<'_>,
) -> Result<BTreeMap<&'static str, String>> {
    let policy = &about.follows.policy;
    let counted = figures.of_pupil(policy, letter.pupil_id);
    let decided: Option<Figure> =
        serde_json::from_value(letter.figure.clone()).map_err(Problem::internal)?;
    let now = counted.and_then(|(rates, _)| rates.over(policy.over));
    let rate = decided.and_then(Figure::rate).or(now);
    let previous = about.before.and_then(|case| case.figure).and_then(Figure::rate);
    let band = rate.and_then(|rate| Some(policy.bands.as_ref()?.of(rate).name.clone()));
    let target = about.after.and_then(|case| case.target);
    let office = format!("the office of {}", school.name);
    let signed = match signs(policy, letter) {
        Some(role) => format!("{role}, {}", school.name),
        None => school.name.clone(),
    };
    let sessions = |count: fn(&Rate) -> u64| rate.as_ref().map(|rate| count(rate).to_string());
    let fields = [
        ("pupil", Some(pupil.forename.clone())),
        ("school", Some(school.name.clone())),
        ("date", Some(long(day))),
        ("rate", rate.map(|rate| rate.cut())),
        ("attended", sessions(|rate| rate.part())),
        ("possible", sessions(|rate| rate.whole())),
        ("absent", sessions(|rate| rate.whole() - rate.part())),
        ("period", counted.map(|(_, (from, to))| format!("{} to {}", long(from), long(to)))),
        ("previous_rate", previous.map(|rate| rate.cut())),
        ("year_rate", counted.and_then(|(rates, _)| rates.year).map(|rate| rate.cut())),
        ("band", band),
        ("target_rate", target.map(|target| target.rate.to_string())),
        ("target_from", target.map(|target| long(target.from))),
        ("target_to", target.map(|target| long(target.to))),
        ("meeting", Some("We will be in touch to agree a time that suits you.".to_owned())),
        ("support", Some("Please ask us what help there is.".to_owned())),
        ("contact", Some(office)),
        ("signed", Some(signed)),
    ];
    Ok(fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// The role that sends a letter, in the policy's words.
fn signs(policy: &Policy, letter: &LetterRow) -> Option<String> {
    let rows = policy.rows.iter().filter(|row| row.rule == letter.rule);
    let mut letters = rows
        .flat_map(|row| row.body.actions())
        .filter(|action| action.kind == Do::Letter && action.what == letter.name);
    letters.next()?.by.clone()
}

/// A day as letters say it.
fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
