//! The answer to a setting, as it is told and kept: one text, or a list where the policy takes several.

use base::prelude::*;

/// One text, or a list of texts where the policy takes several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One text.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl From<Vec<String>> for OneOrMore {
    fn from(mut texts: Vec<String>) -> Self {
        if texts.len() == 1 { Self::One(texts.remove(0)) } else { Self::More(texts) }
    }
}

/// A school's answers, as a policy reads them.
pub(super) fn texts(answers: BTreeMap<String, OneOrMore>) -> BTreeMap<String, Vec<String>> {
    let texts = |answer| match answer {
        OneOrMore::One(text) => vec![text],
        OneOrMore::More(texts) => texts,
    };
    answers.into_iter().map(|(name, answer)| (name, texts(answer))).collect()
}
