//! What an authority sent, as it is kept.

use chrono::NaiveTime;

use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;

words! {
    /// What the local authority sent.
    PaperKind {
        InvitationToContract = "contract_invitation": "an invitation to a meeting about an attendance contract",
        AdvisoryLetter = "advisory_letter": "an advisory letter, which says what follows if nothing improves",
        PaceInvitation = "pace_invitation": "an invitation to an interview under the Police and Criminal Evidence Act 1984",
        Decision = "decision": "a decision, such as on a notice or a referral",
        Other = "other": "anything else",
    }
}

/// What the local authority sent, as the school received it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityPaper {
    /// What it is.
    pub what: PaperKind,
    /// Who sent it, in the school's own words.
    #[schema(example = "LAAO")]
    pub from: String,
    /// The date on it.
    pub dated: NaiveDate,
    /// The parents to whom it is addressed.
    #[serde(default)]
    pub to_parents: Vec<ParentId>,
    /// The interview or meeting to which it invites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// What it says, in short.
    #[schema(example = "Advises that a prosecution may follow, and invites to an interview")]
    pub says: String,
}

/// When and where an authority meets parents.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// The day.
    pub day: NaiveDate,
    /// The time, where it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "10:00:00")]
    pub at: Option<NaiveTime>,
    /// Where.
    #[schema(example = "Civic Centre, room 2")]
    pub place: String,
}

impl RecordDetails for AuthorityPaper {
    const KIND: RecordKind = RecordKind::Received;
}
