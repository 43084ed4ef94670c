//! What the README teaches is what the engine reads: its example is the small policy, its tables are
//! the engine's words.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its files fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use domain::Roles;
use domain::Word;
use domain::policy::check::check;
use domain::policy::word::{Do, Waits};
use domain::policy::{Answers, parse, scenarios};

fn text(place: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn readme() -> String {
    text("policies/README.md")
}

/// The rows of the README's table that stands after a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let readme = readme();
    let (_, rest) = readme.split_once(heading).unwrap();
    let rows = rest.trim_start().lines().take_while(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| -> Vec<String> {
        let inner = row.strip_prefix('|').and_then(|row| row.strip_suffix('|')).unwrap();
        inner.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

/// What stands in backticks.
fn words(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_example_is_the_small_policy_from_its_first_line_to_its_last() {
    let readme = readme();
    let (_, section) = readme.split_once("## From an empty folder to a policy\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks = |kind: &str| -> Vec<String> {
        let begins = format!("```{kind}\n");
        let ends = |rest: &str| rest.split_once("```").unwrap().0.to_owned();
        section.split(&begins).skip(1).map(ends).collect()
    };
    let scenarios = text("tests/small/scenarios.toml");
    let (shown, pieces): (Vec<_>, Vec<_>) =
        blocks("toml").into_iter().partition(|block| block.starts_with("[[scenario]]"));
    assert_eq!(pieces.join("\n"), text("tests/small/policy.toml"));
    assert_eq!(blocks("text"), [text("tests/small/letters/hello.md")]);
    assert!(!shown.is_empty() && shown.iter().all(|block| scenarios.contains(block.as_str())));
    let refused = text("tests/refused.txt");
    let answers = blocks("console");
    let is_said = |line: &str| refused.contains(&format!("> {line}\n"));
    assert!(!answers.is_empty() && answers.iter().flat_map(|block| block.lines()).all(is_said));
}

/// A file in which the place that a row of the table names holds one word that there is not; where
/// what may stand there depends on something, one file for each.
fn with_an_unknown_word(place: &str) -> Vec<String> {
    match place {
        "the top of the file" => vec!["unknown = 1".to_owned()],
        "an item of `do`" => ["talk", "letter"]
            .map(|word| format!("[[step]]\ndo = [{{ {word} = \"hello\", unknown = 1 }}]"))
            .into(),
        "`pupil`" => vec!["[[scenario]]\npupil = { at = \"Target\", unknown = 1 }".to_owned()],
        "`absent`" => vec!["[[scenario]]\nabsent = { unknown = 1 }".to_owned()],
        "`[[scenario]]`" => {
            ["", "day = \"2025-10-24\"", "happens = \"a person decides otherwise\""]
                .map(|more| format!("[[scenario]]\nunknown = 1\n{more}"))
                .into()
        }
        "`[[setting]]`" => vec!["[[setting]]\nvalue = 1\nunknown = 1".to_owned()],
        row => vec![format!("{}\nunknown = 1", row.trim_matches('`'))],
    }
}

/// The words that the engine knows there, and those it misses.
fn known_and_missed(place: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut known, mut missed) = (BTreeSet::new(), BTreeSet::new());
    for file in with_an_unknown_word(place) {
        let problems = if file.starts_with("[[scenario]]") {
            scenarios(&file).1
        } else {
            parse(&file, Answers::Examples).1
        };
        for problem in problems {
            if let Some((_, list)) = problem.says.split_once("\"unknown\" is not a word for here; ")
            {
                known.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
            } else if let Some((key, _)) = problem.says.split_once(" is missing") {
                missed.extend(words(key));
            }
        }
    }
    (known, missed)
}

#[test]
fn the_table_of_places_names_what_may_and_what_must_stand_there() {
    let rows = table("## What may stand where");
    assert_eq!(rows.len(), 15);
    let kinds = [
        "band", "daily", "review", "response", "step", "reward", "draw", "always", "setting",
        "stage",
    ];
    for row in rows {
        let [place, must, may] = row.as_slice() else { panic!("{row:?} has not three cells") };
        let (mut known, missed) = known_and_missed(place);
        let (must, mut may) = (words(must), words(may));
        may.extend(must.clone());
        match place.as_str() {
            "the top of the file" => known.retain(|word| !kinds.contains(&word.as_str())),
            "an item of `do`" => {
                known.retain(|word| Do::read(word).is_none());
                may.remove("do");
            }
            _ => {}
        }
        assert_eq!(known, may, "{place}");
        assert!(must.is_subset(&missed), "{place}: must {must:?}, misses {missed:?}");
    }
}

#[test]
fn a_word_of_the_top_that_stands_below_the_roles_is_told() {
    let rows = table("## What may stand where");
    let top = rows.iter().find(|row| row[0] == "the top of the file").unwrap();
    for word in words(&top[1]).union(&words(&top[2])).filter(|word| *word != "roles") {
        let problems = parse(&format!("[roles]\n{word} = \"1\""), Answers::Examples).1;
        assert!(problems.iter().any(|one| one.says.contains("stands below [roles]")), "{word}");
    }
}

#[test]
fn the_table_of_outcomes_names_what_can_come_of_a_stage() {
    let rows: Vec<_> = table("what the\nstage waits for:")
        .iter()
        .map(|row| (row[0].clone(), words(&row[1])))
        .collect();
    let anyway = &rows.iter().find(|(waits, _)| waits == "any of these").unwrap().1;
    for waits in Waits::ALL {
        let file = format!(
            "[roles]\n\"Head\" = \"school_lead\"\n\n\
             [[stage]]\nname = \"There\"\nwaits = \"{waits}\"\n\n\
             [[step]]\nrule = \"E-1\"\nat = \"There\"\nwhen = \"unknown\"\nthen = \"closed\""
        );
        let (policy, _) = parse(&file, Answers::Examples);
        let problems = check(&policy, &BTreeMap::new());
        let list =
            problems.iter().find_map(|problem| problem.says.split_once("it must be ")).unwrap().1;
        let known: BTreeSet<String> =
            list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        let (_, taught) = rows.iter().find(|(place, _)| *place == format!("`{waits}`")).unwrap();
        // A stage that waits for an answer has those of the policy.
        let taught = if waits == Waits::Answer { BTreeSet::new() } else { taught.clone() };
        assert_eq!(known, taught.union(anyway).cloned().collect(), "{waits}");
    }
}

#[test]
fn the_table_of_roles_names_all_but_those_of_the_machinery() {
    let taught: Vec<(String, String)> = table("**`[roles]`**")
        .into_iter()
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].clone()))
        .collect();
    let roles = Roles::built_in().unwrap();
    let known: Vec<(String, String)> = roles
        .roles()
        .iter()
        .filter(|role| !["platform_admin", "runner"].contains(&role.name.as_str()))
        .map(|role| (role.name.clone(), role.title.clone()))
        .collect();
    assert_eq!(taught, known);
}

#[test]
fn what_is_shown_for_each_thing_to_do_is_read() {
    let rows = table("**`do`**");
    assert_eq!(rows.len(), Do::ALL.len());
    for row in rows {
        let item = row[2].trim_matches('`');
        let weeks = if row[0] == "`target`" { ", school_weeks = 6" } else { "" };
        let file =
            format!("[[response]]\nrule = \"E-1\"\nevery = \"term\"\ndo = [{{ {item}{weeks} }}]");
        let problems = parse(&file, Answers::Examples).1;
        assert!(problems.iter().all(|problem| problem.rule.is_none()), "{item}: {problems:#?}");
    }
}
