//! The one seam between what is minimised and everything that minimises, slices or probes it.

pub mod analytic;
pub mod hessian;
pub mod supervised;
pub mod targets;

pub use analytic::{Analytic, Surface};
pub use supervised::Supervised;
pub use targets::{SupervisedError, fitting, outputs_for};

use crate::core::data::Dataset;
use crate::core::loss::Loss;
use crate::core::model::Model;
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

    /// The network, loss and examples that it consists of, where it does: what a faster evaluation of
    /// the same numbers needs to know.
    fn network(&self) -> Option<(&Model, Loss, &Dataset)> {
        None
    }

    /// Predictions for examples `x [n, inputs]`, as `[n, outputs]`; `None` where nothing is predicted.
    fn predict(&self, _theta: &[f64], _x: &[f64]) -> Option<Vec<f64>> {
        None
    }

    /// The share of training examples predicted right, where that has a meaning.
    fn accuracy(&self, _theta: &[f64]) -> Option<f64> {
        None
    }

    /// The training examples, where there are any.
    fn train(&self) -> Option<&Dataset> {
        None
    }

    /// The examples held out from training, where there are any.
    fn held_out(&self) -> Option<&Dataset> {
        None
    }

    /// The loss over the held-out examples, where there are any.
    fn held_out_loss(&self, _theta: &[f64]) -> Option<f64> {
        None
    }

    /// The share of held-out examples predicted right, where that has a meaning.
    fn held_out_accuracy(&self, _theta: &[f64]) -> Option<f64> {
        None
    }
}
