//! A large file in parts: begun, its parts put in any order to any instance and as often as needed, then imported.

mod begin;
mod part;
mod read;
mod rows;

pub(super) use begin::begin_upload;
pub(super) use part::put_part;
pub(super) use read::read_upload;
pub(super) use rows::{Whole, hand_over, whole};
