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
    /// That there is to be no contact, or why.
    NoContact,
    /// The first day of it.
    NoContactFrom,
    /// The last day of it.
    NoContactTo,
}

impl ContactColumn {
    /// Every column.
    pub const ALL: [Self; 26] = [
        Self::Id,
        Self::Title,
        Self::Forename,
        Self::Surname,
        Self::Relationship,
        Self::Priority,
        Self::Responsibility,
        Self::LivesWith,
        Self::Mobile,
        Self::Home,
        Self::Work,
        Self::Email,
        Self::OtherEmail,
        Self::Address,
        Self::Address2,
        Self::Town,
        Self::County,
        Self::Postcode,
        Self::Language,
        Self::Interpreter,
        Self::CourtOrder,
        Self::CourtOrderFrom,
        Self::CourtOrderTo,
        Self::NoContact,
        Self::NoContactFrom,
        Self::NoContactTo,
    ];

    /// Where the lines of an address stand, in their order.
    pub(super) const ADDRESS: [Self; 5] =
        [Self::Address, Self::Address2, Self::Town, Self::County, Self::Postcode];

    /// The names it goes by, folded; the first is ours.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Id => &[
                "parent id",
                "contact id",
                "guardian id",
                "person id",
                "contact person id",
                "parent person id",
                "contact reference",
            ],
            Self::Title => {
                &["title", "parent title", "contact title", "guardian title", "salutation"]
            }
            Self::Forename => &[
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
            Self::Surname => &[
                "parent surname",
                "contact surname",
                "guardian surname",
                "parent last name",
                "contact last name",
                "guardian last name",
                "contact legal surname",
                "contact family name",
            ],
            Self::Relationship => &[
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
            Self::Priority => &[
                "priority",
                "contact priority",
                "contact order",
                "order",
                "priority order",
                "contact priority order",
                "priority number",
            ],
            Self::Responsibility => &[
                "parental responsibility",
                "has parental responsibility",
                "responsibility",
                "contact parental responsibility",
                "legal guardian",
                "pr",
            ],
            Self::LivesWith => &[
                "lives with",
                "lives with pupil",
                "lives with student",
                "lives with child",
                "student lives with",
                "pupil lives with",
                "living with",
                "living with student",
            ],
            Self::Mobile => &[
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
            Self::Home => &[
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
            Self::Work => &[
                "work telephone",
                "work phone",
                "work tel",
                "work number",
                "work phone number",
                "contact work tel",
                "daytime telephone",
                "day telephone",
            ],
            Self::Email => &[
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
            Self::OtherEmail => &[
                "other email",
                "work email",
                "email 2",
                "secondary email",
                "contact work email",
                "alternative email",
            ],
            Self::Address => &[
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
            Self::Address2 => &["address line 2", "address 2", "district", "locality"],
            Self::Town => {
                &["town", "city", "town city", "post town", "address line 3", "address 3"]
            }
            Self::County => &["county", "address line 4", "address 4", "administrative area"],
            Self::Postcode => &["postcode", "post code", "contact postcode", "home postcode"],
            Self::Language => &[
                "language",
                "first language",
                "home language",
                "preferred language",
                "contact language",
                "contact first language",
                "correspondence language",
            ],
            Self::Interpreter => &[
                "interpreter",
                "interpreter needed",
                "interpreter required",
                "needs interpreter",
                "translator required",
            ],
            Self::CourtOrder => &[
                "court order",
                "has court order",
                "contact court order",
                "subject to court order",
                "court order details",
                "court orders",
            ],
            Self::CourtOrderFrom => &["court order from", "court order date", "court order start"],
            Self::CourtOrderTo => &["court order to", "court order until", "court order end"],
            Self::NoContact => &[
                "no contact",
                "do not contact",
                "must not contact",
                "contact not allowed",
                "not to be contacted",
                "contact barred",
            ],
            Self::NoContactFrom => &["no contact from", "do not contact from"],
            Self::NoContactTo => &["no contact to", "no contact until", "do not contact until"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::file::headers::Column;

    #[test]
    fn no_two_columns_of_the_file_share_a_name() {
        let pupils = [Column::Upn, Column::Urn, Column::Surname, Column::Forename];
        let columns = ContactColumn::ALL.map(Column::Contact);
        let all = pupils.iter().chain(&columns);
        let mut names: Vec<&str> = all.flat_map(|column| column.names()).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
