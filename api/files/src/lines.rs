//! Line numbers as an editor shows them: LF, CR LF and a lone CR each end a line.

use memchr::memchr_iter;

/// How many lines end in `bytes`. A CR at the very end counts, so a CR LF must not be cut in two.
pub fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', bytes).count();
    // Of a CR LF, the LF has counted.
    let lone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + lone) as u64
}

/// Numbers the lines of a text on the way through it.
pub(super) struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    /// Starts on that line.
    pub fn new(text: &'a [u8], line: u64) -> Self {
        Self { text, at: 0, line }
    }

    /// Moves to the first byte at or after `offset` that ends no line, which is where a row found
    /// there really starts: empty lines, and the LF of a CR LF that ended the row before, come
    /// first. Returns that position and its line.
    pub fn move_to_row(&mut self, offset: usize) -> (usize, u64) {
        let rest = self.text.get(offset..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = offset + skipped;
        self.line += line_ends(self.text.get(self.at..start).unwrap_or_default());
        self.at = self.at.max(start);
        (start, self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(line_ends(b"a\nb\r\nc\rd"), 3);
        assert_eq!(line_ends(b"\r\r\n\n\r\n"), 4);
        assert_eq!(line_ends(b"no end"), 0);
    }

    #[test]
    fn a_row_is_numbered_where_it_starts() {
        let mut lines = LineCounter::new(b"a\r\n\r\nb\nc", 1);
        assert_eq!(lines.move_to_row(0), (0, 1));
        assert_eq!(lines.move_to_row(2), (5, 3));
        assert_eq!(lines.move_to_row(7), (7, 4));
        assert_eq!(lines.move_to_row(99), (99, 4));
    }
}
