//! How much pupils miss: the distribution between the pupils of a phase and of a year group.
//!
//! The shape follows DfE's 5-point bands of 2022/23, the heights its figures of 2024/25. Fitted: chance in the course
//! of a year brings some pupils above 10% who are aimed below, so fewer are aimed there than are published.

use super::figures;
use super::pupil::MILLION;
use super::schools::Phase;

/// The most absent pupil still comes now and then.
const HIGHEST: u64 = 9200;
/// Who is aimed to be severely absent is so at any school; nobody else comes nearer to it than this, so that chance
/// makes nobody severely absent.
const NEARLY_SEVERE: u64 = 4600;

/// Pupils in order of absence, per ten thousand, and the absence of the pupil at that place, in sessions per ten
/// thousand possible; straight lines between.
type Levels = [(u64, u64)];

const PRIMARY: &Levels = &[
    (0, 10),
    (1500, 70),
    (4000, 210),
    (6600, 440),
    (7900, 690),
    (8825, 1000),
    (9500, 1480),
    (9730, 1980),
    (9830, 2600),
    (9921, 4400),
    (9922, 5500),
    (10_000, 8200),
];

const SECONDARY: &Levels = &[
    (0, 10),
    (2000, 85),
    (5000, 400),
    (6400, 680),
    (7286, 910),
    (7830, 1040),
    (8750, 1480),
    (9120, 1980),
    (9430, 2900),
    (9639, 4400),
    (9640, 5500),
    (10_000, 7700),
];

/// Nobody is aimed close to 10%: with 120 pupils, chance there would move persistent absence.
const SPECIAL: &Levels = &[
    (0, 10),
    (1700, 180),
    (3700, 520),
    (5000, 710),
    (6470, 900),
    (6520, 1130),
    (7700, 1560),
    (8350, 2050),
    (8900, 3050),
    (9384, 4400),
    (9385, 5500),
    (10_000, 8900),
];

/// Persistently and severely absent pupils of a year group, per ten thousand, against those of the phase: DfE, 5-point
/// bands of 2022/23. Years 3 to 6 dip, years 7 to 9 climb, years 10 and 11 stay high.
const fn year_group(phase: Phase, year_group: i16) -> [[u64; 2]; 2] {
    const PRIMARY: [u64; 2] = [1650, 78];
    const SECONDARY: [u64; 2] = [2714, 360];
    let own = match (phase, year_group) {
        (Phase::Primary, ..=1) => [1940, 86],
        (Phase::Primary, 2) => [1660, 74],
        (Phase::Primary, 3) => [1550, 71],
        (Phase::Primary, 4) => [1560, 75],
        (Phase::Primary, 5) => [1590, 78],
        (Phase::Primary, _) => [1600, 83],
        (Phase::Secondary, 7) => [2020, 180],
        (Phase::Secondary, 8) => [2570, 290],
        (Phase::Secondary, 9) => [2910, 400],
        (Phase::Secondary, 10) => [3000, 460],
        (Phase::Secondary, 11) => [3070, 470],
        _ => SECONDARY,
    };
    match phase {
        Phase::Primary => [own, PRIMARY],
        _ => [own, SECONDARY],
    }
}

/// The sessions per ten thousand that the pupil at a place (of a million) in the order of absence misses. `factor`
/// raises or lowers it, in millionths.
pub(super) fn level(phase: Phase, group: i16, rank: u64, factor: u64) -> u64 {
    let levels = match phase {
        Phase::Primary => PRIMARY,
        Phase::Secondary => SECONDARY,
        Phase::Special => SPECIAL,
    };
    let [[own_persistent, own_severe], [persistent, severe]] = year_group(phase, group);
    let here = [
        (0, 0),
        (10_000 - own_persistent, 10_000 - persistent),
        (10_000 - own_severe, 10_000 - severe),
        (10_000, 10_000),
    ];
    let place = figures::between(&here, rank * 10_000 / MILLION);
    match figures::between(levels, place) {
        severe @ 5000.. => severe.min(HIGHEST),
        own => (own * factor / MILLION).clamp(1, NEARLY_SEVERE),
    }
}
