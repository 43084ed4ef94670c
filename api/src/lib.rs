//! Rollcall's HTTP API and command line: thirteen wings, from the ground up. A wing uses those above it in this list and
//! none below it. Each but the last, which is this one, is a crate of its own.
//!
//! | wing | question |
//! | --- | --- |
//! | [`base`] | who asks, and what do all operations share? |
//! | [`school`] | which trust, which schools, when are they open, what stands on their letters, who works there, which policy do they follow, who comes in? |
//! | [`marks`] | what stands at each half day, what stood there before, what has to be looked at again? |
//! | [`roll`] | who is this child, where and when enrolled, whom do we call? |
//! | [`register`] | who is here, who corrected what? |
//! | [`figures`] | how are we doing? |
//! | [`casework`] | what is done about it, by whom, and what came of it? |
//! | [`day`] | who is missing this morning? |
//! | [`reports`] | what do leaders, meetings and the authority read? |
//! | [`rewards`] | who has earned what, who has won, was it fair? |
//! | [`imports`] | how does the data get in? |
//! | [`runs`] | what happens by itself, and when? |
//! | [`server`] | what does one process offer? |
//!
//! A folder per capability, a file per operation. Data flows one way: a request is authorised by the type of its
//! handler's argument ([`base::auth::May`]), reads and writes through the only door to the database ([`base::db::Db`]),
//! asks `domain` for rules and `analytics` for figures, and answers.

pub use {
    base, casework, day, figures, imports, marks, register, reports, rewards, roll, runs, school,
};

pub mod server;
