//! Everything that is known of a case, in the order in which it was recorded: its events, and the records beside them.

use super::events::{self, EventRow};
use crate::records::notices::{self, NoticeRow};
use crate::records::{self, RecordKind, RecordRow, RecordState};
use base::prelude::*;

/// One line of a timeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Line {
    /// An event of the case itself.
    Event(EventRow),
    /// How something beside it stood from then on.
    Thing(ThingLine),
}

/// How something stood: a meeting, a plan, a visit, a conversation, a monitoring period, a referral, a penalty notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThingLine {
    /// What it is.
    thing: LineKind,
    /// Where it is.
    #[schema(example = "/v1/meetings/61")]
    see: String,
    /// How it stood.
    state: LineState,
    /// In plain English.
    says: String,
    /// When (UTC).
    recorded_at: DateTime<Utc>,
    /// By whom.
    recorded_by: String,
    /// In which role.
    role: String,
}

words! {
    /// What a line of a case's timeline is about.
    LineKind {
        Meeting = "meeting": "a meeting",
        Plan = "plan": "an action plan or attendance contract",
        Visit = "visit": "a home visit",
        Monitoring = "monitoring": "a monitoring period",
        Referral = "referral": "a referral",
        Conversation = "conversation": "a conversation with the pupil",
        CaseFile = "case file": "the pupil's case file",
        Received = "received": "what an authority sent",
        PenaltyNotice = "penalty notice": "a penalty notice",
    }
}

impl From<RecordKind> for LineKind {
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

/// How a record or a penalty notice stood.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LineState {
    /// A record.
    Record(RecordState),
    /// A penalty notice.
    Notice(words::NoticeState),
}

impl From<RecordRow> for ThingLine {
    fn from(row: RecordRow) -> Self {
        Self {
            see: row.place(),
            thing: row.kind.into(),
            state: LineState::Record(row.state),
            says: row.says,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
            role: row.role,
        }
    }
}

impl From<NoticeRow> for ThingLine {
    fn from(row: NoticeRow) -> Self {
        Self {
            see: format!("/v1/notices/{}", row.notice_id),
            thing: LineKind::PenaltyNotice,
            state: LineState::Notice(row.state),
            says: row.says,
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by,
            role: row.role,
        }
    }
}

impl Line {
    fn at(&self) -> DateTime<Utc> {
        match self {
            Line::Event(event) => event.recorded_at,
            Line::Thing(thing) => thing.recorded_at,
        }
    }
}

/// The case at another school of the trust that goes on with these lines.
pub fn predecessor(lines: &[Line]) -> Option<CaseId> {
    let carried = |line: &Line| match line {
        Line::Event(row) => row.carried_from(),
        Line::Thing(_) => None,
    };
    lines.iter().find_map(carried)
}

/// The lines of a case. What was recorded with the case of which it goes on has come along; the penalty notices of that
/// case, which count wherever the child is taught, stay where they are and are shown here too. What was recorded in one
/// instant stands in the order: what happened, then where it led. Why a person decided so stands there when the lines
/// are shown whole.
pub fn timeline(tx: &mut Tx, case_id: CaseId, whole: bool) -> Result<Vec<Line>> {
    let things = records::of_case(tx, case_id)?.into_iter().map(ThingLine::from);
    let events = events::timeline(tx, case_id)?;
    let mut notices = notices::of_case(tx, case_id)?;
    if let Some(before) = events.iter().find_map(EventRow::carried_from) {
        notices.extend(notices::of_case(tx, before)?);
    }
    let notices = notices.into_iter().map(ThingLine::from);
    let mut lines: Vec<Line> = things.chain(notices).map(Line::Thing).collect();
    for row in events {
        lines.push(Line::Event(if whole { row } else { row.without_reason()? }));
    }
    lines.sort_by_key(Line::at);
    Ok(lines)
}
