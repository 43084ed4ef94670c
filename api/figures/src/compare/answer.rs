//! A comparison as it goes over the wire.

use ::analytics::{BANDS, By, Compared, Comparing, GroupGap, Interval, Measure, Share};
use domain::{Phase, in_tenths};

use super::super::answer::{
    DefinitionAnswer, Percentages, PeriodAnswer, VersionAnswer, complete, versions,
};
use super::super::blocks::Built;
use super::super::dimension::{self, Dimension, MeasureName};
use super::measure::{self, shown, tenths};
use super::says;

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
    /// The phase; absent where this program does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<words::Phase>,
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
    /// In percent, rounded to one decimal, attendance as 100.0 less the absence; completeness is cut. `null` of nothing.
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
    /// Where it lies with 95% confidence; `null` without a figure.
    interval: Option<IntervalAnswer>,
    /// Half days that should have a mark by now, and those that do: a day counts once it is over at the school.
    completeness: ShareAnswer,
    /// The same over as many school days of last year's window.
    last_year: Option<LastYearAnswer>,
    /// Each group compared with the rest of the school, as far as it is recorded who belongs to the group.
    groups: Vec<GapAnswer>,
    /// Enrolments for which a characteristic is not recorded: they count neither in a group nor in the rest.
    unrecorded: Vec<UnrecordedAnswer>,
    /// How enrolments moved between bands of absence since the window before; `null` for the first.
    movement: Option<MovementAnswer>,
    /// The measure of the enrolments for which every characteristic of the standard is recorded: the expected rate is
    /// worked out for these only.
    recorded: ShareAnswer,
    /// Enrolments with a possible session that are left out of it.
    left_out: usize,
    /// What their rate would be if each of their groups had the rate of that group in all schools of the phase (indirect
    /// standardisation), in percent, rounded to one decimal.
    expected_percent: Option<String>,
    /// Their rate less that, in points; below zero, lower than expected.
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
    /// This year's rate less last year's, in points: the difference of what is shown.
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
    /// Enrolments of the group with a possible session.
    group_enrolments: usize,
    /// Where the group's rate lies with 95% confidence.
    group_interval: IntervalAnswer,
    /// Everybody else's measure.
    rest: ShareAnswer,
    /// Everybody else with a possible session.
    rest_enrolments: usize,
    /// Where everybody else's rate lies.
    rest_interval: IntervalAnswer,
    /// The group's rate less the others', in points: the difference of what is shown.
    #[schema(example = "5.2")]
    gap: Option<String>,
    /// Whether chance does not explain it: the two intervals lie apart.
    certain: bool,
}

