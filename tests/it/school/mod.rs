//! Trusts and their schools, with calendars, staff and policies.

mod calendars;
mod clients;
mod letterheads;
mod oauth;
mod policies;
pub mod sign_in;
mod staff;
mod tenants;
