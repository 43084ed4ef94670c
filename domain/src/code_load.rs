//! Reads and checks `codes.toml`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::code_table::code_key;
use crate::{Category, CodeNumber, CodePeriod, CodeTable, Counts, Session};

const TEXT: &str = include_str!("../codes.toml");

/// Something wrong with the text of a code table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("code {code:?}: {problem}")]
pub struct CodeTableError {
    /// The code it is about; empty when the text cannot be read at all.
    pub code: String,
    /// What is wrong and what was expected.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    version: u16,
    #[serde(rename = "code")]
    codes: Vec<CodeText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeText {
    number: u8,
    code: String,
    session: Option<Session>,
    #[serde(rename = "period")]
    periods: Vec<PeriodText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodText {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    category: Category,
    #[serde(default)]
    late: bool,
    meaning: String,
    reference: String,
}

impl CodeTable {
    /// The table that the product is built with. Errors: never for a released build: a test loads it.
    pub fn built_in() -> Result<Self, Vec<CodeTableError>> {
        Self::load(TEXT)
    }

    /// Reads a table from the text of a `codes.toml`, whose head explains the format. Errors: everything that is wrong
    /// with it, or the first error when it cannot be read at all.
    pub fn load(text: &str) -> Result<Self, Vec<CodeTableError>> {
        let file: FileText = toml::from_str(text).map_err(|error| {
            vec![CodeTableError { code: String::new(), problem: error.to_string() }]
        })?;
        let mut table =
            Self { version: file.version, codes: BTreeMap::new(), by_code: BTreeMap::new() };
        let mut problems = Vec::new();
        for code in file.codes {
            let name = code.code.clone();
            if let Err(problem) = table.add(code) {
                problems.push(CodeTableError { code: name, problem });
            }
        }
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    fn add(&mut self, text: CodeText) -> Result<(), String> {
        let number = CodeNumber::new(text.number).ok_or("the number must be from 1 to 255")?;
        let key = code_key(&text.code)
            .filter(|_| text.code == text.code.to_ascii_uppercase())
            .ok_or("a code has one or two characters, letters in capitals")?;
        check_periods(&text.periods)?;
        if self.codes.insert(number, periods(number, text)).is_some() {
            return Err(format!("the number {} is already taken", number.get()));
        }
        match self.by_code.insert(key, number) {
            Some(other) => Err(format!("the code already has the number {}", other.get())),
            None => Ok(()),
        }
    }
}

/// The periods must follow one another: each starts the day after the one before it ends.
fn check_periods(periods: &[PeriodText]) -> Result<(), String> {
    if periods.is_empty() {
        return Err("at least one period is needed".to_owned());
    }
    for period in periods {
        if let (Some(from), Some(to)) = (period.from, period.to)
            && from > to
        {
            return Err(format!("a period ends on {to}, before it starts on {from}"));
        }
    }
    for pair in periods.windows(2) {
        let [before, after] = pair else { continue };
        if before.to.is_none() || before.to.and_then(|to| to.succ_opt()) != after.from {
            return Err("each period must start on the day after the one before it".to_owned());
        }
    }
    Ok(())
}

/// The periods of a code, and one more after the end of a withdrawn code.
fn periods(number: CodeNumber, text: CodeText) -> Vec<CodePeriod> {
    let CodeText { code, session, periods, .. } = text;
    let lateness = |late| if late { Counts::LATE } else { Counts::NONE };
    let mut periods: Vec<CodePeriod> = periods
        .into_iter()
        .map(|period| CodePeriod {
            number,
            code: code.clone(),
            session,
            from: period.from,
            to: period.to,
            category: period.category,
            counts: period.category.counts().with(lateness(period.late)),
            meaning: period.meaning,
            reference: period.reference,
            withdrawn: false,
        })
        .collect();
    if let Some(last) = periods.last()
        && let Some(day_after) = last.to.and_then(|to| to.succ_opt())
    {
        let withdrawn =
            CodePeriod { from: Some(day_after), to: None, withdrawn: true, ..last.clone() };
        periods.push(withdrawn);
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(codes: &str) -> Vec<String> {
        let text = format!("version = 1\n{codes}");
        let errors = CodeTable::load(&text).err().unwrap_or_default();
        errors.iter().map(ToString::to_string).collect()
    }

    fn code(number: u8, code: &str, periods: &[&str]) -> String {
        let rest = "category = \"present\"\nmeaning = \"m\"\nreference = \"r\"";
        let periods: Vec<String> =
            periods.iter().map(|dates| format!("[[code.period]]\n{dates}\n{rest}\n")).collect();
        format!("[[code]]\nnumber = {number}\ncode = \"{code}\"\n{}", periods.concat())
    }

    #[test]
    fn a_sound_table_loads() {
        let text = code(1, "A", &["to = \"2020-08-31\"", "from = \"2020-09-01\""]);
        assert!(errors(&text).is_empty());
    }

    #[test]
    fn every_wrong_code_is_said_at_once() {
        let text = [
            code(1, "A", &[""]),
            code(1, "B", &[""]),
            code(2, "A", &[""]),
            code(0, "C", &[""]),
            code(3, "c", &[""]),
            code(4, "ABC", &[""]),
        ];
        assert_eq!(
            errors(&text.concat()),
            [
                "code \"B\": the number 1 is already taken",
                "code \"A\": the code already has the number 1",
                "code \"C\": the number must be from 1 to 255",
                "code \"c\": a code has one or two characters, letters in capitals",
                "code \"ABC\": a code has one or two characters, letters in capitals",
            ]
        );
    }

    #[test]
    fn periods_follow_one_another() {
        let follow = "code \"A\": each period must start on the day after the one before it";
        for periods in [
            ["to = \"2020-08-31\"", "from = \"2020-09-02\""],
            ["to = \"2020-08-31\"", "from = \"2020-08-31\""],
            ["to = \"2020-08-31\"", ""],
            ["", ""],
        ] {
            assert_eq!(errors(&code(1, "A", &periods)), [follow]);
        }
        let backwards = code(1, "A", &["from = \"2020-09-01\"\nto = \"2020-08-31\""]);
        assert_eq!(
            errors(&backwards),
            ["code \"A\": a period ends on 2020-08-31, before it starts on 2020-09-01"]
        );
        let none = "[[code]]\nnumber = 1\ncode = \"A\"\nperiod = []\n";
        assert_eq!(errors(none), ["code \"A\": at least one period is needed"]);
    }

    #[test]
    fn a_misspelt_word_is_an_error_and_not_passed_over() {
        let text = code(1, "A", &["form = \"2020-09-01\""]);
        let errors = CodeTable::load(&format!("version = 1\n{text}")).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].problem.contains("form"), "{}", errors[0]);
    }
}
