//! The way from a slice's second low point to where training on from it arrives.
//!
//! A point that looks like a minimum in a slice may be none: the loss falls in directions that the slice leaves out.
//! Which of them is not known beforehand, and training on finds out. Along the way that it goes the low point sinks; the
//! most negative curvature at the point says little of it, since it soon bends up again.

use super::checked::Experiment;
use super::resolution::Resolution;
use crate::core::grid::{Evaluator, GridError, GridJob, Lost, Precision};
use crate::core::num::vector::sub;
use crate::core::num::{Advance, Job, Progress};
use crate::core::subspace::{FitError, PlaneConfig, SlicePlane, Subspace};
use crate::core::train::{TrainingRun, Trajectory};

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct WayOn {
    slice: SearchedSlice,
    /// The second low point, `[dim]`.
    pub from: Vec<f64>,
    /// From there to where training on arrived, `[dim]`.
    pub way: Vec<f64>,
}

/// All that decides where in a run's slice the low point is looked for.
#[derive(Clone, Debug, PartialEq)]
struct SearchedSlice {
    plane: PlaneConfig,
    range: Option<Vec<(f64, f64)>>,
    grid: Resolution<2>,
    rescale: f64,
}

impl SearchedSlice {
    fn of(experiment: &Experiment) -> Self {
        let slice = &experiment.slice;
        let (plane, range) = (slice.plane.clone(), slice.range.clone());
        Self { plane, range, grid: slice.grid, rescale: slice.rescale }
    }
}

impl WayOn {
    /// Whether it is the one of an experiment that differs in nothing but its slice from the one it was found in.
    pub(super) fn is_of(&self, experiment: &Experiment) -> bool {
        self.slice == SearchedSlice::of(experiment)
    }
}

/// The search in the making: the plane is evaluated, then the run trains on, as long as it was planned for.
pub(super) struct WayOnJob {
    experiment: Experiment,
    subspace: Subspace,
    phase: Phase,
}

enum Phase {
    Search(Box<GridJob>),
    TrainOn { from: Vec<f64>, run: Box<TrainingRun> },
    Over,
}

/// What a training step costs in losses: one pass forward and about two back.
pub(super) const LOSSES_A_STEP: u64 = 3;

impl WayOnJob {
    /// The search in a plane that was fitted to a trajectory and is not turned.
    ///
    /// # Errors
    /// If the ranges make no grid.
    pub(super) fn new(
        experiment: &Experiment,
        evaluator: &dyn Evaluator,
        plane: &SlicePlane,
        trajectory: &Trajectory,
    ) -> Result<Self, GridError> {
        let spec = experiment.plane_spec(&experiment.ranges(plane, trajectory))?;
        let subspace = plane.subspace.plane_at(0.0);
        let backend = evaluator.grid(&subspace, &spec, Precision::F32);
        let phase = Phase::Search(Box::new(GridJob::new(spec, backend)));
        Ok(Self { experiment: experiment.clone(), subspace, phase })
    }

    /// Why nobody evaluates the plane any more, where that is so.
    pub(super) fn failure(&self) -> Option<Lost> {
        match &self.phase {
            Phase::Search(job) => job.failure(),
            Phase::TrainOn { .. } | Phase::Over => None,
        }
    }

