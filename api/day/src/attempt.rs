//! An attempt to reach somebody, as it comes in.

use base::prelude::*;

/// The most pupils of one call: more than a family has.
const MOST_PUPILS: usize = 20;

words! {
    /// How somebody was contacted.
    AttemptKind {
        Call = "call": "a telephone call",
        Text = "text": "a text message",
        Email = "email": "an e-mail",
        Message = "message": "a message by another way, such as a school's own app",
        Talk = "talk": "a conversation in person",
        Visit = "visit": "a visit to the home",
    }
}

words! {
    /// What somebody is who is told of an absence and is no parent.
    Professional {
        SocialWorker = "social_worker": "the child's social worker",
        VirtualSchool = "virtual_school": "the virtual school of a child in care",
        EarlyHelp = "early_help": "whoever leads on Early Help for the family",
        Police = "police": "the police",
        Health = "health": "a doctor, nurse or other health professional",
        School = "school": "another school, such as that of a brother or sister",
        Other = "other": "another professional",
    }
}

/// An attempt to reach somebody about the absence of one pupil, or of brothers and sisters at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The pupils it was about: several for brothers and sisters, also at another school of the trust.
    pub pupil_ids: Vec<PupilId>,
    /// The parent; otherwise `whom`.
    #[serde(default)]
    pub parent_id: Option<ParentId>,
    /// Somebody else, such as the social worker.
    #[serde(default)]
    pub whom: Option<String>,
    /// What that somebody else is, where they are a professional.
    #[serde(default)]
    pub professional: Option<Professional>,
    /// How.
    pub kind: AttemptKind,
    /// Which of the parent's telephone numbers was tried; when absent, the first that was not tried yet.
    #[serde(default)]
    #[schema(example = "07700 900123")]
    pub number: Option<String>,
    /// Whether they were reached: they answered, or were met.
    pub reached: bool,
    /// Whether a responsible adult has accounted for the child, or the child was seen. Nothing else ends the search for a
    /// missing child: not a voicemail, not a text, and not a visit at which nobody was seen.
    #[serde(default)]
    pub accounts_for: bool,
    /// What was said.
    #[serde(default)]
    pub says: Option<String>,
    /// Whether there is cause for concern.
    #[serde(default)]
    pub concern: bool,
    /// It was agreed with somebody who was reached that nobody calls about further days until this one.
    #[serde(default)]
    pub no_call_until: Option<NaiveDate>,
    /// When it was made (UTC); now when absent.
    #[serde(default)]
    pub made_at: Option<DateTime<Utc>>,
}

impl Attempt {
    /// The same as it is kept. Errors: every member that cannot be kept.
    pub fn check(mut self, day: NaiveDate, now: DateTime<Utc>) -> Result<Self> {
        let text = |text: Option<String>, at, most| {
            text.map(|text| name::words(&text, at, most)).transpose()
        };
        self.says = text(self.says, "/says", name::NOTE)?;
        self.whom = text(self.whom, "/whom", name::NAME)?;
        let family = check_family(&mut self.pupil_ids);
        let mut problem = family.err().unwrap_or_else(|| Problem::new(Kind::Invalid));
        if self.parent_id.is_some() == self.whom.is_some() {
            problem = problem.and("/parent_id", "a parent, or somebody else in `whom`");
        }
        if self.professional.is_some() && self.whom.is_none() {
            problem = problem.and("/professional", "only with `whom`: who they are");
        }
        if self.number.is_some() && self.parent_id.is_none() {
            problem = problem.and("/number", "only with `parent_id`: a number of that person");
        }
        if self.accounts_for && !self.reached {
            problem = problem.and("/accounts_for", "somebody who was reached");
        }
        if self.no_call_until.is_some_and(|until| until <= day) {
            problem = problem.and("/no_call_until", format!("a day after {day}"));
        }
        if self.no_call_until.is_some() && !self.reached {
            problem = problem.and("/no_call_until", "an agreement with somebody who was reached");
        }
        if self.made_at.is_some_and(|at| at > now) {
            problem = problem.and("/made_at", "a moment that has passed");
        }
        if problem.errors().is_empty() { Ok(self) } else { Err(problem) }
    }
}

/// Names each pupil of one call once, in the order of their ids. Errors: nobody, or more than a family has.
pub(super) fn check_family(pupil_ids: &mut Vec<PupilId>) -> Result<()> {
    pupil_ids.sort_unstable();
    pupil_ids.dedup();
    if (1..=MOST_PUPILS).contains(&pupil_ids.len()) {
        return Ok(());
    }
    Err(Problem::at(Kind::Invalid, "/pupil_ids", format!("1 to {MOST_PUPILS} pupils")))
}
