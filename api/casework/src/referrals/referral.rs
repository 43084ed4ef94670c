//! A referral as it is kept.

use super::progress::Progressed;
use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;
use figures::Check;

/// A referral.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Referral {
    /// To whom.
    pub to: Partner,
    /// Their name, in the school's own words.
    #[schema(example = "Warwickshire Attendance Team")]
    pub name: String,
    /// Why.
    pub why: String,
    /// The evidence as it stood when the referral was prepared, or sent.
    pub evidence: Vec<Check>,
    /// What became of it, in order.
    pub steps: Vec<ReferralStep>,
}

words! {
    /// Whom a school refers to.
    Partner {
        Ewo = "ewo": "the Education Welfare Officer",
        LocalAuthority = "local_authority": "the local authority's attendance team or officer",
        EarlyHelp = "early_help": "Early Help, whatever its local name",
        SocialCare = "social_care": "social care",
    }
}

/// Something that became of a referral.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReferralStep {
    /// How it stood then.
    pub state: Progressed,
    /// The day.
    pub day: NaiveDate,
    /// What was said or done, as the school received it.
    pub says: String,
    /// Why it was sent although something was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By whom it was recorded.
    pub by: String,
}

impl RecordDetails for Referral {
    const KIND: RecordKind = RecordKind::Referral;
}
