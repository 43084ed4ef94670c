//! The pupils for whom a school could not ring two people: to be asked after before the child is missing.

use super::search::numbers;
use base::operation::*;
use roll::parents::{ParentOf, parents_of};
use roll::pupils;
use school::tenants;

/// How many people a school rings at least (*Keeping children safe in education*: more than one).
const ENOUGH: usize = 2;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FewContactsQuery {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// A pupil for whom a school could not ring two people.
#[derive(Debug, Serialize, ToSchema)]
pub struct FewContacts {
    /// The pupil.
    #[schema(example = 4711)]
    pupil_id: PupilId,
    /// Legal surname.
    surname: String,
    /// Legal forename.
    forename: String,
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// The year group.
    #[schema(example = 6)]
    year_group: i16,
    /// How many people with a telephone number may be rung: none, or one.
    #[schema(example = 1)]
    contacts: usize,
}

/// List pupils with fewer than two contacts
///
/// Pupils on roll today for whom fewer than two people can be rung: parents and others with a telephone number who may be
/// contacted. Social workers and virtual schools do not count.
#[utoipa::path(tag = "day", security(("token" = ["contact:read"])), params(SchoolId, FewContactsQuery),
    responses((status = 200, description = "The pupils, in the order of their keys.", body = Page<FewContacts>)))]
#[get("/v1/schools/{school_id}/few-contacts")]
pub async fn few_contacts(
    caller: May<ReadContact>,
    app: web::Data<App>,
    request: HttpRequest,
    path: Path<SchoolId>,
    params: Query<FewContactsQuery>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let FewContactsQuery { limit, cursor } = params.0;
    let slice = Slice::<PupilId>::read(limit, cursor.as_deref(), &school_id)?;
    let page = app.db.snapshot(caller.scope(), move |tx| {
        let mut all = few(tx, school_id)?;
        all.retain(|row| slice.after.is_none_or(|after| after < row.pupil_id));
        all.truncate(usize::try_from(slice.fetch()).unwrap_or(usize::MAX));
        Ok(slice.page(all, |row| row.pupil_id))
    });
    Ok(page.await?.answer(&request))
}

fn few(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<FewContacts>> {
    let today = tenants::today(tx, school_id)?;
    let roll = pupils::on_roll(tx, Some(school_id), today, None)?;
    let ids: Vec<PupilId> = roll.iter().map(|on| on.pupil_id).collect();
    let parents = parents_of(tx, &ids, today)?;
    let rung = |one: &&ParentOf| {
        let may = !one.ask_first && !one.link.relationship.is_of_authority();
        may && numbers(&one.parent).next().is_some()
    };
    let counted = |pupil: PupilId| parents.get(&pupil).into_iter().flatten().filter(rung).count();
    let few: BTreeMap<PupilId, usize> = ids
        .iter()
        .map(|pupil| (*pupil, counted(*pupil)))
        .filter(|(_, all)| *all < ENOUGH)
        .collect();
    let names = pupils::in_order(tx, &few.keys().copied().collect::<Vec<_>>())?;
    let mut rows: Vec<FewContacts> = names
        .into_iter()
        .filter_map(|row| {
            let on = roll.iter().find(|on| on.pupil_id == row.pupil_id)?;
            Some(FewContacts {
                pupil_id: row.pupil_id,
                surname: row.surname,
                forename: row.forename,
                class_id: on.class_id,
                year_group: on.year_group,
                contacts: *few.get(&row.pupil_id)?,
            })
        })
        .collect();
    rows.sort_by_key(|row| row.pupil_id);
    Ok(rows)
}
