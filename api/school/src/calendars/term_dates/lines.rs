//! The content lines of an iCalendar file (RFC 5545, section 3.1), each with the number of the line that it begins on.
//!
//! Own code, because it is small and must not fail: the parsers that there are read components by recursion, so that a
//! file of nested BEGINs ends the process, and do not say where in the file a property stands.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

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
pub fn lines(file: &[u8]) -> Vec<Result<Line, usize>> {
    let file = in_utf8(file);
    let lines = unfolded(&file);
    // UTF-8, unless some line is not: then the program that wrote it was one of Windows.
    let is_utf8 = lines.iter().all(|(_, line)| std::str::from_utf8(line).is_ok());
    let text = |line: &[u8]| match is_utf8 {
        true => String::from_utf8_lossy(line).into_owned(),
        false => WINDOWS_1252.decode_without_bom_handling(line).0.into_owned(),
    };
    lines.into_iter().map(|(number, line)| read(number, &text(&line)).ok_or(number)).collect()
}

/// The file without a byte order mark; what is marked as UTF-16, in UTF-8.
fn in_utf8(file: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |rest: &[u8], encoding: &'static Encoding| {
        Cow::Owned(encoding.decode_without_bom_handling(rest).0.into_owned().into_bytes())
    };
    match file {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, UTF_16LE),
        [0xfe, 0xff, rest @ ..] => utf16(rest, UTF_16BE),
        _ => Cow::Borrowed(file),
    }
}

/// Lines end with CRLF, LF or CR; one that begins with a space or a tab continues the line before it. They are put
/// together as bytes, since a line may be folded inside a character.
fn unfolded(file: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut lines: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut rest = Some(file);
    let mut number = 0;
    while let Some(here) = rest {
        number += 1;
        let end = here.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let (line, more) = end.map_or((here, None), |end| {
            let ending = if here[end..].starts_with(b"\r\n") { 2 } else { 1 };
            (&here[..end], Some(&here[end + ending..]))
        });
        rest = more;
        match (line, lines.last_mut()) {
            ([b' ' | b'\t', folded @ ..], Some((_, before))) => before.extend_from_slice(folded),
            _ if line.trim_ascii().is_empty() => {}
            _ => lines.push((number, line.to_vec())),
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
