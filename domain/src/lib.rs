//! The rules of school attendance in England: pure and exact.
//!
//! What holds everywhere in this crate:
//!
//! - **Counts, not percentages.** A rate is two whole numbers; groups pool sessions; comparison is
//!   by cross-multiplication. There is no floating point. Nothing possible is "no figure", never
//!   0% or 100%.
//! - **No input, output, clock or chance.** Whatever depends on today takes a date.
//! - **Data over code.** Attendance codes, roles, bank holidays, national law and the policies are
//!   read from the files beside the source, which people who do not program can read and check.
//! - **Nothing from outside can make it panic**: what may be wrong is an `Option` or a `Result`
//!   with a message in plain English.

mod absence;
mod band;
mod bank_holiday;
mod calendar;
mod calendar_check;
mod characteristic;
mod code;
mod code_load;
mod code_table;
mod compulsory_age;
mod contact;
mod definition;
mod email;
mod half_days;
mod letter_language;
pub mod missing_child;
mod name_key;
pub mod national;
mod notice_state;
mod phase;
pub mod policy;
mod rate;
mod relationship;
mod role;
pub mod schedule;
mod session;
mod sex;
mod term;
mod text;
mod upn;
mod window;
pub mod word;
mod year;
mod year_group;

pub use absence::{persistent, severe};
pub use band::{Band, BandError, Bands};
pub use bank_holiday::bank_holidays;
pub use calendar::{Calendar, CalendarProblem};
pub use characteristic::{Characteristic, CharacteristicValue};
pub use code::{
    Category, CodeNumber, CodePeriod, Counts, LEAVE_NOT_ALLOWED, NO_MARK, NO_REASON_ACCEPTED,
    PLANNED_CLOSURE, REASON_UNKNOWN,
};
pub use code_load::CodeTableError;
pub use code_table::{CodeError, CodeTable, Read};
pub use compulsory_age::is_of_compulsory_age;
pub use contact::ContactKind;
pub use definition::Definition;
pub use email::is_email;
pub use half_days::HalfDaySet;
pub use letter_language::{help_line, language_of};
pub use name_key::folded_name_key;
pub use notice_state::NoticeState;
pub use phase::Phase;
pub use rate::{Percent, PercentError, Rate, in_tenths};
pub use relationship::Relationship;
pub use role::{Level, Role, RoleError, Roles};
pub use session::Session;
pub use sex::Sex;
pub use term::{Closure, ClosureKind, Days, NotDue, SchoolWeek, Term};
pub use text::{class_key, in_one_form, is_hidden, is_invisible};
pub use upn::{Upn, UpnError};
pub use window::{Window, WindowKind};
pub use word::Word;
pub use year::{AcademicYear, AcademicYearError, HALF_DAYS, HalfDay};
pub use year_group::{YearGroup, year_group_of_age};
