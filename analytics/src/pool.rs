//! The only use of rayon: a pool of threads of our own, with a few schools' blocks as the unit of
//! work. A panic in the work is an error of the request that asked for it and of nothing else.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

/// Threads that count.
pub struct Pool(rayon::ThreadPool);

/// The work could not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The threads could not be started.
    #[error("the counting threads could not be started: {0}")]
    Start(String),
    /// The work panicked.
    #[error("the count was given up because of an internal fault: {0}")]
    Panic(String),
    /// A count might not fit.
    #[error("there are more half days than one answer can count; ask about fewer schools")]
    TooMuch,
}

impl Pool {
    /// Starts a pool of that many threads, at least one. Errors: when the system gives no threads.
    pub fn new(threads: usize) -> Result<Self, PoolError> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|number| format!("count-{number}"))
            .build()
            .map(Self)
            .map_err(|error| PoolError::Start(error.to_string()))
    }

    /// Does the same to every item and gives the results in the order of the items, whichever
    /// was done first. Errors: when the work on any item panics.
    pub fn map<T, R, F>(&self, items: &[T], work: F) -> Result<Vec<R>, PoolError>
    where
        T: Sync,
        R: Send,
        F: Fn(&T) -> R + Sync,
    {
        // Unwinding is safe here: on a panic all results are dropped and nothing else was changed.
        catch_unwind(AssertUnwindSafe(|| self.0.install(|| items.par_iter().map(&work).collect())))
            .map_err(|panic| PoolError::Panic(message(panic.as_ref())))
    }
}

/// What a panic said; a panic may carry anything, but in practice it is a text.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1000).collect();
        let doubled = Pool::new(3).unwrap().map(&items, |item| 2 * item).unwrap();
        assert_eq!(doubled, items.iter().map(|item| 2 * item).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_is_an_error_and_the_pool_lives_on() {
        let pool = Pool::new(2).unwrap();
        let seven = |item: &i32| if *item == 7 { panic!("seven of {item}") } else { *item };
        let result = pool.map(&[1, 7, 3], seven);
        assert_eq!(result, Err(PoolError::Panic("seven of 7".to_owned())));
        assert_eq!(pool.map(&[1, 2], seven), Ok(vec![1, 2]));
    }

    #[test]
    fn no_items_give_no_results() {
        assert_eq!(Pool::new(0).unwrap().map(&[], |item: &i32| *item), Ok(vec![]));
    }
}
