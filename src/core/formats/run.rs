//! Runs read back from the numpy archives that [`super::archive`] writes.
//!
//! A run carries its examples, and whatever else its experiment read: no other file is opened here, and what
//! lies today at the paths that the experiment names plays no part.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::DatasetNote;
use crate::core::data::{Dataset, DatasetConfig, DatasetError, Scaling};
use crate::core::experiment::problem::Carried;
use crate::core::experiment::{Experiment, ExperimentFile, FieldError};
use crate::core::io::arrays::{Array, ArrayError, Arrays};
use crate::core::io::folder::{Access, Folder, Reach};
use crate::core::io::input::MOST_RON;
use crate::core::train::{Checkpoint, Course, Trajectory};

/// A run as it was written.
#[derive(Clone, Debug)]
pub struct RecordedRun {
    /// What was trained, on the examples that the run carries. Paths are as seen from where the program runs.
    pub experiment: Experiment,
    /// Its checkpoints.
    pub course: Arc<Course>,
    /// Whether the file that the data came from may be read, to compare it.
    pub may_compare: bool,
}

impl RecordedRun {
    /// Whether the file of data that lies today where the run's lay is another one. Where none lies, or it may
    /// not be read, there is nothing to compare.
    pub fn differs_today(&self) -> bool {
        let file = self.experiment.file();
        let DatasetConfig::Csv { path, .. } = &file.dataset else { return false };
        // Only its data matter.
        let today = ExperimentFile { from: None, slice: Default::default(), ..file.clone() };
        let sources = self.experiment.sources();
        let is_same =
            || Experiment::reading(today, sources).is_ok_and(|today| today.has_data_of(&self.experiment));
        self.may_compare && sources.has(path) && !is_same()
    }

    /// The experiment of a file on what this run carries, where some of the files that it names are not there;
    /// with their names. `None` where all are there, or the run is of another training.
    pub fn standing_in_for(&self, file: &ExperimentFile) -> Option<(Experiment, Vec<PathBuf>)> {
        let (mut file, mut carried) = (file.clone(), self.experiment.file().clone());
        let (paths, known) = (file.paths_mut(), carried.paths_mut());
        if paths.len() != known.len() {
            return None;
        }
        let gone = paths.into_iter().zip(known).filter(|(path, _)| !self.experiment.sources().has(path));
        let gone: Vec<PathBuf> = gone.map(|(path, known)| std::mem::replace(path, known.clone())).collect();
        let experiment = self.experiment.with(|known| *known = file).ok()?;
        let shares_data = experiment.held()[0] == self.experiment.held()[0];
        (!gone.is_empty() && shares_data).then_some((experiment, gone))
    }
}

/// Why a file holds no run.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct RunError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: RunErrorKind,
}

