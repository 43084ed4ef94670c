//! `rollcall policy`: check a policy's folder, print its book, show what proves each of its rules, prove it whole.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Subcommand;
use domain::policy::{
    Checked, Folder, Problem, SESSIONS, book, check_folder, coverage, prove, unnoticed,
};

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
    /// Print a policy in plain English, also while scenarios are missing
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
    /// Go through every count of sessions, stage, trend and window: one outcome, one voice, never milder, every stage ends
    Prove {
        /// One or more policies' folders
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
}

/// Checks, prints or shows.
pub fn run(args: &Args) -> Result<(), String> {
    match &args.what {
        What::Check { folder } => check(folder),
        What::Book { folder } => print_book(folder),
        What::Coverage { folders } => folders.iter().try_for_each(|folder| show_coverage(folder)),
        What::Prove { folders } => folders.iter().try_for_each(|folder| prove_whole(folder)),
    }
}

/// The book; what is wrong with the scenarios stands beside it on stderr.
fn print_book(folder: &Path) -> Result<(), String> {
    let checked = check_folder(&read(folder)?);
    if !checked.rules_are_sound {
        return Err(refused(folder, &checked.problems));
    }
    print!("{}", book(&checked.policy));
    for problem in &checked.problems {
        eprintln!("{problem}");
    }
    Ok(())
}

/// What was gone through, then each counterexample as it can be pasted into scenarios.toml.
fn prove_whole(folder: &Path) -> Result<(), String> {
    let proof = prove(&read(folder)?).map_err(|problems| refused(folder, &problems))?;
    println!(
        "# {}: {} counts of up to {SESSIONS} possible sessions, {} cells.",
        proof.name, proof.counts, proof.cells
    );
    for (claim, situations) in &proof.situations {
        let found = proof.counterexamples.iter().filter(|found| found.claim == *claim).count();
        let came_to = match found {
            0 => "proven".to_owned(),
            1 => "1 counterexample".to_owned(),
            _ => format!("{found} counterexamples"),
        };
        println!("# {claim}: {came_to}, {situations} situations.");
    }
    for found in &proof.counterexamples {
        println!("\n# {}: {}.", found.claim, found.says);
        println!("{}", found.scenarios.join("\n").trim_end());
    }
    match proof.counterexamples.len() {
        0 => Ok(()),
        1 => Err(format!("{} has 1 counterexample", folder.display())),
        found => Err(format!("{} has {found} counterexamples", folder.display())),
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
    for note in &checked.notes {
        println!("note: {note}");
    }
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
    let texts = read(folder)?;
    let checked = check_folder(&texts);
    if checked.problems.is_empty() {
        return Ok((texts, checked));
    }
    Err(refused(folder, &checked.problems))
}

/// The texts of a folder.
fn read(folder: &Path) -> Result<Folder, String> {
    let mut problems = Vec::new();
    let files = files(folder, "", &mut problems)?;
    match Folder::read(files) {
        Ok(texts) if problems.is_empty() => Ok(texts),
        found => {
            problems.extend(found.err().into_iter().flatten());
            Err(refused(folder, &problems))
        }
    }
}

/// Says every problem, and how many there are.
fn refused(folder: &Path, problems: &[Problem]) -> String {
    for problem in problems {
        eprintln!("{problem}");
    }
    let many =
        if problems.len() == 1 { "1 problem" } else { &format!("{} problems", problems.len()) };
    format!("{} has {many}", folder.display())
}

/// The most bytes of a policy's file: ten times the longest there is.
const LARGEST: u64 = 1 << 20;
/// The most files of a policy's folder.
const MOST: usize = 1_000;

/// The files of a folder and of the folders in it, each with its place and its bytes. A link could lead anywhere, and
/// reading a pipe never ends: they are refused, like what is too large.
fn files(
    folder: &Path,
    place: &str,
    problems: &mut Vec<Problem>,
) -> Result<Vec<(String, Vec<u8>)>, String> {
    let failed = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{place}{name}");
        let kind = fs::symlink_metadata(&path).map_err(|error| failed(&path, error))?;
        let wrong = if kind.is_symlink() {
            Some("this is a link; put the file itself here".to_owned())
        } else if kind.is_dir() {
            found.extend(files(&path, &format!("{file}/"), problems)?);
            None
        } else if !kind.is_file() {
            Some("this is no file; a policy is a folder of plain texts".to_owned())
        } else if kind.len() > LARGEST {
            Some(format!("this has {} bytes; the most is {LARGEST}", kind.len()))
        } else {
            found.push((file.clone(), fs::read(&path).map_err(|error| failed(&path, error))?));
            None
        };
        problems.extend(wrong.map(|says| Problem { file, line: 0, rule: None, says }));
        if found.len() > MOST {
            return Err(format!("{} has more than {MOST} files", folder.display()));
        }
    }
    Ok(found)
}
