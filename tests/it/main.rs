//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
//!
//! The folders are the wings of `api`, from the ground up; in a wing a file is a capability, with a folder of its name
//! where it has much to tell. `house` holds what is asked of the whole house: every operation, table and file. `smoke` is
//! the shortest story, to be read first, and `support` what all of them stand on.
#![cfg(test)]

mod base;
mod casework;
mod day;
mod figures;
mod house;
mod imports;
mod marks;
mod register;
mod reports;
mod rewards;
mod roll;
mod runs;
mod school;
mod server;
mod smoke;
mod support;
