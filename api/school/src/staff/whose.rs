//! What of a member of staff is a school's to write, and what the trust's.
//!
//! A school writes about people who work for its schools alone, and gives and takes back duties of its schools. Whose
//! tokens somebody's are, and every duty for the whole trust, is the trust's to say.

use domain::{Level, Roles};

use super::person::StaffPerson;
use base::db::Schools;
use base::prelude::*;

/// Whether the caller answers for the whole trust.
pub(super) fn whole_trust(caller: &Caller) -> bool {
    *caller.scope().schools() == Schools::All
}

/// The roles that reach beyond the schools where somebody has them as a duty.
pub(super) fn over_all(roles: &Roles) -> Vec<String> {
    let over =
        roles.roles().iter().filter(|role| matches!(role.level, Level::Trust | Level::Platform));
    over.map(|role| role.name.clone()).collect()
}

/// Refuses another subject than the one that stands there. Errors: 422 at `pointer`.
pub(super) fn keeps_subject(
    person: &StaffPerson,
    stands: Option<&str>,
    pointer: &str,
) -> Result<()> {
    if person.subject.as_deref() == stands {
        return Ok(());
    }
    let expected = match stands {
        Some(_) => {
            "the subject that stands there: another is given with a token for the whole trust"
        }
        None => "no subject: it is given with a token for the whole trust",
    };
    Err(Problem::at(Kind::Invalid, pointer, expected))
}
