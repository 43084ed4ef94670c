//! A naive count of the generated files: row by row, with no cleverness.

use std::collections::BTreeMap;

use chrono::{Days as DayCount, NaiveDate};
use domain::{AcademicYear, CodeTable, Counts, Definition, Session, persistent, severe};

use super::File;

/// What a group of enrolments adds up to in one academic year.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    enrolments: u32,
    persistent: u32,
    severe: u32,
    possible: u32,
    absent: u32,
    /// Absent sessions on Fridays.
    friday: u32,
    /// Marks by code.
    codes: BTreeMap<String, u32>,
}

impl Tally {
    /// Sessions absent, in percent of possible ones.
    pub(super) fn overall(&self) -> f64 {
        percent(self.absent, self.possible)
    }

    /// Enrolments persistently absent, in percent.
    pub(super) fn persistent(&self) -> f64 {
        percent(self.persistent, self.enrolments)
    }

    /// Enrolments severely absent, in percent.
    pub(super) fn severe(&self) -> f64 {
        percent(self.severe, self.enrolments)
    }

    /// Absence on Fridays, in percent of all absence.
    pub(super) fn friday(&self) -> f64 {
        percent(self.friday, self.absent)
    }

    /// Marks with a code, in percent of possible sessions.
    pub(super) fn code(&self, code: &str) -> f64 {
        percent(self.codes.get(code).copied().unwrap_or(0), self.possible)
    }
}

fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

/// The rows of a file, without the names of the columns.
pub(super) fn rows(file: &File) -> impl Iterator<Item = Vec<&str>> {
    let text = std::str::from_utf8(&file.bytes).unwrap();
    assert!(!text.contains('"'), "no field of the demonstration needs quotes");
    text.lines().skip(1).map(|line| line.split(',').collect())
}

/// The ten marks of a week.
pub(super) fn split(marks: &str) -> Vec<&str> {
    let mut week = Vec::with_capacity(10);
    let mut rest = marks;
    while !rest.is_empty() {
        let digit = rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        let (mark, after) = rest.split_at(if digit { 2 } else { 1 });
        week.push(mark);
        rest = after;
    }
    assert_eq!(week.len(), 10, "{marks}");
    week
}

/// Counts one academic year by phase, as DfE does from daily data, and checks every mark on the
/// way: that its code may be used for that session and date.
pub(super) fn by_phase(files: &[File], year: i16) -> BTreeMap<&'static str, Tally> {
    let born = rows(&files[0]).map(|row| ((row[0], row[1]), row[4].parse().unwrap())).collect();
    let mut phases: BTreeMap<&str, Tally> = BTreeMap::new();
    let year_end = format!("-{year}.csv");
    for file in files.iter().filter(|file| file.name.ends_with(&year_end)) {
        let phase = match file.name.as_str() {
            name if name < "marks-990009" => "primary",
            name if name < "marks-990012" => "secondary",
            _ => "special",
        };
        count_file(file, AcademicYear::new(year).unwrap(), &born, phases.entry(phase).or_default());
    }
    phases
}

/// Birth dates by URN and UPN.
type Born<'a> = BTreeMap<(&'a str, &'a str), NaiveDate>;

fn count_file(file: &File, year: AcademicYear, born: &Born<'_>, tally: &mut Tally) {
    let codes = CodeTable::built_in().unwrap();
    let mut read: BTreeMap<&str, [Vec<Seen>; 10]> = BTreeMap::new();
    let mut pupils: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for row in rows(file) {
        let [urn, upn, week, marks] = row[..] else { panic!("four columns: {row:?}") };
        let counted = Definition::DfeDaily.counts_pupil(born[&(urn, upn)], year);
        let seen = read.entry(week).or_default();
        let pupil = pupils.entry(upn).or_default();
        for (place, mark) in split(marks).into_iter().enumerate().filter(|(_, mark)| *mark != "-") {
            let counts = look_up(&mut seen[place], &codes, (week, place, mark), counted);
            if counted {
                pupil.0 += u32::from(counts.possible());
                pupil.1 += u32::from(counts.absent());
            }
        }
    }
    for one in read.into_values().flatten().flatten() {
        *tally.codes.entry(one.mark).or_default() += one.times;
        let on_friday = one.place >= 8 && one.counts.absent();
        tally.friday += if on_friday { one.times } else { 0 };
    }
    for (possible, absent) in pupils.into_values().filter(|(possible, _)| *possible > 0) {
        tally.enrolments += 1;
        tally.possible += possible;
        tally.absent += absent;
        tally.persistent += u32::from(persistent(absent, possible));
        tally.severe += u32::from(severe(absent, possible));
    }
}

/// A code at one place of a week.
struct Seen {
    place: usize,
    mark: String,
    counts: Counts,
    times: u32,
}

/// How a mark counts. Each code is read once for each place of a week.
fn look_up(
    seen: &mut Vec<Seen>,
    codes: &CodeTable,
    (week, place, mark): (&str, usize, &str),
    counted: bool,
) -> Counts {
    let times = u32::from(counted);
    if let Some(one) = seen.iter_mut().find(|one| one.mark == mark) {
        one.times += times;
        return one.counts;
    }
    let date = week.parse::<NaiveDate>().unwrap() + DayCount::new(place as u64 / 2);
    let read = codes.read(mark, Session::ALL[place % 2], date).unwrap();
    assert_eq!(read.withdrawn, None, "{mark} on {date}");
    let counts = codes.counts(read.number.get(), date);
    seen.push(Seen { place, mark: mark.to_owned(), counts, times });
    counts
}
