//! Rollcall's HTTP API and command line.
//!
//! A folder per capability, a file per operation. Data flows one way: a request is authorised by the type of its
//! handler's argument ([`auth::May`]), reads and writes through the only door to the database ([`db::Db`]), asks
//! `domain` for rules and `analytics` for figures, and answers.
//!
//! | folder | question |
//! | --- | --- |
//! | [`tenants`] | which trust, which schools, when are they open? |
//! | [`staff`] | who has which duty at which school? |
//! | [`pupils`] | who is this child, where and when enrolled? |
//! | [`parents`] | whom do we call, in which order, and whom must we not? |
//! | [`register`] | who is here, who corrected what? |
//! | [`policies`] | what happens when attendance is low, and what is given when it is good? |
//! | [`meetings`], [`plans`], [`visits`] | what was offered, agreed, and done at home? |
//! | [`targets`] | can the target still be reached? |
//! | [`monitoring`], [`referrals`], [`notices`] | what was asked of the authority, and what came of it? |
//! | [`imports`] | how does the data get in? |
//! | [`analytics`] | how are we doing? |
//! | [`jobs`] | what goes on after the answer? |
//! | [`runs`] | what runs by itself, and when? |
//! | [`operation`] | is the service up, what does it mean? |
//! | [`http`] | what do all operations share? |

pub mod actions;
pub mod analytics;
pub mod app;
pub mod auth;
pub mod cache;
pub mod calendars;
pub mod cases;
pub mod cli;
pub mod client;
pub mod clock;
pub mod contacts;
pub mod database_url;
pub mod db;
pub mod demo;
pub mod embedded;
pub mod http;
pub mod imports;
pub mod jobs;
pub mod letters;
pub mod meetings;
pub mod migrate;
pub mod monitoring;
pub mod notices;
pub mod openapi;
pub mod operation;
pub mod parents;
pub mod plans;
pub mod platform;
pub mod policies;
pub mod progress;
pub mod pupils;
pub mod records;
pub mod referrals;
pub mod register;
pub mod reports;
pub mod reviews;
pub mod runs;
pub mod sandbox;
pub mod schema;
pub mod staff;
pub mod targets;
pub mod tenants;
pub mod visits;
pub mod word;
