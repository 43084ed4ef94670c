//! What a file adds to the parents and changes about them.

use domain::Word;
use files::{
    Clause, Column, Columns, ContactColumn, Notice, NoticeKind, Problems, RowProblem,
    RowProblemKind,
};

use super::Row;
use super::people::{People, Somebody, name_key, reach};
use crate::outcome::Counts;
use base::prelude::*;
use roll::parents::{
    Change, Contact, Link, Order, OrderEffect, ParentRow, Person, Safeguards, Tie,
};

/// The language of a parent of whom nothing else is known.
const ENGLISH: &str = "en";

/// What is recorded when a file says that there is an order and not what it says.
const UNTOLD: &str =
    "On record in the school's former system, without its text: see the order itself";

/// Of what stands and of which a file says something else.
const STAYS: &str = "What is on record about this parent and pupil stays as it is: a file neither takes it away nor puts it \
    otherwise. The safeguarding lead of the main school does, and says why.";

/// What a file is held against.
pub(super) struct ParentsKnown<'a> {
    pub rows: &'a [Row],
    pub columns: &'a Columns,
    pub known: BTreeMap<ParentId, &'a ParentRow>,
    pub ties: BTreeMap<(ParentId, PupilId), &'a Tie>,
    pub today: NaiveDate,
}

/// What a file adds and changes.
#[derive(Default)]
pub(super) struct ParentsPlan {
    pub changes: Vec<Change>,
    pub counts: Counts,
    pub notices: Vec<Notice>,
}

impl ParentsPlan {
    pub fn make(people: &People, ground: &ParentsKnown<'_>, problems: &mut Problems) -> Self {
        let mut plan = Self::default();
        let orders = orders(ground);
        for somebody in &people.all {
            let change = plan.change(somebody, ground, &orders, problems);
            if change.person.is_some() || !change.links.is_empty() || !change.safeguards.is_empty()
            {
                plan.changes.push(change);
            }
        }
        plan
    }

    fn change(
        &mut self,
        somebody: &Somebody,
        ground: &ParentsKnown<'_>,
        orders: &[i16],
        problems: &mut Problems,
    ) -> Change {
        let before = somebody.known.and_then(|id| ground.known.get(&id)).map(|row| &row.person);
        let rows: Vec<&Row> = somebody.rows.iter().filter_map(|at| ground.rows.get(*at)).collect();
        let person = person(&rows, before, ground.columns, problems);
        let mut change = Change {
            parent_id: somebody.known,
            person: Some(person).filter(|person| Some(person) != before),
            links: Vec::new(),
            safeguards: Vec::new(),
        };
        match (somebody.known, &change.person) {
            (None, _) => self.counts.parents_added += 1,
            (Some(_), Some(_)) => self.counts.parents_changed += 1,
            (Some(_), None) => {}
        }
        let mut lines: BTreeMap<PupilId, &Row> = BTreeMap::new();
        for at in &somebody.rows {
            let (Some(row), Some(order)) = (ground.rows.get(*at), orders.get(*at)) else {
                continue;
            };
            if let Some(earlier) = lines.insert(row.pupil_id, row) {
                if !row.says_the_same(earlier) {
                    let line = earlier.file.line;
                    let expected =
                        format!("one line for a parent and a pupil: line {line} has the same two");
                    let kind = RowProblemKind::RowsDisagree;
                    problems.add(|| RowProblem::of_row(row.file.line, kind, expected));
                }
                continue;
            }
            let tie = somebody.known.and_then(|id| ground.ties.get(&(id, row.pupil_id))).copied();
            let link = link(row, *order, tie.map(|tie| &tie.link));
            match tie {
                None => self.counts.parent_links_added += 1,
                Some(tie) if tie.link != link => self.counts.parent_links_changed += 1,
                Some(_) => {}
            }
            if tie.is_none_or(|tie| tie.link != link) {
                change.links.push((row.pupil_id, link));
            }
            let stand = tie.map(|tie| tie.safeguards.clone()).unwrap_or_default();
            let said = self.safeguards(row, &stand, ground.today);
            if said != stand {
                self.counts.safeguards_added += 1;
                change.safeguards.push((row.pupil_id, said));
            }
        }
        change
    }

    /// What is to be respected after the row. A file adds to it, and neither takes away nor puts otherwise what stands: that
    /// is for the safeguarding lead of the main school, who says why.
    fn safeguards(&mut self, row: &Row, stand: &Safeguards, today: NaiveDate) -> Safeguards {
        let mut of = |clause: Option<&Clause>, before: Option<&Order>| {
            let said = match clause {
                Some(Clause::Stands { text, from, to, effects }) => {
                    order(text, (*from, *to), effects, before, today)
                }
                Some(Clause::No) => None,
                None => return before.cloned(),
            };
            let stays = before.filter(|order| order.stands(today) && !adds(said.as_ref(), order));
            let Some(order) = stays else { return said.or(before.cloned()) };
            self.notices.push(Notice {
                kind: NoticeKind::SafeguardsStay,
                line: row.file.line,
                count: 1,
                text: STAYS.to_owned(),
            });
            Some(order.clone())
        };
        let court_order = of(row.file.court_order.as_ref(), stand.court_order.as_ref());
        let no_contact = of(row.file.no_contact.as_ref(), stand.no_contact.as_ref());
        let letters_in_care = stand.letters_in_care;
        let said = Safeguards { court_order, no_contact, letters_in_care };
        if said.ask(today) && said.court_order != stand.court_order {
            self.notices.push(Notice {
                kind: NoticeKind::OrderWithoutEffect,
                line: row.file.line,
                count: 1,
                text: "Say what the court order does: until then it bars nobody.".to_owned(),
            });
        }
        said
    }
}

