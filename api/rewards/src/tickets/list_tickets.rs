//! The ledger as it stands: of a school, a pupil or a draw.

use diesel::prelude::*;

use super::TicketState;
use super::rows::TicketRow;
use base::operation::*;
use roll::pupils;
use schema::ticket;
use school::tenants;

/// Which tickets.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTicketsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only tickets that were earned at this school.
    school_id: Option<SchoolId>,
    /// Only this pupil's.
    pupil_id: Option<PupilId>,
    /// Only those for this prize, by its whole name as the policy has it.
    draw: Option<String>,
    /// Only those for draws of this period, such as `2026/term-1`.
    draw_period: Option<String>,
    /// Only those that stand so.
    state: Option<TicketState>,
}

/// What tells a ticket from all others, in the order of the list.
type Place = (PupilId, SchoolId, String, String);

/// List tickets
///
/// As each stands: earned, taken back with the reason, or entered into a draw.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(ListTicketsQuery),
    responses((status = 200, description = "By pupil, school, row of the policy and period.", body = Page<TicketRow>)))]
#[get("/v1/tickets")]
pub async fn list_tickets(
    caller: May<ReadReward>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListTicketsQuery>,
) -> Result<HttpResponse> {
    let ListTicketsQuery { limit, cursor, school_id, pupil_id, draw, draw_period, state } =
        params.0;
    let filter = (school_id, pupil_id, &draw, &draw_period, state);
    let slice = Slice::<Place>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        if let Some(pupil_id) = pupil_id {
            pupils::pupil(tx, pupil_id)?;
        }
        let mut rows = tx.rows::<TicketRow>().into_boxed();
        rows = rows.narrow(school_id.map(|school_id| ticket::school_id.eq(school_id)));
        rows = rows.narrow(pupil_id.map(|pupil_id| ticket::pupil_id.eq(pupil_id)));
        rows = rows.narrow(draw.map(|draw| ticket::draw.eq(draw)));
        rows = rows.narrow(draw_period.map(|period| ticket::draw_period.eq(period)));
        rows = rows.narrow(state.map(|state| ticket::state.eq(state)));
        rows = rows.narrow(slice.after.clone().map(|(pupil, school, row, period)| {
            let later_period = ticket::policy_row.eq(row.clone()).and(ticket::period.gt(period));
            let later_row = ticket::policy_row.gt(row).or(later_period);
            let of_school = ticket::school_id.eq(school).and(later_row);
            let of_pupil = ticket::school_id.gt(school).or(of_school);
            ticket::pupil_id.gt(pupil).or(ticket::pupil_id.eq(pupil).and(of_pupil))
        }));
        let order = (ticket::pupil_id, ticket::school_id, ticket::policy_row, ticket::period);
        let rows: Vec<TicketRow> = rows.order(order).limit(slice.fetch()).load(tx.conn)?;
        Ok(slice.page(rows, |row| {
            (row.pupil_id, row.school_id, row.policy_row.clone(), row.period.clone())
        }))
    });
    Ok(page.await?.answer(&request))
}
