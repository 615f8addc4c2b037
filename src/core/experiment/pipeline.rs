//! The whole chain from an experiment to its pictures, as one resumable job without any window.
//!
//! experiment → look-ahead run → plane → grid of the plane and of the volume, both coarse to fine.
//! The window drives the same [`Pipeline`] piece by piece; [`run`] drives it to the end.

use std::sync::Arc;

use super::checked::Experiment;
use super::remedy::remedy_of_plan;
use crate::core::grid::{Field, GridError, GridJob, GridSpec, LossGrid, Precision, backend};
use crate::core::num::Progress;
use crate::core::objective::Objective;
use crate::core::subspace::{FitError, PlaneConfig, RandomWalks, SlicePlane, Subspace, ThetaSteps, walks};
use crate::core::train::{BlowUp, TrainingRun, Trajectory, blow_up};

/// What is known once the look-ahead run has reached its end.
#[derive(Clone)]
pub struct Plan {
    /// What is minimised.
    pub objective: Arc<dyn Objective>,
    /// The look-ahead run's trajectory; the live run takes the same steps.
    pub trajectory: Arc<Trajectory>,
    /// The step at which it diverged, if it did.
    pub diverged_at: Option<u64>,
    /// Where it got out of hand, if it did.
    pub blow_up: Option<BlowUp>,
    /// In a sentence: where it did, what to try, and what the plane is fitted to.
    pub warning: Option<String>,
    /// The part of it before that, all of it as a rule: what the plane, its ranges and its heights go by.
    pub sound: Arc<Trajectory>,
    /// Points between its checkpoints that the plane goes through.
    between: ThetaSteps,
    /// The plane fitted to that.
    pub plane: SlicePlane,
    plane_config: PlaneConfig,
    seed: u64,
    /// The grid of the plane shown at rest.
    pub plane_spec: GridSpec,
    /// The grid of the volume; `None` where there are only two directions.
    pub volume_spec: Option<GridSpec>,
}

impl Plan {
    /// An evaluation of the plane at an alpha3.
    pub fn plane_job(&self, alpha3: f64) -> GridJob {
        let subspace = self.plane.subspace.plane_at(alpha3);
        self.picture_job(&subspace, &self.plane_spec)
    }

    /// An evaluation of the volume, where there is one.
    pub fn volume_job(&self) -> Option<GridJob> {
        let spec = self.volume_spec.as_ref()?;
        Some(self.picture_job(&self.plane.subspace, spec))
    }

    /// What random walks of as many checkpoints would explain, where that has a meaning: some
    /// hundredths of a second for a small model, a second for the largest.
    pub fn random_walks(&self) -> Option<RandomWalks> {
        let steps = self.sound.finite_steps();
        let (k, dim) = (self.plane.subspace.k(), self.plane.subspace.dim());
        walks::random_walks(&self.plane_config, k, &steps, dim, self.seed)
    }

    /// Whether the plane of an experiment goes through a step that the run took, and that is not known.
    fn lacks_steps_of(&self, experiment: &Experiment) -> bool {
        let points = self.trajectory.checkpoints();
        let end = points.last().map_or(0, |last| last.step);
        let is_known =
            |step: &u64| self.between.contains_key(step) || points.iter().any(|point| point.step == *step);
        let is_lacking = |step: &u64| *step <= end && !is_known(step);
        !experiment.is_recorded() && experiment.slice.plane.steps().iter().any(is_lacking)
    }

    /// Pictures need no more than single length.
    fn picture_job(&self, subspace: &Subspace, spec: &GridSpec) -> GridJob {
        GridJob::new(spec.clone(), backend(&self.objective, subspace, spec, Precision::F32))
    }
}

/// What a piece of work has brought to light.
pub enum Finding {
    /// The plane is known.
    Planned(Arc<Plan>),
    /// A picture of the plane at the alpha3 asked for.
    Plane(Field),
    /// A picture of the volume.
    Volume(Field),
    /// What random walks would explain, where that has a meaning.
    Walks(Option<RandomWalks>),
}

/// Why an experiment has no pictures.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PipelineError {
    /// No plane fits the run.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The ranges make no grid.
    #[error(transparent)]
    Grid(#[from] GridError),
}

/// The chain in progress. Dropping it cancels it.
pub struct Pipeline {
    experiment: Experiment,
    alpha3: f64,
    stage: Stage,
    cells: u64,
}

enum Stage {
    LookAhead(Box<TrainingRun>),
    Fit(Arc<Plan>),
    Grids { plan: Arc<Plan>, plane: Box<GridJob>, volume: Option<Box<GridJob>> },
    Walks(Arc<Plan>),
    Finished,
}

/// What a training step costs in losses: one pass forward and about two back.
const LOSSES_A_STEP: u64 = 3;

