//! A naive count of the generated files: row by row, with no cleverness.

use std::collections::BTreeMap;

use chrono::{Datelike, Days as DayCount, NaiveDate};
use domain::{AcademicYear, CodeTable, Counts, Definition, Session, persistent, severe};

use super::{File, Plan};

/// The phases in the order of the published figures.
pub(super) const PHASES: [&str; 3] = ["primary", "secondary", "special"];

/// One enrolment in the academic year, counted as DfE does from daily data.
pub(super) struct Counted {
    /// Place in [`PHASES`].
    pub(super) phase: usize,
    pub(super) year_group: String,
    /// At the end of the autumn term.
    pub(super) fsm: bool,
    /// `K`, `E` or nothing, at the end of the autumn term.
    pub(super) sen: String,
    /// Sessions possible and absent in the year and in its autumn term.
    pub(super) year: [u32; 2],
    pub(super) autumn: [u32; 2],
}

/// How often a mark stands at one place of a week.
pub(super) struct Marks {
    /// Place in [`PHASES`].
    pub(super) phase: usize,
    pub(super) iso_week: u32,
    /// Monday morning is 0.
    pub(super) place: usize,
    pub(super) mark: String,
    pub(super) counts: Counts,
    times: u32,
}

/// An academic year of a trust: its enrolments, and its marks.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) enrolments: Vec<Counted>,
    pub(super) marks: Vec<Marks>,
}

/// A rate's two parts, and how many enrolments are persistently and severely absent.
#[derive(Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) enrolments: f64,
    persistent: f64,
    severe: f64,
    possible: f64,
    absent: f64,
}

impl Tally {
    /// Counts an enrolment with these sessions possible and absent, so often.
    pub(super) fn add(&mut self, [possible, absent]: [u32; 2], weight: f64) {
        if possible > 0 {
            self.enrolments += weight;
            self.possible += weight * f64::from(possible);
            self.absent += weight * f64::from(absent);
            self.persistent += weight * f64::from(u8::from(persistent(absent, possible)));
            self.severe += weight * f64::from(u8::from(severe(absent, possible)));
        }
    }

    /// Sessions absent, in percent of possible ones.
    pub(super) fn overall(&self) -> f64 {
        100.0 * self.absent / self.possible
    }

    /// Enrolments persistently absent, in percent.
    pub(super) fn persistent(&self) -> f64 {
        100.0 * self.persistent / self.enrolments
    }

    /// Enrolments severely absent, in percent.
    pub(super) fn severe(&self) -> f64 {
        100.0 * self.severe / self.enrolments
    }
}

impl Sample {
    /// How many marks of a phase fit, in percent of those that fit `whole`.
    pub(super) fn share(
        &self,
        phase: usize,
        part: impl Fn(&Marks) -> bool,
        whole: impl Fn(&Marks) -> bool,
    ) -> f64 {
        let of_phase = |wanted: &dyn Fn(&Marks) -> bool| -> f64 {
            let marks = self.marks.iter().filter(|marks| marks.phase == phase && wanted(marks));
            marks.map(|marks| f64::from(marks.times)).sum()
        };
        100.0 * of_phase(&part) / of_phase(&whole)
    }

    /// Possible sessions of a phase.
    pub(super) fn possible(&self, phase: usize) -> f64 {
        let of_phase = self.marks.iter().filter(|marks| marks.phase == phase);
        of_phase.filter(|marks| marks.counts.possible()).map(|marks| f64::from(marks.times)).sum()
    }

    /// The enrolments of a phase that fit, in the year.
    pub(super) fn year(&self, phase: usize, wanted: impl Fn(&Counted) -> bool) -> Tally {
        let mut tally = Tally::default();
        for one in self.enrolments.iter().filter(|one| one.phase == phase && wanted(one)) {
            tally.add(one.year, 1.0);
        }
        tally
    }

