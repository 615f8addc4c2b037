//! One training run: it advances by as many steps as it is asked to, and can return to any of them.
//!
//! A run is a function of its objective and its plan alone. How it is cut into calls of
//! [`TrainingRun::advance`], and by whom, changes no bit of it.

use std::sync::Arc;

use super::trajectory::{Checkpoint, DEFAULT_BUDGET_BYTES, Trajectory};
use crate::core::data::{BatchOrder, BatchSize};
use crate::core::num::{Stream, vector};
use crate::core::objective::Objective;
use crate::core::optim::{Optimizer, OptimizerConfig, Schedule};

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
}

impl TrainingPlan {
    /// A plan with a constant learning rate and the default byte budget.
    pub fn new(start: Vec<f64>, optimizer: OptimizerConfig, batch: BatchSize, seed: u64) -> Self {
        let schedule = Schedule::Constant;
        Self { start, optimizer, schedule, batch, seed, budget_bytes: DEFAULT_BUDGET_BYTES }
    }
}

/// A run in progress.
#[derive(Clone)]
pub struct TrainingRun {
    objective: Arc<dyn Objective>,
    plan: TrainingPlan,
    state: State,
    trajectory: Trajectory,
    keys: KeyCheckpoints,
}

/// Parameters times examples above which evaluating the whole split is too dear to do at every step
/// of a few examples: some milliseconds.
const DEAR_SPLIT: u64 = 10_000_000;

/// Steps between two checkpoints at first. A checkpoint needs the loss over the whole split; where that
/// is dear and steps see a few examples only, it is taken about once an epoch (a power of 2 of steps).
fn first_stride(objective: &dyn Objective, batch: BatchSize) -> u64 {
    let (dim, examples) = (objective.dim() as u64, objective.examples() as u64);
    match batch {
        BatchSize::Size(size) if dim * examples > DEAR_SPLIT => {
            (examples / size.max(1) as u64).max(1).next_power_of_two()
        }
        _ => 1,
    }
}

/// All that the next step depends on.
#[derive(Clone)]
struct State {
    step: u64,
    theta: Vec<f64>,
    optimizer: Box<dyn Optimizer>,
    batches: BatchOrder,
    /// Loss and gradient of the whole split at theta, once known.
    whole: Option<(f64, Vec<f64>)>,
    diverged: bool,
}

impl TrainingRun {
    /// A run at its start, step 0 evaluated and recorded.
    ///
    /// # Panics
    /// If the plan's start has another length than the objective's theta.
    pub fn new(objective: Arc<dyn Objective>, plan: TrainingPlan) -> Self {
        assert_eq!(plan.start.len(), objective.dim(), "the start must be a theta of the objective");
        let mut state = State {
            step: 0,
            theta: plan.start.clone(),
            optimizer: plan.optimizer.build(objective.dim()),
            batches: BatchOrder::new(objective.examples(), plan.batch, Stream::new(plan.seed, "batches")),
            whole: None,
            diverged: false,
        };
        state.evaluate_whole(&*objective);
        let stride = first_stride(&*objective, plan.batch);
        let mut trajectory = Trajectory::new(objective.dim(), plan.budget_bytes).with_stride(stride);
        trajectory.record(state.checkpoint());
        let mut keys = KeyCheckpoints::new(objective.dim(), objective.examples());
        keys.offer(&state);
        Self { objective, plan, state, trajectory, keys }
    }

    /// Takes up to `steps` steps; fewer if the run diverges. Returns how many it took.
    pub fn advance(&mut self, steps: u64) -> u64 {
        let before = self.state.step;
        for _ in 0..steps {
            if self.state.diverged {
                break;
            }
            let due = self.trajectory.is_due(self.state.step + 1);
            self.state.take_step(&*self.objective, &self.plan);
            if due || self.state.diverged {
                self.state.evaluate_whole(&*self.objective);
                self.trajectory.record(self.state.checkpoint());
            }
            self.keys.offer(&self.state);
        }
        self.state.evaluate_whole(&*self.objective);
        self.state.step - before
    }

