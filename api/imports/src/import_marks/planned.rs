//! `#` on half days on which a school is open: accepted, as in a register, and told once a file.

use domain::{CodeTable, PLANNED_CLOSURE};
use files::{Notice, NoticeKind};

/// The number that stands for a planned closure in a pupil's year.
pub(super) fn number(codes: &CodeTable) -> Option<u8> {
    (0..=u8::MAX).find(|number| codes.text(*number) == Some(PLANNED_CLOSURE))
}

/// Marks that say that the school is closed as planned, where its calendar says that it is open.
#[derive(Default)]
pub(super) struct PlannedClosures {
    /// Of the first of them.
    line: Option<u64>,
    count: u64,
}

impl PlannedClosures {
    /// Adds one on a line of the file.
    pub fn add(&mut self, line: u64) {
        self.join(Self { line: Some(line), count: 1 });
    }

    /// Adds what was found after these.
    pub fn join(&mut self, next: Self) {
        self.line = self.line.into_iter().chain(next.line).min();
        self.count += next.count;
    }

    /// What is to be told of them.
    pub fn notice(&self) -> Option<Notice> {
        let line = self.line?;
        let marks = if self.count == 1 { "mark" } else { "marks" };
        let text = format!(
            "# stands for a planned closure, and the calendar has none on the half days of {} {marks}, the first on \
             line {line}: an unplanned one is Y4, or Y3 for a part of the school.",
            self.count
        );
        Some(Notice { kind: NoticeKind::PlannedClosure, line, count: self.count, text })
    }
}