impl Pipeline {
    /// The chain of an experiment, with the plane at rest at `alpha3`.
    pub fn new(experiment: Experiment, alpha3: f64) -> Self {
        let run = Box::new(experiment.start_run());
        Self { experiment, alpha3, stage: Stage::LookAhead(run), cells: 0 }
    }

    /// The same chain after one whose run takes the same steps, but another number of them: the points that are
    /// known already are shared.
    pub fn lengthened(experiment: Experiment, alpha3: f64, known: Arc<Trajectory>) -> Self {
        let run = Box::new(experiment.start_run().sharing(known));
        Self { experiment, alpha3, stage: Stage::LookAhead(run), cells: 0 }
    }

    /// The chain of an experiment that differs from a plan's in its slice only: the look-ahead run is
    /// known already.
    pub fn resliced(experiment: Experiment, alpha3: f64, plan: Arc<Plan>) -> Self {
        Self { experiment, alpha3, stage: Stage::Fit(plan), cells: 0 }
    }

    /// Whether there is nothing left to do.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Finished)
    }

    /// Whether the look-ahead run is still under way.
    pub fn is_training(&self) -> bool {
        matches!(self.stage, Stage::LookAhead(_))
    }

    /// Cells of grids evaluated so far.
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// How far the present stage is, in its own units.
    pub fn progress(&self) -> Progress {
        match &self.stage {
            Stage::LookAhead(run) => Progress { done: run.step(), total: self.experiment.steps },
            Stage::Grids { plane, volume, .. } => {
                let of = |job: &GridJob| job.progress();
                let (plane, volume) = (of(plane), volume.as_deref().map(of).unwrap_or_default());
                Progress { done: plane.done + volume.done, total: plane.total + volume.total }
            }
            Stage::Fit(_) | Stage::Walks(_) | Stage::Finished => Progress::default(),
        }
    }

    /// Does work worth about `losses` evaluations of the loss.
    ///
    /// # Errors
    /// If no plane fits the run. The pipeline is finished then.
    pub fn advance(&mut self, losses: u64) -> Result<Option<Finding>, PipelineError> {
        match &mut self.stage {
            Stage::LookAhead(run) => {
                let left = self.experiment.steps - run.step();
                run.advance((losses / LOSSES_A_STEP).clamp(1, left.max(1)).min(left));
                if run.step() < self.experiment.steps && run.diverged_at().is_none() {
                    return Ok(None);
                }
                let plan = plan(&self.experiment, run);
                self.begin_grids(plan)
            }
            Stage::Fit(before) if before.lacks_steps_of(&self.experiment) => {
                // The plane goes through a point that the run did not keep: it is taken there again.
                let run = self.experiment.start_run().sharing(Arc::clone(&before.trajectory));
                self.stage = Stage::LookAhead(Box::new(run));
                Ok(None)
            }
            Stage::Fit(before) => {
                let (trajectory, between) = (Arc::clone(&before.trajectory), before.between.clone());
                let plan =
                    fitted(&self.experiment, &before.objective, trajectory, before.diverged_at, between);
                self.begin_grids(plan)
            }
            Stage::Grids { plan, plane, volume } => {
                let finding = advance_grids(plane, volume.as_deref_mut(), losses);
                self.cells = plane.progress().done + volume.as_ref().map_or(0, |job| job.progress().done);
                if plane.is_finished() && volume.as_ref().is_none_or(|job| job.is_finished()) {
                    // Last of all: the pictures need it not.
                    self.stage = Stage::Walks(Arc::clone(plan));
                }
                Ok(finding)
            }
            Stage::Walks(plan) => {
                let walks = plan.random_walks();
                self.stage = Stage::Finished;
                Ok(Some(Finding::Walks(walks)))
            }
            Stage::Finished => Ok(None),
        }
    }
}

impl Pipeline {
    fn begin_grids(&mut self, plan: Result<Plan, PipelineError>) -> Result<Option<Finding>, PipelineError> {
        self.stage = Stage::Finished;
        let plan = Arc::new(plan?);
        self.stage = Stage::Grids {
            plan: Arc::clone(&plan),
            plane: Box::new(plan.plane_job(self.alpha3)),
            volume: plan.volume_job().map(Box::new),
        };
        Ok(Some(Finding::Planned(plan)))
    }
}

/// Works on the job whose picture is coarser, the plane first: so both show soon and sharpen together.
fn advance_grids(plane: &mut GridJob, volume: Option<&mut GridJob>, losses: u64) -> Option<Finding> {
    let stride = |job: &GridJob| job.stride().unwrap_or(usize::MAX);
    match volume {
        Some(volume) if plane.is_finished() || stride(volume) > stride(plane) => {
            volume.advance(losses)?;
            volume.picture().map(Finding::Volume)
        }
        _ => {
            plane.advance(losses)?;
            plane.picture().map(Finding::Plane)
        }
    }
}

