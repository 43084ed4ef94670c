//! The definitions a figure may follow: which pupils and which sessions are counted.

use chrono::NaiveDate;

use crate::{AcademicYear, Calendar, Window, WindowKind, words};

const ON_ROLL: &str = "\
Every pupil on roll counts, whatever their age. A session counts when the school was open for it, \
the pupil was on roll that day, a mark is recorded, and it is not after the school's last taken \
register; a session without a mark is neither attendance nor absence. Possible sessions are \
attendance and absence taken together: marks with D, Q, X, Y, Y1 to Y7, Z and # are left out of \
them. Attendance is being at school, also late but before the register closed (L), and approved \
educational activity elsewhere (B, K, P, V, W and the old J). Every other possible session is \
absence, also arriving after the register closed (U). A rate is absent sessions of possible \
sessions; groups add up sessions and never average percentages. Persistent absence is missing 10% \
or more of one's own possible sessions over the period, severe absence 50% or more, as a share of \
enrolments with at least one possible session. Each enrolment counts on its own, so that a pupil \
who moves counts at each school for the time there, and leavers stay in up to their last day. X \
from September 2020 to Easter 2022 is the exception: it also meant not attending because of \
coronavirus, and those sessions are possible but not absence.";

const DFE_DAILY: &str = "\
As on-roll, but only pupils who are 5 to 15 years old on 31 August at the start of the school \
year: nurseries, reception and the sixth form are normally left out. The Department for Education \
counts so in its fortnightly figures from daily data. It gives no persistent absence for a day or \
a week, since that is a measure over time, and its figures settle for about two weeks while \
schools correct their registers.";

const DFE_CENSUS: &str = "\
As dfe-daily, with two more exceptions that the Department for Education makes in its accredited \
figures from the school census. Pupils who are 15 on 31 August at the start of the school year \
(normally Year 11) are counted up to the end of the fifth half term only. Enrolments that first \
start in the second half of the summer term are in no published figure, and so in no window here, \
that half term included: the same enrolments stand behind the figures of five and of six half \
terms. A calendar that has fewer than six half terms has no such second half, and then nothing is \
left out.";

words! {
    /// A published or own way of counting. Every figure names the one it follows.
    Definition {
        OnRoll = "on-roll": "everybody on roll, whatever their age",
        DfeDaily = "dfe-daily": "as in the Department for Education's fortnightly figures from daily data",
        DfeCensus = "dfe-census": "as in the Department for Education's accredited figures from the school census",
    }
}

impl Definition {
    /// Its version: it changes with every change of what is counted.
    pub const fn version(self) -> u16 {
        1
    }

    /// What is counted, in plain English.
    pub const fn explained(self) -> &'static str {
        match self {
            Definition::OnRoll => ON_ROLL,
            Definition::DfeDaily => DFE_DAILY,
            Definition::DfeCensus => DFE_CENSUS,
        }
    }

    /// Where it comes from.
    pub const fn reference(self) -> &'static str {
        match self {
            Definition::OnRoll => {
                "Rollcall's own; sessions as in Department for Education, A guide to absence statistics"
            }
            Definition::DfeDaily => {
                "Department for Education, Pupil attendance in schools: methodology"
            }
            Definition::DfeCensus => {
                "Department for Education, A guide to absence statistics (2.4, five and six half terms), and Pupil absence in \
                 schools in England: methodology"
            }
        }
    }

    /// Whether a pupil is counted in an academic year: in the Department's definitions those who
    /// are 5 to 15 years old on 31 August at the start of the year.
    pub fn counts_pupil(self, birth_date: NaiveDate, year: AcademicYear) -> bool {
        match self {
            Definition::OnRoll => true,
            Definition::DfeDaily | Definition::DfeCensus => {
                age(birth_date, year).is_some_and(|age| (5..=15).contains(&age))
            }
        }
    }

    /// The last day of a pupil's sessions that is counted, when the definition ends before the
    /// year does: pupils aged 15 are left out of the census figures from the sixth half term on.
    pub fn last_day(self, birth_date: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        if self != Definition::DfeCensus || age(birth_date, calendar.year()) != Some(15) {
            return None;
        }
        fifth_half_term(calendar).map(|half_term| half_term.to)
    }

    /// Whether an enrolment that first starts on that day is left out: of the census figures one that
    /// starts in the second half of the summer term, whatever the window.
    pub fn leaves_out_start(self, first_day: NaiveDate, calendar: &Calendar) -> bool {
        self == Definition::DfeCensus
            && fifth_half_term(calendar).is_some_and(|half_term| first_day > half_term.to)
    }
}

