//! The registers of a day: which classes have not saved theirs, and which stood open for too long.

use chrono::{NaiveTime, TimeDelta};
use domain::NO_MARK;

use super::absences::Day;
use base::prelude::*;
use marks::{self, Header};
use roll::pupils;

/// How long a register may stay open, in minutes (*Working together to improve school attendance*).
const OPEN_AT_MOST: i64 = 30;

/// The registers of a morning, or of an afternoon.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionRegisters {
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// Classes whose register is due: the school is open, and somebody in the class is due and does not board. Those of
    /// an afternoon are due from noon on.
    due: usize,
    /// Of these, the classes whose register was saved.
    saved: usize,
    /// Of these, the classes whose register is missing.
    missing: Vec<MissingClass>,
    /// Registers that were saved and not closed.
    open: Vec<OpenRegister>,
    /// Registers that stood open for more than 30 minutes before they were closed.
    closed_late: Vec<OpenRegister>,
    /// Pupils in saved registers who have no mark: nobody has said whether they are there.
    without_mark: Vec<PupilId>,
}

/// A class whose register is missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingClass {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    name: String,
    /// Pupils who should be in it.
    pupils: usize,
}

/// A register that is or was open.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenRegister {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    name: String,
    /// When it was opened (UTC).
    opened_at: DateTime<Utc>,
    /// By whom.
    opened_by: String,
    /// For how many whole minutes.
    minutes: i64,
    /// Whether that is more than 30.
    too_long: bool,
}

/// The registers of a day, and their headers.
pub(super) fn registers(
    tx: &mut Tx,
    day: &Day<'_>,
) -> Result<(Vec<SessionRegisters>, Vec<Header>)> {
    let year = day.calendar.year().number();
    let classes = pupils::classes_of(tx, &[day.school.school_id], &[year])?;
    let names: BTreeMap<ClassId, String> =
        classes.into_iter().map(|class| (class.class_id, class.name)).collect();
    let ids: Vec<ClassId> = names.keys().copied().collect();
    let headers = marks::headers_on(tx, &ids, day.date)?;
    let taken = marks::taken_on(tx, day.school.school_id, day.date)?;
    let now = tx.now();
    let mut all = Vec::new();
    for (session, taken) in Session::ALL.into_iter().zip(taken) {
        let of = |header: &&Header| usize::from(header.session == 1) == session.index();
        let headers: Vec<&Header> = headers.iter().filter(of).collect();
        let one = OfSession { day, session, names: &names, taken, now };
        all.push(one.answer(&headers)?);
    }
    Ok((all, headers))
}

/// A session whose registers are looked at.
struct OfSession<'a, 'b> {
    day: &'a Day<'b>,
    session: Session,
    names: &'a BTreeMap<ClassId, String>,
    taken: BTreeSet<ClassId>,
    now: DateTime<Utc>,
}

impl OfSession<'_, '_> {
    fn answer(&self, headers: &[&Header]) -> Result<SessionRegisters> {
        let expected = self.expected();
        let due = if self.begun()? { expected.keys().copied().collect() } else { BTreeSet::new() };
        let name = |class: &ClassId| self.names.get(class).cloned().unwrap_or_default();
        let missing = due.iter().filter(|class| !self.taken.contains(class)).map(|class| {
            let pupils = expected.get(class).map_or(0, Vec::len);
            MissingClass { class_id: *class, name: name(class), pupils }
        });
        let missing: Vec<MissingClass> = missing.collect();
        let open = |header: &&Header| {
            let until = header.closed_at.unwrap_or(self.now);
            let minutes = (until - header.opened_at).num_minutes();
            OpenRegister {
                class_id: header.class_id,
                name: name(&header.class_id),
                opened_at: header.opened_at,
                opened_by: header.opened_by.clone(),
                minutes,
                too_long: until - header.opened_at > TimeDelta::minutes(OPEN_AT_MOST),
            }
        };
        let (closed, still): (Vec<&Header>, Vec<&Header>) =
            headers.iter().copied().partition(|header| header.closed_at.is_some());
        let saved = expected.iter().filter(|(class, _)| self.taken.contains(class));
        Ok(SessionRegisters {
            session: self.session,
            due: due.len(),
            saved: due.len() - missing.len(),
            missing,
            open: still.iter().map(open).collect(),
            closed_late: closed.iter().map(open).filter(|one| one.too_long).collect(),
            without_mark: saved.flat_map(|(_, blank)| blank.iter().flatten().copied()).collect(),
        })
    }

    /// The classes in which somebody is due: of each who is, the pupil if there is no mark.
    fn expected(&self) -> BTreeMap<ClassId, Vec<Option<PupilId>>> {
        let mut expected: BTreeMap<ClassId, Vec<Option<PupilId>>> = BTreeMap::new();
        for one in self.day.roll.iter().filter(|one| !one.boards) {
            let year_group = i8::try_from(one.on.year_group).ok();
            if self.day.calendar.is_due(year_group, self.day.date, self.session) {
                let mark = one.marks.get(self.session.index()).copied().unwrap_or(NO_MARK);
                let blank = (mark == NO_MARK).then_some(one.on.pupil_id);
                expected.entry(one.on.class_id).or_default().push(blank);
            }
        }
        expected
    }

    /// Whether registers of the session are due by now: a morning's from midnight on, an afternoon's from noon on.
    fn begun(&self) -> Result<bool> {
        let from = match self.session {
            Session::Am => Some(NaiveTime::MIN),
            Session::Pm => NaiveTime::from_hms_opt(12, 0, 0),
        };
        let from = from.map(|time| self.day.at(time)).transpose()?.flatten();
        Ok(from.is_some_and(|from| from <= self.now))
    }
}
