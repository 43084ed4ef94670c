//! The trend counted row by row, straight from the definitions and with no cleverness: the test
//! oracle. It shares nothing with the fast way but the types of the question and the answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Characteristic, CodeTable, HalfDay, NO_MARK, Session, Window, WindowKind, persistent, severe,
};

use crate::{
    By, Cell, EnrolmentYear, Group, Level, Persistence, Query, SchoolYear, Series, Trend,
    TrendWindow, Value,
};

/// Answers the question that [`crate::trend()`] answers, slowly. For tests.
pub fn trend_naive(codes: &CodeTable, schools: &[SchoolYear], query: &Query) -> Trend {
    let kept: Vec<&SchoolYear> = schools.iter().filter(|school| kept(school, query)).collect();
    let windows = windows(&kept, query);
    let nothing = Cell {
        window: (query.window != WindowKind::Week).then(Persistence::default),
        ..Cell::default()
    };
    let mut series: BTreeMap<Group, Vec<Cell>> = BTreeMap::new();
    if query.by == [None; 3] {
        series.insert([None; 3], vec![nothing; windows.len()]);
    }
    // A school that was asked about is there even when nothing is counted in it.
    let schools_alone = query.by.iter().flatten().all(|by| *by == By::School || *by == By::Phase);
    for school in kept.iter().filter(|_| schools_alone) {
        let group = query.by.map(|by| match by? {
            By::School => Some(Value::School(school.school)),
            _ => Some(Value::Phase(school.phase)),
        });
        series.entry(group).or_insert(vec![nothing; windows.len()]);
    }
    for rows in counted_as_one(codes, schools, query) {
        let twice = counted_twice(&rows);
        for (number, window) in windows.iter().enumerate() {
            for (group, cell) in cells(&rows, &twice, window) {
                let cells = series.entry(group).or_insert(vec![nothing; windows.len()]);
                add(&mut cells[number], &cell);
            }
        }
    }
    if !schools_alone {
        series.retain(|_, cells| cells.iter().any(|cell| *cell != nothing));
    }
    let series =
        series.into_iter().map(|(group, cells)| Series { group, cells: cells.into() }).collect();
    Trend { windows, series }
}

/// Each enrolment by itself, or the enrolments of each pupil together.
fn counted_as_one<'a>(
    codes: &'a CodeTable,
    schools: &'a [SchoolYear],
    query: &'a Query,
) -> Vec<Vec<Row<'a>>> {
    let rows = schools.iter().flat_map(|school| {
        let row = move |enrolment| {
            let own = school.calendar.windows_across_schools(query.window);
            Row { codes, school, own, enrolment, query }
        };
        school.enrolments.iter().map(row)
    });
    if query.level == Level::Enrolment {
        return rows.map(|row| vec![row]).collect();
    }
    let mut of_pupils: BTreeMap<i32, Vec<Row<'a>>> = BTreeMap::new();
    rows.for_each(|row| of_pupils.entry(row.enrolment.pupil).or_default().push(row));
    of_pupils.into_values().collect()
}

