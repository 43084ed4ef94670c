//! Where the cases of a school's pupils stand, beside their figures.

use base::prelude::*;
use casework::cases::{self, CaseRow};

/// Where a pupil's case stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseStanding {
    /// The case.
    #[schema(example = 205)]
    case_id: CaseId,
    /// Its stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Stage 2")]
    stage: Option<String>,
    /// Since when it is there.
    since: NaiveDate,
}

impl From<CaseRow> for CaseStanding {
    fn from(row: CaseRow) -> Self {
        Self { case_id: row.case_id, stage: row.stage, since: row.since }
    }
}

/// The open cases of a school, by pupil.
pub fn standings(tx: &mut Tx, school_id: SchoolId) -> Result<BTreeMap<PupilId, CaseStanding>> {
    let open = cases::open_rows(tx, school_id)?;
    Ok(open.into_iter().map(|row| (row.pupil_id, row.into())).collect())
}
