//! Why a figure is what it is: every half day behind a cell of the trend, counted or left out, and
//! by which pupils.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Characteristic, CodeTable, Definition, HalfDay, NO_MARK, WindowKind, words};

use crate::linked::{AllRolls, InWindow, in_window};
use crate::{Block, By, CROSSED, EnrolmentYear, Filter, Level, Pool, PoolError, Query, Value};

words! {
    /// Why a half day is in no figure.
    LeftOut as "LeftOutReason" {
        Closed = "closed": "a mark stands there, but the school was closed",
        NotOnRoll = "not_on_roll": "the school was open, but the pupil was not on roll",
        Boards = "boards": "the pupil boards, and boarders are not in the register",
        NotDue = "not_due": "the school was open, but not for the pupil's year group",
        Definition = "definition": "the definition leaves out the pupil, or this part of the pupil's year",
        ToCome = "to_come": "the day is still to come",
        AfterLastRegister = "after_last_register": "it is later than the school's last register that was taken",
        NoMark = "no_mark": "there is no mark: neither attendance nor absence",
        NotPossible = "not_possible": "the code stands for no possible session, such as D, X, Y or Z",
        Doubled = "doubled": "the pupil has a session at another school for the same half day",
    }
}

/// What is behind a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Possible sessions: the half days that are counted.
    pub possible: u64,
    /// Those of them that were missed.
    pub absent: u64,
    /// Half days that are not counted, by why.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// The half days of each code, by its number and whether they are possible sessions, and
    /// absences: a code may change its meaning within a year.
    pub codes: BTreeMap<(u8, bool, bool), u64>,
    /// Each enrolment that is on roll at some time in the window, in the order of school and
    /// enrolment.
    pub enrolments: BTreeMap<(i32, i32), Counted>,
}

/// What one enrolment has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// The pupil.
    pub pupil: i32,
    /// Possible sessions.
    pub possible: u32,
    /// Those of them that were missed.
    pub absent: u32,
    /// Half days that are not counted.
    pub left_out: u32,
    /// Counted by pupil, what a pupil with several enrolments has together; by that the pupil is
    /// persistently absent or is not.
    pub together: Option<AllRolls>,
}

/// A cell of the trend: everything that a filter keeps, in one window.
#[derive(Debug, Clone)]
pub struct Asking<'a> {
    /// Which pupils and sessions are counted.
    pub definition: Definition,
    /// What counts as one.
    pub level: Level,
    /// The kind of the window.
    pub window: WindowKind,
    /// The window, by its key in every school's calendar.
    pub key: &'a str,
    /// Who is kept.
    pub filter: &'a Filter,
}

/// Explains a cell: half day by half day, so that it is slow and plain. Errors: when a counting thread panics.
pub fn explain(
    pool: &Pool,
    codes: &CodeTable,
    blocks: &[Arc<Block>],
    asking: &Asking<'_>,
) -> Result<Explanation, PoolError> {
    let linked = match asking.level {
        Level::Enrolment => InWindow::default(),
        Level::Pupil => in_window(blocks, asking.key, &asking.query()),
    };
    let mut sum = Explanation::default();
    for explanation in pool.map(blocks, |block| explain_school(codes, block, asking, &linked))? {
        sum.add(explanation);
    }
    Ok(sum)
}

fn explain_school(
    codes: &CodeTable,
    block: &Block,
    asking: &Asking<'_>,
    linked: &InWindow,
) -> Explanation {
    let mut explanation = Explanation::default();
    let kept = asking.filter.keeps_school(block.school(), block.phase());
    let Some(window) = block.window(asking.window, asking.key).filter(|_| kept) else {
        return explanation;
    };
    let status = block.status_day(window.to);
    let days = HalfDay::all().map(|half_day| (half_day, half_day.date(block.year())));
    let days: Vec<(HalfDay, NaiveDate)> = days.filter(|(_, date)| window.contains(*date)).collect();
    for (enrolment, last_day) in block.enrolments_counted(asking.definition) {
        let gone = enrolment.last_day.is_some_and(|last| last < window.from);
        let away = gone || window.to < enrolment.first_day;
        if away || !asking.keeps(enrolment, |by| by != By::Class, status) {
            continue;
        }
        let row = Row { codes, block, enrolment, last_day, linked };
        for (half_day, date) in &days {
            if asking.keeps(enrolment, |by| by == By::Class, *date) {
                row.explain(*half_day, *date, &mut explanation);
            }
        }
    }
    explanation
}

