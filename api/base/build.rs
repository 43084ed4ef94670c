//! The migrations are compiled in, and a new one is a file that the compiler has not read.

use std::error::Error;

#[path = "../ids.rs"]
mod ids;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../../migrations");
    ids::main()
}
