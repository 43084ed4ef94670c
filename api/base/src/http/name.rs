//! Names that people give, of trusts, schools, classes and children, and what they write in their own words; how long each
//! may be.

use domain::{in_one_form, is_hidden, is_invisible};

use crate::problem::{Kind, Problem};

/// The most characters of a title, such as Dr.
pub const TITLE: usize = 30;
/// Of a class's name.
pub const CLASS: usize = 50;
/// Of a part of a person's name, and of a duty.
pub const NAME: usize = 100;
/// Of what stands on one line: a school's name, somebody who was there.
pub const LINE: usize = 200;
/// Of a telephone number, an e-mail address or a postal address.
pub const CONTACT: usize = 300;
/// Of why something was done.
pub const REASON: usize = 500;
/// Of what a court has ordered.
pub const ORDER: usize = 1000;
/// Of what somebody wrote down.
pub const NOTE: usize = 2000;
/// Of a whole account, such as what was said at a meeting.
pub const ACCOUNT: usize = 4000;

/// A name as it is kept, composed and without the white space around it; `None` when it is empty, longer than `most`
/// characters, or has control characters or invisible ones in it. Everything else is somebody's name.
pub fn kept(text: &str, most: usize) -> Option<String> {
    let name = in_one_form(text.trim());
    let fits = (1..=most).contains(&name.chars().count()) && !name.chars().any(is_invisible);
    fits.then(|| name.into_owned())
}

/// Adds to a problem that the name at `pointer` cannot be kept.
pub fn refuse(problem: Problem, pointer: &str, most: usize) -> Problem {
    problem.and(
        pointer,
        format!("a name of 1 to {most} characters, without control characters or invisible ones"),
    )
}

/// What somebody wrote, without the white space around it.
///
/// # Errors
/// 422 at `pointer` when it is empty, longer than `most` characters, or has control or invisible characters other than line
/// ends.
pub fn words(text: &str, pointer: &str, most: usize) -> Result<String, Problem> {
    let words = in_one_form(text.trim());
    let odd = |c: char| is_hidden(c) && c != '\n' && c != '\t';
    if (1..=most).contains(&words.chars().count()) && !words.chars().any(odd) {
        return Ok(words.into_owned());
    }
    let expected = format!("1 to {most} characters, without control characters or invisible ones");
    Err(Problem::at(Kind::Invalid, pointer, expected))
}
