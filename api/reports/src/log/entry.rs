//! An entry of a log, and which entries are asked for.

use domain::Days;

use super::entered::LogEntered;
use base::prelude::*;
use casework::records::RecordKind;
use school::tenants::SchoolRow;

/// One entry of a log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogEntry {
    /// Names this entry.
    #[schema(example = "1795082400000000-9-93-0")]
    pub entry: String,
    /// Where it was entered in a safeguarding system, and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<LogEntered>,
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// By whom.
    pub who: String,
    /// In which role, where that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "school_lead")]
    pub role: Option<String>,
    /// What was recorded.
    pub kind: LogKind,
    /// What was done or said.
    #[schema(example = "letter \"stage-1\", waiting to be sent")]
    pub what: String,
    /// The counts and circumstances behind it.
    pub because: Vec<String>,
    /// The rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "W-02")]
    pub rule: Option<String>,
    /// The case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Where the case stood then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 1")]
    pub stage: Option<String>,
    /// The pupil.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<PupilId>,
    /// Surname and forename.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Okafor-Lind, Zoë")]
    pub pupil: Option<String>,
    /// The pupil's class now, or the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub class: Option<String>,
}

words! {
    /// What a log records.
    LogKind {
        Step = "step": "of a case: it went from one stage to another",
        Letter = "letter": "a letter was decided on",
        Held = "held": "of a case: a letter was held",
        Flag = "flag": "of a case: words that stand on the pupil",
        Target = "target": "of a case: a target was set",
        ActionOpened = "to do": "of a case: something is to be done",
        Due = "due": "of a case: something has fallen due",
        Overdue = "overdue": "of a case: something is overdue",
        Carried = "carried": "of a case: it came from another school or a file",
        Undone = "undone": "of a case: a step was undone",
        Done = "done": "something was done",
        Attempt = "attempt": "something was attempted",
        Meeting = "meeting": "how a meeting stood",
        Plan = "plan": "how a plan stood",
        Visit = "visit": "a home visit, or why there was none",
        Monitoring = "monitoring": "how a monitoring period stood",
        Referral = "referral": "how a referral stood",
        Conversation = "conversation": "a conversation with the pupil",
        CaseFile = "case file": "a pupil's case file was prepared",
        Received = "received": "what an authority sent",
        PenaltyNotice = "penalty notice": "how a penalty notice stood",
        Contact = "contact": "an attempt to reach somebody about an absence",
        Feedback = "feedback": "what teachers and others said at a review",
        Mitigation = "mitigation": "a reason was accepted",
        Decision = "decision": "what a person decided about a letter that was held",
        Letters = "letters": "all letters about a pupil were stopped, or go on again",
    }
}

impl From<RecordKind> for LogKind {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Meeting => Self::Meeting,
            RecordKind::Plan => Self::Plan,
            RecordKind::Visit => Self::Visit,
            RecordKind::Monitoring => Self::Monitoring,
            RecordKind::Referral => Self::Referral,
            RecordKind::Conversation => Self::Conversation,
            RecordKind::CaseFile => Self::CaseFile,
            RecordKind::Received => Self::Received,
        }
    }
}

/// An entry's place: when it was recorded, where, and its keys there.
pub type Place = (DateTime<Utc>, u8, i32, i32);

/// Entries with their places.
pub type Entries = Vec<(Place, LogEntry)>;

/// Where entries are recorded: of what was recorded in one instant they stand in this order.
pub mod source {
    /// Events of cases.
    pub const STEPS: u8 = 0;
    /// Letters that belong to no case.
    pub const LETTERS: u8 = 1;
    /// What was done.
    pub const EVIDENCE: u8 = 2;
    /// What teachers and others said.
    pub const FEEDBACK: u8 = 3;
    /// Reasons that were accepted.
    pub const MITIGATIONS: u8 = 4;
    /// Letters that were stopped.
    pub const STOPS: u8 = 5;
    /// Meetings, plans, visits, monitoring periods, referrals.
    pub const RECORDS: u8 = 6;
    /// Penalty notices.
    pub const NOTICES: u8 = 7;
    /// Decisions about letters that were held.
    pub const DECISIONS: u8 = 8;
    /// Attempts to reach somebody.
    pub const CONTACTS: u8 = 9;
}

/// Which entries.
#[derive(Debug, Clone, Copy)]
pub struct LogFilter {
    /// Of this school.
    pub school_id: SchoolId,
    /// On these days, in the school's time zone.
    pub days: Days,
    /// The instants at which the days begin, and are over.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    /// Only this case.
    pub case_id: Option<CaseId>,
    /// Only this pupil.
    pub pupil_id: Option<PupilId>,
    /// Whether to include what is visible only with `safeguarding:read`: why people decided as they did, and which
    /// reasons were accepted.
    pub whole: bool,
    /// After the page before.
    pub after: Option<Place>,
    /// How many at most.
    pub most: i64,
}

impl LogFilter {
    /// The keys of a source after which the page begins: an instant, not before the days begin, and the row's two keys.
    pub fn after(&self, source: u8) -> (DateTime<Utc>, i32, i32) {
        match self.after {
            None => (self.span.0, i32::MIN, i32::MIN),
            Some((at, last, _, _)) if source < last => (at, i32::MAX, i32::MAX),
            Some((at, last, a, b)) if source == last => (at, a, b),
            Some((at, ..)) => (at, i32::MIN, i32::MIN),
        }
    }

    /// What was decided, with the reason if the reader may know it.
    pub fn told(&self, what: String, reason: &str) -> String {
        if self.whole { format!("{what}: {reason}") } else { what }
    }
}

/// The instants at which days begin and end in the school's time zone. Errors: a time zone that this program does not
/// know.
pub fn span(school: &SchoolRow, days: Days) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let over = days.to.succ_opt().ok_or_else(Problem::not_found)?;
    Ok((school.begins(days.from)?, school.begins(over)?))
}

/// An entry without a pupil, a case or a rule.
pub fn entry(at: DateTime<Utc>, who: String, kind: LogKind, what: String) -> LogEntry {
    LogEntry {
        entry: String::new(),
        entered: Vec::new(),
        at,
        who,
        role: None,
        kind,
        what,
        because: Vec::new(),
        rule: None,
        case_id: None,
        stage: None,
        pupil_id: None,
        pupil: None,
        class: None,
    }
}

/// Of a source's rows those of the page: recorded on the days, after the page before, in order, no more than the page
/// holds. The columns are the instant and the row's two keys.
macro_rules! of_page {
    ($rows:expr, $wanted:expr, $source:expr, ($at:expr, $a:expr, $b:expr)) => {{
        let (until, (at, a, b)) = ($wanted.span.1, $wanted.after($source));
        let same = $a.gt(a).or($a.eq(a).and($b.gt(b)));
        // The index begins to be read at the instant; what the page before had of it is passed over.
        $rows
            .filter($at.ge(at).and($at.lt(until)))
            .filter($at.gt(at).or(same))
            .order(($at, $a, $b))
            .limit($wanted.most)
    }};
}
pub(super) use of_page;
