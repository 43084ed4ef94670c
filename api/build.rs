//! The migrations are compiled in, and a new one is a file that the compiler has not read: cargo has to be told.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
