//! An experiment that has been checked: every number in its range, every size affordable.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::difference::differences;
pub use super::field::FieldError;
use super::problem::{self, Carried};
use super::ranges::{self, CHORD_RANGES};
use super::replacement::{Resets, changed};
use super::settings::{Change, ExperimentFile, Setting, Touches};
pub use super::settings::{MAX_LAYERS, MAX_PLANE_CELLS, MAX_SIDE, MAX_STEPS};
use crate::core::data::{BatchSize, Dataset};
use crate::core::grid::{Axis, GridError, GridSpec};
use crate::core::imports::Import;
use crate::core::io::folder::Access;
use crate::core::io::npy;
use crate::core::io::sources::Sources;
use crate::core::objective::hessian::{Eigenpairs, TopEigenpairs};
use crate::core::objective::measure::Batches;
use crate::core::objective::{Measure, NoObjective, Objective, Problem, Supervised};
use crate::core::subspace::{
    FitError, FitInput, Place, PlaceError, Rescale, SlicePlane, ThetaFiles, ThetaSteps, Third,
};
use crate::core::train::{Course, TrainingPlan, TrainingRun, Trajectory, Walk};

/// A checked experiment. Only [`Experiment::new`] makes one.
#[derive(Clone, Debug)]
pub struct Experiment {
    pub(super) file: ExperimentFile,
    pub(super) problem: Arc<Problem>,
    /// The points that its plane and its walk name by file.
    files: Arc<ThetaFiles>,
    /// Its run, recorded before: see [`Experiment::along`].
    pub(super) course: Option<Arc<Course>>,
    /// What it shows that was computed elsewhere: see [`Experiment::import`].
    pub(super) import: Option<Arc<Import>>,
    /// The one beside it: see [`Experiment::second`].
    pub(super) second: Option<Arc<Experiment>>,
    /// What both are called, where there is another beside it.
    pub(super) sides: Option<Arc<[String; 2]>>,
    /// Where files that it comes to name are read from.
    sources: Arc<dyn Sources>,
}

/// Equal where all is that was read, wherever from.
impl PartialEq for Experiment {
    fn eq(&self, other: &Self) -> bool {
        (&self.file, &self.problem, &self.files, &self.course, &self.second)
            == (&other.file, &other.problem, &other.files, &other.course, &other.second)
    }
}

/// Why a recorded run is none of an experiment.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CourseError {
    /// It was trained otherwise.
    #[error("it is a run of another training ({differences}); expected one of this experiment")]
    Other {
        /// The fields that differ.
        differences: String,
    },
    /// It ends too early.
    #[error("it ends at step {end}; expected the {steps} steps of the experiment")]
    Short {
        /// Its last step.
        end: u64,
        /// The steps planned.
        steps: u64,
    },
}

/// Written as the file it was checked from.
impl Serialize for Experiment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.file.serialize(serializer)
    }
}

/// The part of an experiment that decides what training does: equal values train alike, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingQuestion {
    settings: Vec<Change>,
    problem: Arc<Problem>,
}

impl Experiment {
    /// Checks an experiment that names no file.
    ///
    /// # Errors
    /// On the first field whose value makes no sense, with what was expected.
    pub fn new(file: ExperimentFile) -> Result<Self, FieldError> {
        Self::reading(file, &Access::default().sources)
    }

    /// Checks an experiment that may name files, which are read from these sources; so are those that it comes to
    /// name by a change.
    ///
    /// # Errors
    /// As [`Experiment::new`], and if a file cannot be read or makes no sense.
    pub fn reading(file: ExperimentFile, sources: &Arc<dyn Sources>) -> Result<Self, FieldError> {
        Self::reading_beside(file, sources, None)
    }

    /// The same after an experiment with another one beside it, whose examples may be of use.
    fn reading_beside(
        file: ExperimentFile,
        sources: &Arc<dyn Sources>,
        before: Option<&Self>,
    ) -> Result<Self, FieldError> {
        file.check_patterns()?;
        if let Some(path) = &file.import {
            let import = Arc::new(problem::imported(&file, path, sources, None)?);
            return Self::of_import(file, import, None)?.with_sources(sources).with_second(before);
        }
        file.check()?;
        let problem = Arc::new(problem::problem(&file, &**sources)?);
        let files = Arc::new(read_files(&file, problem.dim(), &**sources)?);
        Self::posing(file, problem, files)?.with_sources(sources).with_second(before)
    }

