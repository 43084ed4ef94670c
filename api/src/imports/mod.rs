//! How files get in: sent, read, checked against the roll and the calendars, and applied whole or not at all.

mod conclude;
pub mod file;
mod import_marks;
mod import_pupils;
mod list_imports;
mod read_import;
mod roll;
mod rows;
mod run;
mod upload;

use utoipa_actix_web::service_config::ServiceConfig;

pub use run::run;

/// The kind of job that an import is.
pub const KIND: &str = "import";

/// The operations of this capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(upload::create_import)
        .service(list_imports::list_imports)
        .service(read_import::read_import);
}
