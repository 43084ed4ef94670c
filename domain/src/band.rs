//! Attendance bands: names for ranges of rates, from 0% to 100% without gap or overlap.
//!
//! There is no national standard of bands: a school or trust sets its own. Each band has a lower
//! bound, which belongs to it, and reaches up to the next band's lower bound, which does not.

use crate::{Percent, Rate};

/// One band: its name and the percentage it starts at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// What people call it.
    pub name: String,
    /// The lowest percentage that belongs to it.
    pub from: Percent,
}

/// What is wrong with a list of bands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BandError {
    /// No band was given.
    #[error("at least one band is needed")]
    Empty,
    /// A band has no name.
    #[error("the band from {0} needs a name")]
    NoName(Percent),
    /// Two bands have the same name.
    #[error("the name {0:?} is given to more than one band")]
    SameName(String),
    /// Two bands start at the same percentage.
    #[error("more than one band starts at {0}")]
    SameStart(Percent),
    /// No band starts at 0%.
    #[error("the lowest band must start at 0%, but it starts at {0}")]
    Gap(Percent),
}

/// A full set of bands: every rate belongs to exactly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bands {
    lowest: Band,
    /// Lowest first.
    higher: Vec<Band>,
}

impl Bands {
    /// Puts bands together, in whatever order they are given. Errors: when there is none, two share a name or a start,
    /// one has no name, or none starts at 0%.
    pub fn new(mut bands: Vec<Band>) -> Result<Self, BandError> {
        bands.sort_by_key(|band| band.from);
        for (place, band) in bands.iter().enumerate() {
            let mut earlier = bands.iter().take(place);
            if band.name.trim().is_empty() {
                return Err(BandError::NoName(band.from));
            }
            if earlier.clone().any(|other| other.name == band.name) {
                return Err(BandError::SameName(band.name.clone()));
            }
            if earlier.any(|other| other.from == band.from) {
                return Err(BandError::SameStart(band.from));
            }
        }
        let mut bands = bands.into_iter();
        let lowest = bands.next().ok_or(BandError::Empty)?;
        if lowest.from != Percent::ZERO {
            return Err(BandError::Gap(lowest.from));
        }
        Ok(Self { lowest, higher: bands.collect() })
    }

    /// The band that the exact rate belongs to.
    pub fn of(&self, rate: Rate) -> &Band {
        self.higher.iter().rev().find(|band| rate.at_least(band.from)).unwrap_or(&self.lowest)
    }

    /// The bands, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = &Band> {
        std::iter::once(&self.lowest).chain(&self.higher)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bands(list: &[(&str, &str)]) -> Result<Bands, BandError> {
        let band = |(name, from): &(&str, &str)| Band {
            name: (*name).to_owned(),
            from: from.parse().unwrap(),
        };
        Bands::new(list.iter().map(band).collect())
    }

    fn percent(text: &str) -> Percent {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_belongs_to_the_band_whose_bound_it_reaches_exactly() {
        let bands = bands(&[("green", "97%"), ("red", "0%"), ("amber", "93%")]).unwrap();
        let names: Vec<&str> = bands.iter().map(|band| band.name.as_str()).collect();
        assert_eq!(names, ["red", "amber", "green"]);
        let name = |part, whole| bands.of(Rate::of(part, whole).unwrap()).name.as_str();
        assert_eq!(name(380, 380), "green");
        assert_eq!(name(97, 100), "green");
        assert_eq!(name(9699, 10_000), "amber", "96.99% is not rounded up");
        assert_eq!(name(93, 100), "amber");
        assert_eq!(name(0, 1), "red");
    }

    #[test]
    fn bands_that_do_not_cover_everything_once_are_refused() {
        assert_eq!(bands(&[]), Err(BandError::Empty));
        assert_eq!(bands(&[("all", "1%")]), Err(BandError::Gap(percent("1%"))));
        assert_eq!(
            bands(&[("low", "0%"), ("low", "50%")]),
            Err(BandError::SameName("low".to_owned()))
        );
        assert_eq!(
            bands(&[("a", "0%"), ("b", "50%"), ("c", "50.0%")]),
            Err(BandError::SameStart(percent("50%")))
        );
        assert_eq!(bands(&[("", "0%")]), Err(BandError::NoName(Percent::ZERO)));
    }

    proptest! {
        #[test]
        fn every_rate_lies_between_its_bands_bound_and_the_next(
            bounds in proptest::collection::btree_set(1..=100_000_u32, 0..8),
            (part, whole) in (1..=u64::MAX).prop_flat_map(|whole| (0..=whole, Just(whole))),
        ) {
            let text = |bound: u32| format!("{}.{:03}%", bound / 1000, bound % 1000);
            let list = std::iter::once(0).chain(bounds).map(|bound| Band {
                name: text(bound),
                from: percent(&text(bound)),
            });
            let bands = Bands::new(list.collect()).unwrap();
            let rate = Rate::of(part, whole).unwrap();
            let own = bands.of(rate);
            for band in bands.iter() {
                prop_assert_eq!(rate.at_least(band.from), band.from <= own.from);
            }
        }
    }
}
