//! Trusts and the clocks of sandboxes, schools, and the version that every figure is counted at.

mod create_school;
mod create_trust;
mod list_schools;
mod put_clock;
mod read_clock;
mod read_school;
mod read_trust;
mod record;
mod rows;
mod versions;

pub use record::{SchoolFacts, add_schools, change_urn, rename_school, schools_by_former_urn};
pub use rows::{SchoolRow, school, schools, schools_by_urn, today, today_year};
pub use versions::{Locked, Version, current, lock, lock_schools};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(create_trust::create_trust)
        .service(read_trust::read_trust)
        .service(read_clock::read_clock)
        .service(put_clock::put_clock)
        .service(create_school::create_school)
        .service(list_schools::list_schools)
        .service(read_school::read_school);
}