    /// The way, where it is found; the next phase begins where one is over.
    fn work(&mut self, losses: u64) -> Result<Option<WayOn>, FitError> {
        match &mut self.phase {
            Phase::Search(job) => {
                job.advance(losses);
                if !job.is_finished() {
                    return Ok(None);
                }
                let found = job.picture();
                let grid = found.as_ref().map(|field| field.grid());
                let low = grid.and_then(|grid| Some(grid.spec.alpha(grid.second_minimum()?.0)));
                let from = self.subspace.lift(&low.ok_or(FitError::NoSecondLow)?);
                let run = self.experiment.start_run_at(from.clone())?;
                self.phase = Phase::TrainOn { from, run: Box::new(run) };
                Ok(None)
            }
            Phase::TrainOn { from, run } => {
                let left = self.experiment.steps - run.step();
                run.advance((losses / LOSSES_A_STEP).clamp(1, left.max(1)).min(left));
                if run.step() < self.experiment.steps && run.diverged_at().is_none() {
                    return Ok(None);
                }
                let trajectory = run.closed_trajectory();
                let arrived = trajectory.finite_thetas().pop().ok_or(FitError::NoWayOut)?;
                let way = sub(arrived, from);
                Ok(Some(WayOn {
                    slice: SearchedSlice::of(&self.experiment),
                    from: std::mem::take(from),
                    way,
                }))
            }
            Phase::Over => Ok(None),
        }
    }
}

/// Its units are evaluations of the loss, about.
impl Job for WayOnJob {
    type Finding = Result<WayOn, FitError>;

    fn advance(&mut self, losses: u64) -> Advance<Self::Finding> {
        if matches!(self.phase, Phase::Over) {
            return Advance::Ended;
        }
        let Some(found) = self.work(losses).transpose() else { return Advance::Working };
        self.phase = Phase::Over;
        Advance::Found(found)
    }

    fn piece(&self) -> u64 {
        1024
    }

