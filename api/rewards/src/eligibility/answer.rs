//! Eligibility as it goes over the wire.

use analytics::{Block, Gap, GapKind, RewardPeriod, RowAnswer, SchoolEligibility, Stretch};
use domain::Days;

use super::named::{NamedRow, period_key};
use super::rules::Asked;
use base::prelude::*;
use roll::pupils::PupilRow;

/// What a school's rows come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibleSchool {
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// Its name.
    #[schema(example = "Elm Bank Primary School")]
    pub school: String,
    /// The policy that its rewards come from, and its version.
    #[schema(example = "strategy")]
    pub policy: String,
    /// The version.
    #[schema(example = 1)]
    pub policy_version: i32,
    /// How many school days before its last a term, and the year, are judged: the policy's setting `cut_off_days`.
    #[schema(example = 3)]
    pub cut_off_days: usize,
    /// The codes that leave a session out.
    #[schema(example = json!(["C2", "M", "R", "T"]))]
    pub neutral: Vec<String>,
    /// The rewards that go by more than a rate, such as moving up a band, and that nothing judges.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_judged: Vec<String>,
    /// Each row and each of its periods.
    pub rows: Vec<EligibleRow>,
}

/// A row of the policy in one of its periods.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibleRow {
    /// The row.
    #[schema(example = "S-06")]
    pub row: String,
    /// In plain English.
    pub says: String,
    /// The period.
    #[schema(example = "2026/2026-W47")]
    pub period: String,
    /// What kind of period.
    pub kind: RewardPeriodWord,
    /// The first day that the rate is taken over.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Whether no school day of these lies ahead.
    pub over: bool,
    /// The sessions that the school had on them up to today.
    #[schema(example = 10)]
    pub sessions: u32,
    /// How many have earned it: pupils, or the classes that share the best rate.
    #[schema(example = 214)]
    pub earned_count: usize,
    /// How many are held because something is missing.
    #[schema(example = 3)]
    pub held_count: usize,
    /// The pupils who have earned it; only for one school. Nobody is listed for what they have not earned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earned: Vec<EligiblePupil>,
    /// The pupils for whom something is missing, and what; only for one school.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<HeldPupil>,
    /// The classes that share the best rate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<EligibleClass>,
    /// The classes that may yet be as good, while registers are missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_classes: Vec<EligibleClass>,
    /// The places of all classes that are compared, the best first; only with `reward:weigh`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<EligibleClass>>,
}

/// The kind of a period as the wire has it.
pub type RewardPeriodWord = As<RewardPeriod>;

/// What is not known of a half day, as the wire has it.
pub type GapKindWord = As<GapKind>;

/// A pupil who has earned a row, with the counts behind it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EligiblePupil {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    pub name: String,
    /// The class on the last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_id: Option<ClassId>,
    /// Sessions attended, of those that count.
    #[schema(example = 10)]
    pub attended: u32,
    /// Sessions that count.
    #[schema(example = 10)]
    pub possible: u32,
}

/// A pupil who is held, with what is missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldPupil {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Surname and forename.
    pub name: String,
    /// What is missing.
    pub missing: Vec<MissingMark>,
}

/// A half day of which it is not known whether a pupil attended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MissingMark {
    /// The day.
    pub date: NaiveDate,
    /// The session.
    pub session: words::Session,
    /// The school whose register it is.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The class whose register it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_id: Option<ClassId>,
    /// What is not known.
    pub why: GapKindWord,
}

/// A class, with the counts behind its rate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EligibleClass {
    /// The class.
    #[schema(example = 31)]
    pub class_id: ClassId,
    /// Its name.
    #[schema(example = "6A")]
    pub class: String,
    /// Its place among the classes that are compared; those with the same rate share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// Sessions attended, of those that count.
    pub attended: u32,
    /// Sessions that count.
    pub possible: u32,
}

/// Whom an answer may name, and what it may show.
pub struct Shown<'a> {
    /// Whether pupils are listed.
    pub pupils: bool,
    /// Whether places of classes are shown.
    pub places: bool,
    /// The pupils by id.
    pub names: &'a BTreeMap<PupilId, PupilRow>,
    /// The classes by id.
    pub classes: &'a BTreeMap<ClassId, String>,
}

impl Shown<'_> {
    fn name(&self, pupil: PupilId) -> String {
        let name = |row: &PupilRow| format!("{}, {}", row.surname, row.forename);
        self.names.get(&pupil).map(name).unwrap_or_default()
    }
}

