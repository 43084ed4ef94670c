//! What an import is asked to do.

use domain::Roles;

use base::auth::permission::{Permission, RecordCase, WriteParent, WriteSchool};
use base::prelude::*;

words! {
    /// What a file says.
    ImportKind {
        Pupils = "pupils": "pupils with their enrolments, classes, year groups and characteristics",
        Marks = "marks": "marks: a row a mark, a day, or a week, or a column a date and session",
        Classes = "classes": "classes, and who is in them",
        Parents = "parents": "parents, whose they are and how to reach them",
        Cases = "cases": "what was done under the school's policy before it came here: letters, open stages, running targets, penalty notices",
        Schools = "schools": "schools, from Get Information About Schools (`edubasealldata`)",
        Groups = "groups": "the schools of groups, from there",
        Links = "links": "which school became which, from there",
    }
}

impl ImportKind {
    /// Whether it is about the trust's schools and not about what is in one of them.
    pub fn is_of_the_trust(self) -> bool {
        matches!(self, Self::Schools | Self::Groups | Self::Links)
    }

    /// Refuses a caller without the permission that a file of this kind needs beside that to import. Errors: 403.
    pub(super) fn check(self, roles: &Roles, caller: &Caller) -> Result<()> {
        let (permission, why) = match self {
            Self::Schools | Self::Groups | Self::Links => {
                (WriteSchool::NAME, "A file of schools needs the right to add and change schools.")
            }
            Self::Parents => {
                (WriteParent::NAME, "A file of parents needs the right to add and change parents.")
            }
            Self::Cases => (
                RecordCase::NAME,
                "A file of what was done needs the right to record what was done.",
            ),
            Self::Pupils | Self::Marks | Self::Classes => return Ok(()),
        };
        if roles.allows(caller.role(), permission) {
            return Ok(());
        }
        Err(Problem::new(Kind::Forbidden)
            .detail(why)
            .member("permission", permission)
            .member("role", caller.role()))
    }
}

/// What an import is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the file says.
    pub kind: ImportKind,
    /// The school it is for; `None`: each row names its own.
    pub school_id: Option<SchoolId>,
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
    /// The file only fills what is missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fill: bool,
    /// The trust's group in Get Information About Schools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_uid: Option<String>,
    /// Schools that are the trust's whatever their group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urns: Vec<String>,
}
