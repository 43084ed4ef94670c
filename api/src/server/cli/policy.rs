//! `rollcall policy`: check a policy's folder, print its book, show what proves each of its rules.

use std::path::{Path, PathBuf};
use std::{fs, io};

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
            print!("{}", book(&sound(folder)?.1.policy));
            Ok(())
        }
        What::Coverage { folders } => folders.iter().try_for_each(|folder| show_coverage(folder)),
    }
}

fn check(folder: &Path) -> Result<(), String> {
    let (_, checked) = sound(folder)?;
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
    let (texts, checked) = sound(folder)?;
    println!("{}\n", checked.policy.name);
    let rules = coverage(&checked);
    for rule in &rules {
        let lines = rule.lines.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        println!("{:14} policy.toml line {lines}", rule.rule);
        for proof in &rule.proofs {
            println!("{:14}   {proof}", "");
        }
    }
    let unnoticed = unnoticed(&texts);
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

/// A folder and its policy without problems; otherwise every problem on a line of its own.
fn sound(folder: &Path) -> Result<(Folder, Checked), String> {
    let problems = match Folder::read(files(folder, "")?) {
        Ok(texts) => {
            let checked = check_folder(&texts);
            if checked.problems.is_empty() {
                return Ok((texts, checked));
            }
            checked.problems
        }
        Err(problems) => problems,
    };
    for problem in &problems {
        eprintln!("{problem}");
    }
    let problems =
        if problems.len() == 1 { "1 problem" } else { &format!("{} problems", problems.len()) };
    Err(format!("{} has {problems}", folder.display()))
}

/// The files of a folder and of the folders in it, each with its place and its bytes.
fn files(folder: &Path, place: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let failed = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            found.extend(files(&path, &format!("{place}{name}/"))?);
        } else {
            let bytes = fs::read(&path).map_err(|error| failed(&path, error))?;
            found.push((format!("{place}{name}"), bytes));
        }
    }
    Ok(found)
}
