//! A file of marks that only fills what is missing: what somebody recorded here stays, and what the roll or the calendar
//! does not allow is left aside.

use std::collections::BTreeMap;

use domain::{CodeTable, REASON_UNKNOWN};
use files::{Notice, NoticeKind};

use super::Key;
use super::check::Marked;
use base::prelude::*;
use marks::{self, Source, TAKEN, YearMarks};

/// The registers that were taken here: a file that fills gaps leaves them alone.
pub(super) struct Filling {
    registers: BTreeMap<Key, BTreeMap<ClassId, YearMarks>>,
}

impl Filling {
    /// Of some schools and years.
    pub fn read(tx: &mut Tx, schools: &[SchoolId], years: &BTreeSet<AcademicYear>) -> Result<Self> {
        let mut registers = BTreeMap::new();
        for (school_id, year) in schools.iter().flat_map(|id| years.iter().map(move |y| (*id, y))) {
            let mut classes = marks::taken_of_classes(tx, school_id, year.number())?;
            classes.retain(|_, taken| taken.contains(&TAKEN));
            registers.insert((school_id, year.number()), classes);
        }
        Ok(Self { registers })
    }

    /// Whether the class's register of a half day was taken here.
    pub fn is_taken(&self, key: Key, class: Option<ClassId>, at: HalfDay) -> bool {
        let taken = class.and_then(|class| self.registers.get(&key)?.get(&class));
        taken.is_some_and(|taken| taken.get(at.position()) == Some(&TAKEN))
    }

    /// Whether no register of the school's year was taken here.
    pub fn is_free(&self, key: Key) -> bool {
        self.registers.get(&key).is_none_or(BTreeMap::is_empty)
    }
}

/// Whether the file may put its mark there: where none stands, or where an import left that the reason is not known yet.
pub(super) fn may_fill(
    tx: &mut Tx,
    codes: &CodeTable,
    (place, stands): (Marked, u8),
) -> Result<bool> {
    if codes.text(stands) != Some(REASON_UNKNOWN) {
        return Ok(false);
    }
    let ((school_id, year), enrolment_id, at) = place;
    let history = marks::history(tx, school_id, year, enrolment_id, at)?;
    Ok(history.last().is_some_and(|entry| entry.source == Source::Import))
}

/// What is to be told of the marks that were left aside.
pub(super) fn notice(aside: u64) -> Option<Notice> {
    let marks = if aside == 1 { "mark was" } else { "marks were" };
    let text = format!(
        "{aside} {marks} left aside: another stands there, the register was taken here, or the roll or the calendar does \
         not allow it"
    );
    (aside > 0).then_some(Notice { kind: NoticeKind::LeftAside, line: 1, count: aside, text })
}
