//! Small numbers: what is left out of a table so that no child can be identified.
//!
//! A cell of fewer than 5 pupils is left out. Since everybody sees the total too, what is left out must not be the
//! difference: the smallest other cells go with it until what is left out stands for at least 5 pupils together.

/// The fewest pupils whose figures are shown.
pub const LEAST: u32 = 5;

/// Which cells of a table are left out: the cells add up to a total that is shown. Besides the small ones those that
/// are
/// `telling`: what they show would be true of every child in them. An empty cell says nothing of anybody and stays.
pub fn left_out(cells: &[u32], telling: &[bool]) -> Vec<bool> {
    let small = |count: u32| (1..LEAST).contains(&count);
    let mut mask: Vec<bool> =
        cells.iter().zip(telling).map(|(count, telling)| *telling || small(*count)).collect();
    let enough = |mask: &[bool]| {
        let gone = cells.iter().zip(mask).filter(|(_, gone)| **gone);
        gone.map(|(count, _)| count).sum::<u32>() >= LEAST
    };
    while mask.contains(&true) && (many(&mask) < 2 || !enough(&mask)) {
        if !hide_smallest(cells, &mut mask) {
            break;
        }
    }
    mask
}

/// How many of how many pupils: shown only when at least 5 are, and at least 5 are not.
pub fn is_shown((part, whole): (u32, u32)) -> bool {
    part >= LEAST && whole.saturating_sub(part) >= LEAST
}

/// The same for the cells of a table whose total is shown: each cell is how many of how many. Cells that are left out
/// as a whole are left out here too.
pub fn shares_left_out(cells: &[(u32, u32)], whole: &[bool]) -> Vec<bool> {
    let wholes: Vec<u32> = cells.iter().map(|(_, whole)| *whole).collect();
    let hidden = |mask: &[bool]| {
        let gone = cells.iter().zip(mask).filter(|(_, gone)| **gone);
        gone.fold((0, 0), |sum, ((part, whole), _)| (sum.0 + part, sum.1 + whole))
    };
    let mut mask: Vec<bool> =
        cells.iter().zip(whole).map(|(cell, gone)| *gone || !is_shown(*cell)).collect();
    while mask.contains(&true) && (many(&mask) < 2 || !is_shown(hidden(&mask))) {
        if !hide_smallest(&wholes, &mut mask) {
            break;
        }
    }
    mask
}

fn many(mask: &[bool]) -> usize {
    mask.iter().filter(|gone| **gone).count()
}

/// Hides the smallest cell that holds anybody and is still shown; `false` when there is none.
fn hide_smallest(cells: &[u32], mask: &mut [bool]) -> bool {
    let shown = cells.iter().zip(mask.iter_mut()).filter(|(count, gone)| **count > 0 && !**gone);
    match shown.min_by_key(|(count, _)| **count) {
        Some((_, gone)) => {
            *gone = true;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_small_group_takes_the_next_smallest_with_it() {
        let left_out = |cells: [u32; 3]| left_out(&cells, &[false; 3]);
        assert_eq!(left_out([40, 3, 12]), [false, true, true]);
        assert_eq!(left_out([40, 3, 2]), [false, true, true], "five together are enough");
        assert_eq!(left_out([40, 1, 2]), [true, true, true], "three together are not");
        assert_eq!(left_out([40, 12, 0]), [false, false, false]);
    }

    #[test]
    fn a_group_of_which_everything_is_true_goes_with_the_next_smallest() {
        assert_eq!(left_out(&[40, 10, 12], &[false, true, false]), [false, true, true]);
        assert_eq!(left_out(&[10, 10], &[true, false]), [true, true]);
    }

    #[test]
    fn a_share_of_few_or_of_nearly_all_is_not_shown() {
        assert!(is_shown((5, 10)) && !is_shown((4, 10)) && !is_shown((6, 10)));
        let cells = [(20, 100), (4, 50), (10, 60)];
        let hidden = shares_left_out(&cells, &[false; 3]);
        assert_eq!(hidden, [false, true, true], "the total minus one would tell the other");
    }

    proptest! {
        #[test]
        fn what_is_left_out_can_never_be_told_from_the_total(cells in vec(0..40_u32, 1..7)) {
            let mask = left_out(&cells, &vec![false; cells.len()]);
            let hidden: Vec<u32> =
                cells.iter().zip(&mask).filter(|(_, gone)| **gone).map(|(count, _)| *count).collect();
            prop_assert!(cells.iter().zip(&mask).all(|(count, gone)| *gone || *count == 0 || *count >= LEAST));
            let all_hidden = cells.iter().zip(&mask).all(|(count, gone)| *gone || *count == 0);
            prop_assert!(hidden.is_empty() || all_hidden || (hidden.len() >= 2 && hidden.iter().sum::<u32>() >= LEAST));
        }

        #[test]
        fn a_share_that_is_left_out_can_never_be_told_from_the_total(
            cells in vec((0..40_u32, 0..40_u32), 1..7),
        ) {
            let cells: Vec<(u32, u32)> = cells.into_iter().map(|(part, rest)| (part, part + rest)).collect();
            let mask = shares_left_out(&cells, &vec![false; cells.len()]);
            let gone: Vec<(u32, u32)> =
                cells.iter().zip(&mask).filter(|(_, gone)| **gone).map(|(cell, _)| *cell).collect();
            prop_assert!(cells.iter().zip(&mask).all(|(cell, gone)| *gone || is_shown(*cell)));
            let sum = gone.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            let shown = cells.iter().zip(&mask).any(|(cell, gone)| !*gone && cell.1 > 0);
            prop_assert!(gone.is_empty() || !shown || (gone.len() >= 2 && is_shown(sum)));
        }
    }
}
