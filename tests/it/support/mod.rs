//! What every story needs: a database of its own, a server on it, tokens, and builders.

pub mod app;
pub mod build;
pub mod clients;
pub mod demonstration;
pub mod dice;
pub mod document;
pub mod facts;
pub mod figures;
pub mod folder;
pub mod log;
pub mod office;
pub mod one_school;
pub mod own_server;
pub mod postgres;
pub mod program;
pub mod provider;
pub mod real;
pub mod redis;
pub mod roll;
pub mod run;
pub mod sql;
pub mod statements;
pub mod two_classes;
pub mod weeks;
pub mod workbook;
