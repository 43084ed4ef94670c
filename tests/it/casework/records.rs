//! What is recorded beside a case, and who may read it.

mod confidential;
mod reasons;