    /// The same, where files that it comes to name by a change are read from these sources.
    pub fn with_sources(self, sources: &Arc<dyn Sources>) -> Self {
        Self { sources: Arc::clone(sources), ..self }
    }

    /// Where the files that it names are read from.
    pub fn sources(&self) -> &Arc<dyn Sources> {
        &self.sources
    }

    /// Checks the experiment of a recorded run, on the examples and points that the run carries: no file that
    /// the experiment names is opened.
    ///
    /// # Errors
    /// As [`Experiment::new`], and if what it carries does not go together.
    pub fn carried(file: ExperimentFile, carried: Carried) -> Result<Self, FieldError> {
        file.check()?;
        let names = file.point_files();
        let files = Arc::new(names.into_iter().zip(carried.points.iter().cloned()).collect());
        let problem = Arc::new(problem::carried(&file, carried)?);
        Self::posing(file, problem, files)?.with_second(None)
    }

    /// Checks what depends on the examples and the model as well.
    pub(super) fn posing(
        file: ExperimentFile,
        problem: Arc<Problem>,
        files: Arc<ThetaFiles>,
    ) -> Result<Self, FieldError> {
        let layout = problem.layout();
        file.slice.plane.check(layout).map_err(|error| FieldError::within("slice.plane", error))?;
        let examples = problem.examples();
        if let BatchSize::Size(size) = file.batch
            && !(1..=examples).contains(&size)
        {
            let expected = match examples {
                0 => "full, since a surface has no points".to_owned(),
                _ => format!("1 to the {examples} training points, or full"),
            };
            return Err(FieldError::new("batch", size, expected));
        }
        measure(&file, &problem)?;
        rescale(&file, &problem)?;
        let sources = Access::default().sources;
        let (course, import, second, sides) = (None, None, None, None);
        let experiment = Self { file, problem, files, course, import, second, sides, sources };
        // Any range stands for the sizes here; the given ones are checked with them.
        let ranges = experiment.given_ranges().unwrap_or([(0.0, 1.0); 3]);
        experiment.plane_spec(&ranges).map_err(|error| slice_error("slice.grid", &error))?;
        experiment.volume_spec(&ranges).map_err(|error| slice_error("slice.volume", &error))?;
        Ok(experiment)
    }

    /// A changed copy, checked anew.
    ///
    /// # Errors
    /// As [`Experiment::new`].
    pub fn with(&self, change: impl FnOnce(&mut ExperimentFile)) -> Result<Self, FieldError> {
        let mut file = self.file.clone();
        change(&mut file);
        self.check_change(&file)?;
        if let Some(import) = self.import.as_ref().filter(|_| self.file.shows_import_of(&file)) {
            let changed = Self::of_import(file, Arc::clone(import), Some(self))?;
            return changed.with_sources(&self.sources).with_second(self.second());
        }
        if !problem::is_same_in(&self.file, &file) {
            return Self::reading_beside(file, &self.sources, self.second());
        }
        file.check()?;
        let files = match self.file.point_files() == file.point_files() {
            true => Arc::clone(&self.files),
            false => Arc::new(read_files(&file, self.problem.dim(), &*self.sources)?),
        };
        let posed = Self::posing(file, Arc::clone(&self.problem), files)?.with_sources(&self.sources);
        posed.as_before(self).with_second(self.second())
    }

