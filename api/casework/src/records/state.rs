//! What kinds of record are kept with a case, and how each of them stands.

use base::words;

words! {
    /// What is recorded with a case.
    RecordKind {
        Meeting = "meeting": "a meeting that is offered, held or missed",
        Plan = "plan": "an action plan or attendance contract",
        Visit = "visit": "a home visit, or why there was none",
        Monitoring = "monitoring": "a monitoring period that an authority is asked for",
        Referral = "referral": "a referral to a partner",
        Conversation = "conversation": "a conversation with the pupil",
        CaseFile = "case file": "a pupil's case file, prepared before any referral",
        Received = "received": "what an authority sent",
    }
}

words! {
    /// How a record stands; each kind has some of these.
    RecordState {
        Offered = "offered": "of a meeting: it is offered",
        Rearranged = "re-arranged": "of a meeting: it is put to another time",
        Attended = "attended": "of a meeting: somebody came for the child",
        NotAttended = "not attended": "of a meeting: nobody came for the child",
        Refused = "refused": "of a meeting: the parents will not come; of a monitoring period: it is not granted",
        Agreed = "agreed": "of a plan: with parents",
        SentAnyway = "sent anyway": "of a plan: without the parents, to whom it is sent",
        PutInPlace = "put in place": "of a plan: by an authority or school, not agreed",
        SomebodySeen = "somebody seen": "of a visit: somebody was at home",
        NobodySeen = "nobody seen": "of a visit: nobody was at home",
        NotMade = "not made": "of a visit: there was a reason not to make it",
        Requested = "requested": "of a monitoring period: an authority is asked for it",
        Granted = "granted": "of a monitoring period: it runs between two days",
        Prepared = "prepared": "of a referral: it is ready to leave the school",
        Sent = "sent": "of a referral: it has left the school",
        Received = "received": "of a referral: the other side has it",
        Answered = "answered": "of a referral: the other side answered or did something",
        Closed = "closed": "of a referral: nothing more will come of it",
        TalkedTo = "talked to": "of a conversation: somebody spoke with the pupil",
        Filed = "filed": "of a case file: the evidence as it stood",
        Came = "came": "of what an authority sent: the school has it",
    }
}

impl RecordKind {
    /// The states that a record of this kind can be in.
    pub fn states(self) -> &'static [RecordState] {
        use RecordState as State;
        match self {
            Self::Meeting => &[
                State::Offered,
                State::Rearranged,
                State::Attended,
                State::NotAttended,
                State::Refused,
            ],
            Self::Plan => &[State::Agreed, State::SentAnyway, State::PutInPlace],
            Self::Visit => &[State::SomebodySeen, State::NobodySeen, State::NotMade],
            Self::Monitoring => &[State::Requested, State::Granted, State::Refused],
            Self::Referral => {
                &[State::Prepared, State::Sent, State::Received, State::Answered, State::Closed]
            }
            Self::Conversation => &[State::TalkedTo],
            Self::CaseFile => &[State::Filed],
            Self::Received => &[State::Came],
        }
    }

    /// The folder of the paths at which records of this kind are read.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Meeting => "meetings",
            Self::Plan => "plans",
            Self::Visit => "visits",
            Self::Monitoring => "monitoring-periods",
            Self::Referral => "referrals",
            Self::Conversation => "conversations",
            Self::CaseFile => "case-files",
            Self::Received => "received",
        }
    }
}