/// The sessions, by row, that another row has too and answers for.
fn counted_twice(rows: &[Row<'_>]) -> BTreeSet<(usize, NaiveDate, Session)> {
    let mut possible: BTreeMap<(NaiveDate, Session), Vec<usize>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate().filter(|_| rows.len() > 1) {
        for (date, session, cell) in row.sessions(NaiveDate::MAX) {
            if cell.possible > 0 {
                possible.entry((date, session)).or_default().push(number);
            }
        }
    }
    let mut twice = BTreeSet::new();
    for ((date, session), numbers) in possible {
        let counts = numbers.iter().max_by_key(|number| rows[**number].answers(date)).copied();
        let others = numbers.into_iter().filter(|number| Some(*number) != counts);
        twice.extend(others.map(|number| (number, date, session)));
    }
    twice
}

/// Everything that is counted of these rows in a window, with the group it belongs to.
fn cells(
    rows: &[Row<'_>],
    twice: &BTreeSet<(usize, NaiveDate, Session)>,
    window: &TrendWindow,
) -> Vec<(Group, Cell)> {
    let mut cells = Vec::new();
    let (mut to_date, mut own) = (Cell::default(), Cell::default());
    let mut answering = None;
    for (number, row) in rows.iter().enumerate() {
        let (dates, Some(end)) = row.dates(window) else { continue };
        let status = end.min(row.last_known_day());
        let mut any = false;
        for (date, session, mut cell) in row.sessions(end) {
            any |= cell.possible > 0;
            if twice.contains(&(number, date, session)) {
                let Cell { marked, expected, .. } = cell;
                cell = Cell { marked, expected, doubled: 1, ..Cell::default() };
            }
            add(&mut to_date, &cell);
            if dates.is_some_and(|(from, to)| from <= date && date <= to) {
                add(&mut own, &cell);
                let group = row.group(date, status);
                cells.extend(group.map(|group| (group, cell)));
            }
        }
        if any {
            answering = answering.max(Some((row.answers(status), number, status)));
        }
    }
    if let Some((_, number, status)) = answering {
        let row = &rows[number];
        let standing = Cell {
            window: (row.query.window != WindowKind::Week).then(|| persistence(&own)),
            to_date: persistence(&to_date),
            ..Cell::default()
        };
        cells.extend(row.group(status, status).map(|group| (group, standing)));
    }
    cells
}

fn kept(school: &SchoolYear, query: &Query) -> bool {
    let kept = &query.filter.values;
    kept.get(&By::School).is_none_or(|kept| kept.contains(&Value::School(school.school)))
        && kept.get(&By::Phase).is_none_or(|kept| kept.contains(&Value::Phase(school.phase)))
}

/// The windows of all the schools, those of one key as one.
fn windows(schools: &[&SchoolYear], query: &Query) -> Vec<TrendWindow> {
    let mut by_key: BTreeMap<String, Vec<(Window, NaiveDate)>> = BTreeMap::new();
    for school in schools {
        for window in school.calendar.windows_across_schools(query.window) {
            by_key.entry(window.key.clone()).or_default().push((window, school.today));
        }
    }
    by_key.retain(|_, windows| windows.iter().any(|(window, today)| window.from <= *today));
    let mut windows: Vec<TrendWindow> = by_key
        .into_iter()
        .filter_map(|(key, windows)| {
            let (first, _) = windows.iter().min_by_key(|(one, _)| (one.from, &one.label))?;
            let to = windows.iter().map(|(window, _)| window.to).max()?;
            let schools = windows.len();
            Some(TrendWindow {
                schools,
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

/// One enrolment.
struct Row<'a> {
    codes: &'a CodeTable,
    school: &'a SchoolYear,
    /// The school's own windows.
    own: Vec<Window>,
    enrolment: &'a EnrolmentYear,
    query: &'a Query,
}

impl Row<'_> {
    /// Every session up to a day for which the pupil is due.
    fn sessions(&self, end: NaiveDate) -> Vec<(NaiveDate, Session, Cell)> {
        let mut sessions = Vec::new();
        let Some((first_day, last_day)) = self.days_counted() else { return sessions };
        for date in first_day.iter_days().take_while(|date| *date <= end.min(last_day)) {
            for session in Session::ALL {
                let year_group = self.enrolment.year_group_on(date);
                if self.school.calendar.is_due(year_group, date, session) && !self.boards(date) {
                    sessions.push((date, session, self.session(date, session)));
                }
            }
        }
        sessions
    }

    /// Who answers for a pupil with several enrolments on a day: where they still are or were last,
    /// the main school, the one where they came last.
    fn answers(&self, day: NaiveDate) -> (NaiveDate, bool, NaiveDate, i32) {
        let EnrolmentYear { enrolment, first_day, last_day, .. } = *self.enrolment;
        let there_until = match last_day {
            Some(last) if last < day => last,
            _ => NaiveDate::MAX,
        };
        let registration = self.value(By::Characteristic(Characteristic::Registration), day);
        let main = registration != Some(Value::Characteristic(Characteristic::Registration, 2));
        (there_until, main, first_day, enrolment)
    }

    /// The window's dates in this school, if it has it, and the day up to which the year to date
    /// goes: for a school without the window, the end of its latest that has begun by then.
    fn dates(&self, window: &TrendWindow) -> (Option<(NaiveDate, NaiveDate)>, Option<NaiveDate>) {
        match self.own.iter().find(|own| own.key == window.key) {
            Some(own) => (Some((own.from, own.to)), Some(own.to)),
            None => {
                let begun = self.own.iter().filter(|own| own.from <= window.to);
                (None, begun.map(|own| own.to).max())
            }
        }
    }

    /// The day of the last register that was taken; before the first one, today.
    fn last_known_day(&self) -> NaiveDate {
        let cut = self.school.cut.map(|cut| cut.date(self.school.calendar.year()));
        cut.unwrap_or(self.school.today)
    }

    /// What the pupil is on a day; on a day before the enrolment begins, what they are when it
    /// does. `None` when they are nothing of the kind, as in no class.
    fn value(&self, by: By, day: NaiveDate) -> Option<Value> {
        let day = day.max(self.enrolment.first_day);
        let placement = self.enrolment.placements.iter().rfind(|placement| placement.from <= day);
        match by {
            By::School => Some(Value::School(self.school.school)),
            By::Phase => Some(Value::Phase(self.school.phase)),
            By::YearGroup => placement.map(|placement| Value::YearGroup(placement.year_group)),
            By::Class => placement.map(|placement| Value::Class(placement.class)),
            By::Sex => Some(Value::Sex(self.enrolment.sex)),
            By::Characteristic(kind) => {
                let mut facts = self.enrolment.facts.iter().rev();
                let fact = facts.find(|fact| fact.kind == kind && fact.from <= day);
                Some(Value::Characteristic(
                    kind,
                    fact.map_or(Characteristic::UNRECORDED, |fact| fact.value),
                ))
            }
        }
    }

    fn boards(&self, day: NaiveDate) -> bool {
        let boarder = Value::Characteristic(Characteristic::Boarder, 1);
        self.value(By::Characteristic(Characteristic::Boarder), day) == Some(boarder)
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
        let expected = u32::from(
            date < self.school.today || self.school.day_is_over && date == self.school.today,
        );
        let mut cell = Cell { expected, ..Cell::default() };
        let half_day = HalfDay::of(self.school.calendar.year(), date, session);
        let taken = half_day.filter(|half_day| self.school.cut.is_some_and(|cut| *half_day <= cut));
        if let Some(half_day) = taken {
            let mark = self.enrolment.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
            let counts = self.codes.counts(mark, date);
            cell.possible = u32::from(counts.possible());
            cell.absent = u32::from(counts.absent());
            cell.unauthorised = u32::from(counts.unauthorised());
            cell.late = u32::from(counts.late());
            cell.approved = u32::from(counts.approved());
            cell.marked = if mark == NO_MARK { 0 } else { cell.expected };
        }
        cell
    }

    /// The group of something that goes by the class of one day and by everything else of another;
    /// `None` when it is left out.
    fn group(&self, class_day: NaiveDate, day: NaiveDate) -> Option<Group> {
        let value = |by| self.value(by, if by == By::Class { class_day } else { day });
        for (by, kept) in &self.query.filter.values {
            value(*by).filter(|value| kept.contains(value))?;
        }
        let mut group = [None; 3];
        for (place, by) in group.iter_mut().zip(self.query.by) {
            if let Some(by) = by {
                *place = Some(value(by)?);
            }
        }
        Some(group)
    }
}

/// What one enrolment, or one pupil, with these sessions counts.
fn persistence(cell: &Cell) -> Persistence {
    let Cell { absent, possible, .. } = *cell;
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
    sum.doubled += cell.doubled;
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
