//! A meeting as it is kept, and its date and place as they are said.

use chrono::NaiveTime;
use domain::policy::LetterOccasion;
use domain::policy::word::Do;

use crate::actions::{self, ActionRow};
use crate::cases;
use crate::letters::{self, Occasion};
use crate::recording::{check_others, check_parents};
use crate::records::{RecordDetails, RecordKind, RecordRow};
use base::prelude::*;

/// A meeting.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Meeting {
    /// What kind, in the policy's or the school's own words.
    #[schema(example = "attendance clinic, with Head of School")]
    pub kind: String,
    /// When and where, and who is asked to come.
    pub offer: Offer,
    /// Whether the case's stage waits for it, so that who comes moves the case.
    pub decides: bool,
    /// Parents who came.
    pub parents_came: Vec<ParentId>,
    /// Others who came, in the school's own words.
    pub others_came: Vec<String>,
    /// The local authority's officer who came, such as to a Team around the Family meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mr Haddad, LAAO")]
    pub officer_came: Option<String>,
    /// What was said, as far as it is not confidential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The support that was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// The advice that was given, such as that a fine may follow if nothing improves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// When and where a meeting is offered, and to whom.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The day.
    #[schema(example = "2026-11-12")]
    pub day: NaiveDate,
    /// The time, as the school's clock shows it.
    #[schema(value_type = String, example = "15:30:00")]
    pub at: NaiveTime,
    /// Where.
    #[schema(example = "Room 3")]
    pub place: String,
    /// The parents who are invited.
    #[serde(default)]
    pub parents: Vec<ParentId>,
    /// Others who are asked to come, in the school's own words.
    #[serde(default)]
    pub others: Vec<String>,
    /// Whether the parents have agreed to the date.
    #[serde(default)]
    pub agreed: bool,
}

impl RecordDetails for Meeting {
    const KIND: RecordKind = RecordKind::Meeting;
}

impl Offer {
    /// As it is kept. Errors: 422 for a place or name that cannot be kept, and for a parent who is none of the pupil's.
    pub fn check(self, tx: &mut Tx, pupil_id: PupilId) -> Result<Self> {
        check_parents(tx, pupil_id, &self.parents, "/offer/parents")?;
        let place = name::words(&self.place, "/offer/place", name::LINE)?;
        let others = check_others(self.others, "/offer/others")?;
        Ok(Self { place, others, ..self })
    }

    /// The day, the time and the place.
    pub fn says(&self) -> String {
        let Self { day, at, place, .. } = self;
        format!("{day} at {}, {place}", at.format("%H:%M"))
    }
}

/// What follows from whether the parents agreed to the date: the calls that should agree one fall away, or one opens.
pub(super) fn date_agreed(
    tx: &mut Tx,
    row: &RecordRow,
    offer: &Offer,
    caller: &Caller,
) -> Result<()> {
    let Some(action_id) = row.action_id else { return Ok(()) };
    let asked = actions::action(tx, action_id)?;
    let calls = calls_of(tx, &asked)?;
    if offer.agreed {
        let says = format!("A date is agreed: {}", offer.says());
        for call in calls {
            let done = actions::Done { says: &says, done: true, pupil_id: None };
            actions::add_evidence(tx, &call, &done, caller.subject())?;
        }
    } else if calls.is_empty() {
        actions::open_call_for_a_date(tx, &asked, row.pupil_id)?;
    }
    Ok(())
}

/// The parents are told day, time and place: by the letter of the case that invites them, where one has not left the school
/// yet; else, where that is asked for, by a letter of its own.
pub(super) fn tell_parents(
    tx: &mut Tx,
    row: &RecordRow,
    by_letter: bool,
    caller: &Caller,
) -> Result<()> {
    let invited =
        row.case_id.map(|case_id| cases::write_again(tx, case_id, "meeting")).transpose()?;
    if invited == Some(true) || !by_letter {
        return Ok(());
    }
    let (school_id, pupil_id) = (row.school_id, row.pupil_id);
    let what = LetterOccasion::Appointment;
    let meeting = ("meeting".to_owned(), letters::invitation(&row.details)?);
    let fields = BTreeMap::from([meeting]);
    let occasion = Occasion { what, school_id, pupil_id, fields, held: None };
    letters::write_on(tx, occasion, caller.subject()).map(drop)
}

/// The open calls of the rule and the case that asked for a meeting.
fn calls_of(tx: &mut Tx, asked: &ActionRow) -> Result<Vec<ActionRow>> {
    let Some(case_id) = asked.case_id else { return Ok(Vec::new()) };
    let wanted = actions::ActionFilter {
        school_id: asked.school_id,
        case_id: Some(case_id),
        role: None,
        staff_id: None,
        open: Some(true),
        overdue_on: None,
        due_by: None,
        class: None,
        lapsed: None,
    };
    let open = actions::actions(tx, wanted, None, i64::MAX)?;
    Ok(open.into_iter().filter(|one| one.kind == Do::Call && one.rule == asked.rule).collect())
}
