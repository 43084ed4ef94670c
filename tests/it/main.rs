//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
#![cfg(test)]

mod authz;
mod canary;
mod naughty;
mod openapi;
mod problems;
mod routes;
mod smoke;
mod support;
mod tokens;
