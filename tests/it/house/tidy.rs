//! The repository keeps the habits that let a reader find the room for anything, and rely on what is there.
//!
//! Each rule is a function from the tracked files to what breaks it. One test asks them all about the repository;
//! another gives each a small file that breaks it, and expects to be told.

mod layers;
mod source;
mod tables;
mod tags;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::program::said;
use layers::{layers, mirrored};
use source::{Source, functions, is_name, shipped, words};
use tables::{owned, writes};
use tags::tagged;

/// What may stand at the top level.
const TOP: [&str; 16] = [
    ".ci",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "analytics",
    "api",
    "clippy.toml",
    "diesel.toml",
    "domain",
    "migrations",
    "openapi",
    "rustfmt.toml",
    "tests",
];

/// Lines of a file that may not be passed, and those from which on it is worth a second look.
const HARD: usize = 700;
const SOFT: usize = 400;
/// Lines of a function.
const FUNCTION: usize = 70;

/// What is named in these files only: each is the one place for it.
const ONE_PLACE: [(&str, &[&str]); 10] = [
    ("web::block", &["api/base/src/db.rs"]),
    ("without_tenant", &["api/base/src/db.rs", "api/base/src/platform.rs"]),
    ("without_tenant_async", &["api/base/src/db.rs", "api/base/src/platform.rs"]),
    (
        "tx.whole_trust",
        &[
            "api/roll/src/parents/address.rs",
            "api/casework/src/orders/release_orders.rs",
            "api/casework/src/records/notices/rows.rs",
            "api/roll/src/parents/ties.rs",
            "api/roll/src/parents/of_pupils.rs",
            "api/roll/src/visibility/beyond.rs",
            "api/roll/src/visibility/check.rs",
            "api/roll/src/visibility/freeze.rs",
            "api/roll/src/visibility/records.rs",
            "api/roll/src/visibility/settle.rs",
            "api/roll/src/visibility/standing.rs",
        ],
    ),
    ("rayon", &["analytics/src/pool.rs"]),
    ("Utc::now", &["api/base/src/clock.rs"]),
    ("Local::now", &[]),
    ("SystemTime::now", &[]),
    ("getrandom", &["api/base/src/chance.rs"]),
    ("unsafe", &[]),
];

/// What ends a request, or the process, without a word to whoever waits.
const PANICS: [&str; 8] = [
    ".unwrap()",
    ".unwrap_err()",
    ".expect(",
    ".expect_err(",
    "panic!",
    "todo!",
    "unimplemented!",
    "unreachable!",
];

/// Licences that let anybody use Rollcall for anything.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

type Rule = fn(&[Source]) -> Vec<String>;

const LAYERS: Rule = layers;

