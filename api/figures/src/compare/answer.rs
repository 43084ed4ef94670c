//! A comparison as it goes over the wire.

use ::analytics::{BANDS, Compared, Comparing, Interval, Share};
use domain::Phase;

use super::super::answer::{DefinitionAnswer, PeriodAnswer, VersionAnswer, percent, versions};
use super::super::blocks::Built;
use super::super::dimension::{self, Dimension, MeasureName};
use super::{measure, says};

use base::prelude::*;

/// Schools side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompareAnswer {
    /// What is counted, and by which rules.
    definition: DefinitionAnswer,
    /// The academic year.
    period: PeriodAnswer,
    /// What is compared.
    measure: MeasureName,
    /// Whether more of it is better, or less.
    better: Better,
    /// Over which window, each school over its own dates.
    #[schema(example = "half-term-1")]
    window: String,
    /// What schools are made alike by, with commas between.
    #[schema(example = "year_group,fsm,sen")]
    standard: String,
    /// How each figure is worked out, in words.
    basis: Vec<String>,
    /// The instant as of which everything is known (UTC).
    as_known_on: DateTime<Utc>,
    /// The version of each school's year that was counted.
    versions: Vec<VersionAnswer>,
    /// Schools without a calendar for the year: they have no figures.
    schools_without_calendar: Vec<SchoolId>,
    /// Phase by phase: schools of different phases are not compared.
    phases: Vec<PhaseAnswer>,
}

words! {
    /// Whether more of a measure is better, or less.
    Better {
        More = "more": "more is better",
        Less = "less": "less is better",
    }
}

/// The schools of one phase.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhaseAnswer {
    /// The phase.
    #[schema(value_type = words::Phase)]
    phase: &'static str,
    /// What can be said of them together, in words.
    says: Vec<String>,
    /// The schools, by name.
    schools: Vec<ComparedAnswer>,
}

/// A share with its counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShareAnswer {
    /// Sessions, or enrolments.
    part: u64,
    /// Of so many.
    of: u64,
    /// In percent, cut to one decimal; `null` of nothing.
    #[schema(example = "6.8")]
    percent: Option<String>,
}

/// Where a rate lies with 95% confidence, in percent, rounded to one decimal.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntervalAnswer {
    /// Not below this.
    #[schema(example = "5.9")]
    from: String,
    /// Not above this.
    #[schema(example = "7.8")]
    to: String,
}

/// A school among others.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedAnswer {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its name.
    name: String,
    /// Everything about it in words.
    says: Vec<String>,
    /// First school day that is counted; `null` when nothing is yet.
    from: Option<NaiveDate>,
    /// Last school day that is counted.
    to: Option<NaiveDate>,
    /// School days that are counted.
    school_days: usize,
    /// Enrolments with a possible session.
    enrolments: u32,
    /// The measure.
    figure: ShareAnswer,
    /// Where it lies but for chance; `null` without a figure.
    interval: Option<IntervalAnswer>,
    /// Half days that should have a mark, and those that do.
    completeness: ShareAnswer,
    /// The same over as many school days of last year's window.
    last_year: Option<LastYearAnswer>,
    /// Each group compared with everybody else in the school.
    groups: Vec<GapAnswer>,
    /// How enrolments moved between bands of absence since the window before; `null` for the first.
    movement: Option<MovementAnswer>,
    /// What the rate would be if each of the school's groups had the rate of that group in all schools of the phase
    /// (indirect standardisation), in percent, rounded to one decimal.
    expected_percent: Option<String>,
    /// The rate less that, in points; below zero, lower than expected.
    #[schema(example = "-0.8")]
    beside_expected: Option<String>,
    /// What the rate of the phase would be if each group had the rate that it has here (direct standardisation); `null`
    /// when a group of the phase is not in the school.
    standardised_percent: Option<String>,
    /// Which places among the ranked schools of the phase cannot be ruled out; `null` for a school that is not ranked.
    rank: Option<RankAnswer>,
}

