//! A case: its events, its pupil, and the calendar by which it goes.

mod flags;
mod moved;
mod no_calendar;
mod random;