/// Each rule, with a file that breaks it.
fn rules() -> Vec<(&'static str, Rule, Source)> {
    let long_file = format!("//! Long.\n{}", "\n".repeat(HARD));
    let long_function = format!("//! Long.\nfn f() {{\n{}}}", "\n".repeat(FUNCTION));
    let file = Source::new;
    let mut rules: Vec<(&'static str, Rule, Source)> = vec![
        ("a module says what it is for", opens, file("api/src/x.rs", "use a::b;")),
        ("files are short", short_files, file("api/src/x.rs", &long_file)),
        ("functions fit on a screen", short_functions, file("api/src/x.rs", &long_function)),
        ("functions fit on a screen", short_functions, file("tests/it/x.rs", &long_function)),
        ("nothing panics", no_panics, file("domain/src/x.rs", "fn f() { g().unwrap() }")),
        ("there is one place for it", one_place, file("api/src/x.rs", "fn f() { web::block(g) }")),
        ("figures are whole numbers", no_floats, file("domain/src/x.rs", "const X: R = r(0.5);")),
        ("figures are whole numbers", no_floats, file("analytics/src/x.rs", "fn f() -> f64;")),
        ("a table has one owner", owned, file("migrations/x/up.sql", "CREATE TABLE x (\n")),
        ("a table has one owner", owned, file("api/src/x/rows.rs", "//! Owns: pupil.")),
        ("only its owner writes a table", writes, file("api/src/x.rs", "\"DELETE FROM  pupil\"")),
        ("only its owner writes a table", writes, file("api/src/x.rs", "update(\n job::table)")),
        (
            "an operation has the tag of its folder",
            tagged,
            file("api/roll/src/pupils/x.rs", "#[utoipa::path(tag = \"register\")]"),
        ),
        (
            "capabilities meet in mod.rs",
            rooms,
            file("api/day/src/x.rs", "use roll::pupils::rows::X;"),
        ),
        (
            "capabilities meet in mod.rs",
            rooms,
            file("api/day/src/x.rs", "use base::{jobs::{self, queue::X}};"),
        ),
        (
            "a schema of the document has a name of its own",
            schemas,
            file("api/src/x.rs", "#[derive(ToSchema)]\n#[serde(x)]\npub struct PupilRow {"),
        ),
        (
            "a schema of the document has a name of its own",
            schemas,
            file(
                "api/src/x.rs",
                "//! X.\n\nwords! {\n    /// X.\n    State as \"LetterState\" {\n",
            ),
        ),
        ("the tests mirror the wings", mirrored, file("tests/it/attic/x.rs", "//! Odds and ends.")),
        ("the top level is a map", top_level, file("notes.txt", "")),
        ("nothing is left undone", finished, file("a.md", "Later: fixme.")),
        ("it works on any machine", anywhere, file("a.md", "See /home/me/x.")),
    ];
    let upwards = layers::UPWARDS.map(|(path, text)| file(path, text));
    rules.extend(upwards.map(|file| ("a wing uses what lies below it", LAYERS, file)));
    rules
}

#[test]
fn the_repository_keeps_every_rule() {
    let files = repository();
    for (rule, offences, _) in rules() {
        let found = offences(&files);
        assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
    }
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let lines = file.text.lines().count();
        if lines > SOFT {
            println!("worth a second look: {} has {lines} lines", file.path);
        }
    }
}

#[test]
fn a_file_that_breaks_a_rule_is_noticed() {
    let mut files = repository();
    for (rule, offences, file) in rules() {
        let path = file.path.clone();
        files.push(file);
        let found = offences(&files);
        files.pop();
        assert!(found.iter().any(|offence| offence.starts_with(&path)), "{rule}: {found:?}");
    }
}

/// Every tracked file that holds text.
fn repository() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let listed = said(
        Command::new("git")
            .args(["-c", "safe.directory=*", "-c", "core.quotePath=false", "ls-files"])
            .current_dir(&root),
    );
    let files: Vec<Source> = listed
        .lines()
        .filter_map(|path| Some(Source::new(path, &std::fs::read_to_string(root.join(path)).ok()?)))
        .collect();
    assert!(files.len() > 100, "no checkout: {} files", files.len());
    files
}

fn opens(files: &[Source]) -> Vec<String> {
    let modules = files.iter().filter(|file| file.path.ends_with(".rs"));
    modules.filter(|f| !f.text.starts_with("//! ")).map(|f| f.path.clone()).collect()
}

fn short_files(files: &[Source]) -> Vec<String> {
    let length = |file: &Source| file.text.lines().count();
    // The catalogue of tables is as long as the database is wide.
    let catalogue = |file: &Source| file.path == "api/schema/src/lib.rs";
    let modules = files.iter().filter(|file| file.path.ends_with(".rs") && !catalogue(file));
    modules.filter(|f| length(f) > HARD).map(|f| format!("{}: {}", f.path, length(f))).collect()
}

