//! Slices that others evaluated: coordinates, numbers, and the path within them as far as it is told.
//!
//! Its parameter space is made of what the file tells: theta = alpha1, alpha2, alpha3 where there is one, and the distance
//! from the slice. In it the slice lies along the first axes, a path keeps its recorded distance, and whatever is drawn
//! of a run is drawn of this one.

use std::path::Path;
use std::sync::Arc;

use crate::core::grid::{Axis, GridError, GridSpec, LossGrid, Table};
use crate::core::io::arrays::ArrayError;
use crate::core::io::input::InputError;
use crate::core::io::sources::Sources;
use crate::core::num::ParamLayout;
use crate::core::num::params::BlockKind;
use crate::core::subspace::{AxisMeaning, SlicePlane, Subspace, SubspaceError};
use crate::core::text::Measured;
use crate::core::train::{Checkpoint, Course, Trajectory};

use super::Import;

mod h5;
mod npz;

/// The numbers of a slice that others evaluated.
#[derive(Clone, Debug)]
pub struct ImportedSlice {
    /// Its numbers: of a plane, or of a volume.
    pub table: Table,
    /// Where it lies in the space of its own coordinates.
    pub plane: SlicePlane,
    /// Whether its file tells a path within it.
    pub has_path: bool,
}

/// Why a file holds no slice. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum SliceError {
    /// It cannot be read.
    #[error("it cannot be read as a numpy archive ({0})")]
    Read(#[from] ArrayError),
    /// It cannot be read.
    #[error("it cannot be read ({0})")]
    Input(#[from] InputError),
    /// It is no HDF5, or broken.
    #[error("it cannot be read as HDF5 ({0})")]
    Hdf5(String),
    /// A data set that every slice of Li et al. has is not there.
    #[error(
        "it has no data set {missing:?} (it has {}); expected xcoordinates, ycoordinates and train_loss, as plot_surface.py writes them, and for a path proj_xcoord and proj_ycoord",
        listed(found)
    )]
    MissingSet {
        /// The data set.
        missing: &'static str,
        /// Those that are there.
        found: Vec<String>,
    },
    /// An array that every slice has is not there.
    #[error(
        "it has no array {missing:?} (it has {}); expected alpha1 [n1], alpha2 [n2] and loss [n2, n1], or for a volume alpha3 [n3] and loss [n3, n2, n1]{hint}",
        listed(found)
    )]
    Missing {
        /// The array.
        missing: &'static str,
        /// The arrays that are there.
        found: Vec<String>,
        /// What the file may be instead.
        hint: &'static str,
    },
    /// An array has another shape than the others ask for.
    #[error("its array {name} has the shape {found:?}; expected {expected:?}, {why}")]
    Shape {
        /// The array.
        name: String,
        /// Its shape.
        found: Vec<u64>,
        /// That which would fit.
        expected: Vec<u64>,
        /// What it should fit.
        why: &'static str,
    },
    /// Coordinates do not rise.
    #[error(
        "its coordinates {axis} do not rise: entry {at} is {value} after {before}; expected finite numbers that rise"
    )]
    NotRising {
        /// The array.
        axis: &'static str,
        /// The entry, from 0.
        at: usize,
        /// Its value.
        value: Measured,
        /// The one before.
        before: Measured,
    },
    /// Coordinates are not evenly spaced.
    #[error(
        "its coordinates {axis} are not evenly spaced: from entry {at} to the next it is {step}, on average {even}; expected even steps, as numpy.linspace gives them"
    )]
    Uneven {
        /// The array.
        axis: &'static str,
        /// The entry, from 0.
        at: usize,
        /// That step.
        step: Measured,
        /// The average.
        even: Measured,
    },
    /// The coordinates make no grid.
    #[error("its coordinates make no grid: {0}")]
    Grid(GridError),
    /// There is nothing to see.
    #[error("none of its {cells} losses is finite; expected some that are")]
    NothingFinite {
        /// Numbers there are.
        cells: usize,
    },
    /// A path that leads nowhere.
    #[error("entry {at} of its trajectory_alpha is not finite; expected a path of finite coordinates")]
    Path {
        /// The entry, from 0.
        at: usize,
    },
    /// Steps that do not rise.
    #[error("its trajectory_step does not rise at entry {at}; expected whole numbers that rise")]
    Steps {
        /// The entry, from 0.
        at: usize,
    },
    /// Its axes span nothing.
    #[error("its axes span no slice: {0}")]
    Subspace(#[from] SubspaceError),
}

