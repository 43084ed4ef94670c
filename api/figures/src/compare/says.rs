//! A comparison in words, for people who do not read tables.

use ::analytics::{By, Compared, Comparing, GroupGap};
use chrono::NaiveDate;
use domain::in_tenths;

use super::answer::{MovementAnswer, percent, points};
use super::measure::{self, shown, tenths};
use crate::answer::complete;
use crate::dimension;

/// How each figure is worked out.
pub fn basis(comparing: &Comparing) -> Vec<String> {
    let of = measure::whole(comparing.measure);
    let groups = groups(comparing);
    vec![
        format!(
            "Each school is counted over its own dates, up to its last register; a rate is a share of {of}, pooled. \
             Enrolments, not pupils: one who moves inside the trust has two."
        ),
        "The interval is Wilson's, at 95%. Sessions of one pupil hang together, so they count for fewer: for as many \
         independent ones as have the same spread between pupils; with fewer than ten enrolments each counts for one."
            .to_owned(),
        format!(
            "The expected rate gives each of the school's groups ({groups}) the rate that the same group has in all \
             schools of its phase that you see, itself included: indirect standardisation. It says what could be \
             expected of such pupils, not what should be. Enrolments for which one of these \
             is not recorded are left out."
        ),
        "The standardised rate is the other way round: the pupils of the whole phase, with the rates that the groups have \
         in the school. There is none when one of the groups is not there."
            .to_owned(),
        format!(
            "A group is set beside the rest of its school, without those for whom it is not recorded, when both have {} \
             enrolments or more; a gap is certain when the intervals of the two lie apart.",
            comparing.least
        ),
        "Last year is the window of the same number, up to as many school days. Groups go by what holds at the window's \
         end."
            .to_owned(),
        format!(
            "A school is ranked when {}% of its half days have a mark and at least three schools of the phase do. A place \
             is a range: another school is ahead only when its whole interval is better.",
            comparing.floor
        ),
    ]
}

/// What schools are made alike by.
fn groups(comparing: &Comparing) -> String {
    let names: Vec<String> = comparing
        .standard
        .iter()
        .flatten()
        .map(|by| match by {
            By::Characteristic(kind) => in_a_sentence(kind.label()),
            By::YearGroup => "year group".to_owned(),
            other => dimension::Dimension::of(*other).text().to_owned(),
        })
        .collect();
    names.join(" by ")
}

/// A label inside a sentence.
fn in_a_sentence(label: &str) -> String {
    if label.starts_with("English") { label.to_owned() } else { label.to_lowercase() }
}

