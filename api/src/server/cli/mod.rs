//! The command line: one file a command.

#[cfg(feature = "demo")]
mod demo;
mod draw;
mod import;
mod migrate;
mod openapi;
mod policy;
#[cfg(feature = "demo")]
mod registers;
mod revoke;
mod secrets;
mod serve;
mod settings;
mod token;
mod work;

use clap::{Parser, Subcommand};

/// Attendance for a whole school trust: registers in, truth out.
#[derive(Parser)]
#[command(name = "rollcall", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (and, unless --workers 0, do its jobs)
    Serve(serve::Args),
    /// Do jobs in a process of its own
    Work(work::Args),
    /// Start everything with an invented trust, and show it
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Send the demonstration the registers up to its clock, once that was moved
    #[cfg(feature = "demo")]
    Registers(registers::Args),
    /// Bring a database up to date, as its owner
    Migrate(migrate::Args),
    /// Send a file of pupils, classes, parents, marks, cases or schools
    Import(import::Args),
    /// Seal the secrets in the database anew, after a key was added
    Secrets(secrets::Args),
    /// Make an access token
    Token(token::Args),
    /// Take an access token back before it ends
    Revoke(revoke::Args),
    /// Check a policy, print its book, show its proofs
    Policy(policy::Args),
    /// Verify a prize draw or a family's slip, or make a governor's secret
    Draw(draw::Args),
    /// Write the OpenAPI document
    Openapi(openapi::Args),
}

/// Runs a command; an error is one sentence on stderr.
pub fn run() -> std::process::ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve::run(&args),
        Command::Work(args) => work::run(&args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(&args),
        #[cfg(feature = "demo")]
        Command::Registers(args) => registers::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Secrets(args) => secrets::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Revoke(args) => revoke::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Draw(args) => return draw::run(&args),
        Command::Openapi(args) => openapi::run(&args),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("rollcall: {sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}
