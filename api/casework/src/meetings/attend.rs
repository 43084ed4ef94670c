//! Who came to a meeting, or that nobody came: recorded once, and the case goes on.

use actix_web::http::StatusCode;

use super::case_after::case_after;
use super::meeting::Meeting;
use super::note::Said;
use crate::recording::{CaseMoved, Forward, Record, check_others, check_parents, evidence};
use crate::records::{self, RecordEntry, RecordRow, RecordState, record_to_change};
use base::operation::*;
use figures::Counting;
use school::tenants;

/// Who came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// The parents who came; without any the meeting was not attended.
    #[serde(default)]
    parents: Vec<ParentId>,
    /// Staff and others who came, in your own words.
    #[serde(default)]
    others: Vec<String>,
    /// The local authority's officer who came, such as to a Team around the Family meeting.
    #[serde(default)]
    #[schema(example = "Mr Haddad, LAAO")]
    officer: Option<String>,
    /// Whether the parents said that they will not come at all.
    #[serde(default)]
    refused: bool,
    /// What was said and agreed.
    #[serde(default)]
    said: Said,
}

/// A meeting that was held or missed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttendedMeeting {
    /// The meeting.
    meeting: Record<Meeting>,
    /// What became of the case; absent when the meeting belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseMoved>,
}

impl Attendance {
    fn state(&self) -> RecordState {
        match (self.refused, self.parents.is_empty()) {
            (true, _) => RecordState::Refused,
            (false, false) => RecordState::Attended,
            (false, true) => RecordState::NotAttended,
        }
    }

    fn check(&self, tx: &mut Tx, of: &RecordRow, meeting: &Meeting) -> Result<()> {
        check_parents(tx, of.pupil_id, &self.parents, "/parents")?;
        if self.refused && !self.parents.is_empty() {
            let expected = "nobody, when the parents refused to come";
            return Err(Problem::at(Kind::Invalid, "/parents", expected));
        }
        if !self.refused && meeting.offer.day > tenants::today(tx, of.school_id)? {
            let expected = format!("nothing before the day of the meeting, {}", meeting.offer.day);
            return Err(Problem::at(Kind::Invalid, "/parents", expected));
        }
        Ok(())
    }
}

/// Record who came to a meeting
///
/// Where the case's stage waits for the meeting the case goes on at once, as its policy says of parents who attend, do
/// not attend or refuse. A missed meeting counts when the policy itself offers another, and otherwise when two offers
/// five school days apart were missed; the answer says which. Recorded again it is corrected; the case does not go
/// back.
#[utoipa::path(tag = "meetings", security(("token" = ["case:record"])), request_body = Attendance,
    params(RecordId, IfMatch, Idempotency),
    responses((status = 200, description = "The meeting, and what became of the case.", body = AttendedMeeting),
        refusal::NoCalendar))]
#[post("/v1/meetings/{record_id}/attendance")]
pub async fn record_attendance(
    caller: May<RecordCase>,
    app: web::Data<App>,
    counting: web::Data<Counting>,
    path: Path<RecordId>,
    conditions: Conditions,
    key: Idempotency,
    body: Json<Attendance>,
) -> Result<HttpResponse> {
    let Json { value: said, bytes } = body;
    let of_case =
        app.db.run(caller.scope(), move |tx| records::case_of::<Meeting>(tx, path.0)).await?;
    let forward = Forward::of(&counting, caller.scope(), of_case).await?;
    let operation = format!("record_attendance/{}", path.0);
    key.write(caller, operation, bytes, move |tx, caller| {
        let before = record_to_change::<Meeting>(tx, path.0, &conditions)?;
        let mut meeting: Meeting = before.read()?;
        said.check(tx, &before, &meeting)?;
        let state = said.state();
        let confidential = said.said.write(&mut meeting)?;
        meeting.parents_came = said.parents;
        meeting.others_came = check_others(said.others, "/others")?;
        let officer = said.officer.map(|officer| name::words(&officer, "/officer", name::LINE));
        meeting.officer_came = officer.transpose()?;
        let officer = meeting.officer_came.as_ref();
        let officer = officer.map(|who| format!("; for the authority: {who}")).unwrap_or_default();
        let says = format!("{} on {}: {state}{officer}", meeting.kind, meeting.offer.day);
        let standing = RecordEntry {
            state,
            day: meeting.offer.day,
            says,
            details: &meeting,
            confidential: confidential.as_ref(),
        };
        let row = records::change(tx, &before, &standing, caller)?;
        let case = case_after(tx, caller, &forward, &row, &meeting)?;
        let over = state != RecordState::NotAttended || case.as_ref().is_none_or(|case| case.moved);
        evidence(tx, (row.action_id, row.pupil_id), (&row.says, over), caller)?;
        Reply::new(StatusCode::OK, &AttendedMeeting { meeting: Record::of(&row)?, case })
    })
    .await
}