fn listed(found: &[String]) -> String {
    if found.is_empty() { "none at all".to_owned() } else { found.join(", ") }
}

const COORDINATES: [&str; 3] = ["alpha1", "alpha2", "alpha3"];

/// What a file tells of a slice, whatever its format.
#[derive(Debug, Default)]
pub(super) struct SliceParts {
    /// Along each axis, alpha1 first.
    pub(super) coordinates: Vec<Vec<f64>>,
    /// In the order of [`LossGrid`].
    pub(super) losses: Vec<f64>,
    /// What the axes stand for, as far as that is told.
    pub(super) names: Vec<String>,
    /// Share of the path's variance along each axis, where that is told.
    pub(super) explained: Option<Vec<f64>>,
    pub(super) path: Option<PathParts>,
    /// What else there is to tell.
    pub(super) words: Vec<String>,
}

/// What a file tells of a path within its slice.
#[derive(Debug, Default)]
pub(super) struct PathParts {
    /// `[t][k]`.
    pub(super) alphas: Vec<Vec<f64>>,
    pub(super) steps: Option<Vec<u64>>,
    pub(super) losses: Option<Vec<f64>>,
    pub(super) residuals: Option<Vec<f64>>,
}

/// Reads a slice.
///
/// # Errors
/// If the file cannot be read, or its arrays make no slice.
pub fn read(sources: &dyn Sources, path: &Path) -> Result<Import, SliceError> {
    let parts = match is_hdf5(path) {
        true => h5::parts(sources, path),
        false => npz::parts(sources, path),
    };
    parts?.import()
}

/// Whether a name is that of an HDF5 file.
pub(super) fn is_hdf5(path: &Path) -> bool {
    ["h5", "hdf5"]
        .iter()
        .any(|ending| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending)))
}

impl SliceParts {
    fn import(self) -> Result<Import, SliceError> {
        if !self.losses.iter().any(|loss| loss.is_finite()) {
            return Err(SliceError::NothingFinite { cells: self.losses.len() });
        }
        self.import_unfinished()
    }

    /// Where its cells lie.
    pub(super) fn spec(&self) -> Result<GridSpec, SliceError> {
        grid_spec(&self.coordinates)
    }

    /// The same where there may be no numbers yet.
    pub(super) fn import_unfinished(self) -> Result<Import, SliceError> {
        let spec = self.spec()?;
        let grid = Arc::new(LossGrid { spec, loss: self.losses });
        let (table, has_path) = (Table::new(Arc::clone(&grid)), self.path.is_some());
        let mut words = [vec![AS_EVALUATED.to_owned()], self.words].concat();
        let checkpoints = match &self.path {
            Some(path) => path.checkpoints(&table, &mut words),
            None => vec![without_path(&grid.spec, &mut words)],
        };
        let course = Arc::new(Course::new(Arc::new(Trajectory::recorded(checkpoints)), None));
        let k = self.coordinates.len();
        let plane = plane(k, &self.names, self.explained.as_deref())?;
        let slice = Some(Arc::new(ImportedSlice { table, plane, has_path }));
        Ok(Import { slice, words, ..Import::of_run(layout(k), course) })
    }
}

const AS_EVALUATED: &str = "This slice was evaluated elsewhere and is shown as it is in the file: there is nothing to \
                            train, to probe or to slice anew.";
const NO_PATH: &str = "The file tells no path: the surface stands alone.";
const SURFACE_HEIGHTS: &str =
    "The file tells no losses along its path (trajectory_loss): the path's height is the surface's.";
const NO_RESIDUALS: &str = "The file does not tell how far its path lies from the slice (trajectory_residual): it is drawn as if within it.";

