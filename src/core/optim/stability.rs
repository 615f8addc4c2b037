//! How much a loss may bend before an optimizer's steps grow instead of shrinking.
//!
//! On a parabola of curvature λ each rule is a linear recurrence, which settles as long as all of its roots lie
//! within the unit circle. Gradient descent at the edge of that: Cohen, Kaur, Li, Kolter and Talwalkar (2021); with
//! steps divided for each parameter, Cohen et al. (2022), "Adaptive gradient methods at the edge of stability".

/// The limit of stability of an optimizer in some state, for the gradient of all examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// The highest curvature at which it settles; of the divided Hessian where there are divisors.
    pub limit: f64,
    /// How that follows from the settings.
    pub formula: &'static str,
    /// What is added to the curvature along every direction.
    pub weight_decay: f64,
    /// What each entry of the gradient is divided by, `[dim]`, where that is not 1.
    pub divisors: Option<Vec<f64>>,
}

impl Stability {
    /// A limit without divisors.
    pub(super) fn plain(limit: f64, formula: &'static str, weight_decay: f64) -> Self {
        Self { limit, formula, weight_decay, divisors: None }
    }

    /// The same where each entry of the gradient is divided.
    pub(super) fn divided(self, divisors: Vec<f64>) -> Self {
        Self { divisors: Some(divisors), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Gradients, OptimizerConfig};
    use crate::core::num::ParamLayout;

    fn layout(dim: usize) -> ParamLayout {
        ParamLayout::dense([("theta".to_owned(), vec![dim])])
    }

    /// The largest distance from 0 over some hundred steps late on a parabola.
    fn late(config: &OptimizerConfig, curvature: f64) -> f64 {
        let (mut optimizer, mut theta) = (config.build(&layout(1)), [1.0]);
        let mut largest = 0.0_f64;
        for step in 0..3000 {
            let gradient = [curvature * theta[0]];
            let mut none = |_: &[f64], _: &mut [f64]| {};
            optimizer.step(&mut theta, &mut Gradients::new(&gradient, &mut none), config.lr());
            if step >= 2900 {
                largest = largest.max(theta[0].abs());
            }
        }
        largest
    }

    #[test]
    fn below_the_limit_it_settles_and_above_it_does_not() {
        for text in [
            r#"{"sgd":{"lr":0.3}}"#,
            r#"{"sgd":{"lr":0.3,"weight_decay":0.5}}"#,
            r#"{"momentum":{"lr":0.3,"momentum":0.8}}"#,
            r#"{"nesterov":{"lr":0.3,"momentum":0.8}}"#,
            r#"{"nesterov":{"lr":0.3,"momentum":0.8,"weight_decay":0.5}}"#,
        ] {
            let config: OptimizerConfig = serde_json::from_str(text).unwrap();
            let stability = config.build(&layout(1)).stability(config.lr()).unwrap();
            let limit = stability.limit - stability.weight_decay;
            assert!(late(&config, 0.98 * limit) < 1e-6, "{text}");
            assert!(late(&config, 1.02 * limit) > 1e3, "{text}");
        }
    }

    /// What Adam and RMSprop do once their divisors stand still: a recurrence of the mean and the point.
    #[test]
    fn divided_steps_settle_below_their_limit() {
        let grows = |lr: f64, beta: f64, curvature: f64| {
            let (mut theta, mut mean) = (1.0_f64, 0.0);
            for _ in 0..4000 {
                mean = beta * mean + (1.0 - beta) * curvature * theta;
                theta -= lr * mean;
            }
            theta.abs() > 1.0
        };
        for (name, beta) in [("rmsprop", 0.0), ("adagrad", 0.0), ("adam", 0.9), ("adamw", 0.9)] {
            let mut config = OptimizerConfig::by_name(name).unwrap();
            config.set_lr(0.01);
            let mut optimizer = config.build(&layout(2));
            let mut none = |_: &[f64], _: &mut [f64]| {};
            let mut theta = [0.0; 2];
            optimizer.step(&mut theta, &mut Gradients::new(&[3.0, -0.5], &mut none), 0.01);
            let stability = optimizer.stability(0.01).unwrap();
            assert!(
                !grows(0.01, beta, 0.99 * stability.limit) && grows(0.01, beta, 1.01 * stability.limit),
                "{name}"
            );
            // The first step divides by its own gradient's size.
            let divisors = stability.divisors.unwrap();
            assert!((divisors[0] / divisors[1] - 6.0).abs() < 1e-4, "{name} {divisors:?}");
            let moved = theta.map(|v| v.abs() / 0.01);
            let expected = [3.0, 0.5].map(|g| g * (1.0 - beta));
            for i in 0..2 {
                assert!((moved[i] - expected[i] / divisors[i]).abs() < 1e-6, "{name} {moved:?} {divisors:?}");
            }
        }
    }
}