    /// Steps taken so far.
    pub fn step(&self) -> u64 {
        self.state.step
    }

    /// The point the run is at.
    pub fn latest(&self) -> Checkpoint {
        self.state.checkpoint()
    }

    /// The step at which loss or parameters stopped being finite, if they did. The run stays there.
    pub fn diverged_at(&self) -> Option<u64> {
        self.state.diverged.then_some(self.state.step)
    }

    /// What the run minimises.
    pub fn objective(&self) -> &Arc<dyn Objective> {
        &self.objective
    }

    /// What the run was asked to do.
    pub fn plan(&self) -> &TrainingPlan {
        &self.plan
    }

    /// The checkpoints so far, thinned.
    pub fn trajectory(&self) -> &Trajectory {
        &self.trajectory
    }

    /// The checkpoints so far with the latest point at their end.
    pub fn closed_trajectory(&self) -> Trajectory {
        let mut trajectory = self.trajectory.clone();
        trajectory.close(self.latest());
        trajectory
    }

    /// Returns to an earlier step, exactly: from the nearest key checkpoint before it, by taking the
    /// steps between again. Later steps are forgotten. A step ahead is reached by advancing.
    pub fn seek(&mut self, step: u64) {
        if step < self.state.step {
            let key = self.keys.nearest(step).clone();
            let mut back = Self {
                objective: Arc::clone(&self.objective),
                plan: self.plan.clone(),
                trajectory: self.trajectory.up_to(key.step),
                keys: self.keys.up_to(key.step),
                state: key,
            };
            back.advance(step - back.step());
            *self = back;
        } else {
            self.advance(step - self.state.step);
        }
    }

    /// The point of an earlier step without moving the run: a recorded checkpoint, or the steps from
    /// the nearest key checkpoint taken again. `None` for a step not reached yet.
    pub fn checkpoint_at(&self, step: u64) -> Option<Checkpoint> {
        if step > self.state.step {
            return None;
        }
        let recorded = self.trajectory.checkpoints();
        if let Ok(at) = recorded.binary_search_by_key(&step, |c| c.step) {
            return Some(recorded[at].clone());
        }
        let mut state = self.keys.nearest(step).clone();
        while state.step < step {
            state.take_step(&*self.objective, &self.plan);
        }
        state.evaluate_whole(&*self.objective);
        Some(state.checkpoint())
    }
}

impl State {
    /// One step. With the full batch the whole split is evaluated anyway, and kept for the next step.
    fn take_step(&mut self, objective: &dyn Objective, plan: &TrainingPlan) {
        let lr = plan.schedule.lr(plan.optimizer.lr(), self.step);
        let finite = match self.batches.next_batch() {
            None => {
                self.evaluate_whole(objective);
                let (_, mut grad) = self.whole.take().unwrap_or_default();
                self.optimizer.step(&mut self.theta, &grad, lr);
                let loss = objective.loss_grad(&self.theta, &mut grad);
                self.whole = Some((loss, grad));
                loss.is_finite()
            }
            Some(rows) => {
                let mut grad = vec![0.0; self.theta.len()];
                self.whole = None;
                let loss = objective.batch_loss_grad(&self.theta, rows, &mut grad);
                self.optimizer.step(&mut self.theta, &grad, lr);
                loss.is_finite()
            }
        };
        self.step += 1;
        self.diverged = !finite || self.theta.iter().any(|v| !v.is_finite());
    }

    fn evaluate_whole(&mut self, objective: &dyn Objective) {
        if self.whole.is_none() {
            let mut grad = vec![0.0; self.theta.len()];
            let loss = objective.loss_grad(&self.theta, &mut grad);
            self.diverged |= !loss.is_finite();
            self.whole = Some((loss, grad));
        }
    }

