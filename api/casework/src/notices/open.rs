//! What is still open about a child's notices: support that nobody has recorded, and sessions that do not count any more.
//! Each is an action with a role and a day, which stands with the notices.

use diesel::prelude::*;

use crate::actions::{self, ActionRow, ActionSubject};
use crate::meetings::Meeting;
use crate::plans::Plan;
use crate::records::notices::Whom;
use crate::records::{self, RecordFilter, RecordKind, RecordState};
use base::prelude::*;
use schema::case_record;
use school::policies::{self, Part};

/// What stands in the place of a rule's id where the national framework asks for something.
pub const FRAMEWORK: &str = "the national framework for penalty notices";

/// The support that the asking school has recorded for a child, a line each: plans, meetings at which support was agreed,
/// and referrals that were sent. The framework wants it given before a notice, unless it would not be appropriate.
pub fn support(tx: &mut Tx, school_id: SchoolId, pupil_id: PupilId) -> Result<Vec<String>> {
    let wanted = RecordFilter {
        school_id: Some(school_id),
        pupil_id: Some(pupil_id),
        ..RecordFilter::default()
    };
    let plans = records::records::<Plan>(tx, wanted.clone(), None, i64::MAX)?;
    let mut given: Vec<String> = plans.into_iter().map(|plan| plan.says).collect();
    for row in records::records::<Meeting>(tx, wanted, None, i64::MAX)? {
        given.extend(row.read::<Meeting>()?.support);
    }
    let sent: Vec<String> = tx
        .of(case_record::table)
        .filter(case_record::school_id.eq(school_id).and(case_record::pupil_id.eq(pupil_id)))
        .filter(case_record::kind.eq(RecordKind::Referral))
        .filter(case_record::state.eq(RecordState::Sent))
        .order((case_record::record_id, case_record::seq))
        .select(case_record::says)
        .load(tx.conn)?;
    given.extend(sent);
    Ok(given)
}

/// Somebody is to record the support, or why none was appropriate, where a notice is put up for decision without.
pub fn ask_for_support(tx: &mut Tx, notice_id: NoticeId, whom: Whom, day: NaiveDate) -> Result<()> {
    let Whom { pupil_id, asking_school, case_id, .. } = whom;
    let asked = "no support is recorded";
    let open = to_do(tx, asking_school, pupil_id)?;
    if !support(tx, asking_school, pupil_id)?.is_empty()
        || open.iter().any(|one| one.says.contains(asked))
    {
        return Ok(());
    }
    let says = format!(
        "notice {notice_id}: {asked} (a plan, a meeting with support agreed, a referral); record what was given, or why none \
         was appropriate"
    );
    let follows = policies::assigned(tx, asking_school, Part::Pathway, day)?;
    let role = follows.as_ref().map(|follows| follows.policy.lead());
    let about = ActionSubject {
        school_id: asking_school,
        pupil_id: Some(pupil_id),
        case_id,
        review_id: None,
    };
    actions::tell(tx, about, FRAMEWORK, &says, (role, day))
}

/// What somebody at the asking school is still to do about a child's notices.
pub fn to_do(tx: &mut Tx, school_id: SchoolId, pupil_id: PupilId) -> Result<Vec<ActionRow>> {
    actions::open_of_rule(tx, (school_id, pupil_id), FRAMEWORK)
}