/// The pupil's age in whole years on 31 August at the start of the year; `None` before birth.
fn age(birth_date: NaiveDate, year: AcademicYear) -> Option<u32> {
    year.age_day().years_since(birth_date)
}

/// The half term before the sixth; `None` for a calendar that has not six.
fn fifth_half_term(calendar: &Calendar) -> Option<Window> {
    let half_terms = calendar.windows(WindowKind::HalfTerm);
    if half_terms.len() < 6 { None } else { half_terms.into_iter().nth(4) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::example;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_definition_says_what_is_counted() {
        for definition in Definition::ALL {
            assert!(definition.version() >= 1);
            assert!(
                definition.explained().ends_with('.') && !definition.explained().contains("  ")
            );
            assert!(!definition.reference().is_empty());
        }
    }

    #[test]
    fn the_department_counts_pupils_aged_5_to_15_on_31_august() {
        let year = AcademicYear::new(2025).unwrap();
        for (birth_date, counted) in [
            ("2020-09-01", false), // still 4
            ("2020-08-31", true),  // 5 that day
            ("2009-09-01", true),  // still 15
            ("2009-08-31", false), // 16 that day
            ("2026-01-01", false), // not born yet
        ] {
            let birth_date = date(birth_date);
            assert!(Definition::OnRoll.counts_pupil(birth_date, year));
            assert_eq!(Definition::DfeDaily.counts_pupil(birth_date, year), counted);
            assert_eq!(Definition::DfeCensus.counts_pupil(birth_date, year), counted);
        }
    }

    #[test]
    fn the_census_drops_the_sixth_half_term_of_pupils_aged_15() {
        let calendar = example();
        let (year_11, year_10) = (date("2009-09-01"), date("2010-09-01"));
        let last_day = |definition: Definition, birth| definition.last_day(birth, &calendar);
        assert_eq!(last_day(Definition::DfeCensus, year_11), Some(date("2026-05-22")));
        assert_eq!(last_day(Definition::DfeCensus, year_10), None);
        assert_eq!(last_day(Definition::DfeDaily, year_11), None);
        assert_eq!(last_day(Definition::OnRoll, year_11), None);
    }

    #[test]
    fn the_census_leaves_out_who_first_starts_late_in_summer() {
        let calendar = example();
        let leaves_out =
            |definition: Definition, day| definition.leaves_out_start(date(day), &calendar);
        assert!(!leaves_out(Definition::DfeCensus, "2026-05-22"));
        assert!(leaves_out(Definition::DfeCensus, "2026-05-25"), "in the break before it");
        assert!(leaves_out(Definition::DfeCensus, "2026-06-01"));
        assert!(!leaves_out(Definition::DfeDaily, "2026-06-01"));
        assert!(!leaves_out(Definition::OnRoll, "2026-06-01"));
    }

    #[test]
    fn a_calendar_with_fewer_half_terms_leaves_nothing_out() {
        let whole = example();
        let terms = whole.terms().iter().take(2).cloned().collect();
        let two = Calendar::new(whole.year(), terms, Vec::new(), whole.week()).unwrap();
        assert_eq!(Definition::DfeCensus.last_day(date("2009-09-01"), &two), None);
        assert!(!Definition::DfeCensus.leaves_out_start(date("2026-07-01"), &two));
    }
}
