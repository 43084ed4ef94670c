//! A file is sent in.

use super::request::{ImportKind, Options, Request};
use super::rows::{self, Import};
use base::db::Schools;
use base::http::body;
use base::http::json::media_type;
use base::jobs;
use base::operation::*;
use school::tenants;

/// The most bytes of a file.
const MOST: usize = 256 * 1024 * 1024;

/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What to do with the file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreateImportQuery {
    /// What the file says.
    kind: ImportKind,
    /// The school that the file is for. Without it every row names its school in the column `urn`; that needs a token
    /// for the whole trust.
    school_id: Option<SchoolId>,
    /// What you call the file.
    file_name: Option<String>,
    /// `true`: only say what would happen.
    #[serde(default)]
    dry_run: bool,
    /// The sheet of a workbook; the first when absent.
    sheet: Option<String>,
    /// `true`, for pupils: the file is the whole roll of its schools. Who is on roll and not in it has left.
    #[serde(default)]
    complete: bool,
    /// With `complete`: the day on which the roll is so; today when absent. Who is not in the file left the day before.
    as_of: Option<NaiveDate>,
    /// With `complete`: `true` lets more than half of a roll leave, which is otherwise refused.
    #[serde(default)]
    insist: bool,
    /// `true`, for marks: the file only fills what is missing. What stands in a register stays, and so does every register
    /// that was taken here; what the roll or the calendar does not allow is left aside and counted. Only a reason that an
    /// import left open is replaced.
    #[serde(default)]
    fill: bool,
    /// For schools and groups: the trust's group UID in Get Information About Schools.
    group_uid: Option<String>,
    /// For schools: URNs, parted by commas, of schools that are the trust's whatever their group.
    urn: Option<String>,
    /// The file came in parts: take those of this upload, and no body.
    upload_id: Option<UploadId>,
}

impl CreateImportQuery {
    /// What is asked, if it can be.
    fn request(self) -> Result<Request> {
        let Self { kind, school_id, file_name, dry_run, sheet, .. } = self;
        let Self { complete, as_of, insist, fill, group_uid, urn, .. } = self;
        if kind.is_of_the_trust() && school_id.is_some() {
            return Err(Problem::at(
                Kind::Invalid,
                "?school_id",
                "no school: the file is the trust's",
            ));
        }
        if kind == ImportKind::Groups && group_uid.is_none() {
            return Err(Problem::at(Kind::Invalid, "?group_uid", "the UID of the trust's group"));
        }
        if complete && kind != ImportKind::Pupils {
            return Err(Problem::at(Kind::Invalid, "?complete", "only with kind=pupils"));
        }
        if fill && kind != ImportKind::Marks {
            return Err(Problem::at(Kind::Invalid, "?fill", "only with kind=marks"));
        }
        if !complete && as_of.is_some() {
            return Err(Problem::at(Kind::Invalid, "?as_of", "only with complete=true"));
        }
        if !complete && insist {
            return Err(Problem::at(Kind::Invalid, "?insist", "only with complete=true"));
        }
        if as_of.is_some_and(|day| AcademicYear::of(day).is_none()) {
            let expected = "a day between 1 August 1990 and 31 July 2200";
            return Err(Problem::at(Kind::Invalid, "?as_of", expected));
        }
        let kept = |text: String, most: usize| {
            text.trim().chars().filter(|c| !c.is_control()).take(most).collect::<String>()
        };
        let file_name = file_name.map(|name| kept(name, 200)).filter(|name| !name.is_empty());
        let sheet = sheet.map(|name| kept(name, 100)).filter(|name| !name.is_empty());
        let urns = urn.iter().flat_map(|urns| urns.split(',')).map(|urn| urn.trim().to_owned());
        let urns = urns.filter(|urn| !urn.is_empty()).collect();
        let group_uid = group_uid.map(|uid| kept(uid, 20));
        let options = Options { sheet, complete, as_of, insist, fill, group_uid, urns };
        Ok(Request { kind, school_id, file_name, dry_run, options })
    }
}

/// Send a file
///
/// CSV or a workbook (XLSX), as the body. The answer comes at once; the work is a job, and the import tells how far it is and what it came
/// to. A file with any problem changes nothing: every problem names its line, column and value and what was expected.
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])), params(CreateImportQuery, Idempotency),
    request_body(content = String, content_type = "text/csv", description = "The file: comma, semicolon or tab; UTF-8, UTF-16 with a byte order mark, or Windows-1252."),
    responses((status = 202, description = "Taken; `Location` tells how it goes.", body = Import, headers(("Location")))))]
#[post("/v1/imports")]
pub async fn create_import(
    caller: May<RunImport>,
    app: web::Data<App>,
    http: HttpRequest,
    params: Query<CreateImportQuery>,
    key: Idempotency,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let upload_id = params.0.upload_id;
    if upload_id.is_none()
        && !matches!(
            media_type(&http).as_str(),
            "text/csv" | "text/plain" | "application/octet-stream" | "application/csv" | WORKBOOK
        )
    {
        let detail = format!("Send `Content-Type: text/csv`, or `{WORKBOOK}` for a workbook.");
        return Err(Problem::new(Kind::UnsupportedMedia).detail(detail));
    }
    let request = params.0.request()?;
    let school_id = request.school_id;
    if school_id.is_none() && *caller.scope().schools() != Schools::All {
        return Err(Problem::at(
            Kind::Invalid,
            "?school_id",
            "the school: your token is not for the whole trust",
        ));
    }
    request.kind.check(&app.roles, &caller)?;
    let bytes = body::whole(payload, MOST).await?;
    let reply = app.db.run(&caller.scope().clone(), move |tx| {
        if let Some(school_id) = school_id {
            tenants::school(tx, school_id)?;
        }
        let (school, upload) = (school_id.map(SchoolId::number), upload_id.map(UploadId::number));
        key.once(
            tx,
            &caller,
            &format!(
                "create_import/{:?}/{school:?}/{}/{:?}/{upload:?}",
                request.kind, request.dry_run, request.options
            ),
            &bytes,
            |tx| {
                let job_id = jobs::enqueue(tx, super::KIND, school_id, &caller)?;
                match upload_id {
                    Some(upload_id) => rows::add_uploaded(tx, job_id, &request, (upload_id, MOST))?,
                    None => rows::add(tx, job_id, &request, &bytes)?,
                }
                Reply::accepted(format!("/v1/imports/{job_id}"), &rows::import(tx, job_id.into())?)
            },
        )
    });
    Ok(reply.await?.answer())
}
