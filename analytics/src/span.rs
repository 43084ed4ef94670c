//! Who was in which class and year group when: facts of 64 enrolments, as masks with dates.

use chrono::NaiveDate;

use crate::{EnrolmentYear, Placement};

/// From one day to another, both included, these lanes had this value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span<T> {
    pub(crate) value: T,
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
    /// The lanes, as bits.
    pub(crate) lanes: u64,
}

/// The spans of up to 64 enrolments. Lanes with the same value over the same days, which is nearly
/// all of them, share a span.
pub(crate) fn spans<T: Copy + PartialEq>(
    enrolments: &[EnrolmentYear],
    value: impl Fn(&Placement) -> T,
) -> Vec<Span<T>> {
    let mut spans: Vec<Span<T>> = Vec::new();
    for (lane, enrolment) in enrolments.iter().enumerate() {
        for one in spans_of(enrolment, 1 << lane, &value) {
            let same = |span: &&mut Span<T>| {
                span.value == one.value && span.from == one.from && span.until == one.until
            };
            match spans.iter_mut().find(same) {
                Some(span) => span.lanes |= one.lanes,
                None => spans.push(one),
            }
        }
    }
    spans
}

/// The spans of one enrolment, in order.
///
/// What holds on the first day on roll holds for all days before it too: nothing is counted there,
/// and so those who join in the middle of a week need no span of their own.
fn spans_of<T: Copy + PartialEq>(
    enrolment: &EnrolmentYear,
    lanes: u64,
    value: impl Fn(&Placement) -> T,
) -> Vec<Span<T>> {
    let mut starts: Vec<(NaiveDate, T)> = Vec::new();
    for placement in &enrolment.placements {
        let early = placement.from <= enrolment.first_day;
        let from = if early { NaiveDate::MIN } else { placement.from };
        starts.pop_if(|(last, _)| *last == from);
        if starts.last().is_none_or(|(_, last)| *last != value(placement)) {
            starts.push((from, value(placement)));
        }
    }
    let ends = starts.iter().skip(1).filter_map(|(next, _)| next.pred_opt());
    let ends = ends.chain([NaiveDate::MAX]);
    starts
        .iter()
        .zip(ends)
        .map(|(&(from, value), until)| Span { value, from, until, lanes })
        .collect()
}
