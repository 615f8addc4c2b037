//! What is known of a point beyond its loss: too much for the main thread to find out.

use crate::core::probe::{Brief, curvature, verdict};
use crate::core::train::Descent;
use crate::scene::prober;

/// What is known of a point beyond its loss.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Judgement {
    pub accuracy: Option<f64>,
    /// The gradient over all training examples, `[dim]`.
    pub gradient: Option<Vec<f64>>,
    /// What the point is, where that takes no time to find out.
    pub verdict: Option<Brief>,
}

impl Judgement {
    /// Of the point that a run is at.
    pub fn of(run: &Descent) -> Self {
        let Some(objective) = run.objective() else { return Self::default() };
        let theta = &run.latest().theta;
        let mut gradient = vec![0.0; theta.len()];
        let loss = objective.loss_grad(theta, &mut gradient);
        let verdict = prober::is_affordable(&**objective).then(|| {
            let curvature = curvature::measure(&**objective, None, theta, &gradient);
            verdict::judge(loss, curvature.as_ref()).brief()
        });
        let gradient = loss.is_finite().then_some(gradient);
        let accuracy = objective.supervised().and_then(|learned| learned.accuracy(theta));
        Self { accuracy, gradient, verdict }
    }
}
