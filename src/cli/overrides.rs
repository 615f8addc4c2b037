//! What flags and `--set` make of an experiment: parts are replaced first, so that whatever is given beside
//! them holds; and what their replacement reset is told, unless it was given.

use serde_json::Value;

use super::set::{field, part, set};
use crate::core::experiment::{Experiment, ExperimentFile, Part, Resets, replaced};

/// An experiment on its way from its file to what was typed.
pub struct Overrides {
    /// As it stands.
    pub file: ExperimentFile,
    /// As it stood when its parts had been replaced.
    settled: ExperimentFile,
    /// What was reset, by the flag that did it.
    told: Vec<(String, Resets)>,
    /// The place among these of what replaced the data.
    data: Option<usize>,
}

impl Overrides {
    /// An experiment as its file says.
    pub fn of(file: ExperimentFile) -> Self {
        Self { settled: file.clone(), file, told: Vec::new(), data: None }
    }

    /// Replaces a part; `by` is what was typed.
    pub fn replace(&mut self, by: &str, part: Part) {
        if matches!(part, Part::Dataset(_)) {
            self.data = Some(self.told.len());
        }
        let (file, resets) = replaced(&self.file, part);
        self.told.push((by.to_owned(), resets));
        (self.file, self.settled) = (file.clone(), file);
    }

    /// Replaces a part by another kind that was named. What is of that kind already keeps its settings.
    pub fn choose(&mut self, by: &str, part: Part) {
        let file = &self.file;
        let is_there = match &part {
            Part::Dataset(dataset) => file.surface.is_none() && dataset.is_of_same_data(&file.dataset),
            Part::Model(model) => file.surface.is_none() && model.name() == file.model.name(),
            Part::Optimizer(optimizer) => optimizer.name() == file.optimizer.name(),
            Part::Surface(_) | Part::Loss(_) | Part::Plane(_) => false,
        };
        if !is_there {
            self.replace(by, part);
        }
    }

    /// Makes the assignments of `--set` that replace parts.
    ///
    /// # Errors
    /// If one is none.
    pub fn assign_parts(&mut self, assignments: &[String]) -> anyhow::Result<()> {
        let mut of_parts: Vec<&String> = assignments.iter().filter(|text| is_of_part(text)).collect();
        // Data bring a loss that fits; one that is given holds.
        of_parts.sort_by_key(|assignment| path(assignment) == "loss");
        for assignment in of_parts {
            let changed = set(&self.file, assignment)?;
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
        for assignment in assignments.iter().filter(|assignment| !is_of_part(assignment)) {
            self.file = set(&self.file, assignment)?;
        }
        Ok(())
    }

    /// The checked experiment, with what is to be told. Loss and batch are made to fit other data unless
    /// they were given.
    ///
    /// # Errors
    /// If a value makes no sense.
    pub fn checked(self, is_given: impl Fn(&str) -> bool) -> anyhow::Result<(Experiment, Vec<String>)> {
        let Self { file, settled, mut told, data } = self;
        let [was, is] = [&settled, &file].map(|file| serde_json::to_value(file).unwrap_or_default());
        for (_, resets) in &mut told {
            resets.fields.retain(|reset| !is_given(&reset.field) && same(&was, &is, &reset.field));
        }
        let experiment = match data.and_then(|at| told.get_mut(at)) {
            Some((_, resets)) => {
                let (experiment, fits) = Experiment::fitted(file, is_given)?;
                resets.fields.extend(fits.fields);
                experiment
            }
            None => Experiment::new(file)?,
        };
        let words = told.iter().map(|(by, resets)| (by, resets.to_string()));
        let words =
            words.filter(|(_, text)| !text.is_empty()).map(|(by, text)| format!("{by}: {text}")).collect();
        Ok((experiment, words))
    }
}

/// The path of an assignment.
pub fn path(assignment: &str) -> &str {
    assignment.split_once('=').map_or(assignment, |(path, _)| path.trim())
}

/// Whether an assignment replaces a part, or sets something within one that others depend on.
fn is_of_part(assignment: &str) -> bool {
    let path = path(assignment);
    let rest = |root: &str| path.strip_prefix(root);
    let is_within = |root| rest(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    path == "optimizer" || ["dataset", "model", "surface", "loss", "slice.plane"].into_iter().any(is_within)
}

/// Whether a field has the same value in both.
fn same(was: &Value, is: &Value, path: &str) -> bool {
    let [was, is] = [was, is].map(|whole| field(&mut whole.clone(), path).map(|place| place.take()).ok());
    was == is
}

#[cfg(test)]
mod tests;
