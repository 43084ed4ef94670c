//! A record as it goes over the wire: how it stands, and what it was before.

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::IntoParams;

use crate::cases;
use crate::records::{self, Confidential, RecordDetails, RecordFilter, RecordRow, RecordState};
use base::http::page::Slice;
use base::prelude::*;
use roll::pupils;
use school::tenants;

/// A record as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record<T> {
    /// Rollcall's key.
    #[schema(example = 61)]
    pub record_id: RecordId,
    /// The school.
    pub school_id: SchoolId,
    /// The pupil.
    pub pupil_id: PupilId,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// The action that asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_id: Option<ActionId>,
    /// How it stands.
    pub state: RecordState,
    /// The day it is about.
    pub day: NaiveDate,
    /// How it stands, in plain English.
    pub says: String,
    /// All that is known of it.
    pub details: T,
    /// Whether something confidential was recorded with it.
    pub has_confidential: bool,
    /// What that is; only for those who have the permission `safeguarding:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<Confidential>,
    /// Names this state: send it as `If-Match` with what changes it.
    pub etag: String,
    /// When this was recorded (UTC).
    pub recorded_at: DateTime<Utc>,
    /// By whom.
    pub recorded_by: String,
    /// In which role.
    pub role: String,
    /// Where a case brought it along when its pupil moved inside the trust: the record at the school before, of which
    /// this goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<RecordId>,
}

impl<T: RecordDetails> Record<T> {
    /// Without what is confidential. Every answer to a write is of this form, because answers are
    /// kept for those who send a request twice.
    pub fn of(row: &RecordRow) -> Result<Self> {
        Ok(Self {
            record_id: row.record_id,
            school_id: row.school_id,
            pupil_id: row.pupil_id,
            case_id: row.case_id,
            action_id: row.action_id,
            state: row.state,
            day: row.day,
            says: row.says.clone(),
            details: row.read()?,
            has_confidential: row.confidential.is_some(),
            confidential: None,
            etag: row.etag().as_str().to_owned(),
            recorded_at: row.recorded_at,
            recorded_by: row.recorded_by.clone(),
            role: row.role.clone(),
            carried_from: row.carried_from,
        })
    }

    fn shown(row: &RecordRow, whole: bool) -> Result<Self> {
        let known = row.confidential.clone().filter(|_| whole);
        let confidential =
            known.map(serde_json::from_value).transpose().map_err(Problem::internal)?;
        Ok(Self { confidential, ..Self::of(row)? })
    }
}

/// A record with all its earlier states.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told<T> {
    /// How it stands.
    pub now: Record<T>,
    /// How it stood before, earliest first.
    pub before: Vec<Record<T>>,
}

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those of this school. A school, a pupil or a case has to be named.
    school_id: Option<SchoolId>,
    /// Only this pupil's.
    pupil_id: Option<PupilId>,
    /// Only this case's.
    case_id: Option<CaseId>,
    /// Only those in this state.
    state: Option<RecordState>,
    limit: Option<u16>,
    cursor: Option<String>,
}

/// A page of records as they stand, in the order in which they were first recorded. Errors: 404 for a school, pupil or
/// case that the caller may not know of.
pub async fn list<T: RecordDetails + ToSchema>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    which: Which,
) -> Result<HttpResponse> {
    let Which { school_id, pupil_id, case_id, state, limit, cursor } = which;
    if school_id.is_none() && pupil_id.is_none() && case_id.is_none() {
        return Err(Problem::at(Kind::BadQuery, "?school_id", "a school, a pupil or a case"));
    }
    if state.is_some_and(|state| !T::KIND.states().contains(&state)) {
        let states: Vec<&str> = T::KIND.states().iter().map(|state| state.text()).collect();
        let expected = format!("one of {}", states.join(", "));
        return Err(Problem::at(Kind::BadQuery, "?state", expected));
    }
    let filter = (T::KIND, school_id, pupil_id, case_id, state);
    let slice = Slice::<RecordId>::read(limit, cursor.as_deref(), &filter)?;
    let whole = caller.sees_confidential(app);
    let page = app.db.run(caller.scope(), move |tx| {
        school_id.map(|id| tenants::school(tx, id)).transpose()?;
        pupil_id.map(|id| pupils::pupil(tx, id)).transpose()?;
        case_id.map(|id| cases::case(tx, id)).transpose()?;
        let wanted = RecordFilter { school_id, pupil_id, case_id, state };
        let rows = records::records::<T>(tx, wanted, slice.after, slice.fetch())?;
        let shown: Result<Vec<Record<T>>> =
            rows.iter().map(|row| Record::shown(row, whole)).collect();
        Ok(slice.page(shown?, |record| record.record_id))
    });
    Ok(page.await?.answer(request))
}

/// One record, with its history and its ETag. Errors: 404.
pub async fn one<T: RecordDetails>(
    app: &web::Data<App>,
    caller: &Caller,
    record_id: RecordId,
) -> Result<HttpResponse> {
    let whole = caller.sees_confidential(app);
    let rows = app.db.run(caller.scope(), move |tx| records::history::<T>(tx, record_id)).await?;
    let tag = rows.last().map(RecordRow::etag).ok_or_else(Problem::not_found)?;
    let shown = |row| Record::<T>::shown(row, whole);
    let mut before = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    let now = before.pop().ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header(("ETag", tag.as_str())).json(Told { now, before }))
}
