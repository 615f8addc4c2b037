//! Gradient descent with Nesterov's momentum, as `torch.optim.SGD` with `nesterov` (Sutskever et al.
//! 2013). The step itself is momentum's, looking ahead.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::momentum::{Momentum, MomentumSettings};
use crate::core::num::ParamLayout;
use crate::core::num::setting::SettingError;

/// Settings of gradient descent with Nesterov's momentum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NesterovSettings {
    /// Learning rate, above 0.
    pub lr: f64,
    /// Share of the velocity that a step keeps.
    pub momentum: f64,
    /// This times theta is added to the gradient.
    pub weight_decay: f64,
}

impl Default for NesterovSettings {
    fn default() -> Self {
        let MomentumSettings { lr, momentum, weight_decay } = MomentumSettings::default();
        Self { lr, momentum, weight_decay }
    }
}

impl NesterovSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        let Self { lr, momentum, weight_decay } = *self;
        MomentumSettings { lr, momentum, weight_decay }.check()
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        let Self { lr, momentum, weight_decay } = self;
        let mut descent = Momentum::new(MomentumSettings { lr, momentum, weight_decay }, layout);
        descent.looks_ahead = true;
        Box::new(descent)
    }
}
