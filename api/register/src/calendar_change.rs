//! What another calendar would change, in counts and never in names: half days, marks, registers, windows.

use domain::{Calendar, NO_MARK, Window, WindowKind};

use super::roll::Roll;
use base::prelude::*;
use school::calendars::DaysBody;
use school::tenants;

/// What a calendar would change. Nothing has been changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarChange {
    /// Half days on which the school would be open and is not.
    #[schema(example = 2)]
    half_days_opening: u32,
    /// Half days on which the school would be closed and is not.
    #[schema(example = 2)]
    half_days_closing: u32,
    /// Marks that would stop counting: they stay in the history, and count again when the day does.
    #[schema(example = 412)]
    marks_that_stop_counting: u32,
    /// Marks that are there already and would begin to count.
    #[schema(example = 0)]
    marks_that_begin_to_count: u32,
    /// Registers of days up to today that would be due and have not been taken.
    #[schema(example = 14)]
    registers_missing: u32,
    /// Every half day that would open or close, for all or for some year groups, in order.
    half_days: Vec<HalfDayChange>,
    /// The half terms, terms and the year to date that would begin, end or be other than now.
    windows: Vec<WindowChange>,
}

/// What would change on one half day.
#[derive(Debug, Serialize, ToSchema)]
pub struct HalfDayChange {
    /// The date.
    date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    session: Session,
    /// What happens to it.
    change: Change,
    /// The classes that have marks which stop or begin to count, or a register that would be missing.
    classes: Vec<ClassChange>,
}

words! {
    /// What happens to a half day.
    Change as "HalfDayFate" {
        Opens = "opens": "the school would be open",
        Closes = "closes": "the school would be closed",
        YearGroups = "year_groups": "the school is open, but other year groups would be due",
    }
}

/// What would change for one class on one half day.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassChange {
    /// The class.
    #[schema(example = 31)]
    class_id: ClassId,
    /// Its name.
    #[schema(example = "7H1")]
    name: String,
    /// Marks that would stop counting.
    marks_that_stop_counting: u32,
    /// Marks that would begin to count.
    marks_that_begin_to_count: u32,
    /// Whether its register would be due and has not been taken.
    register_missing: bool,
}

/// A window that would not be the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowChange {
    /// What kind of window; never a week.
    #[schema(value_type = words::WindowKind)]
    kind: WindowKind,
    /// Its key.
    #[schema(example = "half-term-1")]
    key: String,
    /// Its days now; absent when there is no such window.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<DaysBody>,
    /// Its days then; absent when there would be no such window.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<DaysBody>,
}

/// The first day on which another calendar has the school open, or a year group due, where this one has not, or the
/// other way round.
pub(super) fn first_changed(before: &Calendar, after: &Calendar) -> Option<NaiveDate> {
    let first = HalfDay::all().find(|at| changed(Some(before), after, *at).is_some());
    first.map(|at| at.date(after.year()))
}

impl CalendarChange {
    /// Compares the calendar that a school has, if it has one, with another for the same year.
    pub(super) fn of(
        tx: &mut Tx,
        school_id: SchoolId,
        before: Option<&Calendar>,
        after: &Calendar,
    ) -> Result<Self> {
        let roll = Roll::read(tx, school_id, after.year())?;
        let today = tenants::today(tx, school_id)?;
        let half_days: Vec<HalfDayChange> = HalfDay::all()
            .filter_map(|at| {
                let change = changed(before, after, at)?;
                Some(half_day(&roll, before, after, at, change, today))
            })
            .collect();
        let count = |wanted| {
            let all = half_days.iter().filter(|half_day| half_day.change == wanted);
            u32::try_from(all.count()).unwrap_or(u32::MAX)
        };
        let classes = || half_days.iter().flat_map(|half_day| &half_day.classes);
        Ok(Self {
            half_days_opening: count(Change::Opens),
            half_days_closing: count(Change::Closes),
            marks_that_stop_counting: classes().map(|one| one.marks_that_stop_counting).sum(),
            marks_that_begin_to_count: classes().map(|one| one.marks_that_begin_to_count).sum(),
            registers_missing: classes().map(|one| u32::from(one.register_missing)).sum(),
            windows: windows(before, after),
            half_days,
        })
    }
}

/// Whether a half day would open or close for anybody.
fn changed(before: Option<&Calendar>, after: &Calendar, at: HalfDay) -> Option<Change> {
    let was_open = before.is_some_and(|before| before.open_half_days().contains(at));
    let left_out = |calendar: Option<&Calendar>| {
        calendar.map(|calendar| calendar.year_groups_not_due(at)).unwrap_or_default()
    };
    match (was_open, after.open_half_days().contains(at)) {
        (false, true) => Some(Change::Opens),
        (true, false) => Some(Change::Closes),
        (true, true) if left_out(before) != left_out(Some(after)) => Some(Change::YearGroups),
        _ => None,
    }
}

fn half_day(
    roll: &Roll,
    before: Option<&Calendar>,
    after: &Calendar,
    at: HalfDay,
    change: Change,
    today: NaiveDate,
) -> HalfDayChange {
    let (date, session) = (at.date(after.year()), at.session());
    let mut classes: BTreeMap<ClassId, ClassChange> = BTreeMap::new();
    for pupil in &roll.pupils {
        let Some(placement) = pupil.placement(date) else { continue };
        let year_group = i8::try_from(placement.year_group).ok();
        let is_due = |calendar: &Calendar| calendar.is_due(year_group, date, session);
        let (was_due, will_be) = (before.is_some_and(is_due), is_due(after));
        if was_due == will_be {
            continue;
        }
        let class_id = placement.class_id;
        let class = classes.entry(class_id).or_insert_with(|| ClassChange {
            class_id,
            name: roll.class_name(class_id),
            marks_that_stop_counting: 0,
            marks_that_begin_to_count: 0,
            register_missing: false,
        });
        let marks = u32::from(pupil.mark(at) != NO_MARK);
        if was_due {
            class.marks_that_stop_counting += marks;
        } else {
            class.marks_that_begin_to_count += marks;
            class.register_missing = date <= today && !roll.is_taken(class_id, at);
        }
    }
    classes.retain(|_, class| {
        class.register_missing
            || class.marks_that_stop_counting + class.marks_that_begin_to_count > 0
    });
    HalfDayChange { date, session, change, classes: classes.into_values().collect() }
}

/// The windows that are not the same, weeks aside: those follow from the half days.
fn windows(before: Option<&Calendar>, after: &Calendar) -> Vec<WindowChange> {
    let mut changes = Vec::new();
    for kind in [WindowKind::HalfTerm, WindowKind::Term, WindowKind::YearToDate] {
        let mut old: BTreeMap<String, Window> = before
            .map(|before| before.windows(kind))
            .unwrap_or_default()
            .into_iter()
            .map(|window| (window.key.clone(), window))
            .collect();
        let days = |window: Window| DaysBody { from: window.from, to: window.to };
        for window in after.windows(kind) {
            let key = window.key.clone();
            let (before, after) = (old.remove(&key).map(days), Some(days(window)));
            if before != after {
                changes.push(WindowChange { kind, key, before, after });
            }
        }
        changes.extend(old.into_values().map(|window| WindowChange {
            kind,
            key: window.key.clone(),
            before: Some(days(window)),
            after: None,
        }));
    }
    changes
}
