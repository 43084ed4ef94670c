//! Parents, in the sense of the Education Act 1996, section 576, and whom a school rings beside them when a child is
//! missing: whom do we call, in which order, and whom must we not?
//!
//! Natural parents, and whoever has responsibility for a child or care of them; for a child in care the carer, the
//! social worker and the virtual school. A parent of several children is one person. What a court has ordered is seen
//! by those alone who lead on it; everybody else sees that they must ask first.

mod add_parent;
mod address;
mod link;
mod list_parents;
mod of_pupils;
mod parent_history;
mod parents_of_pupil;
mod person;
mod put_link;
mod put_parent;
mod read_parent;
mod recipients;
mod record;
mod rows;
mod safeguards;
mod take_back;
mod ties;
mod told_of_orders;

pub use add_parent::{NewParent, add};
pub use link::Link;
pub use of_pupils::{
    ParentOf, SchoolToAsk, children_of, parents_of, protected, respected, schools_of_siblings,
};
pub use parents_of_pupil::{PupilParents, page as parents_page};
pub use person::{Contact, Person, check_contacts};
pub use recipients::{Recipient, recipients};
pub use record::{Change, Changes, hold, record};
pub use rows::{ParentRow, add_contacts, parent, parents_by_name};
pub use safeguards::{Order, OrderEffect, Safeguards};
pub use take_back::{TakenBack, take_back};
pub use ties::{Tie, kept_apart, put_safeguards, ties_of_pupil, ties_of_pupils, whom_to_ask};
pub use told_of_orders::told_of_orders;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(parents_of_pupil::parents_of_pupil)
        .service(add_parent::add_parent)
        .service(put_link::put_link)
        .service(list_parents::list_parents)
        .service(read_parent::read_parent)
        .service(put_parent::put_parent)
        .service(parent_history::parent_history);
}
