//! What flags and `--set` make of an experiment: parts are replaced first, so that whatever is given beside
//! them holds; and what their replacement reset is told, unless it was given.

use anyhow::anyhow;
use serde_json::Value;

use crate::core::experiment::assign::{assign, field};
use crate::core::experiment::replacement::{TASK, WAYS};
use crate::core::experiment::{Assignment, Change, Experiment, ExperimentFile, Resets, Setting, changed};
use crate::core::formats::run::RecordedRun;
use crate::disk;

/// An experiment on its way from its file to what was typed.
pub struct Overrides {
    /// As it stands.
    pub file: ExperimentFile,
    /// What was reset, by the flag that did it, and the experiment as that left it.
    told: Vec<(String, Resets, ExperimentFile)>,
    /// The place among these of what replaced the data.
    data: Option<usize>,
}

impl Overrides {
    /// An experiment as its file says.
    pub fn of(file: ExperimentFile) -> Self {
        Self { file, told: Vec::new(), data: None }
    }

    /// Replaces a part; `by` is what was typed.
    pub fn replace(&mut self, by: &str, part: Change) {
        if matches!(part, Change::Dataset(_)) {
            self.data = Some(self.told.len());
        }
        let (file, resets) = changed(&self.file, part);
        self.told.push((by.to_owned(), resets, file.clone()));
        self.file = file;
    }

    /// Replaces a part by another kind that was named. What is of that kind already keeps its settings.
    pub fn choose(&mut self, by: &str, part: Change) {
        let file = &self.file;
        let is_there = match &part {
            Change::Dataset(dataset) => file.surface.is_none() && dataset.is_of_same_data(&file.dataset),
            Change::Model(model) => file.surface.is_none() && model.name() == file.model.name(),
            Change::Optimizer(optimizer) => optimizer.name() == file.optimizer.name(),
            _ => false,
        };
        if !is_there {
            self.replace(by, part);
        }
    }

    /// Makes the assignments of `--set` that replace parts at these paths, or set something within them.
    ///
    /// # Errors
    /// If one is none.
    pub fn assign_parts(&mut self, assignments: &[String], parts: &[Setting]) -> anyhow::Result<()> {
        let mut of_parts: Vec<&String> =
            assignments.iter().filter(|assignment| is_within(assignment, parts)).collect();
        // Another table leaves what was said of the old one, and nothing that is given beside it.
        let place = |is: &dyn Fn(&str) -> bool| of_parts.iter().position(|assignment| is(path(assignment)));
        let first = place(&|path| path.starts_with("dataset."));
        if let Some((first, table)) = first.zip(place(&|path| path == FILE_OF_DATA)) {
            of_parts[first..=table].rotate_right(1);
        }
        for assignment in of_parts {
            let mut changed = set(&self.file, assignment)?;
            if path(assignment) == FILE_OF_DATA {
                changed.dataset = changed.dataset.edited_from(&self.file.dataset);
            }
            if let Some(part) = part(path(assignment), &changed) {
                self.replace(&format!("--set {assignment}"), part);
            }
        }
        Ok(())
    }

    /// Makes the others.
    ///
    /// # Errors
    /// If one is none.
    pub fn assign_others(&mut self, assignments: &[String]) -> anyhow::Result<()> {
        let is_of_part = |text: &str| is_within(text, &TASK) || is_within(text, &WAYS);
        for assignment in assignments.iter().filter(|assignment| !is_of_part(assignment)) {
            self.file = set(&self.file, assignment)?;
        }
        Ok(())
    }

    /// Sets what the experiment beside it differs in, where anything was typed.
    ///
    /// # Errors
    /// If one is no assignment.
    pub fn compare(&mut self, assignments: &[String]) -> anyhow::Result<()> {
        if !assignments.is_empty() {
            let parsed = assignments.iter().map(|written| Assignment::parse(written));
            self.file.compare =
                parsed.collect::<Result<_, _>>().map_err(|error| anyhow!("--compare {error}"))?;
        }
        Ok(())
    }

    /// The checked experiment, with what is to be told. Loss and batch are made to fit other data unless
    /// they were given. For files that are not there stands a run that was recorded of it, where there is one.
    ///
    /// # Errors
    /// If a value makes no sense.
    pub fn checked(
        self,
        is_given: impl Fn(&str) -> bool,
        recorded: Option<&RecordedRun>,
    ) -> anyhow::Result<(Experiment, Vec<String>)> {
        let Self { file, mut told, data } = self;
        let json = |file: &ExperimentFile| serde_json::to_value(file).unwrap_or_default();
        let is = json(&file);
        for (_, resets, left) in &mut told {
            let was = json(left);
            // A title that is made of the parts changes with each of them.
            let stands = |field: &str| field == "title" || same(&was, &is, field);
            resets.fields.retain(|reset| !is_given(&reset.field) && stands(&reset.field));
        }
        let carried = recorded.and_then(|recorded| recorded.standing_in_for(&file));
        let (experiment, gone) = match (carried, data.and_then(|at| told.get_mut(at))) {
            (Some(carried), _) => carried,
            (None, Some((_, resets, _))) => {
                let (experiment, fits) = Experiment::fitted(file, &disk::sources(), is_given)?;
                resets.fields.extend(fits.fields);
                (experiment, Vec::new())
            }
            (None, None) => (Experiment::reading(file, &disk::sources())?, Vec::new()),
        };
        let words = told.iter().map(|(by, resets, _)| (by, resets.to_string()));
        let words = words.filter(|(_, text)| !text.is_empty()).map(|(by, text)| format!("{by}: {text}"));
        let gone = gone
            .iter()
            .map(|path| format!("{}: it is not there; what the run carries of it is shown", path.display()));
        Ok((experiment, words.chain(gone).collect()))
    }
}

/// Makes an assignment of `--set`.
fn set(file: &ExperimentFile, assignment: &str) -> anyhow::Result<ExperimentFile> {
    let parsed = Assignment::parse(assignment).map_err(|error| anyhow!("--set {error}"))?;
    assign(file, &parsed).map_err(|error| anyhow!("--set {error}"))
}

/// The part of an experiment that a path is of, as it is there: a setting that takes others along.
fn part(path: &str, file: &ExperimentFile) -> Option<Change> {
    let setting = Setting::of_path(path).filter(|setting| TASK.contains(setting) || WAYS.contains(setting));
    setting.map(|setting| setting.of(file))
}

/// The path of an assignment.
pub fn path(assignment: &str) -> &str {
    assignment.split_once('=').map_or(assignment, |(path, _)| path.trim())
}

/// The path of the path of a table.
const FILE_OF_DATA: &str = "dataset.path";

/// Whether an assignment is one of these parts or of something within them. A setting of the optimizer is a
/// number like others.
fn is_within(assignment: &str, parts: &[Setting]) -> bool {
    let path = path(assignment);
    let is_of = |setting| parts.contains(&setting) && !path.starts_with("optimizer.");
    Setting::of_path(path).is_some_and(is_of)
}

/// Whether a field has the same value in both.
fn same(was: &Value, is: &Value, path: &str) -> bool {
    let [was, is] = [was, is].map(|whole| field(&mut whole.clone(), path).map(|place| place.take()).ok());
    was == is
}

#[cfg(test)]
mod tests;
