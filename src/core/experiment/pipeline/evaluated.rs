//! Losses along a run that are evaluated as its surface is, where those that it was recorded with are of other examples or
//! another mode.

use std::sync::Arc;

use super::super::checked::Experiment;
use super::{Finding, Plan};
use crate::core::grid::{Lost, PathEvaluator, PathJob};
use crate::core::num::{Advance, Job, Progress};
use crate::core::train::{Checkpoint, Trajectory};

impl Plan {
    /// Who evaluates the losses along the run, where they are not those that it was recorded with.
    fn path_evaluator(&self) -> Option<&dyn PathEvaluator> {
        self.evaluator.as_ref().filter(|_| self.is_evaluated)?.points()
    }

    /// An evaluation of the losses along the run that are not known yet, where there is somebody for it.
    pub fn path_job(&self) -> Option<PathJob> {
        let points = self.sound.checkpoints().get(self.along.len()..).filter(|points| !points.is_empty())?;
        let thetas = points.iter().map(|point| Arc::clone(&point.theta)).collect();
        Some(PathJob::new(self.path_evaluator()?, thetas))
    }

    /// The same with more losses along the run; once all are known, it is seen whether they are those that a recording
    /// tells.
    pub(super) fn with_losses_along(&self, more: &[f64], experiment: &Experiment) -> Self {
        let recorded = experiment.import().and_then(|import| import.recorded.as_deref());
        let along: Arc<[f64]> = [&self.along, more].concat().into();
        let points = self.sound.checkpoints();
        let is_whole = along.len() == points.len();
        let found = || points.iter().map(|point| point.step).zip(along.iter().copied());
        let examples = self.path_evaluator().and_then(PathEvaluator::examples);
        let contradicted =
            recorded.filter(|_| is_whole).and_then(|told| told.contradicted(examples, found()));
        let warning = contradicted.or_else(|| self.warning.clone());
        Self { warning, along, ..self.clone() }
    }

    /// What is known at the first checkpoints of a run that begins as this one.
    pub(super) fn known_along(&self, points: &[Checkpoint]) -> Vec<f64> {
        points.iter().map_while(|point| self.value_at(point)).collect()
    }

    /// The run as its surface has it: the losses of its checkpoints are those that were evaluated, where they were.
    pub fn run_on_surface(&self) -> Arc<Trajectory> {
        if !self.is_evaluated {
            return Arc::clone(&self.trajectory);
        }
        let points = self.sound.checkpoints().iter().zip(&*self.along);
        let evaluated = points.map(|(point, loss)| Checkpoint { loss: *loss, ..point.clone() });
        Arc::new(Trajectory::recorded(evaluated.collect()))
    }
}

/// Takes in the losses along the run that come next.
pub(super) fn advance_path(
    plan: &mut Arc<Plan>,
    path: &mut Option<Box<PathJob>>,
    experiment: &Experiment,
) -> Result<Option<Finding>, Lost> {
    let Some(job) = path else { return Ok(None) };
    match job.advance(1) {
        Advance::Found(more) => {
            *plan = Arc::new(plan.with_losses_along(&more, experiment));
            Ok(Some(Finding::Along(Arc::clone(plan))))
        }
        Advance::Working => Ok(None),
        Advance::Ended => match job.failure() {
            Some(lost) => Err(lost),
            None => {
                *path = None;
                Ok(None)
            }
        },
    }
}

/// Has the losses along the run of a plan evaluated by whoever evaluates its slices, where they are not those that it was
/// recorded with. Tells `on_progress` of the points.
///
/// # Errors
/// If whoever evaluates is lost.
pub fn evaluate_along(
    experiment: &Experiment,
    plan: Plan,
    mut on_progress: impl FnMut(Progress),
) -> Result<Plan, Lost> {
    let mut path = plan.path_job().map(Box::new);
    let mut plan = Arc::new(plan);
    while path.is_some() {
        path.iter().for_each(|job| on_progress(job.progress()));
        advance_path(&mut plan, &mut path, experiment)?;
    }
    Ok(Arc::unwrap_or_clone(plan))
}
