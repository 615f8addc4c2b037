//! What was computed elsewhere, as an experiment: runs that came without their loss, and slices.
//!
//! Look is theirs like any other's, and of a run the slice too; what would train or evaluate is refused by its field.

use std::sync::Arc;

use super::checked::Experiment;
use super::field::FieldError;
use super::problem;
use super::resolution::Resolution;
use super::settings::{ExperimentFile, Setting, SliceFile, Touches};
pub use crate::core::imports::Import;
use crate::core::imports::ImportedSlice;
use crate::core::objective::Problem;
use crate::core::train::Course;

const NOT_TRAINED_HERE: &str = "no change, since the run was recorded elsewhere and is not trained here";
const NOT_SLICED_HERE: &str =
    "no change, since the slice was evaluated elsewhere and is shown as it is in its file";
const NEEDS_NO_LOSS: &str = "a plane that follows from the run alone, since the run came without its loss";

const NOTHING_NAMED: &str = "none, since no checkpoints are shown of which tensors could be left out";

/// What of a slice is in its file: all of it.
fn is_of_slice(setting: &Setting) -> bool {
    setting.row().touches == Touches::Slice
}

/// What of a training plays no part, the seed apart: random planes go by it. The length is the run's, whatever a file says:
/// it may have grown since.
fn is_of_training(setting: &Setting) -> bool {
    setting.row().touches.training() && ![Setting::Import, Setting::Without, Setting::Seed].contains(setting)
}

/// The first setting of those in which a file says neither what is usual nor what is so.
fn contradicting(
    file: &ExperimentFile,
    is: &ExperimentFile,
    concerned: impl Fn(&Setting) -> bool,
) -> Option<Setting> {
    let usual = ExperimentFile::default();
    let said = Setting::differing(&usual, file).filter(|setting| concerned(setting));
    said.into_iter().find(|setting| !setting.is_same_in(is, file))
}

impl ExperimentFile {
    /// Whether what another one shows that was computed elsewhere is what this one does.
    pub(super) fn shows_import_of(&self, other: &Self) -> bool {
        (&self.import, &self.without) == (&other.import, &other.without)
    }

    /// Refuses patterns of names where nothing has names.
    pub(super) fn check_patterns(&self) -> Result<(), FieldError> {
        match (self.without.is_empty(), &self.import) {
            (false, None) => Err(FieldError::new(Setting::Without.row().path, "given", NOTHING_NAMED)),
            _ => Ok(()),
        }
    }
}

impl Experiment {
    /// Something that was computed elsewhere, seen by the look of `file`, and a run by its slice. Its length is the
    /// run's. Where `before` shows the same, its run goes on.
    ///
    /// # Errors
    /// If the file asks for what cannot be had of it, slice or look make no sense for the run, it is longer than any
    /// that is shown, or a checkpoint has other parameters than the layout.
    pub fn of_import(
        file: ExperimentFile,
        import: Arc<Import>,
        before: Option<&Self>,
    ) -> Result<Self, FieldError> {
        let known = ExperimentFile { steps: import.course.end().max(1), ..file.clone() };
        let known = match &import.slice {
            Some(slice) => ExperimentFile { slice: as_evaluated(slice), ..known },
            None => known,
        };
        if let Some(setting) = contradicting(&file, &ExperimentFile::default(), is_of_training) {
            return Err(FieldError::new(setting.row().path, "given", NOT_TRAINED_HERE));
        }
        if let Some(setting) = contradicting(&file, &known, is_of_slice) {
            return Err(FieldError::new(setting.row().path, "given", NOT_SLICED_HERE));
        }
        known.check()?;
        if known.slice.plane.needs_objective() {
            return Err(FieldError::new("slice.plane", known.slice.plane.name(), NEEDS_NO_LOSS));
        }
        let problem = match before {
            Some(before) => Arc::clone(before.problem()),
            None => Arc::new(problem(&import)?),
        };
        let mut experiment = Self::posing(known, problem, Arc::default())?;
        experiment.course = Some(Arc::clone(&import.course));
        experiment.import = Some(import);
        Ok(experiment)
    }

    /// The same with what was computed elsewhere read on, or again: of a run that is being recorded, more of it. What is
    /// computed here stays as it is.
    ///
    /// # Errors
    /// If it can be read no more.
    pub fn followed(&self) -> Result<Self, FieldError> {
        let Some(path) = &self.file.import else { return Ok(self.clone()) };
        let known = self.import().map(|import| &**import);
        let import = Arc::new(problem::imported(&self.file, path, self.sources(), known)?);
        let is_same =
            |known: &Arc<Import>| known.layout == import.layout && known.course.begins_as(&import.course);
        let before = self.import().filter(|known| is_same(known)).map(|_| self);
        let grown = Self::of_import(self.file.clone(), import, before)?;
        grown.with_sources(self.sources()).with_second(self.second())
    }

    /// Refuses another file where it asks for what an imported run cannot give.
    pub(super) fn check_change(&self, file: &ExperimentFile) -> Result<(), FieldError> {
        if !self.is_imported() || !self.file.shows_import_of(file) {
            return Ok(());
        }
        let refused =
            |concerned: &dyn Fn(&Setting) -> bool, why: &str| match Setting::differing(&self.file, file)
                .find(|setting| concerned(setting))
            {
                Some(setting) => Err(FieldError::new(setting.row().path, "another", why)),
                None => Ok(()),
            };
        let is_length = |setting: &Setting| setting.row().touches == Touches::Length;
        refused(&|setting| is_of_training(setting) || is_length(setting), NOT_TRAINED_HERE)?;
        if self.imported_slice().is_some() {
            refused(&is_of_slice, NOT_SLICED_HERE)?;
        }
        match file.slice.plane.needs_objective() {
            true => Err(FieldError::new("slice.plane", file.slice.plane.name(), NEEDS_NO_LOSS)),
            false => Ok(()),
        }
    }

    /// What it shows that was computed elsewhere, if it does.
    pub fn import(&self) -> Option<&Arc<Import>> {
        self.import.as_ref()
    }

    /// The run that it is of, where that was imported.
    pub fn imported(&self) -> Option<&Arc<Course>> {
        self.import.as_ref().map(|import| &import.course)
    }

    /// The slice that it is of, where that was imported.
    pub fn imported_slice(&self) -> Option<&Arc<ImportedSlice>> {
        self.import.as_ref()?.slice.as_ref()
    }

    /// Whether its run was recorded elsewhere and came without its loss.
    pub fn is_imported(&self) -> bool {
        self.import.is_some()
    }
}

/// The space that something computed elsewhere lies in.
fn problem(import: &Import) -> Result<Problem, FieldError> {
    let Import { layout, course, .. } = import;
    let mut points = course.trajectory().checkpoints().iter();
    if let Some(other) = points.find(|point| point.theta.len() != layout.dim()) {
        let expected = format!("{} parameters, as its layout has", layout.dim());
        return Err(FieldError::new(format!("step {}", other.step), other.theta.len(), expected));
    }
    Ok(Problem::without_objective(layout.clone(), course.first().theta.to_vec()))
}

/// The settings that say what of a slice is in its file.
fn as_evaluated(slice: &ImportedSlice) -> SliceFile {
    let spec = &slice.table.losses().spec;
    let axes = spec.axes();
    let usual = SliceFile::default();
    let [n1, n2, n3] = spec.counts();
    SliceFile {
        range: Some(axes.iter().map(|axis| (axis.low, axis.high)).collect()),
        grid: Resolution([n1, n2]),
        volume: if axes.len() == 3 { Resolution([n1, n2, n3]) } else { usual.volume },
        ..usual
    }
}
