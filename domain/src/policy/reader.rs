//! Reading TOML row by row, so that every problem is found at once and has its line.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Percent;
use crate::policy::problem::Problem;
use crate::word::{Word, joined, or};

/// Rows of one kind that a file may have: five times what the longest policy has.
const ROWS: usize = 1_000;

/// One file being read: its problems so far and the settings it may refer to.
pub(crate) struct File<'a> {
    name: &'a str,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
    /// The answer of each setting, one text or several, and whether anything has used it.
    settings: RefCell<BTreeMap<String, (Vec<String>, bool)>>,
}

impl<'a> File<'a> {
    pub(crate) fn new(name: &'a str, text: &'a str) -> Self {
        let begins = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(begins).collect();
        Self { name, text, lines, problems: RefCell::default(), settings: RefCell::default() }
    }

    /// The whole file as a table; syntax errors become problems.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = error.span().map_or(0, |span| self.line(span.start));
            let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let says = format!("this is not TOML: {}, in the line {text:?}", error.message());
            self.report(line, None, says);
        }
        table
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|begins| *begins <= at)
    }

    pub(crate) fn report(&self, line: usize, rule: Option<&str>, says: String) {
        let rule = rule.filter(|rule| !rule.is_empty()).map(str::to_owned);
        self.problems.borrow_mut().push(Problem { file: self.name.to_owned(), line, rule, says });
    }

    /// Whether something is wrong with a key: what only follows from it is then not said.
    pub(crate) fn has_reported(&self, key: &str) -> bool {
        let begins = format!("`{key}` ");
        self.problems.borrow().iter().any(|problem| problem.says.starts_with(&begins))
    }

    pub(crate) fn setting(&self, name: String, value: Vec<String>) {
        self.settings.borrow_mut().insert(name, (value, false));
    }

    /// The answer of a setting, from now on used.
    fn answer(&self, name: &str) -> Option<Vec<String>> {
        let mut settings = self.settings.borrow_mut();
        let (value, used) = settings.get_mut(name)?;
        *used = true;
        Some(value.clone())
    }

    pub(crate) fn is_used(&self, setting: &str) -> bool {
        self.settings.borrow().get(setting).is_some_and(|(_, used)| *used)
    }

    pub(crate) fn settings(&self) -> Vec<String> {
        self.settings.borrow().keys().cloned().collect()
    }

    pub(crate) fn problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }
}

