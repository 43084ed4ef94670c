//! A referral as it is kept.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::casework::records::Thing;
use crate::figures::Check;

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
    /// The evidence as it stood when the referral was prepared.
    pub evidence: Vec<Check>,
    /// What became of it, in order.
    pub steps: Vec<ReferralStep>,
}

/// Whom a school refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Partner {
    /// The Education Welfare Officer.
    Ewo,
    /// The local authority's attendance team or officer.
    LocalAuthority,
    /// Early Help, whatever its local name.
    EarlyHelp,
    /// Social care.
    SocialCare,
}

/// Something that became of a referral.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReferralStep {
    /// `sent`, `received`, `answered` or `closed`.
    pub state: String,
    /// The day.
    pub day: NaiveDate,
    /// What was said or done, as the school received it.
    pub says: String,
    /// By whom it was recorded.
    pub by: String,
}

impl Thing for Referral {
    const KIND: &'static str = "referral";
}
