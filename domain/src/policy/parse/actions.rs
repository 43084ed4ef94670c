//! What a row does: the items of `do`.

use chrono::NaiveTime;

use crate::policy::model::Action;
use crate::policy::reader::Table;
use crate::policy::word::Do;
use crate::word::Word;

/// The items of `do`.
pub(super) fn actions(table: &Table<'_, '_>) -> Vec<Action> {
    table.tables("do").into_iter().filter_map(action).collect()
}

/// What is done by a row that is there for nothing else.
pub(super) fn must_do(table: &Table<'_, '_>) -> Vec<Action> {
    let does = actions(table);
    if does.is_empty() && !table.has("do") {
        let says = "`do` is missing; write do = [{ talk = \"...\", by = \"...\" }]";
        table.report(table.line, says.to_owned());
    }
    does
}

fn action(table: Table<'_, '_>) -> Option<Action> {
    let named: Vec<(Do, String)> =
        Do::ALL.iter().filter_map(|kind| Some((*kind, table.maybe_text(kind.text())?))).collect();
    let [(kind, what)] = named.as_slice() else {
        let list = Do::list();
        table.report(table.line, format!("each item of `do` names one thing: {list}"));
        return None;
    };
    let action = Action {
        kind: *kind,
        what: what.clone(),
        by: table.maybe_text("by"),
        to: table.maybe_text("to"),
        with: table.list("with"),
        within: table.maybe_count("within"),
        before: before(&table),
        only_if: table.maybe_text("if"),
        unless: table.maybe_text("unless"),
        rate: if *kind == Do::Target { table.maybe_rate("target") } else { None },
        school_weeks: school_weeks(&table),
        unauthorised_at_least: if *kind == Do::Letter {
            table.maybe_count("unauthorised_at_least")
        } else {
            None
        },
    };
    if *kind == Do::Target && !table.has("school_weeks") {
        let says = "a target needs `school_weeks`, the number of school weeks it runs";
        table.report(table.line, says.to_owned());
    }
    table.finish();
    Some(action)
}

/// School weeks that a stage or a target lasts: a school year has no more than these.
pub(super) fn school_weeks(table: &Table<'_, '_>) -> Option<u32> {
    const YEAR: u32 = 45;
    let weeks = table.maybe_count("school_weeks")?;
    if !(1..=YEAR).contains(&weeks) {
        let says = format!("`school_weeks` cannot be {weeks}; it must be from 1 to {YEAR}");
        table.report(table.line, says);
    }
    Some(weeks)
}

/// The time of day by which something is done.
fn before(table: &Table<'_, '_>) -> Option<String> {
    let time = table.maybe_text("before")?;
    if NaiveTime::parse_from_str(&time, "%H:%M").is_err() {
        let says = format!("`before` is {time:?}, but must be a time of day, such as \"9:30\"");
        table.report(table.line, says);
    }
    Some(time)
}
