//! Single cells of a file of parents: relationships, the order of calls, ways to reach somebody, what a court has ordered.

use domain::{ContactKind, Relationship};

use super::contacts::Contact;
use super::problem::{Fault, RowProblemKind};

/// The most characters of a title.
const LONGEST_TITLE: usize = 30;
/// The most characters of what a court has ordered.
const LONGEST_ORDER: usize = 1000;

/// Reads what somebody is to a pupil, as the school systems and the census write it; `None`: neither a parent in the
/// sense of the Education Act 1996, section 576, nor somebody to ring, unless they have responsibility.
pub(super) fn relationship(text: &str) -> Result<Option<Relationship>, Fault> {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    Ok(Some(match words.join(" ").as_str() {
        "mother" | "mum" | "birth mother" | "adoptive mother" | "mth" => Relationship::Mother,
        "father" | "dad" | "birth father" | "adoptive father" | "fth" => Relationship::Father,
        "step parent" | "stepparent" | "step mother" | "stepmother" | "step father"
        | "stepfather" | "step mum" | "step dad" | "stp" | "parent s partner" => {
            Relationship::StepParent
        }
        "grandparent" | "grand parent" | "grandmother" | "grandfather" | "grand mother"
        | "grand father" | "gran" | "grandad" | "nan" => Relationship::Grandparent,
        "foster carer" | "foster parent" | "foster mother" | "foster father" | "fos"
        | "fostermother" | "fosterfather" => Relationship::FosterCarer,
        "guardian" | "legal guardian" | "special guardian" | "carer guardian"
        | "parent guardian" => Relationship::Guardian,
        "relative"
        | "other relative"
        | "other family member"
        | "family member"
        | "aunt"
        | "uncle"
        | "brother"
        | "sister"
        | "cousin"
        | "sibling"
        | "aunty" => Relationship::Relative,
        "social worker" | "swr" => Relationship::SocialWorker,
        "virtual school" => Relationship::VirtualSchool,
        "other" | "carer" | "parent" | "private foster carer" | "host family" | "oth" => {
            Relationship::Other
        }
        "neighbour" | "friend" | "family friend" | "other contact" | "emergency contact" => {
            Relationship::EmergencyContact
        }
        "childminder" | "child minder" | "nanny" | "au pair" => Relationship::Childminder,
        "doctor" | "gp" | "agency" | "employer" | "self" | "religious contact" | "head teacher"
        | "teacher" | "health visitor" => {
            return Ok(None);
        }
        _ => {
            let expected = "what the person is to the pupil: mother, father, step-parent, grandparent, foster carer, \
                 guardian, relative, social worker, virtual school, emergency contact, childminder or other";
            return Err(Fault::new(RowProblemKind::BadRelationship, expected));
        }
    }))
}

/// Reads a place in the order in which parents are called.
pub(super) fn priority(text: &str) -> Result<i16, Fault> {
    let digits = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let place = if digits { text.parse().ok() } else { None };
    place.filter(|place| *place > 0).ok_or_else(|| {
        Fault::new(RowProblemKind::BadPriority, "a number from 1 to 99: 1 is called first")
    })
}

/// Reads what comes before a name.
pub(super) fn title(text: &str) -> Result<String, Fault> {
    kept(text, LONGEST_TITLE, "at most 30 characters")
}

/// Reads a way to reach somebody.
pub(super) fn contact(kind: ContactKind, text: &str) -> Result<Contact, Fault> {
    match kind.wrong(text) {
        None => Ok(Contact { kind, value: text.to_owned() }),
        Some(expected) => Err(Fault::new(RowProblemKind::BadContact, expected)),
    }
}

/// Reads what a court has ordered.
pub(super) fn order(text: &str) -> Result<String, Fault> {
    kept(text, LONGEST_ORDER, "Y, N or at most 1,000 characters")
}

/// Reads what an order does: words with commas or semicolons between, in whatever way they are spaced.
pub(super) fn effects(text: &str) -> Result<Vec<String>, Fault> {
    let text = order(text)?;
    let word = |part: &str| {
        let lower = part.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("_")
    };
    Ok(text.split([',', ';', '\n']).map(word).filter(|word| !word.is_empty()).collect())
}

fn kept(text: &str, most: usize, expected: &'static str) -> Result<String, Fault> {
    if text.chars().count() > most || text.chars().any(|c| domain::is_hidden(c) && c != '\n') {
        return Err(Fault::new(RowProblemKind::BadText, expected));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relationships_are_read_as_school_systems_write_them() {
        for (text, kind) in [
            ("Mother", Relationship::Mother),
            ("Step-Father", Relationship::StepParent),
            ("FOSTER PARENT", Relationship::FosterCarer),
            ("Other Family Member", Relationship::Relative),
            ("social_worker", Relationship::SocialWorker),
            ("virtual_school", Relationship::VirtualSchool),
        ] {
            assert_eq!(relationship(text), Ok(Some(kind)), "{text}");
        }
        for text in ["Neighbour", "Family friend", "Emergency Contact", "emergency_contact"] {
            assert_eq!(relationship(text), Ok(Some(Relationship::EmergencyContact)), "{text}");
        }
        for text in ["Childminder", "Child-minder", "Nanny"] {
            assert_eq!(relationship(text), Ok(Some(Relationship::Childminder)), "{text}");
        }
        assert_eq!(relationship("Doctor"), Ok(None));
        assert_eq!(relationship("X").unwrap_err().kind, RowProblemKind::BadRelationship);
    }

    #[test]
    fn what_an_order_does_is_a_list_of_words() {
        let two = vec!["no_information".to_owned(), "may_not_collect".to_owned()];
        assert_eq!(effects("No information; may-not-collect"), Ok(two.clone()));
        assert_eq!(effects("no_information,may_not_collect,"), Ok(two));
        assert_eq!(effects(" "), Ok(vec![]));
    }

    #[test]
    fn a_place_in_the_order_is_a_number_from_1_to_99() {
        assert_eq!((priority("1"), priority("99")), (Ok(1), Ok(99)));
        for text in ["0", "100", "first", "-1", "1.0"] {
            assert!(priority(text).is_err(), "{text}");
        }
    }
}
