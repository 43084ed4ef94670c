//! Writing marks: the present and its history in one step, for registers, amendments and imports alike.

use std::borrow::Cow;

use domain::{Calendar, CodeError, CodeTable, HALF_DAYS, NO_MARK};

use super::recheck::Moved;
use super::rows;
use base::prelude::*;
use school::tenants::Version;

words! {
    /// How marks came in.
    Source as "MarkSource" {
        Register = "register": "a class's register",
        Amendment = "amendment": "a correction, with a reason",
        Import = "import": "a file",
    }
}

/// Who writes marks, and why.
#[derive(Debug, Clone)]
pub struct Author {
    /// How they came in.
    pub source: Source,
    /// The caller's subject.
    pub by: String,
    /// The caller's role.
    pub role: String,
    /// Why, for an amendment.
    pub reason: Option<String>,
    /// The import, for an import.
    pub job_id: Option<JobId>,
}

/// A register year without a mark.
static UNMARKED: [u8; HALF_DAYS] = [NO_MARK; HALF_DAYS];

/// One enrolment's register year, before and after.
#[derive(Debug, Clone)]
pub struct YearChange {
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The 744 bytes as they are stored.
    pub old: Cow<'static, [u8]>,
    /// The 744 bytes as they shall be.
    pub new: Vec<u8>,
}

impl YearChange {
    /// An enrolment's register year that may now be changed.
    pub fn of(enrolment_id: EnrolmentId, stored: Option<Vec<u8>>) -> Self {
        let old = stored.map_or(Cow::Borrowed(&UNMARKED[..]), Cow::Owned);
        Self { enrolment_id, new: old.to_vec(), old }
    }

    /// The first marks of an enrolment that has none in that year.
    pub fn first(enrolment_id: EnrolmentId, marks: Box<[u8; HALF_DAYS]>) -> Self {
        let marks: Box<[u8]> = marks;
        Self { enrolment_id, new: marks.into_vec(), old: Cow::Borrowed(&UNMARKED) }
    }

    /// The mark at a half day, as it shall be.
    pub fn get(&self, at: HalfDay) -> u8 {
        self.new.get(at.position()).copied().unwrap_or(NO_MARK)
    }

    /// Sets the mark at a half day.
    pub fn set(&mut self, at: HalfDay, mark: u8) {
        if let Some(byte) = self.new.get_mut(at.position()) {
            *byte = mark;
        }
    }

    /// From which day on reviews counted something else: from that of the first mark that was replaced, or of the first
    /// blank that was filled where the day is `reviewed` already; else from the day after it.
    pub fn moved(&self, year: AcademicYear, reviewed: &BTreeSet<NaiveDate>) -> Option<Moved> {
        let (first, _) = self.span()?;
        let at = HalfDay::at(u16::try_from(first).ok()?)?;
        let replaced = |position: usize| {
            let (old, new) = (self.old.get(position), self.new.get(position));
            old != new && old != Some(&NO_MARK)
        };
        let same_day = replaced(first) || (at.session() == Session::Am && replaced(first + 1));
        let day = at.date(year);
        let from = if same_day || reviewed.contains(&day) { day } else { day.succ_opt()? };
        Some(Moved { enrolment_id: self.enrolment_id, from })
    }

    /// First and last changed position.
    fn span(&self) -> Option<(usize, usize)> {
        let mut differ = self.old.iter().zip(&self.new).map(|(old, new)| old != new);
        let first = differ.clone().position(|differs| differs)?;
        Some((first, differ.rposition(|differs| differs)?))
    }
}

/// A rectangle of marks, enrolments x half days, with the bytes before and after: one row of the history.
pub(super) struct Rectangle {
    pub enrolments: Vec<EnrolmentId>,
    pub first: i16,
    pub half_days: i16,
    pub old: Vec<u8>,
    pub new: Vec<u8>,
}

impl Rectangle {
    /// One rectangle for all enrolments whose changes span the same half days: those of a file are mostly the same for
    /// a whole school, and where they are not, no pupil's row is stretched to another's.
    fn by_span(changes: &[&YearChange]) -> Vec<Self> {
        let mut spans: BTreeMap<_, Vec<&YearChange>> = BTreeMap::new();
        for change in changes {
            spans.entry(change.span()).or_default().push(*change);
        }
        spans.values().filter_map(|changes| Self::around(changes)).collect()
    }

    /// The smallest rectangle around every change of these enrolments; `None` when nothing changes.
    fn around(changes: &[&YearChange]) -> Option<Self> {
        let spans: Vec<(usize, usize)> =
            changes.iter().filter_map(|change| change.span()).collect();
        let first = spans.iter().map(|span| span.0).min()?;
        let last = spans.iter().map(|span| span.1).max()?;
        let cut = |bytes: fn(&YearChange) -> &[u8]| {
            let rows = changes.iter().map(|change| bytes(change).get(first..=last));
            rows.map(Option::unwrap_or_default).collect::<Vec<_>>().concat()
        };
        Some(Self {
            enrolments: changes.iter().map(|change| change.enrolment_id).collect(),
            first: i16::try_from(first).ok()?,
            half_days: i16::try_from(last - first + 1).ok()?,
            old: cut(|change| &change.old),
            new: cut(|change| &change.new),
        })
    }
}