/// A row in one of its periods.
pub fn row_answer(
    asked: &Asked,
    block: &Block,
    found: &SchoolEligibility,
    answer: &RowAnswer,
    shown: &Shown<'_>,
) -> Option<EligibleRow> {
    let (row, stretch) = asked.rows.get(answer.row).zip(found.stretches.get(answer.stretch))?;
    let of_classes = matches!(row.asks.whom, analytics::Whom::BestClass);
    let mut made = head(row, stretch, block, answer);
    if of_classes {
        let places = places(stretch, asked.rules.least_class, shown);
        let of = |ids: &[i32]| {
            let is_one = |class: &&EligibleClass| ids.contains(&class.class_id.number());
            let without_place =
                |class: &EligibleClass| EligibleClass { place: None, ..class.clone() };
            places.iter().filter(is_one).map(without_place).collect()
        };
        (made.classes, made.held_classes) = (of(&answer.earned), of(&answer.held));
        made.places = shown.places.then_some(places);
    } else if shown.pupils {
        made.earned = earned(stretch, answer, shown);
        made.held = held(found, stretch.days, block, answer, shown);
    }
    Some(made)
}

fn head(row: &NamedRow, stretch: &Stretch, block: &Block, answer: &RowAnswer) -> EligibleRow {
    EligibleRow {
        row: row.name.clone(),
        says: row.says(),
        period: period_key(block.year(), answer),
        kind: As(row.period()),
        from: stretch.days.from,
        to: stretch.days.to,
        over: stretch.over,
        sessions: stretch.sessions,
        earned_count: answer.earned.len(),
        held_count: answer.held.len(),
        earned: Vec::new(),
        held: Vec::new(),
        classes: Vec::new(),
        held_classes: Vec::new(),
        places: None,
    }
}

fn earned(stretch: &Stretch, answer: &RowAnswer, shown: &Shown<'_>) -> Vec<EligiblePupil> {
    let of = stretch.pupils.iter().filter(|one| answer.earned.binary_search(&one.pupil).is_ok());
    let one = |figure: &analytics::PupilFigure| EligiblePupil {
        pupil_id: PupilId::new(figure.pupil),
        name: shown.name(PupilId::new(figure.pupil)),
        class_id: figure.class.map(ClassId::new),
        attended: figure.reckoned.attended,
        possible: figure.reckoned.possible,
    };
    of.map(one).collect()
}

fn held(
    found: &SchoolEligibility,
    days: Days,
    block: &Block,
    answer: &RowAnswer,
    shown: &Shown<'_>,
) -> Vec<HeldPupil> {
    let one = |pupil: &i32| HeldPupil {
        pupil_id: PupilId::new(*pupil),
        name: shown.name(PupilId::new(*pupil)),
        missing: missing(found, days, block, *pupil),
    };
    answer.held.iter().map(one).collect()
}

/// What is missing of a pupil over some days.
pub fn missing(
    found: &SchoolEligibility,
    days: Days,
    block: &Block,
    pupil: i32,
) -> Vec<MissingMark> {
    let own = found.gaps.iter().filter(|gap| gap.pupil == pupil);
    let own = own.filter(|gap| days.contains(gap.half_day.date(block.year())));
    own.map(|gap: &Gap| MissingMark {
        date: gap.half_day.date(block.year()),
        session: As(gap.half_day.session()),
        school_id: SchoolId::new(gap.school),
        class_id: gap.class.map(ClassId::new),
        why: As(gap.why),
    })
    .collect()
}

/// The classes that are compared, the best first.
fn places(stretch: &Stretch, least: u32, shown: &Shown<'_>) -> Vec<EligibleClass> {
    let compared = stretch.classes.iter().filter(|class| class.pupils >= least);
    let mut rated: Vec<_> = compared
        .filter_map(|class| {
            let (attended, possible) = (class.reckoned.attended, class.reckoned.possible);
            Some((domain::Rate::of(attended.into(), possible.into())?, class))
        })
        .collect();
    rated.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.class.cmp(&b.1.class)));
    let place = |rate: domain::Rate| 1 + rated.iter().filter(|(other, _)| *other > rate).count();
    let one = |(rate, class): &(domain::Rate, &analytics::ClassFigure)| EligibleClass {
        class_id: ClassId::new(class.class),
        class: shown.classes.get(&ClassId::new(class.class)).cloned().unwrap_or_default(),
        place: Some(place(*rate)),
        attended: class.reckoned.attended,
        possible: class.reckoned.possible,
    };
    rated.iter().map(one).collect()
}
