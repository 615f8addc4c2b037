//! A thread that works through a job and reports as it goes.
//!
//! The window never waits for it: answers are collected once a frame. Dropping the worker asks its
//! thread to stop; what it still sends goes nowhere.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, OnceLock};

use crate::core::num::CancelToken;

/// A job under way on a thread of its own.
pub struct Worker<T> {
    // A receiver may be read from one thread at a time, which Bevy's resources do not promise.
    answers: Mutex<Receiver<T>>,
    cancel: CancelToken,
}

/// What a job reports to, and hears that it should stop from.
pub struct Report<T> {
    answers: Sender<T>,
    cancel: CancelToken,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts a job on a thread of that name. `None` if the system has no thread left to give.
    pub fn start(name: &str, job: impl FnOnce(Report<T>) + Send + 'static) -> Option<Self> {
        let (sender, receiver) = channel();
        let cancel = CancelToken::default();
        let report = Report { answers: sender, cancel: cancel.clone() };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || job(report));
        thread.ok().map(|_| Self { answers: Mutex::new(receiver), cancel })
    }

    /// The answers that have come in; the second value is whether the job has ended. With `wait` it
    /// waits for the end.
    pub fn collect(&self, wait: bool) -> (Vec<T>, bool) {
        let receiver = self.answers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if wait {
            return (receiver.iter().collect(), true);
        }
        let mut answers = Vec::new();
        loop {
            match receiver.try_recv() {
                Ok(answer) => answers.push(answer),
                Err(TryRecvError::Empty) => return (answers, false),
                Err(TryRecvError::Disconnected) => return (answers, true),
            }
        }
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl<T> Report<T> {
    /// Sends an answer. `false` if nobody wants it any more: the job should end.
    pub fn send(&self, answer: T) -> bool {
        self.answers.send(answer).is_ok() && self.is_wanted()
    }

    /// Whether the job should go on.
    pub fn is_wanted(&self) -> bool {
        !self.cancel.is_cancelled()
    }
}

/// The threads that evaluate grids: all cores but one, which is left to the window.
pub fn grid_threads() -> Arc<rayon::ThreadPool> {
    static THREADS: OnceLock<Arc<rayon::ThreadPool>> = OnceLock::new();
    let pool = THREADS.get_or_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let builder = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("grid {i}"));
        let pool = builder.num_threads(cores.saturating_sub(1).max(1)).build();
        Arc::new(pool.unwrap_or_else(|error| panic!("no thread could be started to evaluate grids: {error}")))
    });
    Arc::clone(pool)
}
