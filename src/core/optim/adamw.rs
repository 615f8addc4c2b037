//! AdamW, as `torch.optim.AdamW` (Loshchilov and Hutter 2019): Adam whose weight decay shrinks theta
//! directly instead of passing through the running means.

use serde::{Deserialize, Serialize};

use super::adam::{AdamSettings, Moments};
use super::{Gradients, Optimizer, Stability};
use crate::core::num::ParamLayout;
use crate::core::num::setting::SettingError;

/// Settings of AdamW.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamwSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Share that a step keeps of the mean gradient, and of the mean squared gradient.
    pub betas: [f64; 2],
    /// Added to the divisor.
    pub eps: f64,
    /// lr times this is the share of theta that a step takes away.
    pub weight_decay: f64,
}

impl Default for AdamwSettings {
    fn default() -> Self {
        let AdamSettings { lr, betas, eps, .. } = AdamSettings::default();
        Self { lr, betas, eps, weight_decay: 0.01 }
    }
}

impl AdamwSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        let Self { lr, betas, eps, weight_decay } = *self;
        AdamSettings { lr, betas, eps, weight_decay }.check()
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        let moments = Moments::new(self.betas, self.eps, layout.dim());
        Box::new(Adamw { weight_decay: self.weight_decay, moments })
    }
}

#[derive(Clone, Debug)]
struct Adamw {
    weight_decay: f64,
    moments: Moments,
}

impl Optimizer for Adamw {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let kept = 1.0 - lr * self.weight_decay;
        self.moments.step(theta, grad.here(), lr, |theta, grad| (theta * kept, grad));
    }

    /// The decay apart from the gradient is left out: it is small beside the step.
    fn stability(&self, lr: f64) -> Option<Stability> {
        Some(self.moments.stability(lr, 0.0))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