/// What is wrong with a file that should hold a run.
#[derive(Debug, thiserror::Error)]
pub enum RunErrorKind {
    /// It cannot be read, or is no numpy archive.
    #[error("it cannot be read as a numpy archive ({0}); expected what losscape train writes")]
    Read(#[from] ArrayError),
    /// An array is not there.
    #[error("it has no array {0:?}; expected what losscape train writes")]
    Missing(&'static str),
    /// It does not carry all that it is shown with.
    #[error(
        "it was written by an earlier version, whose runs did not carry {0}; expected one that losscape train writes now"
    )]
    Earlier(&'static str),
    /// Arrays that belong together have other lengths.
    #[error("its arrays do not fit together: {0}")]
    Shape(String),
    /// A text in it cannot be read.
    #[error("its experiment cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Its examples are none.
    #[error("its examples make no sense: {0}")]
    Data(#[from] DatasetError),
    /// The experiment in it makes no sense here.
    #[error("its experiment makes no sense here: {0}")]
    Experiment(#[from] FieldError),
}

/// Reads a run. `access` says whether the file of data may be looked at, to compare it with what it carries.
///
/// # Errors
/// If the file is none that `losscape train` or `losscape slice` wrote.
pub fn read_run(path: &Path, access: &Access) -> Result<RecordedRun, RunError> {
    read(path, access).map_err(|kind| RunError { path: path.to_owned(), kind })
}

fn read(path: &Path, access: &Access) -> Result<RecordedRun, RunErrorKind> {
    let mut arrays = Arrays::open(&*access.sources, path)?;
    let mut file: ExperimentFile = text(&mut arrays, "experiment")?;
    let data = file.clone().dataset.path_mut().cloned();
    let may_compare = Folder::of(path, access).resolve(data.clone().iter_mut().collect()).is_ok();
    // They are not opened.
    let anywhere = Access { reach: Reach::Anywhere, ..access.clone() };
    let resolved = Folder::of(path, &anywhere).resolve(file.paths_mut());
    resolved.unwrap_or_else(|error| unreachable!("nothing is out of reach: {error}"));
    let course = course(&mut arrays)?;
    let start = course.at(0).map(|first| first.theta.to_vec()).unwrap_or_default();
    let points = match optional::<f64>(&mut arrays, "plane_points")? {
        Some(points) => rows(&points).map(<[f64]>::to_vec).collect(),
        None => vec![],
    };
    if points.len() != file.point_files().len() || points.iter().flatten().any(|v| !v.is_finite()) {
        return Err(RunErrorKind::Earlier("the points that they name"));
    }
    let carried = Carried { data: examples(&mut arrays)?, start, points };
    let experiment = Experiment::carried(file, carried)?.with_sources(&access.sources);
    Ok(RecordedRun { experiment, course: Arc::new(course), may_compare })
}

/// The checkpoints, of as many numbers each as the first has.
fn course(arrays: &mut Arrays) -> Result<Course, RunErrorKind> {
    let thetas: Array<f64> = required(arrays, "trajectory")?;
    let steps: Vec<u64> = required(arrays, "trajectory_step")?.values;
    let losses: Vec<f64> = required(arrays, "trajectory_loss")?.values;
    let norms: Vec<f64> = required(arrays, "trajectory_grad_norm")?.values;
    let t = steps.len();
    if thetas.shape.len() != 2 || thetas.shape[0] != t as u64 || losses.len() != t || norms.len() != t {
        let lengths = format!("a trajectory of shape {:?}, {t} steps, {} losses", thetas.shape, losses.len());
        return Err(RunErrorKind::Shape(format!("{lengths}; expected a theta and a loss at each step")));
    }
    if steps.first() != Some(&0) || steps.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(RunErrorKind::Shape("steps that do not rise from 0".to_owned()));
    }
    let diverged_at = optional::<u64>(arrays, "diverged_at")?.and_then(|step| step.values.first().copied());
    if diverged_at.is_some_and(|step| steps.last() != Some(&step)) {
        return Err(RunErrorKind::Shape("steps that go on after it diverged".to_owned()));
    }
    let points = steps.iter().zip(rows(&thetas)).zip(losses.iter().zip(&norms));
    let checkpoints = points.map(|((step, theta), (loss, grad_norm))| Checkpoint {
        step: *step,
        theta: theta.into(),
        loss: *loss,
        grad_norm: *grad_norm,
    });
    Ok(Course::new(Arc::new(Trajectory::recorded(checkpoints.collect())), diverged_at))
}

/// The examples, and those held out where there are any; `None` for a function that has none.
fn examples(arrays: &mut Arrays) -> Result<Option<(Dataset, Option<Dataset>)>, RunErrorKind> {
    if optional::<u8>(arrays, "dataset")?.is_none() {
        return match optional::<f64>(arrays, "x")? {
            Some(_) => Err(RunErrorKind::Earlier("what their targets mean")),
            None => Ok(None),
        };
    }
    let note: DatasetNote = text(arrays, "dataset")?;
    let labels: Vec<String> = match optional::<u8>(arrays, "labels")? {
        Some(_) => text(arrays, "labels")?,
        None => vec![],
    };
    let scaling = optional::<f64>(arrays, "x_mean")?.zip(optional::<f64>(arrays, "x_scale")?);
    let scaling = scaling.map(|(mean, scale)| Scaling { mean: mean.values, scale: scale.values });
    let mut part = |x: &'static str, y: &'static str| -> Result<Option<Dataset>, RunErrorKind> {
        let Some(x) = optional::<f64>(arrays, x)? else { return Ok(None) };
        let y: Array<f64> = required(arrays, y)?;
        let width = |array: &Array<f64>| array.shape.get(1).map_or(0, |width| *width as usize);
        let (inputs, outputs) = (width(&x), width(&y));
        let data = Dataset::meaning(note.target, note.name.clone(), x.values, y.values, inputs, outputs)?;
        let data = data.with_labels(labels.clone());
        Ok(Some(match &scaling {
            Some(scaling) => data.with_scaling(scaling.clone()),
            None => data,
        }))
    };
    let train = part("x", "y")?.ok_or(RunErrorKind::Missing("x"))?;
    Ok(Some((train, part("x_held_out", "y_held_out")?)))
}

/// The rows of an array of two axes.
fn rows(array: &Array<f64>) -> impl Iterator<Item = &[f64]> {
    let width = array.shape.get(1).map_or(1, |width| *width as usize);
    array.values.chunks(width.max(1))
}

fn optional<T: npyz::Deserialize>(arrays: &mut Arrays, name: &str) -> Result<Option<Array<T>>, RunErrorKind> {
    Ok(arrays.read(name)?)
}

fn required<T: npyz::Deserialize>(arrays: &mut Arrays, name: &'static str) -> Result<Array<T>, RunErrorKind> {
    arrays.read(name)?.ok_or(RunErrorKind::Missing(name))
}

/// What a text in the archive says, as JSON.
fn text<T: serde::de::DeserializeOwned>(arrays: &mut Arrays, name: &'static str) -> Result<T, RunErrorKind> {
    let text: Array<u8> = required(arrays, name)?;
    match text.values.len() as u64 > MOST_RON {
        true => Err(RunErrorKind::Shape(format!("a text {name} of more than {MOST_RON} bytes"))),
        false => Ok(serde_json::from_slice(&text.values)?),
    }
}

#[cfg(test)]
mod tests;
