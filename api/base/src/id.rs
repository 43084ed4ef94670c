//! Ids: numbers that say what they number, so that a pupil's is never taken for a school's.
//!
//! They are numbers in JSON, in paths and in the tables; only what knows no ids (`domain`, `analytics`) is given the
//! plain number, and what it answers becomes an id again at once. Each also describes its path parameter:
//! `params(PupilId)`. `api/ids.rs` reads the list below, so that the document shows a field as the number that it is.
//!
//! ```compile_fail,E0308
//! use base::id::{PupilId, SchoolId};
//!
//! fn enrol(_: SchoolId, _: PupilId) {}
//! # let (school_id, pupil_id) = (SchoolId::new(7), PupilId::new(4711));
//! enrol(pupil_id, school_id);
//! ```
//!
//! ```
//! # use base::id::{PupilId, SchoolId};
//! # fn enrol(_: SchoolId, _: PupilId) {}
//! # let (school_id, pupil_id) = (SchoolId::new(7), PupilId::new(4711));
//! enrol(school_id, pupil_id);
//! ```

use diesel::sql_types::{BigInt, Integer};
use utoipa::PartialSchema;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};

/// Declares ids: the number behind it, its type in the tables; its path parameter, with a description and an example.
macro_rules! ids {
    ($($id:ident($number:ident, $sql:ident) = $parameter:literal, $description:literal, $example:literal;)+) => {$(
        #[doc = concat!("`", $parameter, "`: ", $description)]
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[serde(transparent)]
        #[diesel(sql_type = $sql)]
        pub struct $id($number);

        impl $id {
            /// No id is below it.
            pub const MIN: Self = Self($number::MIN);
            /// No id is above it.
            pub const MAX: Self = Self($number::MAX);

            /// The id with this number.
            pub const fn new(number: $number) -> Self {
                Self(number)
            }

            /// Its number, for what knows no ids.
            pub const fn number(self) -> $number {
                self.0
            }
        }

        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $id {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$id> for serde_json::Value {
            fn from(id: $id) -> Self {
                id.0.into()
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<$sql, DB> for $id
        where
            $number: diesel::serialize::ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<$sql, DB> for $id
        where
            $number: diesel::deserialize::FromSql<$sql, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                $number::from_sql(bytes).map(Self)
            }
        }

        impl utoipa::PartialSchema for $id {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $number::schema()
            }
        }

        impl utoipa::ToSchema for $id {}

        impl utoipa::IntoParams for $id {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![
                    ParameterBuilder::new()
                        .name($parameter)
                        .parameter_in(ParameterIn::Path)
                        .required(Required::True)
                        .description(Some($description))
                        .example(Some($example.into()))
                        .schema(Some($number::schema()))
                        .build(),
                ]
            }
        }
    )+};
}

ids! {
    ActionId(i32, Integer) = "action_id", "The action.", 314;
    AdjustmentId(i32, Integer) = "adjustment_id", "The adjustment.", 5;
    AttemptId(i32, Integer) = "attempt_id", "The attempt to reach a family.", 93;
    AwardId(i32, Integer) = "award_id", "The award.", 118;
    CaseId(i32, Integer) = "case_id", "The case.", 205;
    ClassId(i32, Integer) = "class_id", "The class.", 31;
    ClientId(i32, Integer) = "client_id", "The client.", 12;
    ClosureId(i32, Integer) = "closure_id", "The closure.", 3;
    DecisionId(i32, Integer) = "decision_id", "The decision.", 4;
    DrawId(i32, Integer) = "draw_id", "The prize draw.", 4;
    EnrolmentId(i32, Integer) = "enrolment_id", "The enrolment.", 5120;
    EqualityId(i32, Integer) = "equality_id", "The record.", 2;
    ImportId(i64, BigInt) = "import_id", "The import.", 31;
    ItemId(i32, Integer) = "item", "The item of the review.", 3;
    JobId(i64, BigInt) = "job_id", "The job.", 31;
    LeaveId(i32, Integer) = "leave_id", "The request.", 12;
    LetterId(i32, Integer) = "letter_id", "The letter.", 87;
    MessageId(i32, Integer) = "message_id", "The message.", 17;
    NoticeId(i32, Integer) = "notice_id", "The notice.", 19;
    ParentId(i32, Integer) = "parent_id", "The parent.", 812;
    PupilId(i32, Integer) = "pupil_id", "The pupil.", 4711;
    RecordId(i32, Integer) = "record_id", "The record.", 61;
    ReportId(i32, Integer) = "report_id", "The report.", 41;
    ReviewId(i32, Integer) = "review_id", "The review.", 51;
    RunId(i64, BigInt) = "run_id", "The run.", 12;
    SchoolId(i32, Integer) = "school_id", "The school.", 7;
    StaffId(i32, Integer) = "staff_id", "The member of staff.", 41;
    TrustId(i32, Integer) = "trust_id", "The trust.", 1;
    UploadId(i64, BigInt) = "upload_id", "The upload.", 5;
}

impl TrustId {
    /// The platform, which is no trust and owns nothing.
    pub const PLATFORM: Self = Self(0);
}

/// What a job carries out has its number.
macro_rules! carried_out {
    ($($id:ident)+) => {$(
        impl $id {
            /// Its job.
            pub const fn job(self) -> JobId {
                JobId(self.0)
            }
        }

        impl From<JobId> for $id {
            fn from(job: JobId) -> Self {
                Self(job.0)
            }
        }
    )+};
}

carried_out!(ImportId RunId);
