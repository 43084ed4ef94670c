//! A plan as it is kept.

use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;

/// The most items of a plan.
const MOST: usize = 50;

/// A plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// An action plan or an attendance contract.
    pub kind: PlanKind,
    /// Who put a contract in place that was not agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LAAO")]
    pub put_in_place_by: Option<String>,
    /// The parents who agreed to it; none when it was sent or put in place without them.
    pub agreed_with: Vec<ParentId>,
    /// What is to be done.
    pub items: Vec<PlanItem>,
    /// How it was brought to the home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Delivery>,
    /// What was found each time it was looked at again, in order.
    pub reviews: Vec<PlanReview>,
}

words! {
    /// What a plan is.
    PlanKind {
        ActionPlan = "action_plan": "an action plan, low-level or for improvement",
        AttendanceContract = "attendance_contract": "an attendance contract",
    }
}

impl PlanKind {
    /// In plain English.
    pub fn says(self) -> &'static str {
        match self {
            PlanKind::ActionPlan => "action plan",
            PlanKind::AttendanceContract => "attendance contract",
        }
    }
}

/// One item of a plan: what somebody is to do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanItem {
    /// What.
    #[schema(example = "Ada is met at the side entrance")]
    what: String,
    /// By whom, in the school's own words.
    #[schema(example = "Learning mentor")]
    who: String,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by_day: Option<NaiveDate>,
    /// When it was found done; a review of the plan says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) done_on: Option<NaiveDate>,
}

/// How a plan was brought to the home.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The day.
    pub day: NaiveDate,
    /// How, and into whose hands.
    #[schema(example = "By hand; nobody answered the door, so Letter E was posted through it")]
    pub how: String,
    /// Who took it at the door; absent where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "The grandmother")]
    pub taken_by: Option<String>,
    /// Which letter was brought with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Letter E")]
    pub with_letter: Option<String>,
}

/// What was found when a plan was looked at again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanReview {
    /// The day.
    pub day: NaiveDate,
    /// What was found.
    pub says: String,
    /// By whom it was recorded.
    pub by: String,
}

impl RecordDetails for Plan {
    const KIND: RecordKind = RecordKind::Plan;
}

/// The items as they are kept. Errors: 422 at the first that cannot be kept; a plan has at least one.
pub(super) fn check_items(items: Vec<PlanItem>) -> Result<Vec<PlanItem>> {
    if items.is_empty() || items.len() > MOST {
        return Err(Problem::at(Kind::Invalid, "/items", format!("1 to {MOST} items")));
    }
    let kept = |(at, item): (usize, PlanItem)| {
        let what = name::words(&item.what, &format!("/items/{at}/what"), name::NOTE)?;
        let who = name::words(&item.who, &format!("/items/{at}/who"), name::NOTE)?;
        Ok(PlanItem { what, who, by_day: item.by_day, done_on: None })
    };
    items.into_iter().enumerate().map(kept).collect()
}
