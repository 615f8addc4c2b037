//! What a run leaves behind: checkpoints, thinned while recording so that they fit a byte budget.
//!
//! The rule: every `stride`-th step is kept, beginning with stride 1 unless told otherwise. When the budget is full the
//! stride doubles and the checkpoints that are no multiple of it are dropped. So what is kept depends
//! on the number of steps alone, never on how a run was cut into pieces nor on how far it had once
//! gone: a run that goes back takes steps again whose checkpoints were dropped. Step 0 always stays.

use std::sync::Arc;

/// A point of a training run. Copies share the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Steps taken before it; 0 is the start.
    pub step: u64,
    /// Parameters there, `[dim]`.
    pub theta: Arc<[f64]>,
    /// Loss there over the whole training split; not finite where the run diverged.
    pub loss: f64,
    /// Length of the gradient of that loss.
    pub grad_norm: f64,
}

/// Checkpoints of one run in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    checkpoints: Vec<Checkpoint>,
    stride: u64,
    /// What the stride was at the start.
    first_stride: u64,
    capacity: usize,
}

/// Bytes a trajectory may take unless told otherwise: 1.5 million checkpoints of 13 parameters.
pub const DEFAULT_BUDGET_BYTES: usize = 256 << 20;

/// A trajectory keeps at least this many checkpoints, however small its budget.
const LEAST_CAPACITY: usize = 8;

/// Bytes that a checkpoint takes beside its parameters: itself, and what it costs to share them.
const CHECKPOINT_BYTES: usize = size_of::<Checkpoint>() + 3 * size_of::<usize>();

/// Checkpoints of `dim` parameters that a budget holds.
fn capacity(dim: usize, budget_bytes: usize) -> usize {
    (budget_bytes / (CHECKPOINT_BYTES + dim * size_of::<f64>())).max(LEAST_CAPACITY)
}

/// The rule: steps between two that are kept after `step` steps, where there is room for `capacity` of
/// them and a run begins with a stride of `first`.
pub(super) fn stride_after(step: u64, first: u64, capacity: usize) -> u64 {
    let mut stride = first;
    while step / stride >= capacity as u64 {
        stride *= 2;
    }
    stride
}

impl Trajectory {
    /// An empty trajectory for `dim` parameters that stays within about `budget_bytes`.
    pub fn new(dim: usize, budget_bytes: usize) -> Self {
        Self { checkpoints: Vec::new(), stride: 1, first_stride: 1, capacity: capacity(dim, budget_bytes) }
    }

    /// Checkpoints recorded before, in the order of their steps; thinned already, as the second of them tells.
    pub fn recorded(checkpoints: Vec<Checkpoint>) -> Self {
        let stride = checkpoints.get(1).map_or(1, |second| second.step.max(1));
        Self { capacity: checkpoints.len().max(LEAST_CAPACITY), checkpoints, stride, first_stride: stride }
    }

    /// The same with only every `stride`-th step kept from the beginning.
    pub fn with_stride(self, stride: u64) -> Self {
        Self { stride, first_stride: stride, ..self }
    }

    /// Whether the checkpoint of that step would be kept.
    pub fn is_due(&self, step: u64) -> bool {
        step.is_multiple_of(self.stride)
    }

    /// Keeps a checkpoint if it is due, and thins when the budget is full.
    pub fn record(&mut self, checkpoint: Checkpoint) {
        if !self.is_due(checkpoint.step) {
            return;
        }
        if self.checkpoints.len() >= self.capacity {
            self.stride *= 2;
            self.checkpoints.retain(|kept| kept.step.is_multiple_of(self.stride));
            if !self.is_due(checkpoint.step) {
                return;
            }
        }
        self.checkpoints.push(checkpoint);
    }

    /// Appends the run's last point, due or not, so that the end of training is always there.
    pub fn close(&mut self, last: Checkpoint) {
        if self.checkpoints.last().is_none_or(|kept| kept.step < last.step) {
            self.checkpoints.push(last);
        }
    }

