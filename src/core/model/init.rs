//! Where training starts: initial parameters by name.
//!
//! Bounds are those of PyTorch's `nn.Linear` and of `xavier_uniform_` (Glorot and Bengio 2010) and
//! `kaiming_normal_` (He et al. 2015, for relu) with biases of 0, as is usual with them.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::layer::{Layer, Model};
use crate::core::num::Stream;

/// A rule that draws initial parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Init {
    /// PyTorch's `nn.Linear`: weights and biases uniform on ±1/√fan_in.
    #[default]
    Pytorch,
    /// Weights and biases uniform on ±1, whatever the widths.
    Uniform,
    /// Weights and biases normal with standard deviation 1, whatever the widths.
    Normal,
    /// Weights uniform on ±√(6 / (fan_in + fan_out)), biases 0.
    Xavier,
    /// Weights normal with standard deviation √(2 / fan_in), biases 0.
    He,
}

impl Init {
    /// Every rule, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The rule of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|init| init.name() == name)
    }

    /// Draws theta for a model, block by block in its order.
    pub fn draw(self, model: &Model, stream: &mut Stream) -> Vec<f64> {
        let mut theta = Vec::with_capacity(model.dim());
        for layer in model.layers() {
            for _ in 0..layer.outputs * layer.inputs {
                theta.push(self.weight(layer, stream));
            }
            for _ in 0..if layer.bias { layer.outputs } else { 0 } {
                theta.push(match self {
                    Self::Xavier | Self::He => 0.0,
                    Self::Pytorch | Self::Uniform | Self::Normal => self.weight(layer, stream),
                });
            }
        }
        theta
    }

    fn weight(self, layer: &Layer, stream: &mut Stream) -> f64 {
        let (fan_in, fan_out) = (layer.inputs as f64, layer.outputs as f64);
        let mut within = |bound: f64| stream.uniform_in(-bound, bound);
        match self {
            Self::Pytorch => within(1.0 / fan_in.sqrt()),
            Self::Uniform => within(1.0),
            Self::Xavier => within((6.0 / (fan_in + fan_out)).sqrt()),
            Self::Normal => stream.normal(),
            Self::He => (2.0 / fan_in).sqrt() * stream.normal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::Activation;

    /// theta of 50 units on 4 inputs and 40 on those 50: weights 200, biases 50, weights 2000, biases 40.
    fn drawn(init: Init) -> Vec<f64> {
        let layers = [(4, 50), (50, 40)].map(|(i, o)| Layer::dense(i, o, Activation::Sigmoid));
        let model = Model::new(layers.to_vec()).unwrap();
        let theta = init.draw(&model, &mut Stream::new(0, "init"));
        assert_eq!(theta.len(), model.dim());
        theta
    }

    fn largest(entries: &[f64]) -> f64 {
        entries.iter().fold(0.0_f64, |m, v| m.max(v.abs()))
    }

    #[test]
    fn uniform_rules_keep_to_their_bounds_and_fill_them() {
        let xavier = |fan: f64| (6.0 / fan).sqrt();
        let cases = [
            (Init::Pytorch, 0.5, 1.0 / 50_f64.sqrt()),
            (Init::Uniform, 1.0, 1.0),
            (Init::Xavier, xavier(54.0), xavier(90.0)),
        ];
        for (init, first, second) in cases {
            let theta = drawn(init);
            for (entries, bound) in [(&theta[..200], first), (&theta[250..2250], second)] {
                let largest = largest(entries);
                assert!(largest <= bound && largest > 0.95 * bound, "{init:?} {largest} of {bound}");
            }
        }
    }

    #[test]
    fn normal_rules_have_their_standard_deviation() {
        for (init, first, second) in [(Init::Normal, 1.0, 1.0), (Init::He, 0.5_f64.sqrt(), 0.2)] {
            let theta = drawn(init);
            for (entries, expected) in [(&theta[..200], first), (&theta[250..2250], second)] {
                let n = entries.len() as f64;
                let found = (entries.iter().map(|v| v * v).sum::<f64>() / n).sqrt();
                // Five standard errors of a standard deviation.
                assert!((found / expected - 1.0).abs() < 5.0 / (2.0 * n).sqrt(), "{init:?} {found}");
            }
        }
    }

    #[test]
    fn biases_are_0_with_xavier_and_he_only() {
        for &init in Init::ALL {
            let theta = drawn(init);
            let zero = largest(&theta[200..250]) == 0.0 && largest(&theta[2250..]) == 0.0;
            assert_eq!(zero, matches!(init, Init::Xavier | Init::He), "{init:?}");
        }
    }
}
