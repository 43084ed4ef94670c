//! What is to be done at a school.

use super::rows::{self, ActionFilter, ActionRow};
use base::operation::*;
use school::tenants;

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListActionsQuery {
    /// The school.
    school_id: SchoolId,
    /// Only of this case.
    case_id: Option<CaseId>,
    /// Only for this role, in the school's own words.
    role: Option<String>,
    /// Only those that are given to this member of staff by name.
    staff_id: Option<StaffId>,
    /// `true`: only those that are not done; `false`: only those that are.
    open: Option<bool>,
    /// `true`: only those that should have been done before today.
    #[serde(default)]
    overdue: bool,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List actions
#[utoipa::path(tag = "actions", security(("token" = ["case:read"])), params(ListActionsQuery),
    responses((status = 200, description = "Actions in the order in which they were opened.", body = Page<ActionRow>)))]
#[get("/v1/actions")]
pub async fn list_actions(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListActionsQuery>,
) -> Result<HttpResponse> {
    let ListActionsQuery { school_id, case_id, role, staff_id, open, overdue, limit, cursor } =
        params.0;
    let filter = (school_id, case_id, &role, staff_id, open, overdue);
    let slice = Slice::<ActionId>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let overdue_on = overdue.then(|| tx.clock().today());
        let wanted = ActionFilter { school_id, case_id, role, staff_id, open, overdue_on };
        let rows = rows::actions(tx, wanted, slice.after, slice.fetch())?;
        Ok(slice.page(rows, |row| row.action_id))
    });
    Ok(page.await?.answer(&request))
}
