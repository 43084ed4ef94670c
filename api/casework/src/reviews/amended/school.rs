//! What the reviews of a school depend on apart from the pupils: read once, for any number of reviews and pupils.

use std::collections::btree_map::Entry;
use std::rc::Rc;

use domain::Calendar;

use super::super::rows::{self, ReviewRow};
use super::super::to_do::Asking;
use base::prelude::*;
use figures::years_behind;
use school::calendars;
use school::policies::{self, Follows, Part, Shelf};

/// A school with its reviews since a day.
pub struct School {
    /// The school.
    pub school_id: SchoolId,
    /// The academic years that the reviews count, from the one before that day to the present.
    pub years: Vec<AcademicYear>,
    /// The policies that cases keep.
    pub shelf: Shelf,
    /// The reviews since, earliest first, without those of days on which the school followed no policy.
    pub(in crate::reviews) reviews: Vec<SchoolReview>,
}

/// A review with everything that its answer hangs on, but for the pupil.
pub struct SchoolReview {
    pub review: ReviewRow,
    /// The school's calendars around its day, in order.
    pub calendars: Rc<Vec<Calendar>>,
    pub pathway: Rc<Follows>,
    /// The day of the school's review before it.
    pub previous: Option<NaiveDate>,
}

impl School {
    /// Reads what the reviews since a day hang on.
    pub fn read(tx: &mut Tx, school_id: SchoolId, from: NaiveDate) -> Result<Self> {
        let reviews = rows::reviews_since(tx, school_id, from)?;
        let last = reviews.last().map_or(from, |review| review.day).max(tx.clock().today());
        let year = |day| AcademicYear::of(day).map_or(0, AcademicYear::number);
        let years = (year(from) - 1..=year(last)).filter_map(AcademicYear::new).collect();
        Self::of(tx, school_id, years, reviews)
    }

    /// Reads what one review hangs on.
    pub fn of_review(tx: &mut Tx, review: ReviewRow) -> Result<Self> {
        Self::of(tx, review.school_id, years_behind(review.day)?, vec![review])
    }

    fn of(
        tx: &mut Tx,
        school_id: SchoolId,
        years: Vec<AcademicYear>,
        rows: Vec<ReviewRow>,
    ) -> Result<Self> {
        let (shelf, mut reviews) = (Shelf::default(), Vec::with_capacity(rows.len()));
        let Some(first) = rows.first().map(|review| review.day) else {
            return Ok(Self { school_id, years, shelf, reviews });
        };
        let assignments = policies::assignments(tx, school_id)?;
        let before = rows::reviews(tx, school_id, Some(first), 1)?;
        let mut previous = before.first().map(|review| review.day);
        let mut around: BTreeMap<Option<AcademicYear>, Rc<Vec<Calendar>>> = BTreeMap::new();
        for review in rows {
            let day = review.day;
            let year = AcademicYear::of(day);
            let calendars = match around.entry(year) {
                Entry::Occupied(there) => there.get().clone(),
                Entry::Vacant(place) => {
                    let calendars = calendars::around(tx, school_id, day)?;
                    place.insert(Rc::new(calendars)).clone()
                }
            };
            if let Some(pathway) = shelf.assigned(tx, &assignments, Part::Pathway, day)? {
                reviews.push(SchoolReview { review, calendars, pathway, previous });
            }
            previous = Some(day);
        }
        Ok(Self { school_id, years, shelf, reviews })
    }

    /// The key of the latest review, at which people still look.
    pub(super) fn latest(&self) -> Option<ReviewId> {
        self.reviews.last().map(|last| last.review.review_id)
    }
}

impl SchoolReview {
    /// What it asks by.
    pub fn asking(&self) -> Asking<'_> {
        Asking { review: &self.review, policy: &self.pathway.policy, calendars: &self.calendars }
    }

    /// Who decides the school's reviews, in its own words.
    pub fn decides(&self) -> Option<&str> {
        self.pathway.policy.regular().find_map(|(_, regular)| regular.decides.as_deref())
    }
}
