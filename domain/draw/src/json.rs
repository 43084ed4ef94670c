//! JSON in the form of RFC 8785: the only way to write a value, so that its bytes can be hashed; and a reader that takes
//! nothing else and knows where it is.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Word, in_one_form};
use serde_json::Value;

use crate::fault::{Fault, Wrong};
use crate::hash::{Hash, from_hex};

/// The greatest whole number that every reader of JSON has exactly.
pub(crate) const GREATEST: u64 = (1 << 53) - 1;

/// How an instant is written.
const INSTANT: &str = "%Y-%m-%dT%H:%M:%SZ";

/// A value in the form of RFC 8785. Members are put in order here, whatever order their map has.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (place, (name, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        // Texts are escaped as RFC 8785 wants it, and all numbers are whole.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

/// An instant to the second.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format(INSTANT).to_string()
}

/// Reads a text that has to be in the form of RFC 8785. Errors: it is not, or it holds another number than a whole one.
pub(crate) fn parse(place: &str, text: &str) -> Result<Value, Fault> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Fault::at(place, Wrong::NotJson(error.to_string())))?;
    whole_numbers(place, &value)?;
    let form = canonical(&value);
    if form == text {
        return Ok(value);
    }
    let same = form.bytes().zip(text.bytes()).take_while(|(one, other)| one == other).count();
    Err(Fault::at(place, Wrong::NotCanonical(same)))
}

fn whole_numbers(place: &str, value: &Value) -> Result<(), Fault> {
    match value {
        Value::Number(number) if number.as_u64().is_none_or(|number| number > GREATEST) => {
            Err(Fault::expected(place, "no other numbers than whole ones from 0 to 2^53 - 1"))
        }
        Value::Array(items) => items.iter().try_for_each(|item| whole_numbers(place, item)),
        Value::Object(members) => {
            members.values().try_for_each(|member| whole_numbers(place, member))
        }
        _ => Ok(()),
    }
}

/// A value and where it stands.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    pub(crate) place: String,
    pub(crate) value: &'a Value,
}

impl<'a> Node<'a> {
    /// The whole of a text; places are named from `place` on, or from nothing at all.
    pub(crate) fn whole(place: &str, value: &'a Value) -> Self {
        Self { place: place.to_owned(), value }
    }

    fn inside(&self, name: &str, value: &'a Value) -> Self {
        let place =
            if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        Self { place, value }
    }

    fn expected<T>(&self, what: &str) -> Result<T, Fault> {
        Err(Fault::expected(self.called(), what))
    }

    /// The place, where the whole text is called what it is.
    fn called(&self) -> &str {
        if self.place.is_empty() { "the text" } else { &self.place }
    }

    /// Exactly these members, in the order they are asked for.
    pub(crate) fn members<const N: usize>(&self, names: [&str; N]) -> Result<[Self; N], Fault> {
        let found = self.value.as_object().filter(|members| members.len() == N);
        let all: Option<Vec<Self>> = found.and_then(|members| {
            names.iter().map(|name| Some(self.inside(name, members.get(*name)?))).collect()
        });
        all.and_then(|all| all.try_into().ok())
            .ok_or_else(|| Fault::at(self.called(), Wrong::Members(names.join(", "))))
    }

    /// Whether it has a member of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value.get(name).is_some()
    }

    /// All members, whatever they are called.
    pub(crate) fn entries(&self) -> Result<Vec<(&'a str, Self)>, Fault> {
        match self.value.as_object() {
            Some(members) => Ok(members
                .iter()
                .map(|(name, value)| (name.as_str(), self.inside(name, value)))
                .collect()),
            None => self.expected("an object"),
        }
    }

    /// The items of an array.
    pub(crate) fn items(&self) -> Result<Vec<Self>, Fault> {
        match self.value.as_array() {
            Some(items) => Ok((0..)
                .zip(items)
                .map(|(number, item): (usize, _)| self.inside(&number.to_string(), item))
                .collect()),
            None => self.expected("an array"),
        }
    }

    /// `None` for null.
    pub(crate) fn maybe(self) -> Option<Self> {
        (!self.value.is_null()).then_some(self)
    }

    /// Null and nothing else.
    pub(crate) fn null(&self) -> Result<(), Fault> {
        if self.value.is_null() {
            Ok(())
        } else {
            self.expected("null: this mode has no such value")
        }
    }

    /// A text, composed.
    pub(crate) fn text(&self) -> Result<&'a str, Fault> {
        match self.value.as_str().filter(|text| in_one_form(text) == *text) {
            Some(text) => Ok(text),
            None => self.expected("a text in Unicode's form NFC"),
        }
    }

    /// This text and no other.
    pub(crate) fn exactly(&self, text: &str) -> Result<(), Fault> {
        if self.value.as_str() == Some(text) {
            Ok(())
        } else {
            self.expected(&format!("the text {text:?}"))
        }
    }

    /// A whole number.
    pub(crate) fn number(&self) -> Result<u64, Fault> {
        self.value.as_u64().map_or_else(|| self.expected("a whole number"), Ok)
    }

    /// A word of a closed set.
    pub(crate) fn word<W: Word>(&self) -> Result<W, Fault> {
        let word = self.value.as_str().and_then(W::read);
        word.map_or_else(|| self.expected(&W::list()), Ok)
    }

    /// 32 bytes.
    pub(crate) fn hash(&self) -> Result<Hash, Fault> {
        let hash = self.value.as_str().and_then(|text| text.parse().ok());
        hash.map_or_else(|| self.expected("32 bytes in lower case hex"), Ok)
    }

    /// So many bytes, at least and at most.
    pub(crate) fn bytes(&self, least: usize, most: usize) -> Result<Vec<u8>, Fault> {
        let bytes = self.value.as_str().and_then(from_hex);
        match bytes.filter(|bytes| (least..=most).contains(&bytes.len())) {
            Some(bytes) => Ok(bytes),
            None if least == most => self.expected(&format!("{least} bytes in lower case hex")),
            None => self.expected(&format!("{least} to {most} bytes in lower case hex")),
        }
    }

    /// Some hashes.
    pub(crate) fn hashes(&self) -> Result<Vec<Hash>, Fault> {
        self.items()?.iter().map(Self::hash).collect()
    }

    /// An instant, to the second.
    pub(crate) fn instant(&self) -> Result<DateTime<Utc>, Fault> {
        let read = |text: &str| {
            let at = chrono::NaiveDateTime::parse_from_str(text, INSTANT).ok()?.and_utc();
            // No leap second, no year 0, no sign and no missing nought.
            let (date, time) = text.split_once('T')?;
            let plain = is_date(date) && !time.ends_with("60Z") && instant(at) == text;
            plain.then_some(at)
        };
        let at = self.value.as_str().and_then(read);
        at.map_or_else(|| self.expected("an instant, such as 2026-12-18T15:00:00Z"), Ok)
    }

    /// A date.
    pub(crate) fn date(&self) -> Result<NaiveDate, Fault> {
        let text = self.value.as_str().filter(|text| is_date(text));
        let date = text.and_then(|text| text.parse().ok());
        date.map_or_else(|| self.expected("a date, such as 2015-03-14"), Ok)
    }
}

/// Four, two and two digits, of a year from 1 on.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |(place, byte): (usize, &u8)| match place {
        4 | 7 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    bytes.len() == 10 && !text.starts_with("0000") && bytes.iter().enumerate().all(digit)
}
