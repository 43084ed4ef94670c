//! What is asked of the whole house, whichever wing it stands in: of every operation, every table, every file.

pub mod authz;
mod catalogue;
mod concurrency;
mod hostile_input;
mod leaks;
mod migrations;
mod multi_instance;
mod paging;
mod problems;
mod row_security;
mod statements;
mod tidy;
