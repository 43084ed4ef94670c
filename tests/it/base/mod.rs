//! The ground that everything stands on: who calls, over HTTP, on which database, by which clock.

mod auth;
mod cache;
mod db;
mod events;
mod http;
mod jobs;
mod sandbox;
