//! Rollcall told as stories over HTTP, on a real Postgres and a real Redis.
#![cfg(test)]

mod amendments;
mod as_known_on;
mod at_once;
mod authz;
mod cache;
mod canary;
mod catalogue;
mod command_line;
mod compare;
mod completeness;
mod conventions;
mod demonstration;
mod explain;
mod history;
mod imports;
mod instances;
mod migrations;
mod naughty;
mod openapi;
mod outages;
mod problems;
mod real_registers;
mod register;
mod roll;
mod routes;
mod row_security;
mod smoke;
mod sql_oracle;
mod support;
mod tidy;
mod tls;
mod tokens;
mod trend;
