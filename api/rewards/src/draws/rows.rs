//! Owns: draw, draw_event, draw_secret, draw_entry.

use ::draw::{Entry, Prize};
use diesel::prelude::*;

use super::state::{DrawEventKind, DrawMode};
use base::envelope::SecretPurpose;
use base::prelude::*;
use schema::{draw, draw_entry, draw_event, draw_secret, trust};

/// Rows that one statement adds: a statement can bind only so many values.
const AT_ONCE: usize = 1_000;

/// A draw as it was prepared.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = draw)]
pub(super) struct DrawRow {
    pub school_id: SchoolId,
    pub draw_id: DrawId,
    pub uuid: String,
    pub prize: String,
    pub period: String,
    pub mode: DrawMode,
    pub title: String,
    pub policy: String,
    pub policy_version: i32,
    pub rule: String,
    pub prizes: Value,
    pub redraws: i32,
    pub wait_seconds: i32,
    pub opens_on: NaiveDate,
    pub freezes_on: NaiveDate,
    pub link: String,
    pub follows: Option<DrawId>,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: String,
}

/// Something that happened to a draw.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = draw_event)]
pub(super) struct EventRow {
    pub draw_id: DrawId,
    pub seq: i32,
    pub kind: DrawEventKind,
    pub published: Option<String>,
    pub body: Value,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: String,
}

/// A draw to be prepared.
#[derive(Debug, Clone)]
pub(super) struct NewDrawRow {
    pub school_id: SchoolId,
    pub uuid: String,
    pub prize: String,
    pub period: String,
    pub mode: DrawMode,
    pub title: String,
    pub policy: String,
    pub policy_version: i32,
    pub rule: String,
    pub prizes: Vec<PrizeRow>,
    pub redraws: u16,
    pub wait_seconds: u32,
    pub opens_on: NaiveDate,
    pub freezes_on: NaiveDate,
    pub link: String,
    pub follows: Option<DrawId>,
}

/// Some prizes of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DrawPrize)]
pub struct PrizeRow {
    /// What is won, 1 to 200 characters.
    #[schema(example = "A bicycle")]
    pub name: String,
    /// How many of it there are.
    #[schema(example = 1)]
    pub number: u16,
}

impl From<&PrizeRow> for Prize {
    fn from(prize: &PrizeRow) -> Self {
        Self { name: prize.name.clone(), number: prize.number.into() }
    }
}

/// Until the transaction ends nothing else happens to a draw.
pub(super) fn alone(tx: &mut Tx, draw_id: DrawId) -> Result<()> {
    tx.take_turns(&format!("draw/{draw_id}"))
}

/// One draw, if the caller may see it. Errors: 404.
pub(super) fn row(tx: &mut Tx, draw_id: DrawId) -> Result<DrawRow> {
    Ok(tx.rows::<DrawRow>().filter(draw::draw_id.eq(draw_id)).first(tx.conn)?)
}

/// The draws of a school for a prize and a period, in order.
pub(super) fn of_pool(
    tx: &mut Tx,
    school_id: SchoolId,
    prize: &str,
    period: &str,
) -> Result<Vec<DrawRow>> {
    Ok(tx
        .rows::<DrawRow>()
        .filter(draw::school_id.eq(school_id))
        .filter(draw::prize.eq(prize).and(draw::period.eq(period)))
        .order(draw::draw_id)
        .load(tx.conn)?)
}

/// Which draws of a list.
#[derive(Default)]
pub(super) struct Which<'a> {
    pub school_id: Option<SchoolId>,
    pub period: Option<&'a str>,
    pub after: Option<DrawId>,
    pub most: Option<i64>,
}

