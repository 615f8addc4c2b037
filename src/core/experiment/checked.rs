//! An experiment that has been checked: every number in its range, every size affordable.

use std::sync::Arc;

use serde::Serialize;

use super::file::ExperimentFile;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::grid::{Axis, GridError, GridSpec};
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::num::Stream;
use crate::core::objective::{Objective, Supervised};
use crate::core::optim::OptimizerConfig;
use crate::core::subspace::{PlaneConfig, SlicePlane};
use crate::core::train::{TrainingPlan, TrainingRun, Trajectory};

/// Points a dataset may have.
pub const MAX_POINTS: usize = 1_000_000;
/// Steps an experiment may plan.
pub const MAX_STEPS: u64 = 10_000_000;
/// Layers of a volume: what a texture array holds everywhere.
pub const MAX_LAYERS: usize = 256;

/// A checked experiment. Only [`Experiment::new`] makes one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Experiment(ExperimentFile);

/// A field whose value makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} = {value}: expected {expected}")]
pub struct FieldError {
    /// The field's path in the file.
    pub field: &'static str,
    /// What it was set to.
    pub value: String,
    /// What would do.
    pub expected: String,
}

impl FieldError {
    fn new(field: &'static str, value: impl ToString, expected: impl Into<String>) -> Self {
        Self { field, value: value.to_string(), expected: expected.into() }
    }
}

/// The part of an experiment that decides what training does: equal values train alike, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingQuestion {
    seed: u64,
    dataset: DatasetConfig,
    model: ModelConfig,
    init: Init,
    loss: Loss,
    optimizer: OptimizerConfig,
    batch: BatchSize,
}

impl Experiment {
    /// Checks an experiment.
    ///
    /// # Errors
    /// On the first field whose value makes no sense, with what was expected.
    pub fn new(file: ExperimentFile) -> Result<Self, FieldError> {
        let points = file.dataset.points();
        if !(1..=MAX_POINTS).contains(&points) {
            return Err(FieldError::new("dataset.points", points, format!("1 to {MAX_POINTS}")));
        }
        let lr = file.optimizer.lr();
        if !(lr.is_finite() && lr > 0.0) {
            return Err(FieldError::new("optimizer.lr", lr, "a finite number above 0"));
        }
        if let BatchSize::Size(size) = file.batch
            && !(1..=points).contains(&size)
        {
            return Err(FieldError::new(
                "batch",
                size,
                format!("1 to the {points} training points, or full"),
            ));
        }
        if !(1..=MAX_STEPS).contains(&file.steps) {
            return Err(FieldError::new("steps", file.steps, format!("1 to {MAX_STEPS}")));
        }
        let view = &file.view;
        if let Some(clip) = view.clip
            && !(clip.is_finite() && clip > 0.0)
        {
            return Err(FieldError::new("view.clip", clip, "a finite loss above 0"));
        }
        if !view.alpha3.is_finite() {
            return Err(FieldError::new("view.alpha3", view.alpha3, "a finite number"));
        }
        if !(1.0..=1e5).contains(&view.steps_per_second) {
            return Err(FieldError::new("view.steps_per_second", view.steps_per_second, "1 to 100000"));
        }
        let [_, _, layers] = file.slice.volume.0;
        if layers > MAX_LAYERS {
            return Err(FieldError::new(
                "slice.volume",
                layers,
                format!("at most {MAX_LAYERS} layers along alpha3"),
            ));
        }
        let experiment = Self(file);
        if let Some(ranges) = &experiment.slice.range
            && !(2..=3).contains(&ranges.len())
        {
            let expected = "2 or 3 ranges, one for each axis";
            return Err(FieldError::new("slice.range", format!("{} ranges", ranges.len()), expected));
        }
        // Any range stands for the sizes here; the given ones are checked with them.
        let ranges = experiment.given_ranges().unwrap_or([(0.0, 1.0); 3]);
        experiment.plane_spec(&ranges).map_err(|error| slice_error("slice.grid", &error))?;
        experiment.volume_spec(&ranges).map_err(|error| slice_error("slice.volume", &error))?;
        experiment.build().map_err(|message| FieldError::new("model", experiment.model.name(), message))?;
        Ok(experiment)
    }

    /// A changed copy, checked anew.
    ///
    /// # Errors
    /// As [`Experiment::new`].
    pub fn with(&self, change: impl FnOnce(&mut ExperimentFile)) -> Result<Self, FieldError> {
        let mut file = self.0.clone();
        change(&mut file);
        Self::new(file)
    }

    /// What was checked.
    pub fn file(&self) -> &ExperimentFile {
        &self.0
    }

    /// What decides its training.
    pub fn training_question(&self) -> TrainingQuestion {
        let file = &self.0;
        TrainingQuestion {
            seed: file.seed,
            dataset: file.dataset.clone(),
            model: file.model.clone(),
            init: file.init,
            loss: file.loss,
            optimizer: file.optimizer.clone(),
            batch: file.batch,
        }
    }

