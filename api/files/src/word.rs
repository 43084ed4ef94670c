//! How the document describes a closed set of words.

use domain::Word;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A set in the document: its words, and what each of them means.
pub fn word_schema<W: Word>() -> RefOr<Schema> {
    let mut description = W::ABOUT.to_owned();
    for word in W::WORDS {
        description.push_str(&format!("\n- `{word}`: {}", word.meaning()));
    }
    let words = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(W::WORDS.iter().map(|word| word.text())))
        .description(Some(description))
        .examples(W::WORDS.first().map(|word| word.text()));
    words.into()
}

/// Makes a set of words known to the document, under its own name.
macro_rules! described {
    ($name:ident) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::word::word_schema::<Self>()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(<Self as domain::Word>::NAME)
            }
        }
    };
}
pub(crate) use described;
