//! Adam, as `torch.optim.Adam` (Kingma and Ba 2015), without amsgrad.

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of Adam.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Share that a step keeps of the mean gradient, and of the mean squared gradient.
    pub betas: [f64; 2],
    /// Added to the divisor.
    pub eps: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for AdamSettings {
    fn default() -> Self {
        Self { lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0 }
    }
}

impl AdamSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        for beta in self.betas {
            setting::below_one("betas", beta)?;
        }
        setting::not_negative("eps", self.eps)?;
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        let moments = Moments::new(self.betas, self.eps, layout.dim());
        Box::new(Adam { weight_decay: self.weight_decay, moments })
    }
}

#[derive(Clone, Debug)]
struct Adam {
    weight_decay: f64,
    moments: Moments,
}

impl Optimizer for Adam {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let weight_decay = self.weight_decay;
        self.moments.step(theta, grad.here(), lr, |theta, grad| (theta, grad + weight_decay * theta));
    }

    fn stability(&self, lr: f64) -> Option<Stability> {
        Some(self.moments.stability(lr, self.weight_decay))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// Running means of the gradient and of its square, each divided by 1 − betaᵗ at step t, since they
/// start at 0.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    betas: [f64; 2],
    eps: f64,
    steps: u64,
    mean: Vec<f64>,
    mean_square: Vec<f64>,
}

impl Moments {
    pub(super) fn new(betas: [f64; 2], eps: f64, dim: usize) -> Self {
        Self { betas, eps, steps: 0, mean: vec![0.0; dim], mean_square: vec![0.0; dim] }
    }

    /// The limit of a mean of gradients that keeps a share β of itself, divided by what it is divided by.
    pub(super) fn stability(&self, lr: f64, weight_decay: f64) -> Stability {
        let beta = self.betas[0];
        let [known, known_square] = self.betas.map(|beta| 1.0 - beta.powf(self.steps as f64));
        let divisor = |square: &f64| known * (square.sqrt() / known_square.sqrt() + self.eps);
        let limit = 2.0 * (1.0 + beta) / ((1.0 - beta) * lr);
        let divisors = self.mean_square.iter().map(divisor).collect();
        Stability::plain(limit, "2(1 + β₁)/((1 − β₁)lr)", weight_decay).divided(divisors)
    }

    /// theta ← theta − lr·mean / (√mean square + eps), once `decay` has had its way with each entry
    /// of theta and its gradient.
    pub(super) fn step(
        &mut self,
        theta: &mut [f64],
        grad: &[f64],
        lr: f64,
        decay: impl Fn(f64, f64) -> (f64, f64),
    ) {
        self.steps += 1;
        let [keep, keep_square] = self.betas;
        let [known, known_square] = self.betas.map(|beta| 1.0 - beta.powf(self.steps as f64));
        let (rate, root) = (lr / known, known_square.sqrt());
        let means = self.mean.iter_mut().zip(&mut self.mean_square);
        for ((theta, grad), (mean, mean_square)) in theta.iter_mut().zip(grad).zip(means) {
            let (decayed, grad) = decay(*theta, *grad);
            *mean += (1.0 - keep) * (grad - *mean);
            *mean_square = keep_square * *mean_square + (1.0 - keep_square) * grad * grad;
            *theta = decayed - rate * *mean / (mean_square.sqrt() / root + self.eps);
        }
    }
}