    fn progress(&self) -> Progress {
        match &self.phase {
            Phase::Search(job) => job.progress(),
            Phase::TrainOn { run, .. } => Progress { done: run.step(), total: self.experiment.steps },
            Phase::Over => Progress::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::experiment::{ExperimentFile, builtin, pipeline};
    use crate::core::num::vector::{add_scaled, dot, norm};
    use crate::core::objective::Objective;
    use crate::core::subspace::Third;

    fn experiment(fields: &str) -> Experiment {
        Experiment::new(ExperimentFile::parse(&format!("({fields})"), "x.ron").unwrap()).unwrap()
    }

    fn sinking() -> Experiment {
        Experiment::new(builtin::load("sinking-low").unwrap().unwrap()).unwrap()
    }

    /// The end of so many steps of plain gradient descent.
    fn descended(objective: &dyn Objective, from: &[f64], lr: f64, steps: usize) -> Vec<f64> {
        let (mut theta, mut grad) = (from.to_vec(), vec![0.0; from.len()]);
        for _ in 0..steps {
            objective.loss_grad(&theta, &mut grad);
            add_scaled(&mut theta, -lr, &grad);
        }
        theta
    }

    /// The losses at which a ball comes to rest that lies on the lattice of a layer's grid, layer after layer.
    fn followed(plan: &pipeline::Plan, mut cell: [usize; 3], layers: impl Iterator<Item = f64>) -> Vec<f64> {
        let objective = plan.objective().unwrap();
        let loss = |cell: [usize; 3], alpha3: f64| {
            let alpha = plan.plane_spec.alpha(cell);
            objective.loss(&plan.plane.subspace.lift(&[alpha[0], alpha[1], alpha3]))
        };
        let mut rest_in = |alpha3: f64| loop {
            let here = loss(cell, alpha3);
            let around = (0..9).map(|i| [cell[0] + i % 3 - 1, cell[1] + i / 3 - 1, 0]);
            let (next, low) = around
                .map(|cell| (cell, loss(cell, alpha3)))
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .unwrap_or((cell, here));
            if low >= here {
                return here;
            }
            cell = next;
        };
        layers.map(&mut rest_in).collect()
    }

    #[test]
    fn the_false_low_sinks_from_layer_to_layer_to_a_third_of_its_height() {
        let outcome = pipeline::run(&sinking()).unwrap();
        let (cell, _) = outcome.plane.as_ref().unwrap().second_minimum().unwrap();
        let lows = followed(&outcome.plan, cell, (0..=10).map(|i| 0.1 * f64::from(i)));
        // The same by numpy, from the exported slice, with its own descent.
        let expected = [
            0.12722, 0.12194, 0.11405, 0.10236, 0.08886, 0.07692, 0.06526, 0.05598, 0.04909, 0.04398, 0.04148,
        ];
        for (low, expected) in lows.iter().zip(expected) {
            assert!((low - expected).abs() < 1e-4, "{lows:?}");
        }
        assert!(lows.windows(2).all(|pair| pair[1] < pair[0]), "{lows:?}");
        assert!(lows[10] < 0.5 * lows[0] && lows[10] < 0.091);
        assert!(outcome.walks.is_none(), "a random walk has no second low point");
    }

    #[test]
    fn training_on_arrives_in_the_layer_at_one() {
        let experiment = sinking();
        let plan = pipeline::prepare(&experiment, |_| ()).unwrap();
        let objective = experiment.objective().unwrap();
        let from = &plan.way_on.as_ref().unwrap().from;
        let arrived = descended(&**objective, from, 5.0, 2000);
        let here = plan.plane.subspace.project(&arrived);
        assert!((here.alpha[2] - 1.0).abs() < 1e-9 && here.residual < 1e-9, "{here:?}");
        let low = plan.plane.subspace.project(from);
        assert!(low.alpha[2].abs() < 1e-9 && low.residual < 1e-9, "{low:?}");
        let [first, second, third] = &plan.plane.subspace.directions() else { panic!("three directions") };
        let cosine = |other: &[f64]| dot(third, other) / (norm(third) * norm(other));
        assert!(cosine(first).abs() < 1e-12 && cosine(second).abs() < 1e-12);
        let own = experiment.with(|file| file.slice.third = Third::Own).unwrap();
        let usual = pipeline::prepare(&own, |_| ()).unwrap();
        assert_eq!(usual.plane.subspace.directions()[..2], plan.plane.subspace.directions()[..2]);
        assert_eq!((&plan.plane.axes[2].name[..], plan.plane.axes[2].is_random), ("training on", false));
    }

    #[test]
    fn a_plane_that_is_turned_does_not_train_on_again() {
        let experiment = sinking().with(|file| file.slice.grid = Resolution([65, 65])).unwrap();
        let plan = pipeline::prepare(&experiment, |_| ()).unwrap();
        let turned = experiment.with(|file| file.slice.rotate = 30.0).unwrap();
        let elsewhere = experiment.with(|file| file.slice.range = None).unwrap();
        for (experiment, is_known) in [(turned, true), (elsewhere, false)] {
            let mut chain = pipeline::Pipeline::resliced(experiment, plan.evaluator.clone(), 0.0, &plan);
            let found = loop {
                if let Some(Ok(pipeline::Finding::Planned(found))) = chain.advance(u64::MAX).found() {
                    break found;
                }
            };
            let ways = [&found, &plan.clone().into()].map(|plan| plan.way_on.clone().unwrap());
            assert_eq!(Arc::ptr_eq(&ways[0], &ways[1]), is_known);
        }
    }

    #[test]
    fn where_there_is_no_way_on_it_is_said() {
        let failed = |fields: &str| {
            let whole = format!("{fields}, steps: 60, slice: (third: trained_on, grid: [65, 65])");
            pipeline::run(&experiment(&whole)).map(|_| ()).unwrap_err().to_string()
        };
        let bowl = failed("dataset: diagonal(points: 60), model: model2, optimizer: sgd(lr: 0.1)");
        assert!(bowl.starts_with("this slice has no second low point"), "{bowl}");
        let text = "surface: himmelblau, optimizer: sgd(lr: 0.005), steps: 60, slice: (third: trained_on,
            plane: axes(), range: [(-5.0, 5.0), (-5.0, 5.0)])";
        let flat = pipeline::run(&experiment(text)).map(|_| ()).unwrap_err().to_string();
        assert!(flat.starts_with("training on from the second low point does not lead out"), "{flat}");
    }
}
