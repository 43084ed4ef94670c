//! Closed sets of words: one enum is the column of a row, the member of a body or an answer, the parameter of a query,
//! and an enumeration with a name in the document.
//!
//! A set that only the API knows is made by [`words!`](crate::words!), which gives the enum all of that. A set that the
//! rules know too is an enum of `domain`, which knows neither diesel nor utoipa: [`As`] brings it here.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;
use std::ops::Deref;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text;
use domain::{Word, word};
pub use files::word_schema as schema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// A word of a set that `domain` keeps, in rows, bodies, queries and the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct As<W: Word>(pub W);

impl<W: Word> Deref for As<W> {
    type Target = W;

    fn deref(&self) -> &W {
        &self.0
    }
}

impl<W: Word> From<W> for As<W> {
    fn from(word: W) -> Self {
        Self(word)
    }
}

impl<W: Word> PartialEq<W> for As<W> {
    fn eq(&self, word: &W) -> bool {
        self.0 == *word
    }
}

impl<W: Word> fmt::Display for As<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<W: Word> Serialize for As<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.text())
    }
}

impl<'de, W: Word> Deserialize<'de> for As<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word::deserialize(deserializer).map(Self)
    }
}

impl<W: Word> ToSql<Text, Pg> for As<W> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        to_column(self.0, out)
    }
}

impl<W: Word> FromSql<Text, Pg> for As<W> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        from_column(value).map(Self)
    }
}

impl<W: Word> PartialSchema for As<W> {
    fn schema() -> RefOr<Schema> {
        schema::<W>()
    }
}

impl<W: Word> ToSchema for As<W> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(W::NAME)
    }
}

/// Writes a word into a column.
pub fn to_column<W: Word>(word: W, out: &mut Output<'_, '_, Pg>) -> serialize::Result {
    out.write_all(word.text().as_bytes())?;
    Ok(IsNull::No)
}

/// Reads a word out of a column.
///
/// # Errors
/// What stands there is not one of the words.
pub fn from_column<W: Word>(value: PgValue<'_>) -> deserialize::Result<W> {
    let text = <String as FromSql<Text, Pg>>::from_sql(value)?;
    W::read(&text).ok_or_else(|| format!("{text:?} is not {}: {}", W::NAME, W::list()).into())
}

/// Makes a closed set of the API's own, as [`domain::words!`] does, for rows and the document too.
#[macro_export]
macro_rules! words {
    ($(#[doc = $about:literal])+ $name:ident $(as $called:literal)? { $($words:tt)+ }) => {
        domain::words! {
            [
                derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow),
                diesel(sql_type = diesel::sql_types::Text)
            ]
            $(#[doc = $about])+
            $name $(as $called)? { $($words)+ }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                $crate::word::to_column(*self, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                $crate::word::from_column(value)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::word::schema::<Self>()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(<Self as domain::Word>::NAME)
            }
        }
    };
}
