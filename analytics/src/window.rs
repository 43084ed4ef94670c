//! Windows: lines up those of schools whose calendars differ, by what they are, and finds the slots of each school
//! that make up a window.

use std::ops::Range;

use chrono::NaiveDate;
use domain::Window;

use crate::block::Slot;
use crate::{Block, Query, TrendWindow};

/// What a window means in one school's block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Which of the school's own windows of the kind it is; none for a school without the window.
    pub(crate) place: Option<usize>,
    /// The slots of the window; up to date means all slots before the end of these. For a school
    /// without the window they are none, but still end where the year to date does.
    pub(crate) slots: Range<usize>,
    /// The day whose year group and class a pupil is counted in: the window's last, but not after
    /// the last register that was taken, since a move that lies ahead has changed no figure yet.
    pub(crate) status: NaiveDate,
}

/// The windows of an answer in order of their dates: those of all the schools, by key, that have
/// begun somewhere and that the filter keeps.
pub(crate) fn line_up(blocks: &[&Block], query: &Query) -> Vec<TrendWindow> {
    let mut lined: Vec<(TrendWindow, bool)> = Vec::new();
    for block in blocks {
        for (place, window) in block.windows_across_schools(query.window).iter().enumerate() {
            let begun = window.from <= block.source.today;
            let found = find(&lined, place, |(lined, _)| lined.key == window.key);
            match found.and_then(|found| lined.get_mut(found)) {
                Some((lined, begun_elsewhere)) => {
                    take_in(lined, window);
                    *begun_elsewhere |= begun;
                }
                None => lined.push((trend_window(window), begun)),
            }
        }
    }
    let mut windows: Vec<TrendWindow> = lined
        .into_iter()
        .filter(|(window, begun)| *begun && query.filter.keeps_window(window.from, window.to))
        .map(|(window, _)| window)
        .collect();
    windows.sort_by(|a, b| (a.from, &a.key).cmp(&(b.from, &b.key)));
    windows
}

/// What each window of an answer means in a block.
pub(crate) fn steps(block: &Block, windows: &[TrendWindow], query: &Query) -> Vec<Step> {
    let known = match block.source.cut {
        Some(cut) => cut.date(block.year()),
        None => block.source.today,
    };
    let own = block.windows_across_schools(query.window);
    let step = |(guess, window): (usize, &TrendWindow)| {
        let place = find(own, guess, |own| own.key == window.key);
        // A school without the window is on holiday in that week, or has other terms: it stands
        // in the year to date with all its windows that have begun by then.
        let last = place.or_else(|| {
            let begun = own.iter().enumerate().filter(|(_, own)| own.from <= window.to);
            begun.max_by_key(|(_, own)| own.to).map(|(place, _)| place)
        });
        let last = last.and_then(|last| own.get(last).zip(block.slots_of(query.window).get(last)));
        let Some((last, slots)) = last else { return Step { place, slots: 0..0, status: known } };
        let start = if place.is_some() { slots.start } else { slots.end };
        Step { place, slots: start..slots.end, status: last.to.min(known) }
    };
    windows.iter().enumerate().map(step).collect()
}

/// The slots that a window is made of.
pub(crate) fn slots_of(window: &Window, slots: &[Slot]) -> Range<usize> {
    let start = slots.partition_point(|slot| slot.from < window.from);
    let end = slots.partition_point(|slot| slot.to <= window.to);
    start.min(end)..end
}

/// The place of an item, which is most often the guessed one.
fn find<T>(items: &[T], guess: usize, is: impl Fn(&T) -> bool) -> Option<usize> {
    match items.get(guess) {
        Some(item) if is(item) => Some(guess),
        _ => items.iter().position(is),
    }
}

fn trend_window(window: &Window) -> TrendWindow {
    TrendWindow {
        key: window.key.clone(),
        label: window.label.clone(),
        from: window.from,
        to: window.to,
        dates_differ: false,
        schools: 1,
    }
}

/// Widens a window to take in another school's of the same key. It is called what the school says
/// where it begins first.
fn take_in(lined: &mut TrendWindow, window: &Window) {
    lined.schools += 1;
    lined.dates_differ |= (lined.from, lined.to) != (window.from, window.to);
    if (window.from, &window.label) < (lined.from, &lined.label) {
        lined.label.clone_from(&window.label);
    }
    lined.from = lined.from.min(window.from);
    lined.to = lined.to.max(window.to);
}
