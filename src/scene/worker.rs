//! A thread that works through a job and reports as it goes.
//!
//! The window never waits for it: answers are collected once a frame. Dropping the worker asks its
//! thread to stop; what it still sends goes nowhere.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

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
        if wait {
            let receiver = self.answers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            return (receiver.iter().collect(), true);
        }
        self.collect_within(Duration::ZERO, |_| true)
    }

    /// As [`Worker::collect`] without waiting, but for up to `patience` until an answer is enough.
    pub fn collect_within(&self, patience: Duration, is_enough: impl Fn(&T) -> bool) -> (Vec<T>, bool) {
        let receiver = self.answers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let until = Instant::now() + patience;
        let mut answers = Vec::new();
        loop {
            let is_waiting = !answers.iter().any(&is_enough);
            let left =
                if is_waiting { until.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            match receiver.recv_timeout(left) {
                Ok(answer) => answers.push(answer),
                Err(RecvTimeoutError::Timeout) => return (answers, false),
                Err(RecvTimeoutError::Disconnected) => return (answers, true),
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

/// The threads that evaluate grids: all that the program computes with but one, which is left to the
/// window.
pub fn grid_threads() -> Arc<rayon::ThreadPool> {
    static THREADS: OnceLock<Arc<rayon::ThreadPool>> = OnceLock::new();
    let pool = THREADS.get_or_init(|| {
        let builder = rayon::ThreadPoolBuilder::new().thread_name(|i| format!("grid {i}"));
        let pool = builder.num_threads(rayon::current_num_threads().saturating_sub(1).max(1)).build();
        Arc::new(pool.unwrap_or_else(|error| panic!("no thread could be started to evaluate grids: {error}")))
    });
    Arc::clone(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_and_the_end_is_told() {
        let worker = Worker::start("test", |report| (0..3).for_each(|i| assert!(report.send(i)))).unwrap();
        assert_eq!(worker.collect(true), (vec![0, 1, 2], true));
    }

    #[test]
    fn patience_ends_with_the_answer_that_is_enough() {
        let (go, wait) = channel::<()>();
        let worker = Worker::start("test", move |report| {
            report.send(1);
            report.send(2);
            // The job goes on until the test ends.
            let _ = wait.recv();
        })
        .unwrap();
        let (answers, is_over) = worker.collect_within(Duration::from_secs(600), |answer| *answer == 2);
        assert_eq!((answers, is_over), (vec![1, 2], false));
        drop(go);
    }

    #[test]
    fn a_dropped_worker_is_told_to_stop() {
        let (said, heard) = channel();
        let worker = Worker::<()>::start("test", move |report| {
            while report.is_wanted() {
                std::thread::yield_now();
            }
            said.send(()).unwrap();
        });
        drop(worker);
        heard.recv().unwrap();
    }
}
