//! What has to stand for a token to hold, beside its own time: what can be taken back.

use serde::{Deserialize, Serialize};

use super::client_name::ClientName;
use crate::id::StaffId;

/// What a token, or a job that was asked for with one, rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The token's own id.
    pub token: String,
    /// The client that it was given to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientName>,
    /// The member of staff for whom the client acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<Knows>,
}

/// A member of staff, with the last change of their duties that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knows {
    /// Who.
    pub staff_id: StaffId,
    /// The number of the change; 0 while there was none.
    pub change: i64,
}

/// What can be taken back before its tokens have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// One token, by its id.
    Token(String),
    /// A client, with all its tokens.
    Client(ClientName),
    /// What somebody may do by their duties.
    Staff(StaffId),
    /// What all of a trust's staff may do: its day or its identity providers are others.
    AllStaff,
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Token(id) => f.write_str(id),
            Self::Client(name) => name.fmt(f),
            Self::Staff(id) => write!(f, "staff-{id}"),
            Self::AllStaff => f.write_str("staff"),
        }
    }
}
