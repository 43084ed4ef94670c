//! Owns: policy_version, school_policy.

use chrono::TimeDelta;
use diesel::prelude::*;
use domain::policy::{Answers, Folder, Letter, Policy, built_in, parse};
use sha2::{Digest, Sha256};

use super::folder::PolicyFolder;
use super::one_or_more::{self, OneOrMore};
use schema::{policy_version, school_policy};

use base::prelude::*;

words! {
    /// Which half of a policy: a school pairs one pathway with one set of rewards.
    Part as "PolicyPart" {
        Pathway = "pathway": "what happens when attendance is low: the day's contacts, reviews, responses, letters, stages",
        Rewards = "rewards": "what is given: rewards and draws",
    }
}

/// A version of a policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PolicyHead {
    /// Its key: a built-in's is the product's, the trust's own is the trust's.
    #[schema(example = "improvement-process")]
    pub policy: String,
    /// Counts up with every change of its text; absent for a built-in policy that the trust has not used yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub version: Option<i32>,
    /// Its name.
    #[schema(example = "Attendance improvement process")]
    pub name: String,
    /// Whether the product ships it.
    pub built_in: bool,
    /// When this version was kept (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<DateTime<Utc>>,
}

/// A version with its texts.
#[derive(Debug, Clone)]
pub struct Kept {
    /// What names it.
    pub head: PolicyHead,
    /// Its texts.
    pub folder: Folder,
}

#[derive(HasQuery)]
#[diesel(table_name = policy_version)]
struct VersionRow {
    policy: String,
    version: i32,
    name: String,
    built_in: bool,
    body: Value,
    recorded_at: DateTime<Utc>,
}

impl VersionRow {
    fn head(&self) -> PolicyHead {
        PolicyHead {
            policy: self.policy.clone(),
            version: Some(self.version),
            name: self.name.clone(),
            built_in: self.built_in,
            recorded_at: Some(self.recorded_at),
        }
    }
}

/// What a school follows from a day on.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = school_policy)]
pub struct Assignment {
    /// Which half of a policy.
    pub part: Part,
    /// From this day on.
    pub from_day: NaiveDate,
    /// The policy.
    #[schema(example = "improvement-process")]
    pub policy: String,
    /// Its version.
    #[schema(example = 1)]
    pub version: i32,
    /// The school's answers to the policy's settings; the others keep their defaults.
    #[schema(value_type = std::collections::BTreeMap<String, OneOrMore>)]
    pub answers: Value,
    /// When it was decided (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
}

/// A policy as a school follows it: one version, with the school's own answers.
#[derive(Debug, Clone)]
pub struct Follows {
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i32,
    /// The school's answers.
    pub answers: Value,
    /// The rules.
    pub policy: Policy,
    /// The letters, by name.
    pub letters: BTreeMap<String, Letter>,
}

/// The built-in policies with the trust's own, by key: of each the latest version that the trust has.
pub fn heads(tx: &mut Tx) -> Result<Vec<PolicyHead>> {
    let rows: Vec<VersionRow> = VersionRow::query()
        .distinct_on(policy_version::policy)
        .order((policy_version::policy, policy_version::version.desc()))
        .load(tx.conn)?;
    let mut heads: BTreeMap<String, PolicyHead> =
        rows.iter().map(|row| (row.policy.clone(), row.head())).collect();
    for (key, folder) in built_in() {
        heads.entry(key.to_owned()).or_insert_with(|| unused(key, &folder));
    }
    Ok(heads.into_values().collect())
}

/// A policy: the version asked for, or else the latest; of a built-in one the shipped text when the trust has none.
/// Errors: 404.
pub fn kept(tx: &mut Tx, key: &str, version: Option<i32>) -> Result<Kept> {
    let mut rows = VersionRow::query().filter(policy_version::policy.eq(key)).into_boxed();
    rows = rows.narrow(version.map(|version| policy_version::version.eq(version)));
    let row: Option<VersionRow> =
        rows.order(policy_version::version.desc()).first(tx.conn).optional()?;
    if let Some(row) = row {
        let head = row.head();
        let folder: PolicyFolder = serde_json::from_value(row.body).map_err(Problem::internal)?;
        return Ok(Kept { head, folder: folder.into() });
    }
    let shipped = built_in().remove(key).filter(|_| version.is_none());
    let folder = shipped.ok_or_else(Problem::not_found)?;
    Ok(Kept { head: unused(key, &folder), folder })
}

fn unused(key: &str, folder: &Folder) -> PolicyHead {
    let (policy, _) = parse(&folder.policy, Answers::Examples);
    PolicyHead {
        policy: key.to_owned(),
        version: None,
        name: policy.name,
        built_in: true,
        recorded_at: None,
    }
}

