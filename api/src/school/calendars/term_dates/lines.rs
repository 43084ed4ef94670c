//! The content lines of an iCalendar file (RFC 5545, section 3.1), each with the number of the line that it begins on.
//!
//! Own code, because it is small and must not fail: the parsers that there are read components by recursion, so that a
//! file of nested BEGINs ends the process, and do not say where in the file a property stands.

/// A content line: `NAME;PARAMETER=VALUE:VALUE`.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The line of the file that it begins on, from 1.
    pub number: usize,
    /// In capitals.
    pub name: String,
    /// Their names in capitals, their values without quotes.
    pub parameters: Vec<(String, String)>,
    /// As it stands there.
    pub value: String,
}

impl Line {
    /// A parameter's value.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|one| one.0 == name).map(|one| one.1.as_str())
    }

    /// The value as text: what was escaped stands for itself.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                plain => text.push(plain),
            }
        }
        text
    }
}

/// The content lines of a file. One that cannot be read is its number.
pub fn lines(file: &str) -> Vec<Result<Line, usize>> {
    unfolded(file).into_iter().map(|(number, line)| read(number, &line).ok_or(number)).collect()
}

/// Lines end with CRLF, LF or CR; one that begins with a space or a tab continues the line before it.
fn unfolded(file: &str) -> Vec<(usize, String)> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file).replace("\r\n", "\n");
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(file.split(['\n', '\r'])) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

fn read(number: usize, line: &str) -> Option<Line> {
    let (head, value) = line.split_at(outside_quotes(line, ':')?);
    let mut parts = Vec::new();
    let mut rest = head;
    while let Some(at) = outside_quotes(rest, ';') {
        parts.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    let (name, parameters) = parts.split_first()?;
    let is_name = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let parameters: Option<Vec<(String, String)>> = parameters
        .iter()
        .map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            is_name(name).then(|| (name.to_ascii_uppercase(), value.replace('"', "")))
        })
        .collect();
    is_name(name).then(|| Line {
        number,
        name: name.to_ascii_uppercase(),
        parameters: parameters.unwrap_or_default(),
        value: value[1..].to_owned(),
    })
}

/// Where a character stands for the first time outside double quotes.
fn outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            other if other == wanted && !quoted => return Some(at),
            _ => {}
        }
    }
    None
}
