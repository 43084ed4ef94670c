//! A pupil as a return names them: the name, the days on roll, and the parents with where they live.

use ::analytics::EnrolmentYear;
use domain::ContactKind;
use domain::national::National;

use super::super::csv::cell;
use super::super::people::People;
use base::prelude::*;
use figures::Enrolled;
use roll::parents::{self, ParentOf};

/// A pupil in a return.
#[derive(Clone, Serialize, ToSchema)]
pub struct ReportedPupil {
    /// The pupil.
    #[schema(example = 4711)]
    pub pupil_id: PupilId,
    /// Unique pupil number.
    #[schema(example = "H801200001001")]
    pub upn: String,
    /// Legal surname.
    #[schema(example = "Okafor-Lind")]
    pub surname: String,
    /// Legal forename.
    #[schema(example = "Zoë")]
    pub forename: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// The sex; absent when it is not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<words::Sex>,
    /// The class.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "6A")]
    pub class: Option<String>,
    /// The year group: 0 is reception.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 6)]
    pub year_group: Option<i8>,
    /// The first day on roll.
    pub first_day: NaiveDate,
    /// The last day on roll; absent while on roll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// The parents, in the order in which they are called.
    pub parents: Vec<ReportedParent>,
}

/// A parent in a return.
#[derive(Clone, Serialize, ToSchema)]
pub struct ReportedParent {
    /// Title, forename and surname.
    #[schema(example = "Mrs Ngozi Okafor")]
    pub name: String,
    /// What they are to the pupil.
    pub relationship: words::Relationship,
    /// Whether the pupil lives with them.
    pub lives_with: bool,
    /// Ask whoever leads on safeguarding before this goes out.
    pub ask_first: bool,
    /// Postal addresses.
    pub addresses: Vec<String>,
    /// Telephone numbers, in the order in which they are tried.
    pub telephones: Vec<String>,
}

/// The columns of [`ReportedPupil::cells`].
pub const COLUMNS: [&str; 11] = [
    "pupil_id",
    "upn",
    "surname",
    "forename",
    "birth_date",
    "sex",
    "class",
    "year_group",
    "first_day",
    "last_day",
    "parents",
];

impl ReportedPupil {
    /// A row's cells, in the order of [`COLUMNS`].
    pub fn cells(&self) -> Vec<String> {
        let parents: Vec<String> = self.parents.iter().map(ReportedParent::line).collect();
        vec![
            self.pupil_id.to_string(),
            self.upn.clone(),
            self.surname.clone(),
            self.forename.clone(),
            self.birth_date.to_string(),
            cell(self.sex.as_ref()),
            cell(self.class.as_ref()),
            cell(self.year_group),
            self.first_day.to_string(),
            cell(self.last_day),
            parents.join("\n"),
        ]
    }
}

impl ReportedParent {
    /// On one line: `Mrs Ngozi Okafor (mother, lives with); 1 Elm Road; 07700 900123`.
    fn line(&self) -> String {
        let mut is = vec![self.relationship.text().replace('_', " ")];
        is.extend(self.lives_with.then(|| "lives with".to_owned()));
        is.extend(self.ask_first.then(|| "ask first".to_owned()));
        let mut parts = vec![format!("{} ({})", self.name, is.join(", "))];
        parts.extend(self.addresses.iter().chain(&self.telephones).cloned());
        parts.join("; ")
    }
}

impl From<ParentOf> for ReportedParent {
    fn from(ParentOf { parent, link, ask_first }: ParentOf) -> Self {
        let person = parent.person;
        let name: Vec<String> =
            [person.title, person.forename, Some(person.surname)].into_iter().flatten().collect();
        let (addresses, others): (Vec<_>, Vec<_>) =
            person.contacts.into_iter().partition(|one| one.kind == ContactKind::Address);
        let telephones = others.into_iter().filter(|one| one.kind != ContactKind::Email);
        Self {
            name: name.join(" "),
            relationship: As(link.relationship),
            lives_with: link.lives_with,
            ask_first,
            addresses: addresses.into_iter().map(|one| one.value).collect(),
            telephones: telephones.map(|one| one.value).collect(),
        }
    }
}

/// Whom a school rings beside the parents stands in no return.
fn is_parent(one: &ParentOf) -> bool {
    one.link.relationship.is_parent()
}

/// The pupils of some enrolments as a return names them on a day, by enrolment.
pub fn reported(
    tx: &mut Tx,
    school_id: SchoolId,
    members: &[EnrolmentYear],
    day: NaiveDate,
) -> Result<BTreeMap<EnrolmentId, ReportedPupil>> {
    let ids: Vec<PupilId> = members.iter().map(|member| member.pupil_id()).collect();
    let people = People::read(tx, school_id, ids.iter().copied())?;
    let mut parents = parents::parents_of(tx, &ids, day)?;
    let one = |member: &EnrolmentYear| {
        let row = people.pupil(member.pupil_id())?;
        let listed = people.listed(member, day);
        let parents = parents.remove(&member.pupil_id()).unwrap_or_default();
        let pupil = ReportedPupil {
            pupil_id: row.pupil_id,
            upn: row.upn.clone(),
            surname: row.surname.clone(),
            forename: row.forename.clone(),
            birth_date: row.birth_date,
            sex: row.sex,
            class: listed.class,
            year_group: listed.year_group,
            first_day: member.first_day,
            last_day: member.last_day,
            parents: parents.into_iter().filter(is_parent).map(Into::into).collect(),
        };
        Some((member.enrolment_id(), pupil))
    };
    Ok(members.iter().filter_map(one).collect())
}

/// Where the rule of a return stands, and what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReturnLaw {
    /// In force from.
    pub from: NaiveDate,
    /// How many school days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 10)]
    pub school_days: Option<usize>,
    /// How many sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 10)]
    pub sessions: Option<usize>,
    /// Within how many school weeks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 10)]
    pub school_weeks: Option<usize>,
    /// By the end of how many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 5)]
    pub days: Option<u64>,
    /// With these codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Where it stands.
    pub source: String,
}

impl ReturnLaw {
    /// A rule with nothing but its source.
    pub fn of(from: NaiveDate, source: &str) -> Self {
        Self {
            from,
            school_days: None,
            sessions: None,
            school_weeks: None,
            days: None,
            codes: Vec::new(),
            source: source.to_owned(),
        }
    }
}

/// The law that the product is built with. Errors: never for a released build.
pub fn law() -> Result<National> {
    National::built_in().map_err(Problem::internal)
}

/// What is said of a day on which there was no such rule.
pub fn before_the_law() -> Problem {
    let expected = "a day from 19 August 2024 on, when the present law came into force";
    Problem::at(Kind::BadQuery, "?to", expected)
}
