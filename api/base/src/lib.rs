//! What everything else stands on: the caller, the only door to the database, the conventions of HTTP, the clock, the
//! queue of jobs. Nothing here knows more of schools and children than their ids.

pub mod auth;
pub mod beacon;
pub mod cache;
pub mod chance;
pub mod clock;
pub mod database_url;
pub mod db;
pub mod envelope;
pub mod events;
pub mod http;
pub mod id;
pub mod jobs;
pub mod key_folder;
pub mod kind;
pub mod limit;
pub mod line;
pub mod migrate;
pub mod narrow;
pub mod of_trust;
pub mod openid;
pub mod operation;
pub mod outside;
pub mod platform;
pub mod prelude;
pub mod problem;
pub mod redis;
pub mod revocations;
pub mod sandbox;
pub mod seal;
pub mod share;
pub mod state;
pub mod storage;
pub mod tokens;
pub mod word;
pub mod words;

/// Where a capability mounts its operations.
pub use utoipa_actix_web::service_config::ServiceConfig as Operations;
