//! Names that people give, of trusts, schools, classes and children; and what they write in their own words.

use crate::base::problem::{Kind, Problem};

/// A name as it is kept, without the white space around it; `None` when it is empty, longer than `most` characters,
/// or has control characters in it. Everything else is somebody's name.
pub fn kept(text: &str, most: usize) -> Option<String> {
    let name = text.trim();
    let fits = (1..=most).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// Adds to a problem that the name at `pointer` cannot be kept.
pub fn refuse(problem: Problem, pointer: &str, most: usize) -> Problem {
    problem.and(pointer, format!("a name of 1 to {most} characters without control characters"))
}

/// What somebody wrote, without the white space around it.
///
/// # Errors
/// 422 at `pointer` when it is empty, longer than `most` characters, or has control characters other than line ends.
pub fn words(text: &str, pointer: &str, most: usize) -> Result<String, Problem> {
    let words = text.trim();
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if (1..=most).contains(&words.chars().count()) && !words.chars().any(odd) {
        return Ok(words.to_owned());
    }
    let expected = format!("1 to {most} characters, without control characters");
    Err(Problem::at(Kind::Invalid, pointer, expected))
}
