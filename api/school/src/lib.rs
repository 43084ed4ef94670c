//! Which trust, which schools, when are they open, who works there, and which policy do they follow?

pub mod calendars;
pub mod policies;
pub mod staff;
pub mod tenants;