    /// Checks an experiment whose data took the place of others: its loss and its batch are made to fit them
    /// unless they are given, which for a file can be told only once it is read. With what that changed.
    ///
    /// # Errors
    /// As [`Experiment::new`].
    pub fn fitted(
        mut file: ExperimentFile,
        sources: &Arc<dyn Sources>,
        is_given: impl Fn(&str) -> bool,
    ) -> Result<(Self, Resets), FieldError> {
        if file.import.is_some() || !file.without.is_empty() {
            return Ok((Self::reading(file, sources)?, Resets::default()));
        }
        file.check()?;
        let (problem, resets) = problem::fitted(&mut file, &**sources, is_given)?;
        let files = Arc::new(read_files(&file, problem.dim(), &**sources)?);
        let posed = Self::posing(file, Arc::new(problem), files)?.with_sources(sources);
        Ok((posed.with_second(None)?, resets))
    }

    /// Whether the experiment with another setting poses another problem: its examples are drawn or read anew.
    pub fn poses_another(&self, change: &Change) -> bool {
        let file = changed(&self.file, change.clone()).0;
        match self.is_imported() {
            true => !self.file.shows_import_of(&file),
            false => self.poses_none_of(&file),
        }
    }

    /// The experiment with another setting, and what that reset: see [`super::replacement`].
    ///
    /// # Errors
    /// As [`Experiment::new`].
    pub fn changed(&self, change: Change) -> Result<(Self, Resets), FieldError> {
        let is_data = matches!(change, Change::Dataset(_));
        let (file, mut resets) = changed(&self.file, change);
        if !is_data || self.is_imported() || problem::is_same_in(&self.file, &file) {
            return Ok((self.with(|whole| *whole = file)?, resets));
        }
        let (experiment, fits) = Self::fitted(file, &self.sources, |_| false)?;
        resets.fields.extend(fits.fields);
        Ok((experiment, resets))
    }

    /// The same experiment with its run recorded before: training passes the recorded checkpoints, on the
    /// examples that the run carries. Where these were read from does not matter.
    ///
    /// # Errors
    /// If the run is one of another training, or ends before the planned steps.
    pub fn along(self, recorded: &Self, course: Arc<Course>) -> Result<Self, CourseError> {
        let differences = self.differences_of_training(recorded);
        if !differences.is_empty() {
            return Err(CourseError::Other { differences: differences.join(", ") });
        }
        if !course.covers(self.steps) {
            return Err(CourseError::Short { end: course.end(), steps: self.steps });
        }
        Ok(Self { problem: Arc::clone(&recorded.problem), course: Some(course), ..self })
    }

    /// The fields that make its training another one than that of a recorded run.
    fn differences_of_training(&self, recorded: &Self) -> Vec<String> {
        let mut own = self.file.clone();
        if let (Some(own), Some(theirs)) = (own.dataset.path_mut(), recorded.file.clone().dataset.path_mut())
        {
            own.clone_from(theirs);
        }
        if own.from.is_some() && self.problem.start() == recorded.problem.start() {
            own.from.clone_from(&recorded.file.from);
        }
        if self.walk() == recorded.walk() {
            own.walk.clone_from(&recorded.file.walk);
        }
        let is_of_training =
            |path: &String| Setting::of_path(path).is_some_and(|setting| setting.row().touches.training());
        let fields = differences(&own, &recorded.file).into_iter().map(|(path, _)| path);
        let mut differing: Vec<String> = fields.filter(is_of_training).collect();
        if differing.is_empty() && self.problem.layout() != recorded.problem.layout() {
            // Its data have other columns.
            differing.push("dataset".to_owned());
        }
        differing
    }

    /// Whether both are trained and judged on the same examples.
    pub fn has_data_of(&self, other: &Self) -> bool {
        fn numbers(part: Option<&Dataset>) -> Option<(&[f64], &[f64])> {
            part.map(|data| (data.x(), data.y()))
        }
        self.problem.data().map(numbers) == other.problem.data().map(numbers)
    }

    /// Takes over a recorded run from an experiment of the same training.
    pub fn as_before(mut self, before: &Self) -> Self {
        let Some(course) = &before.course else { return self };
        if course.covers(self.steps) && self.training_question() == before.training_question() {
            self.course = Some(Arc::clone(course));
        }
        self
    }

    /// The last step of the recorded run whose checkpoints its training passes, if it does.
    pub fn recorded_end(&self) -> Option<u64> {
        self.course.as_ref().map(|course| course.end())
    }

