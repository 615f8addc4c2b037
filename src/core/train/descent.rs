//! A run in progress, whether it is trained here or was recorded elsewhere.

use std::sync::Arc;

use super::outline::Kept;
use super::replay::Replay;
use super::run::TrainingRun;
use super::trajectory::Checkpoint;
use crate::core::objective::Objective;

/// A run in progress, as whoever shows it goes along with it.
#[derive(Clone)]
pub enum Descent {
    /// Trained here.
    Trained(Box<TrainingRun>),
    /// Recorded elsewhere: nothing of it is evaluated.
    Imported(Replay),
}

impl Descent {
    /// The step it is at.
    pub fn step(&self) -> u64 {
        match self {
            Self::Trained(run) => run.step(),
            Self::Imported(replay) => replay.step(),
        }
    }

    /// Takes up to `steps` steps; fewer where the run ends or diverges.
    pub fn advance(&mut self, steps: u64) {
        match self {
            Self::Trained(run) => {
                run.advance(steps);
            }
            Self::Imported(replay) => replay.advance(steps),
        }
    }

    /// Goes back to a point from which `step` is reached by advancing: see [`TrainingRun::rewind`].
    pub fn rewind(&mut self, step: u64) {
        match self {
            Self::Trained(run) => run.rewind(step),
            Self::Imported(replay) => replay.rewind(step),
        }
    }

    /// The point it is at.
    pub fn latest(&self) -> Checkpoint {
        match self {
            Self::Trained(run) => run.latest(),
            Self::Imported(replay) => replay.latest(),
        }
    }

    /// The checkpoints kept so far.
    pub fn kept(&self) -> Kept<'_> {
        match self {
            Self::Trained(run) => run.kept(),
            Self::Imported(replay) => replay.kept(),
        }
    }

    /// The last step that there is, where there are no more.
    pub fn end(&self) -> Option<u64> {
        match self {
            Self::Trained(run) => run.diverged_at(),
            Self::Imported(replay) => Some(replay.course().end()),
        }
    }

    /// Where the run stopped being finite, if it did.
    pub fn diverged_at(&self) -> Option<u64> {
        match self {
            Self::Trained(run) => run.diverged_at(),
            Self::Imported(replay) => replay.diverged_at(),
        }
    }

    /// What the run minimises, where that is known.
    pub fn objective(&self) -> Option<&Arc<dyn Objective>> {
        match self {
            Self::Trained(run) => Some(run.objective()),
            Self::Imported(_) => None,
        }
    }

    /// Bytes of checkpoints that may be freed where it is dropped.
    pub fn held_bytes(&self) -> usize {
        match self {
            Self::Trained(run) => run.held_bytes(),
            Self::Imported(_) => 0,
        }
    }
}
