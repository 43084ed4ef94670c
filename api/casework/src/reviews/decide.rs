//! People decide: send, hold with a reason, mitigate, or decide otherwise. One call decides many.

use actix_web::http::StatusCode;
use analytics::Block;
use domain::policy::{Decision, Happened, Shield};

use super::amended::{self, School};
use super::items::ItemAnswer;
use super::rows::{self, ItemRow, ReviewRow};
use super::state::ItemState;
use crate::cases::{self, StepContext};
use crate::letters::{self, NewLetter, WrittenFrom};
use crate::one_of_many::{attempt, check_many, status};
use base::operation::*;
use base::problem::ProblemBody;
use figures::{Counting, Figures, years_behind};
use school::policies::{self, Follows};
use school::{calendars, tenants};

/// Decisions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionsBody {
    /// At most 500, each about another item.
    decisions: Vec<DecisionBody>,
}

/// What a person decides about one item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// The item's number.
    #[schema(example = 3)]
    item: ItemId,
    /// What is decided.
    decide: What,
    /// Why; needed for everything but `send`, and visible only with `safeguarding:read`. For `mitigate` the reason
    /// that is accepted, such as a long illness.
    #[serde(default)]
    reason: Option<String>,
    /// For `mitigate`: the last day on which it holds; without one, until a person ends it.
    #[serde(default)]
    until: Option<NaiveDate>,
    /// For `otherwise`: the stage that the case goes to, or `closed`.
    #[serde(default)]
    to: Option<String>,
    /// For `otherwise`: only the case moves, without the letter, meeting, target or referral that the stage brings.
    #[serde(default)]
    without: bool,
}

words! {
    /// What is decided about an item of a review.
    What as "ItemDecision" {
        Send = "send": "as it is proposed: the step is taken, letters wait to be sent, actions open",
        Hold = "hold": "not now: nothing happens, and the next review looks again",
        Mitigate = "mitigate": "a reason is accepted: what would be sent becomes a person's decision until it ends",
        Otherwise = "otherwise": "the case goes where the person says",
    }
}

/// What became of the decisions, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionsAnswer {
    /// One a decision.
    results: Vec<DecisionResult>,
}

/// What became of one decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResult {
    /// The item's number.
    item: ItemId,
    /// As the decision alone would have been answered: 200, 403 (the policy names who decides), 404, 412 or 422.
    #[schema(example = 200)]
    status: u16,
    /// The item as it stands now; absent when there is no such item.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<ItemAnswer>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemBody>,
}

/// Decide items of a review
///
/// Each decision is done whole or not at all, whatever becomes of the others. An item that somebody else has decided,
/// or whose case has moved on, is answered with 412 and how it stands now.
#[utoipa::path(tag = "reviews", security(("token" = ["case:decide"])), request_body = DecisionsBody,
    params(ReviewId, Idempotency),
    responses((status = 207, description = "What became of each.", body = DecisionsAnswer)))]
#[post("/v1/reviews/{review_id}/decisions")]
pub async fn decide_items(
    caller: May<DecideCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<ReviewId>,
    key: Idempotency,
    body: Json<DecisionsBody>,
) -> Result<HttpResponse> {
    let decisions = body.value.decisions;
    check_many(decisions.len(), "/decisions", "decisions")?;
    let scope = caller.scope().clone();
    let counted = counting.school_blocks_of(&scope, move |tx| {
        let review = rows::review(tx, path.0)?;
        Ok((review.school_id, years_behind(review.day)?, review))
    });
    let (counted, review) = counted.await?;
    let state = app.clone();
    let operation = format!("decide_items/{}", path.0);
    let reply = app.db.run(&scope, move |tx| {
        let school = School::of_review(tx, review.clone())?;
        let (app, blocks) = (&state, &counted.blocks);
        let deciding = Deciding { app, caller: &caller, review, school, blocks };
        key.once(tx, &caller, &operation, &body.bytes, |tx| {
            let results = decisions.iter().map(|one| deciding.decide(tx, one));
            let results = results.collect::<Result<_, _>>()?;
            Reply::new(StatusCode::MULTI_STATUS, &DecisionsAnswer { results })
        })
    });
    Ok(reply.await?.answer())
}

/// Who decides about which review, and what its letters are filled in with.
struct Deciding<'a> {
    app: &'a App,
    caller: &'a Caller,
    review: ReviewRow,
    school: School,
    blocks: &'a [Arc<Block>],
}

