//! The file of parents: a row a pupil and parent, as the big school systems export them.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;
use domain::{ContactKind, Relationship, Upn};

use super::Reading;
use super::cells;
use super::contact_cells::{contact, effects, order, priority, relationship, title};
use super::contact_columns::ContactColumn;
use super::headers::{Column, Header, Place};
use super::languages::language;
use super::notice::{Notice, NoticeKind, counted};
use super::problem::{Fault, RowProblem, RowProblemKind};
use super::rows::{Findings, Progress, Sent, Stopped, each_row, school_place};
use super::table::Row;

/// Somebody and a pupil, as one row of the file says it. What the file leaves empty is `None`.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// The line of the file on which the row starts, from 1.
    pub line: u64,
    /// The school's URN; `None` for the school that the import is for.
    pub urn: Option<String>,
    /// The pupil's unique pupil number.
    pub upn: Upn,
    /// What the school's system calls the person.
    pub id: Option<String>,
    /// What comes before the name.
    pub title: Option<String>,
    /// The forename.
    pub forename: Option<String>,
    /// The surname.
    pub surname: String,
    /// What they are to the pupil.
    pub relationship: Relationship,
    /// Who is called first.
    pub priority: Option<i16>,
    /// Parental responsibility.
    pub responsibility: Option<bool>,
    /// Whether the child lives with them.
    pub lives_with: Option<bool>,
    /// Ways to reach them.
    pub contacts: Vec<Contact>,
    /// The tag of the language.
    pub language: Option<String>,
    /// Whether an interpreter is needed.
    pub interpreter: Option<bool>,
    /// What a court has ordered.
    pub court_order: Option<Clause>,
    /// That there is to be no contact.
    pub no_contact: Option<Clause>,
}

/// A way to reach somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// The number, the e-mail address, or the postal address with its postcode.
    pub value: String,
}

/// What a file says of an order.
#[derive(Clone, PartialEq, Eq)]
pub enum Clause {
    /// That there is none.
    No,
    /// That there is one.
    Stands {
        /// What it says, when the file tells.
        text: Option<String>,
        /// Its first day.
        from: Option<NaiveDate>,
        /// Its last day.
        to: Option<NaiveDate>,
        /// What it does, in words with `_` between.
        effects: Vec<String>,
    },
}

/// Says nothing of the people, so that a debug print can go to a log.
impl fmt::Debug for ContactRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactRow").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Reads a file of parents. Rows that mean the import's own school get `urn: None`.
///
/// # Errors
/// Only when `progress` returns `false`. Whatever is wrong with the file is in the [`Reading`].
pub fn read_contacts(
    sent: &Sent<'_>,
    progress: &mut Progress<'_>,
) -> Result<Reading<Vec<ContactRow>>, Stopped> {
    let mut findings = Findings::default();
    let (mut rows, mut no_parents) = (Vec::new(), Vec::new());
    each_row(
        sent,
        &mut findings,
        progress,
        |header, findings| ContactsReader::open(header, sent.own_school, findings),
        |reader, row, findings| match reader.read(row, findings) {
            Some(Read::Parent(contact)) => rows.push(*contact),
            Some(Read::NoParent) => no_parents.push(row.line),
            None => {}
        },
    )?;
    if let Some(line) = no_parents.first() {
        let count = no_parents.len() as u64;
        let text = format!(
            "{} left aside: somebody such as a doctor or a teacher is neither a parent nor rung when a child is \
             missing.",
            counted(count, "row")
        );
        findings.notices.push(Notice { kind: NoticeKind::NotAParent, line: *line, count, text });
    }
    Ok(findings.finish(rows))
}

/// What a row comes to.
enum Read {
    Parent(Box<ContactRow>),
    NoParent,
}

