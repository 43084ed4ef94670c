//! Who belongs to which group: splits a chunk into parts, each some lanes over some windows whose
//! counts go to one group.
//!
//! A definition, a class, a year group and a characteristic are one and the same here: sets of lanes
//! with the slots or the windows they hold in. A part is where one of each meet.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;

use crate::block::{Chunk, Counted};
use crate::reckoning::common;
use crate::span::Span;
use crate::window::Step;
use crate::{Block, By, CROSSED, Group, Query, Value};

/// Some lanes over some windows whose counts go to one group.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) group: Group,
    pub(crate) lanes: u64,
    /// The windows, as numbered by the steps.
    pub(crate) steps: Range<usize>,
}

/// Sessions of a part that changes class within a slot: some half days of that slot.
pub(crate) struct Broken {
    pub(crate) part: Part,
    pub(crate) slot: usize,
    pub(crate) half_days: Range<usize>,
}

/// One query as it looks from one block.
pub(crate) struct Grouping<'a> {
    pub(crate) block: &'a Block,
    pub(crate) query: &'a Query,
    pub(crate) steps: &'a [Step],
    /// What the query asks for of the pupils.
    pub(crate) asked: BTreeSet<By>,
    /// From the first to the last of the days whose groups count; none without a window.
    statuses: Option<(NaiveDate, NaiveDate)>,
}

/// Lanes in one class, or in whatever class when nobody asked.
struct Classmates {
    class: Option<Value>,
    lanes: u64,
    /// The slots that lie in the time in the class altogether.
    slots: Range<usize>,
    /// The slots of which only some half days do.
    broken: Vec<(usize, Range<usize>)>,
}

impl<'a> Grouping<'a> {
    pub(crate) fn new(block: &'a Block, query: &'a Query, steps: &'a [Step]) -> Self {
        let statuses = || steps.iter().map(|step| step.status);
        let statuses = statuses().min().zip(statuses().max());
        Self { block, query, steps, asked: query.asks_for(), statuses }
    }

    /// The parts by which the sessions of a chunk are counted: by the class on the session's date,
    /// and by everything else at the window's end.
    ///
    /// First the parts with the slots they are counted in whole, then what is left.
    pub(crate) fn sessions(&self, chunk: &Chunk) -> (Vec<(Part, Range<usize>)>, Vec<Broken>) {
        let (mut whole, mut broken) = (Vec::new(), Vec::new());
        let classes = self.classes_by_date(chunk);
        for members in self.by_status(chunk, |by| by != By::Class) {
            for class in &classes {
                for Counted { lanes, slots, .. } in chunk.counted(self.query.definition) {
                    let lanes = lanes & members.lanes & class.lanes;
                    if lanes == 0 {
                        continue;
                    }
                    let group = class
                        .class
                        .map_or(members.group, |class| self.query.with(members.group, class));
                    let part = Part { group, lanes, steps: members.steps.clone() };
                    for (slot, half_days) in &class.broken {
                        if slots.contains(slot) {
                            let (slot, half_days) = (*slot, half_days.clone());
                            broken.push(Broken { part: part.clone(), slot, half_days });
                        }
                    }
                    whole.push((part, common(slots, &class.slots)));
                }
            }
        }
        (whole, broken)
    }

    /// The parts by which the enrolments of a chunk are counted: by what they are at the window's
    /// end. Whom the definition counts is seen from their sessions.
    pub(crate) fn enrolments(&self, chunk: &Chunk) -> Vec<Part> {
        self.by_status(chunk, |_| true)
    }

    /// The parts by what the lanes are at the windows' ends, as far as the query asks for it.
    /// Those in no class or year group are in no part when that is what is asked.
    fn by_status(&self, chunk: &Chunk, among: impl Fn(By) -> bool) -> Vec<Part> {
        let mut parts = vec![self.everybody()];
        for (by, spans) in chunk.statuses(&self.asked) {
            if among(*by) {
                let members: Vec<Part> = spans.iter().flat_map(|span| self.members(span)).collect();
                let crossed =
                    parts.iter().flat_map(|part| members.iter().map(|with| self.cross(part, with)));
                parts = crossed.filter(|part| part.lanes != 0 && !part.steps.is_empty()).collect();
            }
        }
        parts
    }

    pub(crate) fn everybody(&self) -> Part {
        let group = self.query.of_school(self.block.school(), self.block.phase());
        Part { group, lanes: u64::MAX, steps: 0..self.steps.len() }
    }

    /// Who is in both parts.
    fn cross(&self, part: &Part, with: &Part) -> Part {
        let values = with.group.into_iter().flatten();
        Part {
            group: values.fold(part.group, |group, value| self.query.with(group, value)),
            lanes: part.lanes & with.lanes,
            steps: common(&part.steps, &with.steps),
        }
    }

    /// A span over the windows at whose end it holds. They are one range, unless schools are lined
    /// up whose windows come in another order.
    fn members(&self, span: &Span) -> Vec<Part> {
        if !self.query.filter.keeps(span.value) {
            return vec![];
        }
        let group = self.query.with([None; CROSSED], span.value);
        if self.statuses.is_some_and(|(first, last)| span.from <= first && last <= span.until) {
            return vec![Part { group, lanes: span.lanes, steps: 0..self.steps.len() }];
        }
        let holds = |step: &Step| span.from <= step.status && step.status <= span.until;
        let (mut members, mut start) = (Vec::new(), 0);
        for run in self.steps.chunk_by(|a, b| holds(a) == holds(b)) {
            let steps = start..start + run.len();
            start = steps.end;
            if run.first().is_some_and(holds) {
                members.push(Part { group, lanes: span.lanes, steps });
            }
        }
        members
    }

    fn classes_by_date(&self, chunk: &Chunk) -> Vec<Classmates> {
        if !self.asked.contains(&By::Class) {
            let slots = 0..self.block.slots.len();
            return vec![Classmates { class: None, lanes: u64::MAX, slots, broken: vec![] }];
        }
        let classes = chunk.statuses(&self.asked).filter(|(by, _)| *by == By::Class);
        let spans = classes.flat_map(|(_, spans)| spans);
        let kept = spans.filter(|span| self.query.filter.keeps(span.value));
        kept.map(|span| self.classmates(span)).collect()
    }

    fn classmates(&self, span: &Span) -> Classmates {
        let slots = &self.block.slots;
        if span.from == NaiveDate::MIN && span.until == NaiveDate::MAX {
            let slots = 0..slots.len();
            return Classmates {
                class: Some(span.value),
                lanes: span.lanes,
                slots,
                broken: vec![],
            };
        }
        let touched = slots.partition_point(|slot| slot.to < span.from)
            ..slots.partition_point(|slot| slot.from <= span.until);
        let whole = slots.partition_point(|slot| slot.from < span.from)
            ..slots.partition_point(|slot| slot.to <= span.until);
        let in_class = self.block.reckoning.between(span.from, span.until);
        let broken = touched
            .filter(|slot| !whole.contains(slot))
            .filter_map(|slot| Some((slot, common(&slots.get(slot)?.half_days, &in_class))))
            .collect();
        Classmates { class: Some(span.value), lanes: span.lanes, slots: whole, broken }
    }
}
