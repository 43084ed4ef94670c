//! Who was on roll where and when: every cohort grows up from reception, year by year.
//!
//! Nothing here depends on the day the demonstration is made, only on how many years it reaches,
//! so that the roll of a year stays the same when the next year is added.
//!
//! Pupils join and leave in the course of a year, some come back, some move to another school of the trust, and some are
//! on two rolls at once: a main school's, and a special school's that they are taught at on two days a week.

use std::collections::BTreeMap;

use chrono::{Days as DayCount, NaiveDate};

use super::SchoolPlan;
use super::calendar::Dates;
use super::figures;
use super::pupil::{Issue, Lot, Pupil, even_rank, even_spread};
use super::rng::Key;
use super::schools::Phase;

/// Places that change hands in the course of a year, per thousand: one leaves, one joins.
const TURNOVER: u64 = 20;
/// Pupils who move to another school of the trust in the course of a year, per thousand.
const MOVERS: u64 = 7;
/// Pupils who leave in the course of a year and come back within it, per thousand.
const RETURNERS: u64 = 3;
/// The school weeks that they are away: the fewest, and how many there are to choose from.
const AWAY_WEEKS: (u64, u64) = (4, 8);
/// Leavers of year 6 who go on to the trust's own secondary school, per thousand.
const STAYING_IN_TRUST: u64 = 600;
/// Pupils of year 11 who stay for the sixth form, where there is one, per thousand.
const STAYING_FOR_SIXTH_FORM: u64 = 240;
/// The weeks of the school year in which pupils come and go, counted from 0.
const MOVING_WEEKS: (u64, u64) = (3, 32);
/// Year groups, reception to year 13.
const YEAR_GROUPS: i16 = 14;
/// The establishment number of pupils who started school outside the trust is this much higher.
const ELSEWHERE: u16 = 500;
/// More pupils than a phase ever draws for a cohort.
const MOST_DRAWN: u64 = 1_000_000;

/// The place of those on two rolls in the classes of the subsidiary school: after everybody else's.
const LAST_PLACE: u16 = u16::MAX;

/// Whether a pupil is on one roll or on two at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Registration {
    /// On this roll alone.
    Single,
    /// This is the main school of two.
    Main,
    /// This is the subsidiary school of two.
    Subsidiary,
}

impl Registration {
    /// As the school census writes it; empty for what need not be said.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Registration::Single => "",
            Registration::Main => "M",
            Registration::Subsidiary => "S",
        }
    }
}

/// One pupil's time at one school.
#[derive(Debug, Clone)]
pub(super) struct Enrolment {
    /// Place in [`Roll::pupils`].
    pub(super) pupil: usize,
    /// Place in the plan's schools.
    pub(super) school: usize,
    /// The academic year in which the pupil was in reception.
    pub(super) cohort: i16,
    /// The place in the year group, which decides the class.
    pub(super) place: u16,
    pub(super) first_day: NaiveDate,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) registration: Registration,
}

/// All pupils and enrolments that some day of the years shown can see.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pub(super) pupils: Vec<Pupil>,
    pub(super) enrolments: Vec<Enrolment>,
}

impl Roll {
    /// The roll from the academic year `first` to `last`.
    pub(super) fn grow(schools: &[SchoolPlan], seed: Key, (first, last): (i16, i16)) -> Self {
        let years = (first - YEAR_GROUPS..=last).map(|year| (year, Dates::of(year))).collect();
        let roll = Self::default();
        let (serials, drawn) = (BTreeMap::new(), BTreeMap::new());
        let mut history = History { schools, seed, years, last, serials, drawn, roll };
        (first - YEAR_GROUPS + 1..=last).for_each(|cohort| history.grow_up(cohort));
        history.put_on_two_rolls();
        let mut roll = history.roll;
        let opening = super::calendar::date(i32::from(first), 8, 1);
        roll.enrolments.retain(|one| one.last_day.is_none_or(|day| day >= opening));
        roll.enrolments.sort_by_key(|one| (one.school, one.cohort, one.place, one.first_day));
        roll
    }

    /// The roll as it is known on `today`: nobody who is still to come, and no leaving date that
    /// lies ahead.
    pub(super) fn known_on(mut self, today: NaiveDate) -> Self {
        self.enrolments.retain(|one| one.first_day <= today);
        for one in &mut self.enrolments {
            one.last_day = one.last_day.filter(|day| *day <= today);
        }
        self
    }
}

/// A place in a year group, and who holds it since when.
#[derive(Debug, Clone, Copy)]
struct Seat {
    school: usize,
    place: u16,
    pupil: usize,
    since: NaiveDate,
}

struct History<'a> {
    schools: &'a [SchoolPlan],
    seed: Key,
    years: BTreeMap<i16, Dates>,
    last: i16,
    /// How many UPNs an establishment has issued to the present cohort.
    serials: BTreeMap<u16, u16>,
    /// How many pupils of the present cohort a phase has drawn.
    drawn: BTreeMap<Phase, u64>,
    roll: Roll,
}

