//! Which duties somebody has at which school, and what each maps to.

use domain::{Level, Roles};

use super::rows::{self, NewDuty, StaffRow};
use super::whose::{over_all, whole_trust};
use crate::tenants;
use base::http::json::present;
use base::operation::*;
use base::revocations;
use base::tokens::basis::About;

/// The most duties of one request.
const MOST: usize = 100;
/// The role of scheduled work, which is nobody's duty.
const RUNNER: &str = "runner";

/// Duties to be recorded. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutiesBody {
    /// Each school, duty and first day once.
    duties: Vec<DutyBody>,
}

/// A duty to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyBody {
    /// The school.
    #[schema(example = 7)]
    school_id: SchoolId,
    /// The duty in the school's own words, as its policy has them, 1 to 100 characters.
    #[schema(example = "Attendance Lead")]
    duty: String,
    /// The role of the product that it maps to: of a school or authority, or (with a token for the whole trust) of the
    /// trust. `null` takes back what was recorded for that day.
    #[serde(deserialize_with = "present")]
    #[schema(required, example = "school_lead")]
    role: Option<String>,
    /// From this day on.
    from_day: NaiveDate,
    /// To this day; absent while there is no end.
    #[serde(default)]
    to_day: Option<NaiveDate>,
}

impl DutiesBody {
    fn check(&self, roles: &Roles, caller: &Caller) -> Result<Vec<NewDuty>> {
        let mut problem = Problem::new(Kind::Invalid);
        if !(1..=MOST).contains(&self.duties.len()) {
            problem = problem.and("/duties", format!("1 to {MOST} duties"));
        }
        let may_be = may_be(roles, caller);
        let mut seen = BTreeMap::new();
        let mut new = Vec::new();
        for (index, body) in self.duties.iter().enumerate() {
            let at = |member: &str| format!("/duties/{index}{member}");
            let duty = name::kept(&body.duty, name::NAME);
            if duty.is_none() {
                problem = name::refuse(problem, &at("/duty"), name::NAME);
            }
            if body.role.as_deref().is_some_and(|role| !may_be.contains(&role)) {
                problem =
                    problem.and(at("/role"), format!("one of {}, or null", may_be.join(", ")));
            }
            if body.to_day.is_some_and(|to| to < body.from_day) {
                problem = problem.and(at("/to_day"), "a day on or after the first day");
            }
            let DutyBody { school_id, from_day, to_day, .. } = *body;
            if let Some(first) = seen.insert((school_id, duty.clone(), from_day), index) {
                let expected = format!("a school, duty and day that /duties/{first} does not name");
                problem = problem.and(at(""), expected);
            }
            let (duty, role) = (duty.unwrap_or_default(), body.role.clone());
            new.push(NewDuty { school_id, duty, role, from_day, to_day });
        }
        if problem.errors().is_empty() { Ok(new) } else { Err(problem) }
    }
}

/// The roles that a duty may map to. Nobody who answers for some schools gives a role over all of them.
fn may_be<'a>(roles: &'a Roles, caller: &Caller) -> Vec<&'a str> {
    let whole_trust = whole_trust(caller);
    let fits = roles.roles().iter().filter(|role| match role.level {
        Level::School | Level::Authority => true,
        Level::Trust => whole_trust && role.name != RUNNER,
        Level::Platform => false,
    });
    fits.map(|role| role.name.as_str()).collect()
}

/// Record duties
///
/// All of them or none. What was recorded before stays as history. A duty that maps to a role of the trust is given and
/// taken back with a token for the whole trust.
#[utoipa::path(tag = "staff", security(("token" = ["staff:write"])), request_body = DutiesBody,
    params(StaffId),
    responses((status = 200, description = "The member of staff as it stands now.", body = StaffRow)))]
#[put("/v1/staff/{staff_id}/duties")]
pub async fn put_duties(
    caller: May<WriteStaff>,
    app: web::Data<App>,
    path: Path<StaffId>,
    body: Json<DutiesBody>,
) -> Result<HttpResponse> {
    let new = body.value.check(&app.roles, &caller)?;
    let by = caller.subject().to_owned();
    let the_trusts = if whole_trust(&caller) { Vec::new() } else { over_all(&app.roles) };
    let row = app.db.run(caller.scope(), move |tx| {
        for duty in &new {
            tenants::school(tx, duty.school_id)?;
        }
        if let Some(index) = rows::first_held(tx, path.0, &new, &the_trusts)? {
            let expected = "a duty that is not for the whole trust: the trust takes that back";
            return Err(Problem::at(Kind::Invalid, format!("/duties/{index}"), expected));
        }
        rows::add_duties(tx, path.0, &new, &by)?;
        revocations::take_back(tx, &About::Staff(path.0))?;
        rows::member(tx, path.0)
    });
    Ok(HttpResponse::Ok().json(row.await?))
}
