//! A school's pupils with the marks that a return looks at.

use ::analytics::EnrolmentYear;
use domain::national::Mark;
use domain::{CodeTable, is_of_compulsory_age};

use super::super::frame::Frame;
use base::prelude::*;
use figures::Enrolled;

/// The marks that may stand in a return, of everybody who was on roll on some day of its period, by pupil: possible
/// sessions while the pupil was of compulsory school age, up to the end of the period, in order. With each the latest
/// stay on the roll.
///
/// Half days that are no possible session, such as those of a closure, and half days without a mark are passed over: a
/// run goes on across them.
pub fn marks<'a>(
    frame: &'a Frame,
    codes: &CodeTable,
    from: NaiveDate,
) -> BTreeMap<PupilId, (&'a EnrolmentYear, Vec<Mark>)> {
    let days = frame.days;
    let mut by_pupil: BTreeMap<PupilId, (&EnrolmentYear, Vec<Mark>)> = BTreeMap::new();
    let there = |member: &EnrolmentYear| {
        member.first_day <= days.to && member.last_day.is_none_or(|last| days.from <= last)
    };
    for member in frame.block().members().filter(|member| there(member)) {
        let (latest, _) = by_pupil.entry(member.pupil_id()).or_insert((member, Vec::new()));
        if latest.first_day < member.first_day {
            *latest = member;
        }
    }
    for block in &frame.blocks {
        for member in block.members() {
            let Some((_, marks)) = by_pupil.get_mut(&member.pupil_id()) else { continue };
            let found = block.marks(member, from, days.to).filter_map(|(date, session, mark)| {
                let counts = codes.counts(mark, date).possible();
                let of_age = counts && is_of_compulsory_age(member.birth_date, date);
                let code = codes.text(mark).filter(|_| of_age)?.to_owned();
                Some(Mark { date, session, code })
            });
            marks.extend(found);
        }
    }
    for (_, marks) in by_pupil.values_mut() {
        marks.sort();
    }
    by_pupil
}
