//! A pupil's case file as it is kept: prepared before any referral, with the evidence as it stood.

use crate::records::{RecordDetails, RecordKind};
use base::prelude::*;
use figures::Check;

/// A pupil's case file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PupilCaseFile {
    /// Why it was prepared, and what stands in it.
    pub says: String,
    /// The evidence as it stood.
    pub evidence: Vec<Check>,
}

impl RecordDetails for PupilCaseFile {
    const KIND: RecordKind = RecordKind::CaseFile;
}
