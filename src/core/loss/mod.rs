//! Loss functions: how far predictions are from their targets, with first and second derivatives.
//!
//! All work on a block of examples, outputs and targets stored output by output (`[outputs, LANES]`,
//! see [`crate::core::model::pass`]). Names, averages and defaults are PyTorch's.

mod pointwise;
mod softmax;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use pointwise::Pointwise;

/// A loss function, averaged over a whole split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Loss {
    /// (p − y)², averaged over examples and outputs.
    #[default]
    Mse,
    /// Minus the logarithm of the probability of y, where p is the log-odds of 1; averaged over
    /// examples and outputs.
    BceWithLogits,
    /// Minus the logarithm of the softmax of p at the class y; averaged over examples.
    CrossEntropy,
    /// ½(p − y)² up to a distance of 1, |p − y| − ½ beyond; averaged over examples and outputs.
    Huber,
}

/// A block of predictions with their targets.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// What the model says, `[outputs, LANES]`.
    pub prediction: &'a [f64],
    /// What is right, `[targets, LANES]`: as many as outputs, or for cross_entropy one class index.
    pub target: &'a [f64],
    /// How many of the LANES examples count, from the first.
    pub lanes: usize,
}

impl Loss {
    /// Every loss, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The loss of that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|loss| loss.name() == name)
    }

    /// What the sum over `rows` examples of `outputs` numbers is divided by.
    pub fn count(self, rows: usize, outputs: usize) -> f64 {
        match self {
            Self::CrossEntropy => rows as f64,
            Self::Mse | Self::BceWithLogits | Self::Huber => (rows * outputs) as f64,
        }
    }

    /// The prediction above which an example counts as a 1: where the probability is 0.5.
    pub fn boundary(self) -> f64 {
        match self {
            Self::BceWithLogits => 0.0,
            Self::Mse | Self::CrossEntropy | Self::Huber => 0.5,
        }
    }

    /// The sum of the losses of a block.
    pub fn sum(self, prediction: &[f64], target: &[f64], lanes: usize) -> f64 {
        let judged = Judged { prediction, target, lanes };
        match self {
            Self::Mse => pointwise::Mse.sum(judged),
            Self::BceWithLogits => pointwise::BceWithLogits.sum(judged),
            Self::CrossEntropy => softmax::sum(judged),
            Self::Huber => pointwise::Huber.sum(judged),
        }
    }

    /// As [`Loss::sum`], and writes its derivatives by the predictions, times `scale`, to `delta`.
    pub fn sum_with_delta(
        self,
        prediction: &[f64],
        target: &[f64],
        lanes: usize,
        scale: f64,
        delta: &mut [f64],
    ) -> f64 {
        let judged = Judged { prediction, target, lanes };
        match self {
            Self::Mse => pointwise::Mse.delta(judged, scale, delta),
            Self::BceWithLogits => pointwise::BceWithLogits.delta(judged, scale, delta),
            Self::CrossEntropy => softmax::delta(judged, scale, delta),
            Self::Huber => pointwise::Huber.delta(judged, scale, delta),
        }
        self.sum(prediction, target, lanes)
    }

    /// The change of what [`Loss::sum_with_delta`] writes when the predictions change at the rate
    /// `tangent`, `[outputs, LANES]`: the loss's second derivative along it.
    pub fn delta_tangent(self, judged: Judged, tangent: &[f64], scale: f64, out: &mut [f64]) {
        match self {
            Self::Mse => pointwise::Mse.delta_tangent(judged, tangent, scale, out),
            Self::BceWithLogits => pointwise::BceWithLogits.delta_tangent(judged, tangent, scale, out),
            Self::CrossEntropy => softmax::delta_tangent(judged, tangent, scale, out),
            Self::Huber => pointwise::Huber.delta_tangent(judged, tangent, scale, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::pass::LANES;

    /// Loss, derivatives and second derivatives along `tangent` of one example.
    fn at(loss: Loss, p: &[f64], y: &[f64], tangent: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
        let spread = |v: &[f64]| -> Vec<f64> {
            v.iter().flat_map(|&v| (0..LANES).map(move |lane| if lane == 0 { v } else { 0.0 })).collect()
        };
        let gather = |v: &[f64]| -> Vec<f64> { v.iter().step_by(LANES).copied().collect() };
        let (prediction, target, tangent) = (spread(p), spread(y), spread(tangent));
        let mut delta = vec![0.0; prediction.len()];
        let value = loss.sum_with_delta(&prediction, &target, 1, 1.0, &mut delta);
        let mut second = vec![0.0; prediction.len()];
        let judged = Judged { prediction: &prediction, target: &target, lanes: 1 };
        loss.delta_tangent(judged, &tangent, 1.0, &mut second);
        (value, gather(&delta), gather(&second))
    }

    #[test]
    fn derivatives_agree_with_central_differences() {
        let (p, tangent) = ([0.3, -1.7, 2.4], [1.0, -0.5, 0.25]);
        for &loss in Loss::ALL {
            let y: &[f64] = if loss == Loss::CrossEntropy { &[2.0] } else { &[1.0, 0.0, 1.0] };
            let (_, delta, second) = at(loss, &p, y, &tangent);
            let step = 1e-5;
            let moved =
                |sign: f64| -> Vec<f64> { p.iter().zip(tangent).map(|(p, t)| p + sign * step * t).collect() };
            let (low, high) = (at(loss, &moved(-1.0), y, &tangent), at(loss, &moved(1.0), y, &tangent));
            let along: f64 = delta.iter().zip(tangent).map(|(d, t)| d * t).sum();
            assert!((along - (high.0 - low.0) / (2.0 * step)).abs() < 1e-9, "{loss:?}");
            for (second, (high, low)) in second.iter().zip(high.1.iter().zip(&low.1)) {
                let difference = (high - low) / (2.0 * step);
                assert!((second - difference).abs() < 1e-9, "{loss:?}");
            }
        }
    }

    #[test]
    fn logits_of_ten_thousand_are_no_trouble() {
        let bce = |p, y| at(Loss::BceWithLogits, &[p], &[y], &[1.0]);
        assert_eq!(bce(1e4, 1.0), (0.0, vec![0.0], vec![0.0]));
        assert_eq!(bce(1e4, 0.0), (1e4, vec![1.0], vec![0.0]));
        assert_eq!(bce(-1e4, 1.0), (1e4, vec![-1.0], vec![0.0]));
        let ce = |y| at(Loss::CrossEntropy, &[1e4, -1e4], &[y], &[1.0, 0.0]);
        assert_eq!(ce(0.0), (0.0, vec![0.0, 0.0], vec![0.0, 0.0]));
        assert_eq!(ce(1.0), (2e4, vec![1.0, -1.0], vec![0.0, 0.0]));
        assert_eq!(at(Loss::Huber, &[1e4], &[0.0], &[1.0]), (9999.5, vec![1.0], vec![0.0]));
    }

    #[test]
    fn cross_entropy_depends_on_the_differences_of_logits_alone_however_large_they_are() {
        let near = [0.25, -0.5, 1.0];
        for class in 0..3 {
            let of =
                |far: f64| at(Loss::CrossEntropy, &near.map(|z| z + far), &[f64::from(class)], &[0.0; 3]).0;
            for far in [0.0, 64.0, 1024.0, 1048576.0, -1048576.0] {
                assert_eq!(of(far), of(0.0), "class {class}, {far}");
            }
        }
    }

    #[test]
    fn tiny_losses_keep_their_relative_accuracy() {
        // ln(1 + e⁻⁴⁰) = e⁻⁴⁰ to rounding.
        for (loss, p, y) in
            [(Loss::BceWithLogits, vec![40.0], 1.0), (Loss::CrossEntropy, vec![40.0, 0.0], 0.0)]
        {
            let (value, _, _) = at(loss, &p, &[y], &vec![0.0; p.len()]);
            assert!((value / (-40_f64).exp() - 1.0).abs() < 1e-14, "{loss:?} {value}");
        }
    }

    #[test]
    fn nan_is_never_hidden() {
        for &loss in Loss::ALL {
            let (value, ..) = at(loss, &[f64::NAN, 0.0], &[0.0, 0.0], &[0.0, 0.0]);
            assert!(value.is_nan(), "{loss:?}");
        }
    }
}
