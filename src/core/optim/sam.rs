//! Sharpness-aware minimisation (Foret et al. 2021, algorithm 1 with p = 2) over gradient descent with momentum.
//!
//! A step goes by `rho` uphill first and takes the gradient there, over the same examples: two gradients a step.

use serde::{Deserialize, Serialize};

use super::momentum::{Momentum, MomentumSettings};
use super::{Gradients, Optimizer};
use crate::core::num::ParamLayout;
use crate::core::num::setting::{self, SettingError};
use crate::core::num::vector::{add_scaled, norm};

/// Settings of sharpness-aware minimisation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// How far uphill the gradient is taken, in theta's unit; 0 is gradient descent.
    pub rho: f64,
    /// Share of the velocity that a step keeps.
    pub momentum: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for SamSettings {
    /// With the paper's rho; the learning rate is the one of [`SgdSettings`](super::sgd::SgdSettings).
    fn default() -> Self {
        Self { lr: 0.1, rho: 0.05, momentum: 0.0, weight_decay: 0.0 }
    }
}

impl SamSettings {
    fn descent(self) -> MomentumSettings {
        let Self { lr, momentum, weight_decay, .. } = self;
        MomentumSettings { lr, momentum, weight_decay }
    }

    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::not_negative("rho", self.rho)?;
        self.descent().check()
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Sam { rho: self.rho, descent: Momentum::new(self.descent(), layout) })
    }
}

#[derive(Clone, Debug)]
struct Sam {
    rho: f64,
    descent: Momentum,
}

impl Optimizer for Sam {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let (here, mut uphill) = (grad.here(), theta.to_vec());
        let steepness = norm(here);
        // Where it is flat there is no way up.
        if steepness != 0.0 {
            add_scaled(&mut uphill, self.rho / steepness, here);
        }
        let mut there = vec![0.0; theta.len()];
        grad.at(&uphill, &mut there);
        self.descent.descend(theta, &there, lr);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
