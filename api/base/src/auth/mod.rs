//! Who are you, and what may you do? Token to [`Caller`], permission to handler argument.
//!
//! Nothing else reads the `Authorization` header. A handler that wants the caller names the permission it needs in the
//! type of its argument, [`May<P>`]: without the permission there is no argument and the handler does not run.

pub mod permission;

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::db::Scope;
use crate::limit::Asker;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::tokens::basis::Basis;
use crate::tokens::token::Claims;
use permission::{Permission, ReadSafeguarding};

/// Who is asking: taken from a token whose signature, issuer, audience and times are right.
#[derive(Debug, Clone)]
pub struct Caller {
    scope: Scope,
    subject: String,
    role: String,
    basis: Option<Basis>,
}

impl Caller {
    /// Only the job runner makes callers beside the token check: whoever asked for a job goes on asking in it.
    pub(crate) fn of_job(scope: Scope, subject: String, role: String) -> Self {
        Self { scope, subject, role, basis: None }
    }

    /// What the caller's token rests on; nothing where a job goes on.
    pub fn basis(&self) -> Option<&Basis> {
        self.basis.as_ref()
    }

    /// Asks again whether the token's ground still stands, for what goes on after the request was let in.
    ///
    /// # Errors
    /// 401 when it was taken back; 503 when that is not known.
    pub async fn still_may(&self, app: &App) -> Result<(), Problem> {
        app.revocations.keep_known().await;
        if !app.revocations.are_known() {
            return Err(unknown());
        }
        let trust = self.scope.trust();
        match &self.basis {
            Some(basis) if app.revocations.end(trust, basis) => {
                Err(Problem::new(Kind::Unauthenticated))
            }
            _ => Ok(()),
        }
    }

    /// What the caller may reach.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The token's subject: who stands in the history. Never a pupil.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The role's name.
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Whether the caller is shown what is confidential: child protection, court orders, health, and why people decided
    /// about a child as they did. Others are shown that there is something.
    pub fn sees_confidential(&self, app: &App) -> bool {
        app.roles.allows(&self.role, ReadSafeguarding::NAME)
    }
}

/// The caller, who has permission `P`.
#[derive(Debug)]
pub struct May<P> {
    caller: Caller,
    permission: PhantomData<P>,
}

impl<P> std::ops::Deref for May<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Permission> FromRequest for May<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authorise(request, P::NAME).map(|caller| May { caller, permission: PhantomData }))
    }
}

fn authorise(request: &HttpRequest, permission: &str) -> Result<Caller, Problem> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Problem::internal("the application's data is not mounted"))?;
    let claims = claims(request, app).ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
    if !app.revocations.are_known() {
        return Err(unknown());
    }
    if !app.roles.allows(&claims.role, permission) {
        return Err(Problem::new(Kind::Forbidden)
            .member("permission", permission)
            .member("role", claims.role));
    }
    let (scope, basis) = (claims.scope(), Some(claims.basis()));
    Ok(Caller { scope, subject: claims.sub, role: claims.role, basis })
}

fn unknown() -> Problem {
    Problem::unavailable(1, "what was revoked is not known just now")
}

/// Sees to it, before a request with a token goes on, that what was revoked is known, and the key that the token names.
pub(crate) async fn keep_known(request: &ServiceRequest, app: &App) {
    if let Some(token) = bearer(request.request()) {
        app.revocations.keep_known().await;
        app.keys.keep_known(token, &app.db, &app.envelope).await;
    }
}

/// Who asks, as far as a limit goes: whom the token names, if it is good, else where the request comes from.
pub(crate) fn asker(request: &ServiceRequest, app: &App) -> Asker {
    match claims(request.request(), app) {
        Some(claims) => Asker::Subject(claims.trust, claims.sub),
        None => app.limits.address(request.request()),
    }
}

/// What came of the check of a request's token: it is checked once.
#[derive(Clone)]
struct Checked(Option<Claims>);

/// The claims of the request's token, if it is ours, holds now, rests on nothing that was taken back, and says nothing that
/// its role's level does not have.
fn claims(request: &HttpRequest, app: &App) -> Option<Claims> {
    if let Some(Checked(claims)) = request.extensions().get() {
        return claims.clone();
    }
    let claims = bearer(request).and_then(|token| verified(app, token));
    request.extensions_mut().insert(Checked(claims.clone()));
    claims
}

fn verified(app: &App, token: &str) -> Option<Claims> {
    let refused = |why: &dyn std::fmt::Display| tracing::debug!(%why, "token refused");
    let claims = app.keys.verify(token, app.clock.now()).inspect_err(|why| refused(why)).ok()?;
    let level = app.roles.role(&claims.role).map(|role| role.level);
    claims.fit(level).inspect_err(|why| refused(why)).ok()?;
    if app.revocations.end(claims.trust, &claims.basis()) {
        refused(&"taken back");
        return None;
    }
    Some(claims)
}

/// The token of `Authorization: Bearer TOKEN`.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
