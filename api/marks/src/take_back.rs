//! Taking back what one import wrote into the registers: as new entries of the history, never by rubbing out.
//!
//! A mark goes back to what stood before the import, unless anybody touched it since. A register that counts as taken
//! only because of the import counts as not taken again, unless a mark still stands in it.

use diesel::prelude::*;
use domain::{HALF_DAYS, NO_MARK};

use super::marking::YearChange;
use super::rows::{IMPORTED, TakenYear, marks_of};
use schema::{class_year, class_year_change, mark_event};

use base::prelude::*;

/// What takes back an import's marks of one school's year.
#[derive(Debug, Default)]
pub struct MarksBack {
    /// The register years with their marks of before.
    pub changes: Vec<YearChange>,
    /// How many marks go back.
    pub restored: u64,
    /// The marks that were touched since, and stay.
    pub left: Vec<(EnrolmentId, HalfDay)>,
}

/// A row of the history, as far as it says which marks changed.
#[derive(Queryable)]
struct Event {
    version: i64,
    enrolment_ids: Vec<EnrolmentId>,
    first: i16,
    half_days: i16,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Event {
    /// Every changed mark: enrolment, half day, and what stood there before.
    fn changed(&self) -> impl Iterator<Item = ((EnrolmentId, HalfDay), u8)> + '_ {
        let (first, width) = (usize::try_from(self.first), usize::try_from(self.half_days));
        let (first, width) = (first.unwrap_or_default(), width.unwrap_or(1).max(1));
        let pairs = self.old.iter().zip(&self.new).enumerate();
        pairs.filter(|(_, (old, new))| old != new).filter_map(move |(at, (old, _))| {
            let enrolment = *self.enrolment_ids.get(at / width)?;
            let half_day = HalfDay::at(u16::try_from(first + at % width).ok()?)?;
            Some(((enrolment, half_day), *old))
        })
    }
}

/// The schools' years into which an import wrote marks or taken registers.
pub fn years_of_import(
    tx: &mut Tx,
    job_id: JobId,
    at: DateTime<Utc>,
) -> Result<Vec<(SchoolId, i16)>> {
    let trust = tx.trust();
    let marks: Vec<(SchoolId, i16)> = mark_event::table
        .filter(mark_event::trust_id.eq(trust).and(mark_event::job_id.eq(job_id)))
        .select((mark_event::school_id, mark_event::year))
        .distinct()
        .load(tx.conn)?;
    let taken: Vec<(SchoolId, i16)> = class_year_change::table
        .filter(class_year_change::trust_id.eq(trust).and(class_year_change::recorded_at.eq(at)))
        .select((class_year_change::school_id, class_year_change::year))
        .distinct()
        .load(tx.conn)?;
    Ok(marks.into_iter().chain(taken).collect::<BTreeSet<_>>().into_iter().collect())
}

/// What takes back an import's marks. The caller holds the lock of the school's year, and stores it.
pub fn marks_before_import(
    tx: &mut Tx,
    (school_id, year): (SchoolId, i16),
    job_id: JobId,
) -> Result<MarksBack> {
    let of_year = mark_event::trust_id
        .eq(tx.trust())
        .and(mark_event::school_id.eq(school_id))
        .and(mark_event::year.eq(year));
    let columns = (
        mark_event::version,
        mark_event::enrolment_ids,
        mark_event::first_half_day,
        mark_event::half_days,
        mark_event::old,
        mark_event::new,
    );
    let ours: Vec<Event> = mark_event::table
        .filter(of_year.and(mark_event::job_id.eq(job_id)))
        .select(columns)
        .load(tx.conn)?;
    let Some(version) = ours.iter().map(|event| event.version).max() else {
        return Ok(MarksBack::default());
    };
    let before: BTreeMap<(EnrolmentId, HalfDay), u8> =
        ours.iter().flat_map(Event::changed).collect();
    let since: Vec<Event> = mark_event::table
        .filter(of_year.and(mark_event::version.gt(version)))
        .select(columns)
        .load(tx.conn)?;
    let touched: BTreeSet<(EnrolmentId, HalfDay)> =
        since.iter().flat_map(Event::changed).map(|(mark, _)| mark).collect();
    let enrolments: BTreeSet<EnrolmentId> =
        before.keys().map(|(enrolment, _)| *enrolment).collect();
    let enrolments: Vec<EnrolmentId> = enrolments.into_iter().collect();
    let mut stored = marks_of(tx, school_id, year, &enrolments)?;
    let mut years: BTreeMap<EnrolmentId, YearChange> = enrolments
        .into_iter()
        .map(|enrolment| (enrolment, YearChange::of(enrolment, stored.remove(&enrolment))))
        .collect();
    let mut back = MarksBack::default();
    for (mark, old) in before {
        match years.get_mut(&mark.0) {
            Some(year) if !touched.contains(&mark) => {
                year.set(mark.1, old);
                back.restored += 1;
            }
            _ => back.left.push(mark),
        }
    }
    back.changes = years.into_values().collect();
    Ok(back)
}

/// The classes' registers that count as taken only because of the import of that instant, with the half days; those of
/// `keep` still have marks.
pub fn registers_before_import(
    tx: &mut Tx,
    (school_id, year): (SchoolId, i16),
    at: DateTime<Utc>,
    keep: impl Fn(ClassId, HalfDay) -> bool,
) -> Result<(Vec<TakenYear>, u64)> {
    let trust = tx.trust();
    let before: Vec<TakenYear> = class_year_change::table
        .filter(class_year_change::trust_id.eq(trust).and(class_year_change::year.eq(year)))
        .filter(class_year_change::school_id.eq(school_id))
        .filter(class_year_change::recorded_at.eq(at))
        .select((class_year_change::class_id, class_year_change::old))
        .load(tx.conn)?;
    let classes: Vec<ClassId> = before.iter().map(|row| row.0).collect();
    let now: BTreeMap<ClassId, Vec<u8>> = class_year::table
        .filter(class_year::trust_id.eq(trust).and(class_year::year.eq(year)))
        .filter(class_year::school_id.eq(school_id).and(class_year::class_id.eq_any(classes)))
        .select((class_year::class_id, class_year::taken))
        .load::<TakenYear>(tx.conn)?
        .into_iter()
        .collect();
    let (mut rows, mut count) = (Vec::new(), 0);
    for (class, old) in before {
        let mut taken = now.get(&class).cloned().unwrap_or_else(|| vec![NO_MARK; HALF_DAYS]);
        let half_days = (0_u16..).map_while(HalfDay::at).zip(old);
        let mut any = false;
        for (half_day, old) in half_days.filter(|(half_day, _)| !keep(class, *half_day)) {
            if let Some(byte) = taken.get_mut(half_day.position())
                && (old, *byte) == (0, IMPORTED)
            {
                *byte = 0;
                count += 1;
                any = true;
            }
        }
        if any {
            rows.push((class, taken));
        }
    }
    Ok((rows, count))
}
