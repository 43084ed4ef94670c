//! The binary `rollcall`.

fn main() -> std::process::ExitCode {
    api::cli::run()
}