impl Explanation {
    /// Adds another school's.
    fn add(&mut self, other: Self) {
        self.possible += other.possible;
        self.absent += other.absent;
        for (why, half_days) in other.left_out {
            *self.left_out.entry(why).or_default() += half_days;
        }
        for (code, half_days) in other.codes {
            *self.codes.entry(code).or_default() += half_days;
        }
        self.enrolments.extend(other.enrolments);
    }
}

impl Asking<'_> {
    /// The cell's query.
    fn query(&self) -> Query {
        let Self { definition, level, window, .. } = *self;
        Query { definition, level, window, by: [None; CROSSED], filter: self.filter.clone() }
    }

    /// Whether an enrolment is kept, by some of what is asked, as it is on a day.
    fn keeps(&self, enrolment: &EnrolmentYear, among: impl Fn(By) -> bool, day: NaiveDate) -> bool {
        let asked = self.filter.values.keys();
        let asked = asked.filter(|by| !matches!(by, By::School | By::Phase) && among(**by));
        asked
            .map(|by| enrolment.value(*by, day))
            .all(|value| value.is_some_and(|value| self.filter.keeps(value)))
    }
}

/// One enrolment in its school.
struct Row<'a> {
    codes: &'a CodeTable,
    block: &'a Block,
    enrolment: &'a EnrolmentYear,
    /// The last day that the definition counts of it; `None` when it counts none.
    last_day: Option<NaiveDate>,
    linked: &'a InWindow,
}

impl Row<'_> {
    fn explain(&self, half_day: HalfDay, date: NaiveDate, explanation: &mut Explanation) {
        let mark = self.enrolment.marks.get(half_day.position()).copied().unwrap_or(NO_MARK);
        let open = self.block.is_open(half_day);
        if !open && mark == NO_MARK {
            return;
        }
        let key = (self.block.school(), self.enrolment.enrolment);
        let counted = explanation.enrolments.entry(key).or_default();
        counted.pupil = self.enrolment.pupil;
        counted.together = self.linked.together.get(&counted.pupil).copied();
        let before = if open { self.left_out(half_day, date, mark) } else { Some(LeftOut::Closed) };
        if let Some(why) = before {
            *explanation.left_out.entry(why).or_default() += 1;
            counted.left_out += 1;
            return;
        }
        let counts = self.codes.counts(mark, date);
        let code = (mark, counts.possible(), counts.absent());
        *explanation.codes.entry(code).or_default() += 1;
        if !counts.possible() {
            *explanation.left_out.entry(LeftOut::NotPossible).or_default() += 1;
            counted.left_out += 1;
            return;
        }
        explanation.possible += 1;
        explanation.absent += u64::from(counts.absent());
        counted.possible += 1;
        counted.absent += u32::from(counts.absent());
    }

    /// Why a half day on which the school is open is not counted, whatever its mark may be.
    fn left_out(&self, half_day: HalfDay, date: NaiveDate, mark: u8) -> Option<LeftOut> {
        let Self { block, enrolment, .. } = self;
        let on_roll =
            enrolment.first_day <= date && enrolment.last_day.is_none_or(|last| date <= last);
        let boards = enrolment.value(By::Characteristic(Characteristic::Boarder), date);
        if !on_roll {
            Some(LeftOut::NotOnRoll)
        } else if boards == Some(Value::Characteristic(Characteristic::Boarder, 1)) {
            Some(LeftOut::Boards)
        } else if !block.is_due(enrolment, half_day, date) {
            Some(LeftOut::NotDue)
        } else if self.last_day.is_none_or(|last| date > last) {
            Some(LeftOut::Definition)
        } else if block.last_register().is_some_and(|cut| half_day <= cut) {
            let doubled = (block.school(), enrolment.enrolment, half_day.position());
            let doubled = self.linked.doubled.contains(&doubled).then_some(LeftOut::Doubled);
            (mark == NO_MARK).then_some(LeftOut::NoMark).or(doubled)
        } else if date > block.today() {
            Some(LeftOut::ToCome)
        } else {
            Some(LeftOut::AfterLastRegister)
        }
    }
}
