//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
#![cfg(test)]

mod smoke;
mod support;
