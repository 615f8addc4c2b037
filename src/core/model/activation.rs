//! The element-wise functions between layers, with their first and second derivatives.
//!
//! gelu is the exact form z·Φ(z) with Φ the normal distribution function (Hendrycks and Gimpel 2016),
//! computed by erfc, which keeps its relative accuracy where Φ is tiny.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::core::num::wide::exp;

/// An element-wise function of a pre-activation z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Activation {
    /// z
    #[default]
    Identity,
    /// 1 / (1 + e⁻ᶻ)
    Sigmoid,
    /// tanh z
    Tanh,
    /// z above 0, else 0; its slope at 0 is taken as 0.
    Relu,
    /// z·Φ(z), Φ the distribution function of the standard normal distribution.
    Gelu,
}

/// Value, first and second derivative at one pre-activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jet {
    /// The activation.
    pub value: f64,
    /// Its first derivative.
    pub slope: f64,
    /// Its second derivative.
    pub curvature: f64,
}

impl Activation {
    /// Every activation, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The activation of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|activation| activation.name() == name)
    }

    /// Replaces each pre-activation by its activation.
    #[inline(always)]
    pub(super) fn apply<const FUSED: bool>(self, z: &mut [f64]) {
        match self {
            Self::Identity => {}
            Self::Sigmoid => z.iter_mut().for_each(|z| *z = sigmoid_wide::<FUSED>(*z)),
            Self::Tanh => z.iter_mut().for_each(|z| *z = z.tanh()),
            Self::Relu => z.iter_mut().for_each(|z| *z = relu(*z)),
            Self::Gelu => z.iter_mut().for_each(|z| *z *= normal_share_below(*z)),
        }
    }

    /// Replaces each pre-activation by its activation, and writes the derivatives there to `slope`.
    #[inline(always)]
    pub(super) fn apply_with_slope<const FUSED: bool>(self, z: &mut [f64], slope: &mut [f64]) {
        let pairs = z.iter_mut().zip(slope);
        match self {
            Self::Identity => pairs.for_each(|(_, slope)| *slope = 1.0),
            Self::Sigmoid => pairs.for_each(|(z, slope)| {
                *z = sigmoid_wide::<FUSED>(*z);
                *slope = *z * (1.0 - *z);
            }),
            Self::Tanh => pairs.for_each(|(z, slope)| {
                *z = z.tanh();
                *slope = 1.0 - *z * *z;
            }),
            Self::Relu => pairs.for_each(|(z, slope)| {
                *slope = is_positive(*z);
                *z = relu(*z);
            }),
            Self::Gelu => pairs.for_each(|(z, slope)| {
                let jet = gelu(*z);
                (*z, *slope) = (jet.value, jet.slope);
            }),
        }
    }

    /// Value and derivatives at one pre-activation.
    pub fn jet(self, z: f64) -> Jet {
        match self {
            Self::Identity => Jet { value: z, slope: 1.0, curvature: 0.0 },
            Self::Sigmoid => {
                let value = sigmoid(z);
                let slope = value * (1.0 - value);
                Jet { value, slope, curvature: slope * (1.0 - 2.0 * value) }
            }
            Self::Tanh => {
                let value = z.tanh();
                let slope = 1.0 - value * value;
                Jet { value, slope, curvature: -2.0 * value * slope }
            }
            Self::Relu => Jet { value: relu(z), slope: is_positive(z), curvature: 0.0 },
            Self::Gelu => gelu(z),
        }
    }
}

/// 1 / (1 + e⁻ᶻ); for large negative z the exponential overflows to infinity and the quotient to 0,
/// which is the right limit.
pub fn sigmoid(z: f64) -> f64 {
    sigmoid_wide::<false>(z)
}

#[inline(always)]
fn sigmoid_wide<const FUSED: bool>(z: f64) -> f64 {
    1.0 / (1.0 + exp::<FUSED>(-z))
}

/// Not `max`, which would turn a NaN into 0 and hide that the network diverged.
fn relu(z: f64) -> f64 {
    if z <= 0.0 { 0.0 } else { z }
}

fn is_positive(z: f64) -> f64 {
    if z > 0.0 { 1.0 } else { 0.0 }
}

/// Φ(z), the share of the standard normal distribution below z.
fn normal_share_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

fn gelu(z: f64) -> Jet {
    let share = normal_share_below(z);
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    Jet { value: z * share, slope: share + z * density, curvature: density * (2.0 - z * z) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_and_curvatures_agree_with_central_differences() {
        for &activation in Activation::ALL {
            for z in [-3.0, -0.5, 0.3, 0.7, 4.0] {
                let step = 1e-5;
                let (low, at, high) = (activation.jet(z - step), activation.jet(z), activation.jet(z + step));
                let slope = (high.value - low.value) / (2.0 * step);
                let curvature = (high.slope - low.slope) / (2.0 * step);
                assert!((at.slope - slope).abs() < 1e-9, "{activation:?} at {z}");
                assert!((at.curvature - curvature).abs() < 1e-9, "{activation:?} at {z}");
            }
        }
    }

    #[test]
    fn the_three_ways_to_evaluate_agree_to_the_bit() {
        for &activation in Activation::ALL {
            for z in [-40.0, -1.5, -0.0, 0.0, 0.2, 7.0, 800.0] {
                let (mut value, mut with_slope, mut slope) = ([z], [z], [0.0]);
                activation.apply::<false>(&mut value);
                activation.apply_with_slope::<false>(&mut with_slope, &mut slope);
                let jet = activation.jet(z);
                assert_eq!((value[0], slope[0]), (jet.value, jet.slope), "{activation:?} at {z}");
                assert_eq!(with_slope[0], jet.value);
            }
        }
    }

    #[test]
    fn limits_are_reached_without_nan_and_nan_stays() {
        assert_eq!((sigmoid(-1e4), sigmoid(1e4), sigmoid(0.0)), (0.0, 1.0, 0.5));
        assert_eq!(Activation::Gelu.jet(1e4), Jet { value: 1e4, slope: 1.0, curvature: 0.0 });
        assert_eq!(Activation::Gelu.jet(-1e4), Jet { value: 0.0, slope: 0.0, curvature: 0.0 });
        for &activation in Activation::ALL {
            assert!(activation.jet(f64::NAN).value.is_nan(), "{activation:?}");
        }
    }

    #[test]
    fn gelu_keeps_its_relative_accuracy_far_below_0() {
        // −10·Φ(−10), Φ(−10) = 7.619853024160526e-24 (tables of the normal distribution).
        assert!((Activation::Gelu.jet(-10.0).value / -7.619_853_024_160_526e-23 - 1.0).abs() < 1e-13);
    }

    #[test]
    fn every_activation_is_found_by_its_name() {
        for &activation in Activation::ALL {
            assert_eq!(Activation::by_name(activation.name()), Some(activation));
        }
    }
}
