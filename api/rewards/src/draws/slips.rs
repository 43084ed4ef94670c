//! Slips for families: the proof that a child's tickets were in.

use ::draw::Freeze;

use super::rows;
use super::standing::Standing;
use super::state::DrawEventKind;
use base::operation::*;

/// Which slips.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSlipsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
    /// Only this pupil's.
    pupil_id: Option<PupilId>,
}

/// A slip for a family.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipView {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// How many tickets are in.
    #[schema(example = 7)]
    tickets: u64,
    /// The hash of the freeze, which stands on the slip as it stands on the school's page.
    freeze_hash: String,
    /// What stands on the slip beside it.
    says: String,
    /// The slip's text, byte by byte as `rollcall draw verify-slip` takes it. It names the child: for the family alone.
    slip: String,
}

/// List the slips of a prize draw
///
/// One for each pupil with a ticket, in the order of the pupils. They name children and their dates of birth, and are for
/// each family alone.
#[utoipa::path(tag = "rewards", security(("token" = ["reward:read"])), params(DrawId, ListSlipsQuery),
    responses((status = 200, description = "The slips.", body = Page<SlipView>), refusal::DrawNotFrozen))]
#[get("/v1/draws/{draw_id}/slips")]
pub async fn list_slips(
    caller: May<ReadReward>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<DrawId>,
    params: Query<ListSlipsQuery>,
) -> Result<HttpResponse> {
    let ListSlipsQuery { limit, cursor, pupil_id } = params.0;
    let draw_id = path.0;
    let slice = Slice::<PupilId>::read(limit, cursor.as_deref(), &(draw_id, pupil_id))?;
    let (db, scope) = (app.db.clone(), caller.scope().clone());
    let page = db.run(&scope, move |tx| {
        let standing = Standing::read(tx, draw_id)?;
        let frozen = standing.needs_freeze()?;
        let pool = standing.frozen_pool(tx, &app.envelope)?;
        let freeze = standing.published(DrawEventKind::Frozen).unwrap_or_default();
        let freeze_hash = Freeze::hash_of(freeze).to_string();
        let most = slice.limit + 1;
        let mut entries = rows::entries(tx, draw_id)?;
        entries.retain(|(pupil, _)| pupil_id.is_none_or(|only| only == *pupil));
        entries.retain(|(pupil, _)| slice.after.is_none_or(|after| after < *pupil));
        let slip = |(pupil_id, entry): (PupilId, ::draw::Entry)| {
            let slip = pool.slip(&frozen, entry.pupil).map_err(Problem::internal)?;
            let slip = slip.ok_or_else(|| Problem::internal("an entry without a ticket"))?;
            let (tickets, freeze_hash) = (entry.tickets, freeze_hash.clone());
            let says = says(tickets, &freeze_hash);
            Ok(SlipView { pupil_id, tickets, freeze_hash, says, slip })
        };
        let slips = entries.into_iter().take(most).map(slip).collect::<Result<Vec<_>>>()?;
        Ok(slice.page(slips, |slip| slip.pupil_id))
    });
    Ok(page.await?.answer(&request))
}

fn says(tickets: u64, freeze_hash: &str) -> String {
    let held =
        if tickets == 1 { "1 ticket is".to_owned() } else { format!("{tickets} tickets are") };
    format!(
        "{held} in this draw. Compare {freeze_hash} with the school's page before the draw: this slip alone does not prove \
         when the entries were frozen."
    )
}