/// Of how many enrolments nothing is recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnrecordedAnswer {
    /// What is not recorded.
    by: Dimension,
    /// Enrolments with a possible session.
    #[schema(example = 14)]
    enrolments: usize,
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
            phase_answer(comparing, built, Phase::from_number(phase), &schools)
        });
        let shown = |school: &ComparedAnswer| {
            asked.shown.as_ref().is_none_or(|shown| shown.contains(&school.school_id))
        };
        let mut phases: Vec<PhaseAnswer> = phases.collect();
        phases.iter_mut().for_each(|phase| phase.schools.retain(shown));
        phases.retain(|phase| !phase.schools.is_empty());
        Self {
            definition: DefinitionAnswer::of(
                comparing.definition,
                asked.codes,
                Percentages::Rounded,
            ),
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
    phase: Option<Phase>,
    schools: &[Compared],
) -> PhaseAnswer {
    let measure = comparing.measure;
    let named = phase.map_or("unknown", Phase::text);
    let name = |school: &Compared| {
        let school_id = SchoolId::new(school.school);
        built.schools.get(&school_id).map_or_else(String::new, |row| row.name.clone())
    };
    let ranked = schools.iter().filter(|school| school.rank.is_some()).count();
    let answer = |school: &Compared| ComparedAnswer {
        school_id: SchoolId::new(school.school),
        says: says::school(comparing, school, &name(school), named, ranked),
        name: name(school),
        from: school.days.map(|(from, _, _)| from),
        to: school.days.map(|(_, to, _)| to),
        school_days: school.days.map_or(0, |(_, _, days)| days),
        enrolments: school.enrolments,
        figure: ShareAnswer::of(measure, school.share),
        interval: school.interval.map(|interval| IntervalAnswer::of(measure, interval)),
        completeness: ShareAnswer::complete(school.completeness),
        last_year: school.last_year.map(|(from, to, then)| LastYearAnswer {
            from,
            to,
            figure: ShareAnswer::of(measure, then),
            change: points(shown(measure, school.share), shown(measure, then)),
        }),
        groups: school.gaps.iter().map(|gap| GapAnswer::of(measure, gap)).collect(),
        unrecorded: school.unrecorded.iter().map(UnrecordedAnswer::of).collect(),
        movement: school.movement.as_ref().map(MovementAnswer::from),
        recorded: ShareAnswer::of(measure, school.recorded),
        left_out: school.left_out,
        expected_percent: school.expected.map(|rate| percent(measure, rate)),
        beside_expected: points(
            shown(measure, school.recorded),
            school.expected.map(|rate| tenths(measure, rate)),
        ),
        standardised_percent: school.direct.map(|rate| percent(measure, rate)),
        rank: school.rank.map(|(best, worst)| RankAnswer { best, worst, of: ranked }),
    };
    let mut schools: Vec<(String, &Compared)> =
        schools.iter().map(|school| (name(school), school)).collect();
    schools.sort_by(|a, b| a.0.cmp(&b.0));
    PhaseAnswer {
        phase: phase.map(As),
        says: says::phase(comparing, named, &schools),
        schools: schools.into_iter().map(|(_, school)| answer(school)).collect(),
    }
}

impl ShareAnswer {
    fn of(measure: Measure, share: Share) -> Self {
        let percent = shown(measure, share).map(in_tenths);
        Self { part: share.part, of: share.whole, percent }
    }

    /// Of marks: what is not complete is never shown as 100.0%.
    fn complete(share: Share) -> Self {
        Self { part: share.part, of: share.whole, percent: complete(share.part, share.whole) }
    }
}

impl IntervalAnswer {
    fn of(measure: Measure, interval: Interval) -> Self {
        Self { from: percent(measure, interval.lower), to: percent(measure, interval.upper) }
    }
}

impl UnrecordedAnswer {
    fn of((by, enrolments): &(By, usize)) -> Self {
        Self { by: Dimension::of(*by), enrolments: *enrolments }
    }
}

impl GapAnswer {
    fn of(measure: Measure, gap: &GroupGap) -> Self {
        let GroupGap { value, group, rest } = *gap;
        Self {
            by: Dimension::of(value.by()),
            key: dimension::key(value),
            label: dimension::label(value).unwrap_or_default(),
            group: ShareAnswer::of(measure, group.share),
            group_enrolments: group.enrolments,
            group_interval: IntervalAnswer::of(measure, group.interval),
            rest: ShareAnswer::of(measure, rest.share),
            rest_enrolments: rest.enrolments,
            rest_interval: IntervalAnswer::of(measure, rest.interval),
            gap: points(shown(measure, group.share), shown(measure, rest.share)),
            certain: gap.is_certain(),
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

/// Millionths as percent, to one decimal.
pub fn percent(measure: Measure, millionths: u32) -> String {
    in_tenths(tenths(measure, millionths))
}

/// What is shown of one rate less what is shown of another, in points. Both in tenths of a percent.
pub fn points(rate: Option<u32>, other: Option<u32>) -> Option<String> {
    let (rate, other) = (rate?, other?);
    let sign = if rate < other { "-" } else { "" };
    Some(format!("{sign}{}", in_tenths(rate.abs_diff(other))))
}
