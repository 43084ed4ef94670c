//! Rows that can fall on one review with letters that contradict each other. One gives way; the author is told which.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::policy::letter::Letter;
use crate::policy::model::{Body, Moment, Policy, Regular, Row};
use crate::policy::moment::due_days;
use crate::policy::parse::FILE;
use crate::policy::play::example_calendars;
use crate::policy::problem::Problem;
use crate::policy::step::is_counted;
use crate::policy::voice::{Voice, is_letter};
use crate::policy::word::{For, Outcome, Trend};

/// A row that writes to a family, in a voice.
struct Writes<'a> {
    row: &'a Row,
    voice: Voice,
    /// For pupils of which bands; empty for all.
    bands: &'a [String],
    /// What it asks of "improved": yes, no, or nothing.
    improved: Option<bool>,
    /// Due at a moment; `None` for a step.
    regular: Option<&'a Regular>,
}

/// What an author should know, by line: it is no mistake, for one of each two rows gives way.
pub(crate) fn contradictions(policy: &Policy, letters: &BTreeMap<String, Letter>) -> Vec<Problem> {
    let writes: Vec<Writes<'_>> =
        policy.rows.iter().flat_map(|row| written(row, letters)).collect();
    let mut days: BTreeMap<Moment, BTreeSet<NaiveDate>> = BTreeMap::new();
    let calendars = example_calendars();
    for regular in writes.iter().filter_map(|one| one.regular) {
        days.entry(regular.moment).or_insert_with(|| due_days(regular.moment, &calendars));
    }
    let mut notes = Vec::new();
    for (at, one) in writes.iter().enumerate() {
        for other in writes.iter().skip(at + 1).filter(|other| can_meet(policy, one, other, &days))
        {
            // The step of a case comes first, then the order of the file.
            let first = if other.regular.is_none() { other } else { one };
            let second = if std::ptr::eq(first, one) { other } else { one };
            let says = format!(
                "this and {} in line {} can write to one family at one review, one with {}, the other with {}: {} comes first, and {} gives way",
                second.row.rule,
                second.row.line,
                first.voice,
                second.voice,
                first.row.rule,
                second.row.rule
            );
            let rule = Some(first.row.rule.clone());
            notes.push(Problem { file: FILE.to_owned(), line: first.row.line, rule, says });
        }
    }
    notes.sort();
    notes.dedup();
    notes
}

/// The voices in which a row writes to a family at a review.
fn written<'a>(row: &'a Row, letters: &BTreeMap<String, Letter>) -> Vec<Writes<'a>> {
    let Some(letter) = row.body.actions().iter().find(|action| is_letter(action)) else {
        return Vec::new();
    };
    let law = letters.get(&letter.what).is_some_and(|letter| letter.law.is_some());
    let law = law.then_some(Voice::Concern);
    match &row.body {
        Body::Regular(regular) if matches!(regular.whom, For::EachPupil | For::Families) => {
            let improved = match regular.when {
                Trend::Improved => Some(true),
                Trend::NotImproved => Some(false),
                _ => None,
            };
            let voice = law.or(Voice::of_trend(row.kind, regular.when));
            let bands = &regular.bands;
            let writes = |voice| Writes { row, voice, bands, improved, regular: Some(regular) };
            voice.map(writes).into_iter().collect()
        }
        Body::Step(step) => {
            let counted = step.when.iter().filter(|when| is_counted(when));
            let writes = counted.filter_map(|when| {
                let improved = [(Outcome::Improved, true), (Outcome::NotImproved, false)];
                let improved = improved.iter().find(|(word, _)| word.text() == when);
                Some(Writes {
                    row,
                    voice: law.or(Voice::of_step(when, &step.then))?,
                    bands: &step.bands,
                    improved: improved.map(|(_, improved)| *improved),
                    regular: None,
                })
            });
            writes.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether two rows that contradict each other can fall on one review of one pupil.
fn can_meet(
    policy: &Policy,
    one: &Writes<'_>,
    other: &Writes<'_>,
    days: &BTreeMap<Moment, BTreeSet<NaiveDate>>,
) -> bool {
    let pair = [one, other];
    let same_day = match pair.map(|row| row.regular) {
        [Some(one), Some(other)] => {
            let due = [one, other].map(|row| days.get(&row.moment));
            let [Some(a), Some(b)] = due else { return false };
            one.on_entry || other.on_entry || !a.is_disjoint(b)
        }
        // One case takes one step a day.
        [None, None] => false,
        _ => true,
    };
    let same_band = one.bands.is_empty()
        || other.bands.is_empty()
        || one.bands.iter().any(|band| other.bands.contains(band));
    let same_trend = one.improved.zip(other.improved).is_none_or(|(one, other)| one == other);
    one.voice != other.voice
        && same_day
        && same_band
        && same_trend
        && !pair.iter().zip([other, one]).any(|(row, beside)| too_low(policy, row, beside))
}

/// Whether a row asks for a rate that nobody has in the bands of another, over the days of the bands.
fn too_low(policy: &Policy, row: &Writes<'_>, beside: &Writes<'_>) -> bool {
    let regular = row.regular.filter(|regular| regular.over == policy.over);
    let least = regular.and_then(|regular| regular.at_least);
    let bands: Vec<_> = policy.bands.iter().flat_map(|bands| bands.iter()).collect();
    let top = beside.bands.iter().filter_map(|name| {
        let at = bands.iter().position(|band| band.name == *name)?;
        // The highest band has no other above it.
        Some(bands.get(at + 1).map(|band| band.from))
    });
    let tops: Vec<_> = top.collect();
    let reaches =
        |top: &Option<crate::Percent>| least.is_none_or(|least| top.is_none_or(|top| top > least));
    !tops.is_empty() && !tops.iter().any(reaches)
}
