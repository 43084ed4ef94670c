//! The trend counted row by row, straight from the definitions and with no cleverness: the test
//! oracle. It shares nothing with the fast way but the types of the question and the answer.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{CodeTable, HalfDay, NO_MARK, Session, Window, WindowKind, persistent, severe};

use crate::{
    By, Cell, EnrolmentYear, Group, Persistence, Placement, Query, SchoolYear, Series, Trend,
    TrendWindow,
};

/// Answers the question that [`crate::trend()`] answers, slowly. For tests.
#[must_use]
pub fn trend_naive(codes: &CodeTable, schools: &[SchoolYear], query: &Query) -> Trend {
    let schools: Vec<&SchoolYear> = schools.iter().filter(|school| kept(school, query)).collect();
    let windows = windows(&schools, query);
    let nothing = Cell {
        window: (query.window != WindowKind::Week).then(Persistence::default),
        ..Cell::default()
    };
    let mut series: BTreeMap<Group, Vec<Cell>> = BTreeMap::new();
    if query.by == By::Trust {
        series.insert(Group::Trust, vec![nothing; windows.len()]);
    }
    for school in schools {
        if query.by == By::School {
            series.entry(Group::School(school.school)).or_insert(vec![nothing; windows.len()]);
        }
        if query.by == By::Phase {
            series.entry(Group::Phase(school.phase)).or_insert(vec![nothing; windows.len()]);
        }
        let own = school.calendar.windows(query.window);
        for enrolment in &school.enrolments {
            for (number, window) in windows.iter().enumerate() {
                for (group, cell) in
                    (Row { codes, school, own: &own, enrolment, window, query }).cells()
                {
                    let cells = series.entry(group).or_insert(vec![nothing; windows.len()]);
                    add(&mut cells[number], &cell);
                }
            }
        }
    }
    if let By::YearGroup | By::Class = query.by {
        series.retain(|_, cells| cells.iter().any(|cell| *cell != nothing));
    }
    let series = series.into_iter().map(|(group, cells)| Series { group, cells }).collect();
    Trend { windows, series }
}

fn kept(school: &SchoolYear, query: &Query) -> bool {
    let schools = &query.filter.schools;
    let phases = &query.filter.phases;
    schools.as_ref().is_none_or(|schools| schools.contains(&school.school))
        && phases.as_ref().is_none_or(|phases| phases.contains(&school.phase))
}

/// The windows of all the schools, those of one key as one.
fn windows(schools: &[&SchoolYear], query: &Query) -> Vec<TrendWindow> {
    let mut by_key: BTreeMap<String, Vec<(Window, NaiveDate)>> = BTreeMap::new();
    for school in schools {
        for window in school.calendar.windows(query.window) {
            by_key.entry(window.key.clone()).or_default().push((window, school.today));
        }
    }
    by_key.retain(|_, windows| windows.iter().any(|(window, today)| window.from <= *today));
    let mut windows: Vec<TrendWindow> = by_key
        .into_iter()
        .filter_map(|(key, windows)| {
            let (first, _) = windows.iter().min_by_key(|(one, _)| (one.from, &one.label))?;
            let to = windows.iter().map(|(window, _)| window.to).max()?;
            Some(TrendWindow {
                key,
                label: first.label.clone(),
                from: first.from,
                to,
                dates_differ: windows.iter().any(|(w, _)| (w.from, w.to) != (first.from, to)),
            })
        })
        .collect();
    if let Some(from) = query.filter.from {
        windows.retain(|window| window.to >= from);
    }
    if let Some(to) = query.filter.to {
        windows.retain(|window| window.from <= to);
    }
    windows.sort_by_key(|window| (window.from, window.key.clone()));
    windows
}

/// One enrolment in one window.
struct Row<'a> {
    codes: &'a CodeTable,
    school: &'a SchoolYear,
    /// The school's own windows.
    own: &'a [Window],
    enrolment: &'a EnrolmentYear,
    window: &'a TrendWindow,
    query: &'a Query,
}

