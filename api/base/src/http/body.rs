//! Bodies of requests: how large one may be, and how long it may take to arrive.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_core::Stream;

use crate::problem::{Kind, Problem};

/// The most bytes of a body that is no file.
pub const MOST: usize = 2 * 1024 * 1024;
/// How long a body may take beside the time that its length gives it.
const PATIENCE: Duration = Duration::from_secs(10);
/// The slowest that a body may come, in bytes a second.
const SLOWEST: usize = 8 * 1024;

/// A whole body, as it came.
#[derive(Debug)]
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        Box::pin(async move { whole(payload, MOST).await.map(Self) })
    }
}

/// Waits for a body of at most so many bytes.
///
/// # Errors
/// 413 when it is larger; 408 when it does not arrive: a connection is not kept for what trickles in.
pub async fn whole(
    payload: impl Stream<Item = Result<Bytes, PayloadError>>,
    most: usize,
) -> Result<Bytes, Problem> {
    let mut payload = std::pin::pin!(payload);
    let (since, mut bytes) = (Instant::now(), BytesMut::new());
    loop {
        let due = PATIENCE + Duration::from_secs(u64::try_from(bytes.len() / SLOWEST).unwrap_or(0));
        let chunk = poll_fn(|context| payload.as_mut().poll_next(context));
        let chunk = tokio::time::timeout(due.saturating_sub(since.elapsed()), chunk).await;
        let Some(chunk) = chunk.map_err(|_| Problem::new(Kind::BodyLate))? else {
            return Ok(bytes.freeze());
        };
        let chunk = chunk
            .map_err(|_| Problem::new(Kind::BadBody).detail("The body did not arrive whole."))?;
        if bytes.len() + chunk.len() > most {
            let mib = most / 1024 / 1024;
            return Err(Problem::new(Kind::TooLarge).detail(format!("A body may have {mib} MiB.")));
        }
        bytes.extend_from_slice(&chunk);
    }
}
