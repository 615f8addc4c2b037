//! All that the next step of a run depends on, and the step itself.
//!
//! Apart from the run because a run holds many: the present one and the key checkpoints.

use super::course::Course;
use super::plan::TrainingPlan;
use super::trajectory::{Checkpoint, Trajectory};
use super::walk::Walk;
use crate::core::data::BatchOrder;
use crate::core::num::{Stream, vector};
use crate::core::objective::Objective;
use crate::core::optim::{Gradients, Optimizer};

/// All that the next step depends on.
#[derive(Clone)]
pub(super) struct State {
    pub(super) step: u64,
    pub(super) theta: Vec<f64>,
    pub(super) optimizer: Box<dyn Optimizer>,
    pub(super) batches: BatchOrder,
    /// Gradients that its steps have taken, of the whole split or of some examples.
    pub(super) evaluations: u64,
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
            optimizer: plan.optimizer.build(objective.layout()),
            batches: BatchOrder::new(objective.examples(), plan.batch, Stream::new(plan.seed, "batches")),
            evaluations: 0,
            whole: None,
            diverged: false,
        };
        state.evaluate_whole(objective);
        state.diverged = state.whole.as_ref().is_none_or(|(loss, _)| !loss.is_finite());
        state
    }

    /// One step. With the full batch the whole split is evaluated anyway, and kept for the next step.
    pub(super) fn take_step(&mut self, objective: &dyn Objective, plan: &TrainingPlan) {
        if let Some(course) = &plan.course {
            return self.follow(course);
        }
        if let Some(walk) = &plan.walk {
            return self.walk(walk);
        }
        let lr = plan.schedule.lr(plan.optimizer.lr(), self.step);
        let finite = match self.batches.next_batch() {
            None => {
                self.evaluate_whole(objective);
                let (_, mut grad) = self.whole.take().unwrap_or_default();
                let mut further = |theta: &[f64], grad: &mut [f64]| {
                    objective.loss_grad(theta, grad);
                };
                let mut gradients = Gradients::new(&grad, &mut further);
                self.optimizer.step(&mut self.theta, &mut gradients, lr);
                self.evaluations += gradients.evaluations();
                let loss = objective.loss_grad(&self.theta, &mut grad);
                self.whole = Some((loss, grad));
                loss.is_finite()
            }
            Some(rows) => {
                let mut grad = vec![0.0; self.theta.len()];
                self.whole = None;
                let loss = objective.batch_loss_grad(&self.theta, rows, &mut grad);
                let mut further = |theta: &[f64], grad: &mut [f64]| {
                    objective.batch_loss_grad(theta, rows, grad);
                };
                let mut gradients = Gradients::new(&grad, &mut further);
                self.optimizer.step(&mut self.theta, &mut gradients, lr);
                self.evaluations += gradients.evaluations();
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

    /// One step of a walk. It goes on where the loss is not finite: what lies behind is known.
    fn walk(&mut self, walk: &Walk) {
        self.step += 1;
        self.theta = walk.point(self.step);
        self.whole = None;
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
    /// Where that is known already with the same parameters, it shares them.
    pub(super) fn checkpoint(&self, known: Option<&Trajectory>) -> Checkpoint {
        let theta = known.and_then(|known| known.same_theta(self.step, &self.theta));
        let theta = theta.unwrap_or_else(|| self.theta[..].into());
        let (loss, grad_norm) =
            self.whole.as_ref().map_or((f64::NAN, f64::NAN), |(loss, grad)| (*loss, vector::norm(grad)));
        Checkpoint { step: self.step, theta, loss, grad_norm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::{BatchSize, Dataset};
    use crate::core::loss::Loss;
    use crate::core::model::{Activation, Layer, Model};
    use crate::core::num::vector::{add_scaled, norm};
    use crate::core::objective::{Analytic, Supervised, Surface};
    use crate::core::optim::OptimizerConfig;
    use crate::core::optim::sam::SamSettings;

    /// Half a unit uphill, then down by the gradient there.
    fn sam() -> OptimizerConfig {
        OptimizerConfig::Sam(SamSettings { rho: 0.5, ..SamSettings::default() })
    }

    #[test]
    fn a_step_may_take_a_second_gradient() {
        // f = x²/2 + 5y², whose gradient is (x, 10y).
        let objective = Analytic::new(Surface::Quadratic);
        let plan = TrainingPlan::new(vec![3.0, 0.4], sam(), BatchSize::Full, 0);
        let mut state = State::start(&objective, &plan);
        state.take_step(&objective, &plan);
        // The gradient is (3, 4), 5 long; half a unit along it lies (3.3, 0.8), where the gradient is (3.3, 8).
        let expected = [3.0 - 0.1 * 3.3, 0.4 - 0.1 * 8.0];
        assert!(state.theta.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{:?}", state.theta);
        assert_eq!(state.evaluations, 2);
        let [x, y] = expected;
        assert!((state.checkpoint(None).loss - (0.5 * x * x + 5.0 * y * y)).abs() < 1e-15);
    }

    #[test]
    fn a_second_gradient_is_one_over_the_same_examples() {
        let model = Model::new(vec![Layer::dense(1, 1, Activation::Identity)]).unwrap();
        let data = Dataset::new("d", vec![1.0, 2.0, -1.0, 0.5], vec![0.3, -1.0, 2.0, 0.0], 1, 1).unwrap();
        let objective = Supervised::new(model, Loss::Mse, data).unwrap();
        let plan = TrainingPlan::new(vec![0.2, -0.1], sam(), BatchSize::Size(3), 7);
        let mut state = State::start(&objective, &plan);
        let mut order = state.batches.clone();
        for step in 1..6 {
            let rows = order.next_batch().unwrap().to_vec();
            let mut expected = state.theta.clone();
            let gradient = |theta: &[f64]| {
                let mut grad = vec![0.0; 2];
                objective.batch_loss_grad(theta, &rows, &mut grad);
                grad
            };
            let here = gradient(&expected);
            let mut uphill = expected.clone();
            add_scaled(&mut uphill, 0.5 / norm(&here), &here);
            add_scaled(&mut expected, -0.1, &gradient(&uphill));
            state.take_step(&objective, &plan);
            assert_eq!(state.theta, expected);
            assert_eq!((state.step, state.evaluations), (step, 2 * step));
        }
    }
}
