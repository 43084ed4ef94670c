//! A draw is prepared by hand.

use super::prepare::{self, Wishes};
use super::rows::PrizeRow;
use super::state::DrawMode;
use super::view::DrawView;
use base::operation::*;
use school::tenants;

/// The most prizes of a draw that differ.
const MOST: usize = 50;

/// A draw to be prepared. What is left out is as the policy and the calendar have it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraw {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// What is won, by its whole name in the rewards that the school follows.
    #[schema(example = "the termly prize")]
    prize: String,
    /// The period at whose end it is held.
    #[schema(example = "2026/term-1")]
    period: String,
    /// What decides it; the beacon when absent.
    mode: Option<DrawMode>,
    /// What people call it, 1 to 200 characters.
    title: Option<String>,
    /// What is won in particular, the first prize first; one of `prize` when absent.
    prizes: Option<Vec<PrizeRow>>,
    /// How often picking goes on after somebody declines; 3 times when absent.
    redraws: Option<u16>,
    /// Seconds from the freeze to the value that decides, at least 3,600; a day when absent.
    wait_seconds: Option<u32>,
    /// The day on which it is opened; ten school days before the freeze when absent.
    opens_on: Option<NaiveDate>,
    /// The cut-off: the day on whose evening the entries are frozen; three school days before the period's last when absent.
    freezes_on: Option<NaiveDate>,
}

/// Prepare a prize draw
///
/// Nothing is published yet. A run does this at the beginning of each period for the draws of the policy; by hand it is
/// done for another mode or other prizes, before that, or in the place of a draw that was voided.
#[utoipa::path(tag = "rewards", security(("token" = ["draw:hold"])), request_body = NewDraw, params(Idempotency),
    responses((status = 201, description = "The draw.", body = DrawView, headers(("Location"))),
        refusal::NoPolicy, refusal::NoCalendar, refusal::Taken))]
#[post("/v1/draws")]
pub async fn prepare_draw(
    caller: May<HoldDraw>,
    app: web::Data<App>,
    key: Idempotency,
    body: Json<NewDraw>,
) -> Result<HttpResponse> {
    let NewDraw { school_id, prize, period, .. } = &body.value;
    let (school_id, prize, period) = (*school_id, prize.clone(), period.clone());
    let wishes = check(body.value)?;
    let answer = key.write(caller, "prepare_draw", body.bytes, move |tx, caller| {
        tenants::school(tx, school_id)?;
        let pool = (school_id, prize.as_str(), period.as_str());
        let standing = prepare::prepare(tx, &app.envelope, pool, wishes, caller.subject())?;
        let view = DrawView::of(tx, &standing)?;
        Reply::created(format!("/v1/draws/{}", standing.row.draw_id), &view)
    });
    answer.await
}

fn check(body: NewDraw) -> Result<Wishes> {
    let title = body.title.map(|title| name::words(&title, "/title", name::LINE)).transpose()?;
    let prizes = body.prizes.map(check_prizes).transpose()?;
    Ok(Wishes {
        mode: body.mode,
        title,
        prizes,
        redraws: body.redraws,
        wait_seconds: body.wait_seconds,
        opens_on: body.opens_on,
        freezes_on: body.freezes_on,
    })
}

fn check_prizes(prizes: Vec<PrizeRow>) -> Result<Vec<PrizeRow>> {
    if !(1..=MOST).contains(&prizes.len()) {
        return Err(Problem::at(Kind::Invalid, "/prizes", format!("1 to {MOST} prizes")));
    }
    let check = |(at, prize): (usize, PrizeRow)| {
        if prize.number == 0 {
            return Err(Problem::at(Kind::Invalid, format!("/prizes/{at}/number"), "at least 1"));
        }
        let name = name::words(&prize.name, &format!("/prizes/{at}/name"), name::LINE)?;
        Ok(PrizeRow { name, ..prize })
    };
    prizes.into_iter().enumerate().map(check).collect()
}
