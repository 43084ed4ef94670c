//! The returns to the local authority that the law asks for: whom to report, what each entry is based on, and where the
//! rule stands. They flag; a person checks and sends them.
//!
//! School Attendance (Pupil Registration) (England) Regulations 2024, regulation 13; thresholds and references are those of
//! `domain/national.toml`.

mod answer;
mod attendance_return;
mod deletion_return;
mod new_pupil_return;
mod reported;
mod roll;
mod sickness_return;

/// The operations of the returns.
pub fn mount(config: &mut base::Operations) {
    config
        .service(attendance_return::attendance_return)
        .service(sickness_return::sickness_return)
        .service(new_pupil_return::new_pupil_return)
        .service(deletion_return::deletion_return);
}
