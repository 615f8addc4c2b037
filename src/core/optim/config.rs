//! Which optimizer an experiment asks for, as written in its file.

use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::sgd::Sgd;

/// An optimizer by name, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OptimizerConfig {
    /// theta ← theta − lr·gradient.
    Sgd {
        /// Learning rate, above 0.
        #[serde(default = "default_sgd_lr")]
        lr: f64,
    },
}

fn default_sgd_lr() -> f64 {
    0.1
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self::Sgd { lr: default_sgd_lr() }
    }
}

impl OptimizerConfig {
    /// Every kind with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        vec![Self::Sgd { lr: default_sgd_lr() }]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sgd { .. } => "sgd",
        }
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// The base learning rate.
    pub fn lr(&self) -> f64 {
        match self {
            Self::Sgd { lr } => *lr,
        }
    }

    /// Sets the base learning rate.
    pub fn set_lr(&mut self, value: f64) {
        match self {
            Self::Sgd { lr } => *lr = value,
        }
    }

    /// The optimizer in its first state, for `dim` parameters.
    pub fn build(&self, _dim: usize) -> Box<dyn Optimizer> {
        match self {
            Self::Sgd { .. } => Box::new(Sgd),
        }
    }
}
