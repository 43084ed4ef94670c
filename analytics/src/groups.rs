//! Who belongs to which group: splits a chunk into parts, each some lanes over some windows whose
//! counts go to one group.
//!
//! A definition, a class and a year group are the same thing here: sets of lanes with the slots or
//! the windows they hold in. A part is where one of each meet.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::block::{Chunk, Counted};
use crate::query::keeps;
use crate::reckoning::common;
use crate::span::Span;
use crate::window::Step;
use crate::{Block, By, Group, Query};

/// Some lanes over some windows whose counts go to one group.
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
}

/// Lanes that are kept over a range of windows; with their group, if it is this that they are
/// grouped by.
struct Members {
    group: Option<Group>,
    lanes: u64,
    steps: Range<usize>,
}

/// Lanes in one class, or in whatever class when nobody asked.
struct Classmates {
    group: Option<Group>,
    lanes: u64,
    /// The slots that lie in the time in the class altogether.
    slots: Range<usize>,
    /// The slots of which only some half days do.
    broken: Vec<(usize, Range<usize>)>,
}

impl Grouping<'_> {
    /// The parts by which the sessions of a chunk are counted: by the class on the session's date,
    /// and by the year group at the window's end.
    ///
    /// First the parts with the slots they are counted in whole, then what is left.
    pub(crate) fn sessions(&self, chunk: &Chunk) -> (Vec<(Part, Range<usize>)>, Vec<Broken>) {
        let (mut whole, mut broken) = (Vec::new(), Vec::new());
        let classes = self.classes_by_date(chunk);
        for members in self.year_groups(chunk) {
            for class in &classes {
                for Counted { lanes, slots, .. } in chunk.counted(self.query.definition) {
                    let part = || {
                        let lanes = lanes & members.lanes & class.lanes;
                        self.part(members.group, class.group, lanes, members.steps.clone())
                    };
                    let slots_in_class = common(slots, &class.slots);
                    whole.extend(part().map(|part| (part, slots_in_class)));
                    for (slot, half_days) in &class.broken {
                        let part = part().filter(|_| slots.contains(slot));
                        let (slot, half_days) = (*slot, half_days.clone());
                        broken.extend(part.map(|part| Broken { part, slot, half_days }));
                    }
                }
            }
        }
        (whole, broken)
    }

    /// The parts by which the enrolments of a chunk are counted: by the class and the year group
    /// at the window's end. Whom the definition counts is seen from their sessions.
    pub(crate) fn enrolments(&self, chunk: &Chunk) -> Vec<Part> {
        let mut parts = Vec::new();
        let classes = self.classes_by_status(chunk);
        for members in self.year_groups(chunk) {
            for class in &classes {
                let lanes = members.lanes & class.lanes;
                let steps = common(&members.steps, &class.steps);
                parts.extend(self.part(members.group, class.group, lanes, steps));
            }
        }
        parts
    }

    /// A part, unless nobody is in it. Those in no class or year group are in no part when that is
    /// what is asked.
    fn part(
        &self,
        year_group: Option<Group>,
        class: Option<Group>,
        lanes: u64,
        steps: Range<usize>,
    ) -> Option<Part> {
        let group = match self.query.by {
            By::Trust => Group::Trust,
            By::School => Group::School(self.block.school()),
            By::Phase => Group::Phase(self.block.phase()),
            By::YearGroup => year_group?,
            By::Class => class?,
        };
        (lanes != 0 && !steps.is_empty()).then_some(Part { group, lanes, steps })
    }

    fn year_groups(&self, chunk: &Chunk) -> Vec<Members> {
        let kept = &self.query.filter.year_groups;
        if self.query.by != By::YearGroup && kept.is_none() {
            return vec![self.everybody()];
        }
        self.by_status(&chunk.year_groups, kept, Group::YearGroup)
    }

    fn classes_by_status(&self, chunk: &Chunk) -> Vec<Members> {
        if !self.asks_for_classes() {
            return vec![self.everybody()];
        }
        self.by_status(&chunk.classes, &self.query.filter.classes, Group::Class)
    }

    fn classes_by_date(&self, chunk: &Chunk) -> Vec<Classmates> {
        if !self.asks_for_classes() {
            let slots = 0..self.block.slots.len();
            return vec![Classmates { group: None, lanes: u64::MAX, slots, broken: vec![] }];
        }
        let kept = &self.query.filter.classes;
        let spans = chunk.classes.iter().filter(|span| keeps(kept, span.value));
        spans.map(|span| self.classmates(span)).collect()
    }

    fn asks_for_classes(&self) -> bool {
        self.query.by == By::Class || self.query.filter.classes.is_some()
    }

    fn everybody(&self) -> Members {
        Members { group: None, lanes: u64::MAX, steps: 0..self.steps.len() }
    }

    /// For each span the windows at whose end it holds. They are one range, unless schools are
    /// lined up whose windows come in another order.
    fn by_status<T: Copy + Ord>(
        &self,
        spans: &[Span<T>],
        kept: &Option<BTreeSet<T>>,
        group: fn(T) -> Group,
    ) -> Vec<Members> {
        let mut members: Vec<Members> = Vec::new();
        for span in spans.iter().filter(|span| keeps(kept, span.value)) {
            let holds = |step: &Step| span.from <= step.status && step.status <= span.until;
            let mut start = 0;
            for run in self.steps.chunk_by(|a, b| holds(a) == holds(b)) {
                let steps = start..start + run.len();
                start = steps.end;
                if run.first().is_some_and(holds) {
                    let group = Some(group(span.value));
                    members.push(Members { group, lanes: span.lanes, steps });
                }
            }
        }
        members
    }

    fn classmates(&self, span: &Span<i32>) -> Classmates {
        let slots = &self.block.slots;
        let touched = slots.partition_point(|slot| slot.to < span.from)
            ..slots.partition_point(|slot| slot.from <= span.until);
        let whole = slots.partition_point(|slot| slot.from < span.from)
            ..slots.partition_point(|slot| slot.to <= span.until);
        let in_class = self.block.reckoning.between(span.from, span.until);
        let broken = touched
            .filter(|slot| !whole.contains(slot))
            .filter_map(|slot| Some((slot, common(&slots.get(slot)?.half_days, &in_class))))
            .collect();
        let group = Some(Group::Class(span.value));
        Classmates { group, lanes: span.lanes, slots: whole, broken }
    }
}
