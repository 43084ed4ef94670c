//! Awards: what a policy gives for good attendance, from the day it is earned to the day it is handed over.
//!
//! Lists are made of what was earned. Nobody is listed as not rewarded, and no award about a child who has died or left
//! reaches a family.

mod answer;
mod certificate;
mod give_awards;
mod holders;
mod kind;
mod list_awards;
mod on_track;
mod praise;
mod read_award;
mod rows;
mod withdraw_award;

pub use certificate::CertificateFormat;
pub use kind::{AwardKind, AwardState};
pub use rows::{AwardRow, Change, NewAward, add, change, of_period};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(list_awards::list_awards)
        .service(read_award::read_award)
        .service(certificate::read_certificate)
        .service(give_awards::give_awards)
        .service(withdraw_award::withdraw_award)
        .service(holders::read_holders)
        .service(on_track::read_on_track)
        .service(praise::read_praise);
}
