//! The parents of one school's pupils, in the form in which the API takes them: who they are, how they are reached, in
//! which order they are called, and what has to be respected about two of them.
//!
//! Brothers and sisters have the same parents, whichever of the trust's schools they go to.

use std::collections::BTreeMap;

use chrono::{Days as DayCount, NaiveDate};
use serde_json::{Value, json};

use super::home::Home;
use super::names;
use super::pupil::Pupil;
use super::rng::Key;
use super::roll::Roll;
use super::{Plan, years_shown};

/// A parent of pupils of the demonstration.
#[derive(Debug, Clone)]
pub struct ParentPlan {
    /// Tells this parent from all others.
    pub key: String,
    /// Name, language and ways to reach them.
    pub person: Value,
    /// Their children, at least one.
    pub children: Vec<ChildPlan>,
}

/// What somebody is to a pupil.
#[derive(Debug, Clone)]
pub struct ChildPlan {
    /// The pupil's UPN.
    pub upn: String,
    /// Relationship, order, responsibility.
    pub link: Value,
    /// A court order, or no contact.
    pub safeguards: Option<Value>,
}

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
const STEPFATHER: Carer = Carer { relationship: "step_parent", responsibility: false, ..FATHER };
const GRANDMOTHER: Carer = Carer { relationship: "grandparent", ..MOTHER };
/// Of a child who is looked after.
const IN_CARE: &[Carer] = &[
    Carer { relationship: "foster_carer", responsibility: false, ..MOTHER },
    Carer { relationship: "social_worker", lives_with: false, ..MOTHER },
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

/// The children of a home.
struct Household<'a> {
    home: Home,
    /// By UPN.
    children: BTreeMap<&'a str, &'a Pupil>,
    /// Whether one of them is at the school whose parents are asked for.
    asked_for: bool,
}

/// Homes without English that need an interpreter, per thousand.
const INTERPRETER: u64 = 300;

/// The parents of the first school's pupils, and of these pupils' brothers and sisters anywhere in the trust.
///
/// Of one father who lives elsewhere a court order is on record, and with another there is to be no contact.
#[must_use]
pub fn families(plan: &Plan, seed: u64, today: NaiveDate) -> Vec<ParentPlan> {
    let roll = Roll::grow(&plan.schools, Key::new(seed), years_shown(today)).known_on(today);
    let mut homes: BTreeMap<u64, Household<'_>> = BTreeMap::new();
    for enrolment in roll.enrolments.iter().filter(|one| one.last_day.is_none()) {
        let Some(pupil) = roll.pupils.get(enrolment.pupil) else { continue };
        let in_care = pupil.facts.looked_after.is_some_and(|from| from <= today);
        let home = if in_care { Home { key: pupil.key, ..pupil.home } } else { pupil.home };
        let household = homes.entry(home.key.bits()).or_insert_with(|| Household {
            home,
            children: BTreeMap::new(),
            asked_for: false,
        });
        household.children.insert(&pupil.upn, pupil);
        household.asked_for |= enrolment.school == 0;
    }
    let mut orders = orders(today).into_iter();
    let mut parents = Vec::new();
    for Household { home, children, .. } in homes.into_values().filter(|one| one.asked_for) {
        let in_care = children.values().any(|pupil| pupil.key == home.key);
        let people = home.key.about("household").weighted(&HOUSEHOLDS).unwrap_or(&[MOTHER]);
        for (place, carer) in (1..).zip(if in_care { IN_CARE } else { people }) {
            let apart = carer.relationship == "father" && !carer.lives_with;
            let order = if apart { orders.next() } else { None };
            parents.push(parent(home, &children, place, *carer, order.as_ref()));
        }
    }
    parents
}

/// What has to be respected, each about one parent.
fn orders(today: NaiveDate) -> [Value; 2] {
    let from = today - DayCount::new(200);
    [
        json!({ "court_order": { "text": "Prohibited steps order, family court", "from": from } }),
        json!({ "no_contact": { "text": "Non-molestation order: the mother is called instead", "from": from } }),
    ]
}

fn parent(
    home: Home,
    children: &BTreeMap<&str, &Pupil>,
    place: u64,
    carer: Carer,
    order: Option<&Value>,
) -> ParentPlan {
    let key = home.key.about("carer").with(place);
    let family = matches!(carer.relationship, "mother" | "father") && carer.lives_with;
    let surname = names::surname(if family { home.key } else { key });
    let forename = names::forename(key, carer.woman);
    let person = json!({
        "title": if carer.woman { "Mrs" } else { "Mr" },
        "forename": forename,
        "surname": surname,
        "language": home.language,
        "interpreter": home.language != "en" && home.key.about("interpreter").happens(INTERPRETER, 1000),
        "contacts": contacts(key, if carer.lives_with { home.key } else { key }),
    });
    let link = json!({
        "relationship": carer.relationship,
        "priority": place,
        "responsibility": carer.responsibility,
        "lives_with": carer.lives_with,
    });
    let child = |upn: &&str| ChildPlan {
        upn: (*upn).to_owned(),
        link: link.clone(),
        safeguards: order.cloned(),
    };
    let children = children.keys().map(child).collect();
    ParentPlan { key: format!("{:016x}", key.bits()), person, children }
}

/// Numbers that Ofcom keeps for fiction, a domain that nobody can have, and a postcode of no place.
fn contacts(person: Key, home: Key) -> Vec<Value> {
    let number = |key: Key, what: &str| key.about(what).below(1000);
    let mobile = format!("07700 900{:03}", number(person, "mobile"));
    let mut all = vec![json!({ "kind": "mobile", "value": mobile })];
    if person.about("has e-mail").happens(3, 4) {
        let value = format!("parent-{:06x}@example.org", person.about("e-mail").below(1 << 24));
        all.push(json!({ "kind": "email", "value": value }));
    }
    if person.about("works").happens(1, 3) {
        let value = format!("01632 960{:03}", number(person, "work"));
        all.push(json!({ "kind": "work", "value": value }));
    }
    let (house, street) = (1 + number(home, "house") % 120, names::surname(home.about("street")));
    let value =
        format!("{house} {street} Street, Larkspindle, ZZ99 {}AA", home.about("code").below(10));
    all.push(json!({ "kind": "address", "value": value }));
    all
}
