//! The same done to many things at once.
//!
//! The only place of the core that knows of threads, and it starts none: who drives the work lends them. Where
//! nobody does, those of the program are used; where there are none to be had, all is done in place. What is
//! made of a thing depends on that thing alone, so the number of threads changes no bit.

use std::cell::RefCell;
use std::sync::Arc;

use rayon::prelude::*;

/// Threads to compute with.
#[derive(Clone)]
pub enum Crew {
    /// None but the one that asks.
    Alone,
    /// These.
    Pool(Arc<rayon::ThreadPool>),
}

thread_local! {
    static LENT: RefCell<Option<Crew>> = const { RefCell::new(None) };
}

/// Does some work, with those threads for all that is done at once in it.
pub fn with<R>(crew: &Crew, work: impl FnOnce() -> R) -> R {
    /// Takes them back, whatever becomes of the work.
    struct Back(Option<Crew>);
    impl Drop for Back {
        fn drop(&mut self) {
            LENT.set(self.0.take());
        }
    }
    let _back = Back(LENT.replace(Some(crew.clone())));
    work()
}

fn lent() -> Option<Crew> {
    LENT.with_borrow(Clone::clone)
}

/// How many things are done at once.
pub fn threads() -> usize {
    match lent() {
        Some(Crew::Alone) => 1,
        Some(Crew::Pool(pool)) => pool.current_num_threads(),
        None => rayon::current_num_threads(),
    }
}

/// What becomes of each thing, in their order.
pub fn map<T: Send, R: Send>(things: Vec<T>, each: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    match lent() {
        Some(Crew::Alone) => things.into_iter().map(each).collect(),
        Some(Crew::Pool(pool)) => pool.install(|| things.into_par_iter().map(each).collect()),
        None => things.into_par_iter().map(each).collect(),
    }
}

/// Does something to each thing; a thread takes at least `least` of them, since fewer are not worth waking it.
pub fn each<T: Send>(things: Vec<T>, least: usize, work: impl Fn(T) + Send + Sync) {
    match lent() {
        Some(Crew::Alone) => things.into_iter().for_each(work),
        Some(Crew::Pool(pool)) => {
            pool.install(|| things.into_par_iter().with_min_len(least).for_each(work));
        }
        None => things.into_par_iter().with_min_len(least).for_each(work),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    use std::thread::ThreadId;

    use super::*;

    fn pool() -> Crew {
        Crew::Pool(Arc::new(rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap()))
    }

    #[test]
    fn the_threads_are_those_that_were_lent_and_the_order_is_kept() {
        let here = std::thread::current().id();
        let seen = |crew: &Crew| {
            let seen: Mutex<BTreeSet<String>> = Mutex::default();
            let note = |id: ThreadId| seen.lock().unwrap().insert(format!("{id:?}"));
            let square = |i: u64| {
                note(std::thread::current().id());
                i * i
            };
            let found = with(crew, || map((0..100).collect(), square));
            assert_eq!(found, (0..100).map(|i| i * i).collect::<Vec<u64>>());
            with(crew, || {
                each(vec![0; 8], 1, |_| {
                    note(std::thread::current().id());
                });
            });
            seen.into_inner().unwrap()
        };
        assert_eq!(seen(&Crew::Alone), BTreeSet::from([format!("{here:?}")]));
        assert!(!seen(&pool()).contains(&format!("{here:?}")));
    }

    #[test]
    fn what_is_lent_goes_back_after_the_work_and_after_its_failure() {
        let before = threads();
        with(&Crew::Alone, || {
            assert_eq!(threads(), 1);
            with(&pool(), || assert_eq!(threads(), 2));
            assert_eq!(threads(), 1);
        });
        let failed = std::panic::catch_unwind(|| with(&pool(), || panic!("on purpose")));
        assert!(failed.is_err());
        assert_eq!(threads(), before);
    }
}
