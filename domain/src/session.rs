//! A session: half a school day, and what attendance in England is counted in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of the two sessions of a school day.
///
/// Every pupil on roll has a mark for each (School Attendance (Pupil Registration) (England)
/// Regulations 2024, reg. 10). On the wire it is `"AM"` or `"PM"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Session {
    /// The morning session.
    #[serde(rename = "AM")]
    Am,
    /// The afternoon session.
    #[serde(rename = "PM")]
    Pm,
}

/// The text is not the name of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the session must be AM or PM")]
pub struct SessionError;

impl Session {
    /// Both sessions, in the order of the day.
    pub const ALL: [Session; 2] = [Session::Am, Session::Pm];

    /// 0 for the morning, 1 for the afternoon.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Session::Am => 0,
            Session::Pm => 1,
        }
    }

    /// `AM` or `PM`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Session::Am => "AM",
            Session::Pm => "PM",
        }
    }
}

impl FromStr for Session {
    type Err = SessionError;

    /// Reads `AM` or `PM` in any case, with or without spaces around it.
    fn from_str(text: &str) -> Result<Self, SessionError> {
        let text = text.trim();
        Self::ALL
            .into_iter()
            .find(|session| text.eq_ignore_ascii_case(session.name()))
            .ok_or(SessionError)
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_reads_and_writes_as_am_or_pm() {
        assert_eq!("am".parse(), Ok(Session::Am));
        assert_eq!(" Pm ".parse(), Ok(Session::Pm));
        assert_eq!("noon".parse::<Session>(), Err(SessionError));
        assert_eq!(Session::Pm.to_string(), "PM");
        assert_eq!(serde_json::to_string(&Session::Am).unwrap(), "\"AM\"");
        assert_eq!(serde_json::from_str::<Session>("\"PM\"").unwrap(), Session::Pm);
    }
}
