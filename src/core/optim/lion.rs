//! Lion, the evolved sign momentum (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", program 1).
//!
//! Each parameter goes the same way, whatever its gradient's size: so its learning rate is a tenth of Adam's or
//! less.

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};

/// Settings of Lion, with the authors' defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LionSettings {
    /// Learning rate, above 0: how far each parameter goes in a step.
    pub lr: f64,
    /// Share of the mean gradient in a step's direction, and share of it that a step keeps.
    pub betas: [f64; 2],
    /// Theta shrinks by this times the learning rate in each step.
    pub weight_decay: f64,
}

impl Default for LionSettings {
    fn default() -> Self {
        Self { lr: 1e-4, betas: [0.9, 0.99], weight_decay: 0.0 }
    }
}

impl LionSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        for beta in self.betas {
            setting::below_one("betas", beta)?;
        }
        setting::not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Lion { settings: self, mean: vec![0.0; layout.dim()] })
    }
}

/// theta ← theta − lr·(sign(β₁·mean + (1 − β₁)·gradient) + decay·theta); mean ← β₂·mean + (1 − β₂)·gradient.
#[derive(Clone, Debug)]
struct Lion {
    settings: LionSettings,
    mean: Vec<f64>,
}

impl Optimizer for Lion {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let LionSettings { betas: [in_step, kept], weight_decay, .. } = self.settings;
        for ((theta, grad), mean) in theta.iter_mut().zip(grad.here()).zip(&mut self.mean) {
            let way = sign(in_step * *mean + (1.0 - in_step) * grad);
            *mean = kept * *mean + (1.0 - kept) * grad;
            *theta -= lr * (way + weight_decay * *theta);
        }
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// −1, 0 or 1, where [`f64::signum`] knows no 0; NaN of NaN.
fn sign(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_gradient_rests_and_what_is_no_number_is_none() {
        assert_eq!([0.0, -0.0, 3.0, -1e-300].map(sign), [0.0, 0.0, 1.0, -1.0]);
        assert!(sign(f64::NAN).is_nan());
    }
}