impl Deciding<'_> {
    /// Decides one item; a refusal undoes what this decision did and nothing else.
    fn decide(&self, tx: &mut Tx, body: &DecisionBody) -> Result<DecisionResult> {
        let review = &self.review;
        // Before the item and its case, which an amended mark holds the other way round.
        if let Some(pupil_id) = self.item(tx, body.item)?.and_then(|item| item.pupil_id) {
            amended::hold(tx, pupil_id)?;
        }
        let proposal = match body.decide {
            What::Send => self.proposal(tx, body.item)?,
            _ => None,
        };
        let problem = attempt(tx, |tx| {
            let item = rows::item_to_decide(tx, review.review_id, body.item)?;
            self.carry_out(tx, &item, (body, proposal))
        })?;
        let status = status(problem.as_ref());
        let now = self.item(tx, body.item)?;
        let whole = self.caller.sees_confidential(self.app);
        let now = now.map(|row| ItemAnswer::of(row, Vec::new(), whole)).transpose()?;
        Ok(DecisionResult { item: body.item, status, now, problem })
    }

    /// One item as it stands; `None` when there is none of that number.
    fn item(&self, tx: &mut Tx, item: ItemId) -> Result<Option<ItemRow>> {
        let after = Some(ItemId::new(item.number().saturating_sub(1)));
        let found = rows::items(tx, self.review.review_id, (None, None), after, 1)?.pop();
        Ok(found.filter(|row| row.item == item))
    }

    /// What an item that waits proposes, with the counts of now; one that the marks do not lead to any more is
    /// withdrawn.
    fn proposal(&self, tx: &mut Tx, item: ItemId) -> Result<Option<Decision>> {
        match rows::item_to_decide(tx, self.review.review_id, item) {
            Ok(item) if item.state == ItemState::Proposed => {
                let counted = (&*self.app.codes, self.blocks);
                amended::present(tx, counted, (&self.school, &self.review), &item)
            }
            Err(problem) if problem.kind() != Kind::NotFound => Err(problem),
            _ => Ok(None),
        }
    }

    fn carry_out(
        &self,
        tx: &mut Tx,
        item: &ItemRow,
        (body, proposal): (&DecisionBody, Option<Decision>),
    ) -> Result<()> {
        let Self { caller, review, .. } = self;
        if item.state != ItemState::Proposed {
            return Err(Problem::new(Kind::StaleTag).detail(match &item.decided_by {
                Some(_) if item.state == ItemState::MovedOn => {
                    "The marks have changed since, and do not lead to it any more.".to_owned()
                }
                Some(by) => format!("{by} has decided it: {}.", item.state),
                None => "There is nothing to decide: it is only listed.".to_owned(),
            }));
        }
        self.check_latest(tx, item, body.decide)?;
        if let Some(decides) = &item.decision()?.decides {
            let follows = self.follows(tx)?;
            cases::check_named(tx, self.app, caller, review.school_id, &follows, decides)?;
        }
        let reason = match (&body.reason, body.decide) {
            (None, What::Send) => None,
            (reason, _) => {
                Some(name::words(reason.as_deref().unwrap_or_default(), "/reason", name::NOTE)?)
            }
        };
        let pupil_id = item.pupil_id.ok_or_else(|| Problem::internal("an item about nobody"))?;
        let state = match body.decide {
            What::Hold => ItemState::Held,
            What::Mitigate => {
                let kind = reason.as_deref().unwrap_or_default();
                let days = (tenants::today(tx, review.school_id)?, body.until);
                if days.1.is_some_and(|until| until < days.0) {
                    return Err(Problem::at(Kind::Invalid, "/until", "today or later"));
                }
                cases::mitigate(tx, (review.school_id, pupil_id), kind, days, caller.subject())?;
                ItemState::Mitigated
            }
            What::Send => {
                let proposal = proposal.ok_or_else(|| Problem::new(Kind::StaleTag))?;
                self.send(tx, pupil_id, proposal)?;
                ItemState::Sent
            }
            What::Otherwise => {
                let reason = reason.clone().unwrap_or_default();
                self.otherwise(tx, pupil_id, body, reason)?;
                ItemState::Otherwise
            }
        };
        rows::settle(tx, item, state, reason.as_deref(), caller.subject())
    }

    /// A step is not taken on figures that a later review has counted anew. Errors: 412, with the later review.
    fn check_latest(&self, tx: &mut Tx, item: &ItemRow, decide: What) -> Result<()> {
        let steps = |item: &ItemRow| Ok::<_, Problem>(item.decision()?.taking.is_some());
        let Some(pupil_id) = item.pupil_id.filter(|_| decide == What::Send) else { return Ok(()) };
        if !steps(item)? {
            return Ok(());
        }
        let later = rows::proposed_of_pupil(tx, pupil_id)?;
        for other in later.iter().filter(|other| other.review_id > item.review_id) {
            let review = rows::review(tx, other.review_id)?;
            if review.school_id == self.review.school_id
                && review.day > self.review.day
                && steps(other)?
            {
                return Err(Problem::new(Kind::StaleTag).detail(format!(
                    "The review of {}, {}, has counted since: decide its item {}.",
                    review.day, review.review_id, other.item
                )));
            }
        }
        Ok(())
    }

    /// What the school follows on the review's day.
    fn follows(&self, tx: &mut Tx) -> Result<Follows> {
        let ReviewRow { school_id, day, .. } = self.review;
        policies::assigned(tx, school_id, policies::Part::Pathway, day)?
            .ok_or_else(|| Problem::new(Kind::NoPolicy))
    }

    /// Carries a proposal out.
    fn send(&self, tx: &mut Tx, pupil_id: PupilId, mut decision: Decision) -> Result<()> {
        let Self { caller, review, blocks, .. } = self;
        let day = tenants::today(tx, review.school_id)?;
        let school_id = review.school_id;
        let calendars = calendars::around(tx, school_id, day)?;
        // Since it was proposed, letters about the pupil may have been stopped.
        let stopped = letters::stopped(tx, &[pupil_id])?.contains(&pupil_id);
        let follows = self.follows(tx)?;
        let figures = Figures::new(blocks, &calendars, review.day);
        if stopped {
            let shield = Shield { letters_stopped: true, ..Shield::default() };
            decision = decision.guarded(&follows.policy, &follows.letters, &shield);
        }
        if decision.taking.is_some() {
            let open = cases::open_case_to_change(tx, school_id, pupil_id)?;
            let ground = StepContext {
                school_id,
                pupil_id,
                review_id: Some(review.review_id),
                day,
                calendars: &calendars,
            };
            let kept = match &open {
                Some(told) => told.follows(tx)?,
                None => follows,
            };
            let taken = cases::take(tx, &decision, &ground, open, &kept, caller)?;
            return taken.with_letters(tx, &figures).map(drop);
        }
        let held = decision.held.iter().map(|(name, why)| (name, Some(why.as_str())));
        let named = |action: &domain::policy::Action| {
            (action.kind == domain::policy::word::Do::Letter).then(|| action.what.clone())
        };
        let waiting: Vec<String> = decision.actions.iter().filter_map(named).collect();
        for (name, held) in waiting.iter().map(|name| (name, None)).chain(held) {
            let rule = &decision.rule;
            let review_id = Some(review.review_id);
            let new = NewLetter {
                school_id,
                pupil_id,
                step: None,
                review_id,
                name,
                rule,
                held,
                figure: decision.counted.map(|counted| counted.figure),
                over: decision.counted.map(|counted| counted.over),
                day,
            };
            letters::add(tx, &new, caller.subject())?;
        }
        if let Some(of) = self.school.reviews.first() {
            of.asking().open(tx, std::iter::once(&decision))?;
        }
        let about = WrittenFrom { follows: &follows, before: None, after: None };
        letters::write(tx, (school_id, pupil_id), &about, &figures)
    }

    /// Moves a case where the person says.
    fn otherwise(
        &self,
        tx: &mut Tx,
        pupil_id: PupilId,
        body: &DecisionBody,
        reason: String,
    ) -> Result<()> {
        let Self { caller, review, .. } = self;
        let to = cases::place(body.to.as_deref())?;
        let school_id = review.school_id;
        let Some(told) = cases::open_case_to_change(tx, school_id, pupil_id)? else {
            return Err(Problem::at(
                Kind::Invalid,
                "/decide",
                "send, hold or mitigate: there is no case yet",
            ));
        };
        let happened = Happened::Otherwise { to, reason, without: body.without };
        cases::record(tx, caller, told, &happened, self.blocks).map(|_| ())
    }
}