    /// A run at its start. Two calls give runs that go the same way to the bit.
    pub fn start_run(&self) -> TrainingRun {
        // `new` has built it once already.
        let (objective, start) = self.build().unwrap_or_else(|message| unreachable!("checked: {message}"));
        let plan = TrainingPlan::new(start, self.optimizer.clone(), self.batch, self.seed);
        TrainingRun::new(objective, plan)
    }

    fn build(&self) -> Result<(Arc<dyn Objective>, Vec<f64>), String> {
        let data = self.dataset.generate(self.seed).map_err(|e| e.to_string())?;
        let model = self.model.build(data.inputs(), data.outputs()).map_err(|e| e.to_string())?;
        let start = self.init.draw(&model, &mut Stream::new(self.seed, "init"));
        let objective = Supervised::new(model, self.loss, data).map_err(|e| e.to_string())?;
        Ok((Arc::new(objective), start))
    }

    /// From–to along alpha1, alpha2, alpha3 for a plane fitted to that trajectory.
    pub fn ranges(&self, plane: &SlicePlane, trajectory: &Trajectory) -> [(f64, f64); 3] {
        self.given_ranges().unwrap_or_else(|| match self.slice.plane {
            PlaneConfig::Chord => CHORD_RANGES,
            PlaneConfig::Pca { .. } => fitted_ranges(plane, trajectory),
        })
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
        &self.0
    }
}

/// The post's ranges: [−4, 5]² for its planes and [−2, 3] along alpha3.
const CHORD_RANGES: [(f64, f64); 3] = [(-4.0, 5.0), (-4.0, 5.0), (-2.0, 3.0)];

/// Room around a trajectory, as a share of its extent on each side.
const FIT_MARGIN: f64 = 0.4;

/// Ranges that hold the trajectory with room around it; alpha1 and alpha2 of equal length, so that
/// right angles look right.
fn fitted_ranges(plane: &SlicePlane, trajectory: &Trajectory) -> [(f64, f64); 3] {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for theta in trajectory.finite_thetas() {
        for (i, alpha) in plane.subspace.project(theta).alpha.into_iter().enumerate() {
            low[i] = low[i].min(alpha);
            high[i] = high[i].max(alpha);
        }
    }
    let extent = (high[0] - low[0]).max(high[1] - low[1]);
    let half = |i: usize| {
        let own = if i == 2 { (high[2] - low[2]).max(0.5 * extent) } else { extent };
        own * (0.5 + FIT_MARGIN)
    };
    std::array::from_fn(|i| {
        let middle = 0.5 * (low[i] + high[i]);
        // A run that ran away, or a third axis that is not there, has no extent to go by.
        let (a, b) = (middle - half(i), middle + half(i));
        if a.is_finite() && b.is_finite() && a < b { (a, b) } else { (-1.0, 1.0) }
    })
}

fn grid_spec(ranges: &[(f64, f64)], counts: &[usize]) -> Result<GridSpec, GridError> {
    let axes = ranges.iter().zip(counts);
    GridSpec::new(axes.map(|(&(low, high), &count)| Axis { low, high, count }).collect())
}

fn slice_error(field: &'static str, error: &GridError) -> FieldError {
    let text = error.to_string();
    let (value, expected) = text.split_once("; expected ").unwrap_or((&text, "a grid"));
    FieldError::new(
        if matches!(error, GridError::Range { .. }) { "slice.range" } else { field },
        value,
        expected,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::file::Resolution;

    fn refused(change: impl FnOnce(&mut ExperimentFile)) -> String {
        let mut file = ExperimentFile::default();
        change(&mut file);
        Experiment::new(file).unwrap_err().to_string()
    }

    #[test]
    fn values_without_sense_are_refused_by_name() {
        let cases = [
            (refused(|f| f.optimizer.set_lr(-0.1)), "optimizer.lr = -0.1: expected a finite number above 0"),
            (refused(|f| f.dataset.set_points(0)), "dataset.points = 0: expected 1 to 1000000"),
            (
                refused(|f| f.batch = BatchSize::Size(501)),
                "batch = 501: expected 1 to the 500 training points, or full",
            ),
            (refused(|f| f.steps = 0), "steps = 0: expected 1 to 10000000"),
            (refused(|f| f.view.clip = Some(f64::NAN)), "view.clip = NaN: expected a finite loss above 0"),
            (
                refused(|f| f.slice.grid = Resolution([1_000_000, 1_000_000])),
                "slice.grid = a grid of 1000000000000 cells: expected at most 134217728",
            ),
            (
                refused(|f| f.slice.volume = Resolution([2, 2, 257])),
                "slice.volume = 257: expected at most 256 layers along alpha3",
            ),
            (
                refused(|f| f.slice.range = Some(vec![(5.0, -4.0), (0.0, 1.0)])),
                "slice.range = range 5:-4 of alpha1: expected two finite numbers, the first below the second",
            ),
            (
                refused(|f| f.slice.range = Some(vec![])),
                "slice.range = 0 ranges: expected 2 or 3 ranges, one for each axis",
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
