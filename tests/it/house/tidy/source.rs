//! Rust source as the rules see it: without comments, without texts, without tests.

/// A file of the repository.
pub struct Source {
    pub path: String,
    /// All of it.
    pub text: String,
    /// Rust without comments and tests, but with texts: SQL stands in them.
    pub said: String,
    /// Rust without texts too. Lines stay where they were.
    pub code: String,
    /// The same with tests.
    pub with_tests: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        if !path.ends_with(".rs") {
            let none = String::new;
            return Self { path, text, said: none(), code: none(), with_tests: none() };
        }
        let kinds = kinds(text.as_bytes());
        let mut said = only(&text, &kinds, &[Kind::Code, Kind::Text]);
        let with_tests = only(&text, &kinds, &[Kind::Code]);
        let mut code = with_tests.clone();
        for (from, to) in tests(&path, &code) {
            said.replace_range(from..to, &blank(&said[from..to]));
            code.replace_range(from..to, &blank(&code[from..to]));
        }
        Self { path, text, said, code, with_tests }
    }
}

/// Every function with its number of lines, from `fn` to the closing brace.
pub fn functions(code: &str) -> Vec<(String, usize)> {
    words(code, "fn")
        .filter_map(|at| {
            let rest = &code[at..];
            let name: String = rest[2..].trim_start().chars().take_while(|c| is_name(*c)).collect();
            let body = rest.find(['{', ';']).filter(|body| rest.as_bytes()[*body] == b'{')?;
            let lines = rest[..closing(rest, body)].lines().count();
            (!name.is_empty()).then_some((name, lines))
        })
        .collect()
}

/// The Rust files that run for users.
pub fn shipped(files: &[Source]) -> impl Iterator<Item = &Source> {
    let crates = ["analytics/", "api/", "domain/"];
    files.iter().filter(move |file| {
        file.path.contains("/src/") && crates.iter().any(|name| file.path.starts_with(name))
    })
}

/// Where a word stands by itself.
pub fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !text[..*at].ends_with(is_name) && !text[at + word.len()..].starts_with(is_name)
    })
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The place after the brace that closes the one at `open`.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// The stretches that are compiled for tests only.
fn tests(path: &str, code: &str) -> Vec<(usize, usize)> {
    let a_test_file =
        path.starts_with("tests/") || path.contains("/tests/") || path.contains("/benches/");
    if a_test_file || path.ends_with("/tests.rs") || code.contains("#![cfg(test)]") {
        return vec![(0, code.len())];
    }
    let item_end = |from: usize| match code[from..].find(['{', ';']) {
        Some(at) if code.as_bytes()[from + at] == b'{' => closing(code, from + at),
        Some(at) => from + at + 1,
        None => code.len(),
    };
    code.match_indices("#[cfg(test)]").map(|(from, _)| (from, item_end(from))).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// What each byte belongs to.
fn kinds(text: &[u8]) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(text.len());
    while let Some(rest) = text.get(kinds.len()..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = match rest {
            [b'/', b'/', ..] => (Kind::Comment, until(rest, 0, b"\n")),
            [b'/', b'*', ..] => (Kind::Comment, until(rest, 2, b"*/")),
            [b'"', ..] => (Kind::Text, text_length(rest)),
            [b'r', b'"' | b'#', ..] => {
                raw_length(rest).map_or((Kind::Code, 1), |n| (Kind::Text, n))
            }
            [b'\'', b'\\', ..] => (Kind::Text, until(rest, 3, b"'")),
            // A letter of several bytes ends within five; a lifetime has no second quote.
            [b'\'', ..] => match rest.iter().take(6).skip(2).position(|byte| *byte == b'\'') {
                Some(at) if at == 0 || rest[1] >= 0x80 => (Kind::Text, at + 3),
                _ => (Kind::Code, 1),
            },
            _ => (Kind::Code, 1),
        };
        kinds.extend(std::iter::repeat_n(kind, length.min(rest.len())));
    }
    kinds
}

/// The length up to the end of `end`, looking from `from` on.
fn until(rest: &[u8], from: usize, end: &[u8]) -> usize {
    let found = rest.get(from..).and_then(|rest| rest.windows(end.len()).position(|w| w == end));
    found.map_or(rest.len(), |at| from + at + end.len())
}

fn text_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r"..."` or `r#"..."#`; not `r#name`.
fn raw_length(rest: &[u8]) -> Option<usize> {
    let hashes = rest.iter().skip(1).take_while(|byte| **byte == b'#').count();
    (rest.get(1 + hashes) == Some(&b'"'))
        .then(|| until(rest, 2 + hashes, &[b"\"", "#".repeat(hashes).as_bytes()].concat()))
}

/// The bytes of these kinds; spaces in the place of others, and all line ends.
fn only(text: &str, kinds: &[Kind], wanted: &[Kind]) -> String {
    let kept = text.bytes().zip(kinds).map(|(byte, kind)| match byte {
        b'\n' => '\n',
        byte if wanted.contains(kind) && byte.is_ascii() => char::from(byte),
        _ => ' ',
    });
    kept.collect()
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

#[test]
fn comments_texts_and_tests_are_told_from_code() {
    let text = r##"//! unwrap()
fn long<'a>(c: char) -> &'a str { // one
    /* two */ if c == '"' || c == '\'' || c == 'é' { return r#"a "b" {"#; }
    "three \" }"
}
#[cfg(test)]
mod tests {
    fn short() {}
}
const NEXT: u8 = b'x';
"##;
    let source = Source::new("api/src/some.rs", text);
    assert_eq!(functions(&source.code), [("long".to_owned(), 4)]);
    let both = [("long".to_owned(), 4), ("short".to_owned(), 1)];
    assert_eq!(functions(&source.with_tests), both);
    let squeezed: Vec<&str> = source.code.split_whitespace().collect();
    assert_eq!(
        squeezed.join(" "),
        "fn long<'a>(c: char) -> &'a str { if c == || c == || c == { return ; } } const NEXT: u8 = b ;"
    );
    assert!(source.said.contains("three \\\" }") && !source.said.contains("two"));
    assert_eq!(source.code.lines().count(), text.lines().count());
    assert_eq!(Source::new("api/tests/some.rs", text).code.trim(), "");
}
