//! The post's own test of a low point: train on from here and see how much lower it gets.

use serde::Serialize;

use crate::core::experiment::Experiment;
use crate::core::objective::NoObjective;
use crate::core::train::{BlowUp, blow_up};

/// What training from a point led to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrainOn {
    /// Steps taken, with a fresh optimizer of the experiment.
    pub steps: u64,
    /// Loss at the point.
    pub from_loss: f64,
    /// Lowest loss of the checkpoints on the way.
    pub lowest_loss: f64,
    /// The step at which it was met.
    pub lowest_step: u64,
    /// Loss at the last step.
    pub end_loss: f64,
    /// Where it stopped being finite, if it did.
    pub diverged_at: Option<u64>,
    /// Where it got out of hand, if it did.
    pub blow_up: Option<BlowUp>,
}

/// Trains from `theta`, `[dim]`, for up to `steps` steps.
///
/// # Errors
/// If there is nothing to train.
pub fn train_on(experiment: &Experiment, theta: &[f64], steps: u64) -> Result<TrainOn, NoObjective> {
    let mut run = experiment.start_run_at(theta.to_vec())?;
    run.advance(steps);
    let trajectory = run.closed_trajectory();
    let points = trajectory.checkpoints();
    let finite = points.iter().filter(|point| point.loss.is_finite());
    let lowest = finite.min_by(|a, b| a.loss.total_cmp(&b.loss));
    let end = run.latest();
    Ok(TrainOn {
        steps: run.step(),
        from_loss: points.first().map_or(end.loss, |first| first.loss),
        lowest_loss: lowest.map_or(end.loss, |lowest| lowest.loss),
        lowest_step: lowest.map_or(0, |lowest| lowest.step),
        end_loss: end.loss,
        diverged_at: run.diverged_at(),
        blow_up: blow_up(points),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};

    #[test]
    fn training_goes_on_from_the_point_and_gets_lower() {
        let experiment = Experiment::new(ExperimentFile { seed: 3, ..Default::default() }).unwrap();
        let mut run = experiment.start_run().unwrap();
        run.advance(100);
        let here = run.latest();
        let found = train_on(&experiment, &here.theta, 300).unwrap();
        assert_eq!((found.steps, found.from_loss), (300, here.loss));
        assert!(found.lowest_loss < here.loss && found.lowest_loss <= found.end_loss);
        // Plain gradient descent has no memory: to go on is to begin again there.
        run.advance(300);
        assert_eq!(run.latest().loss, found.end_loss);
    }
}
