//! Which rules of a policy were met on the way: those that the API's answers have named.

use std::collections::BTreeSet;

use domain::policy::{Answers, built_in, parse};
use serde_json::Value;

use super::Story;

impl Story {
    /// Every rule of the school's policy was named by an answer on the way: those of cases, and those of the day, of
    /// rewards and of draws too, where the policy has any.
    pub fn has_met_every_rule(&self) {
        let met = self.rules_met();
        let missing: Vec<String> =
            rules(self.policy).into_iter().filter(|rule| !met.contains(rule)).collect();
        assert!(missing.is_empty(), "nothing named {missing:?}");
    }

    /// The rules that were named: by what reviews list and propose, by timelines, actions and letters, and by what was
    /// heard.
    fn rules_met(&self) -> BTreeSet<String> {
        let school = self.school;
        let mut said = self.heard.borrow().clone();
        for review in self.all(&format!("/v1/reviews?school_id={school}")) {
            said.extend(self.all(&format!("/v1/reviews/{}/items", review["review_id"])));
        }
        said.extend(self.all(&format!("/v1/actions?school_id={school}")));
        said.extend(self.all(&format!("/v1/letters?school_id={school}")));
        for case in self.all(&format!("/v1/cases?school_id={school}")) {
            let of_a_family = self.pupils.iter().any(|pupil| case["pupil_id"] == *pupil);
            let path = format!("/v1/cases/{}", case["case_id"]);
            said.extend(of_a_family.then(|| self.lead.get(&path).expect(200)));
        }
        let mut met = BTreeSet::new();
        said.iter().for_each(|answer| named(answer, &mut met));
        met
    }
}

/// The rules of a built-in policy that stand in its document; the others, such as `W-left-roll`, say what every stage
/// also answers.
fn rules(policy: &str) -> BTreeSet<String> {
    let text = built_in().remove(policy).unwrap().policy;
    let rows = parse(&text, Answers::Examples).0.rows.into_iter();
    let rules = rows.map(|row| row.rule);
    rules.filter(|rule| rule[2..].starts_with(|first: char| first.is_ascii_digit())).collect()
}

/// The rules that stand under `rule` or `rules` in an answer, or in brackets behind a reason.
fn named(answer: &Value, met: &mut BTreeSet<String>) {
    match answer {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("rule", Value::String(rule)) => {
                        met.insert(rule.clone());
                    }
                    ("rules", Value::Array(rules)) => {
                        met.extend(rules.iter().filter_map(|rule| Some(rule.as_str()?.to_owned())));
                    }
                    _ => named(member, met),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| named(item, met)),
        Value::String(text) => {
            let last = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
            met.extend(last.map(|(_, rule)| rule.to_owned()));
        }
        _ => {}
    }
}
