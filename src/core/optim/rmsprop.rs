//! RMSprop, as `torch.optim.RMSprop` (Tieleman and Hinton 2012), not centred and without momentum.

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of RMSprop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RmspropSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Share of the mean square that a step keeps.
    pub alpha: f64,
    /// Added to the divisor.
    pub eps: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for RmspropSettings {
    fn default() -> Self {
        Self { lr: 0.01, alpha: 0.99, eps: 1e-8, weight_decay: 0.0 }
    }
}

impl RmspropSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        setting::below_one("alpha", self.alpha)?;
        setting::not_negative("eps", self.eps)?;
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Rmsprop { settings: self, mean_square: vec![0.0; layout.dim()] })
    }
}

/// mean square ← α·mean square + (1 − α)·gradient²; theta ← theta − lr·gradient / (√mean square + eps).
#[derive(Clone, Debug)]
struct Rmsprop {
    settings: RmspropSettings,
    mean_square: Vec<f64>,
}

impl Optimizer for Rmsprop {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let RmspropSettings { alpha, eps, weight_decay, .. } = self.settings;
        for ((theta, grad), mean_square) in theta.iter_mut().zip(grad.here()).zip(&mut self.mean_square) {
            let grad = grad + weight_decay * *theta;
            *mean_square = alpha * *mean_square + (1.0 - alpha) * grad * grad;
            *theta -= lr * grad / (mean_square.sqrt() + eps);
        }
    }

    fn stability(&self, lr: f64) -> Option<Stability> {
        let RmspropSettings { eps, weight_decay, .. } = self.settings;
        let divisors = self.mean_square.iter().map(|square| square.sqrt() + eps).collect();
        Some(Stability::plain(2.0 / lr, "2/lr", weight_decay).divided(divisors))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
