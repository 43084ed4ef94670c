//! What is recorded beside a case, and who may read it.

mod confidential;
mod of_the_pupil;
mod reasons;
