//! The experiments that come with the program, from `assets/experiments`.

use super::file::{ExperimentFile, FileError};

/// The experiment shown when none is named.
pub const DEFAULT: &str = "xor-model3";

/// Name and text of each, in the order a list shows them.
const FILES: [(&str, &str); 3] = [
    (DEFAULT, include_str!("../../../assets/experiments/xor-model3.ron")),
    ("diagonal-model1", include_str!("../../../assets/experiments/diagonal-model1.ron")),
    ("diagonal-model2", include_str!("../../../assets/experiments/diagonal-model2.ron")),
];

/// The names of all built-in experiments.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The built-in experiment of that name; `None` if there is none.
///
/// # Errors
/// If its file is broken, which a test rules out.
pub fn load(name: &str) -> Option<Result<ExperimentFile, FileError>> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    Some(ExperimentFile::parse(text, &format!("{name}.ron")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::Experiment;

    #[test]
    fn every_built_in_experiment_is_sound_and_titled() {
        for name in names() {
            let file = load(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
            assert!(!file.title.is_empty(), "{name}");
            Experiment::new(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(load("nonsense").is_none());
    }
}
