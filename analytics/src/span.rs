//! Who was in which class, year group or other group when: facts of 64 enrolments, as masks with
//! dates.

use chrono::NaiveDate;

use crate::{By, EnrolmentYear, Value};

/// From one day to another, both included, these lanes had this value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) value: Value,
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
    /// The lanes, as bits.
    pub(crate) lanes: u64,
}

/// The spans of up to 64 enrolments. Lanes with the same value over the same days, which is nearly
/// all of them, share a span.
pub(crate) fn spans(enrolments: &[EnrolmentYear], by: By) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    // Of most pupils nothing is known of most characteristics: they share one span, for all time.
    let mut without = 0;
    let mut starts = Vec::new();
    for (lane, enrolment) in enrolments.iter().enumerate() {
        if let By::Characteristic(kind) = by
            && enrolment.facts.iter().all(|fact| fact.kind != kind)
        {
            without |= 1 << lane;
            continue;
        }
        starts.clear();
        starts_of(enrolment, by, &mut starts);
        let ends = starts.iter().skip(1).filter_map(|(next, _)| next.pred_opt());
        for (&(from, value), until) in starts.iter().zip(ends.chain([NaiveDate::MAX])) {
            let same =
                |span: &&mut Span| span.value == value && span.from == from && span.until == until;
            match spans.iter_mut().find(same) {
                Some(span) => span.lanes |= 1 << lane,
                None => spans.push(Span { value, from, until, lanes: 1 << lane }),
            }
        }
    }
    if let By::Characteristic(kind) = by
        && without != 0
    {
        let (from, until) = (NaiveDate::MIN, NaiveDate::MAX);
        spans.push(Span { value: Value::unknown(kind), from, until, lanes: without });
    }
    spans
}

/// From which day on an enrolment has which value, in order.
///
/// What holds on the first day on roll holds for all days before it too: nothing is counted there,
/// and so those who join in the middle of a week need no span of their own.
fn starts_of(enrolment: &EnrolmentYear, by: By, starts: &mut Vec<(NaiveDate, Value)>) {
    for (from, value) in enrolment.history(by) {
        let from = if from <= enrolment.first_day { NaiveDate::MIN } else { from };
        starts.pop_if(|(last, _)| *last == from);
        if starts.last().is_none_or(|(_, last)| *last != value) {
            starts.push((from, value));
        }
    }
}
