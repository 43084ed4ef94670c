//! A table as a transaction may name it: only the rows of its own trust.
//!
//! Row-level security hides the others anyway. The filter stands in the statement as well: the planner then knows the
//! trust, and an engine that shards by trust knows where to look.

use diesel::dsl::{AsSelect, Eq, Filter, Select};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use schema::OfTrust;

use super::db::Tx;
use super::id::TrustId;

/// That a row of a table is this trust's.
type IsOurs<T> = Eq<<T as OfTrust>::TrustId, TrustId>;

/// The query for all rows of a table, with the columns of `R`.
type All<R> = Select<<R as HasQuery<Pg>>::BaseQuery, AsSelect<R, Pg>>;

impl Tx<'_> {
    /// The rows of a table that are this trust's: to be read, changed or deleted.
    pub fn of<T>(&self, table: T) -> Filter<T, IsOurs<T>>
    where
        T: OfTrust + FilterDsl<IsOurs<T>>,
    {
        FilterDsl::filter(table, T::TrustId::default().eq(self.trust()))
    }

    /// The rows of this trust, read as `R`.
    pub fn rows<R>(&self) -> Filter<All<R>, IsOurs<R::BaseQuery>>
    where
        R: HasQuery<Pg, BaseQuery: OfTrust>,
        All<R>: FilterDsl<IsOurs<R::BaseQuery>>,
    {
        let ours = <R::BaseQuery as OfTrust>::TrustId::default().eq(self.trust());
        FilterDsl::filter(R::query(), ours)
    }
}
