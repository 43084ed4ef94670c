//! Reading the codes of millions of marks.
//!
//! The code table answers from a text and a date, with allocations. Its answers change on few
//! dates only, so each is asked for once per stretch of dates between two changes (an era) and kept
//! in a table that a code's one or two characters index.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::{CodeError, CodeTable, Session};

use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Fault, RowProblemKind};

/// Places in an era's table: sessions, first characters, second characters (none or a digit).
const PLACES: usize = 2 * 128 * 11;

/// A stretch of dates in which the code table's answers do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EraNumber(usize);

/// What is known of a code in an era.
#[derive(Debug, Clone, Copy)]
enum Answer {
    NotAsked,
    Number(u8),
    Withdrawn(u8),
    Refused,
}

/// How often a withdrawn code was used.
struct Withdrawn {
    first_line: u64,
    marks: u64,
    last_day: NaiveDate,
}

/// A code table with a memory, and with the warnings it has given so far.
pub(super) struct CodeReader<'c> {
    codes: &'c CodeTable,
    /// The first days of all eras but the first, in order.
    changes: Vec<NaiveDate>,
    eras: Vec<Vec<Answer>>,
    withdrawn: BTreeMap<u8, Withdrawn>,
}

impl<'c> CodeReader<'c> {
    /// A reader of that table's codes.
    pub fn new(codes: &'c CodeTable) -> Self {
        let starts = codes.periods().filter_map(|period| period.from);
        let ends = codes.periods().filter_map(|period| period.to?.succ_opt());
        let mut changes: Vec<NaiveDate> = starts.chain(ends).collect();
        changes.sort_unstable();
        changes.dedup();
        let eras = vec![Vec::new(); changes.len() + 1];
        Self { codes, changes, eras, withdrawn: BTreeMap::new() }
    }

    /// The era of a date.
    pub fn era(&self, date: NaiveDate) -> EraNumber {
        EraNumber(self.changes.partition_point(|change| *change <= date))
    }

    /// The era of a whole week; `None` when it lies in two.
    pub fn era_of_week(&self, monday: NaiveDate) -> Option<EraNumber> {
        let era = self.era(monday);
        (era == self.era(monday + Days::new(6))).then_some(era)
    }

    /// Whether that code was met after it was withdrawn.
    pub fn is_withdrawn(&self, number: u8) -> bool {
        self.withdrawn.contains_key(&number)
    }

    /// The number of a code written with one character, or with a letter and a digit.
    /// `date` must lie in `era`; `line` is for the warning about a withdrawn code.
    ///
    /// # Errors
    /// When there is no such code, or it is not one for that date and session.
    pub fn number(
        &mut self,
        (first, digit): (u8, Option<u8>),
        session: Session,
        (era, date): (EraNumber, NaiveDate),
        line: u64,
    ) -> Result<u8, Fault> {
        let place = place(first, digit, session);
        let answers = self.eras.get_mut(era.0);
        let known = answers.and_then(|answers| {
            if answers.is_empty() {
                answers.resize(PLACES, Answer::NotAsked);
            }
            answers.get_mut(place?)
        });
        match known {
            Some(Answer::Number(number)) => return Ok(*number),
            Some(Answer::Withdrawn(number)) => {
                if let Some(withdrawn) = self.withdrawn.get_mut(number) {
                    withdrawn.marks += 1;
                    return Ok(*number);
                }
            }
            Some(Answer::NotAsked | Answer::Refused) | None => {}
        }
        let bytes = [first, digit.unwrap_or(b' ')];
        let text = std::str::from_utf8(&bytes).unwrap_or("?");
        let answer = self.codes.read(text, session, date);
        if let Some(known) = known {
            *known = match answer {
                Ok(read) if read.withdrawn.is_some() => Answer::Withdrawn(read.number.get()),
                Ok(read) => Answer::Number(read.number.get()),
                Err(_) => Answer::Refused,
            };
        }
        self.take(answer, line)
    }

    /// The number of a code in a cell of its own, which may hold any text.
    ///
    /// # Errors
    /// When it is not a code, or not one for that date and session.
    pub fn number_of_text(
        &mut self,
        text: &str,
        session: Session,
        (era, date): (EraNumber, NaiveDate),
        line: u64,
    ) -> Result<u8, Fault> {
        match text.as_bytes() {
            [first] => self.number((*first, None), session, (era, date), line),
            [first, digit] if digit.is_ascii_digit() => {
                self.number((*first, Some(*digit)), session, (era, date), line)
            }
            _ => self.take(self.codes.read(text, session, date), line),
        }
    }

    /// Adds the uses of withdrawn codes that another reader of the same table met, further on in the file.
    pub fn join(&mut self, next: Self) {
        for (number, later) in next.withdrawn {
            self.withdrawn
                .entry(number)
                .and_modify(|withdrawn| withdrawn.marks += later.marks)
                .or_insert(later);
        }
    }