    /// Drops what comes after `step`. The stride stays what it has grown to: the checkpoints between
    /// are gone, and would have to be trained again. [`Trajectory::lacks`] says whether that is needed.
    pub fn cut_after(&mut self, step: u64) {
        let end = self.checkpoints.partition_point(|kept| kept.step <= step);
        self.checkpoints.truncate(end);
    }

    /// Whether a run of `step` steps keeps checkpoints that were dropped here for want of room.
    pub fn lacks(&self, step: u64) -> bool {
        stride_after(step, self.first_stride, self.capacity) < self.stride
    }

    /// As it was when step 0 was recorded.
    pub(super) fn restart(&mut self) {
        self.checkpoints.truncate(1);
        self.stride = self.first_stride;
    }

    /// The checkpoints, oldest first.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Bytes that its checkpoints take.
    pub fn bytes(&self) -> usize {
        let dim = self.checkpoints.first().map_or(0, |first| first.theta.len());
        self.checkpoints.len() * (CHECKPOINT_BYTES + dim * size_of::<f64>())
    }

    /// Checkpoints that its budget holds.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Steps between two kept checkpoints.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    /// The start of training.
    pub fn first(&self) -> Option<&Checkpoint> {
        self.checkpoints.first()
    }

    /// The newest checkpoint.
    pub fn last(&self) -> Option<&Checkpoint> {
        self.checkpoints.last()
    }

    /// The parameters of the checkpoints that are finite, oldest first: what a plane can be fitted to.
    pub fn finite_thetas(&self) -> Vec<&[f64]> {
        self.finite().map(|checkpoint| &checkpoint.theta[..]).collect()
    }

    /// The steps of these.
    pub fn finite_steps(&self) -> Vec<u64> {
        self.finite().map(|checkpoint| checkpoint.step).collect()
    }

    fn finite(&self) -> impl Iterator<Item = &Checkpoint> {
        self.checkpoints.iter().filter(|checkpoint| checkpoint.theta.iter().all(|v| v.is_finite()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: u64) -> Checkpoint {
        Checkpoint { step, theta: [step as f64].into(), loss: 1.0, grad_norm: 1.0 }
    }

    #[test]
    fn recorded_checkpoints_tell_their_stride() {
        let stride = |steps: &[u64]| Trajectory::recorded(steps.iter().copied().map(at).collect()).stride();
        assert_eq!((stride(&[0, 1, 2]), stride(&[0, 64, 128, 150]), stride(&[0])), (1, 64, 1));
    }

    #[test]
    fn the_rule_tells_what_thinning_does() {
        for (first, room) in [(1, 8), (1, 11), (4, 8)] {
            let mut trajectory = Trajectory::new(1, room * (CHECKPOINT_BYTES + 8)).with_stride(first);
            for step in 0..700 {
                trajectory.record(at(step));
                assert_eq!(trajectory.stride(), stride_after(step, first, room), "{first} {room} {step}");
                assert!(!trajectory.lacks(step) && !trajectory.lacks(10 * step));
            }
            assert!(trajectory.lacks(3) && trajectory.lacks(200));
        }
    }

    #[test]
    fn thinning_keeps_the_budget_the_start_and_an_even_stride() {
        let each = CHECKPOINT_BYTES + 8;
        let mut trajectory = Trajectory::new(1, 10 * each);
        for step in 0..1000 {
            trajectory.record(at(step));
            assert!(trajectory.checkpoints().len() <= 10 && trajectory.bytes() <= 10 * each);
        }
        assert_eq!(trajectory.stride(), 128);
        let steps: Vec<u64> = trajectory.checkpoints().iter().map(|c| c.step).collect();
        assert_eq!(steps, (0..8).map(|k| k * 128).collect::<Vec<_>>());
        trajectory.close(at(999));
        trajectory.close(at(999));
        assert_eq!(trajectory.last().unwrap().step, 999);
        assert_eq!(trajectory.checkpoints().len(), 9);
    }
}
