//! Pupils and the roll: who is this child, where and when enrolled, in which class?

mod characteristics;
mod create_class;
mod create_enrolment;
mod create_pupil;
mod details;
mod enrolment_notices;
mod enrolment_page;
mod facts;
mod flags;
mod identity;
mod list_classes;
mod list_enrolments;
mod list_pupils;
mod read_class;
mod read_enrolment;
mod read_pupil;
mod record;
mod roll;
mod rows;
mod same_child;
mod take_back;

pub use characteristics::{
    CharacteristicRow, CharacteristicWord, NewCharacteristic, add_characteristics,
    characteristics_of, characteristics_of_enrolment, characteristics_on, has_on, main_elsewhere,
};
pub use flags::{PupilFlag, flags_on};
pub use identity::{pupils_by_upn, rename};
pub use record::{
    NewClass, NewPlacement, NewPupil, NewStay, add_classes, add_days, add_enrolments,
    add_placements, add_pupils,
};
use roll::check_free;
pub use roll::{
    Member, OnRoll, Stay, earlier_stays, members, on_roll, stays_of, stays_of_pupils, year_group_on,
};
pub use rows::{
    ClassRow, EnrolmentRow, PlacementRow, PupilRow, check_unmerged, class, classes_of,
    classes_of_schools, enrolment, enrolments_of, enrolments_of_pupil, in_order, merged_into,
    merged_records, placements_of, placements_of_enrolments, pupil, pupil_is_visible,
};
pub use same_child::pupils_by_child;
pub use take_back::{Left, TakeBack, schools_recorded_at, take_back};

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(create_pupil::create_pupil)
        .service(list_pupils::list_pupils)
        .service(read_pupil::read_pupil)
        .service(create_class::create_class)
        .service(list_classes::list_classes)
        .service(read_class::read_class)
        .service(create_enrolment::create_enrolment)
        .service(list_enrolments::list_enrolments)
        .service(read_enrolment::read_enrolment)
        .configure(facts::mount)
        .configure(identity::mount);
}
