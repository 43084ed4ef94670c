//! The trust's staff, in the form in which the API takes them: who leads on attendance, who keeps children safe, who
//! sits in the office, and who teaches.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::rng::Key;
use super::{Plan, SchoolPlan, names};

/// A member of staff and the duties.
#[derive(Debug, Clone)]
pub struct StaffPlan {
    /// Tells this person from all others.
    pub key: String,
    /// Name, e-mail address, and for those whose tokens stand in `demo.json`, these tokens' subject.
    pub person: Value,
    /// The URNs of the schools where the duty is.
    pub urns: Vec<String>,
    /// The duty in the school's own words.
    pub duty: &'static str,
    /// The role that it maps to.
    pub role: &'static str,
    /// From this day on.
    pub from_day: NaiveDate,
}

/// The duties at every school, each somebody else's.
const DUTIES: [(&str, &str); 6] = [
    ("Headteacher", "school_lead"),
    ("Senior Attendance Champion", "school_lead"),
    ("Designated Safeguarding Lead", "safeguarding_lead"),
    ("Attendance Officer", "school_office"),
    ("Class Teacher", "teacher"),
    ("Class Teacher", "teacher"),
];

/// Somebody for every duty at every school, and the trust's own attendance officer.
pub fn staff(plan: &Plan, seed: u64) -> Vec<StaffPlan> {
    let seed = Key::new(seed).about("staff");
    let mut all = Vec::new();
    let urns = plan.schools.iter().map(|school| school.urn.clone()).collect();
    let officer = ("Trust Attendance Officer", "trust_officer");
    all.extend(member(plan.schools.first(), seed, officer, urns, true));
    for (number, school) in plan.schools.iter().enumerate() {
        for (place, duty) in (0..).zip(DUTIES) {
            let key = seed.about(&school.urn).with(place);
            // The tokens of demo.json for a school are the first one's; two may share a role, not a token.
            let named = number == 0 && !matches!(place, 0 | 5);
            all.extend(member(Some(school), key, duty, vec![school.urn.clone()], named));
        }
    }
    all
}

fn member(
    school: Option<&SchoolPlan>,
    key: Key,
    (duty, role): (&'static str, &'static str),
    urns: Vec<String>,
    named: bool,
) -> Option<StaffPlan> {
    let from_day = school?.calendars.first()?.terms().first()?.from;
    let forename = names::forename(key, key.about("woman").happens(3, 4));
    let mut person = json!({
        "name": format!("{forename} {}", names::surname(key)),
        "email": format!("staff-{:06x}@example.org", key.bits() >> 40),
    });
    if let (true, Some(person)) = (named, person.as_object_mut()) {
        person.insert("subject".to_owned(), json!(format!("demo-{role}")));
    }
    Some(StaffPlan { key: format!("{:016x}", key.bits()), person, urns, duty, role, from_day })
}