/// What a file says that there is; what it leaves empty is as it was before, where there was something.
fn order(
    text: &Option<String>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    effects: &[String],
    before: Option<&Order>,
    today: NaiveDate,
) -> Option<Order> {
    let told = text.is_some() || from.is_some() || to.is_some() || !effects.is_empty();
    if !told && before.is_some() {
        return before.cloned();
    }
    let text = text.clone().or_else(|| before.map(|order| order.text.clone()));
    Some(Order {
        text: text.unwrap_or_else(|| UNTOLD.to_owned()),
        from: from.or(before.map(|order| order.from)).unwrap_or(today),
        to: to.or(before.and_then(|order| order.to)),
        effects: both(effects, before),
    })
}

/// Whether what a file says keeps an order as it stands, or only adds to what it does.
fn adds(said: Option<&Order>, stands: &Order) -> bool {
    said.is_some_and(|said| {
        let effects = said.effects.clone();
        stands.effects.iter().all(|effect| effects.contains(effect))
            && Order { effects, ..stands.clone() } == *said
    })
}

/// What an order does after the file, which adds to what is on record. Words that there are not are problems by now.
fn both(said: &[String], before: Option<&Order>) -> Vec<OrderEffect> {
    let said = said.iter().filter_map(|word| OrderEffect::read(word));
    let before = before.into_iter().flat_map(|order| order.effects.iter().copied());
    said.chain(before).collect::<BTreeSet<OrderEffect>>().into_iter().collect()
}

/// Each row's place in the order of calls: the one that the file gives, otherwise after the parents named before.
fn orders(ground: &ParentsKnown<'_>) -> Vec<i16> {
    let mut last: BTreeMap<PupilId, i16> = BTreeMap::new();
    let next = |row: &Row| {
        let last = last.entry(row.pupil_id).or_default();
        let order = row.file.priority.unwrap_or_else(|| (*last + 1).min(99));
        *last = order.max(*last);
        order
    };
    ground.rows.iter().map(next).collect()
}

/// What a row says that somebody is to its pupil; what it leaves empty stays.
fn link(row: &Row, order: i16, before: Option<&Link>) -> Link {
    let file = &row.file;
    let held = |of: fn(&Link) -> bool| before.is_some_and(of);
    Link {
        relationship: file.relationship,
        priority: file.priority.or(before.map(|link| link.priority)).unwrap_or(order),
        responsibility: file.responsibility.unwrap_or_else(|| held(|link| link.responsibility)),
        lives_with: file.lives_with.unwrap_or_else(|| held(|link| link.lives_with)),
        last_day: None,
    }
}

/// Who somebody is after the file: what it leaves empty stays, and a way to reach them takes the place of those of its
/// kind.
fn person(
    rows: &[&Row],
    before: Option<&Person>,
    columns: &Columns,
    problems: &mut Problems,
) -> Person {
    let mut agreed = |column: ContactColumn, of: fn(&Row) -> Option<String>| {
        let mut said = rows.iter().filter_map(|row| Some((*row, of(row)?)));
        let (first, value) = said.next()?;
        if let Some((row, other)) = said.find(|(_, other)| *other != value) {
            let expected = format!(
                "the same as on line {}, which is about the same person (one name, and the same number or contact)",
                first.file.line
            );
            let name = columns.name(Column::Contact(column));
            let kind = RowProblemKind::RowsDisagree;
            problems.add(|| RowProblem::of_cell(row.file.line, &name, &other, kind, expected));
        }
        Some(value)
    };
    let title = agreed(ContactColumn::Title, |row| row.file.title.clone());
    let language = agreed(ContactColumn::Language, |row| row.file.language.clone());
    let interpreter = agreed(ContactColumn::Interpreter, |row| {
        row.file.interpreter.map(|needed| if needed { "Y" } else { "N" }.to_owned())
    });
    agreed(ContactColumn::Surname, |row| {
        Some(name_key(&row.file.surname, row.file.forename.as_deref()))
    });
    let mut contacts = Vec::new();
    let mut ways = Vec::new();
    for contact in rows.iter().flat_map(|row| &row.file.contacts) {
        let way = (contact.kind, reach(contact.kind, &contact.value));
        if !ways.contains(&way) {
            ways.push(way);
            contacts.push(Contact { kind: contact.kind, value: contact.value.clone() });
        }
    }
    let others = before.into_iter().flat_map(|person| &person.contacts);
    let others = others.filter(|old| ways.iter().all(|(kind, _)| *kind != old.kind)).cloned();
    contacts.extend(others.collect::<Vec<_>>());
    let first = rows.first().map(|row| &row.file);
    let kept = |of: fn(&Person) -> Option<String>| before.and_then(of);
    Person {
        title: title.or_else(|| kept(|person| person.title.clone())),
        forename: first.and_then(|file| file.forename.clone()),
        surname: first.map(|file| file.surname.clone()).unwrap_or_default(),
        language: language
            .or_else(|| kept(|person| Some(person.language.clone())))
            .unwrap_or_else(|| ENGLISH.to_owned()),
        interpreter: match interpreter {
            Some(needed) => needed == "Y",
            None => before.is_some_and(|person| person.interpreter),
        },
        contacts,
    }
}
