//! A draw is frozen: who is in, fixed under one root. From now on nothing changes the entries.

use ::draw::{Entry, Pool};
use diesel::prelude::*;
use serde_json::json;

use super::rows;
use super::secrets;
use super::standing::Standing;
use super::state::{DrawEventKind, DrawState};
use super::view::DrawView;
use crate::tickets::{self, PoolEntry, TicketSource, TicketsBy};
use base::envelope::Envelope;
use base::operation::*;
use casework::letters;
use schema::pupil_known;
use school::tenants;

/// Freeze a prize draw
///
/// On its cut-off day or later: the pool of tickets is closed, and the freeze is published. Write its hash down before the
/// value that decides appears: whoever has it can prove afterwards when the entries were fixed. A draw without a ticket is
/// over. A run does this in the evening of the day.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), params(DrawId),
    responses((status = 200, description = "The draw, frozen.", body = DrawView),
        refusal::DrawTooEarly, refusal::DrawNotOpened, refusal::DrawFrozen, refusal::DrawDrawn, refusal::DrawOver))]
#[post("/v1/draws/{draw_id}/freeze")]
pub async fn freeze_draw(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    path: Path<DrawId>,
) -> Result<HttpResponse> {
    let (db, scope) = (app.db.clone(), caller.scope().clone());
    let view = db.run(&scope, move |tx| {
        let mut standing = Standing::alone(tx, path.0)?;
        freeze(tx, &app.envelope, &mut standing, (caller.subject(), TicketSource::Person))?;
        DrawView::of(tx, &standing)
    });
    Ok(HttpResponse::Ok().json(view.await?))
}

/// Freezes a draw. Errors: 409 before its day, before it is opened, and when it is frozen.
pub(super) fn freeze(
    tx: &mut Tx,
    envelope: &Envelope,
    standing: &mut Standing,
    (by, source): (&str, TicketSource),
) -> Result<()> {
    match standing.state() {
        DrawState::Frozen => return Err(Problem::new(Kind::DrawFrozen)),
        DrawState::Prepared => {
            let says = format!("It is opened on {}.", standing.row.opens_on);
            return Err(Problem::new(Kind::DrawNotOpened).detail(says));
        }
        _ => standing.needs_no_end()?,
    }
    let (school_id, day) = (standing.row.school_id, standing.row.freezes_on);
    if tenants::today(tx, school_id)? < day {
        let says =
            format!("Tickets are earned until the cut-off: the entries are frozen on {day}.");
        return Err(Problem::new(Kind::DrawTooEarly).detail(says));
    }
    let by_whom = TicketsBy { by, source };
    let held = tickets::close(tx, &standing.pool(), standing.row.draw_id, by_whom)?;
    let entries = entries(tx, &held)?;
    rows::add_entries(tx, &standing.row, &entries)?;
    let key = secrets::entries_key(tx, envelope, standing.row.draw_id)?;
    let pool = entries.into_iter().map(|(_, entry)| entry).collect();
    let pool = Pool::new(standing.id()?, &key, pool).map_err(Problem::internal)?;
    let opening = standing.published(DrawEventKind::Opened).unwrap_or_default();
    let text = pool.freeze(opening, tx.now()).map_err(Problem::internal)?;
    standing.happen(tx, DrawEventKind::Frozen, Some(&text), json!({}), by)
}

/// Who is in, by the names that stand today. A child who has died is in no draw.
fn entries(tx: &mut Tx, held: &[PoolEntry]) -> Result<Vec<(PupilId, Entry)>> {
    let ids: Vec<PupilId> = held.iter().map(|entry| entry.pupil_id).collect();
    let died = letters::died(tx, &ids)?;
    let known: Vec<(PupilId, String, String, NaiveDate)> = tx
        .of(pupil_known::table)
        .filter(pupil_known::pupil_id.eq_any(&ids))
        .select((
            pupil_known::pupil_id,
            pupil_known::surname,
            pupil_known::forename,
            pupil_known::birth_date,
        ))
        .load(tx.conn)?;
    let tickets: BTreeMap<PupilId, u64> =
        held.iter().map(|entry| (entry.pupil_id, entry.tickets)).collect();
    let entry = |(pupil_id, surname, forename, birth_date)| {
        let tickets = tickets.get(&pupil_id).copied().unwrap_or_default();
        let pupil = rows::number(pupil_id);
        (pupil_id, Entry { pupil, surname, forename, birth_date, tickets })
    };
    let mut entries: BTreeMap<PupilId, Entry> = known.into_iter().map(entry).collect();
    if let Some(unknown) = ids.iter().find(|id| !entries.contains_key(id)) {
        return Err(Problem::internal(format!("nobody knows pupil {unknown}, who has a ticket")));
    }
    entries.retain(|pupil_id, _| !died.contains(pupil_id));
    Ok(entries.into_iter().collect())
}
