//! A penalty notice as it is kept and as it goes over the wire. Amounts are whole pence.

use domain::national::{NextNotice, PenaltyNotice};

use super::rows::NoticeRow;

use base::prelude::*;

/// All that is known of a notice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Details {
    /// 1 for the first to this parent for this child in the years that count, 2 for the second.
    #[schema(example = 1)]
    pub number: u8,
    /// First day of the weeks that it rests on; of one that was given before the school came here the first day of the
    /// absence, where the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day of these weeks, or of that absence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// The sessions of unauthorised absence that it rests on: they are used.
    pub sessions: Vec<Missed>,
    /// Whether they reached the national threshold when it was proposed.
    pub reached: bool,
    /// Why, when they did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why a person decided against it; only for those who have the permission `safeguarding:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived_because: Option<String>,
    /// What is to be paid.
    pub amount: Amount,
    /// When the local authority issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<NaiveDate>,
    /// When it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<NaiveDate>,
    /// How much was paid, in pence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8000)]
    pub paid_pence: Option<u32>,
    /// The local authority's number of it, when a file told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PN-2025-0117")]
    pub reference: Option<String>,
    /// The local authority, when a file told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The import with which it came as it stands; absent once something was done about it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    pub import_id: Option<ImportId>,
}

/// A session that was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Missed {
    /// The date.
    pub date: NaiveDate,
    /// The session.
    #[schema(value_type = words::Session)]
    pub session: Session,
}

/// What is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Amount {
    /// In pence.
    #[schema(example = 16000)]
    pub pence: u32,
    /// Within so many days.
    #[schema(example = 28)]
    pub days: u32,
    /// In pence, when it is paid early; absent when early payment makes no difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8000)]
    pub early_pence: Option<u32>,
    /// Early is within so many days, the day of receipt included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 21)]
    pub early_days: Option<u32>,
}

/// The number and the amount of the next notice; `None` when there may be none.
pub fn next(law: &PenaltyNotice, next: NextNotice) -> Option<(u8, Amount)> {
    let (number, pence, early_pence) = match next {
        NextNotice::First => (1, law.first_pence, Some(law.first_early_pence)),
        NextNotice::Second => (2, law.second_pence, None),
        NextNotice::NoneBefore(_) => return None,
    };
    let early_days = early_pence.map(|_| law.early_days);
    Some((number, Amount { pence, days: law.days, early_pence, early_days }))
}

/// A penalty notice as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParentNotice {
    /// Rollcall's key.
    #[schema(example = 17)]
    pub notice_id: NoticeId,
    /// The child.
    pub pupil_id: PupilId,
    /// The parent.
    pub parent_id: ParentId,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The school that asks the local authority.
    pub school_id: SchoolId,
    /// How it stands.
    pub state: words::NoticeState,
    /// Since which day.
    pub day: NaiveDate,
    /// What was said of it.
    pub says: String,
    /// All that is known of it.
    pub details: Details,
    /// Names this state: send it as `If-Match` with what changes it.
    pub etag: String,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
}

impl ParentNotice {
    /// Without what is confidential. Every answer to a write is of this form, because answers are
    /// kept for those who send a request twice.
    pub fn of(row: &NoticeRow) -> Result<Self> {
        Self::shown(row, false)
    }

    /// As it goes over the wire; why it was waived stands there when it is shown whole.
    pub fn shown(row: &NoticeRow, whole: bool) -> Result<Self> {
        let mut details = row.read()?;
        details.waived_because = details.waived_because.filter(|_| whole);
        Ok(Self {
            notice_id: row.notice_id,
            pupil_id: row.pupil_id,
            parent_id: row.parent_id,
            case_id: row.case_id,
            school_id: row.asking_school,
            state: row.state,
            day: row.day,
            says: row.says.clone(),
            details,
            etag: row.etag().as_str().to_owned(),
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by.clone(),
            role: row.role.clone(),
        })
    }
}
