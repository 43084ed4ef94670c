//! What an import is asked to do.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Pupils with their enrolments, classes, year groups and characteristics.
    Pupils,
    /// Marks: a row a mark, a day, or a week, or a column a date and session.
    Marks,
    /// Schools, from Get Information About Schools (`edubasealldata`).
    Schools,
    /// The schools of groups, from there.
    Groups,
    /// Which school became which, from there.
    Links,
}

impl FileKind {
    const ALL: [Self; 5] = [Self::Pupils, Self::Marks, Self::Schools, Self::Groups, Self::Links];

    /// As it stands in the database and over the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pupils => "pupils",
            Self::Marks => "marks",
            Self::Schools => "schools",
            Self::Groups => "groups",
            Self::Links => "links",
        }
    }

    /// Whether it is about the trust's schools and not about what is in one of them.
    #[must_use]
    pub fn is_of_the_trust(self) -> bool {
        matches!(self, Self::Schools | Self::Groups | Self::Links)
    }

    /// The opposite of [`FileKind::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What an import is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the file says.
    pub kind: FileKind,
    /// The school it is for; `None`: each row names its own.
    pub school_id: Option<i32>,
    /// What the sender calls the file.
    pub file_name: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
    /// What else is asked.
    pub options: Options,
}

/// How a file is to be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ImportOptions)]
pub struct Options {
    /// The sheet of a workbook; absent: the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The file is the whole roll of its schools: who is on roll and not in it has left.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
    /// The day on which the whole roll is so; absent: the day of the import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<NaiveDate>,
    /// More than half of a roll may leave.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub insist: bool,
    /// The trust's group in Get Information About Schools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_uid: Option<String>,
    /// Schools that are the trust's whatever their group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urns: Vec<String>,
}
