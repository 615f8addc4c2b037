//! A look at a point: its gradient, how the loss bends there, and what that makes of it.

use std::sync::Arc;

use super::curvature::{Bending, Curvature};
use super::gradient::{self, Gradient};
use super::verdict::{self, Verdict};
use crate::core::num::{Advance, Job, Progress};
use crate::core::objective::Objective;
use crate::core::subspace::Subspace;

/// What was found at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// How the loss bends; `None` where it is not finite.
    pub curvature: Option<Curvature>,
    /// What the point is.
    pub verdict: Verdict,
    /// Where the loss slopes to, as seen from the plane of the first two directions; `None` without one.
    pub gradient: Option<Gradient>,
}

/// A look in progress. Its units are products with the Hessian.
pub struct Look {
    objective: Arc<dyn Objective>,
    plane: Option<Subspace>,
    theta: Vec<f64>,
    phase: Phase,
}

enum Phase {
    Due,
    Bending { loss: f64, gradient: Option<Gradient>, bending: Box<Bending> },
    Over(Progress),
}

impl Look {
    /// A look at `theta`, `[dim]`, and at the curvature within a plane, if there is one.
    pub fn new(objective: Arc<dyn Objective>, plane: Option<Subspace>, theta: Vec<f64>) -> Self {
        Self { objective, plane, theta, phase: Phase::Due }
    }
}

impl Job for Look {
    type Finding = Seen;

    fn advance(&mut self, products: u64) -> Advance<Seen> {
        match &mut self.phase {
            Phase::Due => {
                let mut grad = vec![0.0; self.theta.len()];
                let loss = self.objective.loss_grad(&self.theta, &mut grad);
                let bending = Box::new(Bending::begin(self.plane.as_ref(), &self.theta, &grad));
                let gradient = self.plane.as_ref().map(|plane| gradient::split(&grad, &plane.plane_at(0.0)));
                self.phase = Phase::Bending { loss, gradient, bending };
                Advance::Working
            }
            Phase::Bending { loss, gradient, bending } => {
                let products = usize::try_from(products.max(1)).unwrap_or(usize::MAX);
                let Some(curvature) = bending.take(products, &*self.objective) else {
                    return Advance::Working;
                };
                let verdict = verdict::judge(*loss, curvature.as_ref());
                let gradient = gradient.take();
                self.phase = Phase::Over(bending.progress());
                Advance::Found(Seen { curvature, verdict, gradient })
            }
            Phase::Over(_) => Advance::Ended,
        }
    }

    fn progress(&self) -> Progress {
        match &self.phase {
            Phase::Bending { bending, .. } => bending.progress(),
            Phase::Due => Progress::default(),
            Phase::Over(progress) => *progress,
        }
    }
}
