//! Which trust, which schools, when are they open, what stands on their letters, who works there, and which policy do
//! they follow?

pub mod calendars;
pub mod letterheads;
pub mod policies;
pub mod staff;
pub mod tenants;
