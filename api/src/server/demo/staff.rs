//! The staff with their duties, through the API.

use demo::StaffPlan;
use serde_json::json;

use super::notes::SchoolNote;
use crate::server::client::{Client, ClientError};
use base::prelude::*;

/// So many are added at once: each waits for the database, not for us.
const AT_ONCE: usize = 4;
/// Duties in a request.
const DUTIES: usize = 100;

/// Adds the staff and their duties.
pub(super) fn load_staff(
    client: &Client,
    staff: &[StaffPlan],
    schools: &[SchoolNote],
) -> Result<(), String> {
    let ids: BTreeMap<&str, SchoolId> =
        schools.iter().map(|school| (school.urn.as_str(), school.school_id)).collect();
    each(staff, |one| {
        let school_ids: Vec<SchoolId> =
            one.urns.iter().filter_map(|urn| ids.get(urn.as_str()).copied()).collect();
        let body = json!({ "person": one.person, "school_ids": school_ids });
        let row = client.post("/v1/staff", &format!("demo-staff-{}", one.key), &body)?;
        let path = format!("/v1/staff/{}/duties", row["staff_id"]);
        for school_ids in school_ids.chunks(DUTIES) {
            let duty = |school_id: &SchoolId| {
                json!({ "school_id": school_id, "duty": one.duty, "role": one.role,
                    "from_day": one.from_day })
            };
            let duties: Vec<Value> = school_ids.iter().map(duty).collect();
            client.put(&path, &json!({ "duties": duties }))?;
        }
        Ok(())
    })
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
