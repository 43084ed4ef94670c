//! `rollcall openapi`

use std::path::PathBuf;

use crate::server::document::Document;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// Write openapi.json and operations.txt into this folder, instead of the document to stdout
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

/// Writes the document.
pub fn run(args: &Args) -> Result<(), String> {
    let document = Document::new();
    let json = document.json().map_err(|error| error.to_string())?;
    let Some(folder) = &args.write else {
        print!("{json}");
        return Ok(());
    };
    for (name, text) in [("openapi.json", json), ("operations.txt", document.operations())] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
