//! The whole service of one process: every operation mounted, every kind of job given to what does it, the document,
//! and the command line.

pub mod cli;
pub mod client;
pub mod demo;
pub mod document;
pub mod metrics;
pub mod operation;
pub mod progress;
mod wrong_method;

use std::sync::LazyLock;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use self::document::Document;
use base::clock::Clock;
use base::http::trace;
use base::jobs::{self, Handlers, Worker};
use base::state::{App, Settings, StartError};
use casework::{self, reviews};
use figures::{self, Counting};

/// The document is the program's, and made once.
static DOCUMENT: LazyLock<web::Data<Document>> = LazyLock::new(|| web::Data::new(Document::new()));

/// Rollcall in one process: what every request may use, and what counts. All its copies are one.
#[derive(Clone)]
pub struct Rollcall {
    /// What every request may use.
    pub app: web::Data<App>,
    /// What questions about figures are answered with.
    pub counting: web::Data<Counting>,
}

impl Rollcall {
    /// On these settings and this clock. Errors: keys that cannot be read, a data file of the program that is broken,
    /// an address that is none.
    pub fn new(settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        let app = App::new(settings, clock)?;
        let redis_url = settings.redis_url.as_deref();
        let counting = Counting::new(app.db.clone(), app.codes.clone(), redis_url)?;
        Ok(Self { app: web::Data::new(app), counting: web::Data::new(counting) })
    }

    /// An HTTP server on a listening socket. Errors: the socket cannot be used.
    pub fn serve(&self, listener: std::net::TcpListener) -> std::io::Result<Server> {
        let document = DOCUMENT.clone();
        let rollcall = self.clone();
        let server = HttpServer::new(move || {
            actix_web::App::new()
                .app_data(rollcall.app.clone())
                .app_data(rollcall.counting.clone())
                .app_data(document.clone())
                .wrap(Compress::default())
                .wrap(from_fn(trace::trace))
                .into_utoipa_app()
                .configure(mount)
                .split_for_parts()
                .0
                .service(web::redirect("/docs", "/docs/"))
                .service(document::swagger())
                .default_service(web::to(wrong_method::no_route))
        });
        Ok(server.listen(listener)?.shutdown_timeout(10).disable_signals().run())
    }

    /// Starts so many threads that do jobs, and the clockwork beside them: without it nothing falls due by itself here.
    /// Errors: the system gives no thread.
    pub fn work(&self, threads: usize, clockwork: bool) -> std::io::Result<Worker> {
        let tick = clockwork.then(|| {
            let mut clockwork = runs::Clockwork::default();
            Box::new(move |app: &App| clockwork.tick(app)) as jobs::Tick
        });
        jobs::start(&self.app, threads, self.handlers(), tick)
    }

    /// What does each kind of job.
    fn handlers(&self) -> Handlers {
        let counting = || self.counting.clone();
        let (importing, running) = (counting(), counting());
        Handlers::default()
            .with(imports::KIND, move |app, job| imports::run(app, &importing, job))
            .with(imports::UNDO, imports::take_back)
            .with(runs::KIND, move |app, job| runs::carry_out(app, &running, job))
            .with(marks::SECOND_LOOK, reviews::look_again_of_job)
    }
}

/// Every operation: one line a capability.
pub fn mount(config: &mut ServiceConfig) {
    config
        .configure(operation::mount)
        .configure(base::jobs::mount)
        .configure(school::tenants::mount)
        .configure(school::calendars::mount)
        .configure(school::letterheads::mount)
        .configure(school::staff::mount)
        .configure(school::policies::mount)
        .configure(school::clients::mount)
        .configure(school::sign_in::mount)
        .configure(school::oauth::mount)
        .configure(roll::pupils::mount)
        .configure(roll::parents::mount)
        .configure(roll::joining::mount)
        .configure(register::mount)
        .configure(figures::mount)
        .configure(casework::reviews::mount)
        .configure(casework::cases::mount)
        .configure(casework::targets::mount)
        .configure(casework::meetings::mount)
        .configure(casework::plans::mount)
        .configure(casework::visits::mount)
        .configure(casework::conversations::mount)
        .configure(casework::received::mount)
        .configure(casework::outbox::mount)
        .configure(casework::monitoring::mount)
        .configure(casework::referrals::mount)
        .configure(casework::notices::mount)
        .configure(casework::amendments::mount)
        .configure(casework::letters::mount)
        .configure(casework::actions::mount)
        .configure(casework::orders::mount)
        .configure(day::mount)
        .configure(reports::mount)
        .configure(rewards::awards::mount)
        .configure(rewards::draws::mount)
        .configure(rewards::eligibility::mount)
        .configure(rewards::fairness::mount)
        .configure(rewards::tickets::mount)
        .configure(imports::mount)
        .configure(runs::mount);
}
