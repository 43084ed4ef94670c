//! Medical evidence. A policy may ask for it before an absence is authorised; statutory guidance asks for it only where
//! there is genuine and reasonable doubt, and not in a fixed form (*Working together to improve school attendance*,
//! paragraphs 365 and 366). So what a policy puts on a pupil asks, and refuses nothing.

use std::collections::BTreeMap;

use crate::policy::letter::Letter;
use crate::policy::model::{Action, Policy};
use crate::policy::parse::FILE;
use crate::policy::problem::Problem;
use crate::policy::word::Do;

/// What to do where words ask for medical evidence.
pub const ASK: &str = "Ask for medical evidence before an absence is authorised: an appointment card is enough, and whoever \
    has none talks to the school. It refuses nothing: a person chooses the code.";

/// Whether words that stand on a pupil ask for evidence.
pub fn asks_for_evidence(words: &str) -> bool {
    words.to_lowercase().contains("evidence")
}

/// What an author should know whose policy asks for medical evidence as a rule: it is no mistake, for the document may say
/// so, and the product asks and never refuses.
pub(crate) fn conflicts(policy: &Policy, letters: &BTreeMap<String, Letter>) -> Vec<Problem> {
    let asks = |action: &&Action| match action.kind {
        Do::Flag => asks_for_evidence(&action.what),
        Do::Letter => letters.get(&action.what).is_some_and(demands),
        _ => false,
    };
    let mut notes = Vec::new();
    for row in &policy.rows {
        for action in row.body.actions().iter().filter(asks) {
            let what = match action.kind {
                Do::Letter => format!(
                    "letter {:?} asks for medical evidence and does not say that an appointment card is enough, and that \
                     whoever has none should talk to the school",
                    action.what
                ),
                _ => format!("{:?} asks for medical evidence as a rule", action.what),
            };
            let says = format!(
                "{what}: statutory guidance asks for evidence only on genuine and reasonable doubt, in no fixed form; \
                 the product asks and never refuses"
            );
            let rule = Some(row.rule.clone());
            notes.push(Problem { file: FILE.to_owned(), line: row.line, rule, says });
        }
    }
    notes.sort();
    notes.dedup();
    notes
}

/// Whether a letter asks for medical evidence without saying what is enough.
fn demands(letter: &Letter) -> bool {
    let text = letter.body.to_lowercase();
    let enough = text.contains("appointment card") && text.contains("talk to us");
    text.contains("medical evidence") && !enough
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Answers, built_in, parse};

    #[test]
    fn a_policy_that_demands_evidence_is_told_and_one_whose_letter_says_what_is_enough_only_of_the_words()
     {
        let row = r#"
            [[step]]
            rule = "X-1"
            at = "start"
            when = "listed"
            do = [{ flag = "medical evidence required" }, { letter = "hello" }]
            then = "closed"
        "#;
        let policy = parse(row, Answers::Examples).0;
        let told = |body: &str| {
            let letter = Letter::read("hello", &format!("Subject: S\n\n{body}\n")).0;
            let letters = BTreeMap::from([("hello".to_owned(), letter)]);
            conflicts(&policy, &letters).len()
        };
        assert_eq!(told("No absence is authorised without medical evidence."), 2);
        let enough = "We ask for medical evidence; an appointment card is enough, or talk to us.";
        assert_eq!(told(enough), 1);
        assert_eq!(told("We hope Ada is well."), 1);
        assert!(asks_for_evidence("Medical Evidence needed") && !asks_for_evidence("monitored"));
    }

    #[test]
    fn every_built_in_letter_that_asks_for_evidence_says_what_is_enough() {
        for (key, folder) in built_in() {
            for (name, text) in &folder.letters {
                assert!(!demands(&Letter::read(name, text).0), "{key}: {name}");
            }
        }
    }
}