fn short_functions(files: &[Source]) -> Vec<String> {
    let told = files.iter().filter(|file| file.path.starts_with("tests/"));
    let code = shipped(files).map(|file| (file, &file.code));
    let all = code.chain(told.map(|file| (file, &file.with_tests)));
    let all = all.flat_map(|(file, code)| functions(code).into_iter().map(move |f| (file, f)));
    all.filter(|(_, (_, lines))| *lines > FUNCTION)
        .map(|(file, (name, lines))| format!("{}: {name} has {lines} lines", file.path))
        .collect()
}

fn no_panics(files: &[Source]) -> Vec<String> {
    let all = shipped(files).flat_map(|file| PANICS.map(|word| (file, word)));
    all.filter(|(file, word)| file.code.contains(word))
        .map(|(file, word)| format!("{}: {word}", file.path))
        .collect()
}

fn one_place(files: &[Source]) -> Vec<String> {
    let all = shipped(files).flat_map(|file| ONE_PLACE.map(|(word, places)| (file, word, places)));
    all.filter(|(file, word, _)| words(&file.code, word).next().is_some())
        .filter(|(file, _, places)| !places.contains(&file.path.as_str()))
        .map(|(file, word, places)| format!("{}: {word} belongs to {places:?}", file.path))
        .collect()
}

/// Counts are integers, and rates are two of them: nothing is ever rounded on the way.
fn no_floats(files: &[Source]) -> Vec<String> {
    let a_float = |code: &str| {
        let literal = code.match_indices('.').any(|(dot, _)| {
            let (before, after) = (&code[..dot], &code[dot + 1..]);
            let digits = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
            // Not `tuple.0.1`, `x1.0` or `0..9`.
            before.len() > digits.len()
                && !digits.ends_with(|c: char| c == '.' || is_name(c))
                && after.starts_with(|c: char| c.is_ascii_digit())
        });
        literal || ["f32", "f64"].iter().any(|word| words(code, word).next().is_some())
    };
    let counting = shipped(files).filter(|file| !file.path.starts_with("api/"));
    counting.filter(|f| a_float(&f.code)).map(|f| format!("{}: a float", f.path)).collect()
}

/// A capability is a folder whose `mod.rs` mounts operations. Others use what its `mod.rs` gives them, and do not reach
/// into its rooms.
fn rooms(files: &[Source]) -> Vec<String> {
    let capabilities: Vec<&str> = files
        .iter()
        .filter(|file| file.code.contains("pub fn mount("))
        .filter(|file| layers::place(file).is_some_and(|(wing, _)| wing != "server"))
        .filter_map(|file| file.path.strip_suffix("mod.rs").or(file.path.strip_suffix("lib.rs")))
        .collect();
    assert!(capabilities.len() > 5, "{capabilities:?}");
    let reaches_into = |code: &str, capability: &str| {
        let mut folders = capability.trim_end_matches("/src/").split('/');
        let name = folders.rfind(|folder| !folder.is_empty()).unwrap_or(capability);
        words(code, name).any(|at| {
            let rest = &code[at + name.len()..];
            let Some(rest) = rest.strip_prefix("::") else { return false };
            let one = rest.trim_start_matches(is_name);
            match rest.strip_prefix('{') {
                Some(several) => {
                    several.split('}').next().is_some_and(|inner| inner.contains("::"))
                }
                // `pupils::Stay::of` is a function of a type, `pupils::f::<T>` one with a type.
                None => {
                    one.starts_with("::")
                        && !one.starts_with("::<")
                        && rest.starts_with(|c: char| c.is_ascii_lowercase())
                }
            }
        })
    };
    let mut offences = Vec::new();
    for file in files.iter().filter(|file| layers::place(file).is_some()) {
        for capability in &capabilities {
            let its_own = file.path.starts_with(capability);
            if !its_own && reaches_into(&file.code, capability) {
                offences.push(format!("{}: reaches into {capability}", file.path));
            }
        }
    }
    offences
}

