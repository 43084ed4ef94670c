//! What is to be done at a school.

use super::rows::{self, ActionFilter, ListedAction, with_pupils};
use base::operation::*;
use roll::pupils;
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
    /// Only those for this class, and those about pupils who are in it today.
    class_id: Option<ClassId>,
    /// Only those that are due by this day.
    due_by: Option<NaiveDate>,
    /// `true`: only those that somebody still has to do; `false`: only those that are done.
    open: Option<bool>,
    /// `true`: only those that should have been done before today.
    #[serde(default)]
    overdue: bool,
    /// `true`: only those that lapsed, because a review asked for the same again before anybody had done it; `false`: only
    /// the others.
    lapsed: Option<bool>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List actions
///
/// What a review asks to be done for several pupils is one action, with the pupils: for each class where its teachers do
/// it, else for the school.
#[utoipa::path(tag = "actions", security(("token" = ["case:read"])), params(ListActionsQuery),
    responses((status = 200, description = "Actions in the order in which they were opened.", body = Page<ListedAction>)))]
#[get("/v1/actions")]
pub async fn list_actions(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListActionsQuery>,
) -> Result<HttpResponse> {
    let ListActionsQuery {
        school_id,
        case_id,
        role,
        staff_id,
        class_id,
        due_by,
        open,
        overdue,
        lapsed,
        limit,
        cursor,
    } = params.0;
    let filter = (school_id, case_id, &role, staff_id, class_id, due_by, open, overdue, lapsed);
    let slice = Slice::<ActionId>::read(limit, cursor.as_deref(), &filter)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let overdue_on = overdue.then(|| tx.clock().today());
        let class = class_id.map(|class_id| class_today(tx, school_id, class_id)).transpose()?;
        let wanted = ActionFilter {
            school_id,
            case_id,
            role,
            staff_id,
            open,
            overdue_on,
            due_by,
            class,
            lapsed,
        };
        let rows = rows::actions(tx, wanted, slice.after, slice.fetch())?;
        let Page { items, next } = slice.page(rows, |row| row.action_id);
        Ok(Page { items: with_pupils(tx, items)?, next })
    });
    Ok(page.await?.answer(&request))
}

/// A class with the pupils who are in it today. Errors: 404.
fn class_today(
    tx: &mut Tx,
    school_id: SchoolId,
    class_id: ClassId,
) -> Result<(ClassId, Vec<PupilId>)> {
    let class = pupils::class(tx, class_id)?;
    if class.school_id != school_id {
        return Err(Problem::not_found());
    }
    let today = tenants::today(tx, school_id)?;
    let members = pupils::members(tx, school_id, class_id, today)?;
    Ok((class_id, members.into_iter().map(|member| member.pupil_id).collect()))
}
