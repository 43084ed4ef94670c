//! A policy as data: what `policy.toml` says, once it has been read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::policy::word::{
    Absence, Count, Do, Every, For, Improvement, Keeps, Kind, On, Over, Trend, Waits,
};
use crate::{Bands, Percent};

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The document it was written down from.
    pub document: String,
    /// What it means by "improved".
    pub improved: Improvement,
    /// The rate, or the points of a gain, that `improved` needs.
    pub improved_rate: Option<Percent>,
    /// The period that `improved` compares with the one before, where it compares periods.
    pub period: Over,
    /// Over which days listing, entry and bands are taken.
    pub over: Over,
    /// Under this many possible sessions a pupil is listed and nothing is proposed.
    pub few_sessions: u32,
    /// This many more missed sessions leave the band: "at risk".
    pub at_risk_sessions: u32,
    /// What is settled for the rewards.
    pub settled: Settled,
    /// The school's own names of roles, each with the role of the product it stands for.
    pub roles: BTreeMap<String, String>,
    /// What the document leaves open.
    pub settings: Vec<Setting>,
    /// The stages of a case.
    pub stages: Vec<Stage>,
    /// All rows, in the order of the file.
    pub rows: Vec<Row>,
    /// What the author has noted beside it.
    pub notes: Vec<Note>,
    /// The bands; `None` when the rows of bands are not right, which the check reports.
    pub bands: Option<Bands>,
}

/// What a policy settles for all of its rewards and draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The codes that leave a session out of a reward's figure, and out of no other.
    pub neutral: Vec<String>,
    /// The least number of possible sessions; `None`: half of those that the school had.
    pub least_sessions: Option<u32>,
    /// How many pupils a class needs to be compared with others.
    pub least_class: u32,
    /// How many school days before the last of a term, and of the year, what they earn is judged.
    pub cut_off: u32,
}

impl Default for Settled {
    fn default() -> Self {
        Self {
            neutral: ["C2", "M", "R", "T"].map(str::to_owned).into(),
            least_sessions: None,
            least_class: 8,
            cut_off: 3,
        }
    }
}

/// Something that an author has noted after a `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line it stands on.
    pub line: usize,
    /// The line of the row, stage or setting it belongs to, if any.
    pub row: Option<usize>,
    /// What it says.
    pub text: String,
}

/// A question that the document leaves open, and the answer in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// The question, in plain English.
    pub asks: String,
    /// The answer in force, the school's own or the default: one text or a list.
    pub value: Vec<String>,
    /// Whether a school has to answer it itself.
    pub required: bool,
    /// The only answers there are, or the only items of a list; empty when any of the right kind
    /// will do.
    pub one_of: Vec<String>,
    /// The line it stands on.
    pub line: usize,
}

/// Where in the pathway a case can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// What it waits for.
    pub waits: Waits,
    /// Whether the policy's reviews look at it too, whatever it waits for.
    pub reviewed: bool,
    /// For a review: not the next one but one so many school weeks after the case came here.
    pub school_weeks: Option<u32>,
    /// What "improved" means at this stage; `None` where it is what the policy means.
    pub improved: Option<Improvement>,
    /// The rate, or the points of a gain, that it needs here.
    pub improved_rate: Option<Percent>,
    /// Who answers.
    pub by: Option<String>,
    /// The question they answer.
    pub asks: Option<String>,
    /// The answers they may give.
    pub answers: Vec<String>,
    /// The line it stands on.
    pub line: usize,
}

/// One row, with the id of the rule it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The rule's id.
    pub rule: String,
    /// The line it stands on.
    pub line: usize,
    /// Its kind.
    pub kind: Kind,
    /// What it says.
    pub body: Body,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A band.
    Band(BandRow),
    /// What is done on a day of absence.
    Daily(Daily),
    /// A review, a response or a reward.
    Regular(Regular),
    /// A step of a case.
    Step(Step),
    /// A prize draw.
    Draw(Draw),
    /// A promise.
    Always(Promise),
}

/// A band with what is shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandRow {
    /// What people call it.
    pub name: String,
    /// The lowest rate that belongs to it.
    pub from: Percent,
    /// Who is responsible for it.
    pub responsible: Option<String>,
    /// What its lower bound means in days, as the school puts it.
    pub shown: Option<String>,
}

/// What is done on a day of absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daily {
    /// On what.
    pub when: Absence,
    /// Only on this school day of the absence, from 1.
    pub day: Option<u32>,
    /// For pupils of which bands; empty for all.
    pub bands: Vec<String>,
    /// What is done.
    pub does: Vec<Action>,
}

/// When something regular is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// How often.
    pub every: Every,
    /// On which day; without one, the last school day.
    pub on: On,
}

/// A review, a response or a reward: at a moment, for whom it fits, something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regular {
    /// When.
    pub moment: Moment,
    /// Also on the day a pupil comes into the band.
    pub on_entry: bool,
    /// For pupils of which bands; empty for all.
    pub bands: Vec<String>,
    /// For pupils whose case is at one of these stages; empty for all.
    pub at: Vec<String>,
    /// For pupils who have come to so many of these since the review before, over the days of `over`.
    pub comes_to: Option<(Count, u32)>,
    /// For pupils with which trend.
    pub when: Trend,
    /// For pupils with at least this rate over the period.
    pub at_least: Option<Percent>,
    /// For pupils with less than this rate over the period.
    pub below: Option<Percent>,
    /// The period that `at_least` and `below` are taken over.
    pub over: Over,
    /// For whom it is done.
    pub whom: For,
    /// Who decides what this review proposes for each case; `None` when it only lists.
    pub decides: Option<String>,
    /// What is done.
    pub does: Vec<Action>,
}

