//! Penalty notices as they are kept, a parent and a child each: every row says how a notice stands from then on.

mod notice;
mod rows;

pub use notice::{Amount, Details, Missed, ParentNotice, next};
pub use rows::{
    NoticeEntry, NoticeFilter, NoticeRow, Whom, history, hold, keep, notices, of_case, of_child,
    own_record, sees,
};