impl Row<'_> {
    /// Everything there is to count, with the group it belongs to.
    fn cells(&self) -> Vec<(Group, Cell)> {
        let mut cells = Vec::new();
        let (own, Some(end)) = self.dates() else { return cells };
        let Some((first_day, last_day)) = self.days_counted() else { return cells };
        let status = self.placement(end.min(self.last_known_day()));
        let mut to_date = Cell::default();
        let mut window = Cell::default();
        for date in first_day.iter_days().take_while(|date| *date <= end.min(last_day)) {
            for session in Session::ALL {
                let year_group = self.placement(date).map(|placement| placement.year_group);
                if !self.school.calendar.is_due(year_group, date, session) {
                    continue;
                }
                let one = self.session(date, session);
                add(&mut to_date, &one);
                if own.is_some_and(|(from, to)| from <= date && date <= to) {
                    add(&mut window, &one);
                    let group = self.group(self.placement(date), status);
                    cells.extend(group.map(|group| (group, one)));
                }
            }
        }
        let standing = Cell {
            window: (self.query.window != WindowKind::Week).then(|| persistence(&window)),
            to_date: persistence(&to_date),
            ..Cell::default()
        };
        let group = self.group(status, status);
        cells.extend(group.map(|group| (group, standing)));
        cells
    }

    /// The window's dates in this school, if it has it, and the day up to which the year to date
    /// goes: for a school without the window, the end of its latest that has begun by then.
    fn dates(&self) -> (Option<(NaiveDate, NaiveDate)>, Option<NaiveDate>) {
        match self.own.iter().find(|own| own.key == self.window.key) {
            Some(own) => (Some((own.from, own.to)), Some(own.to)),
            None => {
                let begun = self.own.iter().filter(|own| own.from <= self.window.to);
                (None, begun.map(|own| own.to).max())
            }
        }
    }

    /// The day of the last register that was taken; before the first one, today.
    fn last_known_day(&self) -> NaiveDate {
        let cut = self.school.cut.map(|cut| cut.date(self.school.calendar.year()));
        cut.unwrap_or(self.school.today)
    }

    /// Where the pupil is placed on a day; on a day before the enrolment begins, where they are
    /// placed when it does.
    fn placement(&self, day: NaiveDate) -> Option<&Placement> {
        let day = day.max(self.enrolment.first_day);
        self.enrolment.placements.iter().rfind(|placement| placement.from <= day)
    }

    /// The days of the year on which the enrolment is on roll and in the definition.
    fn days_counted(&self) -> Option<(NaiveDate, NaiveDate)> {
        let Self { enrolment, school, query: Query { definition, .. }, .. } = self;
        let year = school.calendar.year();
        if !definition.counts_pupil(enrolment.birth_date, year)
            || definition.leaves_out_start(enrolment.first_day, &school.calendar)
        {
            return None;
        }
        let leaves = enrolment.last_day.unwrap_or(NaiveDate::MAX);
        let ends = definition.last_day(enrolment.birth_date, &school.calendar);
        let last_day = leaves.min(ends.unwrap_or(NaiveDate::MAX)).min(year.last_day());
        Some((enrolment.first_day.max(year.first_day()), last_day))
    }

    /// What one session counts.
    fn session(&self, date: NaiveDate, session: Session) -> Cell {
        let mut cell = Cell { expected: u64::from(date <= self.school.today), ..Cell::default() };
        let half_day = HalfDay::of(self.school.calendar.year(), date, session);
        let taken = half_day.filter(|half_day| self.school.cut.is_some_and(|cut| *half_day <= cut));
        if let Some(half_day) = taken {
            let mark = self.enrolment.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
            let counts = self.codes.counts(mark, date);
            cell.possible = u64::from(counts.possible());
            cell.absent = u64::from(counts.absent());
            cell.unauthorised = u64::from(counts.unauthorised());
            cell.late = u64::from(counts.late());
            cell.approved = u64::from(counts.approved());
            cell.marked = if mark == NO_MARK { 0 } else { cell.expected };
        }
        cell
    }

    /// The group of something that goes by this placement for the class and by that one for the
    /// year group; `None` when it is left out.
    fn group(&self, class: Option<&Placement>, year_group: Option<&Placement>) -> Option<Group> {
        let class = class.map(|placement| placement.class);
        let year_group = year_group.map(|placement| placement.year_group);
        let Query { by, filter, .. } = self.query;
        if let Some(kept) = &filter.classes {
            class.filter(|class| kept.contains(class))?;
        }
        if let Some(kept) = &filter.year_groups {
            year_group.filter(|year_group| kept.contains(year_group))?;
        }
        match by {
            By::Trust => Some(Group::Trust),
            By::School => Some(Group::School(self.school.school)),
            By::Phase => Some(Group::Phase(self.school.phase)),
            By::YearGroup => year_group.map(Group::YearGroup),
            By::Class => class.map(Group::Class),
        }
    }
}

/// What one enrolment with these sessions counts.
fn persistence(cell: &Cell) -> Persistence {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let (absent, possible) = (count(cell.absent), count(cell.possible));
    Persistence {
        enrolments: u32::from(possible > 0),
        persistent: u32::from(persistent(absent, possible)),
        severe: u32::from(severe(absent, possible)),
    }
}

fn add(sum: &mut Cell, cell: &Cell) {
    sum.possible += cell.possible;
    sum.absent += cell.absent;
    sum.unauthorised += cell.unauthorised;
    sum.late += cell.late;
    sum.approved += cell.approved;
    sum.marked += cell.marked;
    sum.expected += cell.expected;
    add_persistence(&mut sum.to_date, &cell.to_date);
    if let (Some(sum), Some(window)) = (&mut sum.window, &cell.window) {
        add_persistence(sum, window);
    }
}

fn add_persistence(sum: &mut Persistence, one: &Persistence) {
    sum.enrolments += one.enrolments;
    sum.persistent += one.persistent;
    sum.severe += one.severe;
}
