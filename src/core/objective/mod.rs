//! The one seam between what is minimised and everything that minimises, slices or probes it.

pub mod analytic;
pub mod curve;
pub mod hessian;
pub mod measure;
pub mod problem;
pub mod quantity;
pub mod supervised;
pub mod targets;

pub use analytic::{Analytic, Surface};
pub use curve::{Barrier, Curve};
pub use measure::{Measure, Valuation};
pub use problem::{NoObjective, Problem};
pub use quantity::Quantity;
pub use supervised::Supervised;
pub use targets::{SupervisedError, fitting, outputs_for};

use crate::core::num::ParamLayout;

/// A function of theta to be minimised.
///
/// All methods are pure. A loss may be NaN or infinite where the function diverges: that is data.
pub trait Objective: Send + Sync {
    /// Which parameters lie where in theta.
    fn layout(&self) -> &ParamLayout;

    /// Length of theta.
    fn dim(&self) -> usize {
        self.layout().dim()
    }

    /// The loss at theta, `[dim]`, over the whole training split.
    fn loss(&self, theta: &[f64]) -> f64;

    /// The loss at theta over the whole training split; its gradient is written to `grad`, `[dim]`.
    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64;

    /// As [`Objective::loss_grad`] over some examples only, given by their indices. A function
    /// without examples answers for the whole.
    fn batch_loss_grad(&self, theta: &[f64], _rows: &[u32], grad: &mut [f64]) -> f64 {
        self.loss_grad(theta, grad)
    }

    /// The Hessian of the loss at theta times `v`, `[dim]`, written to `out`, `[dim]`; exact, not by
    /// differences.
    fn hvp(&self, theta: &[f64], v: &[f64], out: &mut [f64]);

    /// Number of training examples; 0 for a function that has none.
    fn examples(&self) -> usize {
        0
    }

    /// What belongs to learning from examples: network, loss, examples and predictions. `None` for any other
    /// function.
    fn supervised(&self) -> Option<&Supervised> {
        None
    }
}
