//! Long work: done piece by piece, watched, and given up. Jobs count work in units of their own; there is no
//! clock here, and no thread: who drives a job decides on which it runs, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that asks a job to stop. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks every holder of this token to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a job is, in its own units (training steps, grid cells).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units finished.
    pub done: u64,
    /// Units in all.
    pub total: u64,
}

impl Progress {
    /// The share finished, 0 to 1; an empty job is finished.
    pub fn fraction(self) -> f32 {
        if self.total == 0 { 1.0 } else { self.done as f32 / self.total as f32 }
    }

    /// Whether nothing is left to do.
    pub fn is_finished(self) -> bool {
        self.done >= self.total
    }
}

/// Long work that is done piece by piece. How it is cut into pieces changes no bit of what it finds. It is
/// cancelled by being dropped: whoever drives it looks between two pieces whether it is still wanted.
pub trait Job: Send {
    /// What it brings to light, on its way or at its end.
    type Finding: Send;

    /// Does about so many units of work: at least one, and what cannot be divided as a whole.
    fn advance(&mut self, units: u64) -> Advance<Self::Finding>;

    /// Units between two looks at whether it is still wanted: some milliseconds of work at most.
    fn piece(&self) -> u64 {
        1
    }

    /// How far it is.
    fn progress(&self) -> Progress {
        Progress::default()
    }
}

/// What came of a piece of work.
#[derive(Clone, Debug, PartialEq)]
pub enum Advance<Finding> {
    /// Nothing to tell so far.
    Working,
    /// Something was found; there may be more to do.
    Found(Finding),
    /// There was nothing left to do.
    Ended,
}

impl<Finding> Advance<Finding> {
    /// What was found, if anything was.
    pub fn found(self) -> Option<Finding> {
        match self {
            Self::Found(finding) => Some(finding),
            Self::Working | Self::Ended => None,
        }
    }
}

/// Drives a job to its end, where it stands; what it found last.
pub fn finish<J: Job>(mut job: J) -> Option<J::Finding> {
    let mut last = None;
    loop {
        match job.advance(u64::MAX) {
            Advance::Working => {}
            Advance::Found(finding) => last = Some(finding),
            Advance::Ended => return last,
        }
    }
}
