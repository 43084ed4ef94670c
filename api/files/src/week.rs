//! A pupil's week in one string: a mark for each half day, Monday morning first.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::cells;
use super::codes::EraNumber;
use super::problem::{Fault, RowProblemKind};

/// Half days in a week, Monday to Sunday.
pub(super) const WEEK: usize = 14;

/// Half days from Monday to Friday.
const SCHOOL_WEEK: usize = 10;

/// A mark as it stands in the string: its character, and the digit that belongs to it.
pub(super) type Written = (u8, Option<u8>);

/// The marks of a week by half day; `None` where there is no mark. Saturday and Sunday are empty
/// when the string has 10 marks.
pub(super) type WrittenWeek = [Option<Written>; WEEK];

/// Takes a week's string apart: 10 marks (Monday to Friday) or 14 (to Sunday), morning before
/// afternoon. A digit belongs to the letter before it; `-`, `.` and a space are half days without
/// a mark. Whether a mark is a code is not looked at here.
///
/// # Errors
/// When the string has another number of marks, a digit without a letter, or characters that no
/// code has.
pub(super) fn written_week(text: &[u8]) -> Result<WrittenWeek, Fault> {
    let mut week: WrittenWeek = [None; WEEK];
    let mut count = 0_usize;
    for byte in text {
        match byte {
            b'0'..=b'9' => match count.checked_sub(1).and_then(|last| week.get_mut(last)) {
                Some(Some((letter, digit @ None))) if letter.is_ascii_alphabetic() => {
                    *digit = Some(*byte);
                }
                // Past the 14th mark, where the count alone is what is wrong.
                None if count > WEEK => {}
                _ => {
                    return Err(bad_week(format!(
                        "each digit to follow the letter of its code, as in C1; the one after \
                         mark {count} does not"
                    )));
                }
            },
            b'-' | b'.' | b' ' => count += 1,
            b'!'..=b'~' => {
                if let Some(mark) = week.get_mut(count) {
                    *mark = Some((*byte, None));
                }
                count += 1;
            }
            _ => {
                return Err(bad_week(format!(
                    "codes, and - or . or a space for no mark; after mark {count} there is \
                     something else"
                )));
            }
        }
    }
    if count == SCHOOL_WEEK || count == WEEK {
        return Ok(week);
    }
    Err(bad_week(format!(
        "10 marks (Monday to Friday, morning and afternoon) or 14 (to Sunday); found {count}"
    )))
}

fn bad_week(expected: String) -> Fault {
    Fault::new(RowProblemKind::BadWeekString, expected)
}

/// What the cells of weeks said that were read without a fault: most say the same as one before.
#[derive(Default)]
pub(super) struct KnownWeeks {
    mondays: HashMap<String, NaiveDate>,
    marks: HashMap<String, (EraNumber, [u8; WEEK])>,
}

impl KnownWeeks {
    /// How many of either are remembered.
    const MOST: usize = 2_000;

    /// Reads the Monday of a week.
    ///
    /// # Errors
    /// Those of [`cells::week`].
    pub fn monday(&mut self, text: &str) -> Result<NaiveDate, Fault> {
        if let Some(known) = self.mondays.get(text) {
            return Ok(*known);
        }
        let monday = cells::week(text)?;
        if self.mondays.len() < Self::MOST {
            self.mondays.insert(text.to_owned(), monday);
        }
        Ok(monday)
    }

    /// The code numbers of a text of marks in an era, when it was there before.
    pub fn marks(&self, text: &str, era: EraNumber) -> Option<[u8; WEEK]> {
        self.marks.get(text).filter(|known| known.0 == era).map(|known| known.1)
    }

    /// Remembers the numbers of a text whose whole week lies in one era.
    pub fn keep(&mut self, text: &str, era: EraNumber, numbers: [u8; WEEK]) {
        if self.marks.len() < Self::MOST {
            self.marks.insert(text.to_owned(), (era, numbers));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(text: &str) -> Vec<String> {
        let marks = written_week(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}"));
        marks
            .iter()
            .map(|mark| match mark {
                None => String::new(),
                Some((letter, digit)) => {
                    [Some(*letter), *digit].into_iter().flatten().map(char::from).collect()
                }
            })
            .collect()
    }

    fn expected(text: &str) -> String {
        written_week(text.as_bytes()).unwrap_err().expected.into_owned()
    }

    #[test]
    fn ten_marks_are_a_school_week_and_fourteen_a_whole_one() {
        assert_eq!(
            week("/\\LUC1c2-. I"),
            ["/", "\\", "L", "U", "C1", "c2", "", "", "", "I", "", "", "", ""]
        );
        assert_eq!(week("          "), [""; WEEK]);
        assert_eq!(week("            /Y7")[12..], ["/", "Y7"]);
    }

    #[test]
    fn another_number_of_marks_is_said() {
        assert!(expected("").ends_with("found 0"));
        assert!(expected("/\\/\\/\\/\\/").ends_with("found 9"));
        assert!(expected("C1C1C1C1C1C1C1C1C1C1C1").ends_with("found 11"));
        assert!(expected(&"C1".repeat(400)).ends_with("found 400"));
    }

    #[test]
    fn a_digit_needs_a_letter() {
        assert!(expected("1/\\/\\/\\/\\/").contains("after mark 0"));
        assert!(expected("/1\\/\\/\\/\\/\\").contains("after mark 1"));
        assert!(expected("C12/\\/\\/\\/\\/").contains("after mark 1"));
        assert!(expected("-1/\\/\\/\\/\\/").contains("after mark 1"));
    }

    #[test]
    fn other_characters_are_said() {
        assert!(expected("/\\é\\/\\/\\/\\").contains("after mark 2"));
        assert!(expected("/\t/\\/\\/\\/\\").contains("after mark 1"));
    }
}
