//! Whom a story is about: pupils of the demonstration's school, with their classes and parents.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::app::Client;
use crate::support::build::id;

/// Somebody in a class.
pub(super) struct Member {
    pub pupil: i32,
    pub upn: String,
    pub class: i32,
}

/// The classes of a school, youngest first.
pub(super) fn classes(lead: &Client, school: i32) -> Vec<Vec<Member>> {
    let pupils = lead.get(&format!("/v1/pupils?school_id={school}&limit=500")).expect(200);
    let pupils = pupils["items"].as_array().unwrap().iter();
    let upns: BTreeMap<i32, String> =
        pupils.map(|row| (id(row, "pupil_id"), row["upn"].as_str().unwrap().to_owned())).collect();
    let all = lead.get(&format!("/v1/classes?school_id={school}&year=2026")).expect(200);
    let mut names: Vec<(String, i32)> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap().to_owned(), id(row, "class_id")))
        .collect();
    // Reception, "R", before year 1.
    names.sort_by_key(|(name, _)| (!name.starts_with('R'), name.clone()));
    let members = |(_, class): (String, i32)| {
        let page = lead.get(&format!("/v1/classes/{class}")).expect(200);
        let members = page["members"].as_array().unwrap().iter();
        members
            .map(|row| {
                let pupil = id(row, "pupil_id");
                Member { pupil, upn: upns[&pupil].clone(), class }
            })
            .collect()
    };
    names.into_iter().map(members).collect()
}

/// So many pupils of compulsory school age who stay all year and have two parents with responsibility, each of another
/// class as far as there are enough.
pub(super) fn chosen<'a>(
    lead: &Client,
    classes: &'a [Vec<Member>],
    all_year: &BTreeSet<&str>,
    families: usize,
) -> Vec<&'a Member> {
    let mut left: Vec<_> = classes.iter().skip(1).map(|class| class.iter()).collect();
    let mut chosen = Vec::new();
    for _ in 0..families {
        for class in &mut left {
            let fits = |one: &&Member| {
                all_year.contains(one.upn.as_str()) && parents(lead, one.pupil).len() == 2
            };
            chosen.extend(class.find(fits));
        }
    }
    assert!(chosen.len() >= families, "the school is too small for this story");
    chosen.truncate(families);
    chosen
}

/// The parents of a pupil who have responsibility, in the order in which they are called.
pub(super) fn parents(lead: &Client, pupil: i32) -> Vec<i32> {
    let all = lead.get(&format!("/v1/pupils/{pupil}/parents")).expect(200);
    let all = all["parents"].as_array().unwrap().iter();
    let responsible = all.filter(|one| one["link"]["responsibility"] == true);
    responsible.map(|one| id(&one["parent"], "parent_id")).collect()
}
