//! What a workbook unpacks to, found out before any of it is kept: a ZIP archive may unpack to a thousand times its
//! size, and a list of texts may say that it is longer than any memory.

use std::io::{self, Cursor, Read, Write};

use zip::ZipArchive;

use super::problem::{RowProblem, RowProblemKind};
use super::sheet::damaged;

/// The most that a workbook may unpack to.
pub(super) const UNPACKED: u64 = 256 * 1024 * 1024;
/// The most parts that its archive may have.
const PARTS: usize = 10_000;
/// The most texts that its sheets may share: a room is kept for each, however short it is.
const TEXTS: u64 = 4_000_000;
/// The longest beginning of the list of shared texts.
const HEAD: usize = 64 * 1024;

/// How the end of an archive begins that says how many parts it has, and how long it is without a remark.
const END: (&[u8], usize) = (b"PK\x05\x06", 22);
/// The longest remark.
const REMARK: usize = 65_535;

/// Unpacks every part into nothing, and stops where more comes than may.
///
/// # Errors
/// The problem of the whole file: it is damaged or too large.
pub(super) fn check(bytes: &[u8]) -> Result<(), RowProblem> {
    if said_parts(bytes).is_some_and(|parts| parts > PARTS) {
        return Err(too_large());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut left = UNPACKED;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|error| damaged(&error))?;
        let mut texts = Texts::default();
        let unpacked = io::copy(&mut part.take(left + 1), &mut texts);
        if texts.are_too_many() {
            return Err(too_many_texts());
        }
        let unpacked = unpacked.map_err(|error| damaged(&error))?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
}

/// How many parts an archive says that it has, before the list of them is read.
fn said_parts(bytes: &[u8]) -> Option<usize> {
    let (begins, length) = END;
    let from = bytes.len().saturating_sub(length + REMARK);
    let end = bytes.get(from..)?;
    let at = end.windows(begins.len()).rposition(|window| window == begins)?;
    let count = end.get(at + 10..at + 12)?;
    Some(usize::from(u16::from_le_bytes([*count.first()?, *count.get(1)?])))
}

pub(super) fn too_large() -> RowProblem {
    let expected = "a workbook that unpacks to less than 256 MB; send large files as CSV";
    RowProblem::of_row(1, RowProblemKind::FileTooLarge, expected)
}

fn too_many_texts() -> RowProblem {
    let expected =
        "a workbook with fewer than four million different texts; send large files as CSV";
    RowProblem::of_row(1, RowProblemKind::FileTooLarge, expected)
}

/// Where in a part's XML a byte stands.
#[derive(Default)]
enum At {
    /// Between two tags, or behind the name of one that is of no interest.
    #[default]
    Between,
    /// In the name of a tag, of which this is what follows the prefix.
    Name(Vec<u8>),
    /// In the tag that begins the list of shared texts, inside these quotes.
    Head(Vec<u8>, Option<u8>),
}

/// Counts the texts that a list of shared texts has, or says that it has; keeps nothing of them.
#[derive(Default)]
struct Texts {
    at: At,
    counted: u64,
    said: u64,
}

impl Texts {
    fn are_too_many(&self) -> bool {
        self.counted.max(self.said) > TEXTS
    }

    fn see(&mut self, byte: u8) {
        self.at = match std::mem::take(&mut self.at) {
            At::Between if byte == b'<' => At::Name(Vec::new()),
            At::Between => At::Between,
            At::Name(name) if matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace() => {
                self.counted += u64::from(name == b"si");
                if name == b"sst" && byte != b'>' {
                    At::Head(Vec::new(), None)
                } else {
                    At::Between
                }
            }
            At::Name(_) if byte == b':' => At::Name(Vec::new()),
            At::Name(name) if name.len() > 3 => At::Name(name),
            At::Name(mut name) => {
                name.push(byte);
                At::Name(name)
            }
            At::Head(head, None) if byte == b'>' => {
                self.said = self.said.max(said_texts(&head));
                At::Between
            }
            At::Head(head, _) if head.len() > HEAD => {
                self.said = u64::MAX;
                At::Head(head, None)
            }
            At::Head(mut head, quote) => {
                head.push(byte);
                let quote = match quote {
                    Some(quote) if quote == byte => None,
                    None if matches!(byte, b'"' | b'\'') => Some(byte),
                    same => same,
                };
                At::Head(head, quote)
            }
        };
    }
}

impl Write for Texts {
    /// Stops as soon as there are too many. A text in two bytes a letter has every other byte zero.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // Between tags nothing but the next one is of interest.
            let skipped = match self.at {
                At::Between => rest.iter().position(|byte| *byte == b'<').unwrap_or(rest.len()),
                At::Name(_) | At::Head(..) => 0,
            };
            let Some((byte, more)) = rest.get(skipped..).and_then(<[u8]>::split_first) else {
                break;
            };
            if *byte != 0 {
                self.see(*byte);
            }
            rest = more;
        }
        if self.are_too_many() { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many texts the beginning of a list says that follow, such as ` count="3" uniqueCount="2"`.
fn said_texts(head: &[u8]) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let number = |rest: &[u8]| {
        let digits = rest.iter().skip_while(|byte| !byte.is_ascii_digit());
        let digits = digits.take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |number, digit| {
            number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
        })
    };
    // Whichever of several is taken to be the one that counts.
    let ends = (NAME.len()..=head.len()).filter_map(|end| head.split_at_checked(end));
    let said = ends.filter(|(before, _)| before.ends_with(NAME)).map(|(_, rest)| number(rest));
    said.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &[u8]) -> (u64, u64) {
        let mut texts = Texts::default();
        // Byte by byte, as a part may come.
        for byte in xml.chunks(1) {
            if texts.write(byte).is_err() {
                break;
            }
        }
        (texts.counted, texts.said)
    }

    #[test]
    fn texts_are_counted_whatever_their_tags_look_like() {
        assert_eq!(texts(b"<sst><si><t>A</t></si><si/><x:si ><size/></x:si></sst>"), (3, 0));
        assert_eq!(texts(b"<sst a='>' uniqueCount = \"12\"><si>"), (1, 12));
        assert_eq!(texts(b"<sst xuniqueCount='1' uniqueCount='12'>"), (0, 12));
        assert_eq!(texts(b"<s:sst uniqueCount='99999999999999999999999'>").1, u64::MAX);
        let wide: Vec<u8> =
            "<sst uniqueCount=\"7\"><si>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(texts(&wide), (1, 7));
        let long = format!("<sst {}>", "a='b' ".repeat(HEAD));
        assert_eq!(texts(long.as_bytes()).1, u64::MAX);
    }

    #[test]
    fn an_archive_says_how_many_parts_it_has() {
        let end = [END.0, &[0; 6], &[0x11, 0x27], &[0; 10]].concat();
        assert_eq!(said_parts(&end), Some(10_001));
        assert_eq!(said_parts(b"PK"), None);
    }
}
