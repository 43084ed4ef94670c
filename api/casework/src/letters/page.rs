//! A letter as it is posted: the school, the day, the parent, the child, the text.

use base::prelude::*;
use roll::parents::Recipient;
use school::letterheads::Letterhead;

/// What stands on a page.
pub(super) struct Page<'a> {
    /// Whose letter it is.
    pub letterhead: &'a Letterhead,
    /// The day on which it is written.
    pub day: NaiveDate,
    /// To whom.
    pub to: &'a Recipient,
    /// The child's full name and class.
    pub about: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// Its text.
    pub text: &'a str,
    /// A line in the parent's language, under the text.
    pub help: Option<&'a str>,
}

impl Page<'_> {
    /// The whole page.
    pub fn laid_out(&self) -> String {
        let Letterhead { name, address, telephone, email, .. } = self.letterhead;
        let reach = [telephone.as_ref().map(|number| format!("Telephone {number}")), email.clone()];
        let reach: Vec<String> = reach.into_iter().flatten().collect();
        let head = [name.clone(), address.clone(), Some(reach.join("\n"))];
        let to = [Some(self.to.name.clone()), self.to.address.clone()];
        let block = |lines: &[Option<String>]| lines.iter().flatten().cloned().collect::<Vec<_>>();
        let mut blocks = vec![
            block(&head).join("\n"),
            long(self.day),
            block(&to).join("\n"),
            format!("{}\n{}", self.about, self.subject),
            self.text.to_owned(),
        ];
        blocks.extend(self.help.map(str::to_owned));
        blocks.join("\n\n")
    }
}

/// A day as letters say it.
pub fn long(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
