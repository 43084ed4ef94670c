//! A part of a large file.

use sha2::{Digest, Sha256};

use super::rows::{self, UploadPart};
use base::http::body;
use base::operation::*;

/// The most bytes of a part.
const MOST: usize = 8 * 1024 * 1024;
/// The most parts of a file.
const PARTS: i32 = 10_000;
/// The header in which the sender may say what the part is.
const DIGEST: &str = "X-Content-SHA256";

/// Put a part of a large file
///
/// Any bytes, at most 8 MiB. The same part put again replaces the one before. With `X-Content-SHA256` (64 hexadecimal
/// digits) a part that was damaged on its way is refused.
#[utoipa::path(tag = "imports", security(("token" = ["import:run"])),
    params(UploadId, ("part" = i32, Path, description = "Which part, from 1."),
        ("X-Content-SHA256" = Option<String>, Header, description = "SHA-256 of the part, in hexadecimal.")),
    request_body(content = String, content_type = "application/octet-stream", description = "The bytes of the part."),
    responses((status = 200, description = "The part is kept.", body = UploadPart)))]
#[put("/v1/uploads/{upload_id}/parts/{part}")]
pub async fn put_part(
    caller: May<RunImport>,
    app: web::Data<App>,
    http: HttpRequest,
    path: Path<(UploadId, i32)>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let (upload_id, part) = path.0;
    if !(1..=PARTS).contains(&part) {
        return Err(Problem::new(Kind::Invalid).detail(format!("Parts are numbered 1 to {PARTS}.")));
    }
    let bytes = body::whole(payload, MOST).await?;
    let digest = Sha256::digest(&bytes).to_vec();
    if let Some(said) = http.headers().get(DIGEST)
        && !said.as_bytes().eq_ignore_ascii_case(rows::hex(&digest).as_bytes())
    {
        let detail = format!(
            "{DIGEST} is not that of the {} bytes that came: send the part again.",
            bytes.len()
        );
        return Err(Problem::new(Kind::Invalid).detail(detail));
    }
    let kept =
        app.db.run(caller.scope(), move |tx| rows::put_part(tx, upload_id, part, &digest, &bytes));
    Ok(HttpResponse::Ok().json(kept.await?))
}
