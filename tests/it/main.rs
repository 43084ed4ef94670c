//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
#![cfg(test)]

mod authz;
mod canary;
mod catalogue;
mod command_line;
mod demonstration;
mod imports;
mod migrations;
mod naughty;
mod openapi;
mod problems;
mod real_registers;
mod routes;
mod smoke;
mod sql_oracle;
mod support;
mod tidy;
mod tls;
mod tokens;
mod trend;
