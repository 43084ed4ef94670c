//! A conversation with a pupil is recorded.

use super::conversation::Conversation;
use crate::recording::{About, Record, check_others, check_parents, evidence};
use crate::records::{self, Confidential, RecordEntry, RecordState, RecordSubject};
use base::operation::*;
use school::tenants;

/// A conversation to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// What it is about.
    about: About,
    /// The day.
    day: NaiveDate,
    /// Who spoke with the pupil, what the pupil said, what was agreed.
    conversation: Conversation,
    /// What is confidential: visible only with `safeguarding:read`.
    #[serde(default)]
    confidential: Option<Confidential>,
}

/// Record a conversation with a pupil
///
/// What the child says belongs to the evidence of a case, beside what the parents say.
#[utoipa::path(tag = "conversations", security(("token" = ["case:record"])), request_body = NewConversation,
    params(Idempotency),
    responses((status = 201, description = "The conversation, without what is confidential.", body = Record<Conversation>, headers(("Location"))),
        refusal::Merged,
        refusal::AnotherSchools))]
#[post("/v1/conversations")]
pub async fn record_conversation(
    caller: May<RecordCase>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewConversation>,
) -> Result<HttpResponse> {
    let NewConversation { about, day, conversation, confidential } = body.value;
    let confidential = confidential.map(Confidential::check).transpose()?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        let ground = about.look_up(tx)?;
        key.once(tx, &caller, "record_conversation", &body.bytes, |tx| {
            let conversation = check(tx, &ground, day, conversation)?;
            let standing = RecordEntry {
                state: RecordState::TalkedTo,
                day,
                says: format!("conversation with the pupil on {day}: {}", conversation.pupil_said),
                details: &conversation,
                confidential: confidential.as_ref(),
            };
            let row = records::add(tx, &ground, &standing, &caller)?;
            evidence(tx, (ground.action_id, ground.pupil_id), (&row.says, true), &caller)?;
            let place = format!("/v1/conversations/{}", row.record_id);
            Reply::created(place, &Record::<Conversation>::of(&row)?)
        })
    });
    Ok(reply.await?.answer())
}

fn check(
    tx: &mut Tx,
    ground: &RecordSubject,
    day: NaiveDate,
    conversation: Conversation,
) -> Result<Conversation> {
    let mut problem = Problem::new(Kind::Invalid);
    if day > tenants::today(tx, ground.school_id)? {
        problem = problem.and("/day", "today, or a day before");
    }
    if conversation.who.is_empty() {
        problem = problem.and("/conversation/who", "who spoke with the pupil");
    }
    if !problem.errors().is_empty() {
        return Err(problem);
    }
    check_parents(tx, ground.pupil_id, &conversation.parents_there, "/conversation/parents_there")?;
    let agreed = conversation.agreed.as_deref();
    Ok(Conversation {
        who: check_others(conversation.who, "/conversation/who")?,
        pupil_said: name::words(
            &conversation.pupil_said,
            "/conversation/pupil_said",
            name::ACCOUNT,
        )?,
        agreed: agreed
            .map(|agreed| name::words(agreed, "/conversation/agreed", name::ACCOUNT))
            .transpose()?,
        parents_there: conversation.parents_there,
    })
}
