//! From the bytes of a file to its text.
//!
//! School systems write UTF-8 with and without a byte order mark; Windows programs write
//! Windows-1252 or, as "Unicode text", UTF-16 with a byte order mark. Nothing is guessed beyond
//! that: a file that is partly UTF-8 was damaged on its way, and reading it as Windows-1252 would
//! quietly spoil names.

use std::borrow::Cow;

use domain::in_one_form;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::lines::line_ends;
use super::notice::{Notice, NoticeKind};
use super::problem::{RowProblem, RowProblemKind};

/// A file's text, and what to tell about how it was read.
pub(super) struct Decoded<'a> {
    /// The text without a byte order mark; borrowed when the file is UTF-8.
    pub text: Cow<'a, str>,
    /// Set when the file was read as Windows-1252.
    pub notice: Option<Notice>,
    /// Whether it is the text of a workbook's sheet.
    pub is_sheet: bool,
}

/// Reads the text of a file.
///
/// # Errors
/// A problem for the whole file, when it is not text or has NUL characters in it.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, RowProblem> {
    if u32::try_from(bytes.len()).is_err() {
        let expected = "a file of less than 4 GB; split it by school or by term";
        return Err(RowProblem::of_row(1, RowProblemKind::FileTooLarge, expected));
    }
    let mut decoded = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => marked_utf8(rest)?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, UTF_16LE)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, UTF_16BE)?,
        _ => unmarked(bytes)?,
    };
    // An é is one character, however it was typed.
    let composed = match in_one_form(&decoded.text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    };
    if let Some(text) = composed {
        decoded.text = Cow::Owned(text);
    }
    match decoded.text.find('\0') {
        None => Ok(decoded),
        Some(at) => Err(not_text(
            line_at(decoded.text.as_bytes(), at),
            "text without NUL characters; save the file again as CSV UTF-8",
        )),
    }
}

fn marked_utf8(bytes: &[u8]) -> Result<Decoded<'_>, RowProblem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        not_text(
            line_at(bytes, error.valid_up_to()),
            "UTF-8 text, as the byte order mark at the start of the file says",
        )
    })?;
    Ok(Decoded { text: Cow::Borrowed(text), notice: None, is_sheet: false })
}

fn utf16<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Decoded<'a>, RowProblem> {
    match encoding.decode_without_bom_handling(bytes) {
        (text, false) => Ok(Decoded { text, notice: None, is_sheet: false }),
        (_, true) => Err(not_text(
            1,
            "UTF-16 text, as the byte order mark at the start of the file says; it is cut short \
             or damaged",
        )),
    }
}

/// UTF-8 when it is valid; Windows-1252 when it is not, unless most of what is not ASCII in the
/// file is well-formed UTF-8.
fn unmarked(bytes: &[u8]) -> Result<Decoded<'_>, RowProblem> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => {
            return Ok(Decoded { text: Cow::Borrowed(text), notice: None, is_sheet: false });
        }
        Err(error) => error,
    };
    let (mut formed, mut unformed) = (0_u64, 0_u64);
    for chunk in bytes.utf8_chunks() {
        formed += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
        unformed += u64::from(!chunk.invalid().is_empty());
    }
    if formed >= unformed {
        return Err(not_text(
            line_at(bytes, error.valid_up_to()),
            "UTF-8 text: most of the file is, but this line is not; it may be cut short, or put \
             together from two files",
        ));
    }
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let notice = Notice {
        kind: NoticeKind::ReadAsWindows1252,
        line: line_at(bytes, first),
        count: 1,
        text: "The file is not UTF-8 and was read as Windows-1252. Check a name with an accent."
            .into(),
    };
    Ok(Decoded { text, notice: Some(notice), is_sheet: false })
}

fn not_text(line: u64, expected: &str) -> RowProblem {
    RowProblem::of_row(line, RowProblemKind::NotText, expected)
}

/// The line, from 1, of the byte at `at`.
fn line_at(bytes: &[u8], at: usize) -> u64 {
    1 + line_ends(bytes.get(..at).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes).unwrap_or_else(|problem| panic!("{problem:?}")).text.into_owned()
    }

    fn refused_at(bytes: &[u8]) -> u64 {
        match decode(bytes) {
            Ok(_) => panic!("the file should be refused"),
            Err(problem) => {
                assert_eq!(problem.kind, RowProblemKind::NotText);
                problem.line
            }
        }
    }

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn utf8_is_read_with_and_without_a_byte_order_mark() {
        assert_eq!(text("upn\nZoë".as_bytes()), "upn\nZoë");
        assert_eq!(text("\u{feff}upn\nZoë".as_bytes()), "upn\nZoë");
        assert_eq!(text(b""), "");
    }

    #[test]
    fn utf16_is_read_with_a_byte_order_mark_only() {
        let little = [vec![0xff, 0xfe], utf16le("upn\nZoë 🙂")].concat();
        let big: Vec<u8> = little.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect();
        assert_eq!(text(&little), "upn\nZoë 🙂");
        assert_eq!(text(&big), "upn\nZoë 🙂");
        assert_eq!(refused_at(&utf16le("upn\nZoe")), 1);
        assert_eq!(refused_at(&little[..little.len() - 1]), 1);
    }

    #[test]
    fn other_bytes_are_windows_1252_and_said_to_be() {
        let decoded = decode(b"upn\nZo\xeb\nRen\xe9\x92s").unwrap_or_else(|_| panic!("refused"));
        assert_eq!(decoded.text, "upn\nZoë\nRené’s");
        let notice = decoded.notice.unwrap();
        assert_eq!((notice.kind, notice.line), (NoticeKind::ReadAsWindows1252, 2));
    }

    #[test]
    fn damaged_utf8_is_not_taken_for_windows_1252() {
        let cut = "upn\nZoë\nRené";
        assert_eq!(refused_at(&cut.as_bytes()[..cut.len() - 1]), 3);
        assert_eq!(refused_at(b"\xef\xbb\xbfupn\n\nZo\xeb"), 3);
    }

    #[test]
    fn a_nul_is_refused_with_its_line() {
        assert_eq!(refused_at(b"upn\r\nA\r\nB\0"), 3);
    }
}
