//! Runs that were recorded elsewhere and came without their loss, as experiments.
//!
//! Slice and look are theirs like any other's; what would train or evaluate is refused by its field.

use std::sync::Arc;

use super::checked::Experiment;
use super::field::FieldError;
use super::settings::{ExperimentFile, Setting, Touches};
use crate::core::num::ParamLayout;
use crate::core::objective::Problem;
use crate::core::train::Course;

/// A run that was recorded elsewhere: checkpoints, and which parameters lie where in them.
#[derive(Clone, Debug)]
pub struct Import {
    /// What it is called.
    pub name: String,
    /// The layout of its thetas.
    pub layout: ParamLayout,
    /// Its checkpoints; their losses are as they were recorded.
    pub course: Arc<Course>,
}

const NOT_TRAINED_HERE: &str = "no change, since the run was recorded elsewhere and is not trained here";
const NEEDS_NO_LOSS: &str = "a plane that follows from the run alone, since the run came without its loss";

impl Experiment {
    /// A run that was recorded elsewhere and came without its loss, seen by the slice and the look of `file`.
    /// What that says of data, model and training plays no part, and its length is the run's.
    ///
    /// # Errors
    /// If slice or look make no sense for the run, it is longer than any that is shown, or a checkpoint has other
    /// parameters than the layout.
    pub fn of_import(file: ExperimentFile, import: Import) -> Result<Self, FieldError> {
        let Import { name, layout, course } = import;
        let file = ExperimentFile { title: name, steps: course.end(), ..file };
        file.check()?;
        if file.slice.plane.needs_objective() {
            return Err(FieldError::new("slice.plane", file.slice.plane.name(), NEEDS_NO_LOSS));
        }
        let mut points = course.trajectory().checkpoints().iter();
        if let Some(other) = points.find(|point| point.theta.len() != layout.dim()) {
            let expected = format!("{} parameters, as its layout has", layout.dim());
            return Err(FieldError::new(format!("step {}", other.step), other.theta.len(), expected));
        }
        let problem = Arc::new(Problem::without_objective(layout, course.first().theta.to_vec()));
        let mut experiment = Self::posing(file, problem, Arc::default())?;
        experiment.course = Some(course);
        experiment.with_second(None)
    }

    /// Refuses another file where it asks for what an imported run cannot give.
    pub(super) fn check_change(&self, file: &ExperimentFile) -> Result<(), FieldError> {
        if !self.is_imported() {
            return Ok(());
        }
        let is_of_training = |setting: &Setting| {
            let touches = setting.row().touches;
            touches.training() || touches == Touches::Length
        };
        if let Some(setting) = Setting::differing(&self.file, file).find(is_of_training) {
            return Err(FieldError::new(setting.row().path, "another", NOT_TRAINED_HERE));
        }
        match file.slice.plane.needs_objective() {
            true => Err(FieldError::new("slice.plane", file.slice.plane.name(), NEEDS_NO_LOSS)),
            false => Ok(()),
        }
    }

    /// The run that it is of, where that was imported.
    pub fn imported(&self) -> Option<&Arc<Course>> {
        self.course.as_ref().filter(|_| self.is_imported())
    }

    /// Whether its run was recorded elsewhere and came without its loss.
    pub fn is_imported(&self) -> bool {
        self.problem.objective().is_none()
    }
}
