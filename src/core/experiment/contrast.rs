//! What an experiment may be compared with, for a start.

use super::assignment::Assignment;
use super::settings::ExperimentFile;
use crate::core::data::BatchSize;
use crate::core::model::ModelConfig;

/// Something to compare an experiment with, in words, and the setting in which that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// In words.
    pub name: &'static str,
    /// The setting.
    pub assignment: Assignment,
}

/// Small batch for a contrast with all examples.
const SMALL_BATCH: usize = 8;

/// What an experiment may be compared with that is trained on so many examples: a setting each that makes a
/// difference to it.
pub fn contrasts(file: &ExperimentFile, examples: usize) -> Vec<Contrast> {
    let mut found = Vec::new();
    let mut add = |name, path: &str, text: String| {
        found.push(Contrast { name, assignment: Assignment { path: path.to_owned(), text } });
    };
    let is_own = file.import.is_none();
    if is_own {
        add("another seed", "seed", file.seed.wrapping_add(1).to_string());
        add("a tenth of the learning rate", "optimizer.lr", (0.1 * file.optimizer.lr()).to_string());
    }
    if is_own && file.surface.is_none() {
        match file.batch {
            BatchSize::Full if examples <= SMALL_BATCH => {}
            BatchSize::Full => add("batches of 8", "batch", format!("size({SMALL_BATCH})")),
            BatchSize::Size(_) => add("the full batch", "batch", "full".to_owned()),
        }
        if let ModelConfig::Mlp { skip, .. } = &file.model {
            let (name, weight) = match skip.weight() > 0.0 {
                true => ("no skip connections", "false"),
                false => ("skip connections", "true"),
            };
            add(name, "model.skip", weight.to_owned());
        }
    }
    let (name, plane) = match file.slice.plane.name() {
        "pca" => ("a random plane", "random()"),
        _ => ("the plane of its principal components", "pca()"),
    };
    add(name, "slice.plane", plane.to_owned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, builtin};

    #[test]
    fn whatever_is_offered_makes_a_comparison() {
        for name in builtin::names() {
            let file = builtin::load(name).unwrap().unwrap();
            let examples = Experiment::new(file.clone()).unwrap().problem().examples();
            for contrast in contrasts(&file, examples) {
                let compared = ExperimentFile { compare: vec![contrast.assignment.clone()], ..file.clone() };
                let experiment = Experiment::new(compared).unwrap_or_else(|error| panic!("{name}: {error}"));
                let second = experiment.second().unwrap().file();
                assert_ne!(
                    ExperimentFile { title: file.title.clone(), ..second.clone() },
                    file,
                    "{}",
                    contrast.name
                );
            }
        }
    }
}