/// Where the columns stand.
struct ContactsReader<'s> {
    own_school: Option<&'s str>,
    upn: Place,
    surname: Place,
    forename: Option<Place>,
    relationship: Place,
    others: Vec<(ContactColumn, Place)>,
    urn: Option<Place>,
}

impl<'s> ContactsReader<'s> {
    /// Where the file has columns for the parent's name, plain `Surname` and `Forename` are the pupil's.
    fn open(header: &Header, own_school: Option<&'s str>, findings: &mut Findings) -> Option<Self> {
        let mut known = vec![Column::Upn, Column::Urn, Column::Surname, Column::Forename];
        known.extend(ContactColumn::all().map(Column::Contact));
        findings.notices.extend(header.ignored(&known, &BTreeSet::new()));
        let problems = &mut findings.problems;
        let told = Column::Contact(ContactColumn::Surname);
        let plain = !header.has(told) && header.has(Column::Surname);
        let forename = match plain {
            true => Column::Forename,
            false => Column::Contact(ContactColumn::Forename),
        };
        let reader = Self {
            own_school,
            upn: header.needed(Column::Upn, problems),
            surname: header.needed(if plain { Column::Surname } else { told }, problems),
            forename: header.optional(forename, problems),
            relationship: header.needed(Column::Contact(ContactColumn::Relationship), problems),
            others: ContactColumn::all()
                .filter(|c| {
                    !matches!(
                        c,
                        ContactColumn::Surname
                            | ContactColumn::Forename
                            | ContactColumn::Relationship
                    )
                })
                .filter_map(|c| Some((c, header.optional(Column::Contact(c), problems)?)))
                .collect(),
            urn: school_place(header, own_school, problems),
        };
        problems.is_empty().then_some(reader)
    }

    fn place(&self, column: ContactColumn) -> Option<&Place> {
        self.others.iter().find(|(one, _)| *one == column).map(|(_, place)| place)
    }

    /// Reads a row; `None` when there is a problem with it.
    fn read(&self, row: &Row<'_>, findings: &mut Findings) -> Option<Read> {
        use ContactColumn as C;
        let before = findings.problems.total();
        let at = |column| self.place(column);
        let urn = findings.school(row, self.urn.as_ref(), self.own_school).map(str::to_owned);
        let upn = findings.needed(row, &self.upn, cells::upn);
        let surname = findings.needed(row, &self.surname, cells::text);
        let forename = findings.optional(row, self.forename.as_ref(), cells::text);
        let id = findings.optional(row, at(C::Id), cells::text);
        let title = findings.optional(row, at(C::Title), title);
        let relation = findings.optional(row, Some(&self.relationship), relationship);
        let priority = findings.optional(row, at(C::Priority), priority);
        let responsibility = findings.optional(row, at(C::Responsibility), cells::yes_or_no);
        let lives_with = findings.optional(row, at(C::LivesWith), cells::yes_or_no);
        let contacts = self.contacts(row, findings);
        let language = findings.optional(row, at(C::Language), language).flatten();
        let interpreter = findings.optional(row, at(C::Interpreter), cells::yes_or_no);
        let ordered = [C::CourtOrder, C::CourtOrderFrom, C::CourtOrderTo];
        let does = self.quiet(C::CourtOrderEffects, row, effects, findings).unwrap_or_default();
        let court_order = self.clause(ordered, does, row, findings);
        let barred = [C::NoContact, C::NoContactFrom, C::NoContactTo];
        let no_contact = self.clause(barred, Vec::new(), row, findings);
        if findings.problems.total() > before {
            return None;
        }
        let relationship = match (relation, responsibility) {
            // Whoever has responsibility is a parent, whatever the school's system calls them.
            (Some(Some(relationship)), Some(true)) if !relationship.is_parent() => {
                Relationship::Other
            }
            (Some(Some(relationship)), _) => relationship,
            (Some(None), Some(true)) | (None, _) => Relationship::Other,
            (Some(None), _) => return Some(Read::NoParent),
        };
        Some(Read::Parent(Box::new(ContactRow {
            line: row.line,
            urn,
            upn: upn?,
            id,
            title,
            forename,
            surname: surname?,
            relationship,
            priority,
            responsibility,
            lives_with,
            contacts,
            language,
            interpreter,
            court_order,
            no_contact,
        })))
    }

