//! What lies between two landscapes beside each other: the surface of neither, on the way from the one to the other.
//!
//! Origin, directions and the weight on the skip connections go from the first's to the second's in equal measure, and
//! every point on the way is evaluated, never blended. Only the two ends were trained.

use std::sync::Arc;

use super::checked::Experiment;
use super::field::FieldError;
use super::pipeline::Plan;
use crate::core::grid::{Evaluator, InProcess};
use crate::core::model::{ModelConfig, Skip};
use crate::core::objective::measure::Batches;
use crate::core::objective::{Measure, Problem, Supervised};

/// What can be asked to lie between.
const EXPECTED: &str = "two landscapes beside each other whose data, loss and model are the same but for the weight on the \
                        skip connections (compare)";

impl Experiment {
    /// Refuses a place between where there is none.
    ///
    /// # Errors
    /// If one is asked for, and nothing is compared, or what differs cannot be gone through.
    pub(super) fn check_between(&self) -> Result<(), FieldError> {
        match self.view.between {
            Some(share) if self.model_between(share).is_none() => {
                Err(FieldError::new("view.between", share, EXPECTED))
            }
            _ => Ok(()),
        }
    }

    /// Whether a landscape between the two can be evaluated.
    pub fn has_between(&self) -> bool {
        self.model_between(0.5).is_some()
    }

    /// The model a share of the way from this experiment's to that of the second, where that differs from it in the
    /// weight on its skip connections at most, and both are of the same data.
    fn model_between(&self, share: f64) -> Option<ModelConfig> {
        let second = self.second()?;
        self.supervised()?;
        let is_same = self.has_data_of(second) && self.loss == second.loss;
        let model = match (&self.model, &second.model) {
            (ModelConfig::Mlp { widths, activation, skip, head }, ModelConfig::Mlp { skip: other, .. }) => {
                let weight = skip.weight() + share * (other.weight() - skip.weight());
                let mlp = |skip| ModelConfig::Mlp {
                    widths: widths.clone(),
                    activation: *activation,
                    skip,
                    head: *head,
                };
                (mlp(*other) == second.model).then_some(mlp(Skip::new(weight.clamp(0.0, 1.0)).ok()?))
            }
            (own, other) => (own == other).then(|| own.clone()),
        };
        model.filter(|_| is_same)
    }

    /// What is minimised a share of the way from this experiment to the second.
    fn problem_between(&self, share: f64) -> Option<Problem> {
        let (model, own) = (self.model_between(share)?, self.supervised()?);
        let built = model.build(own.train().inputs(), own.model().outputs()).ok()?;
        let objective = Supervised::new(built, own.loss_function(), own.train().clone()).ok()?;
        let objective = match own.held_out() {
            Some(held_out) => objective.with_held_out(held_out.clone()).ok()?,
            None => objective,
        };
        Some(Problem::new(Arc::new(objective), self.problem.start().to_vec()))
    }

    /// The plan of the surface a share of the way between the plans of both: whose plane lies there, and whose loss is
    /// that of the model there. It has no volume. `None` where there is nothing between.
    pub fn plan_between(&self, own: &Plan, second: &Plan, share: f64) -> Option<Plan> {
        let batches = Batches { size: self.batch, seed: self.seed, steps: self.steps };
        let measure = Measure::new(own.quantity, &self.problem_between(share)?, &batches).ok()??;
        let mut plan = own.clone();
        plan.plane.subspace = own.plane.subspace.between(&second.plane.subspace, share).ok()?;
        plan.evaluator = Some(Arc::new(InProcess::of(measure)) as Arc<dyn Evaluator>);
        plan.volume_spec = None;
        Some(plan)
    }

    /// In words, where between the two the first one's surface is.
    pub fn said_between(&self) -> Option<String> {
        let share = self.view.between.filter(|share| *share > 0.0)?;
        Some(format!("{share:.2} of the way, evaluated: only the ends were trained"))
    }
}
