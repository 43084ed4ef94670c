//! An id stands in the document as the number that it is: the build script of every wing with operations on them tells the document's macros so.

use std::error::Error;

/// Where the ids are declared.
const IDS: &str = "../base/src/id.rs";

/// Writes what the macros read.
pub fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={IDS}");
    let text = std::fs::read_to_string(IDS)?;
    let ids = text.lines().filter_map(declared);
    ids.fold(utoipa_config::Config::new(), |all, (id, number)| all.alias_for(id, number))
        .write_to_file();
    Ok(())
}

/// The name and the number of an id: `    PupilId(i32, Integer) = ...` declares one.
fn declared(line: &str) -> Option<(&str, &str)> {
    let (id, rest) = line.strip_prefix("    ")?.split_once('(')?;
    let (number, _) = rest.split_once(", ")?;
    (id.ends_with("Id") && matches!(number, "i32" | "i64")).then_some((id, number))
}
