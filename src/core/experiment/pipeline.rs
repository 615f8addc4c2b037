//! The whole chain from an experiment to its pictures, as one resumable job without any window.
//!
//! experiment → look-ahead run → plane → grid of the plane and of the volume, both coarse to fine.
//! The window drives the same [`Pipeline`] piece by piece; [`run`] drives it to the end.

mod evaluated;

use std::sync::Arc;

use super::checked::Experiment;
use super::remedy::remedy_of_plan;
use super::way_on::{LOSSES_A_STEP, WayOn, WayOnJob};
use crate::core::grid::{
    Evaluator, Field, GridError, GridJob, GridSpec, InProcess, LossGrid, Lost, PathJob, Precision,
};
use crate::core::imports::ImportedSlice;
use crate::core::num::work::finish;
use crate::core::num::{Advance, Job, Progress, parallel};
use crate::core::objective::hessian::{Eigenpairs, TopEigenpairs};
use crate::core::objective::{Measure, NoObjective, Objective, Problem, Quantity, Valuation};
use crate::core::subspace::walks::WalksJob;
use crate::core::subspace::{
    FitError, PlaneConfig, RandomWalks, SlicePlane, Subspace, ThetaSteps, Third, align,
};
use crate::core::train::{BlowUp, Checkpoint, Course, TrainingRun, Trajectory, blow_up};
use evaluated::advance_path;
pub use evaluated::evaluate_along;

/// What is known once the look-ahead run has reached its end.
#[derive(Clone)]
pub struct Plan {
    /// What it is about.
    pub problem: Arc<Problem>,
    /// Who evaluates losses on slices; nobody where they are not to be had.
    pub evaluator: Option<Arc<dyn Evaluator>>,
    /// The look-ahead run's trajectory; the live run takes the same steps.
    pub trajectory: Arc<Trajectory>,
    /// The step at which it diverged, if it did.
    pub diverged_at: Option<u64>,
    /// Where it got out of hand, if it did.
    pub blow_up: Option<BlowUp>,
    /// In sentences: where it did, what to try, and what the plane is fitted to; or that losses that were recorded are not
    /// those that are evaluated.
    pub warning: Option<String>,
    /// The part of it before that, all of it as a rule: what the plane, its ranges and its heights go by.
    pub sound: Arc<Trajectory>,
    /// What the surface shows, where that is to be had.
    pub measure: Option<Measure>,
    /// Which quantity that is.
    pub quantity: Quantity,
    /// That quantity at each checkpoint of the sound part, as far as it is known.
    pub along: Arc<[f64]>,
    /// Whether these are evaluated as the surface is, and not those that the run was recorded with.
    pub is_evaluated: bool,
    /// Points between its checkpoints that the plane goes through.
    between: ThetaSteps,
    /// Where the third direction follows it, the way from the second low point to where training on arrives.
    pub way_on: Option<Arc<WayOn>>,
    /// The plane fitted to that.
    pub plane: SlicePlane,
    /// The numbers of the slice, where it was evaluated elsewhere.
    pub imported: Option<Arc<ImportedSlice>>,
    plane_config: PlaneConfig,
    seed: u64,
    /// The grid of the plane shown at rest.
    pub plane_spec: GridSpec,
    /// The grid of the volume; `None` where there are only two directions.
    pub volume_spec: Option<GridSpec>,
}

impl Plan {
    /// What is minimised, where that is known.
    pub fn objective(&self) -> Option<&Arc<dyn Objective>> {
        self.problem.objective()
    }

    /// An evaluation of the plane at an alpha3, where there is somebody to evaluate it.
    pub fn plane_job(&self, alpha3: f64) -> Option<GridJob> {
        let subspace = self.plane.subspace.plane_at(alpha3);
        self.picture_job(&subspace, &self.plane_spec)
    }

    /// An evaluation of the volume, where there is one.
    pub fn volume_job(&self) -> Option<GridJob> {
        let spec = self.volume_spec.as_ref()?;
        self.picture_job(&self.plane.subspace, spec)
    }

