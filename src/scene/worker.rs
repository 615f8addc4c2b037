//! The threads that jobs run on. One that has nothing to do waits for the next job.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::mishap;
use crate::core::num::parallel::{self, Crew};

type Work = Box<dyn FnOnce() + Send>;

/// The threads that have nothing to do.
static IDLE: Mutex<Vec<Worker>> = Mutex::new(Vec::new());

/// A thread that has nothing to do.
pub(super) struct Worker(Sender<Work>);

impl Worker {
    /// One of them; `None` where there is none, and the system has no other to give.
    pub fn idle() -> Option<Self> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.or_else(Self::new)
    }

    fn new() -> Option<Self> {
        let (door, inbox) = channel::<Work>();
        let own_door = door.clone();
        let serve = move || {
            for work in inbox {
                work();
                IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(Self(own_door.clone()));
            }
        };
        let thread = std::thread::Builder::new().name("job".to_owned()).spawn(serve);
        thread.ok().map(|_| Self(door))
    }

    /// Does something on that thread.
    pub fn work(self, work: impl FnOnce() + Send + 'static) {
        // It holds a way to itself, so it is always there.
        let _ = self.0.send(Box::new(work));
    }
}

/// The threads that jobs share where they do many things at once: all that the program computes with but one,
/// which is left to the window.
pub(super) fn crew() -> &'static Crew {
    static CREW: OnceLock<Crew> = OnceLock::new();
    CREW.get_or_init(|| {
        let builder = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("grid {i}"));
        // Whoever shares work with them hears of its failure.
        let builder = builder.start_handler(|_| mishap::catch_all_here());
        let pool = builder.num_threads(parallel::threads().saturating_sub(1).max(1)).build();
        pool.map_or(Crew::Alone, |pool| Crew::Pool(Arc::new(pool)))
    })
}
