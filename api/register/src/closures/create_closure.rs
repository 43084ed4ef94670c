//! A school had to close though it was due to be open: everybody who was due is given the code for it, at once.

use domain::{AcademicYear, CodeTable};

use super::closing::{Closing, NewClosing, Touched};
use super::rows::{self, NewClosure, UnplannedClosure};
use base::operation::*;
use marks::{self, Author, Changed, Moved, Source};
use school::tenants;

/// Whether to do it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateClosureQuery {
    /// `true`: change nothing, and answer what would be touched.
    #[serde(default)]
    preview: bool,
}

/// A closure that was recorded, and what it touched.
#[derive(Serialize, ToSchema)]
pub struct ClosureRecorded {
    /// The closure.
    #[serde(flatten)]
    closure: UnplannedClosure,
    /// The marks, with what stood there before. Each mark's history has it too.
    touched: Touched,
}

/// Record an unplanned closure
///
/// Gives `Y4` to every pupil who was due for these sessions, or `Y3` to those of some year groups when only a part of
/// the school was out of use. The marks are amended with the reason; what stood there before stays in the history. The
/// registers of these sessions count as taken; the calendar stays as it is. A closure that is planned stands in the
/// calendar instead. Needs `mark:amend` and `calendar:write`. With `preview=true` nothing is changed.
#[utoipa::path(tag = "register", security(("token" = ["mark:amend"])), request_body = NewClosing,
    params(SchoolId, CreateClosureQuery, Idempotency),
    responses((status = 200, description = "What would be touched, with `preview=true`.", body = Touched),
        (status = 201, description = "The closure, and what it touched.", body = ClosureRecorded, headers(("Location"))),
        (status = 409, description = "All these sessions have been recorded so already."),
        refusal::CodeNotInForce, refusal::ClosedDay, refusal::NotDue, refusal::FutureMark, refusal::NoCalendar,
        refusal::Taken))]
#[post("/v1/schools/{school_id}/closures")]
pub async fn create_closure(
    caller: May<AmendMark>,
    _may: May<WriteCalendar>,
    app: web::Data<App>,
    path: Path<SchoolId>,
    params: Query<CreateClosureQuery>,
    key: Idempotency,
    body: Json<NewClosing>,
) -> Result<HttpResponse> {
    let school_id = path.0;
    let codes = app.codes.clone();
    if params.0.preview {
        let closing = app.db.snapshot(caller.scope(), move |tx| {
            let year = body.value.check(tenants::today(tx, school_id)?)?;
            Closing::of(tx, school_id, year, &body.value, &codes)
        });
        return Ok(HttpResponse::Ok().json(closing.await?.touched));
    }
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        tenants::school(tx, school_id)?;
        key.once(tx, &caller, &format!("create_closure/{school_id}"), &body.bytes, |tx| {
            let year = body.value.check(tenants::today(tx, school_id)?)?;
            let recorded = record(tx, school_id, year, &body.value, &codes, &caller)?;
            Reply::created(format!("/v1/schools/{school_id}/closures"), &recorded)
        })
    });
    Ok(reply.await?.answer())
}

fn record(
    tx: &mut Tx,
    school_id: SchoolId,
    year: AcademicYear,
    new: &NewClosing,
    codes: &CodeTable,
    caller: &Caller,
) -> Result<ClosureRecorded> {
    let locked = tenants::lock(tx, &[(school_id, year.number())])?;
    let Closing { code, changes, taken, touched } = Closing::of(tx, school_id, year, new, codes)?;
    if changes.is_empty() {
        return Err(Problem::new(Kind::Taken)
            .detail(format!("Every pupil who was due for these sessions has {code} already.")));
    }
    let version =
        locked.bump(tx)?.into_values().next().ok_or_else(|| Problem::internal("no version"))?;
    let reason = new.reason.trim();
    let author = Author {
        source: Source::Amendment,
        by: caller.subject().to_owned(),
        role: caller.role().to_owned(),
        reason: Some(reason.to_owned()),
        job_id: None,
    };
    marks::store(tx, school_id, year.number(), version, &changes, &author)?;
    let taken = marks::newly_taken(tx, school_id, year.number(), &taken, Source::Amendment)?;
    marks::put_taken(tx, school_id, year.number(), version, &taken, Source::Amendment)?;
    let reviewed = marks::reviewed(tx, school_id, (year.first_day(), year.last_day()))?;
    let moved = changes.iter().filter_map(|change| change.moved(year, &reviewed));
    let moved: Vec<Moved> = moved.collect();
    marks::look_again(tx, &moved, Changed { at: version.at, why: reason, source: None }, caller)?;
    let closure = NewClosure {
        school_id,
        year,
        from: new.from,
        to: new.to,
        session: new.session,
        year_groups: new.year_groups.as_deref(),
        code,
        reason,
        marks: i32::try_from(touched.marks).map_err(Problem::internal)?,
    };
    let closure = rows::add_closure(tx, &closure, version, caller.subject())?;
    Ok(ClosureRecorded { closure, touched })
}