impl History<'_> {
    /// Follows the pupils who were in reception in the year `cohort`.
    fn grow_up(&mut self, cohort: i16) {
        self.serials.clear();
        self.drawn.clear();
        let special = self.start(Phase::Special, cohort);
        self.attend(special, cohort, Phase::Special);
        let primary = self.start(Phase::Primary, cohort);
        if let Some(leavers) = self.attend(primary, cohort, Phase::Primary) {
            let secondary = self.move_up(&leavers, cohort);
            self.attend(secondary, cohort, Phase::Secondary);
        }
    }

    /// Fills the reception classes of a phase.
    fn start(&mut self, phase: Phase, cohort: i16) -> Vec<Seat> {
        let mut seats = Vec::new();
        for school in self.schools_of(phase) {
            self.fill(&mut seats, school, cohort, cohort, 0);
        }
        seats
    }

    /// Brings a year group up to its size with pupils from outside the trust's schools.
    fn fill(&mut self, seats: &mut Vec<Seat>, school: usize, cohort: i16, year: i16, from: u16) {
        let intake = self.schools.get(school).map_or(0, |plan| plan.profile.intake);
        let since = self.day(year, Dates::first);
        for place in from..intake {
            if let Some(pupil) = self.new_pupil(school, cohort, year == cohort) {
                seats.push(Seat { school, place, pupil, since });
            }
        }
    }

    /// Takes the pupils through a phase. The seats they leave in the end; `None` when they have
    /// not come to the end by the last year shown.
    fn attend(&mut self, mut seats: Vec<Seat>, cohort: i16, phase: Phase) -> Option<Vec<Seat>> {
        let (first, last) = phase.year_groups();
        for year in cohort + first..=(cohort + last).min(self.last) {
            self.turn_over(&mut seats, cohort, year);
        }
        if cohort + last > self.last {
            seats.iter().for_each(|seat| self.close(*seat, cohort, None));
            return None;
        }
        let leaving = self.day(cohort + last, Dates::last);
        for seat in &seats {
            let day = if self.stays_for_sixth_form(*seat) {
                let year = cohort + YEAR_GROUPS - 1;
                (year <= self.last).then(|| self.day(year, Dates::last))
            } else {
                Some(leaving)
            };
            self.close(*seat, cohort, day);
        }
        Some(seats)
    }

    /// The seats of year 7: leavers of the trust's primary schools first, then others.
    fn move_up(&mut self, leavers: &[Seat], cohort: i16) -> Vec<Seat> {
        let year = cohort + 7;
        if year > self.last {
            return Vec::new();
        }
        let since = self.day(year, Dates::first);
        let mut seats = Vec::new();
        for school in self.schools_of(Phase::Secondary) {
            let urn = self.schools.get(school).map(|plan| plan.profile.urn.as_str());
            let coming = leavers.iter().filter(|seat| {
                let from =
                    self.schools.get(seat.school).and_then(|plan| plan.profile.next.as_deref());
                from == urn && self.chance(seat.pupil, "next school", STAYING_IN_TRUST)
            });
            let coming: Vec<usize> = coming.map(|seat| seat.pupil).collect();
            seats.extend((0u16..).zip(&coming).map(|(place, pupil)| Seat {
                school,
                place,
                pupil: *pupil,
                since,
            }));
            let taken = u16::try_from(coming.len()).unwrap_or(u16::MAX);
            self.fill(&mut seats, school, cohort, year, taken);
        }
        seats
    }

    /// One year's comings and goings.
    fn turn_over(&mut self, seats: &mut [Seat], cohort: i16, year: i16) {
        let mondays = self.years.get(&year).map(Dates::mondays).unwrap_or_default();
        let mut moving: Vec<(usize, usize)> = Vec::new();
        for (number, seat) in seats.iter_mut().enumerate() {
            let key = self.seat_key(*seat, cohort).about("turnover").year(year);
            let (earliest, latest) = MOVING_WEEKS;
            let week = earliest + key.about("week").below(latest - earliest);
            let week = usize::try_from(week).unwrap_or(0);
            match key.below(1000) {
                draw if draw < MOVERS => moving.push((number, week)),
                draw if draw < MOVERS + TURNOVER => {
                    let wait = usize::try_from(key.about("wait").below(3)).unwrap_or(0);
                    if let (Some(left), Some(joined)) =
                        (mondays.get(week), mondays.get(week + 1 + wait))
                    {
                        self.hand_over(seat, cohort, friday_of(*left), *joined);
                    }
                }
                draw if draw < MOVERS + TURNOVER + RETURNERS => {
                    let (fewest, choices) = AWAY_WEEKS;
                    let away = usize::try_from(fewest + key.about("away").below(choices));
                    let back = away.ok().and_then(|away| mondays.get(week + away));
                    if let (Some(left), Some(back)) = (mondays.get(week), back) {
                        self.close(*seat, cohort, Some(friday_of(*left)));
                        seat.since = *back;
                    }
                }
                _ => {}
            }
        }
        self.exchange(seats, &moving, cohort, &mondays);
    }

    /// A pupil leaves the trust, another one joins it.
    fn hand_over(&mut self, seat: &mut Seat, cohort: i16, left: NaiveDate, joined: NaiveDate) {
        if let Some(pupil) = self.new_pupil(seat.school, cohort, false) {
            self.close(*seat, cohort, Some(left));
            (seat.pupil, seat.since) = (pupil, joined);
        }
    }

    /// Pupils move inside the trust: each takes the place of the next, in a circle of schools.
    /// They leave on a Friday and start in the next school week.
    fn exchange(
        &mut self,
        seats: &mut [Seat],
        moving: &[(usize, usize)],
        cohort: i16,
        mondays: &[NaiveDate],
    ) {
        let mut circle: Vec<(usize, Seat, NaiveDate, NaiveDate)> = Vec::new();
        for (number, week) in moving {
            if let (Some(seat), Some(left), Some(joined)) =
                (seats.get(*number), mondays.get(*week), mondays.get(week + 1))
                && circle.iter().all(|(_, other, ..)| other.school != seat.school)
            {
                circle.push((*number, *seat, friday_of(*left), *joined));
            }
        }
        if circle.len() < 2 {
            return;
        }
        let next = circle.iter().cycle().skip(1);
        for ((_, mover, left, joined), (number, ..)) in circle.iter().zip(next) {
            self.close(*mover, cohort, Some(*left));
            if let Some(seat) = seats.get_mut(*number) {
                (seat.pupil, seat.since) = (mover.pupil, *joined);
            }
        }
    }

    /// Writes down the enrolment of the pupil who holds the seat.
    fn close(&mut self, seat: Seat, cohort: i16, last_day: Option<NaiveDate>) {
        let Seat { school, place, pupil, since: first_day } = seat;
        let dual = self.schools.get(school).is_some_and(|plan| {
            let pupil = self.roll.pupils.get(pupil);
            pupil.is_some_and(|pupil| pupil.is_on_two_rolls(plan.profile.phase))
        });
        let registration = if dual { Registration::Main } else { Registration::Single };
        let one = Enrolment { pupil, school, cohort, place, first_day, last_day, registration };
        self.roll.enrolments.push(one);
    }

    /// Some of those who are on two rolls are on that of a special school of the trust. The others' second school is
    /// another trust's.
    fn put_on_two_rolls(&mut self) {
        let special = self.schools_of(Phase::Special);
        let second = |one: &Enrolment| {
            let key = self.roll.pupils.get(one.pupil)?.key.about("second school");
            let here =
                one.registration == Registration::Main && key.happens(figures::DUAL_IN_TRUST, 1000);
            let school = key.with(1).pick(&special).filter(|_| here)?;
            let registration = Registration::Subsidiary;
            Some(Enrolment { school, place: LAST_PLACE, registration, ..one.clone() })
        };
        let added: Vec<Enrolment> = self.roll.enrolments.iter().filter_map(second).collect();
        self.roll.enrolments.extend(added);
    }

    fn new_pupil(&mut self, school: usize, cohort: i16, starts: bool) -> Option<usize> {
        let profile = &self.schools.get(school)?.profile;
        let establishment = profile.establishment + if starts { 0 } else { ELSEWHERE };
        let serial = self.serials.entry(establishment).or_default();
        let la_code = profile.la_code;
        let issue = Issue { la_code, establishment, cohort, serial: *serial };
        *serial += 1;
        let (intake, phase) = (profile.intake, profile.phase);
        let drawn = self.drawn.entry(phase).or_default();
        let number = u64::from(cohort.unsigned_abs()) * MOST_DRAWN + *drawn;
        let of_phase = self.seed.about(phase.name());
        let (rank, spread) = (even_rank(of_phase, number), even_spread(of_phase, number));
        *drawn += 1;
        let lot = Lot { phase, intake, rank, spread };
        self.roll.pupils.push(Pupil::new(self.seed, issue, lot)?);
        self.roll.pupils.len().checked_sub(1)
    }

    fn stays_for_sixth_form(&self, seat: Seat) -> bool {
        self.schools.get(seat.school).is_some_and(|plan| plan.profile.sixth_form)
            && self.chance(seat.pupil, "sixth form", STAYING_FOR_SIXTH_FORM)
    }

    fn chance(&self, pupil: usize, what: &str, permille: u64) -> bool {
        let pupil = self.roll.pupils.get(pupil);
        pupil.is_some_and(|pupil| pupil.key.about(what).happens(permille, 1000))
    }

    fn schools_of(&self, phase: Phase) -> Vec<usize> {
        let schools = self.schools.iter().enumerate();
        schools.filter(|(_, plan)| plan.profile.phase == phase).map(|(number, _)| number).collect()
    }

    fn seat_key(&self, seat: Seat, cohort: i16) -> Key {
        let urn = self.schools.get(seat.school).map_or("", |plan| plan.profile.urn.as_str());
        self.seed.about(urn).year(cohort).with(u64::from(seat.place))
    }

    fn day(&self, year: i16, which: impl Fn(&Dates) -> NaiveDate) -> NaiveDate {
        self.years.get(&year).map(which).unwrap_or_default()
    }
}

fn friday_of(monday: NaiveDate) -> NaiveDate {
    monday + DayCount::new(4)
}
