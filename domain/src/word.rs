//! Closed sets of words: an enum for each, with how its words are written and what they mean.
//!
//! The macro [`words!`](crate::words) makes the enum. What stands in a policy, in a row, in a body or in the document
//! is then one type, and an unknown word is refused together with the list of those that are known.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

#[doc(hidden)]
pub use serde;

/// A closed set of words.
pub trait Word: Copy + Eq + fmt::Debug + fmt::Display + 'static {
    /// What the set is called.
    const NAME: &'static str;

    /// What it is a set of, in plain English.
    const ABOUT: &'static str;

    /// All of them, in the order they are taught.
    const WORDS: &'static [Self];

    /// How the word is written.
    fn text(self) -> &'static str;

    /// What it means, in plain English.
    fn meaning(self) -> &'static str;

    /// The word that is written so.
    fn read(text: &str) -> Option<Self> {
        Self::WORDS.iter().copied().find(|word| word.text() == text)
    }

    /// All words as people list them.
    fn list() -> String {
        or(Self::WORDS.iter().map(|word| word.text()))
    }
}

/// Of more words than these, a sentence names the first and counts the rest.
const NAMED: usize = 40;

/// Quoted words with "or" before the last: `"day", "week" or "term"`.
pub(crate) fn or<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.collect();
    let others = words.len().saturating_sub(NAMED);
    words.truncate(NAMED);
    let mut items: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    items.extend((others > 0).then(|| format!("one of {others} others")));
    joined(items, "or")
}

/// Items as people list them: `a, b and c`.
pub(crate) fn joined(mut items: Vec<String>, last: &str) -> String {
    match items.pop() {
        None => "none".to_owned(),
        Some(only) if items.is_empty() => only,
        Some(end) => format!("{} {last} {end}", items.join(", ")),
    }
}

/// The word that a value is; any other is refused with the list of them. Errors: it is not one of the words.
pub fn deserialize<'de, W: Word, D: Deserializer<'de>>(deserializer: D) -> Result<W, D::Error> {
    deserializer.deserialize_str(OneOf(PhantomData))
}

/// Expects a word of the set.
struct OneOf<W>(PhantomData<W>);

impl<W: Word> Visitor<'_> for OneOf<W> {
    type Value = W;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = W::WORDS.iter().map(|word| format!("`{word}`")).collect();
        write!(f, "one of {}", joined(words, "or"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<W, E> {
        W::read(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Makes a closed set of words: an enum, and all that [`Word`] promises of it. `Weather as "SchoolWeather"`
/// gives the set another name outside, where the enum's own would not say whose it is.
///
/// ```
/// domain::words! {
///     /// What a pupil has drawn.
///     Weather {
///         Sun = "sun": "it shines",
///         Rain = "rain": "it pours",
///     }
/// }
/// use domain::Word;
/// assert_eq!(Weather::read("rain"), Some(Weather::Rain));
/// assert_eq!(Weather::Sun.meaning(), "it shines");
/// ```
#[macro_export]
macro_rules! words {
    (@name $name:ident) => {
        stringify!($name)
    };
    (@name $name:ident $called:literal) => {
        $called
    };
    (
        $([$($attribute:meta),+])?
        $(#[doc = $about:literal])+
        $name:ident $(as $called:literal)? { $($variant:ident = $text:literal: $meaning:literal,)+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $($(#[$attribute])+)?
        pub enum $name { $(#[doc = $meaning] $variant,)+ }

        impl $name {
            /// All of them, in the order they are taught.
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// How the word is written.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl $crate::Word for $name {
            const NAME: &'static str = $crate::words!(@name $name $($called)?);
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();
            const WORDS: &'static [Self] = &Self::ALL;

            fn text(self) -> &'static str {
                $name::text(self)
            }

            fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.text())
            }
        }

        impl $crate::word::serde::Serialize for $name {
            fn serialize<S: $crate::word::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.text())
            }
        }

        impl<'de> $crate::word::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::word::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::word::deserialize(deserializer)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::Word;

    crate::words! {
        /// What the sky does,
        /// seen from the playground.
        Sky {
            Blue = "blue": "nothing at all",
            Grey = "grey": "it waits for playtime",
            Rain = "rain": "it is playtime",
        }
    }

    #[test]
    fn a_set_says_what_it_is() {
        assert_eq!(
            (Sky::NAME, Sky::ABOUT),
            ("Sky", "What the sky does, seen from the playground.")
        );
        assert_eq!(Sky::ALL, [Sky::Blue, Sky::Grey, Sky::Rain]);
        assert_eq!(Sky::list(), r#""blue", "grey" or "rain""#);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in Sky::ALL {
            assert_eq!(Sky::read(word.text()), Some(word));
            let json = serde_json::to_string(&word).unwrap();
            assert_eq!(
                (json.as_str(), word.to_string().as_str()),
                (&*format!("\"{word}\""), word.text())
            );
            assert_eq!(serde_json::from_str::<Sky>(&json).unwrap(), word);
        }
    }

    #[test]
    fn another_word_is_refused_with_those_that_are_known() {
        assert_eq!(Sky::read("Blue"), None);
        for wrong in ["\"snow\"", "7"] {
            let refused = serde_json::from_str::<Sky>(wrong).unwrap_err().to_string();
            assert!(refused.contains("expected one of `blue`, `grey` or `rain`"), "{refused}");
        }
    }
}
