//! A meeting is offered: when, where, who is asked to come.

use domain::policy::word::Waits;

use super::meeting::{Meeting, Offer, date_agreed, tell_parents};
use crate::recording::{About, Record, evidence};
use crate::records::{self, RecordEntry, RecordState, RecordSubject};
use crate::{actions, cases};
use base::operation::*;
use roll::parents;
use school::policies;

/// A meeting to be offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// What it is about.
    about: About,
    /// What kind; without one, as the action says that asked for it.
    #[serde(default)]
    #[schema(example = "informal, with school only")]
    kind: Option<String>,
    /// When and where, and who is asked to come.
    offer: Offer,
    /// Whether a letter of its own confirms day, time and place, where none of the case's letters that wait tells them.
    #[serde(default)]
    letter: bool,
}

/// A meeting that was offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedMeeting {
    /// The meeting.
    pub meeting: Record<Meeting>,
    /// Invited parents whom nobody contacts before asking the safeguarding lead, and those who must not meet another
    /// parent who is invited.
    pub ask_first: Vec<ParentId>,
}

impl OfferedMeeting {
    /// With the parents to be careful with.
    pub(super) fn of(tx: &mut Tx, meeting: Record<Meeting>) -> Result<Self> {
        let ask = parents::whom_to_ask(tx, meeting.pupil_id)?;
        let apart = parents::kept_apart(tx, meeting.pupil_id)?;
        let invited = &meeting.details.offer.parents;
        let careful = |parent: &ParentId| {
            ask.get(parent) == Some(&true) || (invited.len() > 1 && apart.contains(parent))
        };
        let ask_first = invited.iter().copied().filter(careful).collect();
        Ok(Self { meeting, ask_first })
    }
}

/// Offer a meeting
///
/// Where no date is agreed yet, and the action that asked for the meeting has no call open, one opens that is due in 5
/// school days; once a date is agreed such calls fall away. A letter of the case that invites and has not left the school
/// is written anew with day, time and place.
#[utoipa::path(tag = "meetings", security(("token" = ["case:record"])), request_body = NewMeeting,
    params(Idempotency),
    responses((status = 201, description = "The meeting.", body = OfferedMeeting, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/meetings")]
pub async fn offer_meeting(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewMeeting>,
) -> Result<HttpResponse> {
    let NewMeeting { about, kind, offer, letter } = body.value;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "offer_meeting", &body.bytes, |tx| {
            let offer = offer.check(tx, ground.pupil_id)?;
            let meeting = Meeting {
                kind: kind_of(tx, kind, ground.action_id)?,
                decides: waits_for_it(tx, &ground)?,
                offer,
                parents_came: Vec::new(),
                others_came: Vec::new(),
                officer_came: None,
                notes: None,
                support: None,
                advice: None,
            };
            let says = format!("{} is offered for {}", meeting.kind, meeting.offer.says());
            evidence(tx, (ground.action_id, ground.pupil_id), (&says, false), &caller)?;
            let standing = RecordEntry {
                state: RecordState::Offered,
                day: meeting.offer.day,
                says,
                details: &meeting,
                confidential: None,
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            date_agreed(tx, &row, &meeting.offer, &caller)?;
            tell_parents(tx, &row, letter, &caller)?;
            let answer = OfferedMeeting::of(tx, Record::of(&row)?)?;
            Reply::created(format!("/v1/meetings/{}", row.record_id), &answer)
        })
    });
    Ok(reply.await?.answer())
}

/// The kind that was said, or that of the action.
fn kind_of(tx: &mut Tx, said: Option<String>, action_id: Option<ActionId>) -> Result<String> {
    if let Some(said) = said {
        return name::words(&said, "/kind", name::REASON);
    }
    let asked = action_id.map(|action_id| actions::action(tx, action_id)).transpose()?;
    let says = asked.as_ref().and_then(|action| action.says.strip_prefix("meeting: "));
    says.map(str::to_owned)
        .ok_or_else(|| Problem::at(Kind::Invalid, "/kind", "a kind of meeting, in your own words"))
}

/// Whether the case's stage waits for a meeting.
fn waits_for_it(tx: &mut Tx, ground: &RecordSubject) -> Result<bool> {
    let Some((case_id, _)) = ground.case else { return Ok(false) };
    let case = cases::case(tx, case_id)?;
    let follows = policies::under(tx, &case.policy, case.version, &case.answers)?;
    let stage = case.stage.and_then(|stage| follows.policy.stage(&stage).cloned());
    Ok(stage.is_some_and(|stage| stage.waits == Waits::Meeting))
}
