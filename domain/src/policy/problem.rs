//! What is wrong with a policy: a line, a rule and a sentence that leads to a right one.

use std::fmt;

/// One problem in one of a policy's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, such as `policy.toml`.
    pub file: String,
    /// The line, from 1; 0 when it concerns the whole file.
    pub line: usize,
    /// The rule it stands in, if any.
    pub rule: Option<String>,
    /// What is wrong and what was expected.
    pub says: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if let Some(rule) = &self.rule {
            write!(f, ", {rule}")?;
        }
        write!(f, ": {}", self.says)
    }
}
