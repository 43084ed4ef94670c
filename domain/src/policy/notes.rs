//! Notes: what an author has written after a `#`, for whoever reads the book beside the document.

use crate::policy::model::Note;

/// The notes of a `policy.toml`. One that stands in a row, or directly above it, belongs to that row; lines of dashes
/// are only decoration.
pub(crate) fn notes(text: &str) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    // Comments that wait for the line after them, and the header of the row that goes on.
    let (mut waiting, mut row): (Vec<Note>, Option<usize>) = (Vec::new(), None);
    for (at, line) in text.lines().enumerate() {
        let (says, comment) = split(line);
        let (says, line) = (says.trim(), at + 1);
        if says.starts_with('[') {
            row = Some(line);
        }
        let comment = comment.map(|text| text.trim_start_matches('#').trim().to_owned());
        let comment = comment.filter(|text| !text.is_empty() && !text.starts_with("---"));
        let note = comment.map(|text| Note { line, row, text });
        if says.is_empty() && note.is_none() {
            // An empty line: what stood above it belongs to no row, and the row is over.
            notes.append(&mut waiting);
            row = None;
            continue;
        }
        if !says.is_empty() {
            for mut one in waiting.drain(..) {
                one.row = row;
                notes.push(one);
            }
            notes.extend(note);
        } else if let (Some(note), Some(before)) = (&note, waiting.last_mut()) {
            // A note of several lines is one.
            before.text = format!("{} {}", before.text, note.text);
        } else {
            waiting.extend(note);
        }
    }
    notes.append(&mut waiting);
    notes.sort_by_key(|note| note.line);
    notes
}

/// A line without its comment, and the comment with its `#`.
fn split(line: &str) -> (&str, Option<&str>) {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, one) in line.char_indices() {
        match (quote, one) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), one) if one == open => quote = None,
            (None, '"' | '\'') => quote = Some(one),
            (None, '#') => return (&line[..at], Some(&line[at..])),
            _ => {}
        }
    }
    (line, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_belongs_to_the_row_it_stands_in_or_directly_above() {
        let text = "# A policy.\n\n# --- bands ---\n\n# Nobody\n# says it.\n\n# Why 95%.\n[[band]]\nname = \"a # b\" # its name\n# Not green.\nfrom = \"0%\"\n\n# The end.\n";
        let found: Vec<(Option<usize>, String)> =
            notes(text).into_iter().map(|note| (note.row, note.text)).collect();
        let expected = [
            (None, "A policy."),
            (None, "Nobody says it."),
            (Some(9), "Why 95%."),
            (Some(9), "its name"),
            (Some(9), "Not green."),
            (None, "The end."),
        ];
        assert_eq!(found, expected.map(|(row, text)| (row, text.to_owned())));
    }
}
