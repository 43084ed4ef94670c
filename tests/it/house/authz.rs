//! Who may call what: every operation of the OpenAPI document, called as everybody.
//!
//! What comes of it is written to `tests/authz.txt`, which is committed so that a change of who may do
//! what is read by people. `make update` writes it anew.

mod calls;
mod world;

use std::collections::BTreeSet;
use std::fmt::Write;

use api::base::auth::permission;
use api::server::document::{Document, operations};
use domain::{Level, Role, Roles};
use serde_json::Value;

use self::calls::CALLS;
use self::world::THINGS;
use crate::support::app::{Answer, Client, TestApp};
use crate::support::build::{calendar, policy, upn};
use crate::support::sql::Sql;

pub use self::world::World;

/// An operation of the document, and how it is called.
pub struct Operation {
    pub id: String,
    pub method: &'static str,
    pub template: String,
    pub permission: Option<String>,
    path: &'static str,
    body: &'static str,
}

impl Operation {
    /// Whether the call names a thing of the world: only then can it be somebody else's.
    fn names(&self, thing: &str) -> bool {
        let name = format!("{{{thing}}}");
        self.path.contains(&name) || self.body.contains(&name)
    }

    fn names_anything(&self) -> bool {
        THINGS.iter().any(|thing| self.names(thing))
    }

    pub fn call(&self, client: &Client, world: &World, fresh: &mut u32) -> Answer {
        *fresh += 1;
        let day = chrono::NaiveDate::default() + chrono::Days::new((*fresh + 13_000).into());
        // After every mark that a call of another operation makes.
        let later = chrono::NaiveDate::from_ymd_opt(2026, 11, 19).expect("a day");
        let later = later + chrono::Days::new((*fresh % 200).into());
        // Before the world's own review.
        let past = chrono::NaiveDate::from_ymd_opt(2026, 9, 2).expect("a day");
        let past = past + chrono::Days::new((*fresh % 50).into());
        let fill = |text: &str| {
            let known = THINGS.iter().zip(world.ids);
            known
                .fold(text.to_owned(), |text, (thing, id)| {
                    text.replace(&format!("{{{thing}}}"), &id.to_string())
                })
                .replace("{link}", &world.link)
                .replace("{invitation}", &world.invitation)
                .replace("{identifier}", &world.comes_in.0)
                .replace("{secret}", &world.comes_in.1)
                .replace("{fresh}", &fresh.to_string())
                .replace("{urn}", &format!("8{fresh:05}"))
                .replace("{upn}", &upn(1000 + *fresh))
                .replace("{day}", &day.to_string())
                .replace("{later}", &later.to_string())
                .replace("{past}", &past.to_string())
                .replace("{calendar}", &calendar().to_string())
                .replace("{policy}", &policy("one-page").to_string())
        };
        let body = fill(self.body);
        let media = match body.chars().next() {
            Some('{') => "application/json",
            _ if body.contains("client_id=") => "application/x-www-form-urlencoded",
            _ => "text/csv",
        };
        let body = (!body.is_empty()).then(|| body.into_bytes());
        client.send(self.method, &fill(self.path), &[("content-type", media)], body)
    }
}

/// Every operation of the document, each with its line of [`CALLS`].
pub fn every_operation() -> Vec<Operation> {
    let document = Document::new();
    let mut all = Vec::new();
    for (template, item) in &document.openapi.paths.paths {
        for (method, operation) in operations(item) {
            let id = operation.operation_id.clone().expect("an operation id");
            let call = CALLS.iter().find(|call| call.0 == id);
            let (_, path, body) =
                call.unwrap_or_else(|| panic!("CALLS does not say how to call {id}"));
            let permission = api::server::document::permission(operation);
            all.push(Operation { id, method, template: template.clone(), permission, path, body });
        }
    }
    all
}

/// A role that holds a permission: one of a school if there is one.
pub fn holder<'a>(roles: &'a Roles, permission: &str) -> &'a Role {
    let mut holders: Vec<&Role> =
        roles.roles().iter().filter(|role| role.permissions.contains(permission)).collect();
    holders.sort_by_key(|role| role.level != Level::School);
    holders[0]
}

