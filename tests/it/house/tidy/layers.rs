//! The order of the house: which wing stands on which, and in what order the folders of a wing stand.
//!
//! Both orders are here and nowhere else. A file uses what lies below it, so that nothing goes round in a circle and a
//! newcomer can read the house from the ground up.

use super::source::{Source, is_name, shipped};

/// The wings from the ground up, each with its rooms from the ground up. A wing uses the wings before it, and a room the
/// rooms before it. What is not named is a file of the wing that all its rooms may use.
const WINGS: [(&str, &[&str]); 13] = [
    (
        "base",
        &[
            "beacon",
            "chance",
            "clock",
            "kind",
            "storage",
            "problem",
            "sandbox",
            "share",
            "seal",
            "line",
            "db",
            "migrate",
            "platform",
            "key_folder",
            "envelope",
            "tokens",
            "revocations",
            "redis",
            "limit",
            "events",
            "outside",
            "openid",
            "state",
            "auth",
            "http",
            "cache",
            "database_url",
            "jobs",
        ],
    ),
    (
        "school",
        &[
            "tenants",
            "calendars",
            "letterheads",
            "staff",
            "policies",
            "clients",
            "sign_in",
            "oauth",
        ],
    ),
    ("marks", &["rows", "recheck"]),
    ("roll", &["visibility", "pupils", "parents", "joining"]),
    ("register", &["roll", "closures"]),
    ("figures", &["evidence", "compare", "explain"]),
    (
        "casework",
        &[
            "records",
            "outbox",
            "actions",
            "orders",
            "letters",
            "cases",
            "recording",
            "targets",
            "meetings",
            "plans",
            "visits",
            "conversations",
            "received",
            "notices",
            "referrals",
            "monitoring",
            "reviews",
            "amendments",
        ],
    ),
    ("day", &[]),
    ("reports", &["returns", "log"]),
    ("rewards", &["tickets", "eligibility", "awards", "earning", "fairness", "draws"]),
    ("imports", &["import_marks", "import_parents", "import_pupils", "undo", "uploads"]),
    ("runs", &[]),
    ("server", &["document", "operation", "metrics", "client", "progress", "demo", "cli"]),
];

/// Wings that stand side by side: none of them uses another.
const SIBLINGS: [&str; 4] = ["day", "reports", "rewards", "imports"];

/// Crates of `api` that are no wings: they have no operations and ask for no caller.
const LEAVES: [&str; 4] = ["demo", "files", "postgres", "schema"];

/// Files that point the wrong way: up, up inside a wing, to a sibling, and from a wing that nobody knows.
pub const UPWARDS: [(&str, &str); 5] = [
    ("api/roll/Cargo.toml", "[dependencies]\ncasework = { workspace = true }"),
    ("api/casework/src/letters/x.rs", "use crate::{actions, reviews::open};"),
    ("api/day/Cargo.toml", "[dependencies]\nimports = { workspace = true }"),
    ("api/attic/Cargo.toml", "[dependencies]"),
    ("api/src/attic/x.rs", "//! New."),
];

/// The wing of a file, and the file's place in it. The last wing is the package `api` itself.
pub fn place(file: &Source) -> Option<(&str, &str)> {
    let inside = file.path.strip_prefix("api/")?;
    if let Some(inside) = inside.strip_prefix("src/") {
        return inside.split_once('/');
    }
    let (wing, inside) = inside.split_once("/src/")?;
    (!LEAVES.contains(&wing)).then_some((wing, inside))
}

/// What uses something that lies above it, or beside it among siblings. A wing is a crate, and says in its manifest which
/// wings it uses: that the code uses no others is the compiler's to see.
pub fn layers(files: &[Source]) -> Vec<String> {
    let mut offences: Vec<String> = files.iter().flat_map(manifest).collect();
    for file in shipped(files) {
        let Some((wing, inside)) = place(file) else { continue };
        let Some(height) = height(wing) else {
            offences.push(unknown(file, wing));
            continue;
        };
        for used in uses(&file.code) {
            let path = used.strip_prefix("server::").unwrap_or(&used);
            let room = path.split("::").next().filter(|room| is_above(height, inside, room));
            offences.extend(room.map(|above| {
                format!(
                    "{}: {} uses crate::{used}, which lies above it in {wing}: move what is shared below both, or this up \
                     to {above}",
                    file.path,
                    room_of(inside),
                )
            }));
        }
    }
    offences
}

