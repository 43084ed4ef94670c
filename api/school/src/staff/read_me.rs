//! Who am I, and what may I do?

use super::rows::{self, Duty};
use base::db::Schools;
use base::operation::*;

/// Whoever holds a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The token's subject, which stands in the history of what you do.
    #[schema(example = "staff-17")]
    pub subject: String,
    /// Your role.
    #[schema(example = "school_office")]
    pub role: String,
    /// What people call it.
    #[schema(example = "School office")]
    pub title: String,
    /// Your trust; absent for the platform's own staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_id: Option<TrustId>,
    /// Whether you may reach every school of the trust.
    pub whole_trust: bool,
    /// The schools that you may reach, where it is not every one.
    #[schema(example = json!([7]))]
    pub school_ids: Vec<SchoolId>,
    /// What you may do.
    #[schema(example = json!(["class:read", "register:take"]))]
    pub permissions: BTreeSet<String>,
    /// The client that acts; absent for a token of the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rc-1-12")]
    pub client: Option<String>,
    /// The member of staff who has signed in, or has your subject; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<StaffId>,
    /// The member of staff's duties today, at schools that you may see.
    pub duties: Vec<Duty>,
}

/// Read who you are
///
/// What the token says, and the duties of today of the member of staff for whom it was given or whose subject it has.
#[utoipa::path(tag = "staff", security(("token" = ["me:read"])),
    responses((status = 200, description = "Whoever holds the token.", body = Me)))]
#[get("/v1/me")]
pub async fn read_me(caller: May<ReadMe>, app: web::Data<App>) -> Result<HttpResponse> {
    let (subject, scope) = (caller.subject().to_owned(), caller.scope().clone());
    let signed_in = caller.basis().and_then(|basis| basis.staff).map(|staff| staff.staff_id);
    let found = app.db.run(&scope, move |tx| {
        let staff_id = match signed_in {
            None => rows::by_subject(tx, &subject)?,
            signed_in => signed_in,
        };
        let Some(staff_id) = staff_id else {
            return Ok((None, Vec::new()));
        };
        let today = tx.clock().today();
        Ok((Some(staff_id), rows::duties_on(tx, staff_id, today)?))
    });
    let (staff_id, duties) = found.await?;
    let role = app.roles.role(caller.role()).ok_or_else(Problem::not_found)?;
    let trust = scope.trust();
    let (whole_trust, school_ids) = match scope.schools() {
        Schools::All => (trust != TrustId::PLATFORM, Vec::new()),
        Schools::Only(list) => (false, list.clone()),
    };
    Ok(HttpResponse::Ok().json(Me {
        subject: caller.subject().to_owned(),
        role: role.name.clone(),
        title: role.title.clone(),
        trust_id: (trust != TrustId::PLATFORM).then_some(trust),
        whole_trust,
        school_ids,
        permissions: role.permissions.clone(),
        client: caller.basis().and_then(|basis| basis.client).map(|name| name.to_string()),
        staff_id,
        duties,
    }))
}
