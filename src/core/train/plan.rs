//! What a run is to do.

use std::sync::Arc;

use super::course::Course;
use super::trajectory::DEFAULT_BUDGET_BYTES;
use super::walk::Walk;
use crate::core::data::BatchSize;
use crate::core::optim::{OptimizerConfig, Schedule};

/// What a run is to do, beside the objective it does it to.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingPlan {
    /// Parameters at step 0, `[dim]`.
    pub start: Vec<f64>,
    /// The rule of a step.
    pub optimizer: OptimizerConfig,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// How many examples a step sees.
    pub batch: BatchSize,
    /// Seed of the stream `batches`.
    pub seed: u64,
    /// Bytes the trajectory may take.
    pub budget_bytes: usize,
    /// The same run, recorded before: it passes its checkpoints instead of taking steps of its own,
    /// and rests at each until the next. So it is the same to the bit on machines that compute
    /// differently in the last one.
    pub course: Option<Arc<Course>>,
    /// Where it goes instead of being trained, if anywhere. What was recorded comes first.
    pub walk: Option<Arc<Walk>>,
}

impl TrainingPlan {
    /// A plan with a constant learning rate and the default byte budget.
    pub fn new(start: Vec<f64>, optimizer: OptimizerConfig, batch: BatchSize, seed: u64) -> Self {
        Self {
            start,
            optimizer,
            schedule: Schedule::Constant,
            batch,
            seed,
            budget_bytes: DEFAULT_BUDGET_BYTES,
            course: None,
            walk: None,
        }
    }
}