    fn checkpoint(&self) -> Checkpoint {
        let (loss, grad_norm) =
            self.whole.as_ref().map_or((f64::NAN, f64::NAN), |(loss, grad)| (*loss, vector::norm(grad)));
        Checkpoint { step: self.step, theta: self.theta.clone(), loss, grad_norm }
    }
}

/// States from which a run continues exactly, at multiples of a stride that doubles as a run grows.
#[derive(Clone)]
struct KeyCheckpoints {
    states: Vec<State>,
    stride: u64,
    capacity: usize,
}

/// Steps between key checkpoints at first: what is taken again at most to reach a step.
const KEY_STRIDE: u64 = 64;
/// Key checkpoints kept at most, and at least, however large they are.
const KEY_CAPACITY: (usize, usize) = (8, 128);
/// Bytes that key checkpoints take as long as they are more than the fewest.
const KEY_BUDGET_BYTES: usize = 64 << 20;

impl KeyCheckpoints {
    fn new(dim: usize, examples: usize) -> Self {
        // Theta and up to two moments of the optimizer, and the order of an epoch.
        let each = 3 * dim * std::mem::size_of::<f64>() + examples * std::mem::size_of::<u32>();
        let (least, most) = KEY_CAPACITY;
        let capacity = (KEY_BUDGET_BYTES / each.max(1)).clamp(least, most);
        Self { states: Vec::new(), stride: KEY_STRIDE, capacity }
    }

    fn offer(&mut self, state: &State) {
        if !state.step.is_multiple_of(self.stride) {
            return;
        }
        if self.states.len() >= self.capacity {
            self.stride *= 2;
            self.states.retain(|kept| kept.step.is_multiple_of(self.stride));
        }
        if state.step.is_multiple_of(self.stride) {
            // Loss and gradient follow from theta, to the bit.
            self.states.push(State { whole: None, ..state.clone() });
        }
    }

    /// The last key checkpoint that is not after `step`; step 0 is always one.
    fn nearest(&self, step: u64) -> &State {
        let after = self.states.partition_point(|state| state.step <= step);
        &self.states[after - 1]
    }

    fn up_to(&self, step: u64) -> Self {
        let end = self.states.partition_point(|state| state.step <= step);
        Self { states: self.states[..end].to_vec(), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dear_split_is_evaluated_about_once_an_epoch() {
        use crate::core::experiment::{Experiment, ExperimentFile};
        let stride = |fields: &str| {
            let file = ExperimentFile::parse(&format!("({fields})"), "x.ron").unwrap();
            Experiment::new(file).unwrap().start_run().trajectory().stride()
        };
        let digits = "dataset: digits(), loss: cross_entropy, model: mlp(widths: [128])";
        assert_eq!(stride(&format!("{digits}, batch: size(64)")), 32, "28 batches an epoch");
        assert_eq!(stride(digits), 1, "the full batch is evaluated anyway");
        assert_eq!(stride("batch: size(32)"), 1);
    }

    #[test]
    fn key_checkpoints_keep_their_budget_and_always_the_start() {
        let state = |step| State {
            step,
            theta: vec![0.0],
            optimizer: OptimizerConfig::default().build(1),
            batches: BatchOrder::new(1, BatchSize::Full, Stream::new(0, "batches")),
            whole: Some((1.0, vec![1.0])),
            diverged: false,
        };
        for (dim, capacity) in [(1, 128), (100_000, 27), (1_000_000, 8)] {
            let mut keys = KeyCheckpoints::new(dim, 500);
            assert_eq!(keys.capacity, capacity);
            for step in 0..64 * 1000 {
                keys.offer(&state(step));
            }
            assert!(keys.states.len() <= capacity && keys.states.len() >= capacity / 2);
            assert!(keys.states.iter().all(|kept| kept.whole.is_none()));
            assert_eq!((keys.nearest(0).step, keys.nearest(63).step), (0, 0));
            let nearest = keys.nearest(63_999).step;
            assert!(nearest + keys.stride > 63_999, "{nearest} with a stride of {}", keys.stride);
        }
    }
}
