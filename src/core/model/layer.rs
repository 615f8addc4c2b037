//! Dense layers and the model they make.

use std::fmt;

use super::activation::Activation;
use super::skip::Skip;
use crate::core::num::ParamLayout;

/// One dense layer: activation(W·h + b), plus h times the weight of `skip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Width of its input h.
    pub inputs: usize,
    /// Width of its output.
    pub outputs: usize,
    /// The function applied to each pre-activation.
    pub activation: Activation,
    /// Whether it adds a bias.
    pub bias: bool,
    /// How much of its input is added to its output (a residual connection).
    pub skip: Skip,
}

impl Layer {
    /// A layer with a bias and no skip.
    pub fn dense(inputs: usize, outputs: usize, activation: Activation) -> Self {
        Self { inputs, outputs, activation, bias: true, skip: Skip::NONE }
    }

    /// Parameters it has.
    pub fn parameters(&self) -> usize {
        self.outputs * (self.inputs + usize::from(self.bias))
    }

    /// The same layer without a bias.
    pub fn without_bias(self) -> Self {
        Self { bias: false, ..self }
    }
}

/// Numbers a layer may take or give.
pub const MAX_WIDTH: usize = 8192;
/// Parameters a model may have.
pub const MAX_PARAMETERS: usize = 1_000_000;

/// Why a list of layers is no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// There is no layer.
    Empty,
    /// A width is 0, or larger than any use of this program.
    Width {
        /// The layer's number, from 1.
        layer: usize,
        /// The width asked for.
        width: usize,
    },
    /// More parameters than a trajectory of them could be kept.
    TooLarge {
        /// Parameters asked for.
        parameters: usize,
    },
    /// A layer does not take what the one before it gives.
    Mismatch {
        /// The layer's number, from 1.
        layer: usize,
        /// What it takes.
        inputs: usize,
        /// What it is given.
        given: usize,
    },
    /// A skip joins different widths.
    UnequalSkip {
        /// The layer's number, from 1.
        layer: usize,
        /// Input width.
        inputs: usize,
        /// Output width.
        outputs: usize,
    },
}

impl ModelError {
    /// What was asked for.
    pub fn found(&self) -> String {
        match self {
            Self::Empty => "a model has no layer".to_owned(),
            Self::Width { layer, width } => format!("layer {layer} has a width of {width}"),
            Self::TooLarge { parameters } => format!("a model of {parameters} parameters"),
            Self::Mismatch { layer, inputs, given } => {
                format!("layer {layer} takes {inputs} numbers and the layer before it gives {given}")
            }
            Self::UnequalSkip { layer, inputs, outputs } => {
                format!("layer {layer} skips from {inputs} to {outputs} numbers")
            }
        }
    }

    /// What would do.
    pub fn expected(&self) -> String {
        match self {
            Self::Empty => "at least 1".to_owned(),
            Self::Width { .. } => format!("1 to {MAX_WIDTH}"),
            Self::TooLarge { .. } => format!("at most {MAX_PARAMETERS}"),
            Self::Mismatch { .. } => "as many as are given".to_owned(),
            Self::UnequalSkip { .. } => "equal widths".to_owned(),
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}; expected {}", self.found(), self.expected())
    }
}

impl std::error::Error for ModelError {}

/// Layers that fit together, and the layout of their parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    layers: Vec<Layer>,
    layout: ParamLayout,
}

impl Model {
    /// Checks the layers and lays out their parameters as `fc1.weight`, `fc1.bias`, `fc2.weight`, …
    ///
    /// # Errors
    /// If the list is empty, a width is 0 or above [`MAX_WIDTH`], widths do not meet, a skip joins
    /// different widths, or the parameters are more than [`MAX_PARAMETERS`].
    pub fn new(layers: Vec<Layer>) -> Result<Self, ModelError> {
        let mut given = layers.first().ok_or(ModelError::Empty)?.inputs;
        let mut blocks = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            let (number, &Layer { inputs, outputs, .. }) = (index + 1, layer);
            if let Some(width) = [inputs, outputs].into_iter().find(|w| !(1..=MAX_WIDTH).contains(w)) {
                return Err(ModelError::Width { layer: number, width });
            }
            if inputs != given {
                return Err(ModelError::Mismatch { layer: number, inputs, given });
            }
            if !layer.skip.is_none() && inputs != outputs {
                return Err(ModelError::UnequalSkip { layer: number, inputs, outputs });
            }
            blocks.push((format!("fc{number}.weight"), vec![outputs, inputs]));
            if layer.bias {
                blocks.push((format!("fc{number}.bias"), vec![outputs]));
            }
            given = outputs;
        }
        let parameters = layers.iter().fold(0_usize, |sum, layer| sum.saturating_add(layer.parameters()));
        if parameters > MAX_PARAMETERS {
            return Err(ModelError::TooLarge { parameters });
        }
        Ok(Self { layers, layout: ParamLayout::dense(blocks) })
    }

    /// The layers in order.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Which parameters lie where in theta.
    pub fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    /// The model up to its last layer: what its hidden units say. `None` for one without any.
    pub fn hidden(&self) -> Option<Self> {
        let (_, hidden) = self.layers.split_last()?;
        Self::new(hidden.to_vec()).ok()
    }

    /// Number of parameters.
    pub fn dim(&self) -> usize {
        self.layout.dim()
    }

    /// Features an example must have.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// Numbers a prediction has.
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_that_do_not_fit_are_refused() {
        let dense = |i, o| Layer::dense(i, o, Activation::Sigmoid);
        assert_eq!(Model::new(vec![]), Err(ModelError::Empty));
        assert_eq!(Model::new(vec![dense(2, 0)]), Err(ModelError::Width { layer: 1, width: 0 }));
        let far = dense(2, usize::MAX);
        assert_eq!(Model::new(vec![far]), Err(ModelError::Width { layer: 1, width: usize::MAX }));
        assert_eq!(
            Model::new(vec![dense(2, 1000), dense(1000, 1000)]),
            Err(ModelError::TooLarge { parameters: 1_004_000 })
        );
        assert_eq!(
            Model::new(vec![dense(2, 3), dense(4, 1)]),
            Err(ModelError::Mismatch { layer: 2, inputs: 4, given: 3 })
        );
        let skip = Layer { skip: Skip::FULL, ..dense(2, 3) };
        assert_eq!(Model::new(vec![skip]), Err(ModelError::UnequalSkip { layer: 1, inputs: 2, outputs: 3 }));
    }
}
