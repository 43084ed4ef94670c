//! What a policy says and nothing can ever come of: it is well formed, and nobody would notice until it was needed.

use std::collections::{BTreeMap, BTreeSet};

use crate::Band;
use crate::policy::letter::{Letter, LetterOccasion, letter_of};
use crate::policy::model::{Body, EVERY_STAGE, Policy, Regular, Row};
use crate::policy::parse::FILE;
use crate::policy::problem::Problem;
use crate::policy::word::{Do, Kind, Waits};
use crate::word::{Word, or};

/// Everything that the policy says in vain.
pub(crate) fn in_vain(policy: &Policy, letters: &BTreeMap<String, Letter>) -> Vec<Problem> {
    let rewards = policy.regular().filter(|(row, _)| row.kind == Kind::Reward);
    // A pathway may be paired with another policy's draws: its tickets enter none.
    let given = rewards.flat_map(|(_, regular)| &regular.does);
    let given = given.filter(|one| one.kind == Do::Give).map(|one| one.what.as_str());
    let given: BTreeSet<&str> = given.collect();
    let of_rows = policy.rows.iter().flat_map(|row| {
        let says = match &row.body {
            Body::Daily(_) => of_the_day(row),
            Body::Draw(draw) => {
                draw.tickets.iter().filter_map(|name| nobody_gives(name, &given)).collect()
            }
            body => {
                let mut says = without_a_target(policy, row, letters);
                says.extend(of_an_occasion(row, letters));
                if let (Body::Regular(regular), Kind::Reward) = (body, row.kind) {
                    says.extend(of_a_reward(policy, regular));
                }
                says
            }
        };
        says.into_iter().map(|says| problem(row.line, Some(&row.rule), says))
    });
    let of_roles = unneeded(policy).into_iter().map(|role| {
        problem(1, None, format!("no row needs the role {role:?}; take it out of [roles]"))
    });
    of_rows.chain(of_roles).chain(of_another_occasion(letters)).collect()
}

fn problem(line: usize, rule: Option<&String>, says: String) -> Problem {
    let rule = rule.filter(|rule| !rule.is_empty()).cloned();
    Problem { file: FILE.to_owned(), line, rule, says }
}

/// What a reward asks that nobody can have: it is judged over its own period alone, its band included.
fn of_a_reward(policy: &Policy, regular: &Regular) -> Vec<String> {
    let all: Vec<&Band> = policy.bands.iter().flat_map(|bands| bands.iter()).collect();
    let reachable = |name: &String| {
        let mut from_here = all.iter().skip_while(|band| band.name != *name);
        let Some(band) = from_here.next() else { return true };
        let above = regular.at_least.zip(from_here.next());
        let above = above.is_some_and(|(least, next)| least >= next.from);
        !above && regular.below.is_none_or(|below| band.from < below)
    };
    if regular.bands.is_empty() || regular.bands.iter().any(reachable) {
        return Vec::new();
    }
    let over = regular.over;
    vec![format!("nobody can have that rate in that band: a reward takes both over the {over}")]
}

/// What a row of the day has that belongs to a case.
fn of_the_day(row: &Row) -> Vec<String> {
    let actions = row.body.actions().iter();
    let of_a_case = actions.filter(|one| matches!(one.kind, Do::Letter | Do::Target));
    let says = |kind: &str| {
        format!(
            "a row of the day cannot have a {kind}, which belongs to a case; write a [[step]] or a [[response]]"
        )
    };
    of_a_case.map(|one| says(one.kind.text())).collect()
}

/// The fields of a row's letters that tell of a target, where none is set and none runs.
fn without_a_target(policy: &Policy, row: &Row, letters: &BTreeMap<String, Letter>) -> Vec<String> {
    let actions = row.body.actions();
    let runs = |at: &String| {
        *at == EVERY_STAGE || policy.stage(at).is_some_and(|at| at.waits == Waits::Target)
    };
    if let Body::Step(step) = &row.body
        && (step.at.iter().any(runs) || actions.iter().any(|one| one.kind == Do::Target))
    {
        return Vec::new();
    }
    let sent = actions.iter().filter(|one| one.kind == Do::Letter);
    let fields = sent.flat_map(|sent| {
        let uses = letters.get(&sent.what).map(Letter::uses).unwrap_or_default();
        uses.into_iter().map(move |field| (&sent.what, field))
    });
    let of_a_target = fields.filter(|(_, field)| field.starts_with("target_"));
    of_a_target
        .map(|(letter, field)| {
            format!(
                "the letter {letter:?} tells of a target ({{{field}}}), and there is none: set one in `do`, or send it at a stage that waits for a \"target\""
            )
        })
        .collect()
}

/// The fields of a row's letters that tell of an occasion, which no row is.
fn of_an_occasion(row: &Row, letters: &BTreeMap<String, Letter>) -> Vec<String> {
    let sent = row.body.actions().iter().filter(|one| one.kind == Do::Letter);
    let sent: BTreeSet<&String> = sent.map(|sent| &sent.what).collect();
    let fields = sent.into_iter().flat_map(|name| {
        let uses = letters.get(name).map(Letter::uses).unwrap_or_default();
        uses.into_iter()
            .filter_map(move |field| Some((name, field, LetterOccasion::of_field(field)?)))
    });
    fields
        .map(|(letter, field, occasion)| {
            format!(
                "the letter {letter:?} would always be held: {{{field}}} stands only in the letter {:?}, which no row sends",
                occasion.text()
            )
        })
        .collect()
}

/// The letters of an occasion that use a field of another one.
fn of_another_occasion(letters: &BTreeMap<String, Letter>) -> Vec<Problem> {
    let of_occasions = letters
        .iter()
        .filter_map(|(name, letter)| Some((name, letter, LetterOccasion::read(letter_of(name))?)));
    let wrong = of_occasions.flat_map(|(name, letter, own)| {
        let uses = letter.uses().into_iter();
        let others = uses.filter_map(|field| Some((field, LetterOccasion::of_field(field)?)));
        others.filter(move |(_, of)| *of != own).map(move |(field, of)| {
            let says = format!(
                "the letter would always be held: {{{field}}} stands only in the letter {:?}",
                of.text()
            );
            Problem { file: format!("letters/{name}.md"), line: 1, rule: None, says }
        })
    });
    wrong.collect()
}

fn nobody_gives(ticket: &String, given: &BTreeSet<&str>) -> Option<String> {
    let list = || or(given.iter().copied());
    (!given.contains(ticket.as_str()))
        .then(|| format!("no reward gives a pupil {ticket:?}; what rewards give is {}", list()))
}

/// The school's names for people that nothing asks for.
fn unneeded(policy: &Policy) -> Vec<&String> {
    let of_rows = policy.rows.iter().flat_map(|row| {
        let own = match &row.body {
            Body::Regular(regular) => regular.decides.as_ref(),
            Body::Band(band) => band.responsible.as_ref(),
            _ => None,
        };
        let of_actions = row.body.actions().iter();
        own.into_iter()
            .chain(of_actions.flat_map(|one| one.by.iter().chain(&one.to).chain(&one.with)))
    });
    let of_stages = policy.stages.iter().filter_map(|stage| stage.by.as_ref());
    let of_settings = policy.settings.iter().flat_map(|setting| &setting.one_of);
    let used: BTreeSet<&String> = of_rows.chain(of_stages).chain(of_settings).collect();
    policy.roles.keys().filter(|role| !used.contains(role)).collect()
}