/// The names of the closed sets that a file makes with `words!`, as the document has them.
fn sets(file: &Source) -> impl Iterator<Item = &str> {
    file.text.split("\nwords! {\n").skip(1).filter_map(set_name)
}

fn set_name(body: &str) -> Option<&str> {
    let line = body.lines().map(str::trim).find(|line| !line.starts_with("///"))?;
    line.split('"').nth(1).or_else(|| line.split(' ').next())
}

/// Two types of one name would be one schema of the OpenAPI document, whichever comes last.
fn schemas(files: &[Source]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in shipped(files) {
        for at in words(&file.code, "ToSchema") {
            let rest = &file.code[at..];
            // What follows is the type, unless this is the import.
            let Some((attributes, item)) = rest.split_once("\npub ") else { continue };
            let name = item.strip_prefix("struct ").or_else(|| item.strip_prefix("enum "));
            if let Some(name) = name.filter(|_| !attributes.contains(';')) {
                let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
                places.entry(&name[..end]).or_default().push(&file.path);
            }
        }
    }
    for file in shipped(files).filter(|file| file.path.starts_with("api/")) {
        for name in sets(file) {
            places.entry(name).or_default().push(&file.path);
        }
    }
    assert!(places.len() > 20, "{places:?}");
    let doubled = places.into_iter().filter(|(_, files)| files.len() > 1);
    doubled
        .flat_map(|(name, files)| files.into_iter().map(move |file| format!("{file}: {name}")))
        .collect()
}

fn top_level(files: &[Source]) -> Vec<String> {
    let names = files.iter().filter_map(|file| file.path.split('/').next());
    names.filter(|name| !TOP.contains(name)).map(str::to_owned).collect()
}

/// This file and its part name what they forbid.
fn others(files: &[Source]) -> impl Iterator<Item = &Source> {
    files.iter().filter(|file| !file.path.starts_with("tests/it/house/tidy"))
}

fn finished(files: &[Source]) -> Vec<String> {
    let unfinished = |file: &&Source| {
        let text = file.text.to_lowercase();
        // The name of a lint.
        let text = text.replace("todo = \"deny\"", "");
        ["todo", "fixme", "xxx"].iter().any(|word| words(&text, word).next().is_some())
    };
    others(files).filter(unfinished).map(|file| format!("{}: unfinished", file.path)).collect()
}

fn anywhere(files: &[Source]) -> Vec<String> {
    let places = ["/root/", "/home/", "/Users/"];
    let bound = |file: &&Source| places.iter().any(|place| file.text.contains(place));
    others(files).filter(bound).map(|file| format!("{}: a machine's path", file.path)).collect()
}

#[test]
fn every_dependency_may_be_used_by_everybody() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Of what other systems depend on not even the manifests are here.
    let version = said(Command::new(&cargo).arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let metadata = said(
        Command::new(cargo)
            .args(["metadata", "--offline", "--locked", "--format-version", "1"])
            .args(["--filter-platform", host])
            .current_dir(env!("CARGO_MANIFEST_DIR")),
    );
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "{}", packages.len());
    let offenders: Vec<String> = packages
        .iter()
        .filter(|package| !permissive(package["license"].as_str().unwrap_or_default()))
        .map(|package| format!("{} {}", package["name"], package["license"]))
        .collect();
    assert_eq!(offenders, Vec::<String>::new());
    assert!(!permissive("") && !permissive("MIT AND GPL-3.0") && permissive("GPL-3.0 OR MIT"));
}

/// Whether an SPDX expression leaves a choice that is in the list: of everything joined by AND, one that is joined by OR.
fn permissive(expression: &str) -> bool {
    let allowed = |licence: &str| {
        let licence = licence.trim_matches(['(', ')', ' ']);
        LICENCES.contains(&licence.split(" WITH ").next().unwrap_or_default())
    };
    let choices = |part: &str| part.replace(" OR ", "/").split('/').any(allowed);
    expression.split(" AND ").all(choices)
}
