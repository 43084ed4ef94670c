//! The way to the database: encrypted to another machine, safe when it breaks off, and quick beside a larger trust.

mod outages;
mod plans;
mod tls;
