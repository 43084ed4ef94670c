//! The binary `rollcall`.

/// Answers of thousands of series are made and dropped all day: this allocator keeps their memory at hand.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    api::server::cli::run()
}
