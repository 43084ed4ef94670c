//! What attendance in England looks like: the published figures that the demonstration follows.
//!
//! Shares of codes: DfE, Pupil attendance in schools, 2024/25 (daily data, year to date), by phase.
//! Levels: the same series for 2025/26, to 10 July 2026: overall absence 5.28% (primary), 8.49%
//! (secondary), 13.17% (special); persistent absence 13.8%, 23.8% and 36.1%. The shape of the
//! distribution between pupils: DfE, 5-point bands of 2022/23, brought to these levels. Seasons
//! and weekdays: the weekly figures of 2024/25 and FFT Education Datalab, autumn 2022.
//!
//! Where a comment says *fitted*, the number makes the generated year agree with the published
//! one; the tests count it.

use super::code::Code;
use super::schools::Phase;

/// A figure for primary, secondary and special schools.
pub(super) type ByPhase = [u64; 3];

/// The figure for a phase.
pub(super) const fn of(figures: ByPhase, phase: Phase) -> u64 {
    let [primary, secondary, special] = figures;
    match phase {
        Phase::Primary => primary,
        Phase::Secondary => secondary,
        Phase::Special => special,
    }
}

/// Pupils in order of absence, per ten thousand, and the absence of the pupil at that place, in
/// sessions per ten thousand possible; straight lines between. Fitted: chance adds about two in a
/// hundred pupils to those above 10%, so fewer are aimed there.
pub(super) type Levels = [(u64, u64)];

const PRIMARY_LEVELS: &Levels = &[
    (0, 10),
    (1500, 70),
    (4000, 210),
    (6600, 440),
    (7900, 690),
    (8840, 1000),
    (9500, 1480),
    (9730, 1980),
    (9830, 2600),
    (9925, 5000),
    (10_000, 8200),
];

const SECONDARY_LEVELS: &Levels = &[
    (0, 10),
    (2000, 95),
    (5000, 430),
    (6400, 680),
    (7830, 1000),
    (8750, 1480),
    (9120, 1980),
    (9430, 2950),
    (9660, 5000),
    (10_000, 7500),
];

/// Nobody is aimed close to 10%: with 120 pupils, chance there would move persistent absence.
const SPECIAL_LEVELS: &Levels = &[
    (0, 10),
    (1700, 180),
    (3700, 520),
    (5000, 710),
    (6470, 900),
    (6520, 1130),
    (7700, 1560),
    (8350, 2050),
    (8900, 3050),
    (9390, 5000),
    (10_000, 8900),
];

/// The absence of the pupils of a phase, from the least to the most absent.
pub(super) const fn levels(phase: Phase) -> &'static Levels {
    match phase {
        Phase::Primary => PRIMARY_LEVELS,
        Phase::Secondary => SECONDARY_LEVELS,
        Phase::Special => SPECIAL_LEVELS,
    }
}

/// Absence of a year group against its phase's, per thousand: a dip in years 3 to 6, a climb from
/// year 7 to year 9, then a plateau (5-point bands of 2022/23).
pub(super) const fn year_group_level(phase: Phase, year_group: i16) -> u64 {
    match (phase, year_group) {
        (Phase::Primary, ..=1) => 1140,
        (Phase::Primary, 2) => 1020,
        (Phase::Primary, _) => 970,
        (Phase::Secondary, 7) => 800,
        (Phase::Secondary, 8) => 970,
        (Phase::Secondary, 9) => 1060,
        (Phase::Secondary, 10 | 11) => 1085,
        _ => 1000,
    }
}

/// Which part of a day an absence takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Morning,
    Afternoon,
    /// The morning or the afternoon.
    OneHalf,
}

/// One reason for absence, as it comes in spells.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) code: Code,
    /// Sessions per 100,000 possible, in the published figures.
    pub(super) share: ByPhase,
    /// Fitted, per thousand: what brings the generated share to the published one.
    pub(super) lift: ByPhase,
    /// How many school days a spell lasts: weight and days.
    pub(super) days: &'static [(u64, u64)],
    pub(super) part: Part,
    /// Only pupils with at least this level have such spells.
    pub(super) from_level: u64,
    /// Whether its part in a pupil's absences grows with the pupil's level.
    pub(super) steep: bool,
    /// Whether a spell is often marked N first, until the reason is known.
    pub(super) asked_for: bool,
    /// Whether a spell goes on after the weekend.
    pub(super) over_weekend: bool,
}

const SHORT: &[(u64, u64)] = &[(40, 1), (27, 2), (17, 3), (9, 4), (7, 5)];

const ILLNESS: Reason = Reason {
    code: Code::I,
    share: [2860, 3630, 5120],
    lift: [1000, 1000, 1000],
    days: SHORT,
    part: Part::Whole,
    from_level: 0,
    steep: false,
    asked_for: true,
    over_weekend: true,
};

