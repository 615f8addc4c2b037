//! Which model an experiment asks for, as written in its file.

use serde::{Deserialize, Serialize};

use super::activation::Activation;
use super::layer::{Layer, Model, ModelError};

/// What Model 3 does with its last sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// Squash it to (0, 1), as the post's pictures of Model 3 show (its losses stay near 0.5).
    #[default]
    Sigmoid,
    /// Leave it, as the post's text writes.
    Linear,
}

/// A model by name, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ModelConfig {
    /// p = D·W: two parameters q, s that weigh x and y.
    Model1,
    /// p = D·W + b: three parameters.
    Model2,
    /// Two inputs, three sigmoid units, one output: 13 parameters.
    Model3 {
        /// What happens to the last sum.
        #[serde(default)]
        head: Head,
    },
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self::Model3 { head: Head::default() }
    }
}

impl ModelConfig {
    /// Every kind with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        vec![Self::Model1, Self::Model2, Self::Model3 { head: Head::default() }]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Model1 => "model1",
            Self::Model2 => "model2",
            Self::Model3 { .. } => "model3",
        }
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// The layers for data of that many features and targets.
    ///
    /// # Errors
    /// If the widths make no model.
    pub fn build(&self, inputs: usize, outputs: usize) -> Result<Model, ModelError> {
        Model::new(match self {
            Self::Model1 => vec![Layer::dense(inputs, outputs, Activation::Identity).without_bias()],
            Self::Model2 => vec![Layer::dense(inputs, outputs, Activation::Identity)],
            Self::Model3 { head } => {
                let head = match head {
                    Head::Sigmoid => Activation::Sigmoid,
                    Head::Linear => Activation::Identity,
                };
                vec![Layer::dense(inputs, 3, Activation::Sigmoid), Layer::dense(3, outputs, head)]
            }
        })
    }
}
