//! What a review lists and proposes, each with the rule, the counts behind it, and what teachers said.

use domain::policy::{Decision, Subject};

use super::feedback::{FeedbackRow, feedback_between};
use super::rows::{self, ItemRow};
use super::state::ItemState;
use base::operation::*;
use figures::week_to;

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListItemsQuery {
    /// Only those in this state.
    state: Option<ItemState>,
    /// Only those about this pupil.
    pupil_id: Option<PupilId>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// An item of a review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemAnswer {
    /// Its number, from 1.
    pub item: ItemId,
    /// The pupil it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<PupilId>,
    /// The class, or the class whose teachers it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The rule that leads to it.
    #[schema(example = "W-04")]
    pub rule: String,
    /// What is proposed, a line each, in plain English.
    pub proposes: Vec<String>,
    /// The counts and circumstances behind it.
    pub because: Vec<String>,
    /// The last day that these counts take in: a decision that is taken later rests on them, and says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-10-23")]
    pub counted_to: Option<NaiveDate>,
    /// Who decides, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decides: Option<String>,
    /// How it stands.
    pub state: ItemState,
    /// Why it was held or decided otherwise; only for those who have the permission `safeguarding:read`. The reason
    /// that was accepted of one that is mitigated stands with the pupil's mitigations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was decided (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What was said about the pupil at this week's reviews.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<FeedbackRow>,
}

impl ItemAnswer {
    /// An item as it goes over the wire; why people decided so stands there when it is shown whole.
    pub fn of(row: ItemRow, feedback: Vec<FeedbackRow>, whole: bool) -> Result<Self> {
        let decision = row.decision()?;
        let class = match &decision.subject {
            Subject::Teacher(name) | Subject::Class(name) => Some(name.clone()),
            Subject::Pupil(_) | Subject::School => None,
        };
        Ok(Self {
            item: row.item,
            pupil_id: row.pupil_id,
            class,
            proposes: decision.lines(),
            counted_to: counted_to(&decision),
            rule: decision.rule,
            because: decision.because,
            decides: decision.decides,
            reason: row.reason.filter(|_| whole && row.state != ItemState::Mitigated),
            state: row.state,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
            feedback,
        })
    }
}

/// The last day that the figure of a decision takes in.
fn counted_to(decision: &Decision) -> Option<NaiveDate> {
    let taking = decision.taking.as_ref().and_then(|taking| taking.figure);
    let figure = decision.counted.map(|counted| counted.figure).or(taking);
    figure?.ends.map(|ends| ends.day)
}

/// List a review's items
#[utoipa::path(tag = "reviews", security(("token" = ["case:read"])),
    params(ReviewId, ListItemsQuery),
    responses((status = 200, description = "Items in the order in which the policy names them.", body = Page<ItemAnswer>)))]
#[get("/v1/reviews/{review_id}/items")]
pub async fn list_items(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<ReviewId>,
    params: Query<ListItemsQuery>,
) -> Result<HttpResponse> {
    let ListItemsQuery { state, pupil_id, limit, cursor } = params.0;
    let slice = Slice::<ItemId>::read(limit, cursor.as_deref(), &(path.0, state, pupil_id))?;
    let whole = caller.sees_confidential(&app);
    let page = app.db.snapshot(caller.scope(), move |tx| {
        let review = rows::review(tx, path.0)?;
        let mut said: BTreeMap<PupilId, Vec<FeedbackRow>> = BTreeMap::new();
        for one in feedback_between(tx, review.school_id, week_to(review.day))? {
            said.entry(one.pupil_id).or_default().push(one);
        }
        let wanted = (state, pupil_id);
        let rows = rows::items(tx, review.review_id, wanted, slice.after, slice.fetch())?;
        let Page { items, next } = slice.page(rows, |row| row.item);
        let answer = |row: ItemRow| {
            let said = row.pupil_id.and_then(|pupil| said.get(&pupil).cloned());
            ItemAnswer::of(row, said.unwrap_or_default(), whole)
        };
        let items = items.into_iter().map(answer).collect::<Result<Vec<_>, _>>()?;
        Ok(Page { items, next })
    });
    Ok(page.await?.answer(&request))
}
