//! Where an operation stands in the document.

use super::source::Source;

/// An operation stands under the tag of its capability: its wing, or its folder in the wing.
pub fn tagged(files: &[Source]) -> Vec<String> {
    let operations = files.iter().flat_map(|file| {
        let attributes = file.said.split("#[utoipa::path(").skip(1);
        attributes.map(move |rest| {
            let tag = rest.split_once("tag = \"").and_then(|(_, tag)| tag.split('"').next());
            (&file.path, tag.unwrap_or_default())
        })
    });
    operations
        .filter(|(path, tag)| !path.split('/').skip(1).take(3).any(|folder| folder == *tag))
        .map(|(path, tag)| format!("{path}: an operation under {tag:?}, the tag of another folder"))
        .collect()
}