/// Stores changed register years of one school and year with their history, and returns how many enrolments changed.
/// The caller holds the lock of the school's version and has bumped it to `version`.
pub fn store(
    tx: &mut Tx,
    school_id: SchoolId,
    year: i16,
    version: Version,
    changes: &[YearChange],
    author: &Author,
) -> Result<usize> {
    let changed: Vec<&YearChange> =
        changes.iter().filter(|change| change.old != change.new).collect();
    if changed.is_empty() {
        return Ok(0);
    }
    let rectangles: Vec<Rectangle> = match author.source {
        // One row for a class's register, a pupil's amendment or a school's closure.
        Source::Register | Source::Amendment => Rectangle::around(&changed).into_iter().collect(),
        Source::Import => Rectangle::by_span(&changed),
    };
    let rows: Vec<(EnrolmentId, &[u8])> =
        changed.iter().map(|c| (c.enrolment_id, c.new.as_slice())).collect();
    rows::put_marks(tx, school_id, year, version, &rows)?;
    rows::add_events(tx, school_id, year, version, &rectangles, author)?;
    Ok(changed.len())
}

/// Reads marks for one half day: is the school open then, is the code right for it, may it be given already?
pub struct Marking<'a> {
    codes: &'a CodeTable,
    calendars: BTreeMap<i16, Calendar>,
    today: NaiveDate,
}

impl<'a> Marking<'a> {
    /// Marks of a school with these calendars, by academic year.
    pub fn new(codes: &'a CodeTable, calendars: BTreeMap<i16, Calendar>, today: NaiveDate) -> Self {
        Self { codes, calendars, today }
    }

    /// The half day, if the school is open then. Errors: `closed-day` at `pointer`.
    pub fn half_day(&self, date: NaiveDate, session: Session, pointer: &str) -> Result<HalfDay> {
        let closed =
            || Problem::at(Kind::ClosedDay, pointer, "a half day on which the school is open");
        let year = AcademicYear::of(date).ok_or_else(closed)?;
        let calendar = self.calendars.get(&year.number()).ok_or_else(closed)?;
        if !calendar.is_open(date, session) {
            let why = calendar.closed_because(date, session).unwrap_or_default();
            return Err(
                closed().detail(format!("The school is closed on {date} {session}: {why}."))
            );
        }
        HalfDay::of(year, date, session).ok_or_else(closed)
    }

    /// Whether there are days on which a year group is not due, so that it matters which one a pupil is in.
    pub fn is_staggered(&self) -> bool {
        self.calendars.values().any(|calendar| !calendar.not_due().is_empty())
    }

    /// Whether a pupil of that year group is due for an open half day. Errors: `not-due` at `pointer`.
    pub fn check_due(
        &self,
        year_group: Option<i16>,
        date: NaiveDate,
        session: Session,
        pointer: &str,
    ) -> Result<()> {
        let calendar = AcademicYear::of(date).and_then(|y| self.calendars.get(&y.number()));
        let year_group = year_group.and_then(|year_group| i8::try_from(year_group).ok());
        if calendar.is_some_and(|calendar| calendar.is_due(year_group, date, session)) {
            return Ok(());
        }
        Err(Problem::at(
            Kind::NotDue,
            pointer,
            "a half day for which the pupil's year group is due",
        ))
    }

    /// The number of a code. A mark that says the pupil was there cannot be given before the day. Errors: a problem of
    /// its own for an unknown code, one not in force, one of the other session, and for attendance in the future.
    pub fn number(
        &self,
        text: &str,
        session: Session,
        date: NaiveDate,
        pointer: &str,
    ) -> Result<u8> {
        let read = self.codes.read(text, session, date).map_err(|error| {
            let (kind, expected) = match error {
                // What was sent instead may be anything, a name too: it is not repeated.
                CodeError::Unknown { .. } => (
                    Kind::UnknownCode,
                    r"a national attendance code, such as / or \ or I".to_owned(),
                ),
                CodeError::NotYet { .. } => (Kind::CodeNotInForce, error.to_string()),
                CodeError::WrongSession { .. } => (Kind::CodeInWrongSession, error.to_string()),
            };
            Problem::at(kind, pointer, expected)
        })?;
        let number = read.number.get();
        let counts = self.codes.counts(number, date);
        if date > self.today && counts.possible() && !counts.absent() {
            return Err(Problem::at(
                Kind::FutureMark,
                pointer,
                "a code of absence, or a date up to today",
            ));
        }
        Ok(number)
    }
}
