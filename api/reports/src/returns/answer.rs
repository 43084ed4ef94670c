//! How a return goes out: its entries with what the return says of itself, or as a table with a row for each.

use ::analytics::EnrolmentYear;
use actix_web::{HttpResponse, web};

use super::super::csv;
use super::super::frame::{Frame, ReportFormat};
use super::reported::{COLUMNS, ReportedPupil, reported};
use base::prelude::*;
use figures::Enrolled;

/// An entry of a return.
pub trait Entry {
    /// What the file of the return is called.
    const FILE: &'static str;
    /// The columns after those of every return.
    const OWN: &'static [&'static str];

    /// The pupil.
    fn pupil(&self) -> &ReportedPupil;

    /// The cells of these columns, for each row of the entry.
    fn rows(&self) -> Vec<Vec<String>>;
}

/// The entries of those who were found on a frame, each named as on the last of its days, in their order.
pub async fn entries<'a, T, E>(
    (app, scope): (&web::Data<App>, &Scope),
    frame: &'a Frame,
    found: Vec<(&'a EnrolmentYear, T)>,
    mut say: impl FnMut(ReportedPupil, &'a EnrolmentYear, T) -> Option<E>,
) -> Result<Vec<E>> {
    let (school_id, day) = (frame.school.school_id, frame.days.to);
    let members: Vec<EnrolmentYear> = found.iter().map(|(member, _)| (*member).clone()).collect();
    let read = app.db.snapshot(scope, move |tx| reported(tx, school_id, &members, day));
    let mut pupils = read.await?;
    let entry = |(member, of): (&'a EnrolmentYear, T)| {
        say(pupils.remove(&member.enrolment_id())?, member, of)
    };
    Ok(found.into_iter().filter_map(entry).collect())
}

/// The return as a table, or as `whole` says it.
pub fn answer<E: Entry, R: Serialize>(
    frame: &Frame,
    format: Option<ReportFormat>,
    entries: Vec<E>,
    whole: impl FnOnce(Vec<E>) -> R,
) -> Result<HttpResponse> {
    if format != Some(ReportFormat::Csv) {
        return Ok(HttpResponse::Ok().json(whole(entries)));
    }
    let header: Vec<&str> = COLUMNS.iter().chain(E::OWN).copied().collect();
    let rows = entries.iter().flat_map(|entry| {
        let row = |own: Vec<String>| entry.pupil().cells().into_iter().chain(own).collect();
        entry.rows().into_iter().map(row).collect::<Vec<Vec<String>>>()
    });
    csv::answer(&frame.file(E::FILE), &header, rows)
}
