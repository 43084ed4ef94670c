//! What a school has been told of a pupil who is yet to come, recorded as its draft.

use super::read_draft::{DraftPage, page};
use super::rows::{self, Draft, MoreContacts};
use crate::parents::{self, NewParent};
use crate::pupils;
use crate::visibility::{self, Act};
use base::operation::*;
use school::tenants;

/// The most new parents, and parents with more ways to reach them.
const MOST: usize = 20;

/// Record a draft about a pupil to come
///
/// What the school that a pupil is to join has been told: names that it is to use, parents whom nobody has recorded, more
/// ways to reach those on record. Until the first day it is the school's own, and nothing changes in the record. On the
/// first day it becomes part of it. Replaces the draft before; an empty object takes it back.
#[utoipa::path(tag = "joining", security(("token" = ["parent:write"])), request_body = Draft,
    params(SchoolId, PupilId),
    responses((status = 200, description = "The draft as it stands now.", body = DraftPage), refusal::Merged))]
#[put("/v1/schools/{school_id}/joining/{pupil_id}")]
pub async fn put_draft(
    caller: May<WriteParent>,
    app: web::Data<App>,
    path: Path<(SchoolId, PupilId)>,
    body: Json<Draft>,
) -> Result<HttpResponse> {
    let (pair, by) = (path.0, caller.subject().to_owned());
    let draft = check(body.value)?;
    let page = app.db.run(caller.scope(), move |tx| {
        tenants::school(tx, pair.0)?;
        pupils::pupil(tx, pair.1)?;
        pupils::check_unmerged(tx, pair.1)?;
        check_to_come(tx, pair)?;
        check_parents(tx, pair.1, &draft.contacts)?;
        rows::keep(tx, pair, (&draft, false), &by)?;
        page(tx, pair)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

/// The same as it is kept. Errors: a member that cannot be kept.
fn check(draft: Draft) -> Result<Draft> {
    let Draft { surname, forename, new_parents, contacts } = draft;
    let kept = |name: Option<String>, at: &str| {
        name.map(|name| name::words(&name, at, name::NAME)).transpose()
    };
    for (at, many) in [("/new_parents", new_parents.len()), ("/contacts", contacts.len())] {
        if many > MOST {
            return Err(Problem::at(Kind::Invalid, at, format!("at most {MOST}")));
        }
    }
    let new_parents = new_parents.into_iter().enumerate();
    let parent = |(index, one): (usize, NewParent)| one.check(&format!("/new_parents/{index}"));
    let more = |(index, one): (usize, MoreContacts)| {
        let contacts = parents::check_contacts(&one.contacts, &format!("/contacts/{index}"))?;
        Ok(MoreContacts { contacts, ..one })
    };
    let contacts = contacts.into_iter().enumerate().map(more).collect::<Result<_>>()?;
    Ok(Draft {
        surname: kept(surname, "/surname")?,
        forename: kept(forename, "/forename")?,
        new_parents: new_parents.map(parent).collect::<Result<_>>()?,
        contacts,
    })
}

/// Refuses a pupil who is not to come to the school later. Errors: 422.
fn check_to_come(tx: &mut Tx, (school_id, pupil_id): (SchoolId, PupilId)) -> Result<()> {
    let today = tx.clock().today();
    let comes = pupils::stays_of(tx, pupil_id)?
        .iter()
        .any(|stay| stay.school_id == school_id && today < stay.first_day);
    let standing = visibility::standing_at(tx, pupil_id, school_id)?;
    if comes && standing.is_some_and(|standing| standing.may(Act::Draft)) {
        return Ok(());
    }
    let expected = "a pupil whose first day at the school is still to come; who is on its roll is written about directly";
    Err(Problem::at(Kind::Invalid, "", expected))
}

/// Refuses contacts of a person who is not a parent of the pupil. Errors: 422.
fn check_parents(tx: &mut Tx, pupil_id: PupilId, contacts: &[MoreContacts]) -> Result<()> {
    let ties = parents::ties_of_pupil(tx, pupil_id)?;
    let stranger =
        contacts.iter().position(|more| !ties.iter().any(|tie| tie.parent_id == more.parent_id));
    let Some(index) = stranger else { return Ok(()) };
    let at = format!("/contacts/{index}/parent_id");
    Err(Problem::at(Kind::Invalid, at, "a parent of the pupil"))
}
