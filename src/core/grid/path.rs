//! The losses at the points of a run, by whoever evaluates its slices.

use std::sync::Arc;

use super::{GridBackend, Lost, Tile};
use crate::core::num::{Advance, Job, Progress, parallel};

/// Somebody who evaluates points themselves, and not on slices alone.
pub trait PathEvaluator: Send + Sync {
    /// Takes on the losses at some points, `[dim]` each: the cells of its tiles are their places in the list, along alpha1.
    fn path(&self, points: Vec<Arc<[f64]>>) -> Box<dyn GridBackend>;

    /// The hash of the examples that its losses are of, where it tells.
    fn examples(&self) -> Option<&str>;
}

/// A resumable evaluation of some points, one after another. Dropping it cancels it.
pub struct PathJob {
    backend: Box<dyn GridBackend>,
    /// How many points there are, and of how many was told.
    points: usize,
    told: usize,
    found: Vec<Option<f64>>,
}

impl PathJob {
    /// An evaluation that has not begun.
    pub fn new(evaluator: &dyn PathEvaluator, points: Vec<Arc<[f64]>>) -> Self {
        let count = points.len();
        Self { backend: evaluator.path(points), points: count, told: 0, found: Vec::new() }
    }

    /// Why it ended before every point was evaluated, if it did.
    pub fn failure(&self) -> Option<Lost> {
        self.backend.failure().filter(|_| self.told < self.points)
    }

    fn begin(&mut self) {
        self.found = vec![None; self.points];
        let none: Arc<[u32]> = [0].into();
        for at in 0..self.points as u32 {
            self.backend.submit(Tile { indices: [[at].into(), Arc::clone(&none), Arc::clone(&none)] });
        }
    }
}

/// Its units are points; what it finds are the losses of the points that come next.
impl Job for PathJob {
    type Finding = Vec<f64>;

    fn advance(&mut self, points: u64) -> Advance<Vec<f64>> {
        if self.told == self.points {
            return Advance::Ended;
        }
        if self.found.is_empty() {
            self.begin();
        }
        for tile in self.backend.poll(points) {
            tile.tile.iter().zip(&tile.loss).for_each(|([at, ..], loss)| self.found[at] = Some(*loss));
        }
        let next: Vec<f64> = self.found[self.told..].iter().map_while(|loss| *loss).collect();
        self.told += next.len();
        match next.is_empty() {
            true if self.backend.failure().is_some() => Advance::Ended,
            true => Advance::Working,
            false => Advance::Found(next),
        }
    }

    fn piece(&self) -> u64 {
        parallel::threads() as u64
    }

    fn progress(&self) -> Progress {
        Progress { done: self.told as u64, total: self.points as u64 }
    }
}
