//! What stands on the schools' letters, in the form in which the API takes it.

use serde_json::{Value, json};

use super::SchoolPlan;
use super::rng::Key;
use super::staff::StaffPlan;

/// The letterhead of a school, whose head and whose champion for attendance sign.
pub fn letterhead(school: &SchoolPlan, staff: &[StaffPlan], seed: u64) -> Value {
    let key = Key::new(seed).about("letterhead").about(&school.urn);
    let name = |duty: &str| {
        let holds = |one: &&StaffPlan| one.duty == duty && one.urns == [school.urn.clone()];
        staff.iter().find(holds).map(|one| one.person["name"].clone())
    };
    let signs = |role: Option<&str>, duty: &str, title: &str| {
        let mut one = json!({ "name": name(duty)?, "title": title });
        if let (Some(role), Some(one)) = (role, one.as_object_mut()) {
            one.insert("role".to_owned(), json!(role));
        }
        Some(one)
    };
    let signatories = [
        signs(Some("Attendance Lead"), "Senior Attendance Champion", "Attendance Lead"),
        signs(None, "Headteacher", "Headteacher"),
    ];
    json!({
        "name": school.name,
        "address": format!("School Lane {}\nLarkspindle\nZZ99 9AA", 1 + key.about("house").below(90)),
        "telephone": format!("01632 960{:03}", key.about("telephone").below(1000)),
        "email": format!("office-{}@example.org", school.urn),
        "signatories": signatories.into_iter().flatten().collect::<Vec<_>>(),
        "support": [
            "a place at our breakfast club from 8 o'clock",
            "a friendly face at the gate",
            "a talk with our family support worker",
        ],
        "meeting_place": "the meeting room beside the main entrance",
    })
}