    /// Whether its training passes the checkpoints of a recorded run.
    pub fn is_recorded(&self) -> bool {
        self.course.is_some()
    }

    /// What there is to tell of its examples, in sentences: what was found out while they were read, and
    /// how they are scaled or might be; or of what was computed elsewhere.
    pub fn notes(&self) -> &[String] {
        let of_import = || self.import.as_ref().map_or(&[][..], |import| &import.words);
        self.supervised().map_or_else(of_import, |learned| learned.train().notes())
    }

    /// What there is to tell of how its optimizer steps its parameters, where anything is trained, or that nothing is.
    pub fn optimizer_note(&self) -> Option<String> {
        if !self.file.walk.is_empty() {
            return Some(NOT_TRAINED.to_owned());
        }
        self.objective().and_then(|objective| self.file.optimizer.note(objective.layout()))
    }

    /// What was checked.
    pub fn file(&self) -> &ExperimentFile {
        &self.file
    }

    /// What decides its training.
    pub fn training_question(&self) -> TrainingQuestion {
        let settings = self.file.settings(Touches::training);
        TrainingQuestion { settings, problem: Arc::clone(&self.problem) }
    }

    /// A run at its start. Two calls give runs that go the same way to the bit.
    ///
    /// # Errors
    /// If there is nothing to train.
    pub fn start_run(&self) -> Result<TrainingRun, NoObjective> {
        let recorded = self.course.as_ref().and_then(|course| course.at(0));
        let start = recorded.map_or(self.problem.start(), |first| &first.theta);
        let (course, walk) = (self.course.clone(), self.walk().map(Arc::new));
        let plan = TrainingPlan { course, walk, ..self.plan(start.to_vec()) };
        Ok(TrainingRun::new(Arc::clone(self.objective().ok_or(NoObjective)?), plan))
    }

    /// A run that starts elsewhere, at a theta of the objective.
    ///
    /// # Errors
    /// If there is nothing to train.
    pub fn start_run_at(&self, start: Vec<f64>) -> Result<TrainingRun, NoObjective> {
        Ok(TrainingRun::new(Arc::clone(self.objective().ok_or(NoObjective)?), self.plan(start)))
    }

    /// Where its run goes instead of being trained, if anywhere.
    fn walk(&self) -> Option<Walk> {
        Walk::new(self.problem.start(), &self.file.walk, |path| self.files.get(path).cloned())
    }

    fn plan(&self, start: Vec<f64>) -> TrainingPlan {
        let plan = TrainingPlan::new(start, self.optimizer.clone(), self.batch, self.seed);
        TrainingPlan { schedule: self.schedule, ..plan }
    }

    /// Bytes of its examples and its start.
    pub fn data_bytes(&self) -> usize {
        self.problem.bytes()
    }

    /// What it holds that copies of it may share: examples and start, the points that its plane names by
    /// file, and the same of the one beside it. The address of each, and its bytes.
    pub fn held(&self) -> Vec<(usize, usize)> {
        let points: usize = self.files.values().map(Vec::len).sum();
        let own = [
            (Arc::as_ptr(&self.problem).addr(), self.data_bytes()),
            (Arc::as_ptr(&self.files).addr(), points * size_of::<f64>()),
        ];
        own.into_iter().chain(self.second().into_iter().flat_map(Self::held)).collect()
    }

    /// The points that its plane and its walk name by file, in their order.
    pub fn named_points(&self) -> Vec<&[f64]> {
        self.file.point_files().iter().filter_map(|path| self.files.get(path)).map(Vec::as_slice).collect()
    }

    /// The same as a file in `folder` says it.
    pub fn saved_in(&self, folder: &Path) -> Self {
        let mut experiment = self.clone();
        experiment.file = self.file.saved_in(folder);
        let points = self.named_points().into_iter().map(<[f64]>::to_vec);
        experiment.files = Arc::new(experiment.file.point_files().into_iter().zip(points).collect());
        experiment
    }

    /// What it is about: a space of parameters, a start, and an objective where that is known.
    pub fn problem(&self) -> &Arc<Problem> {
        &self.problem
    }

