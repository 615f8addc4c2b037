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

/// Checkpoints of one run in the order of their steps. The parameters of each are one piece of memory that is
/// never changed: whoever records the same point, or takes a copy, shares it.
#[derive(Clone, Debug)]
pub struct Trajectory {
    checkpoints: Vec<Checkpoint>,
    stride: u64,
    /// What the stride was at the start.
    first_stride: u64,
    capacity: usize,
    /// The last step of a trajectory beside it, whose checkpoints take no room in this one.
    shared_until: Option<u64>,
}

/// Equal where the checkpoints and the rule are, whoever else has them.
impl PartialEq for Trajectory {
    fn eq(&self, other: &Self) -> bool {
        (&self.checkpoints, self.stride, self.capacity) == (&other.checkpoints, other.stride, other.capacity)
    }
}

/// Bytes that the checkpoints of all runs of an experiment may take together.
pub const BUDGET_BYTES: usize = 256 << 20;

/// Bytes a trajectory may take unless told otherwise: 1.3 million checkpoints of 13 parameters. It leaves
/// room for points that runs beside it do not share.
pub const DEFAULT_BUDGET_BYTES: usize = BUDGET_BYTES / 8 * 7;

/// A trajectory keeps at least this many checkpoints, however small its budget.
const LEAST_CAPACITY: usize = 8;

/// Bytes that a checkpoint takes beside its parameters: itself, and what it costs to share them.
const CHECKPOINT_BYTES: usize = size_of::<Checkpoint>() + 3 * size_of::<usize>();

/// Checkpoints of `dim` parameters that a budget holds.
fn capacity(dim: usize, budget_bytes: usize) -> usize {
    (budget_bytes / (CHECKPOINT_BYTES + dim * size_of::<f64>())).max(LEAST_CAPACITY)
}

/// The rule: steps between two that are kept after `step` steps, where there is room for `capacity` of
/// them, beside those until the step `shared`, and a run begins with a stride of `first`.
pub(super) fn stride_after(step: u64, first: u64, capacity: usize, shared: Option<u64>) -> u64 {
    let own = |stride: u64| (step / stride).saturating_sub(shared.map_or(0, |end| end / stride + 1));
    let mut stride = first;
    while own(stride) >= capacity as u64 {
        stride *= 2;
    }
    stride
}

impl Trajectory {
    /// An empty trajectory for `dim` parameters that stays within about `budget_bytes`.
    pub fn new(dim: usize, budget_bytes: usize) -> Self {
        let capacity = capacity(dim, budget_bytes);
        Self { checkpoints: Vec::new(), stride: 1, first_stride: 1, capacity, shared_until: None }
    }

    /// Checkpoints recorded before, in the order of their steps; thinned already, as the second of them tells.
    pub fn recorded(checkpoints: Vec<Checkpoint>) -> Self {
        let stride = checkpoints.get(1).map_or(1, |second| second.step.max(1));
        let capacity = checkpoints.len().max(LEAST_CAPACITY);
        Self { checkpoints, stride, first_stride: stride, capacity, shared_until: None }
    }

    /// The same with only every `stride`-th step kept from the beginning.
    pub fn with_stride(self, stride: u64) -> Self {
        Self { stride, first_stride: stride, ..self }
    }

    /// The same beside the trajectory of the same run, with its stride: what that one keeps takes no room.
    pub fn beside(self, known: &Self) -> Self {
        let shared_until = known.last().map(|last| last.step);
        Self { shared_until, ..self.with_stride(known.stride) }
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
        if self.own() >= self.capacity {
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
        stride_after(step, self.first_stride, self.capacity, self.shared_until) < self.stride
    }

    /// As it was when step 0 was recorded.
    pub(super) fn restart(&mut self) {
        self.checkpoints.truncate(1);
        self.stride = self.first_stride;
    }

    /// The same with other parameters at each checkpoint.
    pub fn mapped(&self, map: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        let mut mapped = self.clone();
        for point in &mut mapped.checkpoints {
            point.theta = map(&point.theta).into();
        }
        mapped
    }

    /// The checkpoints, oldest first.
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Checkpoints of it that no trajectory beside it keeps.
    fn own(&self) -> usize {
        self.checkpoints.len() - self.checkpoints.partition_point(|kept| self.is_shared(kept.step))
    }

    /// The last step whose parameters are kept by a trajectory beside it, where there is one.
    pub fn shared_until(&self) -> Option<u64> {
        self.shared_until
    }

    /// Whether a step's parameters are kept by a trajectory beside it.
    fn is_shared(&self, step: u64) -> bool {
        self.shared_until.is_some_and(|end| step <= end)
    }

    /// Bytes that its checkpoints take beside what it shares.
    pub fn bytes(&self) -> usize {
        let dim = self.checkpoints.first().map_or(0, |first| first.theta.len());
        self.list_bytes() + self.own() * dim * size_of::<f64>()
    }

    /// Bytes that a copy of it takes.
    pub fn list_bytes(&self) -> usize {
        self.checkpoints.len() * CHECKPOINT_BYTES
    }

    /// The parameters of its last point that is not after `step`, if they are these to the bit.
    pub fn same_theta(&self, step: u64, theta: &[f64]) -> Option<Arc<[f64]>> {
        let after = self.checkpoints.partition_point(|kept| kept.step <= step);
        let kept = &self.checkpoints[..after].last()?.theta;
        let is_same = kept.iter().map(|v| v.to_bits()).eq(theta.iter().map(|v| v.to_bits()));
        is_same.then(|| Arc::clone(kept))
    }

    /// Checkpoints that its budget holds, beside those it shares.
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
        for (first, room, shared) in
            [(1, 8, None), (1, 11, None), (4, 8, None), (4, 9, Some(150)), (1, 8, Some(150))]
        {
            let mut trajectory = Trajectory::new(1, room * (CHECKPOINT_BYTES + 8)).with_stride(first);
            trajectory.shared_until = shared;
            for step in 0..700 {
                trajectory.record(at(step));
                let expected = stride_after(step, first, room, shared);
                assert_eq!(trajectory.stride(), expected, "{first} {room} {shared:?} {step}");
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