    /// What random walks of as many checkpoints would explain, where that has a meaning: some
    /// hundredths of a second for a small model, a second for the largest.
    pub fn random_walks(&self) -> Option<RandomWalks> {
        finish(self.walks_job()?).flatten()
    }

    /// A walk has no second low point from which to train on.
    fn walks_job(&self) -> Option<WalksJob> {
        let steps = self.sound.finite_steps();
        let (k, dim) = (self.plane.subspace.k(), self.problem.layout().parameters());
        let job = || WalksJob::new(self.plane_config.clone(), k, steps, dim, self.seed);
        // How a slice of others was chosen is not known.
        (self.way_on.is_none() && self.imported.is_none()).then(job)
    }

    /// What the surface shows at a checkpoint, as far as that is known: the loss of any, and another quantity, or an
    /// evaluated loss, of those of the run that made the plan, as far as it is sound.
    pub fn value_at(&self, point: &Checkpoint) -> Option<f64> {
        if self.quantity.is_loss() && !self.is_evaluated {
            return Some(point.loss);
        }
        let points = self.sound.checkpoints();
        let at = points.binary_search_by_key(&point.step, |kept| kept.step).ok()?;
        self.along.get(at).copied().filter(|_| points[at].theta == point.theta)
    }

    /// The run that it was made of.
    fn passed(&self) -> Passed {
        let (trajectory, between) = (Arc::clone(&self.trajectory), self.between.clone());
        // Losses that were recorded come with the points.
        let is_own = self.is_evaluated || !self.quantity.is_loss();
        let along = is_own.then(|| (self.quantity, Arc::clone(&self.along)));
        let way_on = self.way_on.clone();
        let is_imported = self.problem.objective().is_none();
        Passed { trajectory, diverged_at: self.diverged_at, between, along, way_on, is_imported }
    }

    /// Finds the quantity along the run, unless that is known.
    fn valuation(&self) -> Option<Valuation> {
        let is_known = self.along.len() == self.sound.checkpoints().len();
        let thetas = || self.sound.checkpoints().iter().map(|point| Arc::clone(&point.theta)).collect();
        self.measure.clone().filter(|_| !is_known).map(|measure| Valuation::new(measure, thetas()))
    }

    /// Pictures need no more than single length.
    fn picture_job(&self, subspace: &Subspace, spec: &GridSpec) -> Option<GridJob> {
        let evaluator = self.evaluator.as_ref()?;
        Some(GridJob::new(spec.clone(), evaluator.grid(subspace, spec, Precision::F32)))
    }
}

