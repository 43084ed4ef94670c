//! Rows of marks about the same half days: repeats are left aside, contradictions are problems.

use domain::{CodeTable, HalfDay, NO_MARK};

use super::cells;
use super::problem::{RowProblem, RowProblemKind};
use super::rows::Findings;
use super::said::{MarkColumns, Said, year_of};

/// Brings the rows into the order of pupils, years, half days and lines, and takes out those that
/// say nothing new (a notice) and those that contradict an earlier one (a problem).
pub(super) fn agreed<S: Said + Copy>(
    mut rows: Vec<S>,
    columns: &MarkColumns,
    codes: &CodeTable,
    findings: &mut Findings,
) -> Vec<S> {
    let about = |row: &S| (row.pupil(), row.year(), row.start());
    // Most files come so.
    if rows.is_sorted_by(|row, next| about(row) < about(next)) {
        return rows;
    }
    rows.sort_unstable_by_key(|row| (about(row), row.line()));
    let mut repeated = Vec::new();
    let mut kept: Vec<S> = Vec::with_capacity(rows.len());
    // Where the kept rows about the same half days begin. Each says something that those before
    // it do not, so there are never more of them than half days.
    let mut first = 0;
    for row in rows {
        if kept.get(first).is_none_or(|earlier| about(earlier) != about(&row)) {
            first = kept.len();
            kept.push(row);
            continue;
        }
        let earlier = kept.get(first..).unwrap_or_default();
        if let Some(contradiction) = Contradiction::between(earlier, &row) {
            findings.problems.add(|| contradiction.told(&row, columns, codes));
        } else if says_nothing_new(earlier, &row) {
            repeated.push(u64::from(row.line()));
        } else {
            kept.push(row);
        }
    }
    findings.repeated(repeated);
    kept
}

/// Whether every mark of a row stands in an earlier one.
fn says_nothing_new<S: Said>(earlier: &[S], row: &S) -> bool {
    let mut marks = row.marks().iter().enumerate();
    marks.all(|(place, mark)| {
        *mark == NO_MARK || earlier.iter().any(|earlier| earlier.marks().get(place) == Some(mark))
    })
}

/// A half day of which two rows say different things.
struct Contradiction {
    half_day: usize,
    here: u8,
    there: u8,
    line: u32,
}

impl Contradiction {
    /// The first half day of which a row says something else than an earlier one.
    fn between<S: Said>(earlier: &[S], row: &S) -> Option<Self> {
        earlier.iter().find_map(|earlier| {
            let mut both = earlier.marks().iter().zip(row.marks()).enumerate();
            let differ = both.find(|(_, (a, b))| a != b && **a != NO_MARK && **b != NO_MARK);
            differ.map(|(place, (there, here))| Self {
                half_day: usize::from(row.start()) + place,
                here: *here,
                there: *there,
                line: earlier.line(),
            })
        })
    }

    fn told<S: Said>(&self, row: &S, columns: &MarkColumns, codes: &CodeTable) -> RowProblem {
        let half_day = u16::try_from(self.half_day).ok().and_then(HalfDay::at);
        let (column, when) = match half_day.zip(year_of(row.year())) {
            None => (columns.am.as_str(), String::new()),
            Some((half_day, year)) => {
                let session = half_day.session();
                let date = half_day.date(year);
                (columns.of(date, session), cells::half_day_words(date, session))
            }
        };
        RowProblem::of_cell(
            u64::from(row.line()),
            column,
            codes.text(self.here).unwrap_or_default(),
            RowProblemKind::RowsDisagree,
            format!(
                "{} as on line {} for the same pupil; the mark is for {when}",
                codes.text(self.there).unwrap_or_default(),
                self.line,
            ),
        )
    }
}
