//! A session: half a school day, and what attendance in England is counted in.

use crate::words;

words! {
    /// One of the two sessions of a school day. Every pupil on roll has a mark for each
    /// (School Attendance (Pupil Registration) (England) Regulations 2024, regulation 10).
    Session {
        Am = "AM": "the morning session",
        Pm = "PM": "the afternoon session",
    }
}

impl Session {
    /// 0 for the morning, 1 for the afternoon.
    pub const fn index(self) -> usize {
        match self {
            Session::Am => 0,
            Session::Pm => 1,
        }
    }
}