/// Asserts that a refusal names what is missing, and gives the other answers' success.
fn may(operation: &Operation, answer: &Answer) -> bool {
    // A handler that ran may still ask for more for a part of what it does, as for deciding otherwise, or for evidence
    // of what is not for a class.
    let ran = operation.permission.as_deref() != answer.body["permission"].as_str();
    let asks_for_more = ["record_outcome", "give_evidence"].contains(&operation.id.as_str());
    if answer.status == 403 && !(asks_for_more && ran) {
        assert_eq!(answer.problem(403), "forbidden");
        let missing = operation.permission.clone().map_or(Value::Null, Value::from);
        assert_eq!(answer.body["permission"], missing, "{}", operation.id);
        return false;
    }
    // A draw takes each step once, and in order, an award is withdrawn once, and the list of those on track opens in
    // June: whoever is refused so could have done it.
    let steps = ["/v1/draws/", "/v1/awards/", "/v1/reward-adjustments/", "/v1/rewards/on-track"];
    let too_late = answer.status == 409
        && (steps.iter().any(|one| operation.template.starts_with(one))
            || operation.id == "issue_rewards");
    assert!(
        answer.status == 403 || too_late || (200..300).contains(&answer.status),
        "{}: {}",
        operation.id,
        answer.text
    );
    true
}

#[test]
fn the_table_of_calls_names_the_operations_of_the_document_and_no_others() {
    let called: Vec<String> = every_operation().into_iter().map(|operation| operation.id).collect();
    let listed: BTreeSet<&str> = CALLS.iter().map(|call| call.0).collect();
    assert_eq!(listed.len(), CALLS.len(), "an operation stands twice in CALLS");
    let unknown: Vec<_> = listed.iter().filter(|id| !called.iter().any(|c| c == *id)).collect();
    assert!(unknown.is_empty(), "not in the document: {unknown:?}");
}

#[test]
fn the_permissions_that_handlers_ask_for_are_those_of_the_roles() {
    let roles = Roles::built_in().unwrap();
    let described: BTreeSet<&str> = roles.permissions().map(|(name, _)| name).collect();
    assert_eq!(permission::ALL.iter().copied().collect::<BTreeSet<_>>(), described);
    let asked: BTreeSet<String> =
        every_operation().into_iter().filter_map(|operation| operation.permission).collect();
    assert!(asked.iter().all(|name| described.contains(name.as_str())), "{asked:?}");
}

#[test]
fn every_operation_answers_everybody_as_the_roles_say() {
    let app = TestApp::start();
    let (ours, theirs) = (app.sandbox("Larkrise"), app.trust("Candleford"));
    let world = World::prepare(&app, ours, 1);
    let neighbour = World::prepare(&app, ours, 2);
    let roles = Roles::built_in().unwrap();
    let mut matrix = vec![head(&roles)];
    let mut fresh = 0;
    for operation in every_operation() {
        let mut row = vec![
            operation.method.to_owned(),
            operation.template.clone(),
            operation.permission.clone().unwrap_or_else(|| "(open)".to_owned()),
        ];
        let mut call = |client: &Client| operation.call(client, &world, &mut fresh);
        let nobody = call(&app.client_of(""));
        if operation.permission.is_some() {
            assert_eq!(nobody.problem(401), "unauthenticated", "{}", operation.id);
            assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
        }
        row.push(yes(nobody.status != 401 && may(&operation, &nobody)));
        for role in roles.roles() {
            let may = may(&operation, &call(&app.client(&role.name, ours)));
            let expected =
                operation.permission.as_ref().is_none_or(|p| roles.allows(&role.name, p));
            assert_eq!(may, expected, "{} as {}", operation.id, role.name);
            row.push(yes(may));
        }
        let holder = operation.permission.as_ref().map(|name| holder(&roles, name));
        match holder.filter(|role| role.level != Level::Platform) {
            None => row.extend(["-".to_owned(), "-".to_owned(), "-".to_owned()]),
            Some(role) => {
                let own = call(&app.school_client(&role.name, ours, world.school()));
                row.push(yes(may(&operation, &own)));
                let other = call(&app.school_client(&role.name, ours, neighbour.school()));
                let foreign = call(&everywhere(&app, role, theirs, &world));
                row.extend(
                    [other, foreign].map(|answer| from_outside(&operation, &world, &answer)),
                );
            }
        }
        matrix.push(row);
    }
    compare_with_committed(&text(&matrix));
}

