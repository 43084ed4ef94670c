//! The book: a policy in plain English, to be held against its document line by line.

use std::fmt::Write;

use crate::policy::model::{BandRow, Body, Policy, Regular, Row, Settled};
use crate::policy::sentence::{and, band_sentence, improved_words, sentence, stage_sentence};
use crate::policy::word::{For, Kind};

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
    let (of_the_document, open): (Vec<&Row>, Vec<&Row>) =
        rows.into_iter().partition(|row| is_of_the_document(&row.rule));
    section(&mut text, policy, "The rules", &of_the_document);
    section(&mut text, policy, "What the document leaves open", &open);
    settings(&mut text, policy);
    notes(&mut text, policy);
    text
}

fn head(text: &mut String, policy: &Policy) {
    let improved = improved_words(policy.improved, policy.improved_rate);
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
    if policy.rows.iter().any(|row| matches!(row.kind, Kind::Reward | Kind::Draw)) {
        text.push_str(&settled(policy));
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

/// What holds for all rewards.
fn settled(policy: &Policy) -> String {
    let Settled { neutral, least_sessions, least_class, cut_off } = &policy.settled;
    let neutral = match neutral.as_slice() {
        [] => "Every possible session counts for rewards.".to_owned(),
        codes => format!("Sessions with the codes {} are left out of rewards.", and(codes)),
    };
    let least = least_sessions.map_or_else(
        || "half of the sessions that the school had".to_owned(),
        |least| format!("{least} possible sessions"),
    );
    let days = match cut_off {
        0 => "on its last school day".to_owned(),
        1 => "1 school day before its last".to_owned(),
        days => format!("{days} school days before its last"),
    };
    format!(
        "- {neutral} Nothing is earned with fewer than {least}, and a class needs {least_class} pupils to be compared.\n\
         - What a term or the year earns is judged {days}.\n"
    )
}

fn section(text: &mut String, policy: &Policy, title: &str, rows: &[&Row]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {title}\n");
    for row in rows {
        let kind =
            if row.kind == Kind::Always { String::new() } else { format!(" ({})", row.kind) };
        let says = match &row.body {
            Body::Band(band) => both_ends(policy, band),
            Body::Regular(regular) => sentence(row) + &period(row, regular),
            _ => sentence(row),
        };
        let _ = writeln!(text, "**{}**{kind} {says}\n", row.rule);
        noted(text, policy, row.line);
    }
}

/// A band from its lowest rate up to the next band's.
fn both_ends(policy: &Policy, band: &BandRow) -> String {
    let next = policy.band_rows().map(|(_, other)| other.from).filter(|from| *from > band.from);
    let (from, to) = (band.from, next.min());
    let ends = to.map_or_else(|| "to 100%".to_owned(), |to| format!("to below {to}"));
    let (begins, both) = (format!("from {from}"), format!("from {from} {ends}"));
    band_sentence(band).replacen(&begins, &both, 1)
}

/// The days that a reward looks at, where its sentence does not name them.
fn period(row: &Row, regular: &Regular) -> String {
    let rated = regular.at_least.or(regular.below).is_some();
    if row.kind != Kind::Reward || (regular.whom != For::BestClass && regular.bands.is_empty()) {
        return String::new();
    }
    let bands = if regular.bands.is_empty() {
        String::new()
    } else {
        format!(" The band is that over the {}.", regular.over)
    };
    let over = if regular.whom == For::BestClass && !rated {
        format!(" Attendance is that over the {}.", regular.over)
    } else {
        String::new()
    };
    format!("\n\n{}", (over + &bands).trim_start())
}

/// What the author has noted beside what stands on a line.
fn noted(text: &mut String, policy: &Policy, line: usize) {
    for note in policy.notes.iter().filter(|note| note.row == Some(line)) {
        let _ = writeln!(text, "> Note: {}\n", note.text);
    }
}

/// What the author has noted beside the whole policy, its stages and its settings.
fn notes(text: &mut String, policy: &Policy) {
    let of_a_row = |line: &usize| policy.rows.iter().any(|row| row.line == *line);
    let mut others =
        policy.notes.iter().filter(|note| !note.row.is_some_and(|line| of_a_row(&line)));
    let Some(first) = others.next() else { return };
    text.push_str("\n## Notes\n\n");
    for note in std::iter::once(first).chain(others) {
        let _ = writeln!(text, "- Line {}: {}", note.line, note.text);
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