/// Last year's same period.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastYearAnswer {
    /// First school day.
    from: NaiveDate,
    /// Last school day.
    to: NaiveDate,
    /// The measure.
    figure: ShareAnswer,
    /// This year's rate less last year's, in points, rounded to one decimal.
    #[schema(example = "-0.4")]
    change: Option<String>,
}

/// A group of a school compared with everybody else in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapAnswer {
    /// What it is a group of.
    by: Dimension,
    /// The group.
    #[schema(example = "yes")]
    key: String,
    /// In words.
    #[schema(example = "Eligible for free school meals")]
    label: String,
    /// The group's measure.
    group: ShareAnswer,
    /// Everybody else's.
    rest: ShareAnswer,
    /// The group's rate less the others', in points, rounded to one decimal.
    #[schema(example = "5.2")]
    gap: Option<String>,
}

/// How enrolments with possible sessions in both windows moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementAnswer {
    /// The window before.
    #[schema(example = "half-term-1")]
    pub(super) since: String,
    /// Less absence than before, more, or in the same band.
    pub(super) better: u32,
    /// More.
    pub(super) worse: u32,
    /// The same band.
    pub(super) same: u32,
    /// How many went from which band to which, as far as anybody did.
    moves: Vec<MoveAnswer>,
}

/// From one band of absence to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveAnswer {
    /// The band in the window before.
    #[schema(example = "10% to 50%")]
    from: String,
    /// The band in this window.
    #[schema(example = "5% to 10%")]
    to: String,
    /// Enrolments.
    enrolments: u32,
}

/// A place among others, as far as it is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankAnswer {
    /// The best place that cannot be ruled out; 1 is the best of all.
    #[schema(example = 1)]
    best: usize,
    /// The worst.
    #[schema(example = 4)]
    worst: usize,
    /// Ranked schools of the phase.
    #[schema(example = 7)]
    of: usize,
}

/// What a comparison was asked with.
pub struct CompareAsked<'a> {
    /// The question.
    pub comparing: &'a Comparing,
    /// The schools that are shown; all when absent.
    pub shown: Option<BTreeSet<SchoolId>>,
    /// The version of the code table.
    pub codes: u16,
}

impl CompareAnswer {
    /// The answer to a question.
    pub fn of(asked: &CompareAsked<'_>, built: &Built, compared: Vec<Compared>) -> Self {
        let comparing = asked.comparing;
        let mut by_phase: BTreeMap<u8, Vec<Compared>> = BTreeMap::new();
        for school in compared {
            by_phase.entry(school.phase).or_default().push(school);
        }
        let standard: Vec<&str> =
            comparing.standard.iter().flatten().map(|by| Dimension::of(*by).text()).collect();
        let phases = by_phase.into_iter().map(|(phase, schools)| {
            let phase = Phase::from_number(phase).map_or("unknown", Phase::text);
            phase_answer(comparing, built, phase, &schools)
        });
        let shown = |school: &ComparedAnswer| {
            asked.shown.as_ref().is_none_or(|shown| shown.contains(&school.school_id))
        };
        let mut phases: Vec<PhaseAnswer> = phases.collect();
        phases.iter_mut().for_each(|phase| phase.schools.retain(shown));
        phases.retain(|phase| !phase.schools.is_empty());
        Self {
            definition: DefinitionAnswer::of(comparing.definition, asked.codes),
            period: PeriodAnswer::of(built.year),
            measure: As(comparing.measure),
            better: if measure::more_is_better(comparing.measure) {
                Better::More
            } else {
                Better::Less
            },
            window: comparing.key.clone(),
            standard: standard.join(","),
            basis: says::basis(comparing),
            as_known_on: built.at,
            versions: versions(&built.versions),
            schools_without_calendar: built.without_calendar.clone(),
            phases,
        }
    }
}

