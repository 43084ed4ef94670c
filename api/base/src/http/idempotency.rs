//! `Idempotency-Key`: the same request sent twice is done once and answered alike.
//!
//! Owns: idempotency.
//!
//! The answer is kept in Postgres in the transaction that did the work, so that neither can stand without the other.
//! A key belongs to one trust, one client, one operation and one body, and its answer to the schools that the client's token
//! had: with a token for others it is not given again. A key holds for some days: whoever tries again later has lost more
//! than an answer. Never used for answers that show a secret.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Timestamptz};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::header;

use crate::auth::{Caller, May};
use crate::db::{Db, Schools, Scope, Tx};
use crate::id::SchoolId;
use crate::problem::{Kind, Problem};
use crate::state::App;
use schema::idempotency;

/// How long a key holds.
const HOLDS: TimeDelta = TimeDelta::days(7);

/// What a write answers: status, `Location` and body. This is what is kept and replayed.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    location: Option<String>,
    body: Value,
    replayed: bool,
}

impl Reply {
    /// An answer with this status and body.
    ///
    /// # Errors
    /// The body cannot be written as JSON.
    pub fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_value(body).map_err(Problem::internal)?;
        Ok(Self { status: status.as_u16(), location: None, body, replayed: false })
    }

    /// 200 with what stands now.
    ///
    /// # Errors
    /// As [`Reply::new`].
    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, body)
    }

    /// 201 with the new resource and where it is.
    ///
    /// # Errors
    /// As [`Reply::new`].
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::new(StatusCode::CREATED, body)? })
    }

    /// 202 with the resource that will tell how the work goes.
    ///
    /// # Errors
    /// As [`Reply::new`].
    pub fn accepted(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::new(StatusCode::ACCEPTED, body)? })
    }

    /// The same, and where the resource that it is about can be read.
    pub fn at(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// As an HTTP answer.
    pub fn answer(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(location) = self.location {
            response.insert_header(("Location", location));
        }
        if self.replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        response.json(self.body)
    }
}

/// The key of a request, if it carries one, and where its answer is kept.
#[derive(Clone)]
pub struct Idempotency {
    key: Option<String>,
    db: Db,
}

impl FromRequest for Idempotency {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = match request.headers().get("Idempotency-Key").map(|value| value.to_str()) {
            None => Ok(None),
            Some(Ok(key)) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
            Some(_) => Err(Problem::new(Kind::Invalid)
                .detail("Idempotency-Key is 1 to 255 visible characters.")),
        };
        let app = request.app_data::<web::Data<App>>();
        let db = app.ok_or_else(|| Problem::internal("the application's data is not mounted"));
        let both = key.and_then(|key| Ok(Self { key, db: db?.db.clone() }));
        std::future::ready(both)
    }
}

impl IntoParams for Idempotency {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "A value of your own; the same request with the same key is done once. It holds for 7 days.";
        header::optional("Idempotency-Key", description)
    }
}

impl Idempotency {
    /// Does `work` in a transaction of the caller's, once for this key, and answers with its reply.
    ///
    /// # Errors
    /// What `work` refuses; a key that was used for another body; 503 when the database is away or busy.
    pub async fn write<P: Send + 'static>(
        self,
        caller: May<P>,
        operation: impl Into<String>,
        body: web::Bytes,
        work: impl FnOnce(&mut Tx<'_>, &Caller) -> Result<Reply, Problem> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let (db, scope, operation) = (self.db.clone(), caller.scope().clone(), operation.into());
        let reply = db.run(&scope, move |tx| {
            self.once(tx, &caller, &operation, &body, |tx| work(tx, &caller))
        });
        Ok(reply.await?.answer())
    }

    /// Does `work` once for this key; a second time the kept answer is given again.
    ///
    /// # Errors
    /// What `work` refuses; a key that was used for another body.
    pub fn once(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        operation: &str,
        body: &[u8],
        work: impl FnOnce(&mut Tx<'_>) -> Result<Reply, Problem>,
    ) -> Result<Reply, Problem> {
        let Some(key) = &self.key else { return work(tx) };
        let hash = Sha256::digest(body).to_vec();
        // Two requests with one key at once: the second waits here until the first has committed.
        tx.take_turns(&format!("{}/{operation}/{key}", caller.subject()))?;
        let this = (tx.trust(), caller.subject(), operation, key);
        let holds_no_longer = idempotency::recorded_at.lt(tx.now() - HOLDS);
        diesel::delete(idempotency::table.find(this).filter(holds_no_longer)).execute(tx.conn)?;
        if let Some(kept) = find(tx, caller, operation, key)? {
            return if kept.0 == hash { Ok(kept.1) } else { Err(Problem::new(Kind::KeyReused)) };
        }
        let reply = work(tx)?;
        forget(tx)?;
        let kept = diesel::insert_into(idempotency::table)
            .values((
                idempotency::trust_id.eq(tx.trust()),
                idempotency::client.eq(caller.subject()),
                idempotency::operation.eq(operation),
                idempotency::key.eq(key),
                idempotency::body_hash.eq(hash),
                idempotency::status.eq(i16::try_from(reply.status).unwrap_or(200)),
                idempotency::location.eq(&reply.location),
                idempotency::body.eq(&reply.body),
                idempotency::recorded_at.eq(tx.now()),
                idempotency::school_ids.eq(schools(tx.scope())),
            ))
            .on_conflict_do_nothing()
            .execute(tx.conn)?;
        // What row-level security hides is there all the same.
        if kept == 1 { Ok(reply) } else { Err(Problem::new(Kind::KeyReused)) }
    }
}

/// The schools of a scope; none are named where it has all of them, so that no lesser one sees the answer.
fn schools(scope: &Scope) -> Vec<SchoolId> {
    match scope.schools() {
        Schools::All => Vec::new(),
        Schools::Only(list) => list.clone(),
    }
}

/// Deletes some keys of the trust that hold no longer: more than are added, so that they do not grow.
fn forget(tx: &mut Tx<'_>) -> Result<(), Problem> {
    diesel::sql_query(
        "DELETE FROM idempotency WHERE trust_id = $1 AND (client, operation, key) IN ( \
             SELECT client, operation, key FROM idempotency WHERE trust_id = $1 AND recorded_at < $2 \
             ORDER BY recorded_at LIMIT 10 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<Integer, _>(tx.trust())
    .bind::<Timestamptz, _>(tx.now() - HOLDS)
    .execute(tx.conn)?;
    Ok(())
}

type Kept = (Vec<u8>, Reply);
type Row = (Vec<u8>, i16, Option<String>, Value, Vec<SchoolId>);

fn find(
    tx: &mut Tx<'_>,
    caller: &Caller,
    operation: &str,
    key: &str,
) -> Result<Option<Kept>, Problem> {
    let row: Option<Row> = idempotency::table
        .find((tx.trust(), caller.subject(), operation, key))
        .select((
            idempotency::body_hash,
            idempotency::status,
            idempotency::location,
            idempotency::body,
            idempotency::school_ids,
        ))
        .first(tx.conn)
        .optional()?;
    let seen = |schools: &[SchoolId]| schools.iter().all(|school| tx.scope().covers(*school));
    let row = row.filter(|(.., schools)| seen(schools));
    Ok(row.map(|(hash, status, location, body, _)| {
        (
            hash,
            Reply { status: u16::try_from(status).unwrap_or(200), location, body, replayed: true },
        )
    }))
}