    /// Ways to reach somebody, in the order in which they are tried.
    fn contacts(&self, row: &Row<'_>, findings: &mut Findings) -> Vec<Contact> {
        let ways = [
            (ContactColumn::Mobile, ContactKind::Mobile),
            (ContactColumn::Home, ContactKind::Home),
            (ContactColumn::Work, ContactKind::Work),
            (ContactColumn::Email, ContactKind::Email),
            (ContactColumn::OtherEmail, ContactKind::Email),
        ];
        let mut contacts = Vec::new();
        for (column, kind) in ways {
            let read = |text: &str| contact(kind, text);
            let found = findings.optional(row, self.place(column), read);
            contacts.extend(found.filter(|contact| !contacts.contains(contact)));
        }
        let lines = ContactColumn::ADDRESS.iter().filter_map(|column| self.place(*column));
        let filled: Vec<&str> =
            lines.map(|place| row.cell(place.at)).filter(|line| !line.is_empty()).collect();
        let address = filled.join(", ");
        if let Some(first) = ContactColumn::ADDRESS.iter().find_map(|column| self.place(*column))
            && !address.is_empty()
        {
            match contact(ContactKind::Address, &address) {
                Ok(contact) => contacts.push(contact),
                Err(fault) => findings.cell(row.line, first, &address, fault),
            }
        }
        contacts
    }

    /// What the row says of an order. What stands in these cells is repeated by no problem.
    fn clause(
        &self,
        [says, from, to]: [ContactColumn; 3],
        effects: Vec<String>,
        row: &Row<'_>,
        findings: &mut Findings,
    ) -> Option<Clause> {
        let text = self.quiet(says, row, order, findings);
        let from = self.quiet(from, row, cells::date_on_record, findings);
        let to_place = to;
        let to = self.quiet(to, row, cells::date_on_record, findings);
        let wrong = |column: ContactColumn, kind, expected: &str| {
            let column = self.place(column).map(|place| place.name.clone());
            let expected = expected.to_owned();
            RowProblem { line: row.line, column, cell: None, value: None, kind, expected }
        };
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            let expected = "a last day that is not before the first day";
            findings.problems.add(|| wrong(to_place, RowProblemKind::BadDate, expected));
        }
        let more = from.is_some() || to.is_some() || !effects.is_empty();
        match text.as_deref().map(cells::yes_or_no) {
            None if !more => None,
            None | Some(Ok(false)) if more => {
                let expected =
                    "Y or what is ordered, as the row has days for it or says what it does";
                findings.problems.add(|| wrong(says, RowProblemKind::MissingValue, expected));
                None
            }
            None | Some(Ok(false)) => Some(Clause::No),
            Some(Ok(true)) => Some(Clause::Stands { text: None, from, to, effects }),
            Some(Err(_)) => Some(Clause::Stands { text, from, to, effects }),
        }
    }

    fn quiet<T>(
        &self,
        column: ContactColumn,
        row: &Row<'_>,
        read: impl FnOnce(&str) -> Result<T, Fault>,
        findings: &mut Findings,
    ) -> Option<T> {
        let place = self.place(column)?;
        match row.cell(place.at) {
            "" => None,
            text => read(text)
                .map_err(|fault| {
                    let (column, expected) =
                        (Some(place.name.clone()), fault.expected.into_owned());
                    let (line, kind) = (row.line, fault.kind);
                    findings.problems.add(|| RowProblem {
                        line,
                        column,
                        cell: None,
                        value: None,
                        kind,
                        expected,
                    });
                })
                .ok(),
        }
    }
}