    /// What its training minimises; `None` of an imported run.
    pub fn objective(&self) -> Option<&Arc<dyn Objective>> {
        self.problem.objective()
    }

    /// What its surface shows; `None` of an imported run.
    pub fn measure(&self) -> Option<Measure> {
        // It was checked.
        measure(&self.file, &self.problem).ok().flatten()
    }

    /// What belongs to learning from examples, where it does.
    pub fn supervised(&self) -> Option<&Supervised> {
        self.problem.supervised()
    }

    /// The slice's plane fitted to a run of this experiment, with a third direction of its own.
    ///
    /// # Errors
    /// If the run leaves no plane to be fitted.
    pub fn fit_plane(&self, trajectory: &Trajectory) -> Result<SlicePlane, FitError> {
        self.fit_plane_with(trajectory, &ThetaSteps::new(), None, None)
    }

    /// The same, where the plane may also go through points between the run's checkpoints, what
    /// [`Experiment::bending`] found may be known, and the third direction may follow a way on.
    ///
    /// # Errors
    /// As [`Experiment::fit_plane`], and if the way does not lead out of the plane.
    pub fn fit_plane_with(
        &self,
        trajectory: &Trajectory,
        steps: &ThetaSteps,
        bending: Option<&Eigenpairs>,
        way_on: Option<&[f64]>,
    ) -> Result<SlicePlane, FitError> {
        if let Some(slice) = self.imported_slice() {
            return Ok(slice.plane.clone());
        }
        self.slice.plane.fit(&FitInput { bending, way_on, ..self.fit_input(trajectory, steps) })
    }

    /// The plane before its second direction is turned towards its third.
    ///
    /// # Errors
    /// As [`Experiment::fit_plane`].
    pub(super) fn fit_unturned(
        &self,
        trajectory: &Trajectory,
        steps: &ThetaSteps,
        bending: Option<&Eigenpairs>,
    ) -> Result<SlicePlane, FitError> {
        self.slice.plane.fit(&FitInput { bending, rotate: 0.0, ..self.fit_input(trajectory, steps) })
    }

    /// The long part of such a fit; see [`PlaneConfig::bending`](crate::core::subspace::PlaneConfig::bending).
    pub fn bending(&self, trajectory: &Trajectory, steps: &ThetaSteps) -> Option<TopEigenpairs> {
        self.slice.plane.bending(&self.fit_input(trajectory, steps))
    }

    /// The point of parameter space that a place names in a run of this experiment: any step that the run
    /// has taken, whether it kept a checkpoint there or not.
    ///
    /// # Errors
    /// If the run did not reach that step, or is not finite there.
    pub fn theta_at(&self, place: &Place, run: &TrainingRun) -> Result<Vec<f64>, PlaceError> {
        let Place::Step(step) = *place else {
            return place.theta(&self.fit_input(&run.closed_trajectory(), &ThetaSteps::new()));
        };
        let point = run.checkpoint_at(step).ok_or(PlaceError::Beyond { step, last: run.step() })?;
        match point.theta.iter().all(|v| v.is_finite()) {
            true => Ok(point.theta.to_vec()),
            false => Err(PlaceError::NotFinite { place: place.to_string() }),
        }
    }

