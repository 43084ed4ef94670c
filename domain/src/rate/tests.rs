//! Rates and percentages against exact fractions, over the whole range of counts.

use proptest::prelude::*;

use super::*;

fn any_rate() -> impl Strategy<Value = Rate> {
    let whole = prop_oneof![1..=400_u64, 1..=u64::MAX];
    whole
        .prop_flat_map(|whole| (0..=whole, Just(whole)))
        .prop_map(|(part, whole)| Rate::of(part, whole).unwrap())
}

fn any_percent() -> impl Strategy<Value = Percent> {
    (0..=WHOLE).prop_map(|thousandths| Percent { thousandths })
}

/// Compares two fractions by whole part, then by the turned-round remainders: no multiplication.
fn compare_exactly((a, b): (u64, u64), (c, d): (u64, u64)) -> Ordering {
    (a / b).cmp(&(c / d)).then_with(|| match (a % b, c % d) {
        (0, 0) => Ordering::Equal,
        (0, _) => Ordering::Less,
        (_, 0) => Ordering::Greater,
        (rest, other) => compare_exactly((d, other), (b, rest)),
    })
}

#[test]
fn nothing_possible_is_no_figure() {
    assert_eq!(Rate::of(0, 0), None);
    assert_eq!(Rate::attended(0, 0), None);
    assert_eq!(Rate::of(2, 1), None);
    assert_eq!(Rate::attended(2, 1), None);
}

#[test]
fn a_rate_is_shown_cut_and_never_beside_a_threshold_it_does_not_meet() {
    let cut = |part, whole| Rate::of(part, whole).unwrap().cut();
    assert_eq!(cut(8996, 10_000), "89.9");
    assert_eq!(cut(379, 380), "99.7");
    assert_eq!(cut(9_999_999, 10_000_000), "99.9");
    assert_eq!(cut(1, 1), "100.0");
    assert_eq!(cut(0, 7), "0.0");
    assert_eq!(cut(u64::MAX - 1, u64::MAX), "99.9");
    assert_eq!(Rate::attended(38, 380).unwrap().cut(), "90.0");
}

#[test]
fn a_percentage_is_read_with_its_sign() {
    let percent = |text: &str| text.parse::<Percent>();
    assert_eq!(percent("96%"), Ok(Percent { thousandths: 96_000 }));
    assert_eq!(percent(" 97.9% "), Ok(Percent { thousandths: 97_900 }));
    assert_eq!(percent("0.125%"), Ok(Percent { thousandths: 125 }));
    assert_eq!(percent("100%"), Ok(Percent::HUNDRED));
    for wrong in [
        "", "%", "96", "0.96", "96 %", "-1%", "+1%", "100.001%", "1000%", "9.1234%", "9.%", ".5%",
        "1e1%", "nine%", "9,5%", "٩%",
    ] {
        assert_eq!(percent(wrong), Err(PercentError), "{wrong}");
    }
}

#[test]
fn on_the_wire_a_percentage_is_quoted_text() {
    let percent: Percent = serde_json::from_str("\"97.9%\"").unwrap();
    assert_eq!(serde_json::to_string(&percent).unwrap(), "\"97.9%\"");
    assert!(serde_json::from_str::<Percent>("97.9").is_err());
}

#[test]
fn every_percentage_is_written_as_it_is_read() {
    for thousandths in 0..=WHOLE {
        let percent = Percent { thousandths };
        assert_eq!(percent.to_string().parse(), Ok(percent));
    }
    assert_eq!(Percent { thousandths: 97_900 }.to_string(), "97.9%");
    assert_eq!(Percent::HUNDRED.to_string(), "100%");
    assert_eq!(Percent::ZERO.to_string(), "0%");
}

proptest! {
    #[test]
    fn rates_are_ordered_as_the_exact_fractions(a in any_rate(), b in any_rate()) {
        let expected = compare_exactly((a.part, a.whole), (b.part, b.whole));
        prop_assert_eq!(a.cmp(&b), expected);
        prop_assert_eq!(a == b, expected == Ordering::Equal);
        prop_assert_eq!(a.complement().cmp(&b.complement()), expected.reverse());
    }

    #[test]
    fn the_same_fraction_in_other_numbers_is_equal(part in 0..=400_u64, times in 1..=1000_u64) {
        let rate = Rate::of(part, 400).unwrap();
        prop_assert_eq!(rate, Rate::of(part * times, 400 * times).unwrap());
    }

    #[test]
    fn the_cut_percentage_never_rounds_up_and_loses_less_than_a_tenth(rate in any_rate()) {
        let cut = rate.percent_cut();
        prop_assert_eq!(cut.thousandths % 100, 0);
        prop_assert!(rate.at_least(cut));
        let next = Percent { thousandths: cut.thousandths + 100 };
        prop_assert!(rate.below(next));
        prop_assert_eq!(format!("{}%", rate.cut()).parse(), Ok(cut));
    }

    #[test]
    fn the_rounded_percentage_is_the_nearest_tenth_a_half_goes_up_and_attendance_makes_it_100(rate in any_rate()) {
        let (part, whole) = (u128::from(rate.part), u128::from(rate.whole));
        let twice = u128::from(rate.tenths()) * 2 * whole;
        prop_assert!(twice <= part * 2000 + whole && part * 2000 < twice + whole);
        prop_assert_eq!(rate.rounded(), in_tenths(rate.tenths()));
        let tenths = |text: String| text.replace('.', "").parse::<u32>().unwrap();
        prop_assert_eq!(tenths(rate.rounded()) + tenths(rate.attendance_rounded()), 1000);
    }

    #[test]
    fn a_threshold_is_met_exactly(rate in any_rate(), percent in any_percent()) {
        let threshold = Rate::of(u64::from(percent.thousandths), u64::from(WHOLE)).unwrap();
        prop_assert_eq!(rate.at_least(percent), rate >= threshold);
        prop_assert_eq!(rate.below(percent), rate < threshold);
    }

    #[test]
    fn ten_percent_absence_is_persistent_absence(
        (absent, possible) in any::<u32>().prop_flat_map(|whole| (0..=whole, Just(whole))),
    ) {
        let meets = |percent: &str| {
            Rate::of(absent.into(), possible.into())
                .is_some_and(|rate| rate.at_least(percent.parse().unwrap()))
        };
        prop_assert_eq!(crate::persistent(absent, possible), meets("10%"));
        prop_assert_eq!(crate::severe(absent, possible), meets("50%"));
    }
}