/// The reasons that spells of absence are drawn from. Holidays, religious observance and study
/// leave have days of their own and are not among them.
pub(super) const REASONS: [Reason; 11] = [
    ILLNESS,
    Reason {
        code: Code::M,
        share: [260, 370, 990],
        lift: [930, 1050, 1100],
        days: &[(1, 1)],
        part: Part::OneHalf,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::C,
        share: [320, 460, 1670],
        lift: [880, 1000, 1000],
        days: &[(60, 1), (25, 2), (15, 4)],
        asked_for: false,
        ..ILLNESS
    },
    Reason { code: Code::C1, share: [3, 4, 7], days: &[(1, 1)], asked_for: false, ..ILLNESS },
    Reason {
        code: Code::C2,
        share: [130, 310, 1430],
        lift: [2800, 2050, 1700],
        days: &[(1, 15), (1, 30)],
        part: Part::Afternoon,
        from_level: 1200,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::E,
        share: [30, 310, 170],
        lift: [1150, 1300, 1400],
        days: &[(45, 1), (25, 2), (20, 3), (10, 5)],
        from_level: 500,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::J1,
        share: [17, 16, 10],
        part: Part::OneHalf,
        days: &[(1, 1)],
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::T,
        share: [15, 3, 8],
        days: &[(1, 10), (1, 20)],
        from_level: 800,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::O,
        share: [730, 2590, 2610],
        lift: [1000, 800, 680],
        days: &[(55, 1), (25, 2), (12, 3), (8, 5)],
        steep: true,
        over_weekend: false,
        ..ILLNESS
    },
    // Some absences are never explained, and their N stands.
    Reason { code: Code::N, share: [50, 70, 70], days: &[(1, 1)], ..ILLNESS },
    Reason {
        code: Code::U,
        share: [160, 300, 280],
        lift: [830, 680, 550],
        days: &[(1, 1)],
        part: Part::Morning,
        steep: true,
        asked_for: false,
        ..ILLNESS
    },
];

/// Sessions of holiday without leave (G) per 100,000 possible.
pub(super) const HOLIDAY_SHARE: ByPhase = [560, 340, 410];
/// Fitted, per thousand.
pub(super) const HOLIDAY_LIFT: ByPhase = [1900, 1700, 1400];
/// A week away, or a long weekend: weight and days.
pub(super) const HOLIDAY_DAYS: &[(u64, u64)] = &[(70, 5), (30, 2)];
/// Pupils with less absence than this take no holiday in term.
pub(super) const HOLIDAY_FROM_LEVEL: u64 = 250;

/// Pupils whose family keeps two days of religious observance (R) in a year, per thousand.
pub(super) const OBSERVING: ByPhase = [90, 80, 70];

/// Days of study leave (S) of a pupil in year 11 between the summer half-term break and the end
/// of June, per thousand days.
pub(super) const STUDY_LEAVE: u64 = 50;

/// Late before the register closed (L), per 100,000 sessions at school (/, \\ and L).
pub(super) const LATE: ByPhase = [1174, 3186, 900];

/// Visits (V): days of a class per thousand.
pub(super) const VISITS: ByPhase = [8, 9, 6];

/// Sport (P): afternoons of a pupil per 4,096.
pub(super) const SPORT: ByPhase = [7, 12, 4];

/// Pupils who spend one day a week in approved provision elsewhere (B), per ten thousand.
pub(super) const OFF_SITE: ByPhase = [90, 160, 450];
/// Pupils who spend three days a week in provision of the local authority's (K), per ten thousand.
pub(super) const ARRANGED: ByPhase = [2, 10, 20];
/// Pupils who are due at another school on two days a week (D), per ten thousand.
pub(super) const DUAL: ByPhase = [5, 40, 100];

/// Pupils of year 10 who take part in the week of work experience (W), per thousand.
pub(super) const WORK_EXPERIENCE: u64 = 620;

/// Pupils whose transport fails on a day (Y1), per hundred thousand days.
pub(super) const NO_TRANSPORT: ByPhase = [0, 10, 150];
/// Days on which a school cannot open (Y4), per ten thousand.
pub(super) const SHUT: u64 = 5;

/// Registers that were never taken, per thousand: enough to be seen, too few to move a rate.
pub(super) const MISSING_REGISTERS: u64 = 3;

/// When an absence is asked about, the calendar days until the reason is known: weight and days.
pub(super) const DAYS_UNTIL_EXPLAINED: &[(u64, u64)] =
    &[(50, 0), (17, 1), (9, 2), (7, 3), (6, 4), (4, 5), (3, 7), (2, 9), (1, 11), (1, 13)];

/// How likely an absence begins on a weekday, Monday first, per thousand of an ordinary day.
/// Spells go on, so a weekday differs less than its beginnings do. Fitted to a Friday about 1.2
/// times the other days.
pub(super) const BEGINS: [u64; 5] = [1060, 900, 850, 900, 1400];

/// Absence in a week against the year's, per thousand: the ISO week from which it holds.
/// Half as far from 1,000 as the national figures of 2024/25, so that the year so far stays
/// comparable with a whole year.
pub(super) const SEASON: [(u32, u64); 22] = [
    (1, 995),
    (3, 965),
    (5, 985),
    (7, 1055),
    (8, 960),
    (13, 1200),
    (15, 1000),
    (20, 1020),
    (22, 1030),
    (26, 1050),
    (28, 1100),
    (36, 850),
    (38, 910),
    (39, 930),
    (42, 955),
    (43, 1010),
    (44, 940),
    (47, 1010),
    (49, 1030),
    (50, 1085),
    (51, 1185),
    (52, 1185),
];

/// The absence of an ISO week against the year's, per thousand.
pub(super) fn season(iso_week: u32) -> u64 {
    SEASON.iter().rev().find(|(from, _)| *from <= iso_week).map_or(1000, |(_, level)| *level)
}
