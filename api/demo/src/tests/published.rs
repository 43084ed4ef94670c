//! The published figures that the generated ones are compared with, in percent, each with its source.
//!
//! Where there are three, they are for primary, secondary and special schools.
//!
//! - *Daily*: Department for Education, Pupil attendance in schools, 2024/25, year to date, pupils aged 5 to 15; data
//!   of its attendance dashboard (`EES_ytd_data.csv` of July 2025).
//! - *Bands*: Department for Education, absence distributions dashboard, 5-point bands of the full year 2022/23.
//! - *Autumn*: Department for Education, Pupil attendance in schools, week 4 of 2025: the autumn term 2024/25.

/// A figure for primary, secondary and special schools.
pub(super) type ByPhase = [f64; 3];

/// What makes the phases' figures add up to the national ones: shares of all possible sessions (daily: they follow
/// from the figures by phase and the total).
pub(super) const SHARES: ByPhase = [53.75, 44.45, 1.8];

/// Overall absence (daily).
pub(super) const OVERALL: ByPhase = [5.25, 8.59, 12.88];
/// Unauthorised absence (daily).
pub(super) const UNAUTHORISED: ByPhase = [1.51, 3.30, 3.37];
/// Persistent absence (daily).
pub(super) const PERSISTENT: ByPhase = [13.5, 24.3, 35.8];
/// Severe absence (bands).
pub(super) const SEVERE: ByPhase = [0.75, 3.4, 6.2];
/// Late, before or after the register closed: L and U (daily).
pub(super) const LATE: ByPhase = [1.27, 3.15, 1.05];

/// Codes in percent of possible sessions, by phase (daily). `/` and `\` are one figure.
pub(super) const CODES: [(&str, ByPhase); 21] = [
    ("/\\", [92.61, 86.90, 84.73]),
    ("L", [1.10, 2.86, 0.77]),
    ("B", [0.18, 0.31, 0.89]),
    ("K", [0.01, 0.06, 0.11]),
    ("P", [0.09, 0.15, 0.05]),
    ("V", [0.76, 0.82, 0.50]),
    ("W", [0.00, 0.31, 0.06]),
    ("I", [2.86, 3.63, 5.12]),
    ("M", [0.26, 0.37, 0.99]),
    ("C", [0.32, 0.46, 1.67]),
    ("C1", [0.003, 0.004, 0.007]),
    ("C2", [0.13, 0.31, 1.43]),
    ("E", [0.03, 0.31, 0.17]),
    ("J1", [0.017, 0.016, 0.010]),
    ("R", [0.10, 0.09, 0.08]),
    ("S", [0.00, 0.10, 0.02]),
    ("T", [0.015, 0.003, 0.008]),
    ("G", [0.56, 0.34, 0.41]),
    ("N", [0.05, 0.07, 0.07]),
    ("O", [0.73, 2.59, 2.61]),
    ("U", [0.16, 0.30, 0.28]),
];

/// `/` and `\` in secondary schools (daily): more are late in the morning.
pub(super) const SECONDARY_PRESENT: [(&str, f64); 2] = [("/", 42.8), ("\\", 44.1)];
/// D in percent of possible sessions in primary and secondary schools (the daily data of 2023/24).
pub(super) const DUAL: [f64; 2] = [0.06, 0.5];

/// Persistent and severe absence by year group (bands). Persistent absence of 2024/25 is this times
/// [`SINCE_THE_BANDS`].
pub(super) const YEAR_GROUPS: [(&str, f64, f64); 11] = [
    ("1", 19.4, 0.86),
    ("2", 16.6, 0.74),
    ("3", 15.5, 0.71),
    ("4", 15.6, 0.75),
    ("5", 15.9, 0.78),
    ("6", 16.0, 0.83),
    ("7", 20.2, 1.8),
    ("8", 25.7, 2.9),
    ("9", 29.1, 4.0),
    ("10", 30.0, 4.6),
    ("11", 30.7, 4.7),
];
/// Persistent absence of 2024/25 (daily) against 2022/23 (bands) in primary and secondary schools.
pub(super) const SINCE_THE_BANDS: [f64; 2] = [0.83, 0.92];

/// Overall and persistent absence of groups in the autumn term (autumn).
pub(super) const GROUPS: [(&str, f64, f64); 5] = [
    ("fsm", 10.0, 31.7),
    ("no fsm", 5.2, 14.4),
    ("ehcp", 13.1, 35.1),
    ("sen support", 10.1, 29.0),
    ("no sen", 5.8, 17.0),
];

/// Overall absence by ISO week, all phases: the weeks of autumn 2024 (daily), and of spring 2025 as the publication of
/// week 29 describes them. Named by the week of the generated year that stands at the same place in term.
pub(super) const WEEKS: [(u32, f64); 21] = [
    (37, 4.75),
    (38, 5.66),
    (39, 5.94),
    (40, 5.99),
    (41, 5.83),
    (42, 6.27),
    (43, 6.97),
    (45, 6.03),
    (46, 5.88),
    (47, 7.03),
    (48, 7.06),
    (49, 7.31),
    (51, 9.4),
    (2, 6.8),
    (3, 6.4),
    (7, 7.6),
    (9, 6.35),
    (10, 6.35),
    (11, 6.35),
    (12, 6.35),
    (13, 9.6),
];

/// Overall absence from Monday to Friday, September and October 2022 (the daily data of 2022/23).
pub(super) const WEEKDAYS: [f64; 5] = [5.98, 5.96, 5.74, 5.79, 6.85];
/// How much more absence there is on Fridays than from Monday to Thursday, in percent (Clifton-Sprigg and James,
/// British Educational Research Journal, 2024, from the daily data of 2022/23).
pub(super) const FRIDAYS: f64 = 20.0;