/// Draws with what happened to them, in the order of their ids.
pub(super) fn draws(tx: &mut Tx, which: &Which<'_>) -> Result<Vec<(DrawRow, Vec<EventRow>)>> {
    let mut rows = tx.rows::<DrawRow>().order(draw::draw_id).into_boxed();
    rows = rows.narrow(which.school_id.map(|school_id| draw::school_id.eq(school_id)));
    rows = rows.narrow(which.period.map(|period| draw::period.eq(period)));
    rows = rows.narrow(which.after.map(|after| draw::draw_id.gt(after)));
    if let Some(most) = which.most {
        rows = rows.limit(most);
    }
    let rows: Vec<DrawRow> = rows.load(tx.conn)?;
    let ids: Vec<DrawId> = rows.iter().map(|row| row.draw_id).collect();
    let mut events: BTreeMap<DrawId, Vec<EventRow>> = BTreeMap::new();
    for event in self::events_of(tx, &ids)? {
        events.entry(event.draw_id).or_default().push(event);
    }
    let whole = |row: DrawRow| {
        let events = events.remove(&row.draw_id).unwrap_or_default();
        (row, events)
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// Which of these draws another stands in the place of, and which one.
pub(super) fn in_place_of(tx: &mut Tx, draws: &[DrawId]) -> Result<BTreeMap<DrawId, DrawId>> {
    let rows: Vec<(Option<DrawId>, DrawId)> = tx
        .of(draw::table)
        .filter(draw::follows.eq_any(draws))
        .select((draw::follows, draw::draw_id))
        .load(tx.conn)?;
    Ok(rows.into_iter().filter_map(|(before, after)| Some((before?, after))).collect())
}

/// What happened to draws, in order.
pub(super) fn events_of(tx: &mut Tx, draws: &[DrawId]) -> Result<Vec<EventRow>> {
    Ok(tx
        .rows::<EventRow>()
        .filter(draw_event::draw_id.eq_any(draws))
        .order((draw_event::draw_id, draw_event::seq))
        .load(tx.conn)?)
}

/// How many draws there are, and how much happened to them: the same numbers mean that nothing has.
pub(super) fn recorded(tx: &mut Tx) -> Result<i64> {
    let draws: i64 = tx.of(draw::table).count().get_result(tx.conn)?;
    let events: i64 = tx.of(draw_event::table).count().get_result(tx.conn)?;
    Ok(draws + events)
}

/// Whether the trust is a sandbox.
pub(super) fn is_sandbox(tx: &mut Tx) -> Result<bool> {
    Ok(tx.of(trust::table).select(trust::sandbox).first(tx.conn)?)
}

/// Adds a draw; its id.
pub(super) fn add(tx: &mut Tx, new: &NewDrawRow, by: &str) -> Result<DrawId> {
    let prizes = serde_json::to_value(&new.prizes).map_err(Problem::internal)?;
    Ok(diesel::insert_into(draw::table)
        .values((
            draw::trust_id.eq(tx.trust()),
            draw::school_id.eq(new.school_id),
            draw::uuid.eq(&new.uuid),
            draw::prize.eq(&new.prize),
            draw::period.eq(&new.period),
            draw::mode.eq(new.mode),
            draw::title.eq(&new.title),
            draw::policy.eq(&new.policy),
            draw::policy_version.eq(new.policy_version),
            draw::rule.eq(&new.rule),
            draw::prizes.eq(prizes),
            draw::redraws.eq(i32::from(new.redraws)),
            draw::wait_seconds.eq(i32::try_from(new.wait_seconds).unwrap_or(i32::MAX)),
            draw::opens_on.eq(new.opens_on),
            draw::freezes_on.eq(new.freezes_on),
            draw::link.eq(&new.link),
            draw::follows.eq(new.follows),
            draw::recorded_at.eq(tx.now()),
            draw::recorded_by.eq(by),
        ))
        .returning(draw::draw_id)
        .get_result(tx.conn)?)
}

/// Something that happens to a draw now.
pub(super) struct NewEvent<'a> {
    pub kind: DrawEventKind,
    pub published: Option<&'a str>,
    pub body: Value,
}

/// Adds what happens to a draw. The caller is alone with it.
pub(super) fn add_event(
    tx: &mut Tx,
    row: &DrawRow,
    before: &[EventRow],
    new: NewEvent<'_>,
    by: &str,
) -> Result<()> {
    let last = before.last();
    diesel::insert_into(draw_event::table)
        .values((
            draw_event::trust_id.eq(tx.trust()),
            draw_event::school_id.eq(row.school_id),
            draw_event::draw_id.eq(row.draw_id),
            draw_event::seq.eq(last.map_or(0, |last| last.seq) + 1),
            draw_event::kind.eq(new.kind),
            draw_event::published.eq(new.published),
            draw_event::body.eq(new.body),
            draw_event::recorded_at.eq(tx.after(last.map(|last| last.recorded_at))),
            draw_event::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Keeps a secret of a draw, which is sealed.
pub(super) fn add_secret(
    tx: &mut Tx,
    (school_id, draw_id): (SchoolId, DrawId),
    purpose: SecretPurpose,
    sealed: &[u8],
) -> Result<()> {
    diesel::insert_into(draw_secret::table)
        .values((
            draw_secret::trust_id.eq(tx.trust()),
            draw_secret::school_id.eq(school_id),
            draw_secret::draw_id.eq(draw_id),
            draw_secret::purpose.eq(As(purpose)),
            draw_secret::sealed.eq(sealed),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// A sealed secret of a draw.
pub(super) fn secret(tx: &mut Tx, draw_id: DrawId, purpose: SecretPurpose) -> Result<Vec<u8>> {
    Ok(tx
        .of(draw_secret::table)
        .filter(draw_secret::draw_id.eq(draw_id).and(draw_secret::purpose.eq(As(purpose))))
        .select(draw_secret::sealed)
        .first(tx.conn)?)
}

/// A secret as it is kept: whose draw's, for what, and sealed.
type SealedSecret = (DrawId, As<SecretPurpose>, Vec<u8>);

/// Every sealed secret of the trust's draws.
pub(super) fn secrets(tx: &mut Tx) -> Result<Vec<SealedSecret>> {
    Ok(tx
        .of(draw_secret::table)
        .order((draw_secret::draw_id, draw_secret::purpose))
        .select((draw_secret::draw_id, draw_secret::purpose, draw_secret::sealed))
        .load(tx.conn)?)
}

/// The same secret, sealed anew.
pub(super) fn seal_anew(
    tx: &mut Tx,
    draw_id: DrawId,
    purpose: SecretPurpose,
    sealed: &[u8],
) -> Result<()> {
    let one = draw_secret::draw_id.eq(draw_id).and(draw_secret::purpose.eq(As(purpose)));
    diesel::update(tx.of(draw_secret::table).filter(one))
        .set(draw_secret::sealed.eq(sealed))
        .execute(tx.conn)?;
    Ok(())
}

/// Keeps who was in when a draw was frozen.
pub(super) fn add_entries(tx: &mut Tx, row: &DrawRow, entries: &[(PupilId, Entry)]) -> Result<()> {
    let trust = tx.trust();
    for some in entries.chunks(AT_ONCE) {
        let entry = |(pupil_id, entry): &(PupilId, Entry)| {
            (
                draw_entry::trust_id.eq(trust),
                draw_entry::school_id.eq(row.school_id),
                draw_entry::draw_id.eq(row.draw_id),
                draw_entry::pupil_id.eq(*pupil_id),
                draw_entry::surname.eq(entry.surname.clone()),
                draw_entry::forename.eq(entry.forename.clone()),
                draw_entry::birth_date.eq(entry.birth_date),
                draw_entry::tickets.eq(i64::try_from(entry.tickets).unwrap_or(i64::MAX)),
            )
        };
        let rows: Vec<_> = some.iter().map(entry).collect();
        diesel::insert_into(draw_entry::table).values(rows).execute(tx.conn)?;
    }
    Ok(())
}

/// Who was in when a draw was frozen, in the order of the pupils.
pub(super) fn entries(tx: &mut Tx, draw_id: DrawId) -> Result<Vec<(PupilId, Entry)>> {
    let rows: Vec<(PupilId, String, String, NaiveDate, i64)> = tx
        .of(draw_entry::table)
        .filter(draw_entry::draw_id.eq(draw_id))
        .order(draw_entry::pupil_id)
        .select((
            draw_entry::pupil_id,
            draw_entry::surname,
            draw_entry::forename,
            draw_entry::birth_date,
            draw_entry::tickets,
        ))
        .load(tx.conn)?;
    let entry = |(pupil_id, surname, forename, birth_date, tickets): (PupilId, _, _, _, i64)| {
        let pupil = number(pupil_id);
        let tickets = u64::try_from(tickets).unwrap_or_default();
        (pupil_id, Entry { pupil, surname, forename, birth_date, tickets })
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// A pupil as the protocol counts pupils.
pub(super) fn number(pupil_id: PupilId) -> u64 {
    u64::try_from(pupil_id.number()).unwrap_or_default()
}
