//! Who of a file of parents is the same person, in the file and among the parents whom the trust knows.
//!
//! A parent of several children is one person. The same are those to whom the school's system gives one number; and where
//! it gives none, those with the same name and a telephone number, e-mail address or postal address in common. A father
//! and a son of one name and one address have two numbers and stay two.

use domain::{ContactKind, folded_name_key};
use files::{Notice, NoticeKind};

use super::Row;
use base::prelude::*;
use roll::parents::{ParentRow, Person, Tie};

/// How many notices of one sort are listed; an import of a whole trust may have thousands.
const LISTED: usize = 100;

/// Somebody, with the rows about them by their places, and the parent whom the trust knows.
pub(super) struct Somebody {
    pub rows: Vec<usize>,
    pub known: Option<ParentId>,
}

/// Surname and forename as they are compared: accents and case are spelling.
pub(super) fn name_key(surname: &str, forename: Option<&str>) -> String {
    folded_name_key(surname, forename.unwrap_or_default())
}

/// A way to reach somebody as it is compared, and what people call it.
pub(super) fn reach(kind: ContactKind, value: &str) -> (&'static str, String) {
    let value = value.to_lowercase();
    match kind {
        ContactKind::Mobile | ContactKind::Home | ContactKind::Work => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            // 07700 900123 and +44 7700 900123 are one number; a spreadsheet drops the nought.
            let from = digits.len().saturating_sub(10);
            let last = digits.get(from..).unwrap_or_default();
            ("telephone number", last.trim_start_matches('0').to_owned())
        }
        ContactKind::Email => ("e-mail address", value),
        ContactKind::Address => {
            ("postal address", value.chars().filter(|c| c.is_alphanumeric()).collect())
        }
    }
}

