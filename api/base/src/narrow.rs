//! Queries that are narrowed by what was asked for, and by nothing where nothing was.

use diesel::query_dsl::methods::FilterDsl;

/// A boxed query.
pub trait Narrow: Sized {
    /// The query with this condition, if there is one.
    fn narrow<P>(self, condition: Option<P>) -> Self
    where
        Self: FilterDsl<P, Output = Self>,
    {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }
}

impl<Q> Narrow for Q {}
