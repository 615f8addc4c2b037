//! Which model an experiment asks for, as written in its file.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::activation::Activation;
use super::layer::{Layer, Model, ModelError};
use super::skip::Skip;

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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
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
    /// Hidden layers of any widths, then an output layer.
    Mlp {
        /// Widths of the hidden layers in their order; none makes a linear model.
        #[serde(default = "default_widths")]
        widths: Vec<usize>,
        /// The activation of the hidden layers.
        #[serde(default = "default_activation")]
        activation: Activation,
        /// How much of its input each hidden layer adds to its output that is as wide as its input: false, true or a
        /// weight from 0 to 1.
        #[serde(default)]
        skip: Skip,
        /// The activation of the output layer.
        #[serde(default)]
        head: Activation,
    },
}

fn default_widths() -> Vec<usize> {
    vec![8, 8]
}

fn default_activation() -> Activation {
    Activation::Tanh
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self::Model3 { head: Head::default() }
    }
}

impl ModelConfig {
    /// Every kind with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        let mlp = Self::Mlp {
            widths: default_widths(),
            activation: default_activation(),
            skip: Skip::NONE,
            head: Activation::Identity,
        };
        vec![Self::Model1, Self::Model2, Self::Model3 { head: Head::default() }, mlp]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// The layers for examples of that many features and predictions of that many numbers.
    ///
    /// # Errors
    /// If a width is 0, or widths or parameters are too many.
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
            Self::Mlp { widths, activation, skip, head } => {
                let mut layers = Vec::with_capacity(widths.len() + 1);
                let mut given = inputs;
                for &width in widths {
                    let skip = if width == given { *skip } else { Skip::NONE };
                    layers.push(Layer { skip, ..Layer::dense(given, width, *activation) });
                    given = width;
                }
                layers.push(Layer::dense(given, outputs, *head));
                layers
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mlp(widths: Vec<usize>, skip: bool) -> ModelConfig {
        let skip = skip.into();
        ModelConfig::Mlp { widths, activation: Activation::Tanh, skip, head: Activation::Identity }
    }

    #[test]
    fn parameters_are_counted_from_2_to_100_000() {
        let dim = |config: &ModelConfig, inputs| config.build(inputs, 1).unwrap().dim();
        let found: Vec<usize> = ModelConfig::all().iter().map(|config| dim(config, 2)).collect();
        assert_eq!(found, [2, 3, 13, 24 + 72 + 9]);
        assert_eq!(dim(&mlp(vec![], false), 1), 2);
        assert_eq!(mlp(vec![256, 256, 128], false).build(64, 10).unwrap().dim(), 116_618);
    }

    #[test]
    fn skips_join_only_equal_widths_and_never_the_output() {
        let skips = |config: ModelConfig| -> Vec<bool> {
            config.build(2, 2).unwrap().layers().iter().map(|layer| !layer.skip.is_none()).collect()
        };
        assert_eq!(skips(mlp(vec![2, 5, 5, 2], true)), [true, false, true, false, false]);
        assert_eq!(skips(mlp(vec![2, 5, 5], false)), [false; 4]);
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for config in ModelConfig::all() {
            assert_eq!(ModelConfig::by_name(config.name()), Some(config));
        }
        assert_eq!(ModelConfig::by_name("model4"), None);
    }
}
