//! The words of a label: how it is cut into clauses and words, and which year groups it names.

/// A label in its words.
pub struct Label {
    /// Its clauses: what stands between colons, dashes, brackets and the like.
    pub clauses: Vec<Vec<String>>,
    /// Whether it names a time of day: `07:45`, `4pm`.
    pub has_time: bool,
}

impl Label {
    /// The words of a label, in small letters and without their hyphens and apostrophes.
    pub fn of(label: &str) -> Self {
        let label = label.to_lowercase().replace(['\u{2019}', '\''], "").replace('\u{2013}', "-");
        let mut clauses = vec![Vec::new()];
        let mut word = String::new();
        let mut has_time = false;
        let characters: Vec<char> = label.chars().collect();
        for (at, &character) in characters.iter().enumerate() {
            let near = |step: isize| {
                at.checked_add_signed(step)
                    .and_then(|at| characters.get(at))
                    .copied()
                    .unwrap_or(' ')
            };
            let changes = |last: char| last.is_ascii_digit() != character.is_ascii_digit();
            if character.is_alphanumeric() {
                // `y7` is two words; `1st`, `6th` and `1pm` stay one.
                if word.chars().last().is_some_and(|last| !last.is_ascii_digit() && changes(last)) {
                    push(&mut clauses, &mut word);
                }
                word.push(character);
                continue;
            }
            push(&mut clauses, &mut word);
            match character {
                '-' if joins_numbers(&characters, at) => {
                    word.push('-');
                    push(&mut clauses, &mut word);
                }
                '-' if near(-1) != ' ' && near(1) != ' ' => {}
                ':' if near(-1).is_ascii_digit() && near(1).is_ascii_digit() => has_time = true,
                '.' if near(-1).is_ascii_digit() && near(1).is_ascii_digit() => {}
                '-' | ':' | ';' | '(' | ')' | '[' | ']' | '|' | '.' | ',' | '\u{2014}' | '/'
                | '!' => {
                    clauses.push(Vec::new());
                }
                _ => {}
            }
        }
        push(&mut clauses, &mut word);
        clauses.retain(|clause| !clause.is_empty());
        let is_time = |word: &String| {
            let digits = word.trim_end_matches("am").trim_end_matches("pm");
            digits.len() < word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        has_time |= clauses.iter().flatten().any(is_time);
        Self { clauses, has_time }
    }

    /// All its words, in order.
    pub fn words(&self) -> Vec<&str> {
        self.clauses.iter().flatten().map(String::as_str).collect()
    }
}

fn push(clauses: &mut [Vec<String>], word: &mut String) {
    if let Some(clause) = clauses.last_mut().filter(|_| !word.is_empty()) {
        clause.push(std::mem::take(word));
    }
}

/// `7-11` and `7 - 11`.
fn joins_numbers(characters: &[char], at: usize) -> bool {
    let before = characters[..at].iter().rev().find(|c| **c != ' ');
    let after = characters[at + 1..].iter().find(|c| **c != ' ');
    before.is_some_and(char::is_ascii_digit) && after.is_some_and(char::is_ascii_digit)
}

/// Which part of a school a label names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// None: it is about the whole school.
    Whole,
    /// These year groups.
    YearGroups(Vec<i8>),
    /// A part that is known by no year groups, or all but a part.
    Unknown,
}

/// The part of the school that the words name.
pub fn part(words: &[&str]) -> Part {
    let mut groups: Vec<i8> = Vec::new();
    let mut unknown = false;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        match (*word, next) {
            ("year" | "years" | "yr" | "yrs" | "y", "r") => groups.push(0),
            ("year" | "years" | "yr" | "yrs" | "y", _) => groups.extend(numbers(&words[at + 1..])),
            ("nursery" | "nurseries" | "preschool", _) | ("pre", "school") | ("fs", "1") => {
                groups.push(-1);
            }
            ("reception", _) | ("fs", "2") => groups.push(0),
            ("eyfs", _) | ("foundation" | "early", _) => groups.extend([-1, 0]),
            ("ks", stage) => groups.extend(key_stage(stage)),
            ("key", "stage") => {
                groups.extend(key_stage(words.get(at + 2).copied().unwrap_or_default()));
            }
            ("sixth" | "6th", "form" | "formers") | ("post", "16") => groups.extend([12, 13]),
            ("infant" | "infants", _) => groups.extend([0, 1, 2]),
            ("junior" | "juniors", _) => groups.extend([3, 4, 5, 6]),
            (
                "lower" | "upper" | "middle" | "primary" | "secondary",
                "school" | "schools" | "phase",
            )
            | ("all" | "everyone" | "everybody", "but")
            | ("primary" | "primaries" | "secondary" | "secondaries", _)
            | (
                "except" | "excluding" | "apart" | "some" | "class" | "classes" | "group"
                | "groups",
                _,
            ) => {
                unknown = true;
            }
            _ => {}
        }
    }
    groups.sort_unstable();
    groups.dedup();
    match () {
        () if unknown && !(words.contains(&"all") && groups.is_empty()) => Part::Unknown,
        () if groups.is_empty() => Part::Whole,
        () => Part::YearGroups(groups),
    }
}

/// `7`, `7 8 and 9`, `7 - 11`: the year groups that follow, as long as they are some.
fn numbers(words: &[&str]) -> Vec<i8> {
    let mut groups: Vec<i8> = Vec::new();
    let mut to = false;
    for word in words {
        match word.parse::<i8>() {
            Ok(group) if (1..=14).contains(&group) => {
                let from = groups.last().copied().filter(|from| to && *from < group);
                groups.extend(from.map_or(group, |from| from + 1)..=group);
                to = false;
            }
            _ if groups.is_empty() => return groups,
            _ if matches!(*word, "-" | "to") => to = true,
            _ if matches!(*word, "and" | "y" | "yr" | "year") => {}
            _ => return groups,
        }
    }
    groups
}

fn key_stage(stage: &str) -> &'static [i8] {
    match stage {
        "1" => &[1, 2],
        "2" => &[3, 4, 5, 6],
        "3" => &[7, 8, 9],
        "4" => &[10, 11],
        "5" => &[12, 13],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_school_is_the_year_groups_that_a_label_names() {
        for (label, expected) in [
            ("INSET day", Part::Whole),
            ("Academic year 2026/27", Part::Whole),
            ("New Year 2027", Part::Whole),
            ("INSET (all year groups)", Part::Whole),
            ("Year 7 INSET", Part::YearGroups(vec![7])),
            ("Years 7, 8 and 9 INSET", Part::YearGroups(vec![7, 8, 9])),
            ("INSET Y7\u{2013}11", Part::YearGroups(vec![7, 8, 9, 10, 11])),
            ("INSET: KS4 & sixth form", Part::YearGroups(vec![10, 11, 12, 13])),
            ("Inset day - Nursery only", Part::YearGroups(vec![-1])),
            ("INSET, all except Year 11", Part::Unknown),
            ("Lower school INSET", Part::Unknown),
        ] {
            assert_eq!(part(&Label::of(label).words()), expected, "{label}");
        }
    }
}