/// A client for all of a trust; of a school's role, for the numbers of this world's schools.
fn everywhere(app: &TestApp, role: &Role, trust: i32, world: &World) -> Client {
    match role.level {
        Level::School => app.school_client(&role.name, trust, world.school()),
        _ => app.client(&role.name, trust),
    }
}

fn yes(may: bool) -> String {
    if may { "yes" } else { "no" }.to_owned()
}

/// What somebody learns whose token does not cover the world. `-`: the operation names nothing in it.
fn from_outside(operation: &Operation, world: &World, answer: &Answer) -> String {
    assert!(!answer.text.contains(&world.urn), "{}: {}", operation.id, answer.text);
    if operation.names_anything() { answer.status.to_string() } else { "-".to_owned() }
}

fn head(roles: &Roles) -> Vec<String> {
    let outside = ["own_school", "other_school", "other_trust"];
    let roles = roles.roles().iter().map(|role| role.name.as_str());
    let columns = ["method", "path", "permission", "nobody"].into_iter().chain(roles);
    columns.chain(outside).map(str::to_owned).collect()
}

/// The matrix with aligned columns.
fn text(matrix: &[Vec<String>]) -> String {
    let width = |column: usize| matrix.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..matrix[0].len()).map(width).collect();
    let mut text = "# Who may call what, as found by calling every operation. `make update` writes this file.\n\
        # A role's column: its token for all of the trust. own_school: a token for those schools alone, of a role\n\
        # that holds the permission; other_school, other_trust: the same without a view of the school, and what\n\
        # it is answered (-: the operation names nothing that could be somebody else's).\n"
        .to_owned();
    for row in matrix {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join(" ").trim_end());
    }
    text
}

fn compare_with_committed(found: &str) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/authz.txt");
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(file, found).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(found, committed, "if this is meant, write {file} anew with `make update`");
}

#[test]
fn one_id_of_another_trust_or_school_is_not_found_and_nothing_is_written() {
    let app = TestApp::start();
    let (ours, theirs) = (app.trust("Larkrise"), app.trust("Candleford"));
    let world = World::prepare(&app, ours, 1);
    let neighbour = World::prepare(&app, ours, 2);
    let stranger = World::prepare(&app, theirs, 3);
    let roles = Roles::built_in().unwrap();
    let before = Sql::of(&app.database).everything();
    let mut fresh = 0;
    for operation in every_operation() {
        let Some(permission) = &operation.permission else { continue };
        let role = &holder(&roles, permission).name;
        let trust = app.client(role, ours);
        let school = app.school_client(role, ours, world.school());
        for (thing, name) in THINGS.iter().enumerate().filter(|(_, thing)| operation.names(thing)) {
            for (client, other) in
                [(&trust, &stranger), (&school, &stranger), (&school, &neighbour)]
            {
                let world = world.with_foreign(other, thing);
                let answer = operation.call(client, &world, &mut fresh);
                assert_eq!(answer.problem(404), "not-found", "{} {name}", operation.id);
            }
        }
    }
    assert!(fresh > 60, "{fresh} calls");
    assert_eq!(Sql::of(&app.database).everything(), before);
}

#[test]
fn a_token_that_lists_another_trusts_school_sees_nothing_of_it() {
    let app = TestApp::start();
    let (ours, theirs) = (app.trust("Larkrise"), app.trust("Candleford"));
    let stranger = World::prepare(&app, theirs, 1);
    let roles = Roles::built_in().unwrap();
    let mut fresh = 0;
    for operation in every_operation().iter().filter(|operation| operation.names_anything()) {
        let Some(permission) = operation.permission.as_deref() else { continue };
        let role = holder(&roles, permission);
        let client = app.school_client(&role.name, ours, stranger.school());
        assert_eq!(operation.call(&client, &stranger, &mut fresh).status, 404, "{}", operation.id);
    }
}