/// What happens at a stage on an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The stages; `start` for a pupil without a case, `every stage` where no other step answers.
    pub at: Vec<String>,
    /// The outcomes.
    pub when: Vec<String>,
    /// Only in these bands; empty for all.
    pub bands: Vec<String>,
    /// What is done.
    pub does: Vec<Action>,
    /// Where the case goes.
    pub then: Next,
}

/// Where a case goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// It stays where it is.
    Stay,
    /// It ends.
    Closed,
    /// Where the person says.
    PersonSays,
    /// To the stage at which the pupil's last case ended.
    Left,
    /// To a stage.
    Stage(String),
}

/// A prize draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// When it is held.
    pub moment: Moment,
    /// The tickets that enter it, by name.
    pub tickets: Option<String>,
    /// One entry for each pupil with at least this rate over the period.
    pub at_least: Option<Percent>,
    /// The period that `at_least` is taken over.
    pub over: Over,
    /// What is won. Draws for the same prize are one draw.
    pub prize: String,
}

/// Something that holds for everybody at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// What is promised.
    pub text: String,
    /// What the engine itself keeps of it; without it the promise is kept, and tested, elsewhere.
    pub keeps: Option<Keeps>,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What kind of action.
    pub kind: Do,
    /// What exactly: the letter's name, what the meeting is, the target's rate.
    pub what: String,
    /// The role that does it.
    pub by: Option<String>,
    /// To whom; without it, to the parents.
    pub to: Option<String>,
    /// The roles that take part.
    pub with: Vec<String>,
    /// Within so many school days.
    pub within: Option<u32>,
    /// Before this time of day.
    pub before: Option<String>,
    /// Only if, in a person's judgement.
    pub only_if: Option<String>,
    /// It falls away when this has happened.
    pub unless: Option<String>,
    /// For a target: its rate.
    pub rate: Option<Percent>,
    /// For a target: over how many school weeks.
    pub school_weeks: Option<u32>,
    /// For a letter: it is held under so many sessions of unauthorised absence.
    pub unauthorised_at_least: Option<u32>,
}

/// The step rows that answer for a pupil without a case.
pub const START: &str = "start";
/// The step rows that answer where no other does.
pub const EVERY_STAGE: &str = "every stage";
/// No limit to some bands.
pub const EVERY_BAND: &str = "every band";

impl Stage {
    /// Whether a review asks what has become of attendance.
    pub const fn is_reviewed(&self) -> bool {
        self.reviewed || matches!(self.waits, Waits::Review)
    }
}

impl Policy {
    /// The stage of that name.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// What "improved" means at a stage, or for pupils without a case, and the rate it needs.
    pub fn improved_at(&self, stage: Option<&str>) -> (Improvement, Option<Percent>) {
        let own = stage.and_then(|name| self.stage(name));
        let own = own.and_then(|stage| Some((stage.improved?, stage.improved_rate)));
        own.unwrap_or((self.improved, self.improved_rate))
    }

    /// The policy without its rewards: what happens when attendance is low.
    pub fn pathway(&self) -> Self {
        self.only(|kind| !matches!(kind, Kind::Reward | Kind::Draw))
    }

    /// The policy without its pathway: what is given.
    pub fn rewards(&self) -> Self {
        self.only(|kind| matches!(kind, Kind::Reward | Kind::Draw | Kind::Band))
    }

    fn only(&self, keeps: impl Fn(Kind) -> bool) -> Self {
        let mut part = self.clone();
        part.rows.retain(|row| keeps(row.kind));
        part
    }

    /// The step rows.
    pub fn steps(&self) -> impl Iterator<Item = (&Row, &Step)> {
        self.rows.iter().filter_map(|row| match &row.body {
            Body::Step(step) => Some((row, step)),
            _ => None,
        })
    }

    /// The rows of reviews, responses and rewards.
    pub fn regular(&self) -> impl Iterator<Item = (&Row, &Regular)> {
        self.rows.iter().filter_map(|row| match &row.body {
            Body::Regular(regular) => Some((row, regular)),
            _ => None,
        })
    }

    /// The row with the promise of which the engine keeps this.
    pub fn promise(&self, keeps: Keeps) -> Option<&Row> {
        self.rows.iter().find(|row| match &row.body {
            Body::Always(promise) => promise.keeps == Some(keeps),
            _ => false,
        })
    }

    /// The rows of bands.
    pub fn band_rows(&self) -> impl Iterator<Item = (&Row, &BandRow)> {
        self.rows.iter().filter_map(|row| match &row.body {
            Body::Band(band) => Some((row, band)),
            _ => None,
        })
    }
}

impl Body {
    /// The actions the row leads to.
    pub fn actions(&self) -> &[Action] {
        match self {
            Body::Daily(daily) => &daily.does,
            Body::Regular(regular) => &regular.does,
            Body::Step(step) => &step.does,
            Body::Band(_) | Body::Draw(_) | Body::Always(_) => &[],
        }
    }
}
