//! A letterhead as it comes in and as it is kept. What a school has not recorded yet is absent: a letter that needs it
//! waits and says so.

use domain::ContactKind;

use base::prelude::*;

/// The most people who sign, and the most offers of help.
const MOST: usize = 50;

/// What stands on a school's letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Letterhead {
    /// The school's name as it is printed, 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Elm Bank Primary School")]
    pub name: Option<String>,
    /// Its postal address with the postcode, 1 to 300 characters; a line each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Elm Bank Road\nLarkrise\nLK1 2AB")]
    pub address: Option<String>,
    /// Its telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "01632 960001")]
    pub telephone: Option<String>,
    /// The e-mail address that parents may answer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "office@elmbank.example.org")]
    pub email: Option<String>,
    /// Who signs.
    #[serde(default)]
    pub signatories: Vec<Signatory>,
    /// What help the school offers, each 1 to 200 characters, as it stands after "We can offer".
    #[serde(default)]
    #[schema(example = json!(["a place at the breakfast club", "a talk with our family support worker"]))]
    pub support: Vec<String>,
    /// Where meetings with families take place, 1 to 200 characters, as it stands after "We meet in".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "the meeting room beside the main entrance")]
    pub meeting_place: Option<String>,
}

/// Who signs letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signatory {
    /// The role of the policy whose letters this person signs; without one, every letter for whose role nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Attendance Lead")]
    pub role: Option<String>,
    /// The person's name as it is printed, 1 to 100 characters.
    #[schema(example = "Ms Jo Field")]
    pub name: String,
    /// The title under the name, 1 to 100 characters.
    #[schema(example = "Attendance Lead")]
    pub title: String,
}

impl Letterhead {
    /// Who signs what a role sends: whoever is named for it, and else whoever signs without a role.
    pub fn signs(&self, role: Option<&str>) -> Option<&Signatory> {
        let named =
            self.signatories.iter().find(|one| role.is_some() && one.role.as_deref() == role);
        named.or_else(|| self.signatories.iter().find(|one| one.role.is_none()))
    }

    /// The same as it is kept. Errors: every member that cannot be kept.
    pub(super) fn check(&self) -> Result<Self> {
        let mut lines = Lines(Problem::new(Kind::Invalid));
        let signatories = self.signatories.iter().enumerate().map(|(at, one)| {
            let at = |member: &str| format!("/signatories/{at}/{member}");
            Signatory {
                role: one.role.as_ref().map(|role| lines.kept(&at("role"), role, name::NAME)),
                name: lines.kept(&at("name"), &one.name, name::NAME),
                title: lines.kept(&at("title"), &one.title, name::NAME),
            }
        });
        let signatories = signatories.collect();
        let offers = self.support.iter().enumerate();
        let offers =
            offers.map(|(at, offer)| lines.kept(&format!("/support/{at}"), offer, name::LINE));
        let support = offers.collect();
        let trimmed = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned());
        let place = self.meeting_place.as_ref();
        let letterhead = Self {
            name: self.name.as_ref().map(|text| lines.kept("/name", text, name::LINE)),
            address: trimmed(&self.address),
            telephone: trimmed(&self.telephone),
            email: trimmed(&self.email),
            signatories,
            support,
            meeting_place: place.map(|place| lines.kept("/meeting_place", place, name::LINE)),
        };
        letterhead.refuse(lines.0)
    }

    /// What `check` has not looked at yet: the ways to reach the school, long lists, a role that two people sign for.
    fn refuse(self, mut problem: Problem) -> Result<Self> {
        let ways = [
            ("/address", &self.address, ContactKind::Address),
            ("/telephone", &self.telephone, ContactKind::Work),
            ("/email", &self.email, ContactKind::Email),
        ];
        for (at, value, kind) in ways {
            if let Some(expected) = value.as_deref().and_then(|value| kind.wrong(value)) {
                problem = problem.and(at, expected);
            }
        }
        for (at, length) in
            [("/signatories", self.signatories.len()), ("/support", self.support.len())]
        {
            if length > MOST {
                problem = problem.and(at, format!("at most {MOST}"));
            }
        }
        let mut seen = BTreeMap::new();
        for (at, one) in self.signatories.iter().enumerate() {
            if let Some(first) = seen.insert(&one.role, at) {
                let expected = format!("a role that /signatories/{first} does not sign for");
                problem = problem.and(format!("/signatories/{at}/role"), expected);
            }
        }
        if problem.errors().is_empty() { Ok(self) } else { Err(problem) }
    }
}

/// What cannot be kept of what stands on one line.
struct Lines(Problem);

impl Lines {
    /// A line as it is kept; one that cannot be kept is empty, and the problem says so.
    fn kept(&mut self, at: &str, text: &str, most: usize) -> String {
        name::kept(text, most).unwrap_or_else(|| {
            let problem = std::mem::replace(&mut self.0, Problem::new(Kind::Invalid));
            self.0 = name::refuse(problem, at, most);
            String::new()
        })
    }
}