/// One table of a file: each key is asked for once, and `finish` refuses the rest.
pub(crate) struct Table<'f, 't> {
    file: &'f File<'f>,
    table: &'t DeTable<'t>,
    pub(crate) line: usize,
    pub(crate) rule: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'f, 't> Table<'f, 't> {
    pub(crate) fn new(file: &'f File<'f>, table: &'t DeTable<'t>, line: usize, rule: &str) -> Self {
        Self { file, table, line, rule: rule.to_owned(), asked: RefCell::default() }
    }

    pub(crate) fn report(&self, line: usize, says: String) {
        self.file.report(line, Some(&self.rule), says);
    }

    fn get(&self, key: &'static str) -> Option<(&'t DeValue<'t>, usize)> {
        self.asked.borrow_mut().insert(key);
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some((value.get_ref(), self.file.line(value.span().start)))
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Whether a key is not there, or has an empty list.
    fn lacks(&self, key: &'static str) -> bool {
        let is_empty = |value: &DeValue<'_>| value.as_array().is_some_and(|list| list.is_empty());
        self.get(key).is_none_or(|(value, _)| is_empty(value))
    }

    /// Text, or the answer of the setting that stands there instead.
    fn resolve(&self, value: &DeValue<'_>, line: usize) -> Option<Vec<String>> {
        if let Some(text) = value.as_str() {
            if text.contains(char::is_control) {
                let says =
                    format!("{text:?} must stand on one line, without tabs and control characters");
                self.report(line, says);
            }
            return Some(vec![text.to_owned()]);
        }
        if let Some(number) = value.as_integer() {
            return Some(vec![number.as_str().to_owned()]);
        }
        let named = value.as_table().filter(|table| table.len() == 1);
        let (key, named) = named?.iter().next()?;
        let name = named.get_ref().as_str().filter(|_| key.get_ref().as_ref() == "setting")?;
        let answer = self.file.answer(name);
        if answer.is_none() {
            let known = self.file.settings();
            let known = or(known.iter().map(String::as_str));
            self.report(line, format!("there is no setting {name:?}; the settings are {known}"));
        }
        answer
    }

    /// The text of a key, or all that a setting answers there, with its line.
    fn resolved(&self, key: &'static str) -> Option<(Vec<String>, usize)> {
        let (value, line) = self.get(key)?;
        let texts = self.resolve(value, line);
        if texts.is_none() && !value.is_table() {
            let hint = if value.is_float() {
                "; numbers with a point are text too, and rates have their sign: \"97.9%\""
            } else {
                ""
            };
            self.report(line, format!("`{key}` must be text in quotes{hint}"));
        }
        texts.map(|texts| (texts, line))
    }

    /// The one text that can stand there.
    fn only(&self, name: &str, texts: Vec<String>, line: usize) -> Option<String> {
        if texts.len() > 1 {
            let texts = joined(texts.iter().map(|text| format!("{text:?}")).collect(), "and");
            self.report(line, format!("`{name}` takes one answer, and the setting gives {texts}"));
            return None;
        }
        texts.into_iter().next()
    }

    /// The text of a key, with its line.
    pub(crate) fn maybe(&self, key: &'static str) -> Option<(String, usize)> {
        let (texts, line) = self.resolved(key)?;
        self.only(key, texts, line).map(|text| (text, line))
    }

    pub(crate) fn maybe_text(&self, key: &'static str) -> Option<String> {
        self.maybe(key).map(|(text, _)| text)
    }

    /// The text of a key that must be there.
    pub(crate) fn text(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.report(self.line, format!("`{key}` is missing; write {key} = \"...\""));
        }
        self.maybe_text(key).unwrap_or_default()
    }

    /// A word of a closed set.
    pub(crate) fn maybe_word<W: Word>(&self, key: &'static str) -> Option<W> {
        let (text, line) = self.maybe(key)?;
        let word = W::read(&text);
        if word.is_none() {
            let list = W::list();
            self.report(line, format!("`{key}` cannot be {text:?}; it must be {list}"));
        }
        word
    }

    /// A word of a closed set that must be there.
    pub(crate) fn word<W: Word>(&self, key: &'static str) -> Option<W> {
        if !self.has(key) {
            self.report(self.line, format!("`{key}` is missing; it must be {}", W::list()));
        }
        self.maybe_word(key)
    }

    pub(crate) fn maybe_rate(&self, key: &'static str) -> Option<Percent> {
        let (text, line) = self.maybe(key)?;
        let rate = text.parse();
        if let Err(error) = &rate {
            self.report(line, format!("`{key}` is {text:?}, but {error}"));
        }
        rate.ok()
    }

    /// A rate that must be there.
    pub(crate) fn rate(&self, key: &'static str) -> Option<Percent> {
        if !self.has(key) {
            self.report(self.line, format!("`{key}` is missing; write a rate: {key} = \"95%\""));
        }
        self.maybe_rate(key)
    }

    pub(crate) fn maybe_count(&self, key: &'static str) -> Option<u32> {
        let (text, line) = self.maybe(key)?;
        let count = text.parse();
        if count.is_err() {
            self.report(line, format!("`{key}` is {text:?}, but must be a whole number"));
        }
        count.ok()
    }

    /// One text or a list of texts; empty when the key is not there.
    pub(crate) fn list(&self, key: &'static str) -> Vec<String> {
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            return self.resolved(key).map(|(texts, _)| texts).unwrap_or_default();
        };
        let read = |item: &Spanned<DeValue<'_>>| {
            let texts = self.resolve(item.get_ref(), line);
            if texts.is_none() {
                self.report(line, format!("`{key}` must be a list of texts in quotes"));
            }
            texts
        };
        items.iter().filter_map(read).flatten().collect()
    }

    /// One word of a closed set or a list of them.
    pub(crate) fn words<W: Word>(&self, key: &'static str) -> Vec<W> {
        if self.lacks(key) {
            self.report(self.line, format!("`{key}` is missing; it must be {}", W::list()));
        }
        let line = self.get(key).map_or(self.line, |(_, line)| line);
        let read = |text: &String| {
            let word: Option<W> = W::read(text);
            if word.is_none() {
                let list = W::list();
                self.report(line, format!("`{key}` cannot be {text:?}; it must be {list}"));
            }
            word
        };
        self.list(key).iter().filter_map(read).collect()
    }

    /// One text or a list of texts, at least one.
    pub(crate) fn texts(&self, key: &'static str) -> Vec<String> {
        if self.lacks(key) {
            self.report(self.line, format!("`{key}` is missing; write {key} = \"...\""));
        }
        self.list(key)
    }

    /// The tables of a list: `[[key]]` or `key = [{ ... }]`.
    pub(crate) fn tables(&self, key: &'static str) -> Vec<Table<'f, 't>> {
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.report(line, format!("`{key}` must be a list of rows: [[{key}]]"));
            return Vec::new();
        };
        let read = |item: &'t Spanned<DeValue<'t>>| {
            let line = self.file.line(item.span().start);
            let table = item.get_ref().as_table();
            if table.is_none() {
                self.report(line, format!("`{key}` must be a list of rows in braces"));
            }
            table.map(|table| Table::new(self.file, table, line, &self.rule))
        };
        if items.len() > ROWS {
            let says = format!("`{key}` has {} rows; the most is {ROWS}", items.len());
            self.report(0, says);
        }
        items.iter().take(ROWS).filter_map(read).collect()
    }

    /// The table of a key.
    pub(crate) fn inner(&self, key: &'static str) -> Option<Table<'f, 't>> {
        let (value, line) = self.get(key)?;
        let table = value.as_table();
        if table.is_none() {
            self.report(line, format!("`{key}` must be a table in braces"));
        }
        table.map(|table| Table::new(self.file, table, line, &self.rule))
    }

    /// A table of texts, such as `[roles]`.
    pub(crate) fn map(&self, key: &'static str) -> BTreeMap<String, (String, usize)> {
        let Some((value, line)) = self.get(key) else { return BTreeMap::new() };
        let Some(table) = value.as_table() else {
            self.report(line, format!("`{key}` must be a table of texts: [{key}]"));
            return BTreeMap::new();
        };
        let read = |name: &str, value: &Spanned<DeValue<'_>>| {
            let line = self.file.line(value.span().start);
            let texts = self.resolve(value.get_ref(), line);
            if texts.is_none() {
                self.report(line, format!("{name:?} must be text in quotes"));
            }
            Some((name.to_owned(), (self.only(name, texts?, line)?, line)))
        };
        table.iter().filter_map(|(name, value)| read(name.get_ref(), value)).collect()
    }

    pub(crate) fn flag(&self, key: &'static str) -> bool {
        let Some((value, line)) = self.get(key) else { return false };
        let flag = value.as_bool();
        if flag.is_none() {
            self.report(line, format!("`{key}` must be true or false"));
        }
        flag.unwrap_or_default()
    }

    /// Refuses the keys that were not asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !asked.contains(name) {
                let line = self.file.line(key.span().start);
                let known = or(asked.iter().copied());
                self.report(line, format!("{name:?} is not a word for here; expected {known}"));
            }
        }
    }
}
