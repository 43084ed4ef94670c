//! Loading the demonstration trust: its schools with their calendars and policies, its staff, then its files through
//! the import operation.
//!
//! Every step can be done twice: schools are posted with keys of their own, calendars are put, an import that was
//! already applied changes nothing. So a load that was interrupted is simply done again.

use demo::{File, SchoolPlan, Size};
use domain::Calendar;
use serde_json::json;

use super::SEED;
use super::notes::SchoolNote;
use super::policies::follow;
use super::staff::load_staff;
use crate::server::client::Client;
use crate::server::progress::Progress;
use base::db::Schools;
use base::prelude::*;

/// The trust and its schools.
pub struct Loaded {
    /// The trust.
    pub trust_id: TrustId,
    /// Its schools.
    pub schools: Vec<SchoolNote>,
}

/// Loads a demonstration trust of a size. `client` is given a trust (or the platform), schools and a role, and makes a
/// client.
pub fn load(
    client: impl Fn(TrustId, Schools, &str) -> Result<Client, String>,
    size: Size,
    today: NaiveDate,
    progress: &Progress,
) -> Result<Loaded, String> {
    let plan = demo::plan(SEED, size, today);
    let words = |error: crate::server::client::ClientError| error.to_string();
    // Another size is another trust, also when the first was never finished.
    let key = format!("demo-trust-{size}");
    let trust = client(TrustId::PLATFORM, Schools::All, "platform_admin")?
        .post("/v1/trusts", &key, &json!({ "name": plan.trust_name, "sandbox": true }))
        .map_err(words)?;
    let trust_id = TrustId::new(id(&trust, "trust_id")?);
    let admin = client(trust_id, Schools::All, "trust_admin")?;
    let mut schools = Vec::new();
    for school in plan.schools.iter().enumerate() {
        schools.push(load_school(&admin, school)?);
    }
    let staff = demo::staff(&plan, SEED);
    for (school, note) in plan.schools.iter().zip(&schools) {
        let path = format!("/v1/schools/{}/letterhead", note.school_id);
        admin.put(&path, &demo::letterhead(school, &staff, SEED)).map_err(words)?;
    }
    load_staff(&admin, &staff, &schools)?;
    for file in demo::files(&plan, SEED, today) {
        import(&admin, &file, progress)?;
        if file.kind == "pupils" {
            let parents = demo::parents_files(&plan, SEED, today);
            import(&admin, &parents.all, progress)?;
            for (urn, file) in &parents.orders {
                // Who may record what a court has ordered about a parent.
                let school = schools.iter().find(|school| school.urn == *urn);
                let school = school.ok_or("the orders name a school that there is not")?.school_id;
                let lead = client(trust_id, Schools::Only(vec![school]), "school_lead")?;
                import_to(&lead, Some(school), file, progress)?;
            }
        }
    }
    Ok(Loaded { trust_id, schools })
}

/// A school with its calendars and what it follows.
fn load_school(
    client: &Client,
    (place, school): (usize, &SchoolPlan),
) -> Result<SchoolNote, String> {
    let body = json!({ "urn": school.urn, "name": school.name, "phase": school.phase });
    let row = client
        .post("/v1/schools", &format!("demo-school-{}", school.urn), &body)
        .map_err(|error| error.to_string())?;
    let school_id = SchoolId::new(id(&row, "school_id")?);
    put_calendars(client, school_id, school)?;
    let policy = follow(client, school_id, (place, school)).map_err(|error| error.to_string())?;
    Ok(SchoolNote {
        school_id,
        urn: school.urn.clone(),
        name: school.name.clone(),
        phase: school.phase.to_owned(),
        policy: policy.map(str::to_owned),
    })
}

fn id(row: &Value, name: &str) -> Result<i32, String> {
    let id = row.get(name).and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
    id.ok_or_else(|| format!("the answer has no {name}"))
}

fn put_calendars(client: &Client, school_id: SchoolId, school: &SchoolPlan) -> Result<(), String> {
    for calendar in school.calendars.iter().chain(&school.coming) {
        let path = format!("/v1/schools/{school_id}/calendar/{}", calendar.year().number());
        client.put(&path, &calendar_body(calendar)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The bank holidays are among the plan's closures already.
pub(super) fn calendar_body(calendar: &Calendar) -> Value {
    json!({
        "terms": calendar.terms(),
        "closures": calendar.closures(),
        "bank_holidays": false,
        "week": calendar.week(),
    })
}

fn import(client: &Client, file: &File, progress: &Progress) -> Result<(), String> {
    import_to(client, None, file, progress)
}

/// `school`: whose file it is; nobody's in particular when it names its schools and is sent for the trust.
fn import_to(
    client: &Client,
    school: Option<SchoolId>,
    file: &File,
    progress: &Progress,
) -> Result<(), String> {
    let school = school.map(|school| format!("&school_id={school}")).unwrap_or_default();
    let path = format!("/v1/imports?kind={}&file_name={}{school}", file.kind, file.name);
    let done = progress.send(client, &path, None, &file.name, &file.bytes)?;
    match done["job"]["state"].as_str() {
        Some("done") => Ok(()),
        _ => Err(format!("{} was not applied: {}", file.name, done["result"]["problems"][0])),
    }
}
