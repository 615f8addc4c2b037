//! All that the next step of a run depends on, and the step itself.
//!
//! Apart from the run because a run holds many: the present one and the key checkpoints.

use super::course::Course;
use super::plan::TrainingPlan;
use super::trajectory::Checkpoint;
use crate::core::data::BatchOrder;
use crate::core::num::{Stream, vector};
use crate::core::objective::Objective;
use crate::core::optim::Optimizer;

/// All that the next step depends on.
#[derive(Clone)]
pub(super) struct State {
    pub(super) step: u64,
    pub(super) theta: Vec<f64>,
    pub(super) optimizer: Box<dyn Optimizer>,
    pub(super) batches: BatchOrder,
    /// Loss and gradient of the whole split at theta, once known.
    pub(super) whole: Option<(f64, Vec<f64>)>,
    /// Whether a step's own loss or theta stopped being finite. The loss over the whole split has no say
    /// here, or a run would depend on how often somebody looks at it.
    pub(super) diverged: bool,
}

impl State {
    /// Step 0, evaluated.
    pub(super) fn start(objective: &dyn Objective, plan: &TrainingPlan) -> Self {
        let mut state = Self {
            step: 0,
            theta: plan.start.clone(),
            optimizer: plan.optimizer.build(objective.dim()),
            batches: BatchOrder::new(objective.examples(), plan.batch, Stream::new(plan.seed, "batches")),
            whole: None,
            diverged: false,
        };
        state.evaluate_whole(objective);
        state.diverged = !state.checkpoint().loss.is_finite();
        state
    }

    /// One step. With the full batch the whole split is evaluated anyway, and kept for the next step.
    pub(super) fn take_step(&mut self, objective: &dyn Objective, plan: &TrainingPlan) {
        if let Some(course) = &plan.course {
            return self.follow(course);
        }
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

    /// One step along recorded checkpoints.
    fn follow(&mut self, course: &Course) {
        self.step += 1;
        if let Some(point) = course.at(self.step) {
            self.theta.copy_from_slice(&point.theta);
            self.whole = None;
        }
        self.diverged = course.diverged_at() == Some(self.step);
    }

    /// Makes loss and gradient of the whole split known.
    pub(super) fn evaluate_whole(&mut self, objective: &dyn Objective) {
        if self.whole.is_none() {
            let mut grad = vec![0.0; self.theta.len()];
            let loss = objective.loss_grad(&self.theta, &mut grad);
            self.whole = Some((loss, grad));
        }
    }

    /// The point the run is at, with what is known of the loss there.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        let (loss, grad_norm) =
            self.whole.as_ref().map_or((f64::NAN, f64::NAN), |(loss, grad)| (*loss, vector::norm(grad)));
        Checkpoint { step: self.step, theta: self.theta[..].into(), loss, grad_norm }
    }
}
