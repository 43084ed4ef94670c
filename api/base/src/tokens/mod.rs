//! Access tokens: what they say, what they rest on, the keys that sign them, and the check of a signature; and the names
//! and secrets of the clients that get them.

pub mod basis;
pub mod client_name;
pub mod keys;
mod ring;
pub mod secret;
pub mod token;
