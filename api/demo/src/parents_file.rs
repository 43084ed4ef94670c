//! The file of all parents of the trust, as the schools export it: who they are, how they are reached, and in which order
//! they are called; and what has to be respected about two of them, in files that their schools' leads send.
//!
//! A row a pupil and parent. Brothers and sisters have the same parents, whichever of the trust's schools they go to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days as DayCount, NaiveDate};

use super::files::File;
use super::home::Home;
use super::pupil::Pupil;
use super::rng::Key;
use super::roll::Roll;
use super::table::Table;
use super::{Plan, names, years_shown};

/// The columns of a file of parents. A parent's number is the school's own: who has children at two schools has one
/// name, and one number to be reached at, in both.
const COLUMNS: [&str; 18] = [
    "urn",
    "upn",
    "parent_id",
    "title",
    "parent_forename",
    "parent_surname",
    "relationship",
    "priority",
    "parental_responsibility",
    "lives_with",
    "mobile",
    "work_telephone",
    "email",
    "address",
    "town",
    "postcode",
    "language",
    "interpreter",
];
/// What a court has ordered, which stands in a file of its own.
const ORDER_COLUMNS: [&str; 4] =
    ["court_order", "court_order_from", "no_contact", "no_contact_from"];

/// Somebody who cares for the children of a home.
#[derive(Debug, Clone, Copy)]
struct Carer {
    relationship: &'static str,
    woman: bool,
    responsibility: bool,
    lives_with: bool,
}

const MOTHER: Carer =
    Carer { relationship: "mother", woman: true, responsibility: true, lives_with: true };
const FATHER: Carer = Carer { relationship: "father", woman: false, ..MOTHER };
const AWAY: Carer = Carer { lives_with: false, ..FATHER };
const STEPFATHER: Carer = Carer { relationship: "step parent", responsibility: false, ..FATHER };
const GRANDMOTHER: Carer = Carer { relationship: "grandparent", ..MOTHER };
/// Of a child who is looked after.
const IN_CARE: &[Carer] = &[
    Carer { relationship: "foster carer", responsibility: false, ..MOTHER },
    Carer { relationship: "social worker", lives_with: false, ..MOTHER },
];

/// Who cares for the children of a home, in the order in which they are called: weight and people.
const HOUSEHOLDS: [(u64, &[Carer]); 6] = [
    (580, &[MOTHER, FATHER]),
    (240, &[MOTHER, AWAY]),
    (90, &[MOTHER]),
    (30, &[FATHER]),
    (40, &[MOTHER, STEPFATHER]),
    (20, &[GRANDMOTHER]),
];

/// The children of a home, by UPN, each with the URN of a school.
struct Household<'a> {
    home: Home,
    children: BTreeMap<&'a str, (&'a Pupil, &'a str)>,
}

/// Homes without English that need an interpreter, per thousand.
const INTERPRETER: u64 = 300;

/// What is in a row about an order of a court: `court_order` and `no_contact`, each with its first day.
type Orders = [String; 4];

/// The parents of the trust, in files.
pub struct ParentsFiles {
    /// Everybody's, without what a court has ordered.
    pub all: File,
    /// What a court has ordered: a file for each school, by URN.
    pub orders: BTreeMap<String, File>,
}

/// The parents of everybody who is on roll on `today`.
///
/// Of one father who lives elsewhere a court order is on record, and with another there is to be no contact.
pub fn parents_files(plan: &Plan, seed: u64, today: NaiveDate) -> ParentsFiles {
    let roll = Roll::grow(&plan.schools, Key::new(seed), years_shown(today)).known_on(today);
    let mut orders = orders(today).into_iter();
    let mut drawn = BTreeSet::new();
    let mut tables = Tables { all: Table::new(&COLUMNS), orders: BTreeMap::new() };
    for household in households(plan, &roll, today).into_values() {
        let Household { home, children } = &household;
        let in_care = children.values().any(|(pupil, _)| pupil.key == home.key);
        let people = home.key.about("household").weighted(&HOUSEHOLDS).unwrap_or(&[MOTHER]);
        for (place, carer) in (1..).zip(if in_care { IN_CARE } else { people }) {
            let apart = carer.relationship == "father" && !carer.lives_with;
            let order = if apart { orders.next() } else { None };
            let person = Person::new(*home, place, *carer, &mut drawn);
            person.rows(&mut tables, &household, (place, *carer), order.as_ref());
        }
    }
    tables.into_files()
}

/// The files while they are written.
struct Tables {
    all: Table,
    orders: BTreeMap<String, Table>,
}

impl Tables {
    fn into_files(self) -> ParentsFiles {
        let file =
            |name: String, table: Table| File { name, kind: "parents", bytes: table.into_bytes() };
        let orders = self.orders.into_iter().map(|(urn, table)| {
            let name = format!("orders-{urn}.csv");
            (urn, file(name, table))
        });
        ParentsFiles { orders: orders.collect(), all: file("parents.csv".to_owned(), self.all) }
    }
}

