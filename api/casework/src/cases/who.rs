//! Who may decide: whoever the policy names.

use super::rows::CaseFile;
use base::auth::permission::{DecideCase, Permission};
use base::prelude::*;
use school::policies::Follows;
use school::staff::{self, Holder};
use school::tenants;

/// Refuses a caller who may not decide where a case goes. Errors: 403 with who may.
pub fn check_decides(tx: &mut Tx, app: &App, caller: &Caller, told: &CaseFile) -> Result<()> {
    if !app.roles.allows(caller.role(), DecideCase::NAME) {
        return Err(Problem::new(Kind::Forbidden)
            .member("permission", DecideCase::NAME)
            .member("role", caller.role()));
    }
    let follows = told.follows(tx)?;
    let decides = follows.policy.regular().find_map(|(_, regular)| regular.decides.as_deref());
    match decides {
        Some(decides) => check_named(tx, app, caller, told.row.school_id, &follows, decides),
        None => Ok(()),
    }
}

/// Refuses a caller whom the policy does not name: it names a duty in the school's own words, which maps to a role of
/// the product. Whoever has that duty at the school today, or a duty or token of that role, decides; and whoever stands
/// in, as the product's roles say. Errors: 403 with who may.
pub fn check_named(
    tx: &mut Tx,
    app: &App,
    caller: &Caller,
    school_id: SchoolId,
    follows: &Follows,
    decides: &str,
) -> Result<()> {
    let stands_in = app.roles.role(caller.role()).is_some_and(|role| role.stands_in);
    let role = follows.policy.roles.get(decides).map(String::as_str);
    if stands_in || role == Some(caller.role()) {
        return Ok(());
    }
    let today = tenants::today(tx, school_id)?;
    let named = |one: &Holder| one.duty == decides || role == Some(one.role.as_str());
    let mut holders = staff::holders(tx, school_id, today)?;
    holders.retain(named);
    if holders.iter().any(|one| one.subject.as_deref() == Some(caller.subject())) {
        return Ok(());
    }
    holders.dedup_by_key(|one| one.staff_id);
    let names: Vec<&str> = holders.iter().map(|one| one.name.as_str()).collect();
    let detail = match names.as_slice() {
        [] => format!("{decides} decides, or whoever leads attendance."),
        names => format!("{decides} decides ({}), or whoever leads attendance.", names.join(", ")),
    };
    Err(Problem::new(Kind::Forbidden).detail(detail).member("decides", decides))
}
