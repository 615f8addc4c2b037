//! A random walk: steps of one length in random directions, whatever the gradient says.
//!
//! It learns nothing, and that is its use: seen along its own principal components it makes as smooth a curve, of which
//! the first component holds as much, as many a training run (Antognini and Sohl-Dickstein 2018, "PCA of High Dimensional
//! Random Walks with Comparison to Neural Network Training").

use serde::{Deserialize, Serialize};

use super::{Gradients, Optimizer};
use crate::core::num::setting::{self, SettingError};
use crate::core::num::vector::norm;
use crate::core::num::{ParamLayout, Stream};

/// Settings of a random walk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomWalkSettings {
    /// The length of a step, above 0.
    pub lr: f64,
    /// Seed of the stream `walk`, out of which the directions come.
    pub seed: u64,
}

impl Default for RandomWalkSettings {
    fn default() -> Self {
        Self { lr: 0.1, seed: 0 }
    }
}

impl RandomWalkSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)
    }

    pub(super) fn build(self, _layout: &ParamLayout) -> Box<dyn Optimizer> {
        Box::new(Walk(Stream::new(self.seed, "walk")))
    }
}

/// theta ← theta + lr·direction, a unit vector that any other is as likely as.
#[derive(Clone, Debug)]
struct Walk(Stream);

impl Optimizer for Walk {
    fn step(&mut self, theta: &mut [f64], _grad: &mut Gradients, lr: f64) {
        let way: Vec<f64> = theta.iter().map(|_| self.0.normal()).collect();
        let length = norm(&way);
        theta.iter_mut().zip(way).for_each(|(theta, way)| *theta += lr * way / length);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The points of a walk of 400 steps, whatever the gradient.
    fn walked(seed: u64, gradient: f64) -> Vec<Vec<f64>> {
        let layout = ParamLayout::dense([("theta".to_owned(), vec![50])]);
        let mut walk = RandomWalkSettings { lr: 0.3, seed }.build(&layout);
        let (mut theta, here) = (vec![1.0; 50], vec![gradient; 50]);
        let mut further = |_: &[f64], _: &mut [f64]| unreachable!("no step looks further");
        let step = |_| {
            walk.step(&mut theta, &mut Gradients::new(&here, &mut further), 0.3);
            theta.clone()
        };
        (0..400).map(step).collect()
    }

    #[test]
    fn each_step_is_as_long_and_knows_nothing_of_the_gradient() {
        let points = walked(1, 5.0);
        let lengths = points.windows(2).map(|pair| norm(&crate::core::num::vector::sub(&pair[1], &pair[0])));
        assert!(lengths.into_iter().all(|length| (length - 0.3).abs() < 1e-12));
        assert_eq!(points, walked(1, -7.0));
        assert_ne!(points, walked(2, 5.0));
    }

    /// In 50 dimensions a walk of n steps is about √n steps away: each turns to any side.
    #[test]
    fn it_strays_as_the_root_of_its_steps() {
        let away =
            |seed| norm(&crate::core::num::vector::sub(&walked(seed, 0.0)[399], &[1.0; 50])) / (0.3 * 20.0);
        let mean = (0..40).map(away).sum::<f64>() / 40.0;
        assert!((0.95..1.05).contains(&mean), "{mean}");
    }
}
