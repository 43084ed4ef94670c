//! What a pupil's registers leave open: sessions without a mark, absences whose reason is not established, and absences
//! without authorisation that nobody has explained. An authority asks first whether the register is whole.

use ::analytics::Block;
use chrono::Days as DayCount;
use diesel::prelude::*;
use domain::{CodeTable, Days, REASON_UNKNOWN};

use super::check::{Check, Light, light};
use super::explained::explained_days;
use crate::{Enrolled, pupil_blocks};
use base::prelude::*;
use schema::mark_event;

/// The code of an absence in other or unknown circumstances, without authorisation.
const OTHER: &str = "O";
/// School days after which a reason has to be established (*Working together to improve school attendance*, code N).
const SCHOOL_DAYS: usize = 5;
/// The share of sessions that have a mark, from which on single gaps are amber: 95 of 100.
const MARKED: (usize, usize) = (95, 100);
/// Sessions that are named one by one.
const NAMED: usize = 20;

/// The sessions of some days, and what is open about them.
#[derive(Default)]
struct Sessions {
    /// Years of the days for which a school has no calendar.
    without_calendar: BTreeSet<AcademicYear>,
    /// That were due before today.
    due: usize,
    /// Without a mark, each with whether the class's register was taken.
    unmarked: Vec<(NaiveDate, Session, bool)>,
    /// With the code of a reason that is not established, each with whether that should have been done.
    unknown: Vec<(NaiveDate, Session, bool)>,
    /// With O.
    other: usize,
    /// Of those, the ones about which nothing is on record.
    unexplained: Vec<(NaiveDate, Session)>,
}

/// What is open about a pupil's sessions at these schools from one day to another, which is today or before.
pub fn register_checks(
    tx: &mut Tx,
    codes: &CodeTable,
    pupil_id: PupilId,
    schools: &BTreeSet<SchoolId>,
    days: Days,
) -> Result<Vec<Check>> {
    let mut found = Sessions::default();
    for school_id in schools {
        found.read(tx, codes, (*school_id, pupil_id), days)?;
    }
    let see = Some(format!("/v1/pupils/{pupil_id}/marks?from={}&to={}", days.from, days.to));
    let check = |item: &str, light, says| {
        let (item, see) = (item.to_owned(), see.clone());
        Check { item, light, says, see }
    };
    let (marks, reasons, others) = (found.marks(days), found.reasons(days), found.others());
    Ok(vec![
        check("marks", marks.0, marks.1),
        check("reasons", reasons.0, reasons.1),
        check("unexplained absence", others.0, others.1),
    ])
}

impl Sessions {
    /// Adds those of a school.
    fn read(
        &mut self,
        tx: &mut Tx,
        codes: &CodeTable,
        (school_id, pupil_id): (SchoolId, PupilId),
        days: Days,
    ) -> Result<()> {
        let explained = explained_days(tx, (school_id, pupil_id), days)?;
        let number = |day| AcademicYear::of(day).map_or(0, AcademicYear::number);
        let years: Vec<AcademicYear> =
            (number(days.from)..=number(days.to)).filter_map(AcademicYear::new).collect();
        let blocks = pupil_blocks(tx, codes, (school_id, pupil_id), &years)?;
        let known: Vec<AcademicYear> = blocks.iter().map(|block| block.year()).collect();
        self.without_calendar.extend(years.into_iter().filter(|year| !known.contains(year)));
        for block in blocks {
            self.add_due(&block, days);
            for member in block.members() {
                let amended = amended(tx, school_id, member.enrolment_id(), block.year())?;
                for (date, session, mark) in block.marks(member, days.from, days.to) {
                    let half_day = HalfDay::of(block.year(), date, session);
                    let said = half_day.is_some_and(|at| amended.contains(&at));
                    let said = said || explained.contains(&date);
                    self.add_mark(&block, (date, session), codes.text(mark), said);
                }
            }
        }
        Ok(())
    }

    /// The sessions that were due. A register of today may still be taken.
    fn add_due(&mut self, block: &Block, days: Days) {
        let before = days.to.min(block.today() - DayCount::new(1));
        for register in block.registers(days.from, before) {
            self.due += 1;
            let half_day = register.half_day;
            if register.marked < register.pupils {
                let date = half_day.date(block.year());
                self.unmarked.push((date, half_day.session(), register.taken));
            }
        }
    }

