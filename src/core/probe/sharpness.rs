//! How fast the loss rises around a point, in a measure that a change of scale does not fool.

use serde::Serialize;

use crate::core::num::vector::add_scaled;
use crate::core::num::{Stream, parallel};
use crate::core::objective::Objective;
use crate::core::subspace::random::{Biases, filter_normalised};

/// How far each neuron's row is moved, as a share of its length.
pub const RADIUS: f64 = 0.05;

/// Points that are tried, in opposite pairs.
const POINTS: usize = 64;

/// Losses on the rim of a filter-normalised ball: each neuron's row of weights moved by [`RADIUS`] of
/// its own length in a random direction, biases frozen. Other units (rescaled layers of rectified
/// units, say) change nothing of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sharpness {
    /// The ball's radius as a share of each row's length.
    pub radius: f64,
    /// Points that were tried.
    pub points: usize,
    /// Mean loss on the rim, less the loss at its centre.
    pub mean_rise: f64,
    /// Highest loss that was met, less the loss at the centre.
    pub highest_rise: f64,
    /// The highest rise as a share of the loss at the centre; `None` where that is 0.
    pub relative_rise: Option<f64>,
}

/// Measures around `theta`, where the loss is `loss`; `None` where that is not finite. A point of the rim
/// that diverges has risen without bound.
pub fn measure(
    objective: &dyn Objective,
    theta: &[f64],
    loss: f64,
    stream: &mut Stream,
) -> Option<Sharpness> {
    if !loss.is_finite() {
        return None;
    }
    let directions: Vec<Vec<f64>> = (0..POINTS / 2)
        .map(|_| {
            let raw: Vec<f64> = theta.iter().map(|_| stream.normal()).collect();
            filter_normalised(&raw, theta, objective.layout(), Biases::Frozen)
        })
        .collect();
    let rise = |direction: &[f64], side: f64| {
        let mut there = theta.to_vec();
        add_scaled(&mut there, side * RADIUS, direction);
        let there = objective.loss(&there);
        if there.is_nan() { f64::INFINITY } else { there - loss }
    };
    let pairs: Vec<[f64; 2]> =
        parallel::map(directions, |direction| [rise(&direction, 1.0), rise(&direction, -1.0)]);
    let rises = || pairs.iter().flatten().copied();
    let highest_rise = rises().fold(f64::NEG_INFINITY, f64::max);
    Some(Sharpness {
        radius: RADIUS,
        points: POINTS,
        mean_rise: rises().sum::<f64>() / POINTS as f64,
        highest_rise,
        relative_rise: (loss > 0.0).then(|| highest_rise / loss),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};

    #[test]
    fn rescaled_layers_of_rectified_units_are_as_sharp() {
        let text = "(model: mlp(widths: [6], activation: relu), dataset: moons(points: 80))";
        let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
        let objective = experiment.objective().unwrap();
        let mut run = experiment.start_run().unwrap();
        run.advance(200);
        let theta = run.latest().theta.to_vec();
        // Twice the first layer's weights and biases, half the second's weights: the same function.
        let mut rescaled = theta.clone();
        for block in objective.layout().blocks() {
            let factor = match &block.name[..] {
                "fc1.weight" | "fc1.bias" => 2.0,
                "fc2.weight" => 0.5,
                _ => 1.0,
            };
            rescaled[block.range()].iter_mut().for_each(|entry| *entry *= factor);
        }
        let loss = objective.loss(&theta);
        assert!((objective.loss(&rescaled) - loss).abs() < 1e-12);
        let around =
            |theta: &[f64]| measure(&**objective, theta, loss, &mut Stream::new(1, "probe")).unwrap();
        let (one, other) = (around(&theta), around(&rescaled));
        assert!(one.highest_rise > 0.0 && one.mean_rise > 0.0 && one.highest_rise > one.mean_rise);
        assert!((one.highest_rise - other.highest_rise).abs() < 1e-12);
        assert_eq!(measure(&**objective, &theta, f64::NAN, &mut Stream::new(1, "probe")), None);
        assert!((one.relative_rise.unwrap() - one.highest_rise / loss).abs() < 1e-12);
    }
}
