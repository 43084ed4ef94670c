//! Reads the files that schools send: pupils on roll, classes, parents, marks, what was done before, and lists of schools.
//!
//! Bytes in; typed rows, problems with their lines, and notices out. Nothing here knows the
//! database, the clock or HTTP. Whatever can be said from the file alone is said here and at once;
//! whether a pupil exists, was on roll, and whether the school was open is for the import to check
//! against the database, with the same [`Problems`].
//!
//! Which kinds of file there are, and their columns, stands in `README.md`.
//!
//! The files are workbooks (XLSX), or CSV with commas, semicolons or tabs, in UTF-8, UTF-16 with a
//! byte order mark or Windows-1252. The column names of the big school systems are understood as well (`headers.rs`).

mod agree;
mod cells;
mod characteristics;
mod classes;
mod codes;
mod contact_cells;
mod contact_columns;
mod contacts;
mod decode;
mod done;
mod done_columns;
mod done_notice;
mod file_pupils;
mod gias;
mod grid;
mod headers;
mod languages;
mod lines;
mod mark_rows;
mod marks;
mod marks_file;
mod notice;
mod pieces;
mod problem;
mod pupils;
mod rows;
mod said;
mod sheet;
mod table;
mod unpack;
mod week;
mod word;

#[cfg(test)]
mod tests;

pub use classes::{ClassFileRow, ClassMember, read_classes};
pub use contact_columns::ContactColumn;
pub use contacts::{Clause, Contact, ContactRow, read_contacts};
pub use done::{DoneFile, DoneRow, read_done};
pub use done_columns::DoneColumn;
pub use done_notice::{GivenNotice, NoticedAbsence};
pub use gias::{LinkRow as LinkFileRow, SchoolRow as SchoolFileRow, read_links, read_schools};
pub use headers::{Column, Columns};
pub use lines::line_ends;
pub use marks::read_marks;
pub use marks_file::{MarksFile, PupilYear};
pub use notice::{Notice, NoticeKind};
pub use pieces::Unread;
pub use problem::{LISTED_PROBLEMS, Problems, RowProblem, RowProblemKind};
pub use pupils::{PupilRow, read_pupils};
pub use rows::{PROGRESS_ROWS, Progress, Sent, Stopped};
pub use word::word_schema;

/// What a file came to.
///
/// The rows without a problem are here even when others have one, so that the checks against the
/// database can add what they find; a file with any problem is not to be applied.
#[derive(Debug, Clone)]
pub struct Reading<T> {
    /// The rows that are well formed, without exact repeats.
    pub file: T,
    /// The first 1,000 problems, in the order of the file.
    pub problems: Vec<RowProblem>,
    /// How many problems there are in all.
    pub problem_count: u64,
    /// What the sender should know although nothing is wrong.
    pub notices: Vec<Notice>,
    /// How many rows the file has below its header, blank ones aside.
    pub rows: u64,
    /// What the file calls its columns.
    pub columns: Columns,
}