/// The plane fitted to a run of the experiment that has reached its end.
///
/// # Errors
/// If no plane fits the run.
pub fn plan(experiment: &Experiment, run: &TrainingRun) -> Result<Plan, PipelineError> {
    let trajectory = Arc::new(run.closed_trajectory());
    let between = between(experiment, run, &trajectory);
    fitted(experiment, run.objective(), trajectory, run.diverged_at(), between)
}

/// The points that the plane goes through and that a run did not keep. A recorded one has none but those that it
/// kept.
fn between(experiment: &Experiment, run: &TrainingRun, trajectory: &Trajectory) -> ThetaSteps {
    if experiment.is_recorded() {
        return ThetaSteps::new();
    }
    let is_missing = |step: &u64| trajectory.checkpoints().iter().all(|point| point.step != *step);
    let missing = experiment.slice.plane.steps().into_iter().filter(is_missing);
    missing.filter_map(|step| Some((step, run.checkpoint_at(step)?.theta.to_vec()))).collect()
}

fn fitted(
    experiment: &Experiment,
    objective: &Arc<dyn Objective>,
    trajectory: Arc<Trajectory>,
    diverged_at: Option<u64>,
    between: ThetaSteps,
) -> Result<Plan, PipelineError> {
    let blow_up = blow_up(trajectory.checkpoints());
    let sound = match blow_up {
        Some(found) => {
            let mut sound = Trajectory::clone(&trajectory);
            sound.cut_after(found.sound_until);
            Arc::new(sound)
        }
        None => Arc::clone(&trajectory),
    };
    // What lies beyond the sound part is no point of it.
    let mut within = between.clone();
    within.retain(|step, _| sound.last().is_some_and(|last| *step <= last.step));
    let plane = experiment.fit_plane_with(&sound, &within)?;
    let ranges = experiment.ranges(&plane, &sound);
    let volume_spec = match plane.subspace.k() {
        3 => Some(experiment.volume_spec(&ranges)?),
        _ => None,
    };
    Ok(Plan {
        objective: Arc::clone(objective),
        trajectory,
        diverged_at,
        warning: blow_up.map(|found| remedy_of_plan(experiment, &found)),
        blow_up,
        sound,
        between,
        plane_spec: experiment.plane_spec(&ranges)?,
        volume_spec,
        plane,
        plane_config: experiment.slice.plane.clone(),
        seed: experiment.seed,
    })
}

/// Takes the look-ahead run to its end and fits the plane: all that a slice needs before it is
/// evaluated. Tells `on_progress` of the steps it takes.
///
/// # Errors
/// If no plane fits the run.
pub fn prepare(experiment: &Experiment, on_progress: impl FnMut(Progress)) -> Result<Plan, PipelineError> {
    plan(experiment, &train(experiment, on_progress))
}

/// Takes a run of the experiment to its planned end, or to where it diverges. Tells `on_progress` of
/// the steps it takes.
pub fn train(experiment: &Experiment, mut on_progress: impl FnMut(Progress)) -> TrainingRun {
    let mut run = experiment.start_run();
    while run.step() < experiment.steps && run.diverged_at().is_none() {
        run.advance((experiment.steps - run.step()).min(STEPS_AT_ONCE));
        on_progress(Progress { done: run.step(), total: experiment.steps });
    }
    run
}

/// Steps between two tidings of progress.
const STEPS_AT_ONCE: u64 = 64;

/// An experiment with all its pictures.
#[derive(Clone)]
pub struct Outcome {
    /// Trajectory and plane.
    pub plan: Arc<Plan>,
    /// The plane at the experiment's first alpha3.
    pub plane: Arc<LossGrid>,
    /// The volume, where there is one.
    pub volume: Option<Arc<LossGrid>>,
    /// What random walks would explain, where that has a meaning.
    pub walks: Option<RandomWalks>,
}

/// Runs the whole chain.
///
/// # Errors
/// If no plane fits the run.
pub fn run(experiment: &Experiment) -> Result<Outcome, PipelineError> {
    let mut pipeline = Pipeline::new(experiment.clone(), experiment.view.alpha3);
    let (mut plan, mut plane, mut volume, mut walks) = (None, None, None, None);
    while !pipeline.is_finished() {
        match pipeline.advance(u64::MAX)? {
            Some(Finding::Planned(found)) => plan = Some(found),
            Some(Finding::Plane(found)) => plane = Some(Arc::clone(found.grid())),
            Some(Finding::Volume(found)) => volume = Some(Arc::clone(found.grid())),
            Some(Finding::Walks(found)) => walks = found,
            None => {}
        }
    }
    match (plan, plane) {
        (Some(plan), Some(plane)) => Ok(Outcome { plan, plane, volume, walks }),
        _ => unreachable!("a pipeline without error ends with a plane"),
    }
}
