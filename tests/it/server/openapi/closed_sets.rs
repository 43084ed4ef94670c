//! Closed sets: whatever is one of a list of words is an enumeration in the document, never a free text.

use api::casework::letters::LetterState;
use serde_json::{Value, json};

use super::{document, operations, resolved};
use crate::support::app::TestApp;

/// What is a closed set wherever it stands.
const SETS: [&str; 14] = [
    "state",
    "kind",
    "session",
    "sex",
    "phase",
    "relationship",
    "source",
    "decided",
    "level",
    "measure",
    "definition",
    "format",
    "what",
    "light",
];

/// Texts that look like a closed set and are none, each with what they are.
const TEXTS: [(&str, &str); 18] = [
    ("AwardRow.what", "the policy's own words for what is given"),
    ("Certificate.what", "the policy's own words for what is given"),
    ("FairGroup.group", "a characteristic and one of its values"),
    ("GET /v1/analytics/compare ?window", "a week has its number"),
    ("GET /v1/analytics/explain ?window", "a week has its number"),
    ("GET /v1/schools/{school_id}/reports/classes ?window", "a week has its number"),
    ("JobRow.kind", "each wing brings its own kinds of job"),
    ("LogEntry.what", "what was done or said, in plain English"),
    ("Meeting.kind", "the policy's or the school's own words"),
    ("Mitigation.kind", "a person's own words"),
    ("NewMeeting.kind", "the school's own words"),
    ("OutcomeBody.outcome", "a stage has answers of its own"),
    ("Person.language", "a tag of BCP 47"),
    ("PlanItem.what", "a person's own words"),
    ("PolicyProblem.file", "a letter has its name"),
    ("ReturnLaw.source", "where a rule stands"),
    ("UndoLeft.what", "a mark is named by its half day"),
    ("WindowAnswer.key", "a week has its number"),
];

/// The words between backticks that a description offers as alternatives: `a`, `b` or `c`.
fn alternatives(description: &str) -> Vec<&str> {
    let description = description.split("such as").next().unwrap_or_default();
    let parts: Vec<&str> = description.split('`').collect();
    let offers = |between: &str| matches!(between, ", " | " or " | ", or " | " and ");
    let pairs = parts.windows(3).enumerate().filter(|(at, three)| at % 2 == 1 && offers(three[1]));
    pairs.flat_map(|(_, three)| [three[0], three[2]]).collect()
}

/// Why this text ought to be an enumeration, if it ought to.
fn looks_closed(name: &str, description: &str) -> Option<String> {
    let words = alternatives(description);
    if !words.is_empty() {
        return Some(format!("it is described as one of {words:?}"));
    }
    SETS.contains(&name).then(|| format!("`{name}` is a closed set wherever it stands"))
}

/// Whether a schema is a text without a list of words and without a format.
fn is_free_text(schema: &Value) -> bool {
    let kind = &schema["type"];
    let text =
        kind == "string" || kind.as_array().is_some_and(|all| all.contains(&json!("string")));
    text && schema.get("enum").is_none() && schema.get("format").is_none()
}

fn refuse(place: &str, name: &str, described: &Value, schema: &Value, found: &mut Vec<String>) {
    let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
    if !is_free_text(schema) || TEXTS.iter().any(|(text, _)| *text == place) {
        return;
    }
    if let Some(why) = looks_closed(name, described.as_str().unwrap_or_default()) {
        found.push(format!(
            "{place} is a free text, but {why}: make it an enum with `words!`, from the row to the document"
        ));
    }
}

fn members(place: &str, schema: &Value, found: &mut Vec<String>) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        refuse(&place, name, &property["description"], property, found);
        members(&place, property, found);
    }
    for inside in ["items", "additionalProperties"].iter().filter_map(|name| schema.get(name)) {
        members(place, inside, found);
    }
    for parts in ["allOf", "anyOf", "oneOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            members(place, part, found);
        }
    }
}

/// Every closed set of a document that is a free text.
fn free_texts(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        members(name, schema, &mut found);
    }
    for (place, operation) in operations(document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolved(document, parameter);
            let name = parameter["name"].as_str().unwrap();
            let place = format!("{place} ?{name}");
            refuse(&place, name, &parameter["description"], &parameter["schema"], &mut found);
        }
    }
    found
}

#[test]
fn every_closed_set_is_an_enumeration() {
    let found = free_texts(&document());
    assert!(found.is_empty(), "{} closed sets:\n  {}", found.len(), found.join("\n  "));
}

#[test]
fn a_closed_set_that_is_a_free_text_is_noticed() {
    let described = json!({ "type": "string", "description": "`red` or `amber`, or `green` when it is there." });
    let named = json!({ "type": ["string", "null"], "description": "How it stands." });
    let mut planted = document();
    planted["components"]["schemas"]["Planted"] = json!({ "properties": { "colours": { "type": "array", "items": described }, "state": named } });
    planted["paths"]["/v1/planted"]["get"]["parameters"] = json!([
        { "name": "colour", "in": "query", "description": described["description"], "schema": { "type": "string" } }
    ]);
    let found = free_texts(&planted);
    let noticed =
        |place: &str| found.iter().any(|one| one.starts_with(&format!("{place} is a free text")));
    assert!(noticed("Planted.state"), "{found:?}");
    assert!(noticed("GET /v1/planted ?colour"), "{found:?}");
}

#[test]
fn every_enumeration_says_what_its_words_mean_and_that_more_may_come() {
    let document = document();
    let about = document["info"]["description"].as_str().unwrap();
    assert!(about.contains("clients must accept"), "{about}");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let description = schema["description"].as_str().unwrap_or_default();
        for word in schema["enum"].as_array().into_iter().flatten() {
            let word = word.as_str().unwrap();
            assert!(
                description.contains(&format!("`{word}`")),
                "{name} does not say what `{word}` means"
            );
        }
    }
}

#[test]
fn a_query_with_another_word_is_refused_with_those_that_are_known() {
    let app = TestApp::start();
    let trust = app.sandbox("Larkrise");
    let client = app.client("trust_admin", trust);
    for (query, place, words) in [
        (
            "letters?school_id=1&state=wating",
            "?state",
            LetterState::ALL.map(LetterState::text).to_vec(),
        ),
        ("meetings?school_id=1&state=sent", "?state", vec!["offered", "attended", "refused"]),
        ("analytics/trend?phases=nursery", "?phases", vec!["primary", "secondary"]),
        ("analytics/compare?measure=height", "?measure", vec!["absence", "severe"]),
    ] {
        let problem = client.get(&format!("/v1/{query}")).expect(400);
        let error = &problem["errors"][0];
        assert_eq!(error["pointer"], place, "{problem}");
        let expected = error["expected"].as_str().unwrap();
        for word in words {
            assert!(expected.contains(word), "{query}: {word} is not in {expected:?}");
        }
    }
}
