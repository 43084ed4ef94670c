//! Reports as data: the lists that a school's meetings work from, and the returns that the law asks for.
//!
//! Nothing is kept here: every report is counted anew from the registers and from what is recorded of cases, and says
//! over which days, by which definition and as known on which instant. Many go out as CSV too.

mod at_risk;
mod attendance;
mod bands;
mod broken;
mod class_figures;
mod csv;
mod declined;
mod discussed;
mod frame;
mod governors_summary;
mod log;
mod people;
mod pupil_broken_weeks;
mod returns;
mod safeguarding_list;
mod school_broken_weeks;
mod slt_list;
mod small_numbers;
mod standing;

pub use frame::ReportFormat;

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(pupil_broken_weeks::pupil_broken_weeks)
        .service(school_broken_weeks::school_broken_weeks)
        .service(at_risk::at_risk)
        .service(declined::declined)
        .service(slt_list::slt_list)
        .service(safeguarding_list::safeguarding_list)
        .service(governors_summary::governors_summary)
        .service(class_figures::class_figures)
        .service(log::log_export)
        .service(log::record_log_entered::record_log_entered)
        .configure(returns::mount);
}
