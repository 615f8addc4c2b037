//! Gradient descent with momentum, as `torch.optim.SGD` with `momentum` (Polyak 1964).

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of gradient descent with momentum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MomentumSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Share of the velocity that a step keeps.
    pub momentum: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for MomentumSettings {
    fn default() -> Self {
        Self { lr: 0.1, momentum: 0.9, weight_decay: 0.0 }
    }
}

impl MomentumSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        setting::below_one("momentum", self.momentum)?;
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Momentum::new(self, layout))
    }
}

/// velocity ← momentum·velocity + gradient; theta ← theta − lr·velocity. Where it looks ahead
/// (Nesterov), theta ← theta − lr·(gradient + momentum·velocity).
#[derive(Clone, Debug)]
pub(super) struct Momentum {
    momentum: f64,
    weight_decay: f64,
    pub(super) looks_ahead: bool,
    velocity: Vec<f64>,
}

impl Momentum {
    /// At rest, without a look ahead.
    pub(super) fn new(settings: MomentumSettings, layout: &ParamLayout) -> Self {
        let MomentumSettings { momentum, weight_decay, .. } = settings;
        Self { momentum, weight_decay, looks_ahead: false, velocity: vec![0.0; layout.dim()] }
    }

    /// A step by a gradient.
    pub(super) fn descend(&mut self, theta: &mut [f64], grad: &[f64], lr: f64) {
        for ((theta, grad), velocity) in theta.iter_mut().zip(grad).zip(&mut self.velocity) {
            let grad = grad + self.weight_decay * *theta;
            *velocity = self.momentum * *velocity + grad;
            let step = if self.looks_ahead { grad + self.momentum * *velocity } else { *velocity };
            *theta -= lr * step;
        }
    }
}

impl Optimizer for Momentum {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        self.descend(theta, grad.here(), lr);
    }

    fn stability(&self, lr: f64) -> Option<Stability> {
        let (beta, decay) = (self.momentum, self.weight_decay);
        Some(match self.looks_ahead {
            false => Stability::plain(2.0 * (1.0 + beta) / lr, "2(1 + β)/lr", decay),
            true => {
                let limit = 2.0 * (1.0 + beta) / (lr * (1.0 + 2.0 * beta));
                Stability::plain(limit, "2(1 + β)/(lr(1 + 2β))", decay)
            }
        })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
