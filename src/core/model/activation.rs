//! The element-wise functions between layers, with their derivatives.

use serde::{Deserialize, Serialize};

/// An element-wise function of a pre-activation z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// z
    #[default]
    Identity,
    /// 1 / (1 + e⁻ᶻ)
    Sigmoid,
}

impl Activation {
    /// Replaces each pre-activation by its activation.
    pub fn apply(self, z: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::Sigmoid => z.iter_mut().for_each(|z| *z = sigmoid(*z)),
        }
    }

    /// Replaces each pre-activation by its activation, and writes the derivatives there to `slope`.
    pub fn apply_with_slope(self, z: &mut [f64], slope: &mut [f64]) {
        match self {
            Self::Identity => slope.fill(1.0),
            Self::Sigmoid => {
                for (z, slope) in z.iter_mut().zip(slope) {
                    let a = sigmoid(*z);
                    *z = a;
                    *slope = a * (1.0 - a);
                }
            }
        }
    }
}

/// 1 / (1 + e⁻ᶻ); for large negative z the exponential overflows to infinity and the quotient to 0,
/// which is the right limit.
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_agree_with_central_differences() {
        for activation in [Activation::Identity, Activation::Sigmoid] {
            for z in [-3.0, -0.5, 0.0, 0.7, 4.0] {
                let at = |z: f64| {
                    let mut values = [z];
                    activation.apply(&mut values);
                    values[0]
                };
                let step = 1e-5;
                let difference = (at(z + step) - at(z - step)) / (2.0 * step);
                let (mut value, mut slope) = ([z], [0.0]);
                activation.apply_with_slope(&mut value, &mut slope);
                assert_eq!(value[0], at(z));
                assert!((slope[0] - difference).abs() < 1e-9, "{activation:?} at {z}");
            }
        }
    }

    #[test]
    fn the_sigmoid_reaches_its_limits_without_nan() {
        assert_eq!(sigmoid(-1e4), 0.0);
        assert_eq!(sigmoid(1e4), 1.0);
        assert_eq!(sigmoid(0.0), 0.5);
    }
}