/// The wings that a wing's manifest names although they stand above it or beside it.
fn manifest(file: &Source) -> Vec<String> {
    let wing = file.path.strip_prefix("api/").and_then(|path| path.strip_suffix("/Cargo.toml"));
    let Some(wing) = wing.filter(|wing| !LEAVES.contains(wing)) else { return Vec::new() };
    let Some(own) = height(wing) else { return vec![unknown(file, wing)] };
    let names = file.text.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name));
    names
        .filter_map(|other| {
            let beside = SIBLINGS.contains(&wing) && SIBLINGS.contains(&other) && wing != other;
            let above = height(other)? > own;
            let lies = if beside { "beside it" } else { "above it" };
            (beside || above).then(|| {
                format!(
                    "{}: {wing} uses {other}, which lies {lies}: move what is shared down to a wing that both use, or this \
                     up to {other}",
                    file.path
                )
            })
        })
        .collect()
}

fn unknown(file: &Source, wing: &str) -> String {
    format!("{}: no wing is called {wing}: say in layers.rs where it stands", file.path)
}

/// The tests stand in the folders of the wings that they tell of, and beside them what is asked of all wings, and what the
/// stories stand on.
pub fn mirrored(files: &[Source]) -> Vec<String> {
    let beside = ["house", "support"];
    let placed = files.iter().filter_map(|file| {
        let (folder, _) = file.path.strip_prefix("tests/it/")?.split_once('/')?;
        Some((file, folder))
    });
    placed
        .filter(|(_, folder)| height(folder).is_none() && !beside.contains(folder))
        .map(|(file, folder)| {
            format!(
                "{}: {folder} is no wing: move it to the wing that it tells of, or to house",
                file.path
            )
        })
        .collect()
}

fn height(wing: &str) -> Option<usize> {
    WINGS.iter().position(|(name, _)| *name == wing)
}

/// The folder, or the file without its ending.
fn room_of(inside: &str) -> &str {
    inside.split(['/', '.']).next().unwrap_or(inside)
}

fn is_above(wing: usize, inside: &str, other: &str) -> bool {
    let rooms = WINGS[wing].1;
    let at = |room: &str| rooms.iter().position(|name| *name == room);
    at(room_of(inside)).zip(at(other)).is_some_and(|(own, other)| other > own)
}

/// Every path of the crate that the code names, the groups of a `use` written out.
fn uses(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if at > 0 && is_name(code[..at].chars().next_back().unwrap_or(' ')) {
            continue;
        }
        tree(&code[at + "crate::".len()..], String::new(), &mut found);
    }
    found
}

/// Reads one tree of a `use`, or a plain path, and answers what is left after it.
fn tree<'a>(mut rest: &'a str, before: String, found: &mut Vec<String>) -> &'a str {
    rest = rest.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = inner.trim_start();
            if let Some(after) = inner.strip_prefix('}') {
                return after;
            }
            if inner.is_empty() {
                return inner;
            }
            inner = tree(inner, before.clone(), found);
            inner = inner.trim_start().trim_start_matches(',');
        }
    }
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    if end == 0 {
        // A `*`, or the end of something that is no path.
        let skip = rest.chars().next().map_or(0, char::len_utf8);
        found.push(before);
        return &rest[skip..];
    }
    let path = if before.is_empty() {
        rest[..end].to_owned()
    } else {
        format!("{before}::{}", &rest[..end])
    };
    match rest[end..].strip_prefix("::") {
        Some(deeper) => tree(deeper, path, found),
        None => {
            found.push(path);
            rest[end..]
                .trim_start()
                .strip_prefix("as ")
                .map_or(&rest[end..], |alias| alias.trim_start_matches(is_name))
        }
    }
}

#[test]
fn groups_are_written_out() {
    let code = "use crate::{actions::{self, About}, cases};\nfn f() { crate::letters::write(); }";
    assert_eq!(uses(code), ["actions::self", "actions::About", "cases", "letters::write"]);
}