fn phase_answer(
    comparing: &Comparing,
    built: &Built,
    phase: &'static str,
    schools: &[Compared],
) -> PhaseAnswer {
    let name = |school: &Compared| {
        let school_id = SchoolId::new(school.school);
        built.schools.get(&school_id).map_or_else(String::new, |row| row.name.clone())
    };
    let ranked = schools.iter().filter(|school| school.rank.is_some()).count();
    let answer = |school: &Compared| ComparedAnswer {
        school_id: SchoolId::new(school.school),
        says: says::school(comparing, school, &name(school), phase, ranked),
        name: name(school),
        from: school.days.map(|(from, _, _)| from),
        to: school.days.map(|(_, to, _)| to),
        school_days: school.days.map_or(0, |(_, _, days)| days),
        enrolments: school.enrolments,
        figure: school.share.into(),
        interval: school.interval.map(IntervalAnswer::from),
        completeness: school.completeness.into(),
        last_year: school.last_year.map(|(from, to, then)| LastYearAnswer {
            from,
            to,
            figure: then.into(),
            change: points(school.share.millionths(), then.millionths()),
        }),
        groups: school.gaps.iter().map(GapAnswer::from).collect(),
        movement: school.movement.as_ref().map(MovementAnswer::from),
        expected_percent: school.expected.map(rounded),
        beside_expected: points(school.share.millionths(), school.expected),
        standardised_percent: school.direct.map(rounded),
        rank: school.rank.map(|(best, worst)| RankAnswer { best, worst, of: ranked }),
    };
    let mut schools: Vec<(String, &Compared)> =
        schools.iter().map(|school| (name(school), school)).collect();
    schools.sort_by(|a, b| a.0.cmp(&b.0));
    PhaseAnswer {
        phase,
        says: says::phase(comparing, phase, &schools),
        schools: schools.into_iter().map(|(_, school)| answer(school)).collect(),
    }
}

impl From<Share> for ShareAnswer {
    fn from(share: Share) -> Self {
        Self { part: share.part, of: share.whole, percent: percent(share.part, share.whole) }
    }
}

impl From<Interval> for IntervalAnswer {
    fn from(interval: Interval) -> Self {
        Self { from: rounded(interval.lower), to: rounded(interval.upper) }
    }
}

impl From<&(::analytics::Value, Share, Share)> for GapAnswer {
    fn from((value, group, rest): &(::analytics::Value, Share, Share)) -> Self {
        Self {
            by: Dimension::of(value.by()),
            key: dimension::key(*value),
            label: dimension::label(*value).unwrap_or_default(),
            group: (*group).into(),
            rest: (*rest).into(),
            gap: points(group.millionths(), rest.millionths()),
        }
    }
}

impl From<&(String, ::analytics::Movement)> for MovementAnswer {
    fn from((since, movement): &(String, ::analytics::Movement)) -> Self {
        let mut answer =
            Self { since: since.clone(), better: 0, worse: 0, same: 0, moves: Vec::new() };
        for (from, row) in movement.iter().enumerate() {
            for (to, enrolments) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
                match from.cmp(&to) {
                    std::cmp::Ordering::Less => answer.worse += enrolments,
                    std::cmp::Ordering::Equal => answer.same += enrolments,
                    std::cmp::Ordering::Greater => answer.better += enrolments,
                }
                let (from, to) = (band(from), band(to));
                answer.moves.push(MoveAnswer { from, to, enrolments: *enrolments });
            }
        }
        answer
    }
}

/// A band of absence in words.
pub fn band(number: usize) -> String {
    match (BANDS.get(number), BANDS.get(number + 1)) {
        (Some(0), Some(next)) => format!("under {next}%"),
        (Some(from), Some(next)) => format!("{from}% to {next}%"),
        (Some(from), None) => format!("{from}% or more"),
        (None, _) => String::new(),
    }
}

/// Millionths as percent, rounded to one decimal.
pub fn rounded(millionths: u32) -> String {
    let tenths = (millionths + 500) / 1000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// One rate less another in points, rounded to one decimal.
pub fn points(rate: Option<u32>, other: Option<u32>) -> Option<String> {
    let (rate, other) = (i64::from(rate?), i64::from(other?));
    let tenths = ((rate - other).abs() + 500) / 1000;
    let sign = if rate < other && tenths > 0 { "-" } else { "" };
    Some(format!("{sign}{}.{}", tenths / 10, tenths % 10))
}
