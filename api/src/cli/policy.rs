//! `rollcall policy`: check a policy's folder, print its book, show what proves each of its rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::policy::{Checked, Folder, book, check_folder, coverage, unnoticed};

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say everything that is wrong with a policy, with line and rule
    Check {
        /// The policy's folder: policy.toml, letters/*.md, scenarios.toml
        folder: PathBuf,
    },
    /// Print a policy in plain English
    Book {
        /// The policy's folder
        folder: PathBuf,
    },
    /// Show where each rule stands and what proves it, and which changes nothing would notice
    Coverage {
        /// One or more policies' folders
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
}

/// Checks, prints or shows.
pub fn run(args: &Args) -> Result<(), String> {
    match &args.what {
        What::Check { folder } => check(folder),
        What::Book { folder } => {
            print!("{}", book(&sound(folder)?.policy));
            Ok(())
        }
        What::Coverage { folders } => folders.iter().try_for_each(|folder| show_coverage(folder)),
    }
}

fn check(folder: &Path) -> Result<(), String> {
    let checked = sound(folder)?;
    println!(
        "{}: sound. {} rows, {} letters, {} scenarios, all as they say.",
        checked.policy.name,
        checked.policy.rows.len(),
        checked.letters.len(),
        checked.scenarios.len()
    );
    Ok(())
}

/// A line a rule; then the changes of a row that no scenario would notice.
fn show_coverage(folder: &Path) -> Result<(), String> {
    let checked = sound(folder)?;
    println!("{}\n", checked.policy.name);
    let rules = coverage(&checked);
    for rule in &rules {
        let lines = rule.lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        println!("{:14} policy.toml line {lines}", rule.rule);
        for proof in &rule.proofs {
            println!("{:14}   {proof}", "");
        }
    }
    let unnoticed = unnoticed(&read(folder)?);
    for change in &unnoticed {
        println!("NOT NOTICED    {}, line {}: {}", change.place, change.line, change.change);
    }
    let unproven = rules.iter().filter(|rule| rule.proofs.is_empty()).count();
    println!(
        "\n{} rules, {unproven} without a proof, {} changes unnoticed\n",
        rules.len(),
        unnoticed.len()
    );
    if unproven == 0 && unnoticed.is_empty() {
        Ok(())
    } else {
        Err(format!("{} is not proven whole", folder.display()))
    }
}

/// A policy without problems; otherwise every problem on a line of its own.
fn sound(folder: &Path) -> Result<Checked, String> {
    let checked = check_folder(&read(folder)?);
    if checked.problems.is_empty() {
        return Ok(checked);
    }
    for problem in &checked.problems {
        eprintln!("{problem}");
    }
    Err(format!("{} has {} problems", folder.display(), checked.problems.len()))
}

fn read(folder: &Path) -> Result<Folder, String> {
    let text = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut letters = BTreeMap::new();
    for path in files(&folder.join("letters")) {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
        letters.insert(name.unwrap_or_default(), text(&path)?);
    }
    let policy = text(&folder.join("policy.toml"))?;
    // A policy that is being written has no scenarios yet; the check then says what they would prove.
    let scenarios = fs::read_to_string(folder.join("scenarios.toml")).unwrap_or_default();
    Ok(Folder { policy, letters, scenarios })
}

/// The letters of a folder; a policy need not have any.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    files
}
