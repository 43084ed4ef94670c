//! Staff by school, duty and role: who is the Attendance Lead of this school today?

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text};

use super::rows::{self, StaffRow};
use crate::tenants;
use base::operation::*;

/// Which staff.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListStaffQuery {
    /// Only who has a duty at this school.
    school_id: Option<SchoolId>,
    /// Only who has this duty, in the school's own words; case does not matter.
    duty: Option<String>,
    /// Only who has a duty that maps to this role of the product.
    role: Option<String>,
    /// The day on which they have it; today when absent.
    on: Option<NaiveDate>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// With no filter everybody; with one, who has such a duty on the day by the latest record.
const SEARCH: &str = "\
    SELECT staff_id FROM staff s \
    WHERE trust_id = $1 AND ($2 IS NULL OR staff_id > $2) \
      AND (($3 IS NULL AND $4 IS NULL AND $5 IS NULL) OR EXISTS ( \
          SELECT FROM ( \
              SELECT DISTINCT ON (school_id, duty, from_day) * FROM staff_duty \
              WHERE trust_id = $1 AND staff_id = s.staff_id \
              ORDER BY school_id, duty, from_day, recorded_at DESC) d \
          WHERE d.role IS NOT NULL AND $6 >= d.from_day AND (d.to_day IS NULL OR $6 <= d.to_day) \
            AND ($3 IS NULL OR d.school_id = $3) AND ($4 IS NULL OR lower(d.duty) = lower($4)) \
            AND ($5 IS NULL OR d.role = $5))) \
    ORDER BY staff_id LIMIT $7";

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Integer)]
    staff_id: StaffId,
}

/// List staff
#[utoipa::path(tag = "staff", security(("token" = ["staff:read"])), params(ListStaffQuery),
    responses((status = 200, description = "Staff in the order of their ids, each with all their duties.", body = Page<StaffRow>)))]
#[get("/v1/staff")]
pub async fn list_staff(
    caller: May<ReadStaff>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListStaffQuery>,
) -> Result<HttpResponse> {
    let ListStaffQuery { school_id, duty, role, on, limit, cursor } = params.0;
    let today = app.db.clock_of(caller.scope()).await?.today();
    let on = on.unwrap_or(today);
    let filter = (school_id, &duty, &role, on);
    let slice = Slice::<StaffId>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let ids: Vec<Id> = diesel::sql_query(SEARCH)
            .bind::<Integer, _>(tx.trust())
            .bind::<Nullable<Integer>, _>(slice.after)
            .bind::<Nullable<Integer>, _>(school_id)
            .bind::<Nullable<Text>, _>(duty)
            .bind::<Nullable<Text>, _>(role)
            .bind::<Date, _>(on)
            .bind::<BigInt, _>(slice.fetch())
            .load(tx.conn)?;
        let ids: Vec<StaffId> = ids.into_iter().map(|id| id.staff_id).collect();
        Ok(slice.page(rows::in_order(tx, &ids)?, |row| row.staff_id))
    });
    Ok(page.await?.answer(&request))
}
