//! Where an operation stands in the document.

use super::source::Source;

/// An operation stands under the tag of its capability, which is the folder that it lies in.
pub fn tagged(files: &[Source]) -> Vec<String> {
    let is_elsewhere = |file: &&Source, tag: &str| !file.path.split('/').any(|part| part == tag);
    let operations = files.iter().flat_map(|file| {
        let attributes = file.said.split("#[utoipa::path(").skip(1);
        attributes.map(move |rest| {
            let tag = rest.split_once("tag = \"").and_then(|(_, tag)| tag.split('"').next());
            (file, tag.unwrap_or_default())
        })
    });
    operations
        .filter(|(file, tag)| is_elsewhere(file, tag))
        .map(|(file, tag)| {
            format!("{}: an operation under the tag {tag:?} of another folder", file.path)
        })
        .collect()
}
