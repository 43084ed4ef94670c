//! Which trust, which schools, when are they open, what stands on their letters, who works there, which policy do they
//! follow, and who comes in?

pub mod calendars;
pub mod clients;
pub mod letterheads;
pub mod oauth;
pub mod policies;
pub mod sign_in;
pub mod staff;
pub mod tenants;
