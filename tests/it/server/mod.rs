//! The program itself: its command line, its routes, its document, and the pages of those who operate it.

mod command_line;
mod demonstration;
mod draws;
mod goes_on;
mod openapi;
mod operation;
mod policy_commands;
mod readme;
mod routes;
