//! Referrals: to the Education Welfare Officer, the local authority's attendance team, Early Help, social care; with the
//! evidence as it stood, sent, received, and what came of it. What an officer of the local authority does is recorded as
//! received: the school never writes as the authority.

mod case_file;
mod list_case_files;
mod list_referrals;
mod prepare;
mod prepare_case_file;
mod progress;
mod read_case_file;
mod read_readiness;
mod read_referral;
mod readiness;
mod referral;

pub use readiness::checks;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(read_readiness::read_readiness)
        .service(list_referrals::list_referrals)
        .service(prepare::prepare_referral)
        .service(read_referral::read_referral)
        .service(progress::progress_referral)
        .service(list_case_files::list_case_files)
        .service(prepare_case_file::prepare_case_file)
        .service(read_case_file::read_case_file);
}
