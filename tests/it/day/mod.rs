//! The school day: who is missing, and what is done about it.

mod contacts;
