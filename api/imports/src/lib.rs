//! How files get in: sent, read, checked against the roll and the calendars, and applied whole or not at all.

mod conclude;
mod import_cases;
mod import_links;
mod import_marks;
mod import_notices;
mod import_parents;
mod import_pupils;
mod import_schools;
mod list_imports;
mod outcome;
mod read_import;
mod request;
mod roll;
mod rows;
mod run;
mod schools;
mod undo;
mod upload;
mod uploads;
mod whom;

pub use run::run;
pub use undo::run as take_back;

/// The kind of job that an import is.
pub const KIND: &str = "import";

/// The kind of job that takes an import back.
pub const UNDO: &str = "undo";

/// The operations of this capability.
pub fn mount(config: &mut base::Operations) {
    config
        .service(upload::create_import)
        .service(list_imports::list_imports)
        .service(read_import::read_import)
        .service(undo::undo_import)
        .service(undo::read_undo)
        .service(uploads::begin_upload)
        .service(uploads::put_part)
        .service(uploads::read_upload);
}
