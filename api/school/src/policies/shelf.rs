//! Policies that were read once, for those who ask the same few of them many times.

use std::cell::RefCell;
use std::rc::Rc;

use super::rows::{self, Assignment, Follows, Part};

use base::prelude::*;

/// What names a policy as a school follows it: the key, the version, the answers.
type Name = (String, i32, String);

/// The policies that were asked for so far. A version never changes, so that nothing on the shelf grows old.
#[derive(Default)]
pub struct Shelf {
    read: RefCell<BTreeMap<Name, Rc<Follows>>>,
}

impl Shelf {
    /// As [`super::under`]. Errors: 404.
    pub fn under(
        &self,
        tx: &mut Tx,
        key: &str,
        version: i32,
        answers: &Value,
    ) -> Result<Rc<Follows>> {
        let name = (key.to_owned(), version, answers.to_string());
        if let Some(there) = self.read.borrow().get(&name) {
            return Ok(there.clone());
        }
        let follows = Rc::new(rows::under(tx, key, version, answers)?);
        self.read.borrow_mut().insert(name, follows.clone());
        Ok(follows)
    }

    /// As [`super::assigned`], of a school's assignments in the order of [`super::assignments`].
    pub fn assigned(
        &self,
        tx: &mut Tx,
        assignments: &[Assignment],
        part: Part,
        day: NaiveDate,
    ) -> Result<Option<Rc<Follows>>> {
        let holding = rows::holding(assignments, part, day);
        let under = |one: &Assignment| self.under(tx, &one.policy, one.version, &one.answers);
        holding.map(under).transpose()
    }
}