/// The people of a file, each with the parent whom the trust knows as theirs.
#[derive(Default)]
pub(super) struct People {
    pub all: Vec<Somebody>,
    by_id: BTreeMap<(SchoolId, String), usize>,
    by_reach: BTreeMap<(String, (&'static str, String)), Vec<usize>>,
    joined: Vec<(u64, String)>,
    kept_apart: Vec<(u64, String)>,
}

impl People {
    /// Brings together the rows that are about the same person.
    pub fn of(rows: &[Row]) -> Self {
        let mut people = Self::default();
        for (at, row) in rows.iter().enumerate() {
            let id = row.file.id.clone().map(|id| (row.school_id, id));
            let by_id = id.as_ref().and_then(|id| people.by_id.get(id)).copied();
            let found = by_id.or_else(|| people.by_reach(row, rows));
            let somebody = match found {
                Some(somebody) => somebody,
                None => {
                    people.all.push(Somebody { rows: Vec::new(), known: None });
                    people.all.len() - 1
                }
            };
            if let Some(somebody) = people.all.get_mut(somebody) {
                somebody.rows.push(at);
            }
            people.by_id.extend(id.map(|id| (id, somebody)));
            let name = name_key(&row.file.surname, row.file.forename.as_deref());
            for contact in &row.file.contacts {
                let way = people
                    .by_reach
                    .entry((name.clone(), reach(contact.kind, &contact.value)))
                    .or_default();
                if !way.contains(&somebody) {
                    way.push(somebody);
                }
            }
        }
        people
    }

    /// Somebody with the same name and a way to reach them in common, to whom the school gives no other number.
    fn by_reach(&mut self, row: &Row, rows: &[Row]) -> Option<usize> {
        let name = name_key(&row.file.surname, row.file.forename.as_deref());
        for contact in &row.file.contacts {
            let way = reach(contact.kind, &contact.value);
            let what = way.0;
            for somebody in self.by_reach.get(&(name.clone(), way)).into_iter().flatten() {
                let others = self.all.get(*somebody).map_or(&[][..], |one| one.rows.as_slice());
                let others: Vec<&Row> =
                    others.iter().filter_map(|other| rows.get(*other)).collect();
                let another = |other: &&Row| {
                    let numbers = other.file.id.as_ref().zip(row.file.id.as_ref());
                    other.school_id == row.school_id && numbers.is_some_and(|(a, b)| a != b)
                };
                if others.iter().any(another) {
                    continue;
                }
                if let Some(other) = others.iter().find(|o| o.pupil_id != row.pupil_id) {
                    let text = format!("as on line {}: the same name and {what}", other.file.line);
                    self.joined.push((row.file.line, text));
                }
                return Some(*somebody);
            }
        }
        None
    }

    /// Finds everybody among the parents whom the trust knows: `known` are those with the names of the file, `ties` what
    /// they are to which pupils.
    pub fn find(&mut self, rows: &[Row], known: &[ParentRow], ties: &[Tie]) {
        let mut by_name: BTreeMap<String, Vec<&ParentRow>> = BTreeMap::new();
        for parent in known {
            let Person { surname, forename, .. } = &parent.person;
            by_name.entry(name_key(surname, forename.as_deref())).or_default().push(parent);
        }
        let tied: BTreeSet<(ParentId, PupilId)> =
            ties.iter().map(|tie| (tie.parent_id, tie.pupil_id)).collect();
        let mut taken = BTreeSet::new();
        for somebody in &mut self.all {
            let theirs: Vec<&Row> = somebody.rows.iter().filter_map(|at| rows.get(*at)).collect();
            let Some(first) = theirs.first() else { continue };
            let name = name_key(&first.file.surname, first.file.forename.as_deref());
            let free = by_name.get(&name).into_iter().flatten();
            let free: Vec<&ParentRow> =
                free.filter(|parent| !taken.contains(&parent.parent_id)).copied().collect();
            let of_child = |parent: &&&ParentRow| {
                theirs.iter().any(|row| tied.contains(&(parent.parent_id, row.pupil_id)))
            };
            let shared = |parent: &ParentRow| {
                let known = parent.person.contacts.iter();
                let known: BTreeSet<_> = known.map(|one| reach(one.kind, &one.value)).collect();
                let told = theirs.iter().flat_map(|row| &row.file.contacts);
                let mut told = told.map(|one| reach(one.kind, &one.value));
                told.find(|way| known.contains(way)).map(|(what, _)| what)
            };
            let both = free.iter().filter(of_child).find(|parent| shared(parent).is_some());
            let reached = || free.iter().find_map(|parent| Some((parent, shared(parent)?)));
            if let Some(parent) = both.or_else(|| free.iter().find(of_child)) {
                somebody.known = Some(parent.parent_id);
            } else if let Some((parent, what)) = reached() {
                somebody.known = Some(parent.parent_id);
                let text = format!("as parent {}: the same name and {what}", parent.parent_id);
                self.joined.push((first.file.line, text));
            } else if let Some(parent) = free.first() {
                let text =
                    format!("parent {} has the same name and nothing else", parent.parent_id);
                self.kept_apart.push((first.file.line, text));
            }
            taken.extend(somebody.known);
        }
    }

    /// What the sender should look at although it may be right.
    pub fn notices(self) -> Vec<Notice> {
        let mut notices = told(self.joined, NoticeKind::SamePerson, "Taken to be the same person");
        let what = "Another person, but may be the same";
        notices.extend(told(self.kept_apart, NoticeKind::MaybeSamePerson, what));
        notices
    }
}

fn told(mut found: Vec<(u64, String)>, kind: NoticeKind, what: &str) -> Vec<Notice> {
    let rest = found.split_off(found.len().min(LISTED));
    let notice =
        |line, count, why: &str| Notice { kind, line, count, text: format!("{what}, {why}.") };
    let mut notices: Vec<Notice> =
        found.into_iter().map(|(line, why)| notice(line, 1, &why)).collect();
    if let Some((line, _)) = rest.first() {
        let count = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        notices.push(notice(*line, count, "and so on further lines"));
    }
    notices
}
