//! Parents by name.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use domain::folded_name_key;

use super::rows::{self, ParentRow};
use base::operation::*;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParentsQuery {
    /// The beginning of "surname forename"; accents, case and punctuation do not matter.
    name: Option<String>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Row-level security keeps its index with `^@`. The cursor is sealed, so that no name gets into a URL.
const SEARCH: &str = "\
    SELECT name_key, parent_id FROM parent \
    WHERE trust_id = $1 AND ($2 IS NULL OR name_key ^@ $2) \
      AND ($3 IS NULL OR (name_key COLLATE \"C\", parent_id) > ($3, $4)) \
    ORDER BY name_key COLLATE \"C\", parent_id LIMIT $5";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name_key: String,
    #[diesel(sql_type = Integer)]
    parent_id: ParentId,
}

/// List or search parents
#[utoipa::path(tag = "parents", security(("token" = ["parent:read"])), params(ListParentsQuery),
    responses((status = 200, description = "Parents by name.", body = Page<ParentRow>)))]
#[get("/v1/parents")]
pub async fn list_parents(
    caller: May<ReadParent>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListParentsQuery>,
) -> Result<HttpResponse> {
    let ListParentsQuery { name, limit, cursor } = params.0;
    let name = name.map(|name| folded_name_key(&name, "")).filter(|name| !name.is_empty());
    let slice =
        Slice::<(String, ParentId)>::sealed(app.keys.seal(), limit, cursor.as_deref(), &name)?;
    let page = app.db.run(caller.scope(), move |tx| {
        let (name_key, parent_id) = slice.after.clone().unzip();
        let found: Vec<Found> = diesel::sql_query(SEARCH)
            .bind::<Integer, _>(tx.trust())
            .bind::<Nullable<Text>, _>(name)
            .bind::<Nullable<Text>, _>(name_key)
            .bind::<Nullable<Integer>, _>(parent_id)
            .bind::<BigInt, _>(slice.fetch())
            .load(tx.conn)?;
        let page = slice.page(found, |one| (one.name_key.clone(), one.parent_id));
        let ids: Vec<ParentId> = page.items.iter().map(|one| one.parent_id).collect();
        let mut parents = rows::parents(tx, &ids)?;
        parents.sort_by_key(|row| ids.iter().position(|id| *id == row.parent_id));
        Ok(Page { items: parents, next: page.next })
    });
    Ok(page.await?.answer(&request))
}
