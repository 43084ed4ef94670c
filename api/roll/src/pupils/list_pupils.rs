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
    trust_id = $1 \
      AND ($2 IS NULL OR name_key ^@ $2 OR given_key ^@ $2) \
      AND ($3 IS NULL OR pupil_id = ANY ($3)) \
      AND merged_into IS NULL \
      AND ($4 IS NULL OR known_to @> ARRAY[$4]) \
      AND ($5 IS NULL OR (name_key COLLATE \"C\", pupil_id) > ($5, $6)) \
    ORDER BY name_key COLLATE \"C\", pupil_id LIMIT $7";

/// Pupils whose present record the caller sees, and pupils of whom the caller only has a copy, as in `pupil_known`: each
/// half stops at the page's size, by its own index.
fn search() -> String {
    format!(
        "SELECT name_key, pupil_id FROM ( \
             (SELECT name_key, pupil_id FROM pupil WHERE {SEARCH}) UNION ALL \
             (SELECT name_key, pupil_id FROM pupil_copy c \
              WHERE NOT EXISTS (SELECT FROM pupil p WHERE p.trust_id = $1 AND p.pupil_id = c.pupil_id) \
                AND NOT EXISTS (SELECT FROM pupil_copy l \
                    WHERE l.trust_id = $1 AND l.pupil_id = c.pupil_id AND l.recorded_at > c.recorded_at) \
                AND {SEARCH})) found \
         ORDER BY name_key COLLATE \"C\", pupil_id LIMIT $7"
    )
}

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
        let found: Vec<Found> = diesel::sql_query(search())
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
        Ok(Page { items: super::in_order(tx, &ids)?, next: page.next })
    });
    Ok(page.await?.answer(&request))
}
