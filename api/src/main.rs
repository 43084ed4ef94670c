//! The binary `rollcall`.

fn main() -> std::process::ExitCode {
    api::server::cli::run()
}
