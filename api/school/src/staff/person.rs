//! Who a member of staff is, as it comes in and as it is kept.

use domain::is_email;

use base::prelude::*;

/// A member of staff.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPerson {
    /// Name, 1 to 200 characters.
    #[schema(example = "Jo Marsh")]
    pub name: String,
    /// Where reminders go; absent when it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "j.marsh@example.sch.uk")]
    pub email: Option<String>,
    /// The subject of their tokens, which stands in the history of what they do; absent when they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "staff-41")]
    pub subject: Option<String>,
}

impl StaffPerson {
    /// The same as it is kept. `at` is where in the body it stands. Errors: every member that cannot be kept.
    pub(super) fn check(&self, at: &str) -> Result<StaffPerson> {
        let mut problem = Problem::new(Kind::Invalid);
        let texts = [("name", Some(&self.name)), ("subject", self.subject.as_ref())];
        for (member, text) in texts {
            if text.is_some_and(|text| name::kept(text, name::LINE).is_none()) {
                problem = name::refuse(problem, &format!("{at}/{member}"), name::LINE);
            }
        }
        if self.email.as_deref().is_some_and(|email| !is_email(email.trim())) {
            problem = problem.and(format!("{at}/email"), "an e-mail address");
        }
        if !problem.errors().is_empty() {
            return Err(problem);
        }
        let kept = |text: &String| text.trim().to_owned();
        Ok(StaffPerson {
            name: kept(&self.name),
            email: self.email.as_ref().map(kept),
            subject: self.subject.as_ref().map(kept),
        })
    }
}