/// Keeps a text as the next version of a policy, unless the latest version says the same; which version that is.
pub fn keep(tx: &mut Tx, key: &str, name: &str, folder: &Folder, by: &str) -> Result<i32> {
    tx.take_turns(&format!("policy/{key}"))?;
    let body = serde_json::to_value(PolicyFolder::from(folder)).map_err(Problem::internal)?;
    let sha256 = Sha256::digest(body.to_string()).to_vec();
    let latest: Option<(i32, Vec<u8>)> = policy_version::table
        .filter(policy_version::policy.eq(key))
        .order(policy_version::version.desc())
        .select((policy_version::version, policy_version::sha256))
        .first(tx.conn)
        .optional()?;
    let version = match latest {
        Some((version, same)) if same == sha256 => return Ok(version),
        latest => latest.map_or(0, |(version, _)| version) + 1,
    };
    diesel::insert_into(policy_version::table)
        .values((
            policy_version::trust_id.eq(tx.trust()),
            policy_version::policy.eq(key),
            policy_version::version.eq(version),
            policy_version::name.eq(name),
            policy_version::built_in.eq(built_in().contains_key(key)),
            policy_version::body.eq(body),
            policy_version::sha256.eq(sha256),
            policy_version::recorded_at.eq(tx.now()),
            policy_version::recorded_by.eq(by),
        ))
        .execute(tx.conn)?;
    Ok(version)
}

/// Records what a school follows from a day on; of two decisions for a day the later one holds.
pub fn assign(
    tx: &mut Tx,
    school_id: SchoolId,
    (part, from_day): (Part, NaiveDate),
    (policy, version): (&str, i32),
    answers: &BTreeMap<String, OneOrMore>,
    by: &str,
) -> Result<Assignment> {
    let at = assignments(tx, school_id)?.iter().map(|one| one.recorded_at).max();
    let at = at.map_or(tx.now(), |at| tx.now().max(at + TimeDelta::microseconds(1)));
    Ok(diesel::insert_into(school_policy::table)
        .values((
            school_policy::trust_id.eq(tx.trust()),
            school_policy::school_id.eq(school_id),
            school_policy::part.eq(part),
            school_policy::from_day.eq(from_day),
            school_policy::policy.eq(policy),
            school_policy::version.eq(version),
            school_policy::answers.eq(serde_json::to_value(answers).map_err(Problem::internal)?),
            school_policy::recorded_at.eq(at),
            school_policy::recorded_by.eq(by),
        ))
        .returning(Assignment::as_returning())
        .get_result(tx.conn)?)
}

/// As [`assignments`], for somebody who is about to decide: nobody else decides for the school until this transaction
/// has ended.
pub fn assignments_to_change(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<Assignment>> {
    tx.take_turns(&format!("school policy/{school_id}"))?;
    assignments(tx, school_id)
}

/// Everything that was ever decided for a school, latest day first, of one day the latest decision first.
pub fn assignments(tx: &mut Tx, school_id: SchoolId) -> Result<Vec<Assignment>> {
    Ok(Assignment::query()
        .filter(school_policy::school_id.eq(school_id))
        .order((
            school_policy::part,
            school_policy::from_day.desc(),
            school_policy::recorded_at.desc(),
        ))
        .load(tx.conn)?)
}

/// As [`assignments`] of one part, of every school that the caller may see and for which anything was decided.
pub fn assignments_of_schools(
    tx: &mut Tx,
    part: Part,
) -> Result<BTreeMap<SchoolId, Vec<Assignment>>> {
    let rows: Vec<(SchoolId, Assignment)> = school_policy::table
        .filter(school_policy::part.eq(part))
        .order((
            school_policy::school_id,
            school_policy::from_day.desc(),
            school_policy::recorded_at.desc(),
        ))
        .select((school_policy::school_id, Assignment::as_select()))
        .load(tx.conn)?;
    let mut found: BTreeMap<SchoolId, Vec<Assignment>> = BTreeMap::new();
    for (school_id, assignment) in rows {
        found.entry(school_id).or_default().push(assignment);
    }
    Ok(found)
}

/// What holds on a day, of a school's assignments in the order of [`assignments`].
pub fn holding(assignments: &[Assignment], part: Part, day: NaiveDate) -> Option<&Assignment> {
    assignments.iter().find(|one| one.part == part && one.from_day <= day)
}

/// The policy that a school follows on a day, with its own answers; `None` when it follows none.
pub fn assigned(
    tx: &mut Tx,
    school_id: SchoolId,
    part: Part,
    day: NaiveDate,
) -> Result<Option<Follows>> {
    let all = assignments(tx, school_id)?;
    let Some(assignment) = holding(&all, part, day) else { return Ok(None) };
    let Assignment { policy, version, answers, .. } = assignment;
    under(tx, policy, *version, answers).map(Some)
}

/// A version of a policy with a school's answers, as a case keeps it. Errors: 404.
pub fn under(tx: &mut Tx, key: &str, version: i32, answers: &Value) -> Result<Follows> {
    let Kept { head, folder } = kept(tx, key, Some(version))?;
    let own = serde_json::from_value(answers.clone()).map_err(Problem::internal)?;
    let own = one_or_more::texts(own);
    let (policy, _) = parse(&folder.policy, Answers::School(&own));
    let letters =
        folder.letters.iter().map(|(name, text)| (name.clone(), Letter::read(name, text).0));
    Ok(Follows {
        key: head.policy,
        version,
        answers: answers.clone(),
        policy,
        letters: letters.collect(),
    })
}