impl PathParts {
    /// Its points in the space of the slice: their alphas, and their distance from it.
    fn checkpoints(&self, table: &Table, words: &mut Vec<String>) -> Vec<Checkpoint> {
        if self.losses.is_none() {
            words.push(SURFACE_HEIGHTS.to_owned());
        }
        if self.residuals.is_none() {
            words.push(NO_RESIDUALS.to_owned());
        }
        let point = |(t, alphas): (usize, &Vec<f64>)| {
            let residual = self.residuals.as_ref().map_or(0.0, |residuals| residuals[t]);
            let theta: Arc<[f64]> = alphas.iter().copied().chain([residual]).collect();
            let loss = self.losses.as_ref().map_or_else(|| table.value(alphas), |losses| losses[t]);
            let step = self.steps.as_ref().map_or(t as u64, |steps| steps[t]);
            Checkpoint { step, theta, loss, grad_norm: f64::NAN }
        };
        self.alphas.iter().enumerate().map(point).collect()
    }
}

/// What stands for a path where none is told: a point without a loss, which is shown nowhere.
fn without_path(spec: &GridSpec, words: &mut Vec<String>) -> Checkpoint {
    words.push(NO_PATH.to_owned());
    let theta = spec.alpha([0; 3]).into_iter().chain([0.0]).collect();
    Checkpoint { step: 0, theta, loss: f64::NAN, grad_norm: f64::NAN }
}

fn layout(k: usize) -> ParamLayout {
    let names = COORDINATES.iter().take(k).chain([&"distance"]);
    ParamLayout::new(names.map(|name| ((*name).to_owned(), BlockKind::Other, vec![1])))
}

/// The slice in the space of its own coordinates.
fn plane(k: usize, names: &[String], explained: Option<&[f64]>) -> Result<SlicePlane, SubspaceError> {
    let unit = |axis: usize| (0..=k).map(|i| if i == axis { 1.0 } else { 0.0 }).collect();
    let subspace = Subspace::new(vec![0.0; k + 1], (0..k).map(unit).collect())?;
    let axis = |i: usize| AxisMeaning {
        name: names.get(i).cloned().unwrap_or_default(),
        explained: explained.and_then(|shares| shares.get(i).copied()).unwrap_or(f64::NAN),
        is_random: false,
    };
    let axes: Vec<AxisMeaning> = (0..k).map(axis).collect();
    let explained = axes.iter().map(|axis| axis.explained).sum();
    Ok(SlicePlane { subspace, axes, explained })
}

fn grid_spec(coordinates: &[Vec<f64>]) -> Result<GridSpec, SliceError> {
    let axes = COORDINATES.iter().zip(coordinates).map(|(name, values)| axis(name, values));
    GridSpec::new(axes.collect::<Result<_, _>>()?).map_err(SliceError::Grid)
}

/// Share of a step by which steps may differ: coordinates of single length do, a little.
const UNEVEN: f64 = 1e-3;

/// The axis of coordinates that rise evenly.
fn axis(name: &'static str, values: &[f64]) -> Result<Axis, SliceError> {
    let before = |at: usize| if at == 0 { f64::NEG_INFINITY } else { values[at - 1] };
    let is_falling = |at: &usize| !(values[*at].is_finite() && values[*at] > before(*at));
    if let Some(at) = (0..values.len()).find(is_falling) {
        let (value, before) = (Measured(values[at]), Measured(before(at)));
        return Err(SliceError::NotRising { axis: name, at, value, before });
    }
    let [Some(&low), Some(&high)] = [values.first(), values.last()] else {
        return Err(SliceError::Grid(GridError::Count { axis: 1, count: 0 }));
    };
    let even = (high - low) / (values.len() - 1).max(1) as f64;
    let is_uneven = |pair: &[f64]| (pair[1] - pair[0] - even).abs() > UNEVEN * even;
    match values.windows(2).position(is_uneven) {
        Some(at) => {
            let (step, even) = (Measured(values[at + 1] - values[at]), Measured(even));
            Err(SliceError::Uneven { axis: name, at, step, even })
        }
        None => Ok(Axis { low, high, count: values.len() }),
    }
}

#[cfg(test)]
mod tests;
