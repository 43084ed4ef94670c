//! `rollcall draw`: verify a prize draw, or a family's slip, without the service that drew it; make a governor's secret.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::draw::{
    Checks, Fault, Finding, GOVERNOR, Hash, Opening, Slip, commit, from_hex, hex, verify,
    verify_slip,
};
use clap::Subcommand;
use domain::is_hidden;

use base::chance;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Draw again from a receipt and compare. Exit 0: it holds; 1: refuted, with the place; 2: unreadable
    Verify {
        /// The receipt, or the void
        file: PathBuf,
        /// The freeze's hash, as you wrote it down before the result could be known
        #[arg(long, value_name = "HEX")]
        noted: Option<Hash>,
        /// Let a sandbox's draw pass
        #[arg(long)]
        test_beacon: bool,
    },
    /// Check that a child's tickets were in the draw. Exit codes as above
    VerifySlip {
        /// The slip
        file: PathBuf,
        /// The freeze's hash, as the school's page has it
        #[arg(long, value_name = "HEX")]
        noted: Option<Hash>,
    },
    /// Print a governor's commitment to the secret in a file; the file is made, with a fresh secret, when there is none
    Commit {
        /// The file of the secret, which is for nobody else before the draw is drawn
        file: PathBuf,
    },
}

/// A receipt or slip does not hold.
const REFUTED: u8 = 1;
/// What was given is no receipt or slip at all.
const UNREADABLE: u8 = 2;

/// Verifies or commits.
pub fn run(args: &Args) -> ExitCode {
    let done = match &args.what {
        What::Verify { file, noted, test_beacon } => {
            let checks = Checks { noted: *noted, test_beacon: *test_beacon };
            read(file).and_then(|bytes| verify(&bytes, &checks).map(said).map_err(refusal))
        }
        What::VerifySlip { file, noted } => read(file)
            .and_then(|bytes| verify_slip(&bytes, *noted).map(said_of_slip).map_err(refusal)),
        What::Commit { file } => committed(file).map_err(|sentence| (REFUTED, sentence)),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err((code, sentence)) => {
            eprintln!("rollcall: {sentence}");
            ExitCode::from(code)
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>, (u8, String)> {
    fs::read(file).map_err(|error| (UNREADABLE, format!("{}: {error}", file.display())))
}

fn refusal(fault: Fault) -> (u8, String) {
    let (code, verdict) =
        if fault.is_unreadable() { (UNREADABLE, "unreadable") } else { (REFUTED, "refuted") };
    (code, readable(&format!("{verdict}: {fault}")))
}

/// What a draw that holds comes to, a line each.
fn said(finding: Finding) -> String {
    let lines = match finding {
        Finding::Void { opening, at, why } => {
            vec!["void: this draw was stopped".to_owned(), about(&opening), format!("{at}: {why}")]
        }
        Finding::Drawn { opening, freeze, winners, unproven, drawn_at } => {
            let verdict = if unproven.is_empty() {
                "verified: the result follows from what was fixed before it could be known"
                    .to_owned()
            } else {
                let unproven: Vec<&str> = unproven.iter().map(|one| one.text()).collect();
                format!("consistent; {}", unproven.join("; "))
            };
            let mut lines = vec![verdict, about(&opening), format!("the freeze is {freeze}")];
            lines.extend(winners.iter().map(|winner| {
                let prize =
                    usize::try_from(winner.prize).ok().and_then(|at| opening.prizes.get(at));
                let name = prize.map_or("a prize", |prize| prize.name.as_str());
                format!("ticket {} has won {name}; its holder is {}", winner.ticket, winner.holder)
            }));
            lines.push(format!(
                "drawn on {drawn_at}, as the receipt says: nothing binds this time, nor when a prize was given back and by whom"
            ));
            lines
        }
    };
    let lines: Vec<String> = lines.iter().map(|line| readable(line)).collect();
    lines.join("\n")
}

fn about(opening: &Opening) -> String {
    let Opening { title, school, period, policy, policy_version, rule, .. } = opening;
    format!("{title}, {school}, {period}; policy {policy}, version {policy_version}, rule {rule}")
}

fn said_of_slip(slip: Slip) -> String {
    let numbers: Vec<String> = slip.tickets.iter().map(u64::to_string).collect();
    let Slip { forename, surname, birth_date, noted, holder, .. } = slip;
    let lines = [
        format!(
            "{forename} {surname}, born {birth_date}, is in with these tickets: {}",
            numbers.join(", ")
        ),
        format!("the freeze is {noted}: compare it with the school's page"),
        format!("in a receipt the holder is {holder}"),
    ];
    lines.map(|line| readable(&line)).join("\n")
}

/// A line for a terminal, which no text from outside can steer.
fn readable(line: &str) -> String {
    line.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The commitment to the secret of a file, which is made when it is not there.
fn committed(file: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = hex(&chance::unguessable::<32>()?);
            let mut options = fs::OpenOptions::new();
            let options = options.write(true).create_new(true).mode(0o600);
            let mut made = options.open(file).map_err(failed)?;
            made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
            text
        }
        Err(error) => return Err(failed(error)),
    };
    let secret = from_hex(text.trim()).filter(|secret| GOVERNOR.contains(&secret.len()));
    let secret = secret.ok_or_else(|| {
        let (least, most) = (GOVERNOR.start(), GOVERNOR.end());
        format!("{}: expected a secret of {least} to {most} bytes in hex", file.display())
    })?;
    Ok(commit(&secret).to_string())
}
