//! What runs by itself, and when.

mod clockwork;
mod schedules;
