//! What attendance in England looks like: the published figures that the demonstration follows.
//!
//! Shares of codes: DfE, Pupil attendance in schools, 2024/25 (daily data, year to date), by phase.
//! How much pupils miss stands in `levels.rs`, when they do in `season.rs`, which groups they belong to in `facts.rs`.
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

/// The height at a place on straight lines between points.
pub(super) fn between(points: &[(u64, u64)], place: u64) -> u64 {
    for pair in points.windows(2) {
        if let [(from, low), (to, high)] = *pair
            && place <= to
        {
            return low + (high - low) * (place - from) / (to - from).max(1);
        }
    }
    points.last().map_or(0, |(_, last)| *last)
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
    lift: [914, 1028, 1020],
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
        lift: [923, 1126, 1227],
        days: &[(1, 1)],
        part: Part::OneHalf,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::C,
        share: [320, 460, 1670],
        lift: [897, 1026, 1036],
        days: &[(60, 1), (25, 2), (15, 4)],
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::C1,
        share: [3, 4, 7],
        lift: [903, 1103, 1187],
        days: &[(1, 1)],
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::C2,
        share: [130, 310, 1430],
        lift: [2831, 2137, 1676],
        days: &[(1, 10), (1, 20)],
        part: Part::Afternoon,
        from_level: 1200,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::E,
        share: [30, 310, 170],
        lift: [1336, 1260, 1065],
        days: &[(45, 1), (25, 2), (20, 3), (10, 5)],
        from_level: 500,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::J1,
        share: [17, 16, 10],
        lift: [937, 1140, 1403],
        part: Part::OneHalf,
        days: &[(1, 1)],
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::T,
        share: [15, 3, 8],
        lift: [1650, 1400, 1300],
        days: &[(1, 3), (1, 5)],
        from_level: 800,
        asked_for: false,
        ..ILLNESS
    },
    Reason {
        code: Code::O,
        share: [730, 2590, 2610],
        lift: [1025, 760, 619],
        days: &[(55, 1), (25, 2), (12, 3), (8, 5)],
        steep: true,
        over_weekend: false,
        ..ILLNESS
    },
    // Some absences are never explained, and their N stands.
    Reason {
        code: Code::N,
        share: [50, 70, 70],
        lift: [917, 1124, 1229],
        days: &[(1, 1)],
        ..ILLNESS
    },
    Reason {
        code: Code::U,
        share: [160, 300, 280],
        lift: [825, 663, 458],
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
pub(super) const HOLIDAY_LIFT: ByPhase = [1999, 1770, 1466];
/// A week away, or a long weekend: weight and days.
pub(super) const HOLIDAY_DAYS: &[(u64, u64)] = &[(70, 5), (30, 2)];
/// Pupils with less absence than this take no holiday in term.
pub(super) const HOLIDAY_FROM_LEVEL: u64 = 250;

/// Pupils whose family keeps two days of religious observance (R) in a year, per thousand.
pub(super) const OBSERVING: ByPhase = [111, 102, 88];
/// Families keep different days: the pairs of days in a year.
pub(super) const OBSERVANCES: u64 = 12;

/// Days of study leave (S) of a pupil in year 11 between the summer half-term break and the end
/// of June, per thousand days.
pub(super) const STUDY_LEAVE: ByPhase = [0, 52, 26];

/// Late before the register closed (L), per 100,000 sessions at school (/, \\ and L).
pub(super) const LATE: ByPhase = [1174, 3215, 823];

/// Visits (V): days of a class per thousand.
pub(super) const VISITS: ByPhase = [8, 9, 6];

/// Sport (P): afternoons of a pupil per 100,000.
pub(super) const SPORT: ByPhase = [193, 338, 139];

/// Pupils who spend one day a week in approved provision elsewhere (B), per ten thousand.
pub(super) const OFF_SITE: ByPhase = [96, 168, 535];
/// Pupils who spend one day a week in provision of the local authority's (K), per ten thousand.
pub(super) const ARRANGED: ByPhase = [5, 33, 63];
/// Pupils who are on the roll of another school too and due there on two days a week (D), per ten thousand: D is about
/// 0.06% of possible sessions in primary and 0.5% in secondary schools (2023/24).
pub(super) const DUAL: ByPhase = [15, 125, 0];
/// How many of them, per thousand, are on the roll of a special school of the trust.
pub(super) const DUAL_IN_TRUST: u64 = 250;

/// Pupils of year 10 who take part in the week of work experience (W), per thousand.
pub(super) const WORK_EXPERIENCE: ByPhase = [0, 650, 270];

/// Pupils whose transport fails on a day (Y1), per hundred thousand days.
pub(super) const NO_TRANSPORT: ByPhase = [0, 10, 150];
/// Days on which a school cannot open (Y4), per ten thousand.
pub(super) const SHUT: u64 = 5;

/// Registers that were never taken, per thousand: enough to be seen, too few to move a rate.
pub(super) const MISSING_REGISTERS: u64 = 3;

/// When an absence is asked about, the calendar days until the reason is known: weight and days.
pub(super) const DAYS_UNTIL_EXPLAINED: &[(u64, u64)] =
    &[(50, 0), (17, 1), (9, 2), (7, 3), (6, 4), (4, 5), (3, 7), (2, 9), (1, 11), (1, 13)];
