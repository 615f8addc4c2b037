//! Where training starts: initial parameters by name.

use serde::{Deserialize, Serialize};

use super::layer::Model;
use crate::core::num::Stream;

/// A rule that draws initial parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// PyTorch's `nn.Linear`: weights and biases uniform on ±1/√fan_in.
    #[default]
    Pytorch,
}

impl Init {
    /// Draws theta for a model, block by block in its order.
    pub fn draw(self, model: &Model, stream: &mut Stream) -> Vec<f64> {
        let mut theta = Vec::with_capacity(model.dim());
        for layer in model.layers() {
            let count = layer.outputs * (layer.inputs + usize::from(layer.bias));
            match self {
                Self::Pytorch => {
                    let bound = 1.0 / (layer.inputs as f64).sqrt();
                    theta.extend((0..count).map(|_| stream.uniform_in(-bound, bound)));
                }
            }
        }
        theta
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Activation, Layer};

    #[test]
    fn pytorch_bounds_hold_per_layer_and_fill_the_range() {
        let model = Model::new(vec![
            Layer::dense(4, 50, Activation::Sigmoid),
            Layer::dense(50, 40, Activation::Identity),
        ])
        .unwrap();
        let theta = Init::Pytorch.draw(&model, &mut Stream::new(0, "init"));
        assert_eq!(theta.len(), model.dim());
        for (entries, bound) in [(&theta[..250], 0.5), (&theta[250..], 1.0 / 50_f64.sqrt())] {
            let largest = entries.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(largest <= bound && largest > 0.95 * bound, "{largest} of {bound}");
        }
    }
}
