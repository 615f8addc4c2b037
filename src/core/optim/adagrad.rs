//! Adagrad, as `torch.optim.Adagrad` (Duchi, Hazan and Singer 2011).

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of Adagrad.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdagradSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Added to the divisor.
    pub eps: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for AdagradSettings {
    fn default() -> Self {
        Self { lr: 0.01, eps: 1e-10, weight_decay: 0.0 }
    }
}

impl AdagradSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        setting::not_negative("eps", self.eps)?;
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Adagrad { settings: self, sum: vec![0.0; layout.dim()] })
    }
}

/// sum ← sum + gradient²; theta ← theta − lr·gradient / (√sum + eps).
#[derive(Clone, Debug)]
struct Adagrad {
    settings: AdagradSettings,
    sum: Vec<f64>,
}

impl Optimizer for Adagrad {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let AdagradSettings { eps, weight_decay, .. } = self.settings;
        for ((theta, grad), sum) in theta.iter_mut().zip(grad.here()).zip(&mut self.sum) {
            let grad = grad + weight_decay * *theta;
            *sum += grad * grad;
            *theta -= lr * grad / (sum.sqrt() + eps);
        }
    }

    fn stability(&self, lr: f64) -> Option<Stability> {
        let AdagradSettings { eps, weight_decay, .. } = self.settings;
        let divisors = self.sum.iter().map(|sum| sum.sqrt() + eps).collect();
        Some(Stability::plain(2.0 / lr, "2/lr", weight_decay).divided(divisors))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
