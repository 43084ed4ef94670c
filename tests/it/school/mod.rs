//! Trusts and their schools, with calendars, staff and policies.

mod calendars;
mod clients;
mod letterheads;
mod oauth;
mod policies;
mod staff;
mod tenants;
