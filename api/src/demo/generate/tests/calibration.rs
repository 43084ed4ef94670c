//! The generated last academic year against DfE's figures (see `figures.rs`).

use super::count::{Tally, by_phase};
use super::{File, WHOLE, whole};

/// Overall, persistent and severe absence in percent: DfE, Pupil attendance in schools, 2025/26;
/// severe absence: 5-point bands of 2022/23.
const PUBLISHED: [(&str, [f64; 3]); 3] = [
    ("primary", [5.28, 13.8, 0.75]),
    ("secondary", [8.49, 23.8, 3.4]),
    ("special", [13.17, 36.1, 6.0]),
];

/// Codes in percent of possible sessions: DfE, Pupil attendance in schools, 2024/25.
const CODES: [(&str, &[(&str, f64)]); 3] = [
    ("primary", &[("L", 1.10), ("I", 2.86), ("G", 0.56), ("O", 0.73), ("V", 0.76), ("M", 0.26)]),
    (
        "secondary",
        &[
            ("L", 2.86),
            ("I", 3.63),
            ("M", 0.37),
            ("C", 0.46),
            ("C2", 0.31),
            ("E", 0.31),
            ("W", 0.31),
            ("G", 0.34),
            ("O", 2.59),
            ("U", 0.30),
            ("V", 0.82),
        ],
    ),
    ("special", &[("I", 5.12), ("O", 2.61), ("C", 1.67), ("M", 0.99), ("C2", 1.43)]),
];

fn assert_near(what: &str, measured: f64, published: f64, tolerance: f64) {
    let apart = (measured - published).abs();
    assert!(apart <= published * tolerance, "{what}: {measured:.2}% against {published}%");
}

fn assert_like_england(files: &[File]) {
    let full_year = by_phase(files, 2025);
    for (phase, [overall, persistent, severe]) in PUBLISHED {
        let tally = &full_year[phase];
        println!("{phase}: {}", headline(tally));
        assert_near(&format!("{phase} overall"), tally.overall(), overall, 0.1);
        assert_near(&format!("{phase} persistent"), tally.persistent(), persistent, 0.1);
        assert_near(&format!("{phase} severe"), tally.severe(), severe, 0.35);
        assert!(tally.code("N") < 0.12, "only few reasons stay unknown: {}", tally.code("N"));
    }
    for (phase, codes) in CODES {
        // The special school has 120 pupils, so a few of them move a code's share.
        let tolerance = if phase == "special" { 0.4 } else { 0.25 };
        for (code, published) in codes {
            let what = format!("{phase} {code}");
            assert_near(&what, full_year[phase].code(code), *published, tolerance);
        }
    }
    // A fifth more absence on Fridays than on other days is 23% of the week's.
    assert_near("Fridays", full_year["secondary"].friday(), 23.0, 0.1);
    let so_far = by_phase(files, 2026);
    for (phase, [overall, ..]) in PUBLISHED.into_iter().take(2) {
        let tally = &so_far[phase];
        println!("{phase} so far: {}", headline(tally));
        assert_near(&format!("{phase} overall so far"), tally.overall(), overall, 0.1);
    }
}

/// Shown with `--nocapture`: what is looked at when the figures are fitted anew.
fn headline(tally: &Tally) -> String {
    let [overall, persistent, severe] = [tally.overall(), tally.persistent(), tally.severe()];
    format!("overall {overall:.2}%, persistent {persistent:.1}%, severe {severe:.2}%")
}

#[test]
fn seed_1_looks_like_england() {
    assert_like_england(&whole(1));
}

#[test]
fn seed_7_looks_like_england() {
    assert_like_england(&whole(7));
}

#[test]
fn seed_42_looks_like_england() {
    assert_like_england(&WHOLE);
}
