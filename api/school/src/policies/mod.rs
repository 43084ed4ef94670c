//! Attendance policies: the built-in ones, a trust's own with every version, and which school follows which from when.

mod assign_policy;
mod check_policy;
mod folder;
mod list_policies;
mod one_or_more;
mod put_policy;
mod read_book;
mod read_policy;
mod read_school_policy;
mod rows;
mod shelf;

pub use rows::{
    Assignment, Follows, Kept, Part, assigned, assignments, assignments_of_schools, holding, kept,
    under,
};
pub use shelf::Shelf;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_policies::list_policies)
        .service(check_policy::check_policy)
        .service(put_policy::put_policy)
        .service(read_policy::read_policy)
        .service(read_book::read_book)
        .service(assign_policy::assign_policy)
        .service(read_school_policy::read_school_policy);
}
