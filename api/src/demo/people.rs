//! The people around the pupils, through the API: staff with their duties, parents with their children.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::generate::{ParentPlan, StaffPlan};
use super::notes::SchoolNote;
use crate::client::{Client, ClientError};

/// Parents are told by so many at once: each waits for the database, not for us.
const AT_ONCE: usize = 4;
/// Duties in a request.
const DUTIES: usize = 100;
/// Pupils on a page.
const PAGE: usize = 500;

/// Adds the staff and their duties.
///
/// # Errors
/// One sentence.
pub(super) fn load_staff(
    client: &Client,
    staff: &[StaffPlan],
    schools: &[SchoolNote],
) -> Result<(), String> {
    let ids: BTreeMap<&str, i32> =
        schools.iter().map(|school| (school.urn.as_str(), school.school_id)).collect();
    each(staff, |one| {
        let school_ids: Vec<i32> =
            one.urns.iter().filter_map(|urn| ids.get(urn.as_str()).copied()).collect();
        let body = json!({ "person": one.person, "school_ids": school_ids });
        let row = client.post("/v1/staff", &format!("demo-staff-{}", one.key), &body)?;
        let path = format!("/v1/staff/{}/duties", row["staff_id"]);
        for school_ids in school_ids.chunks(DUTIES) {
            let duty = |school_id: &i32| {
                json!({ "school_id": school_id, "duty": one.duty, "role": one.role,
                    "from_day": one.from_day })
            };
            let duties: Vec<Value> = school_ids.iter().map(duty).collect();
            client.put(&path, &json!({ "duties": duties }))?;
        }
        Ok(())
    })
}

/// Adds the parents: each once, with the first child, then linked to the others. `lead` may record what a court has
/// ordered.
///
/// # Errors
/// One sentence.
pub(super) fn load_parents(
    client: &Client,
    lead: &Client,
    parents: &[ParentPlan],
) -> Result<(), String> {
    let pupils = pupils(client).map_err(|error| error.to_string())?;
    each(parents, |parent| {
        let mut id = None;
        for child in &parent.children {
            let Some(pupil_id) = pupils.get(&child.upn) else { continue };
            let of_pupil = format!("/v1/pupils/{pupil_id}/parents");
            if let Some(id) = &id {
                client.put(&format!("{of_pupil}/{id}"), &child.link)?;
            } else {
                let body = json!({ "person": parent.person, "link": child.link });
                let key = format!("demo-parent-{}", parent.key);
                id = Some(client.post(&of_pupil, &key, &body)?["parent_id"].clone());
            }
            if let (Some(safeguards), Some(id)) = (&child.safeguards, &id) {
                lead.put(&format!("{of_pupil}/{id}/safeguards"), safeguards)?;
            }
        }
        Ok(())
    })
}

/// The ids of all pupils by UPN.
fn pupils(client: &Client) -> Result<BTreeMap<String, i64>, ClientError> {
    let mut pupils = BTreeMap::new();
    let mut next = Some(format!("/v1/pupils?limit={PAGE}"));
    while let Some(path) = next {
        let page = client.get(&path)?;
        for row in page["items"].as_array().into_iter().flatten() {
            if let (Some(upn), Some(id)) = (row["upn"].as_str(), row["pupil_id"].as_i64()) {
                pupils.insert(upn.to_owned(), id);
            }
        }
        let cursor = page["next"].as_str();
        next = cursor.map(|cursor| format!("/v1/pupils?limit={PAGE}&cursor={cursor}"));
    }
    Ok(pupils)
}

/// Does something about each, a few at a time. The first refusal ends it.
fn each<T: Sync>(
    all: &[T],
    send: impl Fn(&T) -> Result<(), ClientError> + Sync,
) -> Result<(), String> {
    let part = all.len().div_ceil(AT_ONCE).max(1);
    let send = |part: &[T]| part.iter().try_for_each(&send).map_err(|error| error.to_string());
    std::thread::scope(|scope| {
        let threads: Vec<_> = all.chunks(part).map(|part| scope.spawn(|| send(part))).collect();
        let ended = |_| Err("adding people ended in a panic".to_owned());
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(ended))
    })
}