    /// A mark with its code, and whether somebody said why.
    fn add_mark(
        &mut self,
        block: &Block,
        (date, session): (NaiveDate, Session),
        code: Option<&str>,
        said: bool,
    ) {
        match code {
            Some(REASON_UNKNOWN) => {
                let late = block.school_days_after(date) > SCHOOL_DAYS;
                self.unknown.push((date, session, late));
            }
            Some(OTHER) => {
                self.other += 1;
                self.unexplained.extend((!said).then_some((date, session)));
            }
            _ => {}
        }
    }

    fn marks(&self, Days { from, to }: Days) -> (Light, String) {
        let (due, marked) = (self.due, self.due - self.unmarked.len());
        let one = |(date, session, taken): &(NaiveDate, Session, bool)| match taken {
            true => format!("{date} {session}"),
            false => format!("{date} {session} (register not taken)"),
        };
        let says = format!("{marked} of {due} sessions from {from} to {to} have a mark");
        let mut says = with(says, "missing", self.unmarked.iter().map(one));
        for year in &self.without_calendar {
            let year = year.label();
            says.push_str(&format!(
                "; there is no calendar for {year}: nobody knows which were due"
            ));
        }
        let light = match (marked, due) {
            _ if !self.without_calendar.is_empty() => Light::Red,
            (marked, due) if marked == due => Light::Green,
            // A gap with its place is settled in a minute; a register that is not kept is not.
            (marked, due) if MARKED.0 * due <= MARKED.1 * marked => Light::Amber,
            _ => Light::Red,
        };
        (light, says)
    }

    fn reasons(&self, Days { from, to }: Days) -> (Light, String) {
        let late = self.unknown.iter().any(|(.., late)| *late);
        let light = if self.unknown.is_empty() || late {
            all(self.unknown.is_empty())
        } else {
            Light::Amber
        };
        let one = |(date, session, late): &(NaiveDate, Session, bool)| match late {
            true => format!("{date} {session} (more than {SCHOOL_DAYS} school days ago)"),
            false => format!("{date} {session}"),
        };
        let unknown = self.unknown.len();
        let says = format!("{unknown} sessions from {from} to {to} wait for their reason (N)");
        (light, with(says, "not established", self.unknown.iter().map(one)))
    }

    fn others(&self) -> (Light, String) {
        let explained = self.other - self.unexplained.len();
        let says = format!(
            "for {explained} of {} sessions with O a reason, a decision about leave or a conversation is on record",
            self.other
        );
        let one = |(date, session): &(NaiveDate, Session)| format!("{date} {session}");
        (light(explained, self.other), with(says, "missing", self.unexplained.iter().map(one)))
    }
}

/// The light of something that has to be whole.
fn all(is_there: bool) -> Light {
    if is_there { Light::Green } else { Light::Red }
}

/// What was found, with what is missing.
fn with(says: String, word: &str, missing: impl ExactSizeIterator<Item = String>) -> String {
    let more = missing.len().saturating_sub(NAMED);
    let mut named: Vec<String> = missing.take(NAMED).collect();
    if named.is_empty() {
        return says;
    }
    named.extend((more > 0).then(|| format!("and {more} more")));
    format!("{says}; {word}: {}", named.join(", "))
}

/// The half days of an enrolment's year whose mark somebody amended: each amendment says why.
fn amended(
    tx: &mut Tx,
    school_id: SchoolId,
    enrolment_id: EnrolmentId,
    year: AcademicYear,
) -> Result<BTreeSet<HalfDay>> {
    type Row = (Vec<EnrolmentId>, i16, i16, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = mark_event::table
        .filter(mark_event::trust_id.eq(tx.trust()).and(mark_event::school_id.eq(school_id)))
        .filter(mark_event::year.eq(year.number()).and(mark_event::source.eq("amendment")))
        .filter(mark_event::enrolment_ids.contains(vec![enrolment_id]))
        .select((
            mark_event::enrolment_ids,
            mark_event::first_half_day,
            mark_event::half_days,
            mark_event::old,
            mark_event::new,
        ))
        .load(tx.conn)?;
    let changed = |(ids, first, half_days, old, new): Row| {
        let row = ids.iter().position(|id| *id == enrolment_id).unwrap_or(0);
        let wide = usize::try_from(half_days).unwrap_or(0);
        let marks = old.into_iter().zip(new).skip(row * wide).take(wide);
        let places = (u16::try_from(first).unwrap_or(0)..).zip(marks);
        let changed = places.filter(|(_, (old, new))| old != new);
        changed.filter_map(|(place, _)| HalfDay::at(place)).collect::<Vec<_>>()
    };
    Ok(rows.into_iter().flat_map(changed).collect())
}
