//! What the schools follow: the built-in policies in turn, from the first day of this academic year.

use demo::SchoolPlan;
use serde_json::{Value, json};

use crate::server::client::{Client, ClientError};
use base::id::SchoolId;

/// A policy, the halves of it that a school follows, and the school's answers to what the policy asks.
struct Followed {
    policy: &'static str,
    parts: &'static [&'static str],
    /// The school target, where the policy asks for one.
    target: Option<&'static str>,
}

const PATHWAY: &[&str] = &["pathway"];

/// The first school follows the first, and so on; after the last one it begins again.
const FOLLOWED: [Followed; 5] = [
    Followed { policy: "high-attendance", parts: PATHWAY, target: None },
    Followed { policy: "strategy", parts: &["pathway", "rewards"], target: Some("96%") },
    Followed { policy: "one-page", parts: PATHWAY, target: None },
    Followed { policy: "improvement-process", parts: PATHWAY, target: None },
    Followed { policy: "flowchart", parts: PATHWAY, target: Some("95%") },
];

/// Lets a school follow its policy; the policy's key. `place` is the school's, from 0.
pub(super) fn follow(
    client: &Client,
    school_id: SchoolId,
    (place, school): (usize, &SchoolPlan),
) -> Result<Option<&'static str>, ClientError> {
    let first_day = school.calendars.last().and_then(|year| Some(year.terms().first()?.from));
    let followed = FOLLOWED.get(place % FOLLOWED.len());
    let Some((first_day, followed)) = first_day.zip(followed) else { return Ok(None) };
    let answers: Value = followed.target.map_or(json!({}), |target| json!({ "target": target }));
    let body = json!({ "policy": followed.policy, "answers": answers });
    for part in followed.parts {
        client.put(&format!("/v1/schools/{school_id}/policy/{part}/{first_day}"), &body)?;
    }
    Ok(Some(followed.policy))
}
