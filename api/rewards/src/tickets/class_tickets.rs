//! A class's list for the assembly: who has earned a ticket.

use diesel::prelude::*;

use super::TicketState;
use base::operation::*;
use roll::pupils::{self, ClassRow};
use schema::ticket;
use school::tenants;

/// For which period.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClassTicketsQuery {
    /// The period that the tickets were earned for, such as `2026/2026-W47`.
    #[param(example = "2026/2026-W47")]
    period: String,
    /// The day whose members of the class are looked at; today when absent.
    on: Option<NaiveDate>,
}

/// Who of a class has earned a ticket.
#[derive(Serialize, ToSchema)]
pub struct ClassTickets {
    /// The class.
    #[serde(flatten)]
    class: ClassRow,
    /// The period that the tickets were earned for.
    #[schema(example = "2026/2026-W47")]
    period: String,
    /// The day whose members of the class were looked at.
    on: NaiveDate,
    /// Those who have earned one, by name. Nobody is listed as having none.
    earned: Vec<EarnedTicket>,
}

/// A pupil who has earned a ticket.
#[derive(Serialize, ToSchema)]
pub struct EarnedTicket {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Legal surname.
    surname: String,
    /// Legal forename.
    forename: String,
    /// The row of the policy that it was earned by.
    #[schema(example = "S-06")]
    policy_row: String,
    /// What is won in the draw that it is for.
    #[schema(example = "the termly prize")]
    draw: String,
    /// How many tickets the pupil has for that draw by now.
    #[schema(example = 7)]
    tickets: usize,
}

/// List who of a class has earned a ticket
///
/// For the assembly: those who have earned one for a period, and how many each has for the draw by now. Nobody is listed as
/// having none.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(ClassId, ClassTicketsQuery),
    responses((status = 200, description = "Those who have earned one, by name.", body = ClassTickets)))]
#[get("/v1/classes/{class_id}/tickets")]
pub async fn class_tickets(
    caller: May<ReadReward>,
    app: web::Data<App>,
    path: Path<ClassId>,
    params: Query<ClassTicketsQuery>,
) -> Result<HttpResponse> {
    let ClassTicketsQuery { period, on } = params.0;
    let list = app.db.run(caller.scope(), move |tx| {
        let class = pupils::class(tx, path.0)?;
        let on = on.map_or_else(|| tenants::today(tx, class.school_id), Ok)?;
        let earned = earned(tx, &class, &period, on)?;
        Ok(ClassTickets { class, period, on, earned })
    });
    Ok(HttpResponse::Ok().json(list.await?))
}

fn earned(tx: &mut Tx, class: &ClassRow, period: &str, on: NaiveDate) -> Result<Vec<EarnedTicket>> {
    let members = pupils::members(tx, class.school_id, class.class_id, on)?;
    let ids: Vec<PupilId> = members.iter().map(|member| member.pupil_id).collect();
    let held: Vec<(PupilId, String, String, String, String)> = tx
        .of(ticket::table)
        .filter(ticket::school_id.eq(class.school_id).and(ticket::pupil_id.eq_any(ids)))
        .filter(ticket::state.ne(TicketState::TakenBack))
        .order((ticket::pupil_id, ticket::policy_row, ticket::period))
        .select((
            ticket::pupil_id,
            ticket::policy_row,
            ticket::period,
            ticket::draw,
            ticket::draw_period,
        ))
        .load(tx.conn)?;
    let mut found = Vec::new();
    for member in members {
        let own = || held.iter().filter(|(pupil, ..)| *pupil == member.pupil_id);
        for (_, policy_row, _, draw, draw_period) in own().filter(|(_, _, of, ..)| of == period) {
            let same = |of: &&(_, _, _, String, String)| of.3 == *draw && of.4 == *draw_period;
            found.push(EarnedTicket {
                pupil_id: member.pupil_id,
                surname: member.surname.clone(),
                forename: member.forename.clone(),
                policy_row: policy_row.clone(),
                draw: draw.clone(),
                tickets: own().filter(same).count(),
            });
        }
    }
    Ok(found)
}
