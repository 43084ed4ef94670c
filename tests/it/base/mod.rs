//! The ground that everything stands on: who calls, over HTTP, on which database, by which clock.

mod auth;
mod cache;
mod db;
mod ends_of_the_calendar;
mod events;
mod http;
mod idempotency;
mod jobs;
pub mod revocations;
mod sandbox;
