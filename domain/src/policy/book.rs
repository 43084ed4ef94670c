//! The book: a policy in plain English, to be held against its document line by line.

use std::fmt::Write;

use crate::policy::model::{Policy, Row};
use crate::policy::sentence::{and, sentence, stage_sentence};
use crate::policy::word::{Improvement, Kind};

/// Whether an id is one of the document's rules: its last part has a number, as `X-04`, `X-04a` or
/// `A1`. The others, which end in a word, answer what the document leaves open.
pub fn is_of_the_document(rule: &str) -> bool {
    rule.rsplit('-').next().is_some_and(|end| end.contains(|one: char| one.is_ascii_digit()))
}

/// An id as people sort it: numbers by their size, so that `A2` comes before `A10`.
fn in_order(rule: &str) -> Vec<(String, u64)> {
    let mut parts: Vec<(String, u64)> = vec![(String::new(), 0)];
    for one in rule.chars() {
        if let (Some(digit), Some((_, number))) = (one.to_digit(10), parts.last_mut()) {
            *number = number.saturating_mul(10).saturating_add(digit.into());
        } else if let Some((text, 0)) = parts.last_mut() {
            text.push(one);
        } else {
            parts.push((one.to_string(), 0));
        }
    }
    parts
}

/// The book of a policy, as Markdown.
pub fn book(policy: &Policy) -> String {
    let mut text = format!("# {}\n\n", policy.name);
    let _ = writeln!(
        text,
        "Written down from {}. Generated from `policy.toml`; do not edit.\n",
        policy.document
    );
    head(&mut text, policy);
    let mut rows: Vec<&Row> = policy.rows.iter().collect();
    rows.sort_by_key(|row| (in_order(&row.rule), row.line));
    section(&mut text, "The rules", rows.iter().filter(|row| is_of_the_document(&row.rule)));
    section(
        &mut text,
        "What the document leaves open",
        rows.iter().filter(|row| !is_of_the_document(&row.rule)),
    );
    settings(&mut text, policy);
    text
}

fn head(text: &mut String, policy: &Policy) {
    let improved = match (policy.improved, policy.improved_rate) {
        (Improvement::Gain, Some(points)) => {
            let points = points.to_string();
            format!("a gain of at least {} percentage points", points.trim_end_matches('%'))
        }
        (Improvement::Reaches, Some(rate)) => format!("attendance is at least {rate}"),
        (meaning, _) => format!("attendance is better, measured {meaning}; equal is not improved"),
    };
    let _ = writeln!(text, "- Attendance and bands are taken over the {}.", policy.over);
    let _ = writeln!(text, "- \"Improved\" means: {improved}.");
    if policy.period != policy.over {
        let period = policy.period;
        let _ = writeln!(text, "- Where periods are compared, the period is the {period}.");
    }
    if policy.few_sessions > 0 {
        let few = policy.few_sessions;
        let _ = writeln!(
            text,
            "- Under {few} possible sessions a pupil is listed and nothing is proposed."
        );
    }
    if policy.at_risk_sessions > 0 {
        let more = policy.at_risk_sessions;
        let _ = writeln!(
            text,
            "- \"At risk\" means: {more} more missed sessions would leave the band."
        );
    }
    let people: Vec<String> = policy.roles.keys().cloned().collect();
    let _ = writeln!(text, "- People: {}.\n", and(&people));
    if !policy.stages.is_empty() {
        text.push_str("## The stages of a case\n\n");
        for stage in &policy.stages {
            let _ = writeln!(text, "- {}", stage_sentence(stage));
        }
        text.push('\n');
    }
}

fn section<'a>(text: &mut String, title: &str, rows: impl Iterator<Item = &'a &'a Row>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "## {title}\n");
    for row in rows {
        let kind =
            if row.kind == Kind::Always { String::new() } else { format!(" ({})", row.kind) };
        let _ = writeln!(text, "**{}**{kind} {}\n", row.rule, sentence(row));
    }
}

fn settings(text: &mut String, policy: &Policy) {
    if policy.settings.is_empty() {
        return;
    }
    text.push_str("## Settings\n\n");
    for setting in &policy.settings {
        let value = and(&setting.value);
        let value =
            if setting.required { format!("the school must say; here {value}") } else { value };
        let _ = write!(text, "- {} ({}): **{value}**.", setting.asks, setting.name);
        if !setting.one_of.is_empty() {
            let _ = write!(text, " Possible: {}.", setting.one_of.join("; "));
        }
        text.push('\n');
    }
}
