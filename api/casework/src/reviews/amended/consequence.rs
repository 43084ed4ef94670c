//! What an amended mark touches, as it goes over the wire.

use base::prelude::*;

/// Something that rested on the marks as they were: a letter, a step, a target, a proposal or a notice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Consequence {
    /// What it is.
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
    pub review_id: Option<ReviewId>,
    /// The letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<LetterId>,
    /// The case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The penalty notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_id: Option<NoticeId>,
}

words! {
    /// What is touched.
    ConsequenceKind {
        LetterTakenBack = "letter_taken_back": "a letter that was not sent yet leaves the queue",
        LetterUnsupported = "letter_unsupported": "a letter that was sent stays, says that the register does not support it any more, and does not count towards the next stage",
        StageUndone = "stage_undone": "the case goes back to where it was before the step",
        StageInDoubt = "stage_in_doubt": "the step has lost its support, but people have recorded more since: a person decides where the case goes",
        NoticeFallen = "notice_fallen": "a penalty notice that waited for a decision falls: the threshold is not reached any more, and its sessions are free again",
        NoticeInDoubt = "notice_in_doubt": "sessions that a penalty notice rests on do not count any more: a person decides, and tells the local authority",
        TargetRecounted = "target_recounted": "a running target has other counts now",
        ProposalWithdrawn = "proposal_withdrawn": "something that nobody had decided on is not proposed or listed any more",
        ProposalAdded = "proposal_added": "something is proposed or listed now that was not",
        ProposalRecounted = "proposal_recounted": "the same is proposed, with other counts behind it",
    }
}

impl ConsequenceKind {
    /// Whether somebody is to be told of it. Counts alone move with every mark.
    pub fn is_news(self) -> bool {
        !matches!(self, Self::TargetRecounted | Self::ProposalRecounted)
    }
}

/// How much rested on marks that a file, an undo or a register changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TouchedByMarks {
    /// Pupils about whom there was something to look at again: a proposal, a step, a letter or a penalty notice.
    pub pupils: u64,
    /// Of them, those whom nobody has looked at yet.
    pub waiting: u64,
    /// Letters that leave the queue.
    pub letters_taken_back: u64,
    /// Letters that were sent, and that the register does not support any more.
    pub letters_unsupported: u64,
    /// Cases that go back to where they were before a step.
    pub stages_undone: u64,
    /// Cases about which a person decides, because more was recorded since the step.
    pub stages_in_doubt: u64,
    /// Penalty notices that fall, or about which a person decides.
    pub notices: u64,
    /// Proposals that are withdrawn or added.
    pub proposals: u64,
}

impl TouchedByMarks {
    /// Adds what became of one pupil's.
    pub fn add(&mut self, touched: &[Consequence]) {
        use ConsequenceKind as Kind;
        for one in touched {
            match one.what {
                Kind::LetterTakenBack => self.letters_taken_back += 1,
                Kind::LetterUnsupported => self.letters_unsupported += 1,
                Kind::StageUndone => self.stages_undone += 1,
                Kind::StageInDoubt => self.stages_in_doubt += 1,
                Kind::NoticeFallen | Kind::NoticeInDoubt => self.notices += 1,
                Kind::ProposalWithdrawn | Kind::ProposalAdded => self.proposals += 1,
                Kind::TargetRecounted | Kind::ProposalRecounted => {}
            }
        }
    }
}
