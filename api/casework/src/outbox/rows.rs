//! Owns: message.

use diesel::prelude::*;

use base::prelude::*;
use schema::message;

words! {
    /// What a message to the school's own people is.
    MessageKind {
        List = "list": "to a teacher: look at the pupils on a review's list, and say what is known",
        Chase = "chase": "to a teacher whose feedback is missing",
        Digest = "digest": "to whoever decides: the pupils on a list, with their figures and what teachers said",
        Safeguarding = "safeguarding": "to whoever leads on safeguarding: a decision is to be made",
    }
}

words! {
    /// How a message stands.
    MessageState {
        Waiting = "waiting": "it waits to go out",
        Sent = "sent": "it went out",
    }
}

/// A message to the school's own people.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = message)]
pub struct MessageRow {
    /// Rollcall's key.
    #[schema(example = 17)]
    pub message_id: MessageId,
    /// The school.
    #[schema(example = 7)]
    pub school_id: SchoolId,
    /// The review that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_id: Option<ReviewId>,
    /// The pupil it is about; absent when it is about several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pupil_id: Option<PupilId>,
    /// The rule that wants it; absent for what is sent under every policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "H-03")]
    pub rule: Option<String>,
    /// What it is.
    pub kind: MessageKind,
    /// The role that it is for, in the school's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Class teacher")]
    pub to_role: Option<String>,
    /// The class whose teacher it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub to_class: Option<String>,
    /// Its subject, without a pupil's name.
    #[schema(example = "Attendance: 3 pupils of 6A to look at")]
    pub subject: String,
    /// Its text.
    pub body: String,
    /// The day by which it is to go out.
    pub due: NaiveDate,
    /// How it stands.
    pub state: MessageState,
    /// When it was written (UTC).
    pub written_at: DateTime<Utc>,
    /// When it went out (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    /// How it went out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "by e-mail")]
    pub sent_how: Option<String>,
    /// Who said that it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
}

/// A message to be written.
#[derive(Debug, Clone)]
pub struct NewMessage<'a> {
    /// The school.
    pub school_id: SchoolId,
    /// The review that it comes from.
    pub review_id: Option<ReviewId>,
    /// The one pupil it is about.
    pub pupil_id: Option<PupilId>,
    /// The rule that wants it.
    pub rule: Option<&'a str>,
    /// What it is.
    pub kind: MessageKind,
    /// The role that it is for.
    pub to_role: Option<&'a str>,
    /// The class whose teacher it is for.
    pub to_class: Option<&'a str>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// The day by which it is to go out.
    pub due: NaiveDate,
}

/// Writes a message, which waits to go out.
pub fn write(tx: &mut Tx, new: &NewMessage<'_>) -> Result<()> {
    diesel::insert_into(message::table)
        .values((
            message::trust_id.eq(tx.trust()),
            message::school_id.eq(new.school_id),
            message::review_id.eq(new.review_id),
            message::pupil_id.eq(new.pupil_id),
            message::rule.eq(new.rule),
            message::kind.eq(new.kind),
            message::to_role.eq(new.to_role),
            message::to_class.eq(new.to_class),
            message::subject.eq(&new.subject),
            message::body.eq(&new.body),
            message::due.eq(new.due),
            message::state.eq(MessageState::Waiting),
            message::written_at.eq(tx.now()),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Which messages.
#[derive(Debug, Clone)]
pub(super) struct MessageFilter {
    pub school_id: SchoolId,
    pub state: Option<MessageState>,
    pub kind: Option<MessageKind>,
    pub to_class: Option<String>,
}

/// Messages in the order in which they were written, after `after`.
pub(super) fn messages(
    tx: &mut Tx,
    wanted: MessageFilter,
    after: Option<MessageId>,
    most: i64,
) -> Result<Vec<MessageRow>> {
    let mut rows =
        tx.rows::<MessageRow>().filter(message::school_id.eq(wanted.school_id)).into_boxed();
    rows = rows.narrow(wanted.state.map(|state| message::state.eq(state)));
    rows = rows.narrow(wanted.kind.map(|kind| message::kind.eq(kind)));
    rows = rows.narrow(wanted.to_class.map(|class| message::to_class.eq(class)));
    rows = rows.narrow(after.map(|after| message::message_id.gt(after)));
    Ok(rows.order(message::message_id).limit(most).load(tx.conn)?)
}

/// A message that went out; said a second time, it stays as it was said first. Errors: 404.
pub(super) fn sent(
    tx: &mut Tx,
    message_id: MessageId,
    (at, how): (DateTime<Utc>, &str),
    by: &str,
) -> Result<MessageRow> {
    let waiting = message::state.eq(MessageState::Waiting);
    diesel::update(
        tx.of(message::table).filter(message::message_id.eq(message_id)).filter(waiting),
    )
    .set((
        message::state.eq(MessageState::Sent),
        message::sent_at.eq(at),
        message::sent_how.eq(how),
        message::sent_by.eq(by),
    ))
    .execute(tx.conn)?;
    Ok(tx.rows::<MessageRow>().filter(message::message_id.eq(message_id)).first(tx.conn)?)
}