    fn fit_input<'a>(&'a self, trajectory: &'a Trajectory, steps: &'a ThetaSteps) -> FitInput<'a> {
        FitInput {
            trajectory,
            problem: &self.problem,
            files: &self.files,
            steps,
            bending: None,
            way_on: None,
            seed: self.seed,
            rotate: self.slice.rotate,
            // It was checked.
            rescale: rescale(&self.file, &self.problem).ok().flatten(),
        }
    }

    /// From–to along alpha1, alpha2, alpha3 for a plane fitted to that trajectory.
    pub fn ranges(&self, plane: &SlicePlane, trajectory: &Trajectory) -> [(f64, f64); 3] {
        let following = || {
            let [alpha1, alpha2, alpha3] = ranges::following(&self.slice.plane, plane, trajectory);
            let is_own = self.slice.third == Third::Own;
            // Training on arrives at 1, whatever the run's own extent.
            [alpha1, alpha2, if is_own { alpha3 } else { CHORD_RANGES[2] }]
        };
        self.given_ranges().unwrap_or_else(following)
    }

    fn given_ranges(&self) -> Option<[(f64, f64); 3]> {
        let given = self.slice.range.as_ref()?;
        Some([given[0], given[1], given.get(2).copied().unwrap_or(CHORD_RANGES[2])])
    }

    /// The grid of the plane shown at rest.
    ///
    /// # Errors
    /// If the ranges or counts make no grid.
    pub fn plane_spec(&self, ranges: &[(f64, f64); 3]) -> Result<GridSpec, GridError> {
        grid_spec(&ranges[..2], &self.slice.grid.0)
    }

    /// The grid of the volume the plane moves through.
    ///
    /// # Errors
    /// If the ranges or counts make no grid.
    pub fn volume_spec(&self, ranges: &[(f64, f64); 3]) -> Result<GridSpec, GridError> {
        grid_spec(ranges, &self.slice.volume.0)
    }
}

impl std::ops::Deref for Experiment {
    type Target = ExperimentFile;

    fn deref(&self) -> &ExperimentFile {
        &self.file
    }
}

/// What the surface of a file shows, of the problem that it poses.
fn measure(file: &ExperimentFile, problem: &Problem) -> Result<Option<Measure>, FieldError> {
    let batches = Batches { size: file.batch, seed: file.seed, steps: file.steps };
    let measure = Measure::new(file.slice.quantity, problem, &batches);
    measure.map_err(|error| FieldError::within("slice.quantity", error))
}

/// The coordinates in which the plane of a file is laid, where these are not the run's own.
fn rescale(file: &ExperimentFile, problem: &Problem) -> Result<Option<Rescale>, FieldError> {
    let factor = file.slice.rescale;
    if factor == 1.0 {
        return Ok(None);
    }
    let refused = |why: &str| {
        FieldError::new("slice.rescale", factor, format!("1, for nothing else is the same here: {why}"))
    };
    let model = problem.supervised().map(Supervised::model).ok_or_else(|| refused("there is no network"))?;
    let scales = model.scales(factor).map_err(|error| refused(&error.to_string()))?;
    Ok(Some(Rescale::new(factor, scales)))
}

/// What is told of an optimizer where a run is walked.
const NOT_TRAINED: &str =
    "This run is not trained: it walks on given ways (walk), a thousandth of each in a step.";

/// Reads the points that the plane and the walk name by file.
fn read_files(file: &ExperimentFile, dim: usize, sources: &dyn Sources) -> Result<ThetaFiles, FieldError> {
    let read = |path: PathBuf| match npy::read_theta(sources, &path, dim) {
        Ok(theta) => Ok((path, theta)),
        Err(error) => {
            let field = if file.slice.plane.files().contains(&path) { "slice.plane" } else { "walk" };
            Err(FieldError::new(field, path.display(), error.expected(dim)))
        }
    };
    file.point_files().into_iter().map(read).collect()
}

fn grid_spec(ranges: &[(f64, f64)], counts: &[usize]) -> Result<GridSpec, GridError> {
    let axes = ranges.iter().zip(counts);
    GridSpec::new(axes.map(|(&(low, high), &count)| Axis { low, high, count }).collect())
}

/// A grid that is none, by the field that made it so.
fn slice_error(field: &'static str, error: &GridError) -> FieldError {
    // The field says already what it is.
    match error {
        GridError::Range { axis, low, high } | GridError::Narrow { axis, low, high } => {
            FieldError::new("slice.range", format!("{low}:{high} of alpha{axis}"), error.expected())
        }
        GridError::Axes(axes) => FieldError::new(field, format!("{axes} axes"), error.expected()),
        GridError::TooLarge { cells } => FieldError::new(field, format!("{cells} cells"), error.expected()),
        GridError::Count { .. } => FieldError::new(field, error.found(), error.expected()),
    }
}

#[cfg(test)]
mod tests;
