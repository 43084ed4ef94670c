//! Staff: who has which duty at which school, in the school's own words, and which of the product's roles is that?
//!
//! Policies name duties in the words of the school's document (Attendance Lead, EWO, LAAO). A duty maps to a role of
//! `domain/roles.toml`; what a role may do is the product's. And who am I?

mod create_staff;
mod list_staff;
mod person;
mod put_duties;
mod put_staff;
mod read_me;
mod read_staff;
mod rows;
mod whose;

pub use rows::{Duty, Holder, Standing, holders, is_member, standing};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(create_staff::create_staff)
        .service(list_staff::list_staff)
        .service(read_me::read_me)
        .service(read_staff::read_staff)
        .service(put_staff::put_staff)
        .service(put_duties::put_duties);
}
