//! An amended mark changes the truth: every review that counted it is asked again about this pupil, with the marks as
//! they were and as they are. What it led to then and does not lead to now has lost its support.
//!
//! An amendment is followed by it at once. What changes marks otherwise, a file, an undo, a register that is saved
//! again, a closure, days on roll, puts the pupils about whom there is something to look at into the queue
//! ([`second_look`]).

mod asked;
mod consequence;
mod items;
mod lose_notices;
mod present;
mod school;
mod second_look;
mod steps;

use analytics::Block;
use domain::{CodeTable, Rate};

use self::asked::{Own, ReviewAsked};
use crate::actions::{self, ActionSubject};
use crate::cases::{self, CaseFile};
use crate::notices::{self, Supported};
use base::prelude::*;
use figures::{AsKnown, Elsewhere, Enrolled, pupil_blocks};

pub use consequence::{Consequence, TouchedByMarks};
pub use present::present;
pub use school::School;
pub use second_look::{foretell, looked_again, run as look_again_of_job};

use consequence::ConsequenceKind;

/// What rests on a pupil's marks at a school from a day on, with the marks as they were.
pub struct Rests<'s> {
    school: &'s School,
    pupil_id: PupilId,
    /// The reviews since, earliest first.
    asked: Vec<ReviewAsked<'s>>,
    before: Vec<Arc<Block>>,
    /// Those of brothers and sisters, which stand among the others.
    kin: Vec<Arc<Block>>,
    /// Where the case goes on from a school before, what the pupil did there.
    elsewhere: Vec<Elsewhere>,
    case: Option<CaseFile>,
    notices: Vec<Supported>,
}

/// Until this transaction ends nobody else changes what rests on a pupil's marks: whoever comes second finds what the
/// first has left.
pub fn hold(tx: &mut Tx, pupil_id: PupilId) -> Result<()> {
    tx.take_turns(&format!("what rests on marks/{pupil_id}"))
}

/// What happened, and who did it.
pub struct Amending<'a> {
    /// Why the marks were amended.
    pub why: &'a str,
    /// Who amended them.
    pub caller: &'a Caller,
    /// The code table.
    pub codes: &'a CodeTable,
}

impl<'s> Rests<'s> {
    /// Reads what rests on the marks from a day on; `None` when nothing does. The marks as they were are those of now,
    /// before they are amended, or those that were `known` before they were changed.
    pub fn on(
        tx: &mut Tx,
        codes: &CodeTable,
        school: &'s School,
        (pupil_id, from): (PupilId, NaiveDate),
        known: Option<&AsKnown>,
    ) -> Result<Option<Self>> {
        let whose = (school.school_id, pupil_id);
        hold(tx, pupil_id)?;
        let mut since = school.reviews.iter().filter(|of| of.review.day >= from).peekable();
        let case = cases::latest_case_to_change(tx, whose.0, whose.1)?;
        let notices = notices::supported(tx, codes, pupil_id, known.map(|known| known.at))?;
        if since.peek().is_none() && case.is_none() && notices.is_empty() {
            return Ok(None);
        }
        let own = Own::read(tx, codes, school, (pupil_id, case.as_ref()))?;
        let asked = since.map(|of| ReviewAsked::new(school, of, &own)).collect();
        let mut before = match known {
            Some(known) => known.pupil_blocks(codes, pupil_id)?,
            None => pupil_blocks(tx, codes, whose, &school.years)?,
        };
        let mut kin = Vec::new();
        for one in &own.kin {
            kin.extend(pupil_blocks(tx, codes, (school.school_id, *one), &school.years)?);
        }
        before.extend(kin.iter().cloned());
        let elsewhere = own.before;
        Ok(Some(Self { school, pupil_id, asked, before, kin, elsewhere, case, notices }))
    }

    /// Now that the marks are amended, undoes what they do not support any more, and tells a person all of it once.
    pub fn settle(self, tx: &mut Tx, amending: &Amending<'_>) -> Result<Vec<Consequence>> {
        let whose = (self.school.school_id, self.pupil_id);
        let mut after = pupil_blocks(tx, amending.codes, whose, &self.school.years)?;
        after.extend(self.kin.iter().cloned());
        let mut touched = Vec::new();
        let mut now = self.case.clone();
        let mut lost = BTreeSet::new();
        let mut undone = Vec::new();
        if let Some(told) = &self.case {
            touched.extend(self.recounted_target(tx, told, &after));
            let steps = self.lose_steps(tx, told, &after, amending)?;
            touched.extend(steps.touched);
            (undone, lost) = (steps.reviews, steps.before);
            now = steps.case.or(now);
        }
        for asked in &self.asked {
            let review_id = asked.of.review.review_id;
            let again = undone.contains(&review_id);
            let case = (now.as_ref(), again, lost.contains(&review_id));
            touched.extend(self.renew_items(tx, asked, &after, case, amending.why)?);
        }
        touched.extend(self.lose_notices(tx, amending)?);
        self.tell(tx, &touched, amending.why)?;
        Ok(touched)
    }

    /// What became of a running target's counts.
    fn recounted_target(
        &self,
        tx: &Tx,
        told: &CaseFile,
        after: &[Arc<Block>],
    ) -> Option<Consequence> {
        let target = told.case.target?;
        let to = target.to.min(tx.clock().today());
        let over = |blocks: &[Arc<Block>]| {
            let blocks = blocks.iter().chain(self.elsewhere.iter().map(|one| &one.block));
            let rates = blocks.flat_map(|block| {
                let own = block.members().filter(|member| member.pupil_id() == self.pupil_id);
                own.filter_map(|member| block.attendance(member, target.from, to))
            });
            rates.fold((0, 0), |sum, rate: Rate| (sum.0 + rate.part(), sum.1 + rate.whole()))
        };
        let (was, is) = (over(&self.before), over(after));
        let rule = told.row.stage.clone().unwrap_or_default();
        (was != is).then(|| Consequence {
            what: ConsequenceKind::TargetRecounted,
            rule,
            says: format!(
                "the target of {} from {} to {}: {} of {} sessions attended, instead of {} of {}",
                target.rate, target.from, target.to, is.0, is.1, was.0, was.1
            ),
            review_id: None,
            letter_id: None,
            case_id: Some(told.row.case_id),
            notice_id: None,
        })
    }

    /// One task that tells a person all of it; and one of penalty notices, which stands with them.
    fn tell(&self, tx: &mut Tx, touched: &[Consequence], why: &str) -> Result<()> {
        let news = touched.iter().filter(|one| one.what.is_news());
        let (notices, others) = news.partition(|one| one.notice_id.is_some());
        self.tell_once(tx, others, why)?;
        self.tell_once(tx, notices, why)
    }

    fn tell_once(&self, tx: &mut Tx, news: Vec<&Consequence>, why: &str) -> Result<()> {
        let Some(first) = news.first() else { return Ok(()) };
        let says: Vec<String> =
            news.iter().map(|one| format!("{}: {}", one.rule, one.says)).collect();
        let about = ActionSubject {
            school_id: self.school.school_id,
            pupil_id: Some(self.pupil_id),
            case_id: news.iter().find_map(|one| one.case_id),
            review_id: None,
        };
        let says = format!("marks were amended ({why}); {}", says.join("; "));
        let role = self.asked.last().and_then(|asked| asked.of.decides());
        actions::tell(tx, about, &first.rule, &says, (role, tx.clock().today()))
    }
}
