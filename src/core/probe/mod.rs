//! What is true at a point of parameter space, whatever a slice through it looks like.
//!
//! A plane that looks like a bowl proves nothing: the loss may fall off in any of the directions it
//! leaves out. So a probe splits the gradient into its part in the plane and the rest, looks at the
//! curvature of the whole space beside that of the plane, and says in words what the point is. The
//! last word has the post's own test: train on from here and see how much lower it gets.

pub mod along;
pub mod curvature;
pub mod gradient;
pub mod look;
pub mod sharpness;
pub mod train_on;
pub mod verdict;

pub use curvature::{Curvature, Extent};
pub use gradient::Gradient;
pub use look::{Look, Seen};
pub use sharpness::Sharpness;
pub use train_on::TrainOn;
pub use verdict::{Brief, Verdict, VerdictKind};

use serde::Serialize;

use crate::core::num::Stream;
use crate::core::objective::Objective;
use crate::core::subspace::Subspace;

/// What was found at a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Probe {
    /// The loss over the training examples; not finite where it diverges.
    pub loss: f64,
    /// Share of the training examples predicted right, where that has a meaning.
    pub accuracy: Option<f64>,
    /// The loss over the held-out examples, where there are any.
    pub held_out_loss: Option<f64>,
    /// Distance of the point from the plane, in theta's unit.
    pub plane_distance: f64,
    /// Where the loss slopes to.
    pub gradient: Gradient,
    /// How it bends; `None` where the Hessian is not finite.
    pub curvature: Option<Curvature>,
    /// What the point is.
    pub verdict: Verdict,
    /// How fast the loss rises around it; `None` where it diverges.
    pub sharpness: Option<Sharpness>,
}

/// Looks at `theta`, `[dim]`, as it lies beside a plane. Random directions come out of the stream
/// `probe` of the seed.
pub fn probe(objective: &dyn Objective, plane: &Subspace, theta: &[f64], seed: u64) -> Probe {
    let mut grad = vec![0.0; theta.len()];
    let loss = objective.loss_grad(theta, &mut grad);
    let curvature = curvature::measure(objective, Some(plane), theta, &grad);
    let supervised = objective.supervised();
    Probe {
        loss,
        accuracy: supervised.and_then(|supervised| supervised.accuracy(theta)),
        held_out_loss: supervised.and_then(|supervised| supervised.held_out_loss(theta)),
        plane_distance: plane.project(theta).residual,
        gradient: gradient::split(&grad, plane),
        verdict: verdict::judge(loss, curvature.as_ref()),
        curvature,
        sharpness: sharpness::measure(objective, theta, loss, &mut Stream::new(seed, "probe")),
    }
}
