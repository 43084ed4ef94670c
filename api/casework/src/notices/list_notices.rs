//! The penalty notices that a school asked for.

use crate::records::notices::{self as store, NoticeFilter, ParentNotice};
use base::operation::*;
use school::tenants;

/// Which notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNoticesQuery {
    /// The school that asked.
    school_id: SchoolId,
    /// Only those in this state.
    state: Option<words::NoticeState>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// List penalty notices
#[utoipa::path(tag = "notices", security(("token" = ["case:read"])), params(ListNoticesQuery),
    responses((status = 200, description = "Notices in the order in which they were first recorded.", body = Page<ParentNotice>)))]
#[get("/v1/notices")]
pub async fn list_notices(
    caller: May<ReadCase>,
    app: web::Data<App>,
    request: HttpRequest,
    params: Query<ListNoticesQuery>,
) -> Result<HttpResponse> {
    let ListNoticesQuery { school_id, state, limit, cursor } = params.0;
    let slice = Slice::<NoticeId>::read(limit, cursor.as_deref(), &(school_id, state))?;
    let whole = caller.sees_confidential(&app);
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, school_id)?;
        let state = state.map(|state| *state);
        let wanted =
            NoticeFilter { asking_school: Some(school_id), state, ..NoticeFilter::default() };
        let rows = store::notices(tx, wanted, slice.after, slice.fetch())?;
        let notices: Result<Vec<ParentNotice>> =
            rows.iter().map(|row| ParentNotice::shown(row, whole)).collect();
        Ok(slice.page(notices?, |notice| notice.notice_id))
    });
    Ok(page.await?.answer(&request))
}