/// The homes of everybody on roll. A child who is looked after has one of their own.
fn households<'a>(
    plan: &'a Plan,
    roll: &'a Roll,
    today: NaiveDate,
) -> BTreeMap<u64, Household<'a>> {
    let mut homes: BTreeMap<u64, Household<'_>> = BTreeMap::new();
    for enrolment in roll.enrolments.iter().filter(|one| one.last_day.is_none()) {
        let (Some(pupil), Some(school)) =
            (roll.pupils.get(enrolment.pupil), plan.schools.get(enrolment.school))
        else {
            continue;
        };
        let in_care = pupil.facts.looked_after.is_some_and(|from| from <= today);
        let home = if in_care { Home { key: pupil.key, ..pupil.home } } else { pupil.home };
        let household = homes
            .entry(home.key.bits())
            .or_insert_with(|| Household { home, children: BTreeMap::new() });
        household.children.insert(&pupil.upn, (pupil, &school.urn));
    }
    homes
}

/// What has to be respected, each about one parent.
fn orders(today: NaiveDate) -> [Orders; 2] {
    let from = (today - DayCount::new(200)).to_string();
    let court = "Prohibited steps order of the family court".to_owned();
    let barred = "Non-molestation order: the mother is called instead".to_owned();
    [
        [court, from.clone(), String::new(), String::new()],
        [String::new(), String::new(), barred, from],
    ]
}

/// Somebody's name and the ways to reach them; empty where there is none.
struct Person {
    key: Key,
    forename: &'static str,
    surname: &'static str,
    mobile: String,
    work: String,
    email: String,
    address: String,
    postcode: String,
}

impl Person {
    /// Who has this place in a home. Two of one name are never reached in the same way: files of two schools would be
    /// taken to mean one person.
    fn new(home: Home, place: u64, carer: Carer, drawn: &mut BTreeSet<String>) -> Self {
        let first = home.key.about("carer").with(place);
        let mut person = Self::draw(first, home, carer);
        for again in 1.. {
            let ways = [&person.mobile, &person.work, &person.email, &person.address];
            let ways = ways.into_iter().filter(|way| !way.is_empty());
            let ways: Vec<String> =
                ways.map(|way| format!("{} {} {way}", person.forename, person.surname)).collect();
            if ways.iter().all(|way| !drawn.contains(way)) {
                drawn.extend(ways);
                break;
            }
            person = Self::draw(first.with(again), home, carer);
        }
        person
    }

    /// Numbers that Ofcom keeps for fiction, a domain that nobody can have, and a postcode of no place.
    fn draw(key: Key, home: Home, carer: Carer) -> Self {
        let number = |key: Key, what: &str| key.about(what).below(1000);
        let family = matches!(carer.relationship, "mother" | "father") && carer.lives_with;
        let lives = if carer.lives_with { home.key } else { key };
        let if_any = |any: bool, way: String| if any { way } else { String::new() };
        let (house, street) =
            (1 + number(lives, "house") % 120, names::surname(lives.about("street")));
        let code = lives.about("code").below(10);
        Self {
            key,
            forename: names::forename(key, carer.woman),
            surname: names::surname(if family { home.key } else { key }),
            mobile: format!("07700 900{:03}", number(key, "mobile")),
            work: if_any(
                key.about("works").happens(1, 3),
                format!("01632 960{:03}", number(key, "work")),
            ),
            email: if_any(
                key.about("has e-mail").happens(3, 4),
                format!("parent-{:06x}@example.org", key.about("e-mail").below(1 << 24)),
            ),
            address: format!("{house} {street} Street"),
            postcode: format!("ZZ99 {code}AA"),
        }
    }

    /// A row for each child of the home, and another where there is an order.
    fn rows(
        &self,
        tables: &mut Tables,
        Household { home, children }: &Household<'_>,
        (place, carer): (u64, Carer),
        orders: Option<&Orders>,
    ) {
        let yes = |holds: bool| if holds { "Y" } else { "N" };
        let interpreter =
            home.language != "en" && home.key.about("interpreter").happens(INTERPRETER, 1000);
        let (id, place) = (format!("{:016x}", self.key.bits()), place.to_string());
        for (upn, (_, urn)) in children {
            let row = [
                *urn,
                upn,
                &id,
                if carer.woman { "Mrs" } else { "Mr" },
                self.forename,
                self.surname,
                carer.relationship,
                &place,
                yes(carer.responsibility),
                yes(carer.lives_with),
                &self.mobile,
                &self.work,
                &self.email,
                &self.address,
                "Larkspindle",
                &self.postcode,
                home.language,
                yes(interpreter),
            ];
            tables.all.row(&row);
            if let Some(orders) = orders {
                let columns = [&COLUMNS[..], &ORDER_COLUMNS].concat();
                let table = tables.orders.entry((*urn).to_owned());
                let table = table.or_insert_with(|| Table::new(&columns));
                table.row(&[&row[..], &orders.each_ref().map(String::as_str)].concat());
            }
        }
    }
}
