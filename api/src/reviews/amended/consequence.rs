//! What an amended mark touches, as it goes over the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing that rested on the marks as they were.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Consequence {
    /// What kind of thing it is.
    pub what: ConsequenceKind,
    /// The rule that had led to it, or leads to it now.
    #[schema(example = "W-02")]
    pub rule: String,
    /// What becomes of it, in plain English.
    #[schema(
        example = "letter \"stage-1\" leaves the queue: the register does not support it any more"
    )]
    pub says: String,
    /// The review that had proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_id: Option<i32>,
    /// The letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<i32>,
    /// The case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<i32>,
    /// The penalty notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_id: Option<i32>,
}

/// What is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsequenceKind {
    /// A letter that was not sent yet leaves the queue.
    LetterTakenBack,
    /// A letter that was sent stays, says that the register does not support it any more, and does not count towards
    /// the next stage.
    LetterUnsupported,
    /// The case goes back to where it was before the step.
    StageUndone,
    /// The step has lost its support, but people have recorded more since: a person decides where the case goes.
    StageInDoubt,
    /// A penalty notice that waited for a decision falls: the threshold is not reached any more, and its sessions are
    /// free again.
    NoticeFallen,
    /// Sessions that a penalty notice rests on do not count any more: a person decides, and tells the local authority.
    NoticeInDoubt,
    /// A running target has other counts now.
    TargetRecounted,
    /// Something that nobody had decided on is not proposed or listed any more.
    ProposalWithdrawn,
    /// Something is proposed or listed now that was not.
    ProposalAdded,
    /// The same is proposed, with other counts behind it.
    ProposalRecounted,
}

impl ConsequenceKind {
    /// Whether somebody is to be told of it. Counts alone move with every mark.
    #[must_use]
    pub fn is_news(self) -> bool {
        !matches!(self, Self::TargetRecounted | Self::ProposalRecounted)
    }
}
