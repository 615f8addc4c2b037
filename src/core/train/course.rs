//! A run as it was recorded, for another one to follow.

use std::sync::Arc;

use super::trajectory::{Checkpoint, Trajectory};

/// The checkpoints of a run, and whether it diverged at the last of them: that is decided by the loss of a
/// step's own examples, which no checkpoint tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    trajectory: Arc<Trajectory>,
    diverged_at: Option<u64>,
}

impl Course {
    /// The course of a run with its last point.
    ///
    /// # Panics
    /// If there is no checkpoint: every run has its start.
    pub fn new(trajectory: Arc<Trajectory>, diverged_at: Option<u64>) -> Self {
        assert!(trajectory.first().is_some(), "a run has a start");
        Self { trajectory, diverged_at }
    }

    /// Its checkpoints.
    pub fn trajectory(&self) -> &Arc<Trajectory> {
        &self.trajectory
    }

    /// The step at which it diverged, if it did.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Its first checkpoint.
    pub fn first(&self) -> &Checkpoint {
        &self.trajectory.checkpoints()[0]
    }

    /// Whether another one begins at the same point: the same run then, of which more or less is known.
    pub fn begins_as(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(Self::first);
        own.step == others.step && own.theta == others.theta
    }

    /// Its last step.
    pub fn end(&self) -> u64 {
        self.trajectory.last().map_or(0, |last| last.step)
    }

    /// Whether a run of that many steps can follow it to its end.
    pub fn covers(&self, steps: u64) -> bool {
        self.end() >= steps || self.diverged_at.is_some()
    }

    /// The checkpoint of that step, if it was kept.
    pub fn at(&self, step: u64) -> Option<&Checkpoint> {
        let points = self.trajectory.checkpoints();
        points.binary_search_by_key(&step, |point| point.step).ok().map(|at| &points[at])
    }
}
