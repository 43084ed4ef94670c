//! The way to the database: encrypted to another machine, and safe when it breaks off.

mod outages;
mod tls;
