//! The national code table, for front ends that let people choose a mark.

use domain::CodePeriod;

use base::operation::*;

/// A code, for the dates on which it means this.
#[derive(Debug, Serialize, ToSchema)]
pub struct Code {
    /// As it is written in a register.
    #[schema(example = "I")]
    code: String,
    /// The half of the day it belongs to; absent when both.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Session>)]
    session: Option<Session>,
    /// First day; absent when since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<NaiveDate>,
    /// Last day; absent when still.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<NaiveDate>,
    /// What it means.
    meaning: String,
    /// Where the rule comes from.
    reference: String,
    /// Counts among possible sessions.
    possible: bool,
    /// Counts as absence.
    absent: bool,
    /// Counts as unauthorised absence.
    unauthorised: bool,
    /// Counts as late (L and U).
    late: bool,
    /// Counts as approved educational activity.
    approved: bool,
    /// No longer in force: still read from old systems, with a warning.
    withdrawn: bool,
}

/// The attendance codes
#[utoipa::path(tag = "operation", responses((status = 200, description = "Every code with the dates of each meaning.", body = Vec<Code>)))]
#[get("/v1/codes")]
pub async fn list_codes(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(app.codes.periods().map(Code::from).collect::<Vec<_>>())
}

impl From<&CodePeriod> for Code {
    fn from(period: &CodePeriod) -> Self {
        Self {
            code: period.code.clone(),
            session: period.session,
            from: period.from,
            to: period.to,
            meaning: period.meaning.clone(),
            reference: period.reference.clone(),
            possible: period.counts.possible(),
            absent: period.counts.absent(),
            unauthorised: period.counts.unauthorised(),
            late: period.counts.late(),
            approved: period.counts.approved(),
            withdrawn: period.withdrawn,
        }
    }
}