/// What can be said of the schools of a phase together.
pub fn phase(comparing: &Comparing, phase: &str, schools: &[(String, &Compared)]) -> Vec<String> {
    let phase = phase.replace('_', " ");
    let ranked = schools.iter().filter(|(_, school)| school.rank.is_some()).count();
    let mut says = Vec::new();
    if ranked == 0 {
        says.push(format!(
            "There are fewer than three {phase} schools with a figure and enough registers, so none is ranked."
        ));
    }
    let left_out: Vec<&str> = schools
        .iter()
        .filter(|(_, school)| ranked > 0 && school.rank.is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if !left_out.is_empty() {
        says.push(format!(
            "Not ranked, with no figure or less than {}% of its marks: {}.",
            comparing.floor,
            left_out.join(", ")
        ));
    }
    let certain = |(_, school): &&(String, &Compared)| school.rank.is_some_and(|(a, b)| a == b);
    if ranked > 0 && !schools.iter().any(|school| certain(&school)) {
        says.push("No school's place is certain: the differences may be chance.".to_owned());
    }
    says
}

/// Everything about one school.
pub fn school(
    comparing: &Comparing,
    school: &Compared,
    name: &str,
    phase: &str,
    ranked: usize,
) -> Vec<String> {
    let measure = measure::label(comparing.measure);
    let shown_rate = shown(comparing.measure, school.share).map(in_tenths);
    let Some((rate, (from, to, days))) = shown_rate.zip(school.days) else {
        return vec![format!(
            "{name} has no figure: no register of the window counts yet, or its year has no such window."
        )];
    };
    let (part, whole) = (school.share.part, school.share.whole);
    let of = measure::whole(comparing.measure);
    let mut says = vec![format!(
        "{name}: {measure} {rate}%, {part} of {whole} {of}, on {days} school days from {} to {}.",
        day(from),
        day(to)
    )];
    says.extend(school.interval.map(|interval| {
        let (lower, upper) = (
            percent(comparing.measure, interval.lower),
            percent(comparing.measure, interval.upper),
        );
        let enrolments = school.enrolments;
        format!("With 95% confidence it lies from {lower}% to {upper}% ({enrolments} enrolments).")
    }));
    says.extend(last_year(comparing, school));
    says.extend(expected(comparing, school));
    says.extend(gap(comparing, school));
    says.extend(movement(school));
    says.push(place(comparing, school, phase, ranked));
    says
}

fn last_year(comparing: &Comparing, school: &Compared) -> Option<String> {
    let (from, to, then) = school.last_year?;
    let then = shown(comparing.measure, then);
    let change = points(shown(comparing.measure, school.share), then)?;
    let rate = then.map(in_tenths)?;
    let period = format!("Last year, from {} to {},", day(from), day(to));
    Some(format!("{period} it was {rate}%: {}.", beside(&change, "than then")))
}

fn expected(comparing: &Comparing, school: &Compared) -> Option<String> {
    let expected = tenths(comparing.measure, school.expected?);
    let recorded = shown(comparing.measure, school.recorded)?;
    let beside = beside(&points(Some(recorded), Some(expected))?, "than that");
    let (expected, groups) = (in_tenths(expected), groups(comparing));
    Some(match school.left_out {
        0 => format!("Of its pupils, by {groups}, {expected}% could be expected: it is {beside}."),
        left_out => format!(
            "Of its pupils, by {groups}, {expected}% could be expected. {} left out, for which not all of this is \
             recorded; the others have {}%: {beside}.",
            if left_out == 1 {
                "1 enrolment is".to_owned()
            } else {
                format!("{left_out} enrolments are")
            },
            in_tenths(recorded)
        ),
    })
}

/// The widest gap that chance does not explain, or that there is none.
fn gap(comparing: &Comparing, school: &Compared) -> Option<String> {
    let least = comparing.least;
    let width = |gap: &&GroupGap| {
        let sides = gap.group.share.millionths().zip(gap.rest.share.millionths());
        sides.map_or(0, |(group, rest)| group.abs_diff(rest))
    };
    let Some(widest) = school.gaps.iter().filter(|gap| gap.is_certain()).max_by_key(width) else {
        return school.gaps.first().map(|_| {
            format!("No group of {least} enrolments or more differs from the rest by more than chance explains.")
        });
    };
    let (group, rest) = (widest.group.share, widest.rest.share);
    let label = dimension::label(widest.value)?;
    let (group, rest) = (shown(comparing.measure, group)?, shown(comparing.measure, rest)?);
    let beside = beside(&points(Some(group), Some(rest))?, "than the rest");
    let (group, rest) = (in_tenths(group), in_tenths(rest));
    let (some, others) = (widest.group.enrolments, widest.rest.enrolments);
    Some(format!(
        "Its widest gap that chance does not explain: {label}, {group}% of {some} enrolments beside {rest}% of {others}, \
         {beside}."
    ))
}

fn movement(school: &Compared) -> Option<String> {
    let MovementAnswer { since, better, worse, same, .. } = school.movement.as_ref()?.into();
    Some(format!(
        "Since {since}, {better} of {} enrolments moved to a band of less absence, {worse} to one of more.",
        better + worse + same
    ))
}

fn place(comparing: &Comparing, school: &Compared, phase: &str, ranked: usize) -> String {
    let phase = phase.replace('_', " ");
    match school.rank {
        Some((best, worst)) if best == worst => {
            format!("Its place among the {ranked} {phase} schools that are ranked is {best}.")
        }
        Some((best, worst)) => format!(
            "Its place among the {ranked} {phase} schools that are ranked is somewhere from {best} to {worst}."
        ),
        None => {
            let (part, whole) = (school.completeness.part, school.completeness.whole);
            let marked = complete(part, whole).unwrap_or_else(|| "0.0".to_owned());
            format!(
                "It is not ranked: {marked}% of its half days have a mark, and {}% are needed of at least three {phase} schools.",
                comparing.floor
            )
        }
    }
}

/// `0.4 points lower than then`.
fn beside(points: &str, than: &str) -> String {
    match points.strip_prefix('-') {
        Some(points) => format!("{points} points lower {than}"),
        None if points == "0.0" => "the same".to_owned(),
        None => format!("{points} points higher {than}"),
    }
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}