/// What a piece of work has brought to light.
pub enum Finding {
    /// The plane is known.
    Planned(Arc<Plan>),
    /// More is known of the losses along the run.
    Along(Arc<Plan>),
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
    /// There is nothing to train.
    #[error(transparent)]
    NoObjective(#[from] NoObjective),
    /// Whoever evaluates the slices is lost.
    #[error(transparent)]
    Lost(#[from] Lost),
}

/// The chain in progress. Dropping it cancels it.
pub struct Pipeline {
    experiment: Experiment,
    evaluator: Option<Arc<dyn Evaluator>>,
    alpha3: f64,
    /// The plan before of a run that went on.
    before: Option<Arc<Plan>>,
    phase: Phase,
    cells: u64,
}

enum Phase {
    /// Nothing was done yet; the run may share points of one that is known.
    Due(Option<Arc<Trajectory>>),
    LookAhead(Box<TrainingRun>),
    Fit(Passed),
    /// The plane rests on how the loss bends at a point.
    Bend {
        passed: Passed,
        job: Box<TopEigenpairs>,
    },
    /// The third direction follows the way on from the plane's second low point.
    WayOn {
        passed: Passed,
        bending: Option<Eigenpairs>,
        job: Box<WayOnJob>,
    },
    /// The quantity along the run, as far as it is known.
    Along {
        plan: Box<Plan>,
        job: Valuation,
        values: Vec<f64>,
    },
    Grids {
        plan: Arc<Plan>,
        plane: Box<GridJob>,
        volume: Option<Box<GridJob>>,
        /// The losses along the run, where they are evaluated as the surface is.
        path: Option<Box<PathJob>>,
    },
    Walks(Box<WalksJob>),
    Finished,
}

/// A run that has reached its end.
#[derive(Clone)]
struct Passed {
    trajectory: Arc<Trajectory>,
    diverged_at: Option<u64>,
    /// Points between its checkpoints that the plane goes through.
    between: ThetaSteps,
    /// A quantity at its sound checkpoints.
    along: Option<(Quantity, Arc<[f64]>)>,
    /// The way on from the second low point of a slice, once one was found.
    way_on: Option<Arc<WayOn>>,
    /// Whether it was recorded elsewhere: nobody knows then what a loss that is missing means.
    is_imported: bool,
}

/// The part of a run before it got out of hand, all of it as a rule.
struct Sound {
    trajectory: Arc<Trajectory>,
    /// Points between its checkpoints that the plane goes through.
    within: ThetaSteps,
    blow_up: Option<BlowUp>,
}

/// Evaluates in this process what the experiment's surface shows, where that is to be had; of a slice that was
/// evaluated elsewhere that is what stands in its file.
pub fn in_process(experiment: &Experiment) -> Option<Arc<dyn Evaluator>> {
    if let Some(slice) = experiment.imported_slice() {
        return Some(Arc::new(slice.table.clone()));
    }
    Some(Arc::new(InProcess::of(experiment.measure()?)))
}

/// What a product with the Hessian costs.
const LOSSES_A_PRODUCT: u64 = 6;
/// What a random walk costs, about.
const LOSSES_A_WALK: u64 = 1024;

impl Pipeline {
    /// The chain of an experiment, with the plane at rest at `alpha3`. An imported run is known already. Without
    /// an evaluator it ends with the plane.
    pub fn new(experiment: Experiment, evaluator: Option<Arc<dyn Evaluator>>, alpha3: f64) -> Self {
        Self { experiment, evaluator, alpha3, before: None, phase: Phase::Due(None), cells: 0 }
    }

    /// The same of a run that went on: its axes are held as near to those of the plane before as they may be (see
    /// [`align`](crate::core::subspace::align())), and losses along it that were evaluated are known.
    pub fn following(self, plan: Arc<Plan>) -> Self {
        Self { before: Some(plan), ..self }
    }

    /// The same chain after one whose run takes the same steps, but another number of them: the points that are
    /// known already are shared.
    pub fn lengthened(
        experiment: Experiment,
        evaluator: Option<Arc<dyn Evaluator>>,
        alpha3: f64,
        known: Arc<Trajectory>,
    ) -> Self {
        Self { experiment, evaluator, alpha3, before: None, phase: Phase::Due(Some(known)), cells: 0 }
    }

    /// The chain of an experiment that differs from a plan's in its slice only: the look-ahead run is
    /// known already.
    pub fn resliced(
        experiment: Experiment,
        evaluator: Option<Arc<dyn Evaluator>>,
        alpha3: f64,
        plan: &Plan,
    ) -> Self {
        let phase = Phase::Fit(plan.passed());
        Self { experiment, evaluator, alpha3, before: None, phase, cells: 0 }
    }

    /// Whether the look-ahead run is still under way.
    pub fn is_training(&self) -> bool {
        matches!(self.phase, Phase::Due(_) | Phase::LookAhead(_))
    }

    /// Cells of grids evaluated so far.
    pub fn cells(&self) -> u64 {
        self.cells
    }
}

/// Its units are evaluations of the loss, about. After an error it has ended.
impl Job for Pipeline {
    type Finding = Result<Finding, PipelineError>;

    fn advance(&mut self, losses: u64) -> Advance<Self::Finding> {
        if matches!(self.phase, Phase::Finished) {
            return Advance::Ended;
        }
        let found = self.work(losses);
        if found.is_err() {
            self.phase = Phase::Finished;
        }
        found.transpose().map_or(Advance::Working, Advance::Found)
    }

    fn piece(&self) -> u64 {
        // Piece by piece, so that whoever else evaluates comes in between.
        match &self.phase {
            Phase::Bend { .. } => LOSSES_A_PRODUCT,
            Phase::WayOn { job, .. } => job.piece() * parallel::threads() as u64,
            _ => LOSSES_AT_ONCE * parallel::threads() as u64,
        }
    }

    /// How far the present phase is, in its own units.
    fn progress(&self) -> Progress {
        match &self.phase {
            Phase::Due(_) => Progress { done: 0, total: self.experiment.steps },
            Phase::LookAhead(run) => Progress { done: run.step(), total: self.experiment.steps },
            Phase::Grids { plane, volume, path, .. } => {
                let grids = [Some(plane), volume.as_ref()].into_iter().flatten().map(|job| job.progress());
                let all = grids.chain(path.as_ref().map(|job| job.progress()));
                all.fold(Progress::default(), |sum, one| Progress {
                    done: sum.done + one.done,
                    total: sum.total + one.total,
                })
            }
            Phase::Walks(walks) => walks.progress(),
            Phase::Along { job, .. } => job.progress(),
            Phase::WayOn { job, .. } => job.progress(),
            Phase::Fit(_) | Phase::Bend { .. } | Phase::Finished => Progress::default(),
        }
    }
}

/// Losses between two looks at whether the work is still wanted, for each thread.
const LOSSES_AT_ONCE: u64 = 1024;

impl Pipeline {
    fn work(&mut self, losses: u64) -> Result<Option<Finding>, PipelineError> {
        match &mut self.phase {
            Phase::Due(known) => {
                self.phase = Phase::of(&self.experiment, known.take());
                Ok(None)
            }
            Phase::LookAhead(run) => {
                let left = self.experiment.steps - run.step();
                run.advance((losses / LOSSES_A_STEP).clamp(1, left.max(1)).min(left));
                if run.step() < self.experiment.steps && run.diverged_at().is_none() {
                    return Ok(None);
                }
                let passed = Passed::of(&self.experiment, run);
                self.fit(passed)
            }
            Phase::Fit(passed) if passed.lacks_steps_of(&self.experiment) => {
                // The plane goes through a point that the run did not keep: it is taken there again.
                let known = Arc::clone(&passed.trajectory);
                self.phase = Phase::of(&self.experiment, Some(known));
                Ok(None)
            }
            Phase::Fit(passed) => {
                let passed = passed.clone();
                self.fit(passed)
            }
            Phase::Bend { passed, job } => match job.advance(losses / LOSSES_A_PRODUCT).found() {
                None => Ok(None),
                Some(bending) => {
                    let passed = passed.clone();
                    self.lead_on(passed, Some(bending))
                }
            },
            Phase::WayOn { passed, bending, job } => match job.advance(losses).found().transpose()? {
                None => job.failure().map_or(Ok(None), |lost| Err(lost.into())),
                Some(found) => {
                    let passed = Passed { way_on: Some(Arc::new(found)), ..passed.clone() };
                    let bending = bending.take();
                    self.begin_along(passed, bending.as_ref())
                }
            },
            Phase::Along { plan, job, values } => {
                match job.advance(job.piece().min(losses)) {
                    Advance::Found(found) => values.extend(found),
                    Advance::Working => {}
                    Advance::Ended => {
                        plan.along = std::mem::take(values).into();
                        let plan = Plan::clone(plan);
                        return Ok(Some(self.begin_grids(plan)));
                    }
                }
                Ok(None)
            }
            Phase::Grids { .. } | Phase::Walks(_) | Phase::Finished => Ok(self.work_on_pictures(losses)?),
        }
    }

    /// What is left once the plan is known: of it nothing can fail but whoever evaluates.
    fn work_on_pictures(&mut self, losses: u64) -> Result<Option<Finding>, Lost> {
        Ok(match &mut self.phase {
            // The first picture is there soon, and then the losses along the run.
            Phase::Grids { plan, plane, path: path @ Some(_), .. } if plane.stride().is_some() => {
                advance_path(plan, path, &self.experiment)?
            }
            Phase::Grids { plan, plane, volume, .. } => {
                let finding = advance_grids(plane, volume.as_deref_mut(), losses);
                if let Some(lost) = plane.failure().or_else(|| volume.as_ref()?.failure()) {
                    return Err(lost);
                }
                self.cells = plane.progress().done + volume.as_ref().map_or(0, |job| job.progress().done);
                if plane.is_finished() && volume.as_ref().is_none_or(|job| job.is_finished()) {
                    // Last of all: the pictures need it not.
                    self.phase = Phase::walks(plan);
                }
                finding
            }
            Phase::Walks(walks) => {
                let found = walks.advance(losses / LOSSES_A_WALK).found();
                if found.is_some() {
                    self.phase = Phase::Finished;
                }
                found.map(Finding::Walks)
            }
            _ => None,
        })
    }
}

impl Pipeline {
    /// The plane comes next, or what it rests on.
    fn fit(&mut self, passed: Passed) -> Result<Option<Finding>, PipelineError> {
        let Sound { trajectory, within, .. } = passed.sound();
        match self.experiment.bending(&trajectory, &within) {
            Some(job) => {
                self.phase = Phase::Bend { passed, job: Box::new(job) };
                Ok(None)
            }
            None => self.lead_on(passed, None),
        }
    }

    /// The way on comes next, where the third direction follows it, or the plane.
    fn lead_on(
        &mut self,
        mut passed: Passed,
        bending: Option<Eigenpairs>,
    ) -> Result<Option<Finding>, PipelineError> {
        let is_led = self.experiment.slice.third == Third::TrainedOn;
        passed.way_on = passed.way_on.filter(|known| is_led && known.is_of(&self.experiment));
        if !is_led || passed.way_on.is_some() {
            return self.begin_along(passed, bending.as_ref());
        }
        let Sound { trajectory, within, .. } = passed.sound();
        let plane = self.experiment.fit_unturned(&trajectory, &within, bending.as_ref())?;
        let evaluator = self.loss_evaluator().ok_or(NoObjective)?;
        let job = Box::new(WayOnJob::new(&self.experiment, &*evaluator, &plane, &trajectory)?);
        self.phase = Phase::WayOn { passed, bending, job };
        Ok(None)
    }

    /// A low point is one of the loss, whatever the surface shows.
    fn loss_evaluator(&self) -> Option<Arc<dyn Evaluator>> {
        if self.experiment.slice.quantity.is_loss() {
            return self.evaluator.clone();
        }
        let objective = self.experiment.objective()?;
        Some(Arc::new(InProcess::new(Arc::clone(objective))))
    }

    /// What the surface shows has to be known along the run first: its heights go by it.
    fn begin_along(
        &mut self,
        passed: Passed,
        bending: Option<&Eigenpairs>,
    ) -> Result<Option<Finding>, PipelineError> {
        self.phase = Phase::Finished;
        let plan = fitted(&self.experiment, self.evaluator.clone(), passed, bending, self.before.as_deref())?;
        match plan.valuation() {
            Some(job) => {
                self.phase = Phase::Along { plan: Box::new(plan), job, values: Vec::new() };
                Ok(None)
            }
            None => Ok(Some(self.begin_grids(plan))),
        }
    }

    fn begin_grids(&mut self, plan: Plan) -> Finding {
        let plan = Arc::new(plan);
        self.phase = match plan.plane_job(self.alpha3) {
            Some(plane) => Phase::Grids {
                plan: Arc::clone(&plan),
                plane: Box::new(plane),
                volume: plan.volume_job().map(Box::new),
                path: plan.path_job().map(Box::new),
            },
            None => Phase::walks(&plan),
        };
        Finding::Planned(plan)
    }
}

impl Phase {
    /// The last: random walks, where they have a meaning.
    fn walks(plan: &Plan) -> Self {
        plan.walks_job().map_or(Self::Finished, |job| Self::Walks(Box::new(job)))
    }

    /// The first: the look-ahead run, which may share points of one that is known, or an imported one, which is at
    /// its end.
    fn of(experiment: &Experiment, known: Option<Arc<Trajectory>>) -> Self {
        match (experiment.imported(), experiment.start_run()) {
            (None, Ok(run)) => Self::LookAhead(Box::new(match known {
                Some(known) => run.sharing(known),
                None => run,
            })),
            (Some(course), _) => Self::Fit(Passed::imported(course)),
            (None, Err(NoObjective)) => unreachable!("what has no objective was imported"),
        }
    }
}

impl Passed {
    fn of(experiment: &Experiment, run: &TrainingRun) -> Self {
        let trajectory = Arc::new(run.closed_trajectory());
        let between = between(experiment, run, &trajectory);
        let diverged_at = run.diverged_at();
        Self { trajectory, diverged_at, between, along: None, way_on: None, is_imported: false }
    }

    fn imported(course: &Course) -> Self {
        let trajectory = Arc::clone(course.trajectory());
        let (between, diverged_at) = (ThetaSteps::new(), course.diverged_at());
        Self { trajectory, diverged_at, between, along: None, way_on: None, is_imported: true }
    }

    fn sound(&self) -> Sound {
        let blow_up = blow_up(self.trajectory.checkpoints()).filter(|_| !self.is_imported);
        let trajectory = match blow_up {
            Some(found) => {
                let mut sound = Trajectory::clone(&self.trajectory);
                sound.cut_after(found.sound_until);
                Arc::new(sound)
            }
            None => Arc::clone(&self.trajectory),
        };
        // What lies beyond the sound part is no point of it.
        let mut within = self.between.clone();
        within.retain(|step, _| trajectory.last().is_some_and(|last| *step <= last.step));
        Sound { trajectory, within, blow_up }
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
}

/// Works on the job whose picture is coarser, the plane first: so both show soon and sharpen together.
fn advance_grids(plane: &mut GridJob, volume: Option<&mut GridJob>, losses: u64) -> Option<Finding> {
    let stride = |job: &GridJob| job.stride().unwrap_or(usize::MAX);
    match volume {
        Some(volume) if plane.is_finished() || stride(volume) > stride(plane) => {
            volume.advance(losses).found()?;
            volume.picture().map(Finding::Volume)
        }
        _ => {
            plane.advance(losses).found()?;
            plane.picture().map(Finding::Plane)
        }
    }
}

/// The plane fitted to a run of the experiment that has reached its end.
///
/// # Errors
/// If no plane fits the run.
pub fn plan(experiment: &Experiment, run: &TrainingRun) -> Result<Plan, PipelineError> {
    planned(experiment, in_process(experiment), Passed::of(experiment, run))
}

/// The chain from a run to its plane.
fn planned(
    experiment: &Experiment,
    evaluator: Option<Arc<dyn Evaluator>>,
    passed: Passed,
) -> Result<Plan, PipelineError> {
    let (experiment, phase) = (experiment.clone(), Phase::Fit(passed));
    let mut pipeline = Pipeline { experiment, evaluator, alpha3: 0.0, before: None, phase, cells: 0 };
    loop {
        match pipeline.advance(u64::MAX) {
            Advance::Found(found) => {
                if let Finding::Planned(plan) = found? {
                    return Ok(Plan::clone(&plan));
                }
            }
            Advance::Working => {}
            Advance::Ended => unreachable!("a pipeline without error finds a plane"),
        }
    }
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
    evaluator: Option<Arc<dyn Evaluator>>,
    passed: Passed,
    bending: Option<&Eigenpairs>,
    before: Option<&Plan>,
) -> Result<Plan, PipelineError> {
    let Sound { trajectory: sound, within, blow_up } = passed.sound();
    let way_on = passed.way_on.as_ref().map(|known| &known.way[..]);
    let plane = experiment.fit_plane_with(&sound, &within, bending, way_on)?;
    let plane = if let Some(before) = before { align(&before.plane, plane) } else { plane };
    let ranges = experiment.ranges(&plane, &sound);
    let volume_spec = match plane.subspace.k() {
        3 => Some(experiment.volume_spec(&ranges)?),
        _ => None,
    };
    let quantity = experiment.slice.quantity;
    let is_evaluated = quantity.is_loss()
        && experiment.is_imported()
        && evaluator.as_ref().is_some_and(|evaluator| evaluator.points().is_some());
    let along = match passed.along {
        None if is_evaluated => before
            .filter(|before| before.is_evaluated)
            .map_or_else(Vec::new, |b| b.known_along(sound.checkpoints()))
            .into(),
        _ if quantity.is_loss() && !is_evaluated => {
            sound.checkpoints().iter().map(|point| point.loss).collect()
        }
        Some((known, along)) if known == quantity => along,
        _ => Arc::default(),
    };
    let plan = Plan {
        problem: Arc::clone(experiment.problem()),
        evaluator,
        measure: experiment.measure(),
        quantity,
        along,
        is_evaluated,
        trajectory: passed.trajectory,
        diverged_at: passed.diverged_at,
        warning: blow_up.map(|found| remedy_of_plan(experiment, &found)),
        blow_up,
        sound,
        between: passed.between,
        way_on: passed.way_on,
        plane_spec: experiment.plane_spec(&ranges)?,
        volume_spec,
        plane,
        imported: experiment.imported_slice().cloned(),
        plane_config: experiment.slice.plane.clone(),
        seed: experiment.seed,
    };
    Ok(if is_evaluated { plan.with_losses_along(&[], experiment) } else { plan })
}

/// Takes the look-ahead run to its end and fits the plane: all that a slice needs before it is
/// evaluated in this process. Tells `on_progress` of the steps it takes.
///
/// # Errors
/// If no plane fits the run.
pub fn prepare(experiment: &Experiment, on_progress: impl FnMut(Progress)) -> Result<Plan, PipelineError> {
    prepare_for(experiment, in_process(experiment), on_progress)
}

/// The same for slices that somebody else may evaluate.
///
/// # Errors
/// If no plane fits the run.
pub fn prepare_for(
    experiment: &Experiment,
    evaluator: Option<Arc<dyn Evaluator>>,
    on_progress: impl FnMut(Progress),
) -> Result<Plan, PipelineError> {
    let passed = match experiment.imported() {
        Some(course) => Passed::imported(course),
        None => Passed::of(experiment, &train(experiment, on_progress)?),
    };
    planned(experiment, evaluator, passed)
}

/// Takes a run of the experiment to its planned end, or to where it diverges. Tells `on_progress` of
/// the steps it takes.
///
/// # Errors
/// If there is nothing to train.
pub fn train(
    experiment: &Experiment,
    mut on_progress: impl FnMut(Progress),
) -> Result<TrainingRun, NoObjective> {
    let mut run = experiment.start_run()?;
    while run.step() < experiment.steps && run.diverged_at().is_none() {
        run.advance((experiment.steps - run.step()).min(STEPS_AT_ONCE));
        on_progress(Progress { done: run.step(), total: experiment.steps });
    }
    Ok(run)
}

/// Steps between two tidings of progress.
const STEPS_AT_ONCE: u64 = 64;

/// An experiment with all its pictures.
#[derive(Clone)]
pub struct Outcome {
    /// Trajectory and plane.
    pub plan: Arc<Plan>,
    /// The plane at the experiment's first alpha3; `None` of an imported run, whose loss is not known.
    pub plane: Option<Arc<LossGrid>>,
    /// The volume, where there is one, and a loss.
    pub volume: Option<Arc<LossGrid>>,
    /// What random walks would explain, where that has a meaning.
    pub walks: Option<RandomWalks>,
}

/// Runs the whole chain.
///
/// # Errors
/// If no plane fits the run.
pub fn run(experiment: &Experiment) -> Result<Outcome, PipelineError> {
    let mut pipeline = Pipeline::new(experiment.clone(), in_process(experiment), experiment.view.alpha3);
    let (mut plan, mut plane, mut volume, mut walks) = (None, None, None, None);
    loop {
        match pipeline.advance(u64::MAX) {
            Advance::Found(finding) => match finding? {
                Finding::Planned(found) | Finding::Along(found) => plan = Some(found),
                Finding::Plane(found) => plane = Some(Arc::clone(found.grid())),
                Finding::Volume(found) => volume = Some(Arc::clone(found.grid())),
                Finding::Walks(found) => walks = found,
            },
            Advance::Working => {}
            Advance::Ended => break,
        }
    }
    let plan = plan.unwrap_or_else(|| unreachable!("a pipeline without error ends with a plane"));
    Ok(Outcome { plan, plane, volume, walks })
}
