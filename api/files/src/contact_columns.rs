//! The columns of a file of parents, in the words of the big school systems.

/// A column of a file of parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactColumn {
    /// What the school's system calls the person: rows with the same are the same person.
    Id,
    /// What comes before the name.
    Title,
    /// The forename.
    Forename,
    /// The surname.
    Surname,
    /// What they are to the pupil.
    Relationship,
    /// Who is called first.
    Priority,
    /// Parental responsibility.
    Responsibility,
    /// Whether the child lives with them.
    LivesWith,
    /// The mobile telephone.
    Mobile,
    /// The telephone at home.
    Home,
    /// The telephone at work.
    Work,
    /// The e-mail address.
    Email,
    /// Another e-mail address.
    OtherEmail,
    /// The postal address, or its first line.
    Address,
    /// Its second line.
    Address2,
    /// Its town.
    Town,
    /// Its county.
    County,
    /// Its postcode.
    Postcode,
    /// The language.
    Language,
    /// Whether an interpreter is needed.
    Interpreter,
    /// A court order, or that there is one.
    CourtOrder,
    /// Its first day.
    CourtOrderFrom,
    /// Its last day.
    CourtOrderTo,
    /// What it does.
    CourtOrderEffects,
    /// That there is to be no contact, or why.
    NoContact,
    /// The first day of it.
    NoContactFrom,
    /// The last day of it.
    NoContactTo,
}

/// The names that each goes by, as [`super::headers`] folds them; the first is ours.
const NAMES: [(ContactColumn, &[&str]); 27] = [
    (
        ContactColumn::Id,
        &[
            "parent id",
            "contact id",
            "guardian id",
            "person id",
            "contact person id",
            "parent person id",
            "contact reference",
        ],
    ),
    (
        ContactColumn::Title,
        &["title", "parent title", "contact title", "guardian title", "salutation"],
    ),
    (
        ContactColumn::Forename,
        &[
            "parent forename",
            "contact forename",
            "guardian forename",
            "parent first name",
            "contact first name",
            "guardian first name",
            "contact legal forename",
            "contact preferred forename",
            "contact given name",
        ],
    ),
    (
        ContactColumn::Surname,
        &[
            "parent surname",
            "contact surname",
            "guardian surname",
            "parent last name",
            "contact last name",
            "guardian last name",
            "contact legal surname",
            "contact family name",
        ],
    ),
    (
        ContactColumn::Relationship,
        &[
            "relationship",
            "relationship to pupil",
            "relationship to student",
            "relationship to child",
            "contact relationship",
            "relation",
            "relation to student",
            "relation type",
            "relationship type",
            "guardian relationship",
        ],
    ),
    (
        ContactColumn::Priority,
        &[
            "priority",
            "contact priority",
            "contact order",
            "order",
            "priority order",
            "contact priority order",
            "priority number",
        ],
    ),
    (
        ContactColumn::Responsibility,
        &[
            "parental responsibility",
            "has parental responsibility",
            "responsibility",
            "contact parental responsibility",
            "legal guardian",
            "pr",
        ],
    ),
    (
        ContactColumn::LivesWith,
        &[
            "lives with",
            "lives with pupil",
            "lives with student",
            "lives with child",
            "student lives with",
            "pupil lives with",
            "living with",
            "living with student",
        ],
    ),
    (
        ContactColumn::Mobile,
        &[
            "mobile",
            "mobile telephone",
            "mobile number",
            "mobile phone",
            "mobile tel",
            "mobile phone number",
            "contact mobile",
            "contact mobile tel",
            "primary mobile",
        ],
    ),
    (
        ContactColumn::Home,
        &[
            "home telephone",
            "telephone",
            "home phone",
            "home tel",
            "home number",
            "phone",
            "home phone number",
            "main telephone",
            "telephone number",
            "contact home tel",
            "contact telephone",
            "phone number",
            "landline",
        ],
    ),
    (
        ContactColumn::Work,
        &[
            "work telephone",
            "work phone",
            "work tel",
            "work number",
            "work phone number",
            "contact work tel",
            "daytime telephone",
            "day telephone",
        ],
    ),
    (
        ContactColumn::Email,
        &[
            "email",
            "e mail",
            "email address",
            "primary email",
            "main email",
            "home email",
            "contact email",
            "contact home email",
            "parent email",
            "guardian email",
            "primary email address",
        ],
    ),
    (
        ContactColumn::OtherEmail,
        &[
            "other email",
            "work email",
            "email 2",
            "secondary email",
            "contact work email",
            "alternative email",
        ],
    ),
    (
        ContactColumn::Address,
        &[
            "address",
            "home address",
            "full address",
            "postal address",
            "contact address",
            "address block",
            "address line 1",
            "address 1",
            "street",
            "house and street",
        ],
    ),
    (ContactColumn::Address2, &["address line 2", "address 2", "district", "locality"]),
    (
        ContactColumn::Town,
        &["town", "city", "town city", "post town", "address line 3", "address 3"],
    ),
    (ContactColumn::County, &["county", "address line 4", "address 4", "administrative area"]),
    (ContactColumn::Postcode, &["postcode", "post code", "contact postcode", "home postcode"]),
    (
        ContactColumn::Language,
        &[
            "language",
            "first language",
            "home language",
            "preferred language",
            "contact language",
            "contact first language",
            "correspondence language",
        ],
    ),
    (
        ContactColumn::Interpreter,
        &[
            "interpreter",
            "interpreter needed",
            "interpreter required",
            "needs interpreter",
            "translator required",
        ],
    ),
    (
        ContactColumn::CourtOrder,
        &[
            "court order",
            "has court order",
            "contact court order",
            "subject to court order",
            "court order details",
            "court orders",
        ],
    ),
    (ContactColumn::CourtOrderFrom, &["court order from", "court order date", "court order start"]),
    (ContactColumn::CourtOrderTo, &["court order to", "court order until", "court order end"]),
    (
        ContactColumn::CourtOrderEffects,
        &["court order effects", "court order effect", "what the court order does"],
    ),
    (
        ContactColumn::NoContact,
        &[
            "no contact",
            "do not contact",
            "must not contact",
            "contact not allowed",
            "not to be contacted",
            "contact barred",
        ],
    ),
    (ContactColumn::NoContactFrom, &["no contact from", "do not contact from"]),
    (ContactColumn::NoContactTo, &["no contact to", "no contact until", "do not contact until"]),
];

impl ContactColumn {
    /// Where the lines of an address stand, in their order.
    pub(super) const ADDRESS: [Self; 5] =
        [Self::Address, Self::Address2, Self::Town, Self::County, Self::Postcode];

    /// Every column.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(column, _)| *column)
    }

    /// The names it goes by, folded; the first is ours.
    pub(super) fn names(self) -> &'static [&'static str] {
        NAMES.iter().find(|(column, _)| *column == self).map_or(&[], |(_, names)| names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Column;

    #[test]
    fn no_two_columns_of_the_file_share_a_name() {
        let pupils = [Column::Upn, Column::Urn, Column::Surname, Column::Forename];
        let all = pupils.into_iter().chain(ContactColumn::all().map(Column::Contact));
        let mut names: Vec<&str> = all.flat_map(Column::names).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
