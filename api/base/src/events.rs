//! Server-sent events: how far something is, as numbers, until it has ended.
//!
//! The database is read and nothing is remembered, so any instance can tell of work that another does. Each stream asks
//! twice a second, and there are only so many of them.
//!
//! By hand and not by actix-web-lab: of this file it would take `event` and `Events`, some twenty lines. When to look, when
//! to end and how many streams a trust may have are ours either way.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::web::Bytes;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::id::TrustId;
use crate::problem::{Kind, Problem};
use crate::share::{Held, Shares};

/// The media type of a stream.
pub const EVENT_STREAM: &str = "text/event-stream";
/// Streams at once in this process, and of one trust.
const AT_ONCE: (usize, usize) = (200, 50);
/// How often a stream looks whether there is something new.
const LOOK: Duration = Duration::from_millis(500);
/// After so many looks without news it says that it is still there: proxies end what is silent.
const QUIET: u32 = 30;
/// After so many looks it ends, and the client asks anew with a token that is still good: 20 minutes.
const LOOKS: u32 = 2_400;

/// The streams that this process may have at once.
#[derive(Debug, Clone)]
pub struct Streams {
    all: Arc<Semaphore>,
    shares: Shares,
}

impl Default for Streams {
    fn default() -> Self {
        Self::at_once(AT_ONCE)
    }
}

/// The room that a stream takes, until it is dropped.
struct Room(
    #[expect(dead_code, reason = "dropping it makes room")] OwnedSemaphorePermit,
    #[expect(dead_code, reason = "as above")] Held,
);

/// What is told of, at one moment.
pub struct Moment<T> {
    /// What is told.
    pub told: T,
    /// Whether it will not change any more.
    pub ended: bool,
}

impl Streams {
    /// So many at once, and so many of one trust.
    pub fn at_once((all, of_trust): (usize, usize)) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), shares: Shares::of(of_trust) }
    }

    /// Room for one more stream of the trust.
    fn room(&self, trust: TrustId) -> Result<Room, Problem> {
        let full = |what| Problem::unavailable(5, what);
        let share = self.shares.take(trust).ok_or_else(|| full("too many streams of the trust"))?;
        let all = self.all.clone().try_acquire_owned();
        Ok(Room(all.map_err(|_| full("too many streams of events"))?, share))
    }

    /// A stream, for somebody of the trust, of what `read` finds: an event `progress` whenever it differs, and `end` when
    /// it has ended. Errors: what the first reading refuses; 503 when there are too many streams.
    pub async fn follow<T, F, R>(&self, trust: TrustId, read: R) -> Result<HttpResponse, Problem>
    where
        T: Serialize + 'static,
        F: Future<Output = Result<Moment<T>, Problem>> + 'static,
        R: Fn() -> F + 'static,
    {
        let first = read().await?;
        let room = self.room(trust)?;
        let (out, events) = channel(4);
        actix_web::rt::spawn(tell(first, read, out, room));
        Ok(HttpResponse::Ok()
            .content_type(EVENT_STREAM)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // Packing would hold events back until there are enough of them.
            .insert_header(header::ContentEncoding::Identity)
            .body(Events(events)))
    }
}

/// Tells until it has ended or nobody listens any more.
async fn tell<T, F, R>(first: Moment<T>, read: R, out: Sender<Bytes>, _room: Room)
where
    T: Serialize,
    F: Future<Output = Result<Moment<T>, Problem>>,
    R: Fn() -> F,
{
    let (mut standing, mut said, mut quiet) = (Some(first), String::new(), 0);
    for _ in 0..LOOKS {
        quiet += 1;
        if let Some(Moment { told, ended }) = standing {
            let Ok(text) = serde_json::to_string(&told) else { return };
            if ended {
                let _gone = out.send(event("end", &text)).await;
                return;
            }
            if text != said {
                if out.send(event("progress", &text)).await.is_err() {
                    return;
                }
                (said, quiet) = (text, 0);
            }
        }
        if quiet >= QUIET {
            if out.send(Bytes::from_static(b": still here\n\n")).await.is_err() {
                return;
            }
            quiet = 0;
        }
        tokio::select! {
            () = out.closed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        standing = match read().await {
            Ok(standing) => Some(standing),
            // The database is away for a moment: so is the news.
            Err(problem) if problem.kind() == Kind::Unavailable => None,
            Err(_) => return,
        };
    }
}

/// One event. JSON has no line breaks, so its data is one line.
fn event(name: &str, data: &str) -> Bytes {
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// The body of a stream.
struct Events(Receiver<Bytes>);

impl MessageBody for Events {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}