    /// A notice for every withdrawn code that was read, in the order of their first lines.
    pub fn notices(&self) -> Vec<Notice> {
        let mut notices: Vec<Notice> = self
            .withdrawn
            .iter()
            .map(|(number, Withdrawn { first_line, marks, last_day })| Notice {
                kind: NoticeKind::WithdrawnCode,
                line: *first_line,
                count: *marks,
                text: format!(
                    "Code {} was withdrawn after {}: {} after that day, the first on line \
                     {first_line}, counted as before.",
                    self.codes.text(*number).unwrap_or_default(),
                    last_day.format("%-d %B %Y"),
                    counted(*marks, "mark"),
                ),
            })
            .collect();
        notices.sort_by_key(|notice| notice.line);
        notices
    }

    /// Takes the code table's answer, and remembers the use of a withdrawn code.
    fn take(&mut self, answer: Result<domain::Read, CodeError>, line: u64) -> Result<u8, Fault> {
        let read = answer.map_err(|error| fault(&error))?;
        let number = read.number.get();
        if let Some(last_day) = read.withdrawn {
            self.withdrawn
                .entry(number)
                .and_modify(|withdrawn| withdrawn.marks += 1)
                .or_insert(Withdrawn { first_line: line, marks: 1, last_day });
        }
        Ok(number)
    }
}

/// Where an era's table keeps the answer for a code; `None` when no code looks like that.
fn place(first: u8, digit: Option<u8>, session: Session) -> Option<usize> {
    let second = match digit {
        None => 0,
        Some(digit) => 1 + usize::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?),
    };
    first.is_ascii().then(|| (usize::from(first) * 11 + second) * 2 + session.index())
}

/// What the problem with a code is called here. The text of the cell is not repeated.
fn fault(error: &CodeError) -> Fault {
    match error {
        CodeError::Unknown { .. } => {
            let expected = "an attendance code, such as / or \\ or I or C1";
            Fault::new(RowProblemKind::UnknownCode, expected)
        }
        CodeError::NotYet { code, from } => Fault::new(
            RowProblemKind::CodeNotInForce,
            format!(
                "a code that was in force that day; {code} may be used from {} on",
                from.format("%-d %B %Y")
            ),
        ),
        CodeError::WrongSession { code, session } => Fault::new(
            RowProblemKind::CodeInWrongSession,
            format!("{code} in the {session} session only; / is for AM and \\ for PM"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn read(reader: &mut CodeReader<'_>, text: &str, date: NaiveDate) -> Result<u8, Fault> {
        let era = reader.era(date);
        reader.number_of_text(text, Session::Am, (era, date), 7)
    }

    #[test]
    fn the_three_ways_a_code_can_be_wrong_are_told_apart() {
        let codes = CodeTable::built_in().unwrap();
        let mut reader = CodeReader::new(&codes);
        for (text, date, kind) in [
            ("!", day(2025, 9, 8), RowProblemKind::UnknownCode),
            ("X01", day(2025, 9, 8), RowProblemKind::UnknownCode),
            ("é", day(2025, 9, 8), RowProblemKind::UnknownCode),
            ("C2", day(2023, 9, 11), RowProblemKind::CodeNotInForce),
            ("\\", day(2025, 9, 8), RowProblemKind::CodeInWrongSession),
        ] {
            for _ in 0..2 {
                assert_eq!(read(&mut reader, text, date).unwrap_err().kind, kind, "{text}");
            }
        }
        let fault = read(&mut reader, "C2", day(2023, 9, 11)).unwrap_err();
        assert!(fault.expected.contains("19 August 2024"), "{}", fault.expected);
    }

    #[test]
    fn a_withdrawn_code_is_warned_about_once_with_its_count() {
        let codes = CodeTable::built_in().unwrap();
        let mut reader = CodeReader::new(&codes);
        let current = read(&mut reader, "H", day(2023, 9, 11));
        assert!(reader.notices().is_empty());
        for _ in 0..5 {
            assert_eq!(read(&mut reader, "h", day(2025, 9, 8)), current);
        }
        let notices = reader.notices();
        assert_eq!(notices.len(), 1);
        assert_eq!((notices[0].line, notices[0].count), (7, 5));
        assert!(notices[0].text.starts_with("Code H was withdrawn after 18 August 2024: 5 marks"));
    }

    proptest! {
        /// The memory never changes what the code table says.
        #[test]
        fn answers_are_those_of_the_code_table(
            marks in proptest::collection::vec(
                ("[A-Za-z/\\\\#!-][0-9]?", any::<bool>(), 0_u64..20_000),
                1..80,
            )
        ) {
            let codes = CodeTable::built_in().unwrap();
            let mut reader = CodeReader::new(&codes);
            for (text, morning, days) in marks {
                let date = day(1995, 1, 1) + chrono::Days::new(days);
                let session = if morning { Session::Am } else { Session::Pm };
                let era = reader.era(date);
                let found = reader.number_of_text(&text, session, (era, date), 1);
                let expected = codes.read(&text, session, date);
                prop_assert_eq!(found.ok(), expected.ok().map(|read| read.number.get()));
            }
        }
    }
}
