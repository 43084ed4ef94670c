//! Which capability writes which table.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, is_name, shipped};

/// Queries without a tenant stand together, each with its reason; so this file writes tables that are another's.
const WITHOUT_TENANT: &str = "api/base/src/platform.rs";

/// The tables that migrations make, with where.
fn tables(files: &[Source]) -> BTreeMap<&str, &str> {
    let up =
        files.iter().filter(|f| f.path.starts_with("migrations/") && f.path.ends_with("up.sql"));
    up.flat_map(|file| {
        let made = file.text.split("CREATE TABLE ").skip(1);
        made.filter_map(|rest| Some((rest.split_once(" (")?.0, file.path.as_str())))
    })
    .collect()
}

/// The tables that a file says to own, in a line `//! Owns: these, those.`
fn owns(file: &Source) -> impl Iterator<Item = &str> {
    let lines =
        file.text.lines().filter_map(|line| line.strip_prefix("//! Owns: ")?.strip_suffix('.'));
    lines.flat_map(|names| names.split(", "))
}

/// Every table has one owner, and every capability that has tables says which.
pub fn owned(files: &[Source]) -> Vec<String> {
    let (tables, mut offences) = (tables(files), Vec::new());
    for (table, made) in &tables {
        let by: Vec<&str> = files
            .iter()
            .filter(|file| owns(file).any(|name| name == *table))
            .map(|file| file.path.as_str())
            .collect();
        if by.len() != 1 {
            offences.push(format!("{made}: {table} is owned by {by:?}"));
            offences
                .extend(by.iter().map(|path| format!("{path}: owns {table}, and is not alone")));
        }
    }
    let a_capability_s = |file: &&Source| file.code.contains("diesel");
    let rows = shipped(files).filter(|file| file.path.ends_with("/rows.rs"));
    for file in rows.filter(a_capability_s) {
        let names: Vec<&str> = owns(file).collect();
        if names.is_empty() || names.iter().any(|name| !tables.contains_key(name)) {
            offences.push(format!("{}: owns {names:?}", file.path));
        }
    }
    offences
}

/// Any capability may read a table. Its owner alone writes it: the folder of the `rows.rs` that names it, or the one
/// file that names it, or names a column of it.
pub fn writes(files: &[Source]) -> Vec<String> {
    let tables = tables(files);
    let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
    for file in shipped(files) {
        let room = file.path.strip_suffix("rows.rs").unwrap_or(&file.path);
        owner.extend(owns(file).map(|table| (table, room)));
    }
    let mut offences = Vec::new();
    for file in shipped(files).filter(|file| file.path != WITHOUT_TENANT) {
        for target in targets(&file.said) {
            let room = tables.get_key_value(target.as_str()).and_then(|(name, _)| owner.get(name));
            let a_column = |name: &str| name.split_once('.').is_some_and(|of| of.0 == target);
            if room.is_none_or(|room| !file.path.starts_with(room)) && !owns(file).any(a_column) {
                offences.push(format!("{}: writes {target}, which is {room:?}'s", file.path));
            }
        }
    }
    offences
}

/// The tables that a file writes. What cannot be read as a table's name is in the list too, so that nothing is
/// overlooked.
fn targets(said: &str) -> BTreeSet<String> {
    let text = said.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
    let name = |rest: &str| rest.chars().take_while(|c| is_name(*c)).collect::<String>();
    let mut found = BTreeSet::new();
    for verb in ["insert_into(", "update(", "delete(", "copy_from("] {
        let calls = text.match_indices(verb).map(|(at, _)| (&text[..at], &text[at + verb.len()..]));
        let ours = calls.filter(|(before, rest)| {
            before.ends_with("diesel::") || rest[name(rest).len()..].starts_with("::table")
        });
        found.extend(ours.map(|(_, rest)| name(rest)));
    }
    for verb in ["INSERT INTO ", "UPDATE ", "DELETE FROM ", "TRUNCATE ", "COPY "] {
        let said = text.match_indices(verb).map(|(at, _)| (&text[..at], &text[at + verb.len()..]));
        let ours = said.filter(|(before, _)| !before.ends_with("DO ") && !before.ends_with("FOR "));
        found.extend(ours.map(|(_, rest)| name(rest)));
    }
    found
}
