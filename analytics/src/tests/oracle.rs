//! Random schools, counted both ways.

use proptest::prelude::*;

use super::schools::{cases, queries};
use super::{CODES, POOL, blocks};
use crate::{trend, trend_naive};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every number of every answer, for every question.
    #[test]
    fn the_fast_count_is_the_slow_count((schools, filter, splits) in cases()) {
        let blocks = blocks(&schools);
        for query in queries(&filter, &splits) {
            let fast = trend(&POOL, &blocks, &query).unwrap();
            prop_assert_eq!(fast, trend_naive(&CODES, &schools, &query), "{:?}", query);
        }
    }
}
