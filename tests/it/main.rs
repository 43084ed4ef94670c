//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
#![cfg(test)]

mod authz;
mod canary;
mod catalogue;
mod command_line;
mod demonstration;
mod migrations;
mod naughty;
mod openapi;
mod problems;
mod routes;
mod smoke;
mod support;
mod tidy;
mod tls;
mod tokens;