    /// Counts an academic year, and checks every mark on the way: that its code may be used for that session and date.
    pub(super) fn count(plan: &Plan, files: impl Iterator<Item = File>, year: i16) -> Self {
        let mut files = files;
        let known = Known::read(&files.next().unwrap(), year);
        let mut sample = Self::default();
        for file in files.filter(|file| file.name.ends_with(&format!("-{year}.csv"))) {
            let school =
                plan.schools.iter().find(|school| file.name.contains(&school.urn)).unwrap();
            let phase = PHASES.iter().position(|phase| *phase == school.phase).unwrap();
            sample.count_file(&file, phase, year, &known);
        }
        sample
    }

    fn count_file(&mut self, file: &File, phase: usize, year: i16, known: &Known) {
        let codes = CodeTable::built_in().unwrap();
        let academic_year = AcademicYear::new(year).unwrap();
        let christmas = format!("{year}-12-25");
        let mut read: BTreeMap<&str, [Vec<Marks>; 10]> = BTreeMap::new();
        let mut pupils: BTreeMap<&str, [[u32; 2]; 2]> = BTreeMap::new();
        let mut urn = "";
        for row in rows(file) {
            let [school, upn, week, marks] = row[..] else { panic!("four columns: {row:?}") };
            urn = school;
            if !Definition::DfeDaily.counts_pupil(known.of(urn, upn).born, academic_year) {
                continue;
            }
            let seen = read.entry(week).or_default();
            let [whole, autumn] = pupils.entry(upn).or_default();
            for (place, mark) in split(marks).into_iter().enumerate().filter(|(_, m)| *m != "-") {
                let counts = look_up(&mut seen[place], &codes, (week, place, mark), phase);
                let sessions = [u32::from(counts.possible()), u32::from(counts.absent())];
                for (count, session) in whole.iter_mut().zip(sessions) {
                    *count += session;
                }
                if week < christmas.as_str() {
                    for (count, session) in autumn.iter_mut().zip(sessions) {
                        *count += session;
                    }
                }
            }
        }
        self.marks.extend(read.into_values().flatten().flatten());
        for (upn, [year, autumn]) in pupils {
            let Pupil { year_group, fsm, sen, .. } = known.of(urn, upn).clone();
            self.enrolments.push(Counted { phase, year_group, fsm, sen, year, autumn });
        }
    }
}

/// What the file of pupils says of somebody at a school.
#[derive(Clone)]
struct Pupil {
    born: NaiveDate,
    year_group: String,
    fsm: bool,
    sen: String,
}

/// By URN and UPN.
struct Known(BTreeMap<(String, String), Pupil>);

impl Known {
    /// As it stands at the end of the autumn term, or for later joiners on their first day.
    fn read(file: &File, year: i16) -> Self {
        let (begins, ends) = (format!("{year}-08-31"), format!("{}-08-01", year + 1));
        let christmas = format!("{year}-12-25");
        let mut known = BTreeMap::new();
        for row in rows(file).filter(|row| begins.as_str() < row[8] && row[8] < ends.as_str()) {
            let pupil = Pupil {
                born: row[4].parse().unwrap(),
                year_group: row[10].to_owned(),
                fsm: row[12] == "Y",
                sen: row[13].to_owned(),
            };
            let key = (row[0].to_owned(), row[1].to_owned());
            if row[8] < christmas.as_str() || !known.contains_key(&key) {
                known.insert(key, pupil);
            }
        }
        Self(known)
    }

    fn of(&self, urn: &str, upn: &str) -> &Pupil {
        &self.0[&(urn.to_owned(), upn.to_owned())]
    }
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

/// How a mark counts. Each code is read once for each place of a week.
fn look_up(
    seen: &mut Vec<Marks>,
    codes: &CodeTable,
    (week, place, mark): (&str, usize, &str),
    phase: usize,
) -> Counts {
    if let Some(one) = seen.iter_mut().find(|one| one.mark == mark) {
        one.times += 1;
        return one.counts;
    }
    let monday = week.parse::<NaiveDate>().unwrap();
    let date = monday + DayCount::new(place as u64 / 2);
    let read = codes.read(mark, Session::ALL[place % 2], date).unwrap();
    assert_eq!(read.withdrawn, None, "{mark} on {date}");
    let counts = codes.counts(read.number.get(), date);
    let (iso_week, mark) = (monday.iso_week().week(), mark.to_owned());
    seen.push(Marks { phase, iso_week, place, mark, counts, times: 1 });
    counts
}
