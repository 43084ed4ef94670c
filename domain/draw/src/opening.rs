//! The opening: what a draw is, fixed before anybody can know how it will end.

use chrono::{DateTime, Utc};
use domain::Word;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::beacon::Chain;
use crate::fault::Fault;
use crate::hash::Hash;
use crate::json::{Node, canonical, instant, parse};
use crate::{FORMAT, hash};

/// The shortest wait between the freeze and the beacon's round, in seconds: whoever freezes cannot see the round coming.
pub const LEAST_WAIT: u64 = 3_600;

/// What decides a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// A public random value that does not exist yet at the freeze.
    Beacon(Chain),
    /// Two secrets together. Each party has committed to its own.
    TwoSecrets {
        /// The trust's commitment.
        trust: Hash,
        /// The governor's commitment.
        governor: Hash,
    },
}

/// Some prizes of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prize {
    /// What is won.
    pub name: String,
    /// How many of it there are.
    pub number: u64,
}

/// A draw as it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The draw.
    pub id: Uuid,
    /// What decides it.
    pub mode: Mode,
    /// What people call it.
    pub title: String,
    /// The school.
    pub school: String,
    /// The period that tickets were earned in.
    pub period: String,
    /// The policy.
    pub policy: String,
    /// The policy's version.
    pub policy_version: u64,
    /// The policy's rule that says so.
    pub rule: String,
    /// What is won, the first prize first.
    pub prizes: Vec<Prize>,
    /// How often picking goes on after somebody declines.
    pub redraws: u64,
    /// Seconds from the freeze to the beacon's round, at least [`LEAST_WAIT`].
    pub wait_seconds: u64,
    /// When it is opened.
    pub opened_at: DateTime<Utc>,
    /// The commitment to the entries key.
    pub entries_key: Hash,
}

impl Opening {
    /// The text that is published; its bytes count from now on. Errors: what the protocol does not allow, such as a wait
    /// that is too short.
    pub fn publish(&self) -> Result<String, Fault> {
        let (mode, chain, trust, governor) = match self.mode {
            Mode::Beacon(chain) => (BEACON, Some(chain), None, None),
            Mode::TwoSecrets { trust, governor } => {
                (TWO_SECRETS, None, Some(trust), Some(governor))
            }
        };
        let commitment = |hash: Option<Hash>| hash.map(|hash| hash.to_string());
        let prize = |prize: &Prize| json!({"name": prize.name, "number": prize.number});
        let text = canonical(&json!({
            "chain": chain.map(Word::text),
            "commitments": {
                "entries_key": self.entries_key.to_string(),
                "governor": commitment(governor),
                "trust": commitment(trust),
            },
            "format": FORMAT,
            "id": self.id.hyphenated().to_string(),
            "mode": mode,
            "opened_at": instant(self.opened_at),
            "period": self.period,
            "policy": self.policy,
            "policy_version": self.policy_version,
            "prizes": self.prizes.iter().map(prize).collect::<Vec<Value>>(),
            "redraws": self.redraws,
            "rule": self.rule,
            "school": self.school,
            "title": self.title,
            "wait_seconds": self.wait_seconds,
        }));
        Self::read(&text)?;
        Ok(text)
    }

    /// Reads a published text. Errors: it is not an opening of this protocol.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let value = parse("opening", text)?;
        let members = Node::whole("opening", &value).members([
            "format",
            "chain",
            "commitments",
            "mode",
            "id",
            "opened_at",
            "period",
            "policy",
            "policy_version",
            "prizes",
            "redraws",
            "rule",
            "school",
            "title",
            "wait_seconds",
        ])?;
        let [format, chain, commitments, mode, id, opened_at, period, policy, rest @ ..] = members;
        let [policy_version, prizes, redraws, rule, school, title, wait_seconds] = rest;
        format.exactly(FORMAT)?;
        let commitments = commitments.members(["entries_key", "governor", "trust"])?;
        let entries_key = commitments[0].hash()?;
        let mode = self::mode(&mode, chain, commitments)?;
        let wait = wait_seconds.number()?;
        if wait < LEAST_WAIT {
            return Err(Fault::expected(wait_seconds.place, format!("at least {LEAST_WAIT}")));
        }
        Ok(Self {
            id: self::id(&id)?,
            mode,
            title: title.text()?.to_owned(),
            school: school.text()?.to_owned(),
            period: period.text()?.to_owned(),
            policy: policy.text()?.to_owned(),
            policy_version: policy_version.number()?,
            rule: rule.text()?.to_owned(),
            prizes: self::prizes(&prizes)?,
            redraws: redraws.number()?,
            wait_seconds: wait,
            opened_at: opened_at.instant()?,
            entries_key,
        })
    }

    /// What stands for an opening wherever it is named: the hash of its text.
    pub fn hash_of(text: &str) -> Hash {
        hash::hash(&[text.as_bytes()])
    }
}

/// How the two modes are written.
const BEACON: &str = "beacon";
const TWO_SECRETS: &str = "two secrets";

/// The mode, with what belongs to it: the chain, or the two commitments.
fn mode(
    mode: &Node<'_>,
    chain: Node<'_>,
    [_, governor, trust]: [Node<'_>; 3],
) -> Result<Mode, Fault> {
    match mode.value.as_str() {
        Some(BEACON) => {
            let chain = chain.word()?;
            governor.null()?;
            trust.null()?;
            Ok(Mode::Beacon(chain))
        }
        Some(TWO_SECRETS) => {
            chain.null()?;
            let governor = governor.hash()?;
            Ok(Mode::TwoSecrets { trust: trust.hash()?, governor })
        }
        _ => Err(Fault::expected(&mode.place, format!("{BEACON:?} or {TWO_SECRETS:?}"))),
    }
}

fn prizes(node: &Node<'_>) -> Result<Vec<Prize>, Fault> {
    let mut prizes = Vec::new();
    for item in node.items()? {
        let [name, number] = item.members(["name", "number"])?;
        let (name, count) = (name.text()?.to_owned(), number.number()?);
        if count == 0 {
            return Err(Fault::expected(number.place, "at least 1"));
        }
        prizes.push(Prize { name, number: count });
    }
    if prizes.is_empty() {
        return Err(Fault::expected(&node.place, "at least one prize"));
    }
    Ok(prizes)
}

/// An id, in the one way to write it.
pub(crate) fn id(node: &Node<'_>) -> Result<Uuid, Fault> {
    let read = |text: &str| {
        let id = Uuid::try_parse(text).ok()?;
        (id.hyphenated().to_string() == text).then_some(id)
    };
    let id = node.value.as_str().and_then(read);
    id.ok_or_else(|| Fault::expected(&node.place, "a UUID in small letters with its hyphens"))
}
