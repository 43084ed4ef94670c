//! Every list of the document, page by page, while others work on what it lists: what was there all along comes once.
//!
//! The lists are found in the document, so that a new one cannot be forgotten: a list that [`LISTS`] does not know how to
//! fill fails here.

mod lists;
mod stage;

use std::collections::{BTreeMap, BTreeSet};

use api::server::document::Document;
use serde_json::{Value, json};

use self::lists::{LISTS, List};
use self::stage::Stage;

/// Rows that a list has at least when somebody begins to page through it.
const ROWS: usize = 6;

/// The operations of the document that answer a page, with whether they take a cursor.
fn pages_of_the_document() -> BTreeMap<String, bool> {
    let document: Value = serde_json::from_str(&Document::new().json().unwrap()).unwrap();
    let resolved = |value: &'_ Value| match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => value.clone(),
    };
    let is_page = |schema: &Value| {
        let members = &schema["properties"];
        members.get("items").is_some() && members.get("next").is_some()
    };
    let mut found = BTreeMap::new();
    for item in document["paths"].as_object().unwrap().values() {
        let Some(get) = item.get("get") else { continue };
        let answer = resolved(&get["responses"]["200"]);
        let schema = resolved(&answer["content"]["application/json"]["schema"]);
        let members = schema["properties"].as_object().into_iter().flatten();
        if is_page(&schema)
            || members.map(|(_, one)| page_in(one, &resolved)).any(|one| is_page(&one))
        {
            let mut parameters = get["parameters"].as_array().into_iter().flatten();
            let cursor = parameters.any(|one| resolved(one)["name"] == "cursor");
            found.insert(get["operationId"].as_str().unwrap().to_owned(), cursor);
        }
    }
    found
}

/// The schema of a member, which may be one of several.
fn page_in(member: &Value, resolved: &impl Fn(&Value) -> Value) -> Value {
    let one = ["oneOf", "allOf"].iter().find_map(|name| member[name].as_array()?.last());
    resolved(one.unwrap_or(member))
}

/// What tells a row from every other.
fn key(list: &List, row: &Value) -> String {
    list.key.iter().map(|name| row[name].to_string()).collect::<Vec<_>>().join(" ")
}

/// The rows of a list in one go.
fn rows(stage: &Stage, list: &List) -> BTreeSet<String> {
    let all = stage.client(list).all(&limited(stage, list, 500), list.at);
    let keys: Vec<String> = all.iter().map(|row| key(list, row)).collect();
    let rows: BTreeSet<String> = keys.iter().cloned().collect();
    assert_eq!(rows.len(), keys.len(), "{}: two rows have one key: {keys:?}", list.operation);
    rows
}

fn limited(stage: &Stage, list: &List, limit: usize) -> String {
    let path = (list.path)(stage);
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}limit={limit}")
}

/// Pages through a list; the keys of what came, and of the rows on which pages ended.
fn walk(stage: &Stage, list: &List) -> (Vec<String>, BTreeSet<String>) {
    let (mut came, mut ends) = (Vec::new(), BTreeSet::new());
    let path = limited(stage, list, 2);
    let mut cursor = String::new();
    while came.len() < 500 {
        let answer = stage.client(list).get(&format!("{path}{cursor}")).expect(200);
        let page = answer.pointer(list.at).unwrap();
        let items = page["items"].as_array().unwrap();
        came.extend(items.iter().map(|row| key(list, row)));
        let Some(next) = page["next"].as_str() else { return (came, ends) };
        let last = items.last().expect("a page with a next one has rows");
        ends.insert(key(list, last));
        // Some lists are long: after a few pages they are left in peace.
        if ends.len() <= 4 {
            stage.work_on(last);
            (list.take)(stage, last);
            (list.add)(stage);
        }
        cursor = format!("&cursor={next}");
    }
    panic!("{}: the pages do not end", list.operation)
}

#[test]
fn in_every_list_what_was_there_all_along_comes_once_whatever_happens_between_the_pages() {
    let known: BTreeSet<&str> = LISTS.iter().map(|list| list.operation).collect();
    for (operation, cursor) in pages_of_the_document() {
        assert_eq!(
            known.contains(&*operation),
            cursor,
            "{operation} is a list: LISTS says how to fill it"
        );
    }
    let stage = Stage::set();
    for list in LISTS {
        for _ in 0..ROWS {
            (list.add)(&stage);
        }
        let before = rows(&stage, list);
        assert!(before.len() >= ROWS, "{}: it has only {before:?}", list.operation);
        let (came, ends) = walk(&stage, list);
        let after = rows(&stage, list);
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &came {
            *times.entry(one).or_default() += 1;
        }
        // A row that was renamed, and with it put elsewhere, comes where it stands by then.
        let steady = before.intersection(&after).filter(|one| !(list.moves && ends.contains(*one)));
        for one in steady {
            assert_eq!(times.get(&**one), Some(&1), "{}: {one} of {came:?}", list.operation);
        }
        let twice = times.iter().find(|(one, times)| **times > 1 && !ends.contains(**one));
        assert_eq!(twice, None, "{}: {came:?}", list.operation);
    }
}

#[test]
fn a_list_without_pages_has_no_next_one() {
    let stage = Stage::set();
    let whole = stage.admin.get("/v1/policies").expect(200);
    assert_eq!(whole.get("next"), None);
    assert_ne!(whole["items"], json!([]));
}
