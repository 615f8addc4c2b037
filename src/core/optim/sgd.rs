//! Gradient descent, as `torch.optim.SGD` without momentum.

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of gradient descent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SgdSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for SgdSettings {
    fn default() -> Self {
        Self { lr: 0.1, weight_decay: 0.0 }
    }
}

impl SgdSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, _layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Sgd { weight_decay: self.weight_decay })
    }
}

/// theta ← theta − lr·gradient.
#[derive(Clone, Debug)]
struct Sgd {
    weight_decay: f64,
}

impl Optimizer for Sgd {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        for (theta, grad) in theta.iter_mut().zip(grad.here()) {
            *theta -= lr * (grad + self.weight_decay * *theta);
        }
    }

    fn stability(&self, lr: f64) -> Option<Stability> {
        Some(Stability::plain(2.0 / lr, "2/lr", self.weight_decay))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
