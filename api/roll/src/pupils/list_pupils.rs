//! Pupils by name, UPN or school.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text};
use domain::folded_name_key;

use super::PupilRow;
use super::identity::pupils_with_upn;
use base::operation::*;
use school::tenants;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPupilsQuery {
    /// The beginning of "surname forename" or of "forename surname"; accents, case and punctuation do not matter.
    name: Option<String>,
    /// The whole UPN, also one that the pupil had before.
    upn: Option<String>,
    /// Pupils who are or were enrolled at this school.
    school_id: Option<SchoolId>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Row-level security keeps its indexes with `^@` and `=`. The cursor is sealed, so that no name
/// gets into a URL.
const SEARCH: &str = "\
    SELECT name_key, pupil_id FROM pupil \
    WHERE trust_id = $1 \
      AND ($2 IS NULL OR name_key ^@ $2 OR given_key ^@ $2) \
      AND ($3 IS NULL OR pupil_id = ANY ($3)) \
      AND merged_into IS NULL \
      AND ($4 IS NULL OR school_ids @> ARRAY[$4]) \
      AND ($5 IS NULL OR (name_key COLLATE \"C\", pupil_id) > ($5, $6)) \
    ORDER BY name_key COLLATE \"C\", pupil_id LIMIT $7";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name_key: String,
    #[diesel(sql_type = Integer)]
    pupil_id: PupilId,
}

/// List or search pupils
#[utoipa::path(tag = "pupils", security(("token" = ["pupil:read"])), params(ListPupilsQuery),
    responses((status = 200, description = "Pupils by name.", body = Page<PupilRow>)))]
#[get("/v1/pupils")]
pub async fn list_pupils(
    caller: May<ReadPupil>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListPupilsQuery>,
) -> Result<HttpResponse> {
    let ListPupilsQuery { name, upn, school_id, limit, cursor } = params.0;
    let name = name.map(|name| folded_name_key(&name, "")).filter(|name| !name.is_empty());
    let upn = upn.map(|upn| upn.trim().to_uppercase());
    let slice = Slice::<(String, PupilId)>::sealed(
        app.keys.seal(),
        limit,
        cursor.as_deref(),
        &(&name, &upn, school_id),
    )?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let with_upn = upn.map(|upn| pupils_with_upn(tx, &upn)).transpose()?;
        let (name_key, pupil_id) = slice.after.clone().unzip();
        let found: Vec<Found> = diesel::sql_query(SEARCH)
            .bind::<Integer, _>(tx.trust())
            .bind::<Nullable<Text>, _>(&name)
            .bind::<Nullable<Array<Integer>>, _>(with_upn)
            .bind::<Nullable<Integer>, _>(school_id)
            .bind::<Nullable<Text>, _>(name_key)
            .bind::<Nullable<Integer>, _>(pupil_id)
            .bind::<diesel::sql_types::BigInt, _>(slice.fetch())
            .load(tx.conn)?;
        let page = slice.page(found, |one| (one.name_key.clone(), one.pupil_id));
        let ids: Vec<PupilId> = page.items.iter().map(|one| one.pupil_id).collect();
        let mut items = super::rows::in_order(tx, &ids)?;
        // Nobody is found by a name that the caller does not know.
        items.retain(|row| name.as_ref().is_none_or(|name| begins(row, name)));
        Ok(Page { items, next: page.next })
    });
    Ok(page.await?.answer(&request))
}

fn begins(row: &PupilRow, name: &str) -> bool {
    let PupilRow { surname, forename, .. } = row;
    [folded_name_key(surname, forename), folded_name_key(forename, surname)]
        .iter()
        .any(|key| key.starts_with(name))
}
