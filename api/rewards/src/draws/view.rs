//! A draw as those see it who hold it.

use ::draw::{Freeze, Opening};

use super::link::Link;
use super::rows::{EventRow, PrizeRow};
use super::standing::{Standing, Won};
use super::state::{DrawEventKind, DrawMode, DrawState};
use base::prelude::*;

/// A prize draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawView {
    /// Rollcall's key.
    #[schema(example = 4)]
    draw_id: DrawId,
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// Its id in all that is published.
    #[schema(example = "0192f0c4-7000-4000-8000-000000000001")]
    uuid: String,
    /// How it stands.
    state: DrawState,
    /// What decides it.
    mode: DrawMode,
    /// What people call it.
    #[schema(example = "Draw for the termly prize, Autumn term")]
    title: String,
    /// What is won, as the policy has it.
    #[schema(example = "the termly prize")]
    prize: String,
    /// What is won in particular, the first prize first.
    prizes: Vec<PrizeRow>,
    /// The period at whose end it is held.
    #[schema(example = "2026/term-1")]
    period: String,
    /// The policy.
    #[schema(example = "strategy")]
    policy: String,
    /// Its version.
    #[schema(example = 1)]
    policy_version: i32,
    /// The rules that say so.
    #[schema(example = "S-15")]
    rule: String,
    /// How often picking goes on after somebody declines.
    #[schema(example = 3)]
    redraws: i32,
    /// Seconds from the freeze to the value that decides.
    #[schema(example = 86_400)]
    wait_seconds: i32,
    /// The day on which it is opened.
    opens_on: NaiveDate,
    /// The cut-off: the day on whose evening the entries are frozen.
    freezes_on: NaiveDate,
    /// The draw in whose place it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    follows: Option<DrawId>,
    /// The draw that stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<DrawId>,
    /// What opens all that is published of it to whoever has it; absent where nothing may be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_link: Option<String>,
    /// The governor's commitment.
    #[serde(skip_serializing_if = "Option::is_none")]
    governor_commitment: Option<String>,
    /// The opening's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<String>,
    /// The hash of the opening.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hash: Option<String>,
    /// The freeze's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze: Option<String>,
    /// The hash of the freeze: write it down before the value that decides appears.
    #[serde(skip_serializing_if = "Option::is_none")]
    freeze_hash: Option<String>,
    /// How many pupils have tickets in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    holders: Option<u64>,
    /// How many tickets are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    tickets: Option<u64>,
    /// When it can be drawn (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn_from: Option<DateTime<Utc>>,
    /// Until when secrets are opened; whoever stays away voids it (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets_until: Option<DateTime<Utc>>,
    /// Who has a prize now.
    winners: Vec<DrawWinner>,
    /// The receipt's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// The void's text, whose bytes count.
    #[serde(skip_serializing_if = "Option::is_none")]
    void: Option<String>,
    /// When it was prepared (UTC).
    prepared_at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "clockwork")]
    prepared_by: String,
    /// What happened since, in order.
    history: Vec<DrawStep>,
}

/// Somebody who has a prize.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawWinner {
    /// The ticket.
    #[schema(example = 17)]
    ticket: u64,
    /// The pupil who holds it.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// What was won.
    #[schema(example = "A bicycle")]
    prize: String,
}

/// Something that happened to a draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawStep {
    /// What.
    kind: DrawEventKind,
    /// When (UTC).
    at: DateTime<Utc>,
    /// By whom.
    #[schema(example = "clockwork")]
    by: String,
    /// The ticket that was given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<u64>,
    /// The pupil whom a note is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pupil_id: Option<PupilId>,
    /// What was said: why a prize was given back, what a note records.
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
}

impl From<&EventRow> for DrawStep {
    fn from(event: &EventRow) -> Self {
        let text = |name: &str| event.body[name].as_str().map(str::to_owned);
        let pupil = event.body["pupil_id"].as_i64().and_then(|id| i32::try_from(id).ok());
        Self {
            kind: event.kind,
            at: event.recorded_at,
            by: event.recorded_by.clone(),
            ticket: event.body["ticket"].as_u64(),
            pupil_id: pupil.map(PupilId::new),
            says: text("says").or_else(|| text("reason")),
        }
    }
}

impl DrawView {
    pub(super) fn of(tx: &Tx, standing: &Standing) -> Result<Self> {
        let row = standing.row.clone();
        let frozen = standing.frozen()?;
        let text = |kind| standing.published(kind).map(str::to_owned);
        let (opening, freeze) = (text(DrawEventKind::Opened), text(DrawEventKind::Frozen));
        let prizes = standing.prizes()?;
        let link = Link { trust: tx.trust(), key: row.link.clone() };
        let winners = standing.winners().into_iter();
        Ok(Self {
            draw_id: row.draw_id,
            school_id: row.school_id,
            uuid: row.uuid,
            state: standing.state(),
            mode: row.mode,
            title: row.title,
            prize: row.prize,
            period: row.period,
            policy: row.policy,
            policy_version: row.policy_version,
            rule: row.rule,
            redraws: row.redraws,
            wait_seconds: row.wait_seconds,
            opens_on: row.opens_on,
            freezes_on: row.freezes_on,
            follows: row.follows,
            replaced_by: standing.replaced_by,
            receipt_link: standing.is_public()?.then(|| link.path(row.draw_id)),
            governor_commitment: standing.commitment().map(|hash| hash.to_string()),
            opening_hash: opening.as_deref().map(|text| Opening::hash_of(text).to_string()),
            opening,
            freeze_hash: freeze.as_deref().map(|text| Freeze::hash_of(text).to_string()),
            freeze,
            holders: frozen.as_ref().map(|frozen| frozen.freeze.holders),
            tickets: frozen.as_ref().map(|frozen| frozen.freeze.tickets),
            drawn_from: frozen.as_ref().map(|frozen| frozen.drawn_from()),
            secrets_until: standing.secrets_until()?,
            winners: winners.map(|won| DrawWinner::of(&won, &prizes)).collect(),
            prizes,
            receipt: standing.receipt().map(str::to_owned),
            void: text(DrawEventKind::Void),
            prepared_at: row.recorded_at,
            prepared_by: row.recorded_by,
            history: standing.events.iter().map(DrawStep::from).collect(),
        })
    }
}

impl DrawWinner {
    fn of(won: &Won, prizes: &[PrizeRow]) -> Self {
        let prize = usize::try_from(won.prize).ok().and_then(|at| prizes.get(at));
        let prize = prize.map(|prize| prize.name.clone()).unwrap_or_default();
        Self { ticket: won.ticket, pupil_id: won.pupil_id, prize }
    }
}
