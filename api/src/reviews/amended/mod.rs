//! An amended mark changes the truth: every review that counted it is asked again about this pupil, with the marks as
//! they were and as they are. What it led to then and does not lead to now has lost its support.

mod asked;
mod consequence;
mod items;
mod lose_notices;
mod present;
mod steps;

use std::sync::Arc;

use analytics::Block;
use chrono::NaiveDate;
use domain::{AcademicYear, CodeTable, Rate};

use self::asked::Asked;
use super::rows;
use crate::actions::{self, About};
use crate::analytics::pupil_blocks;
use crate::auth::Caller;
use crate::cases::{self, Told};
use crate::db::Tx;
use crate::http::problem::Problem;
use crate::notices::{self, Supported};

pub use consequence::{Consequence, ConsequenceKind};
pub use present::present;

/// What rests on a pupil's marks at a school from a day on, read before they are amended.
pub struct Rests {
    school_id: i32,
    pupil_id: i32,
    /// The reviews since, earliest first.
    asked: Vec<Asked>,
    years: Vec<AcademicYear>,
    before: Vec<Arc<Block>>,
    case: Option<Told>,
    notices: Vec<Supported>,
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

impl Rests {
    /// Reads what rests on the marks from a day on; `None` when nothing does.
    ///
    /// # Errors
    /// The database's.
    pub fn on(
        tx: &mut Tx<'_>,
        codes: &CodeTable,
        (school_id, pupil_id): (i32, i32),
        from: NaiveDate,
    ) -> Result<Option<Self>, Problem> {
        let reviews = rows::reviews_since(tx, school_id, from)?;
        let case = cases::latest_case_to_change(tx, school_id, pupil_id)?;
        let notices = notices::supported(tx, codes, pupil_id)?;
        if reviews.is_empty() && case.is_none() && notices.is_empty() {
            return Ok(None);
        }
        let last = reviews.last().map_or(from, |review| review.day).max(tx.clock().today());
        let year = |day| AcademicYear::of(day).map_or(0, AcademicYear::number);
        let years: Vec<AcademicYear> =
            (year(from) - 1..=year(last)).filter_map(AcademicYear::new).collect();
        let mut asked = Vec::with_capacity(reviews.len());
        for review in reviews {
            asked.extend(Asked::read(tx, review, pupil_id)?);
        }
        let before = pupil_blocks(tx, codes, (school_id, pupil_id), &years)?;
        Ok(Some(Self { school_id, pupil_id, asked, years, before, case, notices }))
    }

    /// Now that the marks are amended, undoes what they do not support any more, and tells a person all of it once.
    ///
    /// # Errors
    /// The database's.
    pub fn settle(
        self,
        tx: &mut Tx<'_>,
        amending: &Amending<'_>,
    ) -> Result<Vec<Consequence>, Problem> {
        let whose = (self.school_id, self.pupil_id);
        let after = pupil_blocks(tx, amending.codes, whose, &self.years)?;
        let mut touched = Vec::new();
        let mut now = self.case.clone();
        let mut undone = Vec::new();
        if let Some(told) = &self.case {
            touched.extend(self.recounted_target(tx, told, &after));
            let lost = self.lose_steps(tx, told, &after, amending)?;
            touched.extend(lost.touched);
            undone = lost.reviews;
            now = lost.case.or(now);
        }
        for asked in &self.asked {
            let again = undone.contains(&asked.review.review_id);
            touched.extend(self.renew_items(
                tx,
                asked,
                &after,
                (now.as_ref(), again),
                amending.why,
            )?);
        }
        touched.extend(self.lose_notices(tx, amending)?);
        self.tell(tx, &touched, amending.why)?;
        Ok(touched)
    }

    /// What became of a running target's counts.
    fn recounted_target(
        &self,
        tx: &Tx<'_>,
        told: &Told,
        after: &[Arc<Block>],
    ) -> Option<Consequence> {
        let target = told.case.target?;
        let to = target.to.min(tx.clock().today());
        let over = |blocks: &[Arc<Block>]| {
            let rates = blocks.iter().flat_map(|block| {
                let own = block.members().filter(|member| member.pupil == self.pupil_id);
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

    /// One task that tells a person all of it.
    fn tell(&self, tx: &mut Tx<'_>, touched: &[Consequence], why: &str) -> Result<(), Problem> {
        let news: Vec<&Consequence> = touched.iter().filter(|one| one.what.is_news()).collect();
        let Some(first) = news.first() else { return Ok(()) };
        let says: Vec<String> =
            news.iter().map(|one| format!("{}: {}", one.rule, one.says)).collect();
        let about = About {
            school_id: self.school_id,
            pupil_id: Some(self.pupil_id),
            case_id: news.iter().find_map(|one| one.case_id),
            review_id: None,
        };
        let says = format!("marks were amended ({why}); {}", says.join("; "));
        let role = self.asked.last().and_then(Asked::decides);
        actions::tell(tx, about, &first.rule, &says, (role, tx.clock().today()))
    }
}
