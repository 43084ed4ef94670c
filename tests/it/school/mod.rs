//! Trusts and their schools, with calendars, staff and policies.

mod calendars;
mod letterheads;
mod policies;
mod staff;
mod tenants;
