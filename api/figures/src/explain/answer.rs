//! An explanation as it goes over the wire.

use ::analytics::{AllRolls, Counted, Explanation, LeftOut};
use domain::{CodeTable, Definition, Word, persistent, severe};

use super::super::answer::{DefinitionAnswer, PeriodAnswer, VersionAnswer, percent};
use crate::dimension::{CountingLevel, LeftOutReason};
use base::http::page::Page;
use base::prelude::*;

/// What is behind a figure.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ExplainAnswer {
    /// The academic year.
    pub(super) period: PeriodAnswer,
    /// The window.
    #[schema(example = "half-term-1")]
    pub(super) window: String,
    /// What counts as one.
    pub(super) level: CountingLevel,
    /// What a figure is counted over, in words.
    pub(super) basis: String,
    /// The instant as of which everything is known (UTC).
    pub(super) as_known_on: DateTime<Utc>,
    /// The version of each school's year that was counted.
    pub(super) versions: Vec<VersionAnswer>,
    /// Schools without a calendar for the year: they have no figures.
    pub(super) schools_without_calendar: Vec<SchoolId>,
    /// What the definition counts and what it leaves out.
    pub(super) counted: CountedAnswer,
    /// The same by the other definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) against: Option<CountedAnswer>,
    /// The pupils; with another definition, those that the two count differently. Only for those who may see pupils.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pupils: Option<Page<PupilAnswer>>,
}

/// What one definition counts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CountedAnswer {
    /// The definition.
    pub(super) definition: DefinitionAnswer,
    /// Possible sessions.
    pub(super) possible: u64,
    /// Those of them that were missed.
    pub(super) absent: u64,
    /// `absent` of `possible` in percent, cut to one decimal.
    pub(super) absence_percent: Option<String>,
    /// Half days that are not counted, by why.
    pub(super) left_out: Vec<LeftOutAnswer>,
    /// Half days by code, of pupils and days that the definition counts.
    pub(super) codes: Vec<CodeAnswer>,
}

/// Half days that are not counted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LeftOutAnswer {
    /// Why.
    pub(super) why: LeftOutReason,
    /// In words.
    pub(super) says: String,
    /// How many.
    pub(super) half_days: u64,
}

/// Half days with a code.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeAnswer {
    /// The code.
    #[schema(example = "I")]
    pub(super) code: String,
    /// What they count as.
    pub(super) counts_as: CountsAs,
    /// How many.
    pub(super) half_days: u64,
}

words! {
    /// What half days with a code count as.
    CountsAs {
        Attendance = "attendance": "sessions attended",
        Absence = "absence": "sessions missed",
        NotPossible = "not_possible": "no session that counts",
    }
}

/// A pupil behind a figure.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PupilAnswer {
    /// The school.
    #[schema(example = 7)]
    pub(super) school_id: SchoolId,
    /// The enrolment.
    #[schema(example = 5120)]
    pub(super) enrolment_id: EnrolmentId,
    /// The pupil.
    #[schema(example = 4711)]
    pub(super) pupil_id: PupilId,
    /// Legal surname and forename.
    #[schema(example = "Okafor-Lind, Zoë")]
    pub(super) name: String,
    /// What the definition counts.
    pub(super) counted: SessionsAnswer,
    /// What the other definition counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) against: Option<SessionsAnswer>,
}

/// A pupil's sessions in the window.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionsAnswer {
    /// Possible sessions.
    pub(super) possible: u32,
    /// Those of them that were missed.
    pub(super) absent: u32,
    /// Half days that are not counted.
    pub(super) left_out: u32,
    /// Counted by pupil: what a pupil with several enrolments has on all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) all_rolls: Option<AllRollsAnswer>,
    /// Whether 10% or more of these possible sessions, or of those of all rolls, were missed; as the trend counts them when it is not filtered by
    /// class, within which a pupil may have only some.
    pub(super) persistent: bool,
    /// Whether 50% or more were.
    pub(super) severe: bool,
}

/// What a pupil has on several rolls together.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AllRollsAnswer {
    /// Possible sessions.
    pub(super) possible: u32,
    /// Those of them that were missed.
    pub(super) absent: u32,
    /// The enrolment that answers for the pupil: in its school and groups the pupil is counted, once.
    #[schema(example = 5120)]
    pub(super) answering: EnrolmentId,
}

impl From<Counted> for SessionsAnswer {
    fn from(one: Counted) -> Self {
        let (possible, absent) =
            one.together.map_or((one.possible, one.absent), |all| (all.possible, all.absent));
        let all_rolls = one.together.map(|all| {
            let AllRolls { possible, absent, answering } = all;
            let answering = EnrolmentId::new(answering);
            AllRollsAnswer { possible, absent, answering }
        });
        Self {
            possible: one.possible,
            absent: one.absent,
            left_out: one.left_out,
            all_rolls,
            persistent: persistent(absent, possible),
            severe: severe(absent, possible),
        }
    }
}

/// One definition's side.
pub(super) fn side(
    codes: &CodeTable,
    definition: Definition,
    explanation: &Explanation,
) -> CountedAnswer {
    let code = |(&(number, possible, absent), half_days): (&(u8, bool, bool), &u64)| CodeAnswer {
        code: codes.text(number).unwrap_or("unknown").to_owned(),
        counts_as: match (possible, absent) {
            (true, true) => CountsAs::Absence,
            (true, false) => CountsAs::Attendance,
            (false, _) => CountsAs::NotPossible,
        },
        half_days: *half_days,
    };
    let left_out = |(why, half_days): (&LeftOut, &u64)| LeftOutAnswer {
        why: As(*why),
        says: sentence(why.meaning()),
        half_days: *half_days,
    };
    CountedAnswer {
        definition: DefinitionAnswer::of(definition, codes.version()),
        possible: explanation.possible,
        absent: explanation.absent,
        absence_percent: percent(explanation.absent, explanation.possible),
        left_out: explanation.left_out.iter().map(left_out).collect(),
        codes: explanation.codes.iter().map(code).collect(),
    }
}

/// A meaning as a sentence.
fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
